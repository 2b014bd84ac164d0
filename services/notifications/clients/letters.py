"""Letters: what an e-mail knows, with names, in French, as text and as HTML."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from importlib import resources

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chassis.ui.french import day as day_in_french
from chassis.ui.french import money as euros
from contracts.accounts import Adult, HouseholdView
from services.notifications.domain import Email, Share, shares

SESSIONS = {"matin": "matin", "soir": "soir"}
"""How a session is written beside its service; that of a meal goes without saying."""


def count_in_french(parts: tuple[Share, ...]) -> str:
    """« 4 repas », « 1 réservation »: not everything that is booked is eaten."""
    meals = [meal for share in parts for meal in share.meals]
    if all(meal.session == "midi" for meal in meals):
        return f"{len(meals)}\N{NO-BREAK SPACE}repas"
    return f"{len(meals)}\N{NO-BREAK SPACE}réservation{'s' if len(meals) > 1 else ''}"


class UnusableAddress(Exception):
    """Nothing can be sent to what stands as an address."""


def _address(written: str) -> Address:
    try:
        return Address(addr_spec=written)
    except (ValueError, MessageError, IndexError) as error:
        raise UnusableAddress from error


class Letters:
    """Writes the letter of an e-mail to one adult, from the templates beside this package."""

    def __init__(self, public_base_url: str, sender: Address):
        folder = resources.files("services.notifications") / "templates"
        self._templates = Environment(
            loader=FileSystemLoader(str(folder)),
            autoescape=select_autoescape(("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"day": day_in_french, "euros": euros}
        self._inliner = CSSInliner(load_remote_stylesheets=False)
        self._address = public_base_url.rstrip("/")
        self._sender = sender

    def write(self, email: Email, household: HouseholdView, adult: Adult) -> EmailMessage:
        """The message, ready to be handed over. Raises UnusableAddress."""
        eaters = [(b.beneficiary, b.first_name) for b in household.beneficiaries]
        parts = shares(email, eaters)
        known = {
            "adult": adult.first_name,
            "shares": parts,
            "count": count_in_french(parts),
            "cents": email.data["cents"],
            "reason": email.data["reason"],
            "sessions": SESSIONS,
            "order_url": f"{self._address}/commandes/{email.order_id}",
        }
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = _address(adult.email)
        message["Subject"] = self._render(email, "subject.txt", known).strip()
        message["Date"] = email.taken
        message["Message-ID"] = email.message_id(adult.person, self._sender.domain)
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "fr"
        message.set_content(self._render(email, "body.txt", known), cte="quoted-printable")
        page = self._inliner.inline(self._render(email, "body.html", known))
        message.add_alternative(page, subtype="html", cte="base64")
        return message

    def _render(self, email: Email, part: str, known: dict[str, object]) -> str:
        return self._templates.get_template(f"{email.template}/{part}").render(known)
