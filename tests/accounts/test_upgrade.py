"""People of before there were registrations: who could sign in still can, forth and back."""

from uuid import UUID, uuid4

from tests.databases import Templates, Upgrade

MIGRATION = "20261126090000_registration.sql"
A_PERSON = """
with home as (insert into household (id) values ($1) returning id),
     who as (
         insert into person (id, first_name, last_name, name_key, email, email_key, state)
         values ($2, 'Camille', 'Dupont', 'dupont camille', $3, $3, $4) returning id)
insert into household_member (household, person) select home.id, who.id from home, who
"""
STANDINGS = """
select p.email, case when p.address_proved is null then 'address_unproved' else h.state end
  from person p join household_member m on m.person = p.id join household h on h.id = m.household
"""


async def somebody(upgrade: Upgrade, state: str) -> UUID:
    """A person of before the upgrade, whose address begins with the state they are in."""
    person = uuid4()
    await upgrade.pool.execute(A_PERSON, uuid4(), person, f"{state}@exemple.fr", state)
    return person


async def test_only_who_was_active_is_validated_after_the_upgrade(templates: Templates) -> None:
    async with templates.before("accounts", MIGRATION) as upgrade:
        for state in ("email_pending", "pending", "active", "suspended"):
            await somebody(upgrade, state)
        await upgrade.forward()
        standings = {email.split("@")[0]: at for email, at in await upgrade.pool.fetch(STANDINGS)}
    assert standings == {
        "email_pending": "address_unproved", "pending": "address_unproved",
        "active": "validated", "suspended": "waiting",
    }  # fmt: skip


async def test_going_back_makes_nobody_active_who_was_not_validated(templates: Templates) -> None:
    async with templates.before("accounts", MIGRATION) as upgrade:
        validated = await somebody(upgrade, "active")
        waiting = await somebody(upgrade, "suspended")
        stranger = await somebody(upgrade, "email_pending")
        await upgrade.forward()
        await upgrade.pool.execute(
            "update person set email = 'active@exemple.fr', email_key = 'active@exemple.fr'"
            " where id = $1",
            stranger,
        )  # a stranger may register with an address that somebody has proved
        await upgrade.back()
        rows = await upgrade.pool.fetch("select id, state, email_key from person")
    states = {row["id"]: row["state"] for row in rows}
    assert states == {validated: "active", waiting: "pending", stranger: "email_pending"}
    keys = {row["id"]: row["email_key"] for row in rows}
    assert keys[validated] == "active@exemple.fr", "who proved the address signs in with it"
