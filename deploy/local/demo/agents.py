"""The demonstration's agents: enrolled as people are, by the link of their letter, once."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4, uuid5

import pyotp

from chassis.auth import VISITOR, Caller
from contracts.accounts import (
    BEGIN_ENROLMENT,
    FINISH_ENROLMENT,
    INVITE_AGENT,
    BeginEnrolment,
    FinishEnrolment,
    InviteAgent,
    NewSession,
)
from contracts.subscriptions import SET_ROLES, SetRoles
from contracts.values import AGGLOMERATION, AgentId, AuthorityId, StaffRole
from deploy.local.communes import NAMESPACE
from deploy.local.demo.communes import COMMUNES
from deploy.local.demo.stories import PASSWORD
from deploy.local.letters import hash_of, newest_links
from deploy.local.secrecy import write_secret
from deploy.local.stack import Stack
from deploy.local.town_hall import TownHall

OPERATOR = Caller("operator", uuid5(NAMESPACE, "operator"))
EVERY_DAY: frozenset[StaffRole] = frozenset({"administrator", "clerk", "regisseur", "kitchen"})
AGENTS: tuple[tuple[str, str, str, AuthorityId, frozenset[StaffRole]], ...] = (
    ("mairie@aiguilhe.example", "Sylvie", "Roche", COMMUNES[0].authority, EVERY_DAY),
    ("agglo@cantine.example", "Karim", "Haddad", AGGLOMERATION, frozenset({"administrator"})),
)


async def let_in(stack: Stack, town_hall: TownHall) -> list[str]:
    """Enrol the agents unless they are; lines that say how to sign in to the console."""
    kept = stack.folder / "secrets" / "agents.json"
    keys: dict[str, dict[str, Any]]
    keys = json.loads(kept.read_text()) if kept.exists() else await _enrol(stack, town_hall, kept)
    return [
        f"Console des mairies : {stack.url('gateway')}/console, même mot de passe.",
        "  À la place du code, un code de secours (chacun sert une fois), ou la clé à saisir dans",
        "  une application d’authentification :",
        *(
            f"  {email:<26} {first_name} {last_name} : codes {', '.join(keys[email]['codes'][:2])},"
            f" clé {keys[email]['key']}"
            for email, first_name, last_name, _, _ in AGENTS
        ),
    ]


async def _enrol(stack: Stack, town_hall: TownHall, kept: Path) -> dict[str, dict[str, Any]]:
    for email, first_name, last_name, authority, roles in AGENTS:
        agent = AgentId(uuid5(NAMESPACE, f"agent {email}"))
        asked = InviteAgent(
            agent=agent, letter=uuid5(agent, "letter"), email=email, first_name=first_name,
            last_name=last_name,
        )  # fmt: skip
        await town_hall.clients.call(INVITE_AGENT, asked, OPERATOR)
        given = SetRoles(agent=agent, authority=authority, roles=roles, seen_version=0)
        await town_hall.clients.call(SET_ROLES, given, OPERATOR)
    links = await newest_links(stack.url("mailbox"), [email for email, *_ in AGENTS])
    keys = {email: await _follow(town_hall, links[email]) for email, *_ in AGENTS}
    write_secret(kept, json.dumps(keys))
    return keys


async def _follow(town_hall: TownHall, secret: str) -> dict[str, Any]:
    """Choose the password, and prove the second factor as a telephone would."""
    link = hash_of(secret)
    shown = await town_hall.door.call(BEGIN_ENROLMENT, BeginEnrolment(secret_hash=link), VISITOR)
    code = pyotp.TOTP(shown.totp_secret).at(datetime.now(UTC))
    session = NewSession(session=uuid4(), token_hash=hash_of(str(uuid4())))
    asked = FinishEnrolment(secret_hash=link, password=PASSWORD, code=code, open=session)
    done = await town_hall.door.call(FINISH_ENROLMENT, asked, VISITOR)
    return {"key": shown.totp_secret, "codes": list(done.recovery_codes)}
