"""RabbitMQ and Erlang from the distribution's packages, unpacked in a folder, without root."""

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

from deploy.local.failure import Failure

_WANTED = re.compile(r"^(erlang-[a-z0-9-]+|rabbitmq-server)_")


def unpacked_rabbitmq(dist: Path) -> Path:
    """The folder where RabbitMQ is unpacked; fetches it the first time, one process at a time."""
    tree = dist / "rabbitmq"
    if tree.exists():
        return tree
    dist.mkdir(parents=True, exist_ok=True)
    with (dist / "rabbitmq.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.exists():
            _fetch(dist / "rabbitmq.part", tree)
    return tree


def _fetch(workshop: Path, tree: Path) -> None:
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise Failure(
                f"« {tool} » est absent : sur un système qui n'est ni Debian ni Ubuntu, donnez un "
                "RabbitMQ existant dans AMQP_URL et RABBITMQ_MANAGEMENT_URL."
            )
    if shutil.disk_usage(workshop.parent).free < 300_000_000:
        raise Failure("Le disque est plein : libérez au moins 1 Go, puis recommencez.")
    shutil.rmtree(workshop, ignore_errors=True)
    apt = _private_apt(workshop)
    _run([*apt, "update"], workshop, "la liste des paquets n'a pas pu être lue")
    names = _packages(apt, workshop)
    archives = workshop / "debs"
    archives.mkdir()
    _run([*apt, "download", *names], archives, "les paquets n'ont pas pu être téléchargés")
    unpacked = workshop / "tree"
    for archive in sorted(archives.glob("*.deb")):
        _run(["dpkg", "-x", str(archive), str(unpacked)], archives, "un paquet est illisible")
    _make_relocatable(unpacked)
    unpacked.rename(tree)
    shutil.rmtree(workshop, ignore_errors=True)


def _private_apt(workshop: Path) -> list[str]:
    """apt-get with its own state and cache, so that an ordinary user may update the lists."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (workshop / folder).mkdir(parents=True)
    # nothing counts as installed: the answer does not depend on the machine
    status = workshop / "status"
    status.touch()
    options = {
        "Dir::State": workshop / "state",
        "Dir::State::status": status,
        "Dir::Cache": workshop / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Update::Error-Mode": "any",
    }
    pairs = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    return ["apt-get", "-q", *pairs]


def _packages(apt: list[str], workshop: Path) -> list[str]:
    """What the server needs beyond the libraries that every Debian has: Erlang and itself."""
    command = [*apt, "install", "-qq", "-y", "--print-uris", "--no-install-recommends"]
    listing = _run([*command, "rabbitmq-server"], workshop, "rabbitmq-server n'existe pas")
    files = [line.split()[1] for line in listing.splitlines() if line.startswith("'")]
    return [name.split("_")[0] for name in files if _WANTED.match(name)]


def _make_relocatable(tree: Path) -> None:
    """Let the `erl` script find Erlang where it was unpacked rather than in /usr/lib."""
    script = tree / "usr/lib/erlang/bin/erl"
    here = 'ROOTDIR=$(dirname "$(dirname "$(readlink -f "$0")")")'
    script.write_text(script.read_text().replace("ROOTDIR=/usr/lib/erlang", here))


def _run(command: list[str], folder: Path, what_failed: str) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:] or [f"code {done.returncode}"]
        raise Failure(
            f"RabbitMQ n'a pas pu être installé ({what_failed} : {reason[0]}) : vérifiez l'accès "
            "au réseau, ou donnez un RabbitMQ dans AMQP_URL et RABBITMQ_MANAGEMENT_URL."
        )
    return done.stdout
