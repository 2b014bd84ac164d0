"""« Équipe »: who may do what in an authority; inviting, and changing roles."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from aiohttp import web

from chassis.ui.forms import Form
from chassis.ui.typed import email_fault, name_fault, only_faults
from contracts.accounts import (
    FIND_AGENTS,
    INVITE_AGENT,
    Agent,
    Agents,
    FindAgents,
    InviteAgent,
    TooManyTries,
)
from contracts.refusal import NotFound, Refusal, Unavailable
from contracts.subscriptions import (
    LIST_ROLES,
    SET_ROLES,
    AgentRoles,
    LastAdministrator,
    RolesMoved,
    SetRoles,
    ShowRoles,
)
from contracts.values import AgentId, StaffRole
from services.subscriptions.console.families import NO_NAME
from services.subscriptions.console.town import ADMINISTRATORS, Place
from services.subscriptions.console.visit import Visit
from services.subscriptions.console.words import ROLES, roles_in_words

TEAM = "/console/equipe"
WHY_MAX = 300
NAMED_AT_ONCE = 500
NO_ROLE = "Cochez au moins un rôle."
DONE = {
    "invite": "L’invitation est partie par e-mail. Son lien sert une fois.",
    "renvoi": "Un nouveau lien vient de partir par e-mail.",
    "roles": "Les rôles sont changés. Cela prend effet en moins d’une minute.",
    "deja": "Cette personne fait déjà partie de l’équipe : voici ses rôles.",
}


@dataclass(frozen=True)
class Member:
    """Somebody of the team, in words."""

    held: AgentRoles
    agent: Agent | None
    roles: str

    @property
    def name(self) -> str:
        """First and last name, if accounts says it."""
        return f"{self.agent.first_name} {self.agent.last_name}" if self.agent else NO_NAME


@dataclass(frozen=True)
class Newcomer:
    """What was typed about somebody to invite."""

    agent: UUID
    letter: UUID
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    roles: frozenset[StaffRole] = frozenset()

    @classmethod
    def typed(cls, form: Form) -> "Newcomer":
        """The fields of a form."""
        return cls(
            form.id("agent"), form.id("letter"), form.text("email").strip(),
            form.text("first_name").strip(), form.text("last_name").strip(), _ticked(form),
        )  # fmt: skip

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong, field by field."""
        return only_faults({
            "first_name": name_fault(self.first_name, "Indiquez le prénom."),
            "last_name": name_fault(self.last_name, "Indiquez le nom."),
            "email": email_fault(self.email),
            "roles": "" if self.roles else NO_ROLE,
        })  # fmt: skip


def _ticked(form: Form) -> frozenset[StaffRole]:
    given = form.all("role")
    return frozenset(role for role in ROLES if role in given)


async def show(visit: Visit) -> web.Response:
    """Everyone who holds a role, and those who left."""
    place = visit.town.one(ADMINISTRATORS)
    held = (await visit.ask(LIST_ROLES, ShowRoles(authority=place.authority))).agents
    names = await names_of(visit, (one.agent for one in held))
    members = [_member(one, names or {}) for one in held]
    return visit.page(
        "team.html", place=place, present=[m for m in members if m.held.roles],
        gone=[m for m in members if not m.held.roles], named=names is not None,
        done=_done(visit), towns=visit.town.where(ADMINISTRATORS),
    )  # fmt: skip


async def names_of(visit: Visit, agents: Iterable[AgentId]) -> dict[AgentId, Agent] | None:
    """Agents by id; None when accounts does not answer."""
    wanted = tuple(dict.fromkeys(agents))[:NAMED_AT_ONCE]
    if not wanted:
        return {}
    answer: Agents | None = await visit.ask_if_there(FIND_AGENTS, FindAgents(agents=wanted))
    return {one.agent: one for one in answer.agents} if answer else None


def _member(held: AgentRoles, names: dict[AgentId, Agent]) -> Member:
    return Member(held, names.get(held.agent), roles_in_words(held.roles))


def _done(visit: Visit) -> str:
    return DONE.get(visit.request.query.get("fait", ""), "")


# -- one member ---------------------------------------------------------------------------------


async def show_one(visit: Visit) -> web.Response:
    """The roles of one agent, to be changed."""
    place = visit.town.one(ADMINISTRATORS)
    member = await _find(visit, place)
    return _page_of_one(visit, place, member, frozenset(member.held.roles))


