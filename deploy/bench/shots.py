"""Loads: prepared requests through the sender's process, and what came back."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from deploy.bench.crowd import Request
from deploy.local.failure import Failure
from deploy.local.places import REPOSITORY
from deploy.local.processes import die_with_parent

CONNECTIONS = 16
LOAD_SECONDS_MAX = 300.0


@dataclass(frozen=True)
class Shot:
    """What came back: status, milliseconds and words of each request, and when it was."""

    began: float
    ended: float
    results: list[tuple[int, float, str]]

    @property
    def per_second(self) -> float:
        """Requests answered per second."""
        return len(self.results) / (self.ended - self.began)

    @property
    def milliseconds(self) -> list[float]:
        """How long each took."""
        return [result[1] for result in self.results]

    def must_all_be(self, status: int) -> "Shot":
        """Itself. Raises Failure if any answer is another one."""
        wrong = [result for result in self.results if result[0] != status]
        if wrong:
            counted = dict(Counter(result[0] for result in self.results))
            raise Failure(f"Réponses inattendues {counted}, par exemple : {wrong[0][2][:400]}")
        return self


async def fire(
    address: str, requests: Sequence[Request], *, connections: int = CONNECTIONS,
    rate: float = 0.0, follow: str = "",
) -> Shot:  # fmt: skip
    """Send these requests over so many connections, as fast as they go or `rate` a second.

    With `follow`, an answer is whole when the page that it leads to says these words.
    """
    where = urlsplit(address)
    plan: dict[str, Any] = {
        "host": where.hostname, "port": where.port, "connections": connections, "rate": rate,
        "follow": follow, "requests": list(requests),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.bench.sender", cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, preexec_fn=die_with_parent(),
    )  # fmt: skip
    try:
        output, errors = await asyncio.wait_for(
            process.communicate(json.dumps(plan).encode()), LOAD_SECONDS_MAX
        )
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise Failure(f"Le générateur de charge a échoué : {errors.decode()[-800:]}")
    came = json.loads(output)
    return Shot(came["began"], came["ended"], [(r[0], r[1], r[2]) for r in came["results"]])
