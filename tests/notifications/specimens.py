"""A specimen of every letter that can be written, for a household whose names one chooses."""

from datetime import UTC, date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, get_args
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from contracts.accounts import (
    Adult,
    Beneficiary,
    HouseholdChanged,
    HouseholdView,
    Kind,
    Letter,
    LetterWanted,
)
from contracts.booking import (
    BookingsCancelled,
    CancelledMeal,
    EntitlementOpened,
    OrderConfirmed,
    OrderedMeal,
    OrderReleased,
)
from contracts.payments import CreditsLoaded
from contracts.subscriptions import RequestChanged
from services.notifications.clients.letters import Letters
from services.notifications.clients.recipients import Recipient, adults_of, readers_of
from services.notifications.domain import occasions
from services.notifications.domain.emails import Email, gathered

PORTAL = "https://cantines.exemple.fr"
SENDER = Address("Cantine Facile", addr_spec="ne-pas-repondre@cantines.exemple.fr")
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
AT = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("Europe/Paris"))
SECRET = "eO2kV-7yPz_3mQx9Tt1LwCfR5uJbNhGdA0sYiKoXe4"
MINUTES = {"proof": 4320, "invitation": 10_080, "agent_invitation": 10_080}
LINKS: dict[Kind, str] = {
    "proof": "/lien/", "account_exists": "/lien/", "password": "/lien/", "new_address": "/lien/",
    "invitation": "/lien/",
    "agent_invitation": "/console/lien/", "agent_password": "/console/lien/",
}  # fmt: skip
"""Where the links of letters lead."""

PLACES = {"authority": UUID(int=8), "regie": UUID(int=9)}
CHILDREN = (UUID(int=1), UUID(int=2))


