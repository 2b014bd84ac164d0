"""The screens of coming in, in the states that are looked at: empty, full, refused."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

from playwright.async_api import Page

from contracts import accounts, booking
from contracts.refusal import Unavailable
from contracts.values import PersonId
from tests.gateway.entrance import SECRET, an_access, an_offer, an_own_file
from tests.gateway.neighbours import CANTEEN, LOUANE, PASSWORD, THEO, Script, a_household, an_id

Do = Callable[[Page, Script], Awaitable[None]]
COUBON = an_offer().authorities[0]
LINK = f"/lien/{SECRET}"


def anew(script: Script) -> None:
    """Two children, nothing asked for, one's own account validated."""
    script.household = a_household(("Louane", "Dupont"), ("Théo", "Dupont"))
    script.own = an_own_file(script.household)
    script.access, script.devices, script.links = (), (), {}
    script.wait("validated")
    script.raises.clear()


def as_visitor(path: str, **raises: Exception) -> Do:
    """A page seen by nobody yet."""

    async def go(page: Page, script: Script) -> None:
        anew(script)
        await page.context.clear_cookies()
        await page.goto(path)

    return go


def as_applicant(path: str, standing: accounts.Standing, *states: str, **file: Any) -> Do:
    """A page seen by somebody who waits, with requests in some states."""

    async def go(page: Page, script: Script) -> None:
        anew(script)
        if file.pop("alone", False):
            file["household"] = a_household()
        script.wait(standing, **file)
        script.access = tuple(_asked(state, place) for place, state in enumerate(states))
        await sign_in(page)
        await page.goto(path)

    return go


async def sign_in(page: Page) -> None:
    """Become Claire."""
    await page.context.clear_cookies()
    await page.goto("/connexion")
    await page.fill("[name=email]", "claire@example.fr")
    await page.fill("[name=password]", PASSWORD)
    await page.click("button:has-text('Se connecter')")


def _asked(state: str, place: int) -> Any:
    who = (LOUANE, THEO)[place % 2]
    more: dict[str, Any] = {"category": f"c{place}"}
    if state == "refused":
        more |= {"reason": "proof_missing", "explanation": "Joignez l’attestation de l’école."}
    if state == "open":
        more |= {"valid_until": date(2027, 7, 2)}
    return an_access(who, state, **more)  # type: ignore[arg-type]


def then(first: Do, *acts: tuple[str, str], send: str, **raises: Exception) -> Do:
    """Fill in some fields and press a button, while some services refuse."""

    async def go(page: Page, script: Script) -> None:
        await first(page, script)
        for place, value in acts:
            if value == "tick":
                await page.check(place)
            else:
                await page.fill(place, value)
        for name, error in raises.items():
            script.raises[name.replace("__", ".")] = error
        await page.click(f"main button:has-text('{send}')")

    return go


def link(purpose: accounts.Purpose, **more: Any) -> Do:
    """The page behind a letter's link."""

    async def go(page: Page, script: Script) -> None:
        await as_visitor("/")(page, script)
        secret_hash = hashlib.sha256(SECRET.encode()).hexdigest()
        given = {"purpose": purpose, "email": "claire@example.fr", "first_name": "Claire"}
        script.links[secret_hash] = accounts.LinkView.model_validate(given | more)
        await page.goto(LINK)

    return go


async def devices(page: Page, script: Script) -> None:
    """Two devices besides this one."""
    await as_applicant("/", "waiting")(page, script)
    own = list(script.sessions.values())[-1].session
    seen = datetime(2026, 11, 22, 18, 4, tzinfo=UTC)
    script.devices = tuple(
        accounts.Device(session=s, label=label, opened=seen, seen=seen, keep=keep)
        for s, label, keep in (
            (own, "Chrome sur Linux", False),
            (an_id("tablet"), "Safari sur iPad", True),
            (an_id("phone"), "Samsung Internet sur Android", True),
        )
    )
    await page.goto("/mon-compte/appareils?fait=appareil")


