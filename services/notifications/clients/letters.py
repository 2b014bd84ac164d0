"""Letters: what an e-mail knows, with names, in French, as text and as HTML."""

from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from importlib import resources

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chassis.ui.french import count, instant
from chassis.ui.french import day as day_in_french
from chassis.ui.french import money as euros
from contracts.accounts import HOUSEHOLD_REASONS
from contracts.subscriptions import ACCESS_REASONS
from services.notifications.clients.recipients import Recipient
from services.notifications.domain.contents import Share
from services.notifications.domain.emails import Email

SESSIONS = {"matin": "matin", "soir": "soir"}
"""How a session is written beside its service; that of a meal goes without saying."""

HOUR, DAY = 60, 24 * 60


def counted(parts: Sequence[Share]) -> str:
    """« 4 repas », « 1 réservation »: not everything that is booked is eaten."""
    meals = [meal for share in parts for meal in share.meals]
    all_eaten = all(meal.session == "midi" for meal in meals)
    return count(len(meals), "repas" if all_eaten else "réservation")


def lasting(minutes: int) -> str:
    """« 30 minutes », « 2 heures », « 7 jours », also when the first moments are over."""
    if minutes >= 2 * DAY - HOUR:
        return count((minutes + HOUR) // DAY, "jour")
    return count(minutes // HOUR, "heure") if minutes >= HOUR else count(minutes, "minute")


class UnusableAddress(Exception):
    """Nothing can be sent to what stands as an address."""


def _address(written: str) -> Address:
    try:
        return Address(addr_spec=written)
    except (ValueError, MessageError, IndexError) as error:
        raise UnusableAddress from error


class Letters:
    """Writes the message of an e-mail to one recipient, from the templates beside this package."""

    def __init__(self, public_base_url: str, sender: Address):
        folder = resources.files("services.notifications") / "templates"
        self._templates = Environment(
            loader=FileSystemLoader(str(folder)),
            autoescape=select_autoescape(("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters |= {
            "day": day_in_french, "euros": euros, "instant": instant, "lasting": lasting,
            "counted": counted,
        }  # fmt: skip
        self._templates.globals |= {
            "portal": public_base_url.rstrip("/"),
            "sessions": SESSIONS,
            "access_reasons": ACCESS_REASONS,
            "household_reasons": HOUSEHOLD_REASONS,
        }
        self._inliner = CSSInliner(load_remote_stylesheets=False)
        self._sender = sender

    def write(self, email: Email, recipient: Recipient) -> EmailMessage:
        """The message, ready to be handed over. Raises UnusableAddress."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = _address(recipient.address)
        message["Subject"] = self._render(recipient, "subject.txt").strip()
        message["Date"] = email.taken
        message["Message-ID"] = email.message_id(recipient.id, self._sender.domain)
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "fr"
        message.set_content(self._render(recipient, "body.txt"), cte="quoted-printable")
        page = self._inliner.inline(self._render(recipient, "body.html"))
        message.add_alternative(page, subtype="html", cte="base64")
        return message

    def _render(self, recipient: Recipient, part: str) -> str:
        template = self._templates.get_template(f"{recipient.template}/{part}")
        return template.render(recipient.words)
