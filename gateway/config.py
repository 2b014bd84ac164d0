"""The gateway's settings."""

from pydantic import Field

from chassis.config import FrontSettings


class GatewaySettings(FrontSettings):
    """Where the neighbours listen, and under which address browsers find us."""

    token_public_keys: str = ""
    """Not needed here: nobody calls the gateway with a service token."""
    accounts_url: str
    booking_url: str
    payments_url: str
    subscriptions_url: str
    partners: str = ""
    """Whose offers families may ask for, as « la ludothèque, le marché »; nobody's if empty."""
    trusted_proxies: int = Field(default=0, ge=0, le=9)
    """How many of our own proxies add an address to X-Forwarded-For before us."""

    @property
    def neighbours(self) -> dict[str, str]:
        """The address of each service."""
        return {
            "accounts": self.accounts_url,
            "booking": self.booking_url,
            "payments": self.payments_url,
            "subscriptions": self.subscriptions_url,
        }
