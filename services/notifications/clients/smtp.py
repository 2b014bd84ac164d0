"""The mail server: one connection for a batch, and what its answers mean."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
)

SECONDS = 10.0
"""How long one command may take."""

Verdict = Literal["accepted", "refused", "later", "gone"]
"""refused: this message will never be taken. later: this one is not taken now. gone: the server
hung up, and no message is at fault."""


class MailServerGone(Exception):
    """The server cannot be reached, lets nobody in, or hung up."""


class Connection:
    """An open conversation with the server."""

    def __init__(self, smtp: SMTP):
        self._smtp = smtp

    async def send(self, message: EmailMessage, address: str) -> Verdict:
        """Hand over one message for one address."""
        try:
            await self._smtp.send_message(message, recipients=[address])
        except SMTPRecipientsRefused as error:
            return _verdict(error.recipients[0])
        except SMTPDataError as error:
            return _verdict(error)
        except SMTPNotSupported:
            return "refused"  # an address with letters that this server cannot write
        except (SMTPException, OSError, TimeoutError):
            return "gone"
        return "accepted"


def _verdict(error: SMTPRecipientRefused | SMTPDataError) -> Verdict:
    if error.code == 421:
        return "gone"
    return "refused" if error.code >= 500 else "later"


class Mailer:
    """Reaches the server of an `smtp://` or `smtps://` address."""

    def __init__(self, url: str):
        self._url = urlsplit(url)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """A conversation for as long as the block lasts. Raises MailServerGone."""
        url = self._url
        is_tls = url.scheme == "smtps"
        smtp = SMTP(
            hostname=url.hostname,
            port=url.port or (465 if is_tls else 25),
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=is_tls,
            start_tls=True if url.username and not is_tls else None,
            timeout=SECONDS,
        )
        try:
            await smtp.connect()
        except (SMTPException, OSError, TimeoutError) as error:
            raise MailServerGone from error
        try:
            yield Connection(smtp)
        finally:
            with suppress(SMTPException, OSError, TimeoutError):
                await smtp.quit()
            smtp.close()
