"""PostgreSQL and RabbitMQ: the ones given in the environment, else embedded ones."""

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.local import processes
from deploy.local.failure import Failure
from deploy.local.postgres import Postgres
from deploy.local.rabbit import Rabbit

__all__ = ["Postgres", "Rabbit", "Servers"]


@dataclass
class Servers:
    """The two servers that everything else needs; those that are None are somebody else's."""

    postgres_url: str
    amqp_url: str
    management_url: str
    postgres: Postgres | None = None
    rabbit: Rabbit | None = None

    @classmethod
    def start(cls, folder: Path, *, fsync: bool = True) -> "Servers":
        """Use the given servers, start those that were not given, and wait for both."""
        postgres_url = os.environ.get("POSTGRES_URL", "")
        amqp_url = os.environ.get("AMQP_URL", "")
        management_url = os.environ.get("RABBITMQ_MANAGEMENT_URL", "")
        if bool(amqp_url) != bool(management_url):
            raise Failure("Donnez AMQP_URL et RABBITMQ_MANAGEMENT_URL ensemble, ou aucun des deux.")
        rabbit = None if amqp_url else Rabbit(folder / "rabbitmq")
        postgres = None if postgres_url else Postgres(folder / "postgresql", fsync=fsync)
        servers = cls(
            postgres_url=postgres.url if postgres else postgres_url,
            amqp_url=rabbit.url if rabbit else amqp_url,
            management_url=rabbit.management_url if rabbit else management_url,
            postgres=postgres,
            rabbit=rabbit,
        )
        try:
            servers._launch()
        except BaseException:
            servers.stop()
            raise
        return servers

    def _launch(self) -> None:
        if self.rabbit:
            self.rabbit.launch()  # slow to start: PostgreSQL starts meanwhile
        if self.postgres:
            self.postgres.start()
        if self.rabbit:
            self.rabbit.wait_until_ready()

    def stop(self) -> None:
        """Stop what was started here; the data stay."""
        if self.rabbit:
            self.rabbit.stop()
        if self.postgres:
            self.postgres.stop()

    def remove(self) -> None:
        """Stop what was started here and delete its data."""
        if self.rabbit:
            self.rabbit.remove()
        if self.postgres:
            self.postgres.remove()

    def exports(self) -> dict[str, str]:
        """The environment that leads another program to these servers."""
        return {
            "POSTGRES_URL": self.postgres_url,
            "AMQP_URL": self.amqp_url,
            "RABBITMQ_MANAGEMENT_URL": self.management_url,
        }

    def pids(self) -> list[int]:
        """The pids of the servers started here."""
        families = [
            *(self.postgres.family() if self.postgres else []),
            *(self.rabbit.family() if self.rabbit else []),
        ]
        return [process.pid for process in families if processes.is_alive(process)]
