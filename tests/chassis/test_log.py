"""One canonical line per request or batch; no personal data, no words of an error."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from chassis.auth import Caller
from chassis.log import FORBIDDEN
from chassis.web import read
from contracts.payments import GET_WALLETS, ShowWallets, Wallets
from contracts.refusal import NotFound
from tests.chassis.doors import FAMILY, bearer, open_doors
from tests.chassis.wire import Listener, an_event, as_message

PERSONAL = "camille.dupont@example.org"


def logged(script: str) -> list[dict[str, Any]]:
    """The lines that a process logs which configured itself as a service does."""
    begin = "import structlog\nfrom chassis import log\nlog.configure(service='booking')\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{begin}write = structlog.get_logger()\n{script}"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_no_key_that_may_carry_personal_data_passes():
    (line,) = logged(
        f"from chassis.log import FORBIDDEN\n"
        f"write.info('x', order='kept', **dict.fromkeys(FORBIDDEN, {PERSONAL!r}))"
    )
    assert PERSONAL not in str(line)
    assert {line[key] for key in FORBIDDEN} == {"[removed]"}
    assert (line["order"], line["service"], line["level"]) == ("kept", "booking", "info")


def test_an_error_is_logged_by_its_kind_and_place_and_not_by_its_words():
    (line,) = logged(
        "structlog.contextvars.bind_contextvars(trace='of the request')\n"
        "def parse():\n"
        f"    raise ValueError({PERSONAL!r}) from KeyError({PERSONAL!r})\n"
        "try:\n"
        "    parse()\n"
        "except ValueError as error:\n"
        "    write.error('bug', error=error)\n"
    )
    assert PERSONAL not in str(line)
    assert line["error"] == "ValueError"
    assert line["places"][-1].endswith(":parse")
    assert line["trace"] == "of the request"


def test_what_is_below_the_level_is_not_written():
    assert logged("write.debug('quiet')\nwrite.info('heard')")[0]["event"] == "heard"


async def ask(listener: Listener, raises: Exception | None) -> list[Any]:
    async def handler(_tx: object, _asked: ShowWallets, _caller: Caller) -> Wallets:
        if raises is not None:
            raise raises
        return Wallets(wallets=())

    with capture_logs() as lines:
        async with (
            open_doors(listener.pool, read(GET_WALLETS, handler)) as server,
            aiohttp.ClientSession() as session,
        ):
            await session.get(server.make_url("/wallets"), headers=bearer("gateway", FAMILY))
    return lines


@pytest.mark.parametrize(
    ("raises", "level", "status", "refusal"),
    [
        (None, "info", 200, ""),
        (NotFound(), "info", 404, "request.not_found"),
        (TimeoutError(PERSONAL), "info", 503, "service.unavailable"),
        (KeyError(PERSONAL), "error", 500, "bug"),
    ],
)
async def test_a_request_writes_one_line_whatever_becomes_of_it(
    listener: Listener, raises: Exception | None, level: str, status: int, refusal: str
):
    (line,) = await ask(listener, raises)
    assert (line["event"], line["operation"]) == ("request", "payments.get_wallets")
    assert (line["log_level"], line["status"], line["refusal"]) == (level, status, refusal)
    assert line["milliseconds"] >= 0


async def test_a_batch_writes_one_line_that_counts_what_was_new(listener: Listener):
    message = as_message(an_event(1))
    with capture_logs() as lines:
        await listener.reader().receive([message, as_message(an_event(2))])
        await listener.reader().receive([message])
    assert [(line["event"], line["count"], line["new"]) for line in lines] == [
        ("batch", 2, 2),
        ("batch", 1, 0),
    ]
