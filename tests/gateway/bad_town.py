"""The gateway in front of the real services, with a family that has everything to lose."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from urllib.parse import quote_plus
from uuid import UUID, uuid4, uuid5

import aiohttp
from aiohttp.test_utils import TestServer
from yarl import URL

from chassis.auth import Caller
from chassis.ui.protection import form_token
from contracts.accounts import (
    ASK_PASSWORD_LINK,
    CHANGE_EMAIL,
    INVITE_ADULT,
    OPEN_SESSION,
    REGISTER,
    SAVE_BENEFICIARY,
    TERMS_VERSION,
    WRITE_LETTERS,
    AskPasswordLink,
    ChangeEmail,
    InviteAdult,
    NewSession,
    OpenSession,
    Profile,
    Register,
    SaveBeneficiary,
    WriteLetters,
    household_of,
)
from contracts.booking import (
    CHANGE_CART,
    GET_CART,
    PLACE_ORDER,
    ChangeCart,
    MealKey,
    PlaceOrder,
    ShowCart,
    order_of,
)
from contracts.subscriptions import ASK_ACCESS, AskAccess, Wish
from gateway.app import create_app
from gateway.config import GatewaySettings
from gateway.sessions import hash_of, new_token
from tests.accounts.at_work import PRIVATE_KEYS
from tests.authorization.world import PASSWORD, World, a_world
from tests.databases import Templates
from tests.gateway.bad_forms import Post
from tests.town import AUTHORITY, CANTEEN, REGIE

NOTIFIER = Caller("service", uuid4())
CART = (date(2027, 6, 7), date(2027, 6, 8))
MARTINS = date(2027, 6, 10)
SESSION, VISITOR = "__Host-session", "__Host-visitor"
ASIDE = frozenset({"accounts.throttle"})
"""Tries are counted, whatever they come to."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class BadTown:
    """Services, gateway, and what the placeholders of the posts stand for."""

    world: World
    server: TestServer
    session: aiohttp.ClientSession
    known: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    _origins: "count[int]" = field(default_factory=lambda: count(1))

    def filled(self, text: str) -> str:
        """The text with the town's own ids."""
        for name, value in self.known.items():
            text = text.replace(f"⟦{name}⟧", value)
        assert "⟦" not in text, text
        return text

    async def send(self, post: Post, who: str) -> Answer:
        """Send it as this person, from a network of its own."""
        token = self.tokens[who]
        cookie = VISITOR if who == "visitor" else SESSION
        proofs = {
            "own": form_token(token), "none": "", "other": form_token(new_token()),
            "long": "A" * 9_999, "letters": "é€" * 30,
        }  # fmt: skip
        proof = proofs.get(post.proof, "x")
        body = self._body(post.body)
        body = b"&".join(filter(None, (f"csrf={proof}".encode(), body)))
        if post.proof == "twice":
            body += b"&csrf=" + form_token(token).encode()
        headers = {
            "Cookie": f"{cookie}={token}", "X-Forwarded-For": self._somewhere(), **post.headers,
        }  # fmt: skip
        path = self.filled(post.path)
        url = self.server.make_url("/").with_path(path, encoded=True)
        async with self.session.post(
            url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            text = await answer.text(errors="strict")
            return Answer(answer.status, dict(answer.headers), text)

    async def open(self, path: str, who: str, cookie: str = "") -> Answer:
        """Open a page."""
        headers = {"Cookie": cookie or f"{SESSION}={self.tokens[who]}"}
        place, _, query = self.filled(path).partition("?")
        url = URL.build(path=place, query_string=query, encoded=True)
        url = self.server.make_url("/").join(url)
        async with self.session.get(url, headers=headers, allow_redirects=False) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())

    def _body(self, body: bytes) -> bytes:
        for name, value in self.known.items():
            body = body.replace(_quoted(f"⟦{name}⟧"), _quoted(value))
        return body

    def _somewhere(self) -> str:
        number = next(self._origins)
        return f"nowhere, 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    async def digest(self) -> dict[str, str]:
        """What stands in every table, tries aside."""
        lines = (line.rpartition(" ") for line in (await self.world.digest()).splitlines())
        return {table: rows for table, _, rows in lines if table not in ASIDE}

    async def forget_tries(self) -> None:
        """Nobody has tried anything yet: what is refused is refused for what it is."""
        await self.world.services["accounts"].owner.execute("delete from throttle")


def _quoted(text: str) -> bytes:
    return quote_plus(text).encode()


@asynccontextmanager
async def a_bad_town(templates: Templates) -> AsyncIterator[BadTown]:
    """The world of the authorization tests, with sessions, links, a cart, and a newcomer."""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(a_world(templates))
        settings = GatewaySettings(
            environment="development", token_signing_key=PRIVATE_KEYS["gateway"],
            public_base_url="https://cantine.example.fr", trusted_proxies=1,
            partners="la ludothèque",
            **{f"{name}_url": service.url for name, service in world.services.items()},
        )  # fmt: skip
        server = await stack.enter_async_context(TestServer(create_app(settings)))
        client = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        town = BadTown(world, server, client)
        await _settle(town)
        yield town


