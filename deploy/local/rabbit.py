"""RabbitMQ from unpacked packages, run without root, for one machine."""

import base64
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from deploy.local import processes
from deploy.local.failure import Failure
from deploy.local.places import DIST
from deploy.local.rabbit_packages import unpacked_rabbitmq
from deploy.local.secrecy import kept_secret

_ERLANG_ARGUMENTS = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"


class Rabbit:
    """One RabbitMQ node whose data stay in its folder between starts."""

    def __init__(
        self, folder: Path, *, port: int | None = None, management_port: int | None = None
    ) -> None:
        self._folder = folder.resolve()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._ready_once = self._folder / "initialised"
        self.log = self._folder / "rabbitmq.log"
        self._password = kept_secret(self._folder / "password")
        self.port = port or processes.free_port()
        self.management_port = management_port or processes.free_port()
        self._names_port = processes.free_port()
        self._node_port = processes.free_port()
        self._names: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The AMQP address of the administrator."""
        return f"amqp://admin:{self._password}@127.0.0.1:{self.port}/"

    @property
    def management_url(self) -> str:
        """The HTTP address of the administrator."""
        return f"http://admin:{self._password}@127.0.0.1:{self.management_port}"

    def start(self) -> None:
        """Start the node and wait until it answers."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start the node without waiting, so that other things start meanwhile."""
        if self._process is not None and self._process.poll() is None:
            return
        processes.end(processes.leftovers(self._folder), signal.SIGTERM, 15)
        if not self._ready_once.exists():  # a first start that was cut short left half a node
            shutil.rmtree(self._folder / "data", ignore_errors=True)
        tree = unpacked_rabbitmq(DIST)
        self._configure()
        environment = self._environment(tree)
        if self._names is None or self._names.poll() is not None:
            # ours and not the one the node would start itself, which would outlive us
            self._names = processes.spawn(
                [tree / "usr/lib/erlang/bin/epmd"],
                folder=self._folder,
                environment=environment,
                log=self.log,
            )
        self._process = processes.spawn(
            [_home(tree) / "sbin" / "rabbitmq-server"],
            folder=self._folder,
            environment=environment,
            log=self.log,
        )

    def wait_until_ready(self) -> None:
        """Wait until the node accepts messages and its management page answers."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise self._failure("s'est arrêté au démarrage")
            if self._answers():
                self._ready_once.touch()
                return
            time.sleep(0.1)
        raise self._failure("n'a pas répondu en 120 secondes")

    def stop(self) -> None:
        """Stop the node in order."""
        if self._process is not None:
            processes.end(self.family()[:1], signal.SIGTERM, 20)
            self._reap()

    def kill(self) -> None:
        """Kill the node with SIGKILL, as a power cut would."""
        if self._process is not None:
            processes.send(self.family()[:1], signal.SIGKILL)
            self._reap()

    def restart(self) -> None:
        """Stop, then start."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze the node: it holds its connections and answers nothing."""
        processes.send(self.family(), signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen node go on."""
        processes.send(self.family(), signal.SIGCONT)

    def remove(self) -> None:
        """Stop the node and delete its data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def family(self) -> list[psutil.Process]:
        """The node and its helpers."""
        return [] if self._process is None else processes.family(self._process.pid)

    def pids(self) -> list[int]:
        """The pids of the node and its helpers."""
        return [process.pid for process in self.family()]

    def _reap(self) -> None:
        for child in (self._process, self._names):
            if child is not None:
                child.terminate()  # does nothing to a child that has already ended
                child.wait()
        self._process = self._names = None
        # Erlang's own helpers leave when the node's pipe closes; do not start over them
        processes.end(processes.leftovers(self._folder), signal.SIGTERM, 3)

    def _configure(self) -> None:
        lines = {
            "listeners.tcp.default": f"127.0.0.1:{self.port}",
            "management.tcp.ip": "127.0.0.1",
            "management.tcp.port": self.management_port,
            "distribution.listener.interface": "127.0.0.1",
            "default_user": "admin",  # instead of guest, which is then never made
            "default_pass": self._password,
            "default_user_tags.administrator": "true",
            "loopback_users": "none",
            "log.console": "true",
            "log.console.level": "warning",
            "log.file": "false",
            "disk_free_limit.absolute": "100MB",
            "collect_statistics_interval": 5000,
        }
        settings = self._folder / "rabbitmq.conf"
        settings.unlink(missing_ok=True)
        settings.touch(mode=0o600)
        settings.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
        (self._folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        (self._folder / "home").mkdir(exist_ok=True)

    def _environment(self, tree: Path) -> dict[str, str]:
        folder = self._folder
        return {
            "PATH": f"{tree}/usr/lib/erlang/bin:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(folder / "home"),  # Erlang keeps its cookie there
            "LANG": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._names_port),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the node: one pid to stop
            "RABBITMQ_NODENAME": "cantine@localhost",
            "RABBITMQ_DIST_PORT": str(self._node_port),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "data" / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG_ARGUMENTS,
        }

    def _answers(self) -> bool:
        address = f"http://127.0.0.1:{self.management_port}/api/health/checks/port-listener/"
        request = urllib.request.Request(address + str(self.port))  # noqa: S310
        token = base64.b64encode(f"admin:{self._password}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
        # no proxy of the environment stands between us and ourselves
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _failure(self, what: str) -> Failure:
        if shutil.disk_usage(self._folder).free < 200_000_000:
            return Failure("Le disque est plein : libérez au moins 1 Go, puis recommencez.")
        return Failure(
            f"RabbitMQ {what} : lisez la fin de {self.log} ci-dessous, puis recommencez.\n"
            + processes.last_lines(self.log)
        )


def _home(tree: Path) -> Path:
    return next((tree / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*"))
