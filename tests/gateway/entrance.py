"""What the scripted neighbours know of people who come in: accounts, links, requests, devices."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from contracts import accounts, booking, subscriptions
from contracts.operation import Done
from contracts.refusal import NotFound
from contracts.values import BeneficiaryId, HouseholdId, PersonId, RequestId, ServiceId
from tests.gateway.family import Family, Handlers

MAIRIES = UUID("6a3c43a8-2222-4222-8222-000000000000")
SECRET = "s3cret-of-a-letter_0123456789"
SHORT = 12


@dataclass
class Newcomer(Family):
    """The part of a script that concerns coming in."""

    sessions: dict[str, accounts.SessionView] = field(default_factory=dict)
    links: dict[str, accounts.LinkView] = field(default_factory=dict)
    offers: subscriptions.Offers = field(default_factory=lambda: an_offer())

    @property
    def file(self) -> accounts.OwnFile:
        """The own file, which every script of these pages has."""
        assert self.own is not None
        return self.own

    def open(
        self, asked: accounts.NewSession, person: PersonId, household: HouseholdId
    ) -> accounts.SessionView:
        """A session of the name that the own file has."""
        view = accounts.SessionView(
            session=asked.session, person=person, household=household,
            first_name=self.file.profile.first_name, last_name=self.file.profile.last_name,
            standing=self.standing, expires=datetime(2027, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        self.sessions[asked.token_hash] = view
        return view

    def wait(self, standing: accounts.Standing, **file: Any) -> None:
        """Let the account stand somewhere before validation."""
        self.standing = standing
        self.own = self.file.model_copy(update={"standing": standing, **file})


def an_own_file(household: accounts.HouseholdView) -> accounts.OwnFile:
    """Claire Dupont's own file."""
    claire = household.adults[0]
    return accounts.OwnFile(
        person=claire.person, email=claire.email, has_password=True,
        profile=accounts.Profile(first_name=claire.first_name, last_name=claire.last_name),
        standing="validated", household=household,
    )  # fmt: skip


def an_offer() -> subscriptions.Offers:
    """Coubon and Polignac, with the entries of the guide."""

    def commune(name: str, *entries: str) -> subscriptions.OfferingAuthority:
        offered = tuple(
            subscriptions.OfferedEntry(category=f"c{place}", label=label, cents=380 + 40 * place)
            for place, label in enumerate(entries)
        )
        service = subscriptions.OfferedService(
            service=ServiceId(uuid5(MAIRIES, f"cantine {name}")), label="Restaurant scolaire",
            entries=offered,
        )  # fmt: skip
        return subscriptions.OfferingAuthority(
            authority=uuid5(MAIRIES, name), label=name, services=(service,)
        )

    return subscriptions.Offers(authorities=(
        commune("Mairie Coubon", "Adulte", "Enfant commune", "Enfant hors commune"),
        commune("Mairie de Polignac", "Adultes", "Enfants"),
    ))  # fmt: skip


def an_access(who: BeneficiaryId, state: subscriptions.AccessState, **more: Any) -> Any:
    """« Mairie Coubon / Adulte » of somebody."""
    coubon = an_offer().authorities[0]
    given: dict[str, Any] = {
        "request": RequestId(uuid5(who, state)), "beneficiary": who,
        "authority": coubon.authority, "service": coubon.services[0].service, "category": "c0",
        "authority_label": "Mairie Coubon", "service_label": "Restaurant scolaire",
        "category_label": "Adulte", "state": state,
    }  # fmt: skip
    return subscriptions.Access(**(given | more))


def let_in(script: Newcomer) -> Handlers:
    """The operations that only these pages ask."""
    return [
        (accounts.REGISTER, lambda asked: _register(script, asked)),
        (accounts.ASK_PASSWORD_LINK, lambda _: Done()),
        (accounts.GET_LINK, lambda asked: _link(script, asked.secret_hash)),
        (accounts.SET_PASSWORD, lambda asked: _enter(script, asked)),
        (accounts.PROVE_ADDRESS, lambda asked: _prove(script, asked)),
        (accounts.ACCEPT_INVITATION, lambda asked: _enter(script, asked)),
        (accounts.SAVE_BENEFICIARY, lambda asked: _save(script, asked)),
        (accounts.INVITE_ADULT, lambda _: Done()),
        (accounts.CANCEL_INVITATION, lambda _: Done()),
        (accounts.PROVE_AGAIN, lambda _: Done()),
        (accounts.CHANGE_PASSWORD, lambda _: Done()),
        (accounts.CHANGE_EMAIL, lambda _: Done()),
        (accounts.CLOSE_DEVICE, lambda asked: _close(script, asked.session)),
        (accounts.CLOSE_OTHER_DEVICES, lambda _: Done()),
        (booking.RETIRE_BENEFICIARY, lambda _: Done()),
        (subscriptions.LIST_OFFERS, lambda _: script.offers),
        (subscriptions.ASK_ACCESS, _asked),
        (subscriptions.WITHDRAW_REQUEST, lambda _: Done()),
    ]


def _register(script: Newcomer, asked: accounts.Register) -> accounts.SessionView:
    _judge(asked.password)
    household = accounts.household_of(asked.registration)
    script.standing = "address_unproved"
    script.own = accounts.OwnFile(
        person=asked.registration, email=asked.email, has_password=True, profile=asked.profile,
        standing=script.standing,
        household=accounts.HouseholdView(household=household, adults=(), beneficiaries=()),
    )  # fmt: skip
    return script.open(asked.open, asked.registration, household)


def _judge(password: str) -> None:
    if len(password) < SHORT:
        raise accounts.PasswordTooWeak(why="short")


def _link(script: Newcomer, secret_hash: str) -> accounts.LinkView:
    try:
        return script.links[secret_hash]
    except KeyError:
        raise NotFound() from None


def _enter(script: Newcomer, asked: Any) -> accounts.SessionView:
    view = _link(script, asked.secret_hash)
    _judge(asked.password)
    person = view.person or asked.person
    return script.open(asked.open, person, script.file.household.household)


def _prove(script: Newcomer, asked: accounts.ProveAddress) -> Done:
    _link(script, asked.secret_hash)
    if asked.password is not None and len(asked.password) < SHORT:
        raise accounts.CredentialsRefused()
    script.wait("waiting")
    return Done()


def _save(script: Newcomer, asked: accounts.SaveBeneficiary) -> Done:
    household = script.file.household
    others = [b for b in household.beneficiaries if b.beneficiary != asked.beneficiary]
    eaters = (*others, accounts.Beneficiary(**asked.model_dump()))
    household = household.model_copy(update={"beneficiaries": eaters})
    script.own = script.file.model_copy(update={"household": household})
    return Done()


def _close(script: Newcomer, session: UUID) -> Done:
    script.sessions = {h: s for h, s in script.sessions.items() if s.session != session}
    return Done()


def _asked(asked: subscriptions.AskAccess) -> subscriptions.AccessAsked:
    requests = tuple(RequestId(uuid5(asked.batch, str(n))) for n in range(len(asked.wishes)))
    return subscriptions.AccessAsked(batch=asked.batch, requests=requests)
