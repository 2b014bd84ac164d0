"""Rights of before there were requests are kept, and are no less open than they were."""

from uuid import uuid4

from chassis.database import transaction
from contracts.values import HouseholdId
from services.subscriptions import reads
from tests.databases import Templates

MIGRATION = "20261126091000_access_requests.sql"
OPENED_LONG_AGO = """
with town as (insert into authority (id, label) values ($1, 'Aiguilhe')),
     office as (insert into regie (id, authority, label, version) values ($2, $1, 'Régie', 1)),
     canteen as (insert into service (id, authority) values ($3, $1)),
     rules as (
         insert into regulation (service, version, authority, regie, document)
         values ($3, 1, $1, $2, jsonb_build_object(
             'service', $3, 'version', 1, 'authority', $1, 'regie', $2, 'service_name', 'Cantine',
             'valid_until', '2199-07-06',
             'prices', '[{"category": "residents", "label": "Résidents", "cents": 380}]'::jsonb)))
insert into entitlement (id, household, beneficiary, authority, service, category, valid_from,
                         valid_until, state, version)
values (gen_random_uuid(), $4, gen_random_uuid(), $1, $3, 'residents', '2026-09-01', '2199-07-06',
        'active', 1)
"""


async def test_a_right_of_before_the_upgrade_does_not_wait_for_booking_to_open_it(
    templates: Templates,
) -> None:
    household = HouseholdId(uuid4())
    async with templates.before("subscriptions", MIGRATION) as upgrade:
        await upgrade.pool.execute(OPENED_LONG_AGO, uuid4(), uuid4(), uuid4(), household)
        await upgrade.forward()
        async with transaction(upgrade.pool) as tx:
            (right,) = (await reads.access(tx, household)).access
        assert right.state == "open"
        await upgrade.back()
        assert await upgrade.pool.fetchval("select count(*) from entitlement") == 1
