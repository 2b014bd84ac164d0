"""The town hall's acts through the services' own operations: demonstration, journeys, bench."""

import asyncio
import time as clock
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from types import TracebackType
from typing import Protocol, TypeVar
from uuid import UUID, uuid4, uuid5

from chassis.auth import Caller, Signer
from chassis.client import Clients
from contracts.accounts import REGISTER_HOUSEHOLD, Adult, Beneficiary, RegisterHousehold
from contracts.booking import GET_CALENDAR, ShowCalendar
from contracts.payments import TAKE_CASH, Receipt, TakeCash
from contracts.refusal import NotFound
from contracts.regulation import CategoryPrice, ClosedPeriod, Deadline, Regulation, WeekdayOfWeek
from contracts.subscriptions import (
    DESCRIBE_AUTHORITY,
    DESCRIBE_REGIE,
    GRANT_ENTITLEMENT,
    PUBLISH_REGULATION,
    DescribeAuthority,
    DescribeRegie,
    GrantEntitlement,
    PublishRegulation,
)
from contracts.values import (
    AuthorityId,
    BeneficiaryId,
    EntitlementId,
    HouseholdId,
    PersonId,
    RegieId,
    ServiceId,
)
from deploy import SERVICES

NAMESPACE = UUID("6c2d5f6e-52c1-5a35-9a4b-2f1d2cc0a001")
PATIENCE_SECONDS = 20.0
Known = TypeVar("Known")

ZONE_A_2026_27 = (
    ClosedPeriod(
        first=date(2026, 10, 17), last=date(2026, 11, 1), reason="vacances de la Toussaint"
    ),
    ClosedPeriod(first=date(2026, 11, 11), last=date(2026, 11, 11), reason="11 novembre"),
    ClosedPeriod(first=date(2026, 12, 19), last=date(2027, 1, 3), reason="vacances de Noël"),
    ClosedPeriod(first=date(2027, 2, 13), last=date(2027, 2, 28), reason="vacances d’hiver"),
    ClosedPeriod(first=date(2027, 3, 29), last=date(2027, 3, 29), reason="lundi de Pâques"),
    ClosedPeriod(first=date(2027, 4, 10), last=date(2027, 4, 25), reason="vacances de printemps"),
    ClosedPeriod(first=date(2027, 5, 6), last=date(2027, 5, 8), reason="pont de l’Ascension"),
    ClosedPeriod(first=date(2027, 5, 17), last=date(2027, 5, 17), reason="lundi de Pentecôte"),
)  # fmt: skip
"""Zone A: school holidays, public holidays and the bridge of 2026-27."""


class Portal(Protocol):
    """What the town hall needs to know of a running portal: a `Stack` is one."""

    def url(self, name: str) -> str:
        """Where a process answers."""

    @property
    def operator_key(self) -> str:
        """The private key of the operator, as a JWK."""


@dataclass(frozen=True)
class Canteen:
    """A canteen of a commune, with its régie; ids follow from the commune's name."""

    commune: str
    capacity: int = 100
    cents: int = 380
    version: int = 1

    @property
    def authority(self) -> AuthorityId:
        """The commune."""
        return AuthorityId(uuid5(NAMESPACE, f"authority {self.commune}"))

    @property
    def regie(self) -> RegieId:
        """Its public cash office."""
        return RegieId(uuid5(NAMESPACE, f"regie {self.commune}"))

    @property
    def service(self) -> ServiceId:
        """Its canteen."""
        return ServiceId(uuid5(NAMESPACE, f"canteen {self.commune}"))

    def regulation(self) -> Regulation:
        """Monday, Tuesday, Thursday, Friday; until the Thursday before at 10:00."""
        until = Deadline(
            rule=WeekdayOfWeek(weekday=4, weeks_before=1, at=time(10)), article="article 4"
        )
        return Regulation(
            service=self.service, authority=self.authority, regie=self.regie,
            version=self.version, authority_name=self.commune,
            service_name=f"Cantine {_of(self.commune)}", valid_from=date(2026, 9, 1),
            valid_until=date(2027, 7, 2), weekdays=frozenset({1, 2, 4, 5}),
            closed=ZONE_A_2026_27, book=until, cancel=until, capacity=self.capacity,
            prices=(CategoryPrice(category="residents", label="Résidents", cents=self.cents),),
        )  # fmt: skip


def _of(commune: str) -> str:
    return f"d’{commune}" if commune[0] in "AEIOUYÉH" else f"de {commune}"


