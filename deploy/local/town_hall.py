"""The town hall's acts through the services' own operations: demonstration, journeys, bench."""

import asyncio
import secrets
import time as clock
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial
from types import TracebackType
from typing import Literal, Protocol, TypeVar
from uuid import UUID, uuid4, uuid5

from chassis.auth import Caller, Signer
from chassis.client import Clients
from contracts.accounts import (
    ACCEPT_INVITATION,
    JUDGE_HOUSEHOLD,
    PROVE_ADDRESS,
    REGISTER,
    REGISTER_HOUSEHOLD,
    SAVE_BENEFICIARY,
    TERMS_VERSION,
    AcceptInvitation,
    Adult,
    HouseholdReason,
    JudgeHousehold,
    NewSession,
    ProveAddress,
    Register,
    RegisterHousehold,
    SaveBeneficiary,
)
from contracts.booking import GET_CALENDAR, ShowCalendar
from contracts.payments import TAKE_CASH, Receipt, TakeCash
from contracts.refusal import NotFound
from contracts.regulation import Regulation
from contracts.subscriptions import (
    ASK_ACCESS,
    DESCRIBE_AUTHORITY,
    DESCRIBE_REGIE,
    GRANT_ENTITLEMENT,
    JUDGE_REQUESTS,
    LIST_ACCESS,
    PUBLISH_REGULATION,
    Access,
    AccessReason,
    AskAccess,
    DescribeAuthority,
    DescribeRegie,
    GrantEntitlement,
    JudgeRequests,
    PublishRegulation,
    ShowAccess,
    Wish,
)
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    EntitlementId,
    HouseholdId,
    RegieId,
    RequestId,
    ServiceId,
)
from deploy import SERVICES
from deploy.local.communes import NAMESPACE, ZONE_A_2026_27, Canteen, Commune
from deploy.local.families import Family
from deploy.local.letters import hash_of

__all__ = ["NAMESPACE", "ZONE_A_2026_27", "Canteen", "Family", "Portal", "TownHall"]

PATIENCE_SECONDS = 20.0
VISITOR = Caller("visitor", UUID(int=0))
Known = TypeVar("Known")


class Portal(Protocol):
    """What the town hall needs to know of a running portal: a `Stack` is one."""

    def url(self, name: str) -> str:
        """Where a process answers."""

    @property
    def operator_key(self) -> str:
        """The private key of the operator, as a JWK."""

    @property
    def gateway_key(self) -> str:
        """The private key of the gateway, which alone speaks for visitors, as a JWK."""


class Served(Protocol):
    """What can be published: a service or a canteen."""

    @property
    def version(self) -> int:
        """Which version of its règlement."""

    @property
    def service(self) -> ServiceId:
        """The service."""

    def regulation(self) -> Regulation:
        """Its règlement."""


class Desk(Protocol):
    """Where cash is taken: a commune, or a service of it."""

    @property
    def authority(self) -> AuthorityId:
        """The commune."""

    @property
    def regie(self) -> RegieId:
        """Its public cash office."""


class Payer(Protocol):
    """Whose credits are loaded: a family, or a household of which only the id is known."""

    @property
    def household(self) -> HouseholdId:
        """The household."""


