"""A process of the stack is watched over, and the mailbox keeps what it has accepted."""

import asyncio
import os
import signal
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiohttp
import pytest

from deploy.local.failure import Failure
from deploy.local.keys import SIGNERS, SigningKeys
from deploy.local.places import REPOSITORY
from deploy.local.processes import free_port
from deploy.local.program import Program


def _mailbox(folder: Path) -> tuple[Program, int]:
    smtp_port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "SMTP_PORT": str(smtp_port),
        "HTTP_PORT": str(port := free_port()),
        "MAILBOX_FOLDER": str(folder / "mailbox"),
    }
    return Program("mailbox", "deploy.local.mailbox", port, environment, folder), smtp_port


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[tuple[Program, int]]:
    """The mailbox as `make up` starts it."""
    program, smtp_port = _mailbox(tmp_path)
    await program.start()
    yield program, smtp_port
    await program.stop()


def _send(port: int, subject: str) -> None:
    message = EmailMessage()
    message["From"] = "cantine@ville.example"
    message["To"] = "parent@foyer.example"
    message["Subject"] = subject
    message.set_content("Le repas de Zoé est réservé.")
    message.add_alternative("<p>Réservé</p><script>alert(1)</script>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(message, to_addrs=["parent@foyer.example", "copie@foyer.example"])


async def _get(url: str) -> tuple[str, aiohttp.ClientResponse]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text(), answer


async def _reborn(program: Program, former: int) -> None:
    async with asyncio.timeout(20):
        while program.pid in (None, former):  # noqa: ASYNC110 - a process tells nobody
            await asyncio.sleep(0.05)


async def test_a_process_that_dies_by_itself_is_started_again_with_what_it_kept(
    mailbox: tuple[Program, int],
) -> None:
    program, smtp_port = mailbox
    await asyncio.to_thread(_send, smtp_port, "Réservation confirmée")
    former = program.pid
    assert former is not None
    os.kill(former, signal.SIGKILL)
    await _reborn(program, former)
    await program.start()
    assert program.restarts == 1
    text, _ = await _get(f"{program.url}/messages.json")
    assert "R\\u00e9servation confirm\\u00e9e" in text


async def test_a_process_that_was_killed_on_purpose_stays_dead_until_it_is_started(
    mailbox: tuple[Program, int],
) -> None:
    program, _ = mailbox
    await program.kill()
    await asyncio.sleep(1.5)
    assert program.pid is None
    await program.start()
    assert program.pid is not None


async def test_a_process_that_cannot_start_is_a_sentence_with_the_end_of_its_log(
    tmp_path: Path,
) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY)}
    program = Program("broken", "deploy.local.mailbox", free_port(), environment, tmp_path)
    with pytest.raises(Failure, match="« broken » s'est arrêté au démarrage"):
        await program.start()
    await program.stop()


async def test_an_email_is_shown_newest_first_and_its_html_is_a_prisoner(
    mailbox: tuple[Program, int],
) -> None:
    program, smtp_port = mailbox
    await asyncio.to_thread(_send, smtp_port, "Premier")
    await asyncio.to_thread(_send, smtp_port, "<b>Second</b>")
    index, _ = await _get(program.url)
    assert 0 < index.index("&lt;b&gt;Second") < index.index("Premier")
    async with aiohttp.ClientSession() as session:
        letters = await (await session.get(f"{program.url}/messages.json")).json()
    assert letters[0]["recipients"] == ["parent@foyer.example", "copie@foyer.example"]
    assert letters[0]["text"].strip() == "Le repas de Zoé est réservé."
    address = f"{program.url}/messages/{letters[0]['id']}"
    page, _ = await _get(address)
    assert "Le repas de Zoé est réservé." in page
    assert "<script>" not in page
    _, html = await _get(f"{address}.html")
    policy = html.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    _, absent = await _get(f"{program.url}/messages/123-1")
    assert absent.status == 404


def test_signing_keys_are_drawn_once_and_never_public(tmp_path: Path) -> None:
    keys = SigningKeys(tmp_path)
    first = [keys.private(signer) for signer in SIGNERS]
    assert [SigningKeys(tmp_path).private(signer) for signer in SIGNERS] == first
    assert '"d"' not in keys.public()
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