async def _find(visit: Visit, place: Place) -> Member:
    """One of the team. Raises NotFound."""
    agent = _agent(visit)
    held = (await visit.ask(LIST_ROLES, ShowRoles(authority=place.authority))).agents
    one = next((known for known in held if known.agent == agent), None)
    if one is None:
        raise NotFound()
    return _member(one, await names_of(visit, [agent]) or {})


def _agent(visit: Visit) -> AgentId:
    try:
        return AgentId(UUID(visit.request.match_info["agent"]))
    except ValueError as error:
        raise NotFound() from error


def _page_of_one(
    visit: Visit, place: Place, member: Member, ticked: frozenset[StaffRole], *, why: str = "",
    errors: dict[str, str] | None = None, refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    return visit.page(
        "member.html", refusal=refusal, errors=errors or {}, place=place, member=member,
        ticked=ticked, why=why, letter=uuid4(), roles=ROLES, done=_done(visit),
        myself=member.held.agent == visit.signed_in.agent,
    )  # fmt: skip


async def change(visit: Visit) -> web.Response:
    """Give exactly the ticked roles, if nobody changed them since the page was drawn."""
    place, form = visit.town.one(ADMINISTRATORS), await visit.form()
    ticked, why = _ticked(form), form.text("why").strip()
    seen = form.text("seen")
    member = await _find(visit, place)
    if len(why) > WHY_MAX:
        errors = {"why": "Ce texte est trop long : 300 signes au plus."}
        return _page_of_one(visit, place, member, ticked, why=why, errors=errors)
    asked = SetRoles(
        agent=member.held.agent, authority=place.authority, roles=ticked, why=why,
        seen_version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0,
    )  # fmt: skip
    try:
        await visit.ask(SET_ROLES, asked)
    except (RolesMoved, LastAdministrator, Unavailable) as refusal:
        now = await _find(visit, place)
        return _page_of_one(visit, place, now, ticked, why=why, refusal=refusal)
    return visit.go(visit.url(TEAM, **_about(visit, place), fait="roles"))


def _about(visit: Visit, place: Place) -> dict[str, object]:
    """The authority, for an address that would not name it by itself."""
    return {"commune": place.authority} if len(visit.town.places) > 1 else {}


async def invite_again(visit: Visit) -> web.Response:
    """Send another link to somebody who has not come yet."""
    place, letter = visit.town.one(ADMINISTRATORS), (await visit.form()).id("letter")
    member = await _find(visit, place)
    if member.agent is None:
        raise Unavailable()
    known = member.agent
    asked = InviteAgent(
        agent=known.agent, letter=letter, email=known.email, first_name=known.first_name,
        last_name=known.last_name, authority=place.authority,
    )  # fmt: skip
    try:
        await visit.ask(INVITE_AGENT, asked)
    except (TooManyTries, Unavailable) as refusal:
        ticked = frozenset(member.held.roles)
        return _page_of_one(visit, place, member, ticked, refusal=refusal)
    path = f"{TEAM}/{known.agent}"
    return visit.go(visit.url(path, **_about(visit, place), fait="renvoi"))


# -- somebody new -------------------------------------------------------------------------------


async def show_invitation(visit: Visit) -> web.Response:
    """The form for somebody new."""
    return _invitation(visit, visit.town.one(ADMINISTRATORS), Newcomer(uuid4(), uuid4()))


def _invitation(
    visit: Visit, place: Place, typed: Newcomer, *, errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> web.Response:  # fmt: skip
    return visit.page(
        "invite.html", refusal=refusal, errors=errors or {}, place=place, typed=typed, roles=ROLES
    )


async def invite(visit: Visit) -> web.Response:
    """Open the account, or find the one that the address has; then give the roles."""
    place, typed = visit.town.one(ADMINISTRATORS), Newcomer.typed(await visit.form())
    if errors := typed.faults:
        return _invitation(visit, place, typed, errors=errors)
    asked = InviteAgent(
        agent=AgentId(typed.agent), letter=typed.letter, email=typed.email,
        first_name=typed.first_name, last_name=typed.last_name, authority=place.authority,
    )  # fmt: skip
    try:
        agent = (await visit.ask(INVITE_AGENT, asked)).agent
        given = SetRoles(agent=agent, authority=place.authority, roles=typed.roles, seen_version=0)
        await visit.ask(SET_ROLES, given)
    except RolesMoved:
        return visit.go(visit.url(f"{TEAM}/{agent}", **_about(visit, place), fait="deja"))
    except (TooManyTries, Unavailable) as refusal:
        return _invitation(visit, place, typed, refusal=refusal)
    return visit.go(visit.url(TEAM, **_about(visit, place), fait="invite"))
