"""A fresh database for each test, cloned from a migrated template: real PostgreSQL, real roles."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from chassis.database import Pool, open_pool
from chassis.migrate import migrate
from deploy import SERVICES
from deploy.databases import LIMITS, Urls, drop, provision


def admin_url() -> str:
    """The superuser's address, as `make test` gives it."""
    return os.environ["POSTGRES_URL"]


NO_GRANTS = """
create or replace function grant_to_app(privileges text, relation regclass) returns void
language sql as $$ $$;
create or replace function grant_to_console(privileges text, relation regclass) returns void
language sql as $$ $$;
create or replace function close_to_console(relation regclass) returns void
language plpgsql as $$
begin
    execute format('drop policy the_console_sees_its_authorities on %s', relation);
    execute format('drop policy the_application_sees_all on %s', relation);
    execute format('alter table %s disable row level security', relation);
end $$
"""
"""A clone's roles are not named after it: what is tested needs the owner alone."""


@dataclass(frozen=True)
class Upgrade:
    """A database with rows in it on the way through one migration, as the owner."""

    pool: Pool
    up: str
    down: str

    async def back(self) -> None:
        """The tables as they were before."""
        await self.pool.execute(self.down)

    async def forward(self) -> None:
        """The tables as the migration makes them."""
        await self.pool.execute(self.up)


class Templates:
    """The migrated databases of a run; its prefix keeps two runs apart."""

    def __init__(self) -> None:
        self.prefix = f"t{secrets.token_hex(4)}_"
        self.urls: dict[str, Urls] = {}
        self._clones = 0

    async def make(self, services: Iterable[str] = SERVICES) -> None:
        """Provision and migrate, all services side by side."""
        passwords = {
            f"{service}_{role}": secrets.token_hex(8) for service in SERVICES for role in LIMITS
        }
        self.urls = await provision(admin_url(), self.prefix, services, passwords)
        await asyncio.gather(
            *(
                asyncio.to_thread(migrate, f"services.{service}", urls.owner)
                for service, urls in self.urls.items()
            )
        )

    async def remove(self) -> None:
        """Leave nothing behind."""
        await drop(admin_url(), self.prefix, self.urls)

    @asynccontextmanager
    async def clone(self, service: str) -> AsyncIterator[Urls]:
        """A database of its own for one test, with the roles of the template."""
        self._clones += 1
        name = f"{self.prefix}{service}_{self._clones}"
        administrator = await asyncpg.connect(admin_url())
        try:
            await administrator.execute(
                f'create database "{name}" template "{self.prefix}{service}"'
            )
            for role in LIMITS:
                await administrator.execute(
                    f'grant connect on database "{name}" to "{self.prefix}{service}_{role}"'
                )
            template = self.urls[service]
            yield Urls(**{role: _at(getattr(template, role), name) for role in LIMITS})
        finally:
            await administrator.execute(f'drop database if exists "{name}" with (force)')
            await administrator.close()

    @asynccontextmanager
    async def pools(self, service: str, size: int = 4) -> AsyncIterator[tuple[Pool, Pool]]:
        """The pools of the application's and of the owner's role on a fresh database."""
        async with self.clone(service) as urls:
            app = await open_pool(urls.app, size, name=f"test-{service}")
            owner = await open_pool(urls.owner, 2, name=f"test-{service}-owner")
            try:
                yield app, owner
            finally:
                app.terminate()
                owner.terminate()

    @asynccontextmanager
    async def before(self, service: str, migration: str) -> AsyncIterator[Upgrade]:
        """A fresh database as it was before one of the service's migrations, not the first."""
        folder = resources.files(f"services.{service}") / "migrations"
        up, down = (folder / migration).read_text("utf-8").split("-- migrate:down")
        later = sorted((file for file in folder.iterdir() if file.name > migration), key=str)
        async with self.clone(service) as urls:
            pool = await open_pool(urls.owner, 1, name=f"test-{service}-upgrade")
            try:
                await pool.execute(NO_GRANTS)
                for file in reversed(later):
                    await pool.execute(file.read_text("utf-8").split("-- migrate:down")[1])
                upgrade = Upgrade(pool, up, down)
                await upgrade.back()
                yield upgrade
            finally:
                pool.terminate()


def _at(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
