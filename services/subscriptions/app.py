"""The subscriptions service at a glance: its doors."""

from chassis.config import ServiceSettings
from chassis.service import Service
from chassis.web import write
from contracts.subscriptions import (
    DESCRIBE_AUTHORITY,
    DESCRIBE_REGIE,
    GRANT_ENTITLEMENT,
    PUBLISH_REGULATION,
)
from services.subscriptions import api

SERVICE = Service(
    name="subscriptions",
    package="services.subscriptions",
    settings=ServiceSettings,
    operations=(
        write(DESCRIBE_AUTHORITY, api.describe_authority),
        write(DESCRIBE_REGIE, api.describe_regie),
        write(PUBLISH_REGULATION, api.publish_regulation),
        write(GRANT_ENTITLEMENT, api.grant_entitlement),
    ),
    connections=2,
)
