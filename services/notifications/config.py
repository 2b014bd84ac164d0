"""What notifications needs from its environment."""

from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from chassis.config import ServiceSettings, SigningSettings


def _is_smtp(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("smtp://machine:25 ou smtps://nom:secret@machine:465 est attendu")
    return url


def _is_sender(sender: str) -> str:
    name, spec = parseaddr(sender)
    if not Address(name, addr_spec=spec).domain:
        raise ValueError("une adresse d’expéditeur est attendue")
    return sender


class NotificationsSettings(ServiceSettings, SigningSettings):
    """As every service that speaks to another, with the mail server and what stands in mails."""

    accounts_url: str
    smtp_url: Annotated[str, AfterValidator(_is_smtp)]
    """`smtp://` or `smtps://`. With a user name, `smtp://` insists on STARTTLS."""
    mail_from: Annotated[str, AfterValidator(_is_sender)]
    """`Cantine Facile <ne-pas-repondre@exemple.fr>`; its domain also ends the Message-IDs."""
    public_base_url: Annotated[str, Field(pattern=r"^https?://[^/?#]+[^?#]*$")]
    """Where families reach the portal: links in mails begin with it."""

    @property
    def sender(self) -> Address:
        """The sender, read."""
        name, spec = parseaddr(self.mail_from)
        return Address(name, addr_spec=spec)
