"""Only tokens of those who may sign, for whom they may sign, fresh and whole, open a door."""

import base64
import json
import time
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from chassis.auth import TOKEN_SECONDS, Caller, Signer, Verifier, admit, let_in
from contracts.operation import MAY_SIGN
from contracts.payments import TAKE_CASH
from contracts.refusal import NotAllowed, NotFound, Unsigned
from contracts.subscriptions import SET_ROLES
from contracts.values import AGGLOMERATION
from tests.chassis.doors import AGENT, FAMILY, KEYS, PRIVATE_KEYS, PUBLIC_KEYS, REGIE


def claims(**changes: Any) -> dict[str, Any]:
    """What the gateway says of a family."""
    plain = {
        "iss": "gateway", "kind": "family", "sub": str(FAMILY.actor),
        "household": str(FAMILY.household), "exp": int(time.time()) + TOKEN_SECONDS,
    }  # fmt: skip
    return {k: v for k, v in (plain | changes).items() if v is not None}


def signed(said: dict[str, Any], *, key: OKPKey | None = None, kid: str | None = "gateway") -> str:
    """A token as the gateway's key signs it, or another."""
    header = {"alg": "Ed25519"} | ({"kid": kid} if kid else {})
    return jwt.encode(header, said, key or KEYS["gateway"], ["Ed25519"])


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def swap_claims(token: str, said: dict[str, Any]) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{part(said)}.{signature}"


def hs256_with_the_public_key() -> str:
    public = json.loads(PUBLIC_KEYS)["keys"][0]
    secret = OctKey.import_key(base64.urlsafe_b64decode(public["x"] + "=="))
    return jwt.encode({"alg": "HS256", "kid": "gateway"}, claims(), secret, ["HS256"])


DEEP = base64.urlsafe_b64encode(b'{"alg":"Ed25519","kid":"gateway","x":' + b"[" * 4000).decode()
FORGED = {
    "nothing": "",
    "no token": "Bearer",
    "another scheme": f"Basic {signed(claims())}",
    "no JWT": "Bearer abc",
    "expired": f"Bearer {signed(claims(exp=int(time.time()) - 1))}",
    "without an end": f"Bearer {signed(claims(exp=None))}",
    "valid for a year": f"Bearer {signed(claims(exp=int(time.time()) + 31_536_000))}",
    "of an unknown key": f"Bearer {signed(claims(), key=OKPKey.generate_key('Ed25519'))}",
    "of a key nobody knows": f"Bearer {signed(claims(iss='x'), kid='x')}",
    "without a key's name": f"Bearer {signed(claims(), kid=None)}",
    "unsigned": f"Bearer {part({'alg': 'none', 'kid': 'gateway'})}.{part(claims())}.",
    "HS256 with the public key": f"Bearer {hs256_with_the_public_key()}",
    "tampered": f"Bearer {swap_claims(signed(claims()), claims(household=str(uuid4())))}",
    "in another's name": f"Bearer {signed(claims(iss='console'))}",
    "gateway for staff": f"Bearer {signed(claims(kind='staff'))}",
    "gateway for an operator": f"Bearer {signed(claims(kind='operator'))}",
    "notifications for a family": "Bearer "
    + signed(claims(iss="notifications"), key=KEYS["notifications"], kid="notifications"),
    "console for a family": "Bearer "
    + signed(claims(iss="console"), key=KEYS["console"], kid="console"),
    "an unknown kind": f"Bearer {signed(claims(kind='god'))}",
    "a wrong actor": f"Bearer {signed(claims(sub='camille'))}",
    "a wrong household": f"Bearer {signed(claims(household='12'))}",
    "wrong roles": f"Bearer {signed(claims(roles=[['regisseur']]))}",
    "a header without bottom": f"Bearer {DEEP}.{part(claims())}.x",
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_token_opens_nothing(forged: str):
    with pytest.raises(Unsigned):
        Verifier(PUBLIC_KEYS).caller(FORGED[forged])


def test_nothing_at_all_opens_nothing():
    with pytest.raises(Unsigned):
        Verifier(PUBLIC_KEYS).caller(None)


def test_a_good_token_says_who_calls():
    assert Verifier(PUBLIC_KEYS).caller(f"Bearer {signed(claims())}") == FAMILY


@pytest.mark.parametrize(
    ("kid", "kind"), [(kid, kind) for kid, kinds in MAY_SIGN.items() for kind in sorted(kinds)]
)
def test_each_signer_speaks_for_those_it_may(kid: str, kind: Any):
    caller = Caller(kind, uuid4(), None, AGENT.roles if kind == "staff" else frozenset())
    token = Signer(PRIVATE_KEYS[kid]).token(caller)
    assert Verifier(PUBLIC_KEYS).caller(f"Bearer {token}") == caller


def test_a_remembered_token_expires_all_the_same(monkeypatch: pytest.MonkeyPatch):
    verifier, header = Verifier(PUBLIC_KEYS), f"Bearer {signed(claims())}"
    assert verifier.caller(header) == FAMILY
    later = time.time() + TOKEN_SECONDS + 1
    monkeypatch.setattr("chassis.auth.time.time", lambda: later)
    with pytest.raises(Unsigned):
        verifier.caller(header)


def test_a_signer_gives_a_new_token_before_the_old_one_is_half_over(
    monkeypatch: pytest.MonkeyPatch,
):
    signer, now = Signer(PRIVATE_KEYS["gateway"]), time.time()
    monkeypatch.setattr("chassis.auth.time.time", lambda: now)
    first = signer.token(FAMILY)
    assert signer.token(FAMILY) == first
    monkeypatch.setattr("chassis.auth.time.time", lambda: now + TOKEN_SECONDS / 2 + 1)
    assert signer.token(FAMILY) != first


def test_a_role_counts_only_in_its_own_authority():
    assert AGENT.holds({"regisseur"}, REGIE)
    assert not AGENT.holds({"regisseur"}, uuid4())
    assert not AGENT.holds({"administrator"}, REGIE)
    assert not FAMILY.holds({"regisseur"}, REGIE)


def test_an_administrator_of_the_agglomeration_is_one_everywhere_and_its_clerk_is_not():
    def of_the_agglomeration(role: str) -> Caller:
        return Caller("staff", uuid4(), roles=frozenset({(role, AGGLOMERATION)}))

    assert of_the_agglomeration("administrator").holds({"administrator", "clerk"}, REGIE)
    assert not of_the_agglomeration("administrator").holds({"regisseur"}, REGIE)
    assert not of_the_agglomeration("clerk").holds({"administrator", "clerk"}, REGIE)
    let_in(of_the_agglomeration("administrator"), SET_ROLES, REGIE)
    for caller in (of_the_agglomeration("clerk"), AGENT):
        with pytest.raises(NotFound):
            let_in(caller, SET_ROLES, REGIE)


def test_a_kind_that_an_operation_does_not_declare_is_not_admitted():
    with pytest.raises(NotAllowed):
        admit(FAMILY, TAKE_CASH)
    admit(AGENT, TAKE_CASH)


def test_nobody_but_a_family_has_a_household():
    assert FAMILY.own_household == FAMILY.household
    with pytest.raises(NotAllowed):
        _ = AGENT.own_household
