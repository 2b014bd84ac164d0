"""The yardstick: the same checkout as seven bare statements, by PostgreSQL's own pgbench."""

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from deploy.local.failure import Failure
from deploy.local.postgres import program
from deploy.local.processes import die_with_parent

HERE = Path(__file__).parent / "yardstick"
DATABASE = "bench_yardstick"
CLIENTS = 16
_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


class Yardstick:
    """A database of its own in the same cluster as the portal's."""

    def __init__(self, admin_url: str):
        self._admin = admin_url

    async def prepare(self) -> None:
        """Make the database and its tables."""
        connection = await asyncpg.connect(self._admin)
        try:
            await connection.execute(f"drop database if exists {DATABASE} with (force)")
            await connection.execute(f"create database {DATABASE}")
        finally:
            await connection.close()
        await self._run_file("schema.sql")

    async def per_second(self, seconds: float) -> float:
        """Checkouts per second over so many seconds, from empty tables."""
        await self._run_file("reset.sql")
        parts = urlsplit(self._admin)
        process = await asyncio.create_subprocess_exec(
            str(program("pgbench")), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2",
            "-T", str(max(1, round(seconds))), "-D", "i=-1", "-D", f"clients={CLIENTS}",
            "-f", str(HERE / "checkout.pgb"), "-h", parts.hostname or "", "-p", str(parts.port),
            "-U", parts.username or "", DATABASE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={
                "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8",
                "PGPASSWORD": unquote(parts.password or ""),
            },
            preexec_fn=die_with_parent(),
        )  # fmt: skip
        try:
            output, errors = await asyncio.wait_for(process.communicate(), seconds + 60)
        finally:
            if process.returncode is None:
                process.kill()
        found = _RATE.search(output.decode())
        if process.returncode != 0 or found is None:
            raise Failure(f"pgbench a échoué : {errors.decode()[-500:]}")
        return float(found.group(1))

    async def _run_file(self, name: str) -> None:
        connection = await asyncpg.connect(self._admin, database=DATABASE)
        try:
            for statement in (HERE / name).read_text().split(";"):
                if statement.strip():  # one at a time: vacuum runs in no transaction
                    await connection.execute(statement)
        finally:
            await connection.close()
