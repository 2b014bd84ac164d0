"""One database and three roles per service: owner migrates, app serves, console reads."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from deploy import SERVICES, MissingSetting, setting

# Connections a role may hold: a runaway service never takes its neighbours' places.
LIMITS: Mapping[str, int] = {"owner": -1, "app": 20, "console": 10}
_PREFIX = re.compile(r"([a-z][a-z0-9_]{0,30})?")
_ONE_AT_A_TIME = 7_205_759  # any number, the same for all: two runs must not create one role twice

if TYPE_CHECKING:  # generic for the type checker only
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection


@dataclass(frozen=True)
class Urls:
    """The addresses of one service's database, one for each role."""

    owner: str
    app: str
    console: str


async def provision(
    admin_url: str, prefix: str, services: Iterable[str], passwords: Mapping[str, str]
) -> dict[str, Urls]:
    """Make each service's database and roles, or only set the passwords of those that exist.

    `passwords` maps `booking_owner`, `booking_app`, `booking_console`… to their passwords.
    """
    _check(prefix)
    urls = {}
    async with _administrator(admin_url) as connection:
        for service in services:
            database = f"{prefix}{service}"
            by_role = {role: passwords[f"{service}_{role}"] for role in LIMITS}
            for role, limit in LIMITS.items():
                await _ensure_role(connection, f"{database}_{role}", by_role[role], limit)
            await _ensure_database(connection, database)
            await _close_to_others(connection, admin_url, database)
            urls[service] = Urls(
                **{
                    role: _url(admin_url, database, f"{database}_{role}", password)
                    for role, password in by_role.items()
                }
            )
    return urls


async def drop(admin_url: str, prefix: str, services: Iterable[str]) -> None:
    """Delete the databases and the roles of these services."""
    _check(prefix)
    async with _administrator(admin_url) as connection:
        for service in services:
            database = f"{prefix}{service}"
            await _run(connection, "drop database if exists %I with (force)", database)
            for role in LIMITS:
                await _run(connection, "drop role if exists %I", f"{database}_{role}")


@asynccontextmanager
async def _administrator(admin_url: str) -> AsyncIterator[Connection]:
    connection: Connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _ONE_AT_A_TIME)
        yield connection
    finally:
        await connection.close()


async def _ensure_role(connection: Connection, role: str, password: str, limit: int) -> None:
    if not await connection.fetchval("select true from pg_roles where rolname = $1", role):
        await _run(connection, "create role %I", role)
    attributes = f"login noinherit nocreatedb nocreaterole connection limit {limit}"
    await _run(connection, f"alter role %I with {attributes} password %L", role, password)


async def _ensure_database(connection: Connection, database: str) -> None:
    owner = f"{database}_owner"
    if not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user"):
        # a hosted PostgreSQL gives no superuser: its administrator must belong to the owner
        await _run(connection, "grant %I to current_user", owner)
    if not await connection.fetchval("select true from pg_database where datname = $1", database):
        await _run(
            connection,
            "create database %I owner %I encoding 'UTF8' template template0",
            database,
            owner,
        )


async def _close_to_others(connection: Connection, admin_url: str, database: str) -> None:
    owner, app, console = (f"{database}_{role}" for role in LIMITS)
    await _run(connection, "revoke all on database %I from public", database)
    for role in (owner, app, console):
        await _run(connection, "grant connect on database %I to %I", database, role)
    inside: Connection = await asyncpg.connect(admin_url, database=database)
    try:
        await _run(inside, "alter schema public owner to %I", owner)
        await _run(inside, "revoke all on schema public from public")
        await _run(inside, "grant usage on schema public to %I, %I", app, console)
    finally:
        await inside.close()


async def _run(connection: Connection, template: str, *values: str) -> None:
    # names and passwords cannot be parameters of these statements: the server quotes them
    statement = await connection.fetchval(
        "select format($1, variadic $2::text[])", template, list(values)
    )
    await connection.execute(statement)


def _url(admin_url: str, database: str, role: str, password: str) -> str:
    admin = urlsplit(admin_url)
    host = admin.netloc.rpartition("@")[2]
    netloc = f"{quote(role, safe='')}:{quote(password, safe='')}@{host}"
    return urlunsplit((admin.scheme, netloc, f"/{database}", admin.query, ""))


def _check(prefix: str) -> None:
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"prefix {prefix!r}: small letters, digits and _ only")


async def _apply() -> None:
    passwords = {
        f"{service}_{role}": setting(f"DATABASE_{service}_{role}_PASSWORD".upper())
        for service in SERVICES
        for role in LIMITS
    }
    prefix = setting("DATABASE_PREFIX", "")
    await provision(setting("POSTGRES_URL"), prefix, SERVICES, passwords)
    print(f"Bases prêtes : {', '.join(prefix + service for service in SERVICES)}.")


def main() -> int:
    """`python -m deploy.databases apply`."""
    if sys.argv[1:] != ["apply"]:
        print("Usage : python -m deploy.databases apply", file=sys.stderr)
        return 2
    try:
        asyncio.run(_apply())
    except MissingSetting as missing:
        print(missing, file=sys.stderr)
        return 1
    except (OSError, asyncpg.PostgresError) as error:
        print(f"PostgreSQL refuse : {error}. Vérifiez POSTGRES_URL.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
