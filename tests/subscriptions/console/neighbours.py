"""Small real neighbours of the console: the chassis's own applications, answering with a script.

They prove how pages look and what forms send, never what services promise.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc.jwk import KeySet, OKPKey
from pydantic import BaseModel

from chassis.auth import Caller, Verifier
from chassis.web import Binding, Door, application, behind_door
from contracts import accounts, booking, payments, subscriptions
from contracts.act import Act, Acts
from contracts.operation import Done, Operation
from contracts.refusal import NotFound
from contracts.regulation import CategoryPrice, Deadline, Regulation, WeekdayOfWeek
from contracts.values import (
    AgentId,
    AuthorityId,
    BeneficiaryId,
    HouseholdId,
    PersonId,
    RegieId,
    RequestId,
    ServiceId,
    StaffRole,
)
from services.subscriptions.config import SubscriptionsSettings
from services.subscriptions.console.app import PATH, create_app

SPACE = UUID("6a3c43a8-3333-4333-8333-000000000000")
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 26, 10, tzinfo=PARIS)
PASSWORD, CODE, SECRET = "une phrase de passe", "123456", "s3cret-of-an-agent_0123456789"
CODES = tuple(f"ABCD{n}EFGHJ" for n in range(2, 8))


def an_id(name: str) -> UUID:
    """The same id for the same name, in every run."""
    return uuid5(SPACE, name)


COUBON, POLIGNAC = AuthorityId(an_id("coubon")), AuthorityId(an_id("polignac"))
CANTEEN, EVENING = ServiceId(an_id("cantine")), ServiceId(an_id("garderie"))
NADIA, BRUNO = AgentId(an_id("nadia")), AgentId(an_id("bruno"))
DUPONT, MARTIN = HouseholdId(an_id("dupont")), HouseholdId(an_id("martin"))
LOUANE, THEO = BeneficiaryId(an_id("louane")), BeneficiaryId(an_id("théo"))


def a_regulation(authority: AuthorityId, service: ServiceId, name: str) -> Regulation:
    """A canteen with two prices."""
    deadline = Deadline(rule=WeekdayOfWeek(weekday=4, weeks_before=1, at=time(10)))
    return Regulation(
        service=service, authority=authority, regie=RegieId(an_id(f"régie {name}")), version=1,
        authority_name=name, service_name="Restaurant scolaire", valid_from=date(2026, 9, 1),
        valid_until=date(2027, 7, 2), weekdays=frozenset({1, 2, 4, 5}), book=deadline,
        cancel=deadline, capacity=120,
        prices=(CategoryPrice(category="commune", label="Enfant commune", cents=380),
                CategoryPrice(category="adulte", label="Adulte", cents=650)),
    )  # fmt: skip


def a_town(authority: AuthorityId, name: str, service: ServiceId) -> subscriptions.TownAuthority:
    """A commune with its canteen."""
    regulation = a_regulation(authority, service, name)
    return subscriptions.TownAuthority(
        authority=authority, label=name, pending=0,
        regies=(subscriptions.TownRegie(regie=regulation.regie, label=f"Régie de {name}"),),
        services=(subscriptions.TownService(service=service, regulation=regulation),),
    )  # fmt: skip


def a_request(number: int = 1, **changed: Any) -> subscriptions.PendingRequest:
    """Louane's, at Coubon, of some days ago."""
    given: dict[str, Any] = {
        "request": RequestId(an_id(f"request {number}")), "household": DUPONT,
        "beneficiary": LOUANE, "authority": COUBON, "service": CANTEEN, "category": "commune",
        "authority_label": "Coubon", "service_label": "Restaurant scolaire",
        "category_label": "Enfant commune", "asked": NOW - timedelta(days=number),
    } | changed  # fmt: skip
    return subscriptions.PendingRequest(**given)


def a_sheet(household: HouseholdId, last: str, **changed: Any) -> accounts.HouseholdSheet:
    """A family of one adult and one child."""
    first = {"Dupont": "Louane"}.get(last, "Théo")
    child = accounts.Beneficiary(
        beneficiary=LOUANE if first == "Louane" else THEO, first_name=first, last_name=last,
        birth_date=date(2018, 3, 1), filiation="mere",
    )  # fmt: skip
    adult = accounts.Adult(
        person=PersonId(uuid5(household, "adult")), first_name="Claire", last_name=last,
        email=f"claire.{household.hex[:4]}@example.fr",
    )  # fmt: skip
    view = accounts.HouseholdView(household=household, adults=(adult,), beneficiaries=(child,))
    given: dict[str, Any] = {
        "household": view,
        "state": "validated",
        "since": datetime(2026, 11, 2, 9, tzinfo=UTC),
    }
    return accounts.HouseholdSheet(**(given | changed))


