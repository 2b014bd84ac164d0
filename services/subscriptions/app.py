"""The subscriptions service at a glance: its doors and the events it reads."""

from chassis.service import Front, Service
from chassis.web import read, write
from contracts import subscriptions as contract
from contracts.booking import BeneficiaryRetired, EntitlementOpened
from services.subscriptions import api, consumers
from services.subscriptions.config import SubscriptionsSettings
from services.subscriptions.console.app import PATH, create_app

SERVICE = Service(
    name="subscriptions",
    package="services.subscriptions",
    settings=SubscriptionsSettings,
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
        write(contract.SET_ROLES, api.set_roles),
        read(contract.LIST_ROLES, api.list_roles),
        read(contract.GET_TOWN_HALL, api.get_town_hall),
        read(contract.LIST_PENDING, api.list_pending),
        read(contract.GET_HOUSEHOLD_ACCESS, api.get_household_access),
        read(contract.LIST_ACTS, api.list_acts),
    ),
    reads={
        EntitlementOpened: consumers.on_entitlements_opened,
        BeneficiaryRetired: consumers.on_beneficiaries_retired,
    },
    connections=2,
    front=Front(PATH, create_app),
)
