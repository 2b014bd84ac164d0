"""HTTP doors for tests: real operations, handlers that a test chooses, keys of this run."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from aiohttp.test_utils import TestServer
from joserfc.jwk import OKPKey

from chassis.auth import Caller, Signer, Verifier
from chassis.client import Clients
from chassis.database import Pool
from chassis.web import Binding, Door, application
from contracts.operation import MAY_SIGN
from contracts.payments import TakeCash

KEYS = {kid: OKPKey.generate_key("Ed25519", {"kid": kid}) for kid in MAY_SIGN}
PUBLIC_KEYS = json.dumps({"keys": [key.as_dict(private=False) for key in KEYS.values()]})
PRIVATE_KEYS = {kid: json.dumps(key.as_dict(private=True)) for kid, key in KEYS.items()}
FAMILY = Caller("family", uuid4(), uuid4())
REGIE = UUID("00000000-0000-4000-8000-0000000000e9")
AGENT = Caller("staff", uuid4(), None, frozenset({("regisseur", REGIE)}))


def bearer(kid: str, caller: Caller) -> dict[str, str]:
    """The header of a request that this caller makes through the holder of a key."""
    return {"Authorization": f"Bearer {Signer(PRIVATE_KEYS[kid]).token(caller)}"}


def some_cash(**changes: object) -> TakeCash:
    """Twenty euros given at the desk."""
    plain: dict[str, object] = {
        "top_up": uuid4(), "household": uuid4(), "regie": REGIE, "cents": 2000
    }  # fmt: skip
    return TakeCash.model_validate(plain | changes)


@asynccontextmanager
async def open_doors(
    pool: Pool | None, *bindings: Binding[Any, Any], console_pool: Pool | None = None
) -> AsyncIterator[TestServer]:
    """A server that answers these operations."""

    def door(caller: Caller) -> Door:
        return Door(caller, pool, lambda: None, None, console_pool)  # type: ignore[arg-type]

    async with TestServer(application(bindings, Verifier(PUBLIC_KEYS), door)) as server:
        yield server


@asynccontextmanager
async def calling(url: object, kid: str = "console") -> AsyncIterator[Clients]:
    """The typed client, speaking to payments at this address."""
    clients = Clients({"payments": str(url), "booking": str(url)}, Signer(PRIVATE_KEYS[kid]))
    try:
        yield clients
    finally:
        await clients.close()