def an_agent(agent: AgentId, first: str, last: str, *, enrolled: bool = True) -> accounts.Agent:
    """Somebody who works at a town hall."""
    email = f"{first.lower()}@mairie.example.fr"
    return accounts.Agent(
        agent=agent, email=email, first_name=first, last_name=last, enrolled=enrolled
    )


def an_act(number: int, what: str, **changed: Any) -> Act:
    """Bruno's act, some minutes ago."""
    given: dict[str, Any] = {
        "act": number, "at": NOW - timedelta(minutes=100 - number), "agent": BRUNO, "what": what,
        "subject": an_id("subject"), "before": {}, "after": {}, "personal": {}, "why": "",
    }  # fmt: skip
    return Act(**(given | changed))


def an_access(state: subscriptions.AccessState, request: RequestId, **changed: Any) -> Any:
    """A request or right of Louane at Coubon, in some state."""
    given: dict[str, Any] = {
        "request": request, "beneficiary": LOUANE, "authority": COUBON, "service": CANTEEN,
        "category": "commune", "authority_label": "Coubon",
        "service_label": "Restaurant scolaire", "category_label": "Enfant commune",
        "state": state, "asked": NOW - timedelta(days=1),
    } | changed  # fmt: skip
    return subscriptions.Access(**given)


@dataclass
class Script:
    """What the neighbours answer, and what they were asked."""

    roles: dict[AuthorityId, tuple[StaffRole, ...]] = field(default_factory=dict)
    sessions: dict[str, accounts.AgentSession] = field(default_factory=dict)
    towns: tuple[subscriptions.TownAuthority, ...] = ()
    pending: list[subscriptions.PendingRequest] = field(default_factory=list)
    access: dict[HouseholdId, tuple[subscriptions.Access, ...]] = field(default_factory=dict)
    sheets: dict[HouseholdId, accounts.HouseholdSheet] = field(default_factory=dict)
    waiting: list[accounts.HouseholdSheet] = field(default_factory=list)
    agents: dict[AgentId, accounts.Agent] = field(default_factory=dict)
    held: dict[tuple[AuthorityId, AgentId], subscriptions.AgentRoles] = field(default_factory=dict)
    acts: dict[str, list[Act]] = field(default_factory=dict)
    devices: tuple[accounts.Device, ...] = ()
    link: Exception | None = None
    """Why the enrolment's link does nothing."""
    more: list[tuple[Operation[Any, Any], Callable[[Any, Caller], Any]]] = field(
        default_factory=list
    )
    """What the neighbours of further pages answer."""
    raises: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, BaseModel, Caller]] = field(default_factory=list)

    def of(self, name: str) -> list[Any]:
        """The requests that one operation got."""
        return [request for asked, request, _ in self.asked if asked == name]


def a_script(*roles: StaffRole, at: AuthorityId = COUBON) -> Script:
    """Nadia at Coubon, two requests of two families, a team of two."""
    script = Script(roles={at: roles} if roles else {})
    script.towns = (a_town(COUBON, "Coubon", CANTEEN), a_town(POLIGNAC, "Polignac", EVENING))
    script.sheets = {DUPONT: a_sheet(DUPONT, "Dupont"), MARTIN: a_sheet(MARTIN, "Martin")}
    script.pending = [
        a_request(9, household=MARTIN, beneficiary=THEO, held="Adulte"), a_request(1)
    ]  # fmt: skip
    script.agents = {
        NADIA: an_agent(NADIA, "Nadia", "Benali"),
        BRUNO: an_agent(BRUNO, "Bruno", "Roche", enrolled=False),
    }
    script.held = {
        (at, NADIA): subscriptions.AgentRoles(agent=NADIA, roles=roles, version=3),
        (at, BRUNO): subscriptions.AgentRoles(agent=BRUNO, roles=("kitchen",), version=2),
    }
    return script