async def filiations(page: Page, script: Script) -> None:
    """A full list, an invited adult, one unproved."""
    await as_applicant("/", "waiting")(page, script)
    paul = accounts.Adult(
        person=PersonId(an_id("paul")), first_name="Paul", last_name="Martin-Dupont",
        email="paul.martin-dupont@example.fr",
    )  # fmt: skip
    sent = datetime(2026, 11, 22, 18, 4, tzinfo=UTC)
    invited = accounts.Invitation(
        invitation=an_id("i"), email="grand-mere.dupont@example.fr", sent=sent
    )
    script.own = script.file.model_copy(update={"unproved": (paul,), "invitations": (invited,)})
    await page.goto("/mon-compte/filiations?fait=ajout")


AHEAD = booking.BookingsAhead(
    meals=tuple(
        booking.MealKey(beneficiary=LOUANE, service=CANTEEN, day=date(2026, 12, d), session="midi")
        for d in (3, 4, 7)
    )
)
JOIN, LIST, SERVICES = "/creer-un-compte", "/mon-compte/filiations", "/mon-compte/services"
STATUS, FORM = "/mon-compte/suivi", f"{SERVICES}?commune={COUBON.authority}"
TICK = "fieldset:nth-of-type(2) label:nth-of-type(1) input"
ENTRANCE_SCREENS: dict[str, Do] = {
    "join": as_visitor(JOIN),
    "join-wrong": then(
        as_visitor(JOIN), ("#email", "claire"), ("#company", "tick"), ("#birth", "31"),
        send="Enregistrer",
    ),
    "join-away": then(
        as_visitor(JOIN), ("#first_name", "Claire"), ("#last_name", "Dupont"),
        ("#email", "claire@example.fr"), ("#password", PASSWORD), ("#terms", "tick"),
        send="Enregistrer", accounts__register=Unavailable(),
    ),
    "join-eaters-none": as_applicant(f"{JOIN}/filiations", "address_unproved", alone=True),
    "join-eaters": as_applicant(f"{JOIN}/filiations", "address_unproved"),
    "join-services": as_applicant(f"{JOIN}/services", "address_unproved"),
    "filiations": filiations,
    "filiations-wrong": then(
        as_applicant(LIST, "waiting"), ("#birth", "31"), send="Ajouter cette personne"
    ),
    "filiation": as_applicant(f"{LIST}/{LOUANE}", "waiting"),
    "filiation-retire": as_applicant(f"{LIST}/{LOUANE}/retirer", "waiting"),
    "filiation-ahead": then(
        as_applicant(f"{LIST}/{LOUANE}/retirer", "waiting"), send="Supprimer",
        booking__retire_beneficiary=AHEAD,
    ),
    "services-none": as_applicant(SERVICES, "waiting"),
    "services": as_applicant(FORM, "waiting", "pending", "open", "opening", "refused", "ended"),
    "services-wrong": then(as_applicant(FORM, "waiting", "pending"), send="Envoyer la demande"),
    "services-asked": then(
        as_applicant(FORM, "waiting", "pending"), (TICK, "tick"), send="Envoyer la demande"
    ),
    "status-unproved": as_applicant(STATUS, "address_unproved", alone=True),
    "status-waiting": as_applicant(STATUS, "waiting", "pending", "pending", "refused"),
    "status-refused": as_applicant(STATUS, "refused", reason="duplicate"),
    "sign-in-tries": then(
        as_visitor("/connexion"), ("#email", "claire@example.fr"), ("#password", "x"),
        send="Se connecter", accounts__open_session=accounts.TooManyTries(retry_seconds=290),
    ),
    "forgotten": as_visitor("/mot-de-passe-oublie"),
    "forgotten-sent": as_visitor("/mot-de-passe-oublie/envoye"),
    "link-password": link("password"),
    "link-password-weak": then(link("password"), ("#password", "court"), send="Enregistrer"),
    "link-proof": link("proof"),
    "link-invitation": link("invitation", inviter="Camille Dupont", first_name=""),
    "link-over": as_visitor(LINK),
    "devices": devices,
    "password": as_applicant("/mon-compte/mot-de-passe", "waiting"),
    "email": as_applicant("/mon-compte/adresse-e-mail", "waiting", next_email="n@example.fr"),
    "conditions": as_visitor("/conditions"),
    "privacy": as_visitor("/confidentialite"),
}  # fmt: skip
