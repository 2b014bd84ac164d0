"""The whole portal as processes on one machine: `make up`, journeys, faults and bench use it."""

import asyncio
import os
import signal
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg

from chassis import topology
from deploy import SERVICES
from deploy.databases import LIMITS, Urls, drop, provision
from deploy.local import processes
from deploy.local.failure import Failure
from deploy.local.keys import SigningKeys
from deploy.local.places import REPOSITORY
from deploy.local.program import Program, run_job
from deploy.local.secrecy import kept_secret, write_secret
from deploy.local.servers import Servers

# Who signs tokens with which key. The operator's is held by nobody here: tests and demo use it.
_SIGNS_AS = {"gateway": "gateway", "subscriptions": "console", "notifications": "notifications"}
_CONSOLE_READERS = frozenset({"accounts", "subscriptions", "booking", "payments"})
_MAIL_FROM = "Cantine Facile <ne-pas-repondre@cantine.example>"


class Stack:
    """Databases, broker, services, gateway and mailbox, with names that start with a prefix."""

    def __init__(
        self,
        servers: Servers,
        folder: Path,
        prefix: str,
        clock: datetime | None = None,
        *,
        ports: Mapping[str, int] | None = None,
        modules: Mapping[str, str] | None = None,
    ) -> None:
        self.servers = servers
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.vhost = prefix.strip("_") or "cantine"
        self.databases: dict[str, Urls] = {}
        self._prefix = prefix
        self._clock = clock
        self._modules = dict(modules or {})  # what tests run in place of a service
        self._secrets = self.folder / "secrets"
        self.keys = SigningKeys(self._secrets / "keys")
        given = dict(ports or {})
        names = (*SERVICES, "gateway", "mailbox", "smtp")
        self.ports = {name: given.get(name) or processes.free_port() for name in names}
        self.programs: dict[str, Program] = {}

    # -- the whole ---------------------------------------------------------------------------

    async def start(self, name: str | None = None) -> None:
        """Start one process that was stopped or killed, or everything from nothing."""
        if name is not None:
            await self.programs[name].start()
            return
        await asyncio.to_thread(processes.end, processes.leftovers(self.folder), signal.SIGTERM, 15)
        await self._prepare()
        self._describe_programs()
        await asyncio.gather(*(program.start() for program in self.programs.values()))

    async def stop(self, name: str | None = None) -> None:
        """Stop one process, or all of them; data and messages stay."""
        if name is not None:
            await self.programs[name].stop()
            return
        await asyncio.gather(*(program.stop() for program in self.programs.values()))
        await asyncio.to_thread(processes.end, processes.leftovers(self.folder), signal.SIGTERM, 5)

    async def remove(self) -> None:
        """Stop everything, then delete the databases, the vhost and the broker's users."""
        await self.stop()
        await topology.remove(
            self.servers.management_url, self.vhost, SERVICES, prefix=self._prefix
        )
        await drop(self.servers.postgres_url, self._prefix, SERVICES)

    # -- one process -------------------------------------------------------------------------

    async def kill(self, name: str) -> None:
        """Kill one process with SIGKILL; it stays dead until `start(name)`."""
        await self.programs[name].kill()

    def pause(self, name: str) -> None:
        """Freeze one process."""
        self.programs[name].pause()

    def resume(self, name: str) -> None:
        """Let a frozen process go on."""
        self.programs[name].resume()

    def pid(self, name: str) -> int | None:
        """The pid of one process; None while it does not run."""
        return self.programs[name].pid

    def url(self, name: str) -> str:
        """Where one process answers: a service, `gateway` or `mailbox`."""
        return f"http://127.0.0.1:{self.ports[name]}"

    @property
    def operator_key(self) -> str:
        """The private key that only tests and the demonstration hold."""
        return self.keys.private("operator")

    @property
    def gateway_key(self) -> str:
        """The gateway's private key: tests and the demonstration speak for visitors with it."""
        return self.keys.private("gateway")

    # -- time --------------------------------------------------------------------------------

    async def set_clock(self, moment: datetime) -> None:
        """Let every service believe that it is this moment now."""
        for urls in self.databases.values():
            connection = await asyncpg.connect(urls.owner)
            try:
                await connection.execute(
                    "select set_clock_offset($1::timestamptz - clock_timestamp())", moment
                )
            finally:
                await connection.close()

    async def clock_is_set(self) -> bool:
        """Whether the services already live in another time than ours."""
        connection = await asyncpg.connect(self.databases["booking"].owner)
        try:
            return bool(await connection.fetchval("select shift <> '0' from clock"))
        finally:
            await connection.close()

    # -- how it is made ----------------------------------------------------------------------

    async def _prepare(self) -> None:
        passwords = {
            f"{service}_{role}": kept_secret(self._secrets / "passwords" / f"{service}_{role}")
            for service in SERVICES
            for role in LIMITS
        }
        try:
            self.databases = await provision(
                self.servers.postgres_url, self._prefix, SERVICES, passwords
            )
        except (OSError, asyncpg.PostgresError) as error:
            raise Failure(f"PostgreSQL refuse ({error}) : vérifiez POSTGRES_URL.") from error
        await asyncio.gather(self._apply_topology(), *(self._migrate(name) for name in SERVICES))
        if self._clock is not None:
            await self.set_clock(self._clock)

    async def _apply_topology(self) -> None:
        environment = self._base_environment() | {
            "RABBITMQ_VHOST": self.vhost,
            "RABBITMQ_PREFIX": self._prefix,
        }
        secrets = {f"RABBITMQ_{name}_PASSWORD".upper(): self._word(name) for name in SERVICES}
        secrets["RABBITMQ_MANAGEMENT_URL"] = self.servers.management_url
        environment |= self._as_files("topology", secrets)
        await run_job("topology", ["deploy.topology", "apply"], environment, self.folder)

    async def _migrate(self, name: str) -> None:
        secret = {"DATABASE_OWNER_URL": self.databases[name].owner}
        environment = self._base_environment() | self._as_files(f"{name}-migrate", secret)
        arguments = [f"services.{name}", "migrate"]
        await run_job(f"{name}-migrate", arguments, environment, self.folder)

    def _describe_programs(self) -> None:
        modules = {name: f"services.{name}" for name in SERVICES}
        modules |= {"gateway": "gateway", "mailbox": "deploy.local.mailbox"} | self._modules
        for name, module in modules.items():
            environment = self.environment(name)
            self.programs.setdefault(
                name, Program(name, module, self.ports[name], environment, self.folder)
            )

    def environment(self, name: str) -> dict[str, str]:
        """What one process finds in its environment; its secrets stand in files."""
        settings = self._base_environment() | {
            "HTTP_HOST": "127.0.0.1",
            "HTTP_PORT": str(self.ports[name]),
            "ENVIRONMENT": "development",
            "LOG_FORMAT": "json",
            "TOKEN_PUBLIC_KEYS": self.keys.public(),
            "PUBLIC_BASE_URL": self.url("gateway"),
            **{f"{service.upper()}_URL": self.url(service) for service in SERVICES},
        }
        if name == "notifications":
            settings["SMTP_URL"] = f"smtp://127.0.0.1:{self.ports['smtp']}"
            settings["MAIL_FROM"] = _MAIL_FROM
        if name == "mailbox":
            settings["SMTP_PORT"] = str(self.ports["smtp"])
            settings["MAILBOX_FOLDER"] = str(self.folder / "mailbox")
        return settings | self._as_files(name, self._secrets_of(name))

    def _secrets_of(self, name: str) -> dict[str, str]:
        secrets = {}
        if name in SERVICES:
            urls = self.databases[name]
            secrets["DATABASE_URL"] = secrets["DATABASE_DIRECT_URL"] = urls.app
            secrets["AMQP_URL"] = self._amqp_url(name)
            if name in _CONSOLE_READERS:
                secrets["DATABASE_CONSOLE_URL"] = urls.console
        if name == "accounts":
            secrets["DATA_KEY"] = kept_secret(self._secrets / "passwords" / "data_key", size=32)
        if name in _SIGNS_AS:
            secrets["TOKEN_SIGNING_KEY"] = self.keys.private(_SIGNS_AS[name])
        return secrets

    def _as_files(self, name: str, secrets: Mapping[str, str]) -> dict[str, str]:
        settings = {}
        for variable, value in secrets.items():
            file = self._secrets / name / variable
            write_secret(file, value)
            settings[f"{variable}_FILE"] = str(file)
        return settings

    def _base_environment(self) -> dict[str, str]:
        # nothing else is inherited: the administrators' addresses are not the services' business
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return kept | {"LANG": "C.UTF-8", "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}

    def _word(self, name: str) -> str:
        return kept_secret(self._secrets / "passwords" / f"{name}_broker")

    def _amqp_url(self, name: str) -> str:
        parts = urlsplit(self.servers.amqp_url)
        host = parts.netloc.rpartition("@")[2]
        vhost = quote(self.vhost, safe="")
        return f"{parts.scheme}://{self._prefix}{name}:{self._word(name)}@{host}/{vhost}"