class Answers:
    """The operations that pages ask, answered from the script."""

    def __init__(self, script: Script):
        self.script = script

    def bindings(self) -> list[Binding[Any, Any]]:
        """All of them, on one application: only the paths tell services apart."""
        script = self.script
        handlers: list[tuple[Operation[Any, Any], Callable[[Any, Caller], Any]]] = [
            (accounts.OPEN_AGENT_SESSION, lambda asked, _: self._open(asked)),
            (accounts.GET_AGENT_SESSION, lambda asked, _: self._session(asked)),
            (accounts.CLOSE_AGENT_SESSION, lambda asked, _: self._close(asked)),
            (accounts.ASK_AGENT_LINK, lambda *_: Done()),
            (accounts.BEGIN_ENROLMENT, lambda *_: self._begin()),
            (accounts.FINISH_ENROLMENT, lambda asked, _: self._finish(asked)),
            (accounts.LIST_AGENT_DEVICES, lambda *_: accounts.Devices(devices=script.devices)),
            (accounts.CLOSE_AGENT_DEVICE, lambda *_: Done()),
            (accounts.RENEW_RECOVERY_CODES, lambda asked, _: self._renew(asked)),
            (accounts.INVITE_AGENT, lambda asked, _: self._invite(asked)),
            (accounts.FIND_AGENTS, lambda asked, _: accounts.Agents(
                agents=tuple(a for a in script.agents.values() if a.agent in asked.agents))),
            (accounts.DESCRIBE_HOUSEHOLDS, lambda asked, _: accounts.HouseholdSheets(
                sheets=tuple(s for h, s in script.sheets.items() if h in asked.households))),
            (accounts.LIST_WAITING,
             lambda *_: accounts.HouseholdSheets(sheets=tuple(script.waiting))),
            (accounts.JUDGE_HOUSEHOLD, lambda *_: Done()),
            (subscriptions.GET_TOWN_HALL, lambda _, caller: self._town_hall(caller)),
            (subscriptions.LIST_PENDING, lambda asked, _: self._pending(asked)),
            (subscriptions.GET_HOUSEHOLD_ACCESS, lambda asked, _: subscriptions.AccessList(
                access=script.access.get(asked.household, ()))),
            (subscriptions.JUDGE_REQUESTS, lambda asked, _: self._judge(asked)),
            (subscriptions.LIST_ROLES, lambda asked, caller: self._roles(asked, caller)),
            (subscriptions.SET_ROLES, lambda asked, _: self._set_roles(asked)),
            (booking.GET_CLOCK, lambda *_: booking.Clock(now=NOW, shifted=False)),
            *script.more,
        ]  # fmt: skip
        return [self._bound(*one) for one in handlers]

    def _bound(self, operation: Operation[Any, Any], handler: Any) -> Binding[Any, Any]:
        async def answer(door: Door, request: BaseModel) -> Any:
            self.script.asked.append((operation.name, request, door.caller))
            if operation.name in self.script.raises:
                raise self.script.raises[operation.name]
            return handler(request, door.caller)

        return behind_door(operation, answer)

    def _open(self, asked: accounts.OpenAgentSession) -> accounts.AgentSession:
        if (asked.password, asked.code) != (PASSWORD, CODE):
            raise accounts.CredentialsRefused()
        return self._keep(asked)

    def _keep(self, asked: accounts.NewSession) -> accounts.AgentSession:
        held = tuple(
            accounts.HeldRole(authority=authority, role=role)
            for authority, roles in self.script.roles.items()
            for role in roles
        )
        session = accounts.AgentSession(
            session=asked.session, agent=NADIA, first_name="Nadia", last_name="Benali",
            email="nadia@mairie.example.fr", roles=held, expires=NOW + timedelta(hours=1),
        )  # fmt: skip
        self.script.sessions[asked.token_hash] = session
        return session

    def _session(self, asked: accounts.ByAgentToken) -> accounts.AgentSession:
        try:
            return self.script.sessions[asked.token_hash]
        except KeyError:
            raise NotFound() from None

    def _close(self, asked: accounts.ByAgentToken) -> Done:
        self.script.sessions.pop(asked.token_hash, None)
        return Done()

    def _begin(self) -> accounts.Enrolment:
        if self.script.link is not None:
            raise self.script.link
        secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        return accounts.Enrolment(
            agent=NADIA, first_name="Nadia", email="nadia@mairie.example.fr", totp_secret=secret,
            totp_uri=f"otpauth://totp/Cantine%20Facile:nadia?secret={secret}&issuer=Cantine%20Facile",
        )  # fmt: skip

    def _finish(self, asked: accounts.FinishEnrolment) -> accounts.Enrolled:
        if len(asked.password) < 12:
            raise accounts.PasswordTooWeak(why="short")
        if asked.code != CODE:
            raise accounts.CodeRefused()
        return accounts.Enrolled(session=self._keep(asked.open), recovery_codes=CODES)

    def _renew(self, asked: accounts.RenewRecoveryCodes) -> accounts.RecoveryCodes:
        if asked.password != PASSWORD:
            raise accounts.CredentialsRefused()
        return accounts.RecoveryCodes(recovery_codes=CODES)

    def _invite(self, asked: accounts.InviteAgent) -> accounts.Agent:
        known = [a for a in self.script.agents.values() if a.email == asked.email]
        agent = known[0] if known else accounts.Agent(
            agent=asked.agent, email=asked.email, first_name=asked.first_name,
            last_name=asked.last_name, enrolled=False,
        )  # fmt: skip
        self.script.agents[agent.agent] = agent
        return agent

    def _town_hall(self, caller: Caller) -> subscriptions.TownHall:
        seen = [
            town.model_copy(update={"pending": self._count(town.authority)})
            for town in self.script.towns
            if caller.holds(subscriptions.EVERY_ROLE, town.authority)
        ]
        return subscriptions.TownHall(authorities=tuple(seen))

    def _count(self, authority: AuthorityId) -> int:
        return sum(one.authority == authority for one in self.script.pending)

    def _pending(self, asked: subscriptions.ShowPending) -> subscriptions.PendingRequests:
        those = [
            one
            for one in self.script.pending
            if asked.authority is None or one.authority == asked.authority
        ]
        ids = [one.request for one in those]
        start = ids.index(asked.after) + 1 if asked.after in ids else 0
        page = those[start : start + asked.limit]
        return subscriptions.PendingRequests(requests=tuple(page), total=len(those), now=NOW)

    def _judge(self, asked: subscriptions.JudgeRequests) -> subscriptions.Judged:
        waiting = {one.request for one in self.script.pending}
        gone = [one for one in asked.requests if one not in waiting]
        if gone:
            raise subscriptions.RequestsJudged(requests=tuple(gone))
        self.script.pending = [o for o in self.script.pending if o.request not in asked.requests]
        return subscriptions.Judged(judgement=asked.judgement, count=len(asked.requests))

    def _roles(self, asked: subscriptions.ShowRoles, caller: Caller) -> subscriptions.RoleList:
        if not caller.holds({"administrator"}, asked.authority):
            raise NotFound()
        held = [one for (where, _), one in self.script.held.items() if where == asked.authority]
        return subscriptions.RoleList(agents=tuple(held))

    def _set_roles(self, asked: subscriptions.SetRoles) -> subscriptions.AgentRoles:
        known = self.script.held.get((asked.authority, asked.agent))
        if (known.version if known else 0) != asked.seen_version:
            assert known is not None
            raise subscriptions.RolesMoved(roles=known.roles, version=known.version)
        now = subscriptions.AgentRoles(
            agent=asked.agent, roles=tuple(asked.roles), version=asked.seen_version + 1
        )
        self.script.held[(asked.authority, asked.agent)] = now
        return now


