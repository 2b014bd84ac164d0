"""The gateway's settings."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from chassis.config import SigningSettings


class GatewaySettings(SigningSettings):
    """Where the neighbours listen, and under which address browsers find us."""

    token_public_keys: str = ""
    """Not needed here: nobody calls the gateway with a service token."""
    accounts_url: str
    booking_url: str
    payments_url: str
    subscriptions_url: str
    public_base_url: str
    partners: str = ""
    """Whose offers families may ask for, as « la ludothèque, le marché »; nobody's if empty."""
    trusted_proxies: int = Field(default=0, ge=0, le=9)
    """How many of our own proxies add an address to X-Forwarded-For before us."""

    @field_validator("public_base_url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("une adresse complète est attendue, comme https://cantine.example.fr")
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def secure(self) -> bool:
        """Whether browsers come by HTTPS: the cookies' names and attributes depend on it."""
        return self.public_base_url.startswith("https://")

    @property
    def neighbours(self) -> dict[str, str]:
        """The address of each service."""
        return {
            "accounts": self.accounts_url,
            "booking": self.booking_url,
            "payments": self.payments_url,
            "subscriptions": self.subscriptions_url,
        }
