"""HTTP doors of an agent's link: a password and a second factor, set together."""

import pyotp

from chassis.database import reading, transaction
from chassis.web import Door
from contracts.accounts import (
    BeginEnrolment,
    CodeRefused,
    CredentialsRefused,
    Enrolled,
    Enrolment,
    FinishEnrolment,
    LinkOver,
)
from contracts.refusal import NotFound
from contracts.values import AgentId
from services.accounts import commands, reads
from services.accounts.api.agents import verified_agent
from services.accounts.api.passwords import new_hash, taking
from services.accounts.clients import Outside
from services.accounts.domain import throttle as rates
from services.accounts.domain.factors import address_of
from services.accounts.domain.letters import Link


async def begin_enrolment(door: Door, request: BeginEnrolment) -> Enrolment:
    """The second factor that a link offers: the same until it is used."""
    outside: Outside = door.resources
    link, agent = await _link(door, request.secret_hash)
    link.must_be_open()
    drawn = outside.vault.seal(agent, pyotp.random_base32())
    async with transaction(door.pool) as tx:
        kept = await commands.agents.begin_enrolment(tx, request.secret_hash, link, drawn)
        (known,) = (await reads.agents.find_agents(tx, [agent])).agents
    secret = outside.vault.open(agent, kept)
    return Enrolment(
        agent=agent, first_name=known.first_name, email=known.email, totp_secret=secret,
        totp_uri=address_of(secret, known.email),
    )  # fmt: skip


async def finish_enrolment(door: Door, request: FinishEnrolment) -> Enrolled:
    """Set both factors and sign in; sent again by the same browser, it is done already."""
    outside: Outside = door.resources
    link, agent = await _link(door, request.secret_hash)
    if not link.was_used_by(request.open.session):
        link.must_be_open()
        await taking(door, rates.enrolment(link.letter))
        async with reading(door.pool) as connection:
            sealed = await reads.agents.find_totp_secret(connection, link.letter)
            (known,) = (await reads.agents.find_agents(connection, [agent])).agents
        if sealed is None:  # nobody was shown a secret: no code can be its
            raise CodeRefused()
        secret = outside.vault.open(agent, sealed)
        own_words = [known.first_name, known.last_name, known.email]
        hashed = await new_hash(door, request.password, own_words)
        async with transaction(door.pool) as tx:
            codes = await commands.agents.finish_enrolment(
                tx, request, link, sealed, secret, hashed
            )
            if codes is not None:
                opened = await reads.agents.show_session(tx, request.open.token_hash)
                return Enrolled(session=opened.view, recovery_codes=tuple(codes))
    return await _enrolled_before(door, agent, request)


async def _link(door: Door, secret_hash: str) -> tuple[Link, AgentId]:
    async with reading(door.pool) as connection:
        link = await reads.agents.find_link(connection, secret_hash)
    if link.agent is None:
        raise NotFound()
    return link, link.agent


async def _enrolled_before(door: Door, agent: AgentId, request: FinishEnrolment) -> Enrolled:
    """The session that this link opened, to who knows its token and the password it set.

    Its recovery codes were lost with the answer, or are seen by the same person: others are drawn.
    """
    await taking(door, rates.own_agent_password(agent))
    try:
        known = await verified_agent(door, agent, request.password)
        async with transaction(door.pool) as tx:
            view = (await reads.agents.show_session(tx, request.open.token_hash)).view
            if (view.session, view.agent) != (request.open.session, agent):
                raise LinkOver(why="used")
            codes = await commands.agents.renew_recovery_codes(tx, known)
    except (CredentialsRefused, NotFound):
        raise LinkOver(why="used") from None
    return Enrolled(session=view, recovery_codes=tuple(codes))
