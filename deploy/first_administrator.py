"""The first administrator: `python -m deploy.first_administrator EMAIL PRENOM NOM [--authority X]`.

Through the services' own operations, with the operator's key; doing it twice changes nothing.
"""

import asyncio
import sys
import unicodedata
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid5

from pydantic import ValidationError

from chassis.auth import Caller, Signer
from chassis.client import Clients
from contracts.accounts import INVITE_AGENT, Agent, InviteAgent
from contracts.refusal import NotFound, Refusal
from contracts.subscriptions import (
    GET_TOWN_HALL,
    LIST_ROLES,
    SET_ROLES,
    SetRoles,
    ShowRoles,
    ShowTownHall,
)
from contracts.values import AGGLOMERATION, AgentId, AuthorityId
from deploy import MissingSetting, setting

NAMESPACE = UUID("3f9a0b1c-6a35-4f0a-9a1e-0d8b7c5e2f11")
OPERATOR = Caller("operator", uuid5(NAMESPACE, "operator"))
EVERYWHERE = Caller("staff", OPERATOR.actor, roles=frozenset({("administrator", AGGLOMERATION)}))
"""As the operator looks for an authority by its name."""


class UnknownAuthority(Exception):
    """One French sentence about a name that no authority has, or several."""


async def appoint(
    clients: Clients, email: str, first_name: str, last_name: str, authority: str = ""
) -> tuple[Agent, bool]:
    """Make somebody an administrator; who that is, and whether they are one only now.

    The link is sent once a day at most: who asks again tomorrow gets a fresh one.
    """
    where = await _authority(clients, authority)
    address = email.strip().casefold()
    invited = InviteAgent(
        agent=AgentId(uuid5(NAMESPACE, f"agent {address}")),
        letter=uuid5(NAMESPACE, f"letter {address} {datetime.now(UTC).date()}"),
        email=email, first_name=first_name, last_name=last_name,
    )  # fmt: skip
    agent = await clients.call(INVITE_AGENT, invited, OPERATOR)
    return agent, await _make_administrator(clients, agent.agent, where)


async def _make_administrator(clients: Clients, agent: AgentId, authority: AuthorityId) -> bool:
    everyone = (await clients.call(LIST_ROLES, ShowRoles(authority=authority), OPERATOR)).agents
    known = next((held for held in everyone if held.agent == agent), None)
    held = frozenset(known.roles) if known else frozenset()
    if "administrator" in held:
        return False
    asked = SetRoles(
        agent=agent, authority=authority, roles=held | {"administrator"},
        seen_version=known.version if known else 0,
    )  # fmt: skip
    await clients.call(SET_ROLES, asked, OPERATOR)
    return True


async def _authority(clients: Clients, wanted: str) -> AuthorityId:
    """The authority of this id or name; the agglomeration when nothing is said."""
    if not wanted:
        return AGGLOMERATION
    try:
        return AuthorityId(UUID(wanted))
    except ValueError:
        pass
    towns = (await clients.call(GET_TOWN_HALL, ShowTownHall(), EVERYWHERE)).authorities
    found = [town.authority for town in towns if _plain(town.label) == _plain(wanted)]
    if len(found) != 1:
        names = ", ".join(sorted(town.label for town in towns)) or "aucune"
        raise UnknownAuthority(f"Pas de collectivité « {wanted} ». Il y a : {names}.")
    return found[0]


def _plain(name: str) -> str:
    """A name as people type it: accents, capitals and hyphens do not count."""
    letters = unicodedata.normalize("NFD", name.replace("-", " ").replace("’", "'"))
    return "".join(c for c in letters if not unicodedata.combining(c)).casefold().strip()


def _said(agent: Agent, is_new: bool) -> str:
    who = f"{agent.first_name} {agent.last_name}"
    first = f"{who} est maintenant administrateur." if is_new else f"{who} était administrateur."
    if agent.enrolled:
        return f"{first} Son compte est prêt : mot de passe et code, à l’adresse /console."
    return (
        f"{first} Un courriel part à {agent.email} : le lien mène au choix du mot de passe, puis au"
        " code de l’application d’authentification. La connexion se fait ensuite à /console."
    )


async def _run(given: Namespace) -> str:
    addresses = {name: setting(f"{name}_URL".upper()) for name in ("accounts", "subscriptions")}
    clients = Clients(addresses, Signer(setting("TOKEN_SIGNING_KEY")))
    try:
        agent, is_new = await appoint(
            clients, given.email, given.first_name, given.last_name, given.authority
        )
        return _said(agent, is_new)
    finally:
        await clients.close()


def _given(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser("python -m deploy.first_administrator", description="Premier accès.")
    parser.add_argument("email", metavar="EMAIL")
    parser.add_argument("first_name", metavar="PRENOM")
    parser.add_argument("last_name", metavar="NOM")
    parser.add_argument("--authority", default="", help="son nom ou son identifiant")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Appoint somebody; say what happens next, or a failure, in French."""
    try:
        print(asyncio.run(_run(_given(arguments))))
    except (MissingSetting, UnknownAuthority) as error:
        print(error, file=sys.stderr)
        return 1
    except ValidationError:
        print("Vérifiez l’adresse, le prénom et le nom.", file=sys.stderr)
        return 2
    except NotFound:
        print("Cette collectivité n’existe pas.", file=sys.stderr)
        return 1
    except Refusal as refusal:
        print(f"{refusal.sentence} ({refusal.code})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