def an_id(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(UUID(int=7), name)


def a_household(
    adult: str = "Camille", children: tuple[str, str] = ("Théo", "Louane")
) -> HouseholdView:
    """One adult and two children."""
    return HouseholdView(
        household=an_id("household"),
        adults=(
            Adult(person=an_id("adult"), first_name=adult, last_name="Dupont",
                  email="camille@exemple.fr"),
        ),
        beneficiaries=tuple(
            Beneficiary(beneficiary=child, first_name=name, last_name="Dupont")
            for child, name in zip(CHILDREN, children, strict=True)
        ),
    )  # fmt: skip


def confirmed(**changed: Any) -> OrderConfirmed:
    """An order of four meals and an evening."""
    meals = [
        OrderedMeal(
            line=line, beneficiary=child, service=UUID(int=7), day=day, session=session,
            cents=cents, service_name=name,
        )
        for line, (child, day, session, cents, name) in enumerate((
            (CHILDREN[0], date(2026, 12, 1), "midi", 380, "Restaurant scolaire d’Aiguilhe"),
            (CHILDREN[0], date(2026, 12, 3), "midi", 380, "Restaurant scolaire d’Aiguilhe"),
            (CHILDREN[1], date(2026, 12, 1), "midi", 380, "Restaurant scolaire d’Aiguilhe"),
            (CHILDREN[1], date(2026, 12, 1), "soir", 150, "Garderie d’Aiguilhe"),
        ), start=1)
    ]  # fmt: skip
    given: dict[str, Any] = {
        "order": an_id("order"), "version": 2, "household": an_id("household"), "cents": 1290,
        "meals": tuple(meals), **PLACES,
    }  # fmt: skip
    return OrderConfirmed(**given | changed)


def released(reason: str) -> OrderReleased:
    """The same order, not paid."""
    return OrderReleased(**{**confirmed().model_dump(), "reason": reason})


def cancelled(*, full: bool = True, cents: int = 380) -> BookingsCancelled:
    """Two meals of it, with or without what the first bodies did not say."""
    meals = tuple(
        CancelledMeal(
            line=meal.line, credit_cents=cents,
            **(
                {"beneficiary": meal.beneficiary, "service_name": meal.service_name,
                 "day": meal.day, "session": meal.session} if full else {}
            ),
        )
        for meal in confirmed().meals[1:3]
    )  # fmt: skip
    return BookingsCancelled(
        order=an_id("order"), version=3, household=an_id("household"),
        cancellation=an_id("cancellation"), meals=meals, **PLACES,
    )  # fmt: skip


def opened(child: UUID, name: str = "Restaurant scolaire d’Aiguilhe") -> EntitlementOpened:
    """A calendar is open."""
    return EntitlementOpened(
        entitlement=an_id(f"{child} {name}"), household=an_id("household"), beneficiary=child,
        authority=PLACES["authority"], service=UUID(int=7), authority_name="Mairie d’Aiguilhe",
        service_name=name,
    )  # fmt: skip


def requested(state: str, child: UUID = CHILDREN[0], **changed: Any) -> RequestChanged:
    """A request stands there."""
    given: dict[str, Any] = {
        "request": an_id(f"request {child}"), "household": an_id("household"),
        "beneficiary": child, "authority": PLACES["authority"], "service": UUID(int=7),
        "category": "commune", "authority_label": "Mairie Coubon",
        "service_label": "Restaurant scolaire de Coubon", "category_label": "Enfant commune",
        "state": state, "version": 1 if state == "pending" else 2,
        "reason": "proof_missing" if state == "refused" else None,
    }  # fmt: skip
    return RequestChanged(**given | changed)


def loaded(**changed: Any) -> CreditsLoaded:
    """Forty euros at the desk."""
    given: dict[str, Any] = {
        "top_up": an_id("top-up"), "household": an_id("household"), "regie": PLACES["regie"],
        "label": "Régie cantine de Coubon", "cents": 4000, "means": "cash", "number": 128,
    }  # fmt: skip
    return CreditsLoaded(**given | changed)


def stands(state: str, version: int = 1, **changed: Any) -> HouseholdChanged:
    """The account stands there."""
    reason = "incomplete" if state == "refused" else None
    given = {"household": an_id("household"), "state": state, "reason": reason, "version": version}
    return HouseholdChanged(**given | changed)


def written(kind: Kind, letter: UUID | None = None, **changed: Any) -> Letter:
    """What accounts answers about a letter; one `next_email` makes it that to the old address."""
    given: dict[str, Any] = {
        "letter": letter or uuid4(), "kind": kind, "email": f"{kind}@exemple.fr",
        "first_name": "" if kind == "invitation" else "Camille",
    }  # fmt: skip
    if kind in LINKS:
        given |= {"secret": SECRET, "minutes": MINUTES.get(kind, 30)}
    if kind in ("invitation", "invitation_useless"):
        given["inviter"] = "Dominique Dupont"
    if kind in ("new_device", "password_changed", "address_changed"):
        given |= {"at": AT, "device": "Firefox sur Android" if kind == "new_device" else ""}
    return Letter(**given | changed)


def of_household(household: HouseholdView, *emails: Email | None) -> tuple[Email, Recipient]:
    """The one letter that these e-mails make, to the first adult."""
    (email,) = gathered([email for email in emails if email])
    return email, adults_of(household, email)[0]


def of_accounts(letter: Letter) -> tuple[Email, Recipient]:
    """A letter of accounts."""
    email = occasions.letter_wanted(LetterWanted(letter=letter.letter), NOW)
    return email, readers_of([letter])[0]


def every_letter(
    household: HouseholdView, **accounts: Any
) -> dict[str, tuple[Email, Recipient]]:  # fmt: skip
    """All letters, by their name; `accounts` replaces what accounts says in its own."""
    about = {
        "order_confirmed": [occasions.order_confirmed(confirmed(), NOW)],
        "order_released": [occasions.order_released(released("no_card"), NOW)],
        "order_released-short": [occasions.order_released(released("credits_short"), NOW)],
        "booking_cancelled": [occasions.bookings_cancelled(cancelled(), NOW)],
        "booking_cancelled-total": [occasions.bookings_cancelled(cancelled(full=False), NOW)],
        "booking_cancelled-nothing": [occasions.bookings_cancelled(cancelled(cents=0), NOW)],
        "access_open": [occasions.entitlement_opened(opened(CHILDREN[0]), NOW)],
        "access_open-several": [
            occasions.entitlement_opened(opened(child, name), NOW)
            for child in CHILDREN
            for name in ("Restaurant scolaire d’Aiguilhe", "Garderie d’Aiguilhe")
        ],
        **{
            f"{name}{tail}": [
                occasions.request_changed(requested(state, child), NOW) for child in children
            ]
            for name, state in (("request_received", "pending"), ("request_refused", "refused"))
            for tail, children in (("", CHILDREN[:1]), ("-several", CHILDREN))
        },
        "credits_loaded": [occasions.credits_loaded(loaded(), NOW)],
        **{
            f"account_{state}": [occasions.household_changed(stands(state), NOW)]
            for state in ("waiting", "validated", "refused")
        },
    }
    letters = {kind: written(kind, **accounts) for kind in get_args(Kind)}
    letters["address_changed-old"] = written(
        "address_changed", next_email="ca…@ex…", **accounts
    )  # fmt: skip
    return {name: of_household(household, *emails) for name, emails in about.items()} | {
        name: of_accounts(letter) for name, letter in letters.items()
    }


def messages(household: HouseholdView, **accounts: Any) -> dict[str, EmailMessage]:
    """All letters as they are handed over, by their name."""
    letters = Letters(f"{PORTAL}/", SENDER)
    return {
        name: letters.write(email, recipient)
        for name, (email, recipient) in every_letter(household, **accounts).items()
    }


def texts(message: EmailMessage) -> tuple[str, str]:
    """The text and the page of a message."""
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    text, html = (part.get_content().replace("\r\n", "\n") for part in (plain, page))
    return text, html
