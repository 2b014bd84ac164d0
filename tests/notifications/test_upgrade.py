"""E-mails of the first days, which were about orders alone, are kept when all others come."""

from chassis.database import transaction
from services.notifications import commands
from services.notifications.domain import occasions
from tests.databases import Templates
from tests.notifications.specimens import NOW, confirmed, loaded, released

MIGRATION = "20261126093000_all_letters.sql"
MAILED = """
insert into email (id, template, household, order_id, order_version, data, queued, next_attempt)
values ($1, 'order_confirmed', $2, $3, $4, $5, $6, $6)
"""


async def test_what_was_queued_before_the_upgrade_is_known_after_it_and_after_going_back(
    templates: Templates,
) -> None:
    email = occasions.order_confirmed(confirmed(version=3), NOW)
    async with templates.before("notifications", MIGRATION) as upgrade:
        pool = upgrade.pool
        await pool.execute(
            MAILED, email.id, email.household, email.subject, email.version, email.data, NOW
        )
        await upgrade.forward()
        async with transaction(pool) as tx:
            again = [email, occasions.order_released(released("no_card"), NOW)]
            await commands.queue_emails(tx, [*again, occasions.credits_loaded(loaded(), NOW)])
            assert await tx.fetchval("select count(*) from email") == 3
            due = await commands.take_due_emails(tx, 9)
        assert {taken.template for taken in due} == {"order_confirmed", "credits_loaded"}
        await upgrade.back()
        left = await pool.fetch("select template, order_version from email order by 2")
        assert [tuple(row) for row in left] == [("order_released", 2), ("order_confirmed", 3)]