@dataclass(frozen=True)
class Family:
    """A household of a demonstration or a test; ids follow from the e-mail address."""

    email: str
    password: str
    first_name: str
    last_name: str
    children: tuple[tuple[str, date | None], ...]

    @property
    def household(self) -> HouseholdId:
        """The household."""
        return HouseholdId(uuid5(NAMESPACE, f"household {self.email}"))

    @property
    def person(self) -> PersonId:
        """The adult who signs in."""
        return PersonId(uuid5(NAMESPACE, f"person {self.email}"))

    def child(self, first_name: str) -> BeneficiaryId:
        """One of the children."""
        return BeneficiaryId(uuid5(self.household, first_name))

    @property
    def caller(self) -> Caller:
        """The family, signed in."""
        return Caller("family", self.person, self.household)


class TownHall:
    """Opens canteens and lets families in, over HTTP, with the operator's key."""

    def __init__(self, portal: Portal):
        addresses = {service: portal.url(service) for service in SERVICES}
        self.clients = Clients(addresses, Signer(portal.operator_key))
        self._operator = Caller("operator", uuid5(NAMESPACE, "operator"))

    async def __aenter__(self) -> "TownHall":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self.clients.close()

    async def open_canteen(self, canteen: Canteen) -> None:
        """Describe the commune and its régie, publish the règlement."""
        await self.clients.call(
            DESCRIBE_AUTHORITY,
            DescribeAuthority(authority=canteen.authority, label=canteen.commune),
            self._operator,
        )
        await self.clients.call(
            DESCRIBE_REGIE,
            DescribeRegie(
                regie=canteen.regie, authority=canteen.authority,
                label=f"Régie {_of(canteen.commune)}",
            ),
            self._operator,
        )  # fmt: skip
        await self.publish(canteen)

    async def publish(self, canteen: Canteen) -> None:
        """Publish the canteen's règlement in its version."""
        await self.clients.call(
            PUBLISH_REGULATION,
            PublishRegulation(
                service=canteen.service, version=canteen.version, regulation=canteen.regulation()
            ),
            self._operator,
        )

    async def welcome(self, family: Family, canteen: Canteen) -> None:
        """Register a household and let each of its children eat at the canteen this year."""
        await self.clients.call(
            REGISTER_HOUSEHOLD,
            RegisterHousehold(
                household=family.household,
                adult=Adult(
                    person=family.person, first_name=family.first_name,
                    last_name=family.last_name, email=family.email,
                ),
                password=family.password,
                beneficiaries=tuple(
                    Beneficiary(
                        beneficiary=family.child(name), first_name=name,
                        last_name=family.last_name, birth_date=born, filiation="pere",
                    )
                    for name, born in family.children
                ),
            ),
            self._operator,
        )  # fmt: skip
        for name, _ in family.children:
            await self._entitle(family.household, family.child(name), canteen)

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
        self, family: Family, canteen: Canteen, cents: int, top_up: UUID | None = None
    ) -> Receipt:
        """Credit the family against cash at the canteen's régie."""
        regisseur = Caller(
            "staff", uuid5(NAMESPACE, "regisseur"), None,
            frozenset({("regisseur", canteen.authority)}),
        )  # fmt: skip
        asked = TakeCash(
            top_up=top_up or uuid4(), household=family.household, regie=canteen.regie, cents=cents
        )
        return await _until_known(lambda: self.clients.call(TAKE_CASH, asked, regisseur))

    async def until_bookable(self, families: Sequence[Family], canteen: Canteen) -> None:
        """Wait until booking knows that these families may book: events take a moment."""
        for family in families:
            await _until_known(partial(self._see_calendar, family, canteen))

    async def _see_calendar(self, family: Family, canteen: Canteen) -> None:
        asked = ShowCalendar(day=date(2026, 12, 1))
        calendar = await self.clients.call(GET_CALENDAR, asked, family.caller)
        of_canteen = [s for s in calendar.services if s.service == canteen.service]
        if not of_canteen or len(of_canteen[0].beneficiaries) < len(family.children):
            raise NotFound()


async def _until_known(ask: Callable[[], Awaitable[Known]]) -> Known:
    """Ask until the service has heard of what it is asked about. Raises NotFound after a while."""
    until = clock.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await ask()
        except NotFound:
            if clock.monotonic() > until:
                raise
        await asyncio.sleep(0.1)
