"""HTTP doors of agents: invited, signing in with both factors, their devices and codes."""

from uuid import UUID

from chassis.acts import list_acts as acts_of
from chassis.auth import Caller, let_in
from chassis.database import Transaction, reading, transaction
from chassis.web import Door
from contracts.accounts import (
    INVITE_AGENT,
    LIST_ACTS,
    Agent,
    Agents,
    AgentSession,
    AskAgentLink,
    ByAgentToken,
    CloseAgentDevice,
    CredentialsRefused,
    Devices,
    FindAgents,
    InviteAgent,
    OpenAgentSession,
    RecoveryCodes,
    RenewRecoveryCodes,
    ShowAgentDevices,
)
from contracts.act import Acts, ShowActs
from contracts.operation import Done
from contracts.values import AGGLOMERATION, AuthorityId
from services.accounts import commands, reads
from services.accounts.api.passwords import taking
from services.accounts.clients import Outside
from services.accounts.domain import throttle as rates
from services.accounts.domain.agents import NOBODY, AgentCredentials
from services.accounts.domain.factors import DECOY


async def invite_agent(tx: Transaction, request: InviteAgent, caller: Caller) -> Agent:
    """Open an agent's account, or find it: for whoever administers an authority."""
    authority = _where(request, caller)
    let_in(caller, INVITE_AGENT, authority)
    return await commands.agents.invite_agent(tx, request, caller, authority)


def _where(request: InviteAgent, caller: Caller) -> AuthorityId:
    """In whose record of acts an invitation stands: as asked, or where the caller may invite."""
    if request.authority is not None:
        return request.authority
    held = {authority for role, authority in caller.roles if role in INVITE_AGENT.roles}
    return AGGLOMERATION if AGGLOMERATION in held or not held else AuthorityId(min(held))


async def find_agents(tx: Transaction, request: FindAgents, _caller: Caller) -> Agents:
    """Names of agents."""
    return await reads.agents.find_agents(tx, request.agents)


async def ask_agent_link(tx: Transaction, request: AskAgentLink, _caller: Caller) -> Done:
    """Ask for a link, whoever has the address."""
    await commands.letters.ask_agent_link(tx, request)
    return Done()


async def list_acts(tx: Transaction, request: ShowActs, caller: Caller) -> Acts:
    """What agents of an authority did here."""
    let_in(caller, LIST_ACTS, request.authority)
    return await acts_of(tx, request)


# -- sessions -----------------------------------------------------------------------------------


async def open_agent_session(door: Door, request: OpenAgentSession) -> AgentSession:
    """Sign in with both factors. Whatever was wrong, and whoever it was, looks and lasts the same.

    Nobody has a password and a second factor of their own here, to be compared with.
    """
    outside: Outside = door.resources
    await taking(door, rates.agent_sign_in(request.email, request.origin))
    async with reading(door.pool) as connection:
        found = await reads.agents.find_credentials(connection, request.email)
    fits = await outside.passwords.fits(found.password_hash if found else None, request.password)
    secret = outside.vault.open(found.agent, found.totp_secret) if found else DECOY
    known = found or NOBODY
    async with transaction(door.pool) as tx:
        await commands.agent_sessions.open_session(tx, request, known, secret, fits=fits)
        view = (await reads.agents.show_session(tx, request.token_hash)).view
    if outside.passwords.is_outdated(known.password_hash):  # once nothing can be learnt from it
        better = await outside.passwords.hash(request.password)
        async with transaction(door.pool) as tx:
            await commands.agent_sessions.keep_better_hash(tx, known, better)
    return view


async def get_agent_session(door: Door, request: ByAgentToken) -> AgentSession:
    """Which agent is signed in; the session lasts longer for it, noted once a minute."""
    async with reading(door.pool) as connection:
        shown = await reads.agents.show_session(connection, request.token_hash)
    if not shown.slides:
        return shown.view
    async with transaction(door.pool) as tx:
        await commands.agent_sessions.use_session(tx, request.token_hash)
        return (await reads.agents.show_session(tx, request.token_hash)).view


async def close_agent_session(tx: Transaction, request: ByAgentToken, _caller: Caller) -> Done:
    """Sign out."""
    await commands.agent_sessions.close_session(tx, request.token_hash)
    return Done()


async def list_agent_devices(
    tx: Transaction, _request: ShowAgentDevices, caller: Caller
) -> Devices:
    """Where the agent is signed in."""
    return await reads.agents.show_devices(tx, caller.actor)


async def close_agent_device(tx: Transaction, request: CloseAgentDevice, caller: Caller) -> Done:
    """Sign out on one of one's own devices; another's is left alone."""
    await commands.agent_sessions.close_device(tx, caller.actor, request.session)
    return Done()


async def renew_recovery_codes(door: Door, request: RenewRecoveryCodes) -> RecoveryCodes:
    """Other recovery codes, against the password."""
    agent = door.caller.actor
    await taking(door, rates.own_agent_password(agent))
    known = await verified_agent(door, agent, request.password)
    async with transaction(door.pool) as tx:
        codes = await commands.agents.renew_recovery_codes(tx, known)
    return RecoveryCodes(recovery_codes=tuple(codes))


async def verified_agent(door: Door, agent: UUID, password: str) -> AgentCredentials:
    """The agent whose own password this is. Raises CredentialsRefused."""
    outside: Outside = door.resources
    async with reading(door.pool) as connection:
        known = await reads.agents.find_own_credentials(connection, agent)
    fits = await outside.passwords.fits(known.password_hash if known else None, password)
    if known is None or not fits:
        raise CredentialsRefused()
    return known