class TownHall:
    """Opens canteens and lets families in, over HTTP, with the operator's key."""

    def __init__(self, portal: Portal):
        addresses = {service: portal.url(service) for service in SERVICES}
        self.clients = Clients(addresses, Signer(portal.operator_key))
        self.door = Clients(addresses, Signer(portal.gateway_key))
        self._operator = Caller("operator", uuid5(NAMESPACE, "operator"))

    async def __aenter__(self) -> "TownHall":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self.clients.close()
        await self.door.close()

    # -- communes ----------------------------------------------------------------------------

    async def open_canteen(self, canteen: Canteen) -> None:
        """Describe the commune and its régie, publish the règlement."""
        await self.open_commune(canteen.as_service.town)
        await self.publish(canteen)

    async def open_commune(self, commune: Commune) -> None:
        """Describe a commune and its régie."""
        await self.clients.call(
            DESCRIBE_AUTHORITY,
            DescribeAuthority(authority=commune.authority, label=commune.label),
            self._operator,
        )
        await self.clients.call(
            DESCRIBE_REGIE,
            DescribeRegie(
                regie=commune.regie, authority=commune.authority, label=commune.regie_label
            ),
            self._operator,
        )

    async def publish(self, served: Served) -> None:
        """Publish the règlement of a service in its version."""
        await self.clients.call(
            PUBLISH_REGULATION,
            PublishRegulation(
                service=served.service, version=served.version, regulation=served.regulation()
            ),
            self._operator,
        )

    # -- families who are known already ------------------------------------------------------

    async def welcome(self, family: Family, canteen: Canteen) -> None:
        """Take over a household and let each of its children eat at the canteen this year."""
        await self.take_over(family)
        for beneficiary in family.beneficiaries:
            await self._entitle(family.household, beneficiary.beneficiary, canteen)

    async def take_over(self, family: Family) -> None:
        """Take over a validated household from elsewhere, with those who eat."""
        await self.clients.call(
            REGISTER_HOUSEHOLD,
            RegisterHousehold(
                household=family.household,
                adult=Adult(
                    person=family.person, first_name=family.first_name,
                    last_name=family.last_name, email=family.email,
                ),
                password=family.password or None, beneficiaries=family.beneficiaries,
            ),
            self._operator,
        )  # fmt: skip

    async def _entitle(
        self, household: HouseholdId, child: BeneficiaryId, canteen: Canteen
    ) -> None:
        await self.clients.call(
            GRANT_ENTITLEMENT,
            GrantEntitlement(
                entitlement=EntitlementId(uuid5(child, str(canteen.service))),
                household=household, beneficiary=child, service=canteen.service,
                category="residents", valid_from=date(2026, 9, 1), valid_until=date(2027, 8, 31),
            ),
            self._operator,
        )  # fmt: skip

    async def take_cash(
        self, payer: Payer, desk: Desk, cents: int, top_up: UUID | None = None
    ) -> Receipt:
        """Credit a household against cash at a commune's régie."""
        regisseur = Caller(
            "staff", uuid5(NAMESPACE, "regisseur"), None,
            frozenset({("regisseur", desk.authority)}),
        )  # fmt: skip
        asked = TakeCash(
            top_up=top_up or uuid4(), household=payer.household, regie=desk.regie, cents=cents
        )
        return await until_known(lambda: self.clients.call(TAKE_CASH, asked, regisseur))

    # -- families who come to the door -------------------------------------------------------

    async def register(self, family: Family) -> None:
        """Open an account as the family does at the door: it waits, its address is unproved."""
        asked = Register(
            registration=family.person, open=_a_session(), profile=family.profile,
            email=family.email, password=family.password, terms_version=TERMS_VERSION,
        )  # fmt: skip
        await self.door.call(REGISTER, asked, VISITOR)

    async def prove_address(self, family: Family, secret: str) -> None:
        """Use the link of the family's letter, signed in as it is."""
        await self.clients.call(
            PROVE_ADDRESS, ProveAddress(secret_hash=hash_of(secret)), family.applicant
        )

    async def join(self, adult: Family, secret: str) -> None:
        """Accept the invitation into another household by the link of its letter."""
        asked = AcceptInvitation(
            secret_hash=hash_of(secret), person=adult.person, profile=adult.profile,
            password=adult.password, terms_version=TERMS_VERSION, open=_a_session(),
        )  # fmt: skip
        await self.door.call(ACCEPT_INVITATION, asked, VISITOR)

    async def save_beneficiaries(self, family: Family) -> None:
        """The family says who eats."""
        for beneficiary in family.beneficiaries:
            asked = SaveBeneficiary(**beneficiary.model_dump())
            await self.clients.call(SAVE_BENEFICIARY, asked, family.applicant)

    async def ask_access(
        self, family: Family, wishes: Sequence[Wish], batch: UUID | None = None
    ) -> tuple[RequestId, ...]:
        """The family asks for entries; the requests, in the order of the wishes."""
        asked = AskAccess(batch=batch or uuid4(), wishes=tuple(wishes))
        answer = await self.clients.call(ASK_ACCESS, asked, family.applicant)
        return answer.requests

    async def access_of(self, household: Caller) -> tuple[Access, ...]:
        """A household's requests and rights, newest first."""
        answer = await self.clients.call(LIST_ACCESS, ShowAccess(), household)
        return answer.access

    # -- judging -----------------------------------------------------------------------------

    async def judge_requests(
        self, requests: Sequence[RequestId],
        verdict: Literal["approved", "refused"] = "approved", *,
        reason: AccessReason | None = None, explanation: str = "", judgement: UUID | None = None,
        clerk_of: AuthorityId | None = None,
    ) -> None:  # fmt: skip
        """Approve or refuse requests of one commune, as its clerk if one is named."""
        await self.clients.call(
            JUDGE_REQUESTS,
            JudgeRequests(
                judgement=judgement or uuid4(), requests=tuple(requests), verdict=verdict,
                reason=reason, explanation=explanation,
            ),
            self._operator if clerk_of is None else clerk(clerk_of),
        )  # fmt: skip

    async def approve_pending(self, household: Caller) -> tuple[RequestId, ...]:
        """Each commune approves what a household has asked of it; the requests."""
        by_commune: dict[AuthorityId, list[RequestId]] = {}
        for access in await self.access_of(household):
            if access.state == "pending" and access.request is not None:
                by_commune.setdefault(access.authority, []).append(access.request)
        for authority, requests in by_commune.items():
            await self.judge_requests(requests, clerk_of=authority)
        return tuple(request for requests in by_commune.values() for request in requests)

    async def judge_household(
        self, family: Family, verdict: Literal["validated", "refused"],
        reason: HouseholdReason | None = None,
    ) -> None:  # fmt: skip
        """Validate or refuse an account."""
        asked = JudgeHousehold(household=family.household, verdict=verdict, reason=reason)
        await self.clients.call(JUDGE_HOUSEHOLD, asked, self._operator)

    # -- waiting for events ------------------------------------------------------------------

    async def until_bookable(self, families: Sequence[Family], canteen: Canteen) -> None:
        """Wait until booking knows that these families may book: events take a moment."""
        for family in families:
            await until_known(partial(self._see_calendar, family, canteen))

    async def _see_calendar(self, family: Family, canteen: Canteen) -> None:
        asked = ShowCalendar(day=date(2026, 12, 1))
        calendar = await self.clients.call(GET_CALENDAR, asked, family.caller)
        of_canteen = [s for s in calendar.services if s.service == canteen.service]
        if not of_canteen or len(of_canteen[0].beneficiaries) < len(family.children):
            raise NotFound()

    async def until_open(self, household: Caller) -> None:
        """Wait until booking has opened everything that was approved for a household."""
        await until_known(partial(self._see_open, household))

    async def _see_open(self, household: Caller) -> None:
        if any(access.state == "opening" for access in await self.access_of(household)):
            raise NotFound()


def clerk(authority: AuthorityId) -> Caller:
    """An agent of a commune who judges requests."""
    return Caller(
        "staff", uuid5(NAMESPACE, f"clerk {authority}"), None, frozenset({("clerk", authority)})
    )


def _a_session() -> NewSession:
    """A session that nobody holds: its token is thrown away."""
    return NewSession(
        session=uuid4(), token_hash=hash_of(secrets.token_urlsafe(32)), device="Firefox sur Android"
    )


async def until_known(ask: Callable[[], Awaitable[Known]]) -> Known:
    """Ask until the service has heard of what it is asked about. Raises NotFound after a while."""
    until = clock.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await ask()
        except NotFound:
            if clock.monotonic() > until:
                raise
        await asyncio.sleep(0.1)
