"""A mailbox for demonstrations and tests: takes every e-mail, shows it, sends nothing on."""

import asyncio
import email
import os
import signal
import time
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from functools import lru_cache
from html import escape
from itertools import count
from pathlib import Path

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

_PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – boîte de démonstration</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }}
table {{ width: 100%; border-collapse: collapse; }}
th, td {{ text-align: left; padding: .5rem; border-bottom: 1px solid #767676; }}
td {{ overflow-wrap: anywhere; }}
iframe {{ width: 100%; height: 40rem; border: 1px solid #767676; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
</style>
</head>
<body><main>{body}</main></body>
</html>"""
# The pages hold what others wrote: no script runs, and the e-mail's own HTML is a prisoner.
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
_MESSAGE_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:"
)


@dataclass(frozen=True)
class Letter:
    """One received e-mail, as the pages and the tests read it."""

    id: str
    sender: str
    recipients: list[str]
    subject: str
    date: str
    text: str
    html: str


class Mailbox:
    """E-mails kept as .eml files; their names sort by arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._arrivals = count()

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a received e-mail, then say so: an acknowledged one survives a kill."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        name = f"{time.time_ns():020}-{next(self._arrivals):06}"
        draft = self._folder / f"{name}.part"
        # who it was for stands in the envelope alone when it was sent blind
        recipients = ", ".join(envelope.rcpt_tos).encode()
        draft.write_bytes(b"X-Envelope-To: " + recipients + b"\r\n" + content)
        draft.rename(self._folder / f"{name}.eml")
        return "250 2.0.0 message gardé"

    def letters(self) -> list[Letter]:
        """Every e-mail, newest first."""
        return [_read(file) for file in sorted(self._folder.glob("*.eml"), reverse=True)]

    def letter(self, name: str) -> Letter:
        """One e-mail, by its id."""
        file = self._folder / f"{name}.eml"
        if not name.replace("-", "").isdigit() or not file.exists():
            raise web.HTTPNotFound(text="Ce message n'existe pas (ou plus).")
        return _read(file)


@lru_cache(maxsize=5_000)  # a kept e-mail never changes, and journeys look often
def _read(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=modern)
    return Letter(
        id=file.stem,
        sender=str(message.get("From", "")),
        recipients=str(message.get("X-Envelope-To", "")).split(", "),
        subject=str(message.get("Subject", "(sans objet)")),
        date=_date(message, file),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _date(message: EmailMessage, file: Path) -> str:
    try:
        return parsedate_to_datetime(str(message["Date"])).isoformat()
    except (TypeError, ValueError):
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(file.stat().st_mtime))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def application(mailbox: Mailbox) -> web.Application:
    """The mailbox's pages, and JSON for tests."""

    async def index(request: web.Request) -> web.Response:
        rows = "".join(
            f'<tr><td><a href="/messages/{letter.id}">{escape(letter.subject)}</a></td>'
            f"<td>{escape(', '.join(letter.recipients))}</td>"
            f'<td><time datetime="{escape(letter.date)}">{escape(_readable(letter.date))}</time>'
            "</td></tr>"
            for letter in mailbox.letters()
        )
        table = (
            '<table><thead><tr><th scope="col">Objet</th><th scope="col">Pour</th>'
            f'<th scope="col">Date</th></tr></thead><tbody>{rows}</tbody></table>'
        )
        empty = "<p>Aucun message pour l'instant : rechargez la page après une action.</p>"
        intro = "<p>Tous les courriels du portail arrivent ici ; aucun ne part vers Internet.</p>"
        return _page("Messages", f"<h1>Messages</h1>{intro}{table if rows else empty}")

    async def show(request: web.Request) -> web.Response:
        letter = mailbox.letter(request.match_info["id"])
        parts = [
            f'<p><a href="/">Tous les messages</a></p><h1>{escape(letter.subject)}</h1>',
            f"<p>De : {escape(letter.sender)}<br>Pour : {escape(', '.join(letter.recipients))}"
            f"<br>Date : {escape(_readable(letter.date))}</p>",
        ]
        if letter.html:
            parts.append(
                '<h2>Version mise en forme</h2><iframe title="Contenu du message" '
                'sandbox="allow-popups allow-popups-to-escape-sandbox" '
                f'src="/messages/{letter.id}.html"></iframe>'
            )
        parts.append(f"<h2>Version texte</h2><pre>{escape(letter.text)}</pre>")
        return _page(letter.subject, "".join(parts))

    async def show_html(request: web.Request) -> web.Response:
        html = mailbox.letter(request.match_info["id"]).html
        return _answer(f'<base target="_blank">{html}', _MESSAGE_POLICY)

    async def as_json(request: web.Request) -> web.Response:
        return web.json_response([asdict(letter) for letter in mailbox.letters()])

    async def ready(request: web.Request) -> web.Response:
        return web.json_response({"status": "ready"})

    app = web.Application()
    app.router.add_get("/", index)
    app.router.add_get("/messages.json", as_json)
    app.router.add_get("/messages/{id:[0-9-]+}.html", show_html)
    app.router.add_get("/messages/{id:[0-9-]+}", show)
    app.router.add_get("/readyz", ready)
    return app


def _readable(moment: str) -> str:
    return moment[:16].replace("T", " à ")


def _page(title: str, body: str) -> web.Response:
    return _answer(_PAGE.format(title=escape(title), body=body), _PAGE_POLICY)


def _answer(html: str, policy: str) -> web.Response:
    headers = {"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
    return web.Response(text=html, content_type="text/html", headers=headers)


async def serve() -> None:
    """Listen for SMTP and HTTP on the loopback until SIGTERM."""
    mailbox = Mailbox(Path(os.environ["MAILBOX_FOLDER"]))
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    smtp = await loop.create_server(
        lambda: SMTP(mailbox, enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        int(os.environ["SMTP_PORT"]),
    )
    runner = web.AppRunner(application(mailbox), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["HTTP_PORT"])).start()
    await stopping.wait()
    smtp.close()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