def acts_of(script: Script, service: str, operation: Operation[Any, Any]) -> Binding[Any, Any]:
    """A service's record: the same path in each, so each has an application of its own."""

    async def answer(_door: Door, asked: Any) -> Acts:
        if operation.name in script.raises:
            raise script.raises[operation.name]
        script.asked.append((operation.name, asked, _door.caller))
        known = sorted(script.acts.get(service, ()), key=lambda act: -act.act)
        those = [act for act in known if asked.before is None or act.act < asked.before]
        return Acts(acts=tuple(those[: asked.limit]), more=len(those) > asked.limit)

    return behind_door(operation, answer)


ACTS = {
    "accounts": accounts.LIST_ACTS, "booking": booking.LIST_ACTS, "payments": payments.LIST_ACTS,
    "subscriptions": subscriptions.LIST_ACTS,
}  # fmt: skip


@asynccontextmanager
async def console_with(
    script: Script, *, base: str = "https://cantine.example.fr"
) -> AsyncIterator[TestServer]:
    """A console whose neighbours follow the script."""
    key = OKPKey.generate_key("Ed25519", parameters={"kid": "console"})
    verifier = Verifier(json.dumps(KeySet([key]).as_dict(private=False)))

    def door(caller: Caller) -> Door:
        return Door(caller, None, lambda: None, None, None)  # type: ignore[arg-type]

    async with AsyncExitStack() as stack:
        ports = {}
        for service, acts in ACTS.items():
            own = [b for b in Answers(script).bindings() if b.operation.service == service]
            served = application([*own, acts_of(script, service, acts)], verifier, door)
            server = await stack.enter_async_context(TestServer(served))
            ports[service] = server.port
        settings = SubscriptionsSettings(
            environment="development", token_public_keys="", database_url="", amqp_url="",
            http_port=ports["subscriptions"], public_base_url=base,
            token_signing_key=json.dumps(key.as_dict(private=True)),
            **{f"{s}_url": f"http://127.0.0.1:{ports[s]}"
               for s in ("accounts", "booking", "payments")},
        )  # fmt: skip
        whole = web.Application()
        whole.add_subapp(PATH, create_app(settings))
        yield await stack.enter_async_context(TestServer(whole))
