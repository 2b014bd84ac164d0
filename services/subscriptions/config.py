"""What subscriptions needs besides: the console speaks to its neighbours in the agents' name."""

from chassis.config import FrontSettings, ServiceSettings


class SubscriptionsSettings(FrontSettings, ServiceSettings):
    """Where the neighbours listen, and under which address browsers find the console."""

    accounts_url: str
    booking_url: str
    payments_url: str

    @property
    def own_url(self) -> str:
        """Where this process itself answers: the console asks like everybody else."""
        host = "127.0.0.1" if self.http_host in ("0.0.0.0", "::") else self.http_host  # noqa: S104
        return f"http://{host}:{self.http_port}"

    @property
    def neighbours(self) -> dict[str, str]:
        """The address of each service."""
        return {
            "accounts": self.accounts_url,
            "booking": self.booking_url,
            "payments": self.payments_url,
            "subscriptions": self.own_url,
        }
