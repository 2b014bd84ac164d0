"""An agent in front of a family: its file, and asking in its name, as the token says."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from chassis.ui import french
from contracts.accounts import (
    DESCRIBE_HOUSEHOLDS,
    FAMILIES_READERS,
    Beneficiary,
    DescribeHouseholds,
    HouseholdSheet,
)
from contracts.booking import DESK
from contracts.operation import Operation
from contracts.payments import CASH
from contracts.refusal import Malformed, NotFound, Unavailable
from contracts.values import BeneficiaryId, HouseholdId, StaffRole
from services.subscriptions.console.families import adults_of
from services.subscriptions.console.visit import PATIENCE_SECONDS, Visit

Req = TypeVar("Req", bound=BaseModel)
Res = TypeVar("Res", bound=BaseModel)
FAMILY = "/familles/{household}"
"""The address of a family's file under the console's."""


def id_in_path(visit: Visit, name: str) -> UUID:
    """An id of the address. Raises NotFound."""
    try:
        return UUID(visit.request.match_info[name])
    except ValueError as error:
        raise NotFound() from error


@dataclass(frozen=True)
class Acting:
    """An agent who looks at a family's file, or acts for it."""

    visit: Visit
    sheet: HouseholdSheet

    @property
    def household(self) -> HouseholdId:
        """Whose file it is."""
        return self.sheet.household.household

    @property
    def name(self) -> str:
        """« Dupont », « Dupont et Martin »: the adults' last names."""
        names = dict.fromkeys(adult.last_name for adult in adults_of(self.sheet))
        return french.listing(names) or "sans nom"

    @property
    def may_book(self) -> bool:
        """Whether the agent may act for families somewhere; booking says for which."""
        return bool(self.visit.town.where(DESK))

    def at(self, *parts: object, **query: object) -> str:
        """An address of this family's file."""
        path = "/".join(["/console" + FAMILY.format(household=self.household), *map(str, parts)])
        return self.visit.url(path, **query)

    async def ask(self, operation: Operation[Req, Res], request: Req) -> Res:
        """Ask in the family's name, as an agent. Raises its refusals, or Unavailable."""
        caller = replace(self.visit.caller, household=self.household)
        return await self.visit.site.clients.call(operation, request, caller)

    async def ask_if_there(
        self, operation: Operation[Req, Res], request: Req, roles: Collection[StaffRole] = ()
    ) -> Res | None:
        """Ask for what the page can do without: None where it does not answer or does not exist.

        Nothing is asked for an agent without any of these roles.
        """
        if roles and not self.visit.town.where(roles):
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.ask(operation, request)
        except (Unavailable, NotFound, TimeoutError):
            return None

    def page(self, template: str, **content: Any) -> web.Response:
        """A page that says for whom one acts."""
        return self.visit.page(template, acting=self, **content)

    def go(self, *parts: object, **query: object) -> web.Response:
        """Go on to another page of the same file."""
        return self.visit.go(self.at(*parts, **query))

    def eaters(self) -> tuple[Beneficiary, ...]:
        """Those who eat, then those who left the list."""
        return (*self.sheet.household.beneficiaries, *self.sheet.household.former)

    def first(self, beneficiary: BeneficiaryId) -> str:
        """The first name, or the full one where two share it."""
        everyone = self.eaters()
        known = next((b for b in everyone if b.beneficiary == beneficiary), None)
        if known is None:
            return "Enfant sans nom"
        alone = sum(b.first_name == known.first_name for b in everyone) == 1
        return known.first_name if alone else f"{known.first_name} {known.last_name}"

    def place(self, beneficiary: BeneficiaryId) -> int:
        """Where somebody stands in the list of the file."""
        return [*(b.beneficiary for b in self.eaters()), beneficiary].index(beneficiary)


Show = Callable[[Acting], Awaitable[web.Response]]


def for_family(show: Show, roles: Collection[StaffRole] = DESK) -> Callable[[Visit], Any]:
    """A screen about the family of the address, for agents with one of these roles somewhere.

    To everybody else it does not exist, nor does another authority's family.
    """

    async def screen(visit: Visit) -> web.Response:
        if not visit.town.where(roles):
            raise NotFound()
        household = HouseholdId(id_in_path(visit, "household"))
        answer = await visit.ask(DESCRIBE_HOUSEHOLDS, DescribeHouseholds(households=(household,)))
        if not answer.sheets:
            raise NotFound()
        return await show(Acting(visit, answer.sheets[0]))

    return screen


def for_file(show: Show) -> Callable[[Visit], Any]:
    """A screen of those who may look at families at all."""
    return for_family(show, FAMILIES_READERS)


def for_till(show: Show) -> Callable[[Visit], Any]:
    """A screen of those who take money."""
    return for_family(show, CASH)


def number_typed(text: str) -> int:
    """A number that our own page carries. Raises Malformed."""
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Malformed()
    return int(text)
