"""The subscriptions service at a glance: its doors and the events it reads."""

from chassis.config import ServiceSettings
from chassis.service import Service
from chassis.web import read, write
from contracts import subscriptions as contract
from contracts.booking import BeneficiaryRetired, EntitlementOpened
from services.subscriptions import api, consumers

SERVICE = Service(
    name="subscriptions",
    package="services.subscriptions",
    settings=ServiceSettings,
    operations=(
        write(contract.DESCRIBE_AUTHORITY, api.describe_authority),
        write(contract.DESCRIBE_REGIE, api.describe_regie),
        write(contract.PUBLISH_REGULATION, api.publish_regulation),
        write(contract.GRANT_ENTITLEMENT, api.grant_entitlement),
        read(contract.LIST_OFFERS, api.list_offers),
        write(contract.ASK_ACCESS, api.ask_access),
        read(contract.LIST_ACCESS, api.list_access),
        write(contract.WITHDRAW_REQUEST, api.withdraw_request),
        write(contract.JUDGE_REQUESTS, api.judge_requests),
    ),
    reads={
        EntitlementOpened: consumers.on_entitlements_opened,
        BeneficiaryRetired: consumers.on_beneficiaries_retired,
    },
    connections=2,
)