async def _settle(town: BadTown) -> None:
    world = town.world
    town.known |= {
        "louane": str(world.dupont.louane), "théo": str(world.dupont.theo),
        "inès": str(world.martin.louane), "martin": str(world.martin.caller.actor),
        "canteen": str(CANTEEN), "regie": str(REGIE), "authority": str(AUTHORITY),
        "order": str(world.order), "cancellation": str(world.cancellation),
        "request of the family": str(world.request),
        "family's address": f"{world.dupont.household}@famille.example",
    }  # fmt: skip
    town.tokens["visitor"] = new_token()
    town.tokens["family"], _ = await _signed_in(town, world.dupont.household)
    _, other = await _signed_in(town, world.dupont.household)
    _, martins = await _signed_in(town, world.martin.household)
    town.known |= {"a session": str(other), "martins' session": str(martins)}
    await _newcomer(town)
    await _links(town)
    await _meals(town)


async def _signed_in(town: BadTown, household: UUID) -> tuple[str, UUID]:
    """A session of the household's adult: its token and its id."""
    token, session = new_token(), uuid4()
    asked = OpenSession(
        session=session, token_hash=hash_of(token), password=PASSWORD,
        email=f"{household}@famille.example",
    )  # fmt: skip
    await town.world.services["accounts"].call(OPEN_SESSION, asked)
    return token, session


async def _newcomer(town: BadTown) -> None:
    """Somebody who registered, with two children and a request, and has proved nothing yet."""
    accounts = town.world.services["accounts"]
    person, token = uuid4(), new_token()
    asked = Register(
        registration=person, open=NewSession(session=uuid4(), token_hash=hash_of(token)),
        profile=Profile(first_name="Nadia", last_name="Petit"), email="nadia@famille.example",
        password=PASSWORD, terms_version=TERMS_VERSION,
    )  # fmt: skip
    await accounts.call(REGISTER, asked)
    nadia = Caller("applicant", person, household_of(person))
    for name in ("zoé", "léo"):
        child = SaveBeneficiary(
            beneficiary=uuid4(), first_name=name.title(), last_name="Petit", filiation="mere"
        )
        await accounts.call(SAVE_BENEFICIARY, child, nadia)
        town.known[name] = str(child.beneficiary)
    town.tokens["applicant"] = token
    town.known["request of the applicant"] = await _asked(town, nadia, town.known["léo"])
    martin = town.world.martin
    town.known["martins' request"] = await _asked(town, martin.caller, str(martin.louane))
    town.known["proof letter"] = str(uuid5(person, "proof"))


async def _asked(town: BadTown, caller: Caller, child: str) -> str:
    wish = Wish(beneficiary=UUID(child), service=CANTEEN, category="residents")
    asked = AskAccess(batch=uuid4(), wishes=(wish,))
    answer = await town.world.services["subscriptions"].call(ASK_ACCESS, asked, caller)
    return str(answer.requests[0])


async def _links(town: BadTown) -> None:
    """A link of every purpose, as its letter carries it."""
    accounts, martin = town.world.services["accounts"], town.world.martin
    address = f"{martin.household}@famille.example"
    password, moved, ours, theirs = (uuid4() for _ in range(4))
    await accounts.call(ASK_PASSWORD_LINK, AskPasswordLink(letter=password, email=address))
    move = ChangeEmail(letter=moved, email="zoe.ailleurs@famille.example", password=PASSWORD)
    await accounts.call(CHANGE_EMAIL, move, town.world.waiting.caller)
    for invitation, who in ((ours, town.world.dupont), (theirs, martin)):
        invited = InviteAdult(invitation=invitation, email=f"{invitation}@famille.example")
        await accounts.call(INVITE_ADULT, invited, who.caller)
    town.known |= {"an invitation": str(ours), "martins' invitation": str(theirs)}
    proof = UUID(town.known["proof letter"])
    letters = {
        password: "password", moved: "new_address", town.world.invitation: "invitation",
        proof: "proof",
    }  # fmt: skip
    written = await accounts.call(WRITE_LETTERS, WriteLetters(letters=tuple(letters)), NOTIFIER)
    for letter in written.letters:
        assert letter.secret is not None
        town.known[f"{letters[letter.letter]} secret"] = letter.secret


async def _meals(town: BadTown) -> None:
    """Two meals in the Duponts' cart, and an order of the Martins'."""
    world, booking = town.world, town.world.services["booking"]
    await _choose(town, world.martin.caller, world.martin.louane, (MARTINS,))
    cart = (await booking.call(GET_CART, ShowCart(), world.martin.caller)).regies[0]
    checkout = uuid4()
    placed = PlaceOrder(
        order=order_of(checkout, REGIE), checkout=checkout, regie=REGIE, means="credits",
        expected_cents=cart.cents, cart_version=cart.version,
    )  # fmt: skip
    await booking.call(PLACE_ORDER, placed, world.martin.caller)
    town.known["martins' order"] = str(placed.order)
    await _choose(town, world.dupont.caller, world.dupont.louane, CART)
    cart = (await booking.call(GET_CART, ShowCart(), world.dupont.caller)).regies[0]
    days = ",".join(day.isoformat() for day in CART)
    town.known["part"] = f"{REGIE}|{cart.cents}|{cart.version}"
    town.known["seen"] = f"{REGIE}|380|{CANTEEN}|{world.dupont.louane}|midi|{days}"


async def _choose(town: BadTown, caller: Caller, child: UUID, days: tuple[date, ...]) -> None:
    meals = tuple(
        MealKey(beneficiary=child, service=CANTEEN, day=day, session="midi") for day in days
    )
    change = ChangeCart(
        change=uuid4(), service=CANTEEN, first=min(days), last=max(days), meals=meals
    )
    await town.world.services["booking"].call(CHANGE_CART, change, caller)
