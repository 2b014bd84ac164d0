"""The bench judges as its targets say, speaks HTTP as a browser would, and reads profiles."""

import asyncio
import os
from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest

from chassis.ui.protection import form_token, form_token_fits
from contracts.booking import order_of
from deploy.bench.crowd import Checkout, canteens_of, crowd_of, dates_of, look_in
from deploy.bench.figures import (
    G1,
    G13,
    G14_P50,
    Measure,
    Target,
    percentile,
    ratios,
    show,
    table,
)
from deploy.bench.machine import Share, pss_megabytes
from deploy.bench.profile import summary
from deploy.bench.report import FINDINGS, page
from deploy.bench.rounds import FULL
from deploy.bench.sender import header, send
from deploy.bench.shots import Shot
from deploy.local.failure import Failure

FAMILY = crowd_of(3, canteens_of(2))[2]


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (G1, 0.25, "aim"), (G1, 0.15, "must"), (G1, 0.149, "FAILED"),
        (G14_P50, 10, "aim"), (G14_P50, 50, "must"), (G14_P50, 51, "FAILED"),
        (G13, 0, "aim"), (G13, 1, "FAILED"),
    ],
)  # fmt: skip
def test_a_bound_itself_is_good_enough(target: Target, value: float, verdict: str) -> None:
    assert Measure(target, (value,), others=0.0).verdict == verdict


def test_a_busy_machine_gets_no_verdict_but_exactness_does() -> None:
    assert Measure(G1, (0.5,), others=0.30).verdict == "aim"
    assert Measure(G1, (0.5,), others=0.31).verdict == "noisy"
    assert Measure(G13, (1.0,), others=0.9).verdict == "FAILED"


def test_ratios_are_taken_within_a_round_and_their_median_counts() -> None:
    halves = ratios((100, 50, 90), (1000, 100, 1000))
    assert halves == (0.1, 0.5, 0.09)
    assert Measure(G1, halves, 0.0).median == 0.1


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50), (0.99, 99), (0.01, 1), (1.0, 100), (0.001, 1)]
)
def test_percentiles_are_values_that_were_measured(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


@pytest.mark.parametrize(
    ("value", "text"), [(3028.4, "3,028"), (12.34, "12.3"), (0.1234, "0.123"), (5.0, "5")]
)
def test_numbers_have_the_digits_that_mean_something(value: float, text: str) -> None:
    assert show(value) == text


def test_the_table_shows_bounds_range_others_and_notes() -> None:
    text = table([Measure(G1, (0.1, 0.2, 0.3), 0.05, "a note"), Measure(G13, (0.0,), 0.5)])
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()[:4]]
    assert rows[2][2:] == ["≥ 0.15", "≥ 0.25", "0.2 (0.1 to 0.3)", "5%", "must"]
    assert rows[3][4:] == ["0", "50%", "aim"]
    assert text.endswith("- G1: a note")


def test_the_page_keeps_what_a_person_wrote() -> None:
    text = page([Measure(G1, (0.2,), 0.0)], {"booking": ["50%  x"]}, FULL, "The relay is cheap.")
    assert text.rstrip().endswith(f"{FINDINGS}\n\nThe relay is cheap.")
    assert "Where `booking` spends its time" in text


def test_a_confirmation_is_the_form_of_the_cart() -> None:
    checkout = Checkout.new(FAMILY)
    sent = checkout.by_browser("http://127.0.0.1:8080", form_token(FAMILY.token))["send"]
    head, _, body = sent.partition("\r\n\r\n")
    fields = parse_qs(body)
    assert head.startswith("POST /panier/confirmer HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n")
    assert f"Content-Length: {len(body)}" in head
    assert f"Cookie: session={FAMILY.token}" in head
    assert form_token_fits(fields["csrf"][0], FAMILY.token)
    assert fields["part"] == [f"{FAMILY.canteen.regie}|15200|1"]
    assert checkout.order == order_of(checkout.checkout, FAMILY.canteen.regie)


def test_families_sit_side_by_side_at_different_canteens_with_secrets_of_their_own() -> None:
    crowd = crowd_of(4, canteens_of(2))
    assert [f.canteen.commune for f in crowd] == ["Commune 0", "Commune 1"] * 2
    assert len({f.token for f in crowd}) == len({f.household for f in crowd}) == 4
    assert len({child for f in crowd for child in f.children}) == 8


def test_carts_hold_twenty_dates_in_time() -> None:
    served = [day for day in _days() if day.isoweekday() in (1, 2, 4, 5)]
    dates = dates_of(served)
    assert len(dates) == 20
    assert set(dates) <= set(served)
    assert dates[0].isoformat() == "2026-12-01"


def _days():
    return [date(2026, 9, 1) + timedelta(days=n) for n in range(300)]


def test_a_header_is_found_whatever_its_case() -> None:
    head = b"HTTP/1.1 303 See Other\r\nLOCATION: /commandes/1\r\nContent-Length: 0"
    assert header(head, b"location") == b"/commandes/1"
    assert header(head, b"content-length") == b"0"
    assert header(head, b"retry-after") == b""


def test_an_unexpected_answer_stops_the_bench_with_its_words() -> None:
    shot = Shot(0.0, 2.0, [(303, 1.0, "/commandes/1"), (503, 1.0, "trop tard")])
    assert shot.per_second == 1.0
    with pytest.raises(Failure, match="trop tard"):
        shot.must_all_be(303)


async def _portal(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    looks = 0
    while head := await reader.readuntil(b"\r\n\r\n"):
        if head.startswith(b"POST"):
            writer.write(b"HTTP/1.1 303 See Other\r\nLocation: /commandes/1\r\n")
            writer.write(b"Content-Length: 0\r\n\r\n")
            continue
        looks += 1
        body = b"Confirm\xc3\xa9e" if looks == 2 else b"En cours"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        await writer.drain()
        writer.write(body)  # in a packet of its own


async def test_the_sender_follows_an_order_until_its_page_says_so() -> None:
    server = await asyncio.start_server(_portal, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    request = {
        "send": "POST /panier/confirmer HTTP/1.1\r\n\r\n",
        "page": "GET {path} HTTP/1.1\r\n\r\n",
    }
    plan = {
        "host": "127.0.0.1", "port": port, "connections": 1, "rate": 50.0,
        "follow": "Confirmée", "requests": [request],
    }  # fmt: skip
    try:
        [[status, milliseconds, told]] = await send(plan)
    finally:
        server.close()
    assert (status, told) == (200, "/commandes/1")
    assert milliseconds > 0


def test_a_profile_names_our_functions_and_the_libraries_on_top() -> None:
    lines = summary(
        [
            "run (chassis/process.py:103);Runner.run (asyncio/runners.py:118) 3",
            "run (chassis/process.py:1);x (services/booking/commands.py:9);y (asyncpg/pool.py:1) 1",
        ]
    )
    assert not any("chassis/process.py" in line for line in lines)  # everything is below it
    assert " 25.0%  services/booking/commands.py x" in lines
    assert " 25.0%  asyncpg" in lines


def test_our_own_work_is_not_that_of_others() -> None:
    share = Share()
    sum(range(2_000_000))
    assert 0.0 <= share.of_others() <= 1.0


def test_a_process_weighs_something() -> None:
    assert 1 < pss_megabytes(os.getpid()) < 2_000


def test_a_look_in_carries_the_session() -> None:
    sent = look_in(FAMILY, "http://127.0.0.1:1")["send"]
    assert sent.startswith("GET /connexion HTTP/1.1\r\n")
    assert sent.endswith("\r\n\r\n")
