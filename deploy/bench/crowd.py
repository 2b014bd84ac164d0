"""The families of the bench: who they are, and the requests that their browsers would send."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4, uuid5

from pydantic_core import to_json

from chassis.auth import Caller, Signer
from contracts.booking import order_of
from contracts.values import CheckoutId, HouseholdId, OrderId, PersonId
from deploy.local.town_hall import NAMESPACE, Canteen

DATES = 20
CAPACITY = 100_000
FIRST_DAY = date(2026, 12, 1)
CART_VERSION = 1
Request = dict[str, str]


@dataclass(frozen=True)
class Household:
    """An adult, two children, a canteen, and a signed-in browser."""

    number: int
    canteen: Canteen
    token: str

    @property
    def household(self) -> HouseholdId:
        """The household."""
        return HouseholdId(uuid5(NAMESPACE, f"bench household {self.number}"))

    @property
    def person(self) -> PersonId:
        """Its adult."""
        return PersonId(uuid5(self.household, "adult"))

    @property
    def children(self) -> tuple[UUID, UUID]:
        """Its children."""
        return uuid5(self.household, "one"), uuid5(self.household, "two")

    @property
    def cents(self) -> int:
        """The price of its cart."""
        return 2 * DATES * self.canteen.cents


def crowd_of(count: int, canteens: Sequence[Canteen]) -> list[Household]:
    """Households, each beside the next at another canteen; nobody else can know their tokens."""
    secret = secrets.token_urlsafe(24)
    return [
        Household(number, canteens[number % len(canteens)], f"{secret}{number:08d}")
        for number in range(count)
    ]


def canteens_of(count: int) -> list[Canteen]:
    """Canteens with room for everybody."""
    return [Canteen(f"Commune {number}", capacity=CAPACITY) for number in range(count)]


def dates_of(served: Sequence[date]) -> list[date]:
    """The dates of every cart."""
    return [day for day in served if day >= FIRST_DAY][:DATES]


@dataclass(frozen=True)
class Checkout:
    """One confirmation, however often it is sent."""

    family: Household
    checkout: CheckoutId

    @classmethod
    def new(cls, family: Household) -> "Checkout":
        """A confirmation that was never sent."""
        return cls(family, CheckoutId(uuid4()))

    @property
    def order(self) -> OrderId:
        """The order that it makes."""
        return order_of(self.checkout, self.family.canteen.regie)

    def by_browser(self, gateway: str, proof: str) -> Request:
        """The form of the cart; `page` asks for the order's page afterwards."""
        regie = self.family.canteen.regie
        form = urlencode({
            "csrf": proof, "checkout": str(self.checkout),
            "part": f"{regie}|{self.family.cents}|{CART_VERSION}", "moyen": "credits",
        })  # fmt: skip
        return {
            "send": _request(
                "POST", gateway, "/panier/confirmer",
                cookie=f"session={self.family.token}", sec_fetch_site="same-origin",
                content_type="application/x-www-form-urlencoded", body=form,
            ),
            "page": _request("GET", gateway, "{path}", cookie=f"session={self.family.token}"),
        }  # fmt: skip

    def straight(self, booking: str, signer: Signer) -> Request:
        """What the gateway would ask booking."""
        caller = Caller("family", self.family.person, self.family.household)
        asked = to_json({
            "checkout": self.checkout, "regie": self.family.canteen.regie, "means": "credits",
            "expected_cents": self.family.cents, "cart_version": CART_VERSION,
        }).decode()  # fmt: skip
        return {
            "send": _request(
                "PUT", booking, f"/orders/{self.order}",
                authorization=f"Bearer {signer.token(caller)}",
                content_type="application/json", body=asked,
            )
        }  # fmt: skip


def look_in(family: Household, gateway: str) -> Request:
    """A page that only finds out who comes: the gateway then remembers the session."""
    return {"send": _request("GET", gateway, "/connexion", cookie=f"session={family.token}")}


def _request(method: str, address: str, path: str, body: str = "", **headers: str) -> str:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(address).netloc}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", body])
