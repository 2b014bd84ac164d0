"""Every form of the gateway, and the bad posts that a seeded generator makes of it."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.gateway.bad_inputs import HOPELESS, MISTAKES, ODD, STRANGER
from tests.gateway.bad_urls import Encoded, body_of

Who = Literal["visitor", "applicant", "family"]
COMBINED = 24
"""Posts of each form in which several fields are wrong at once."""
FORM = "application/x-www-form-urlencoded"
REPEATED = ("meal", "taken out", "part", "wish")
EXTRAS = (
    ("household", STRANGER), ("person", "⟦martin⟧"), ("standing", "validated"), ("admin", "oui"),
    ("__proto__", "x"), ("_method", "DELETE"), ("cents", "0"), ("csrf", "x"), ("", ""),
)  # fmt: skip
"""Fields that no form has."""
HIDDEN = frozenset({
    "id", "purpose", "date", "cents", "free", "meal", "taken out", "part", "means", "span",
})  # fmt: skip
ASKS_AGAIN = ("signed in", "proof", "new_address")
"""Forms that know whose password they ask for, and may say that it is not the one."""
SECRET_KINDS = frozenset({"password", "new password", "wrong password"})


@dataclass(frozen=True)
class Post:
    """One post; `wrong` is the id of the field beside which a sentence is owed."""

    what: str
    path: str
    body: bytes
    headers: Mapping[str, str]
    proof: str = "own"
    wrong: str = ""
    leads: str = ""
    """Where it may lead, when nothing is left to be done; nowhere if empty."""
    kept: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form as its page draws it: who sends it, and each field with its kind and a good value.

    `good` is where the good post leads; the page itself when it is drawn again with 200.
    """

    route: str
    who: Who
    fields: Mapping[str, tuple[str, str]]
    good: str
    path: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    name: str = ""
    others: tuple[Mapping[str, str], ...] = ()
    """Changes that have the right shape and concern somebody else, or nothing."""
    quiet: bool = False
    """What is not there any more, or somebody else's, looks as if it were done already."""

    @property
    def called(self) -> str:
        """How a report names it."""
        return f"{self.route} {self.name}".strip()

    def address(self, changed: Mapping[str, str] | None = None) -> str:
        """Its path, with some parts of it changed."""
        parts = {name: value for name, (_, value) in self.path.items()} | dict(changed or {})
        return self.route.format(**parts)

    def typed(self) -> list[tuple[str, str]]:
        """Its fields, well filled in."""
        return [(name, value) for name, (_, value) in self.fields.items() if value]

    def post(self, what: str, fields: list[tuple[str, str]], **more: object) -> Post:
        """A post of this form from our own page."""
        given = {
            "path": self.address(), "headers": {"Content-Type": FORM},
            "leads": self.good if self.quiet else "", **more,
        }  # fmt: skip
        hidden = tuple(v for n, v in fields if self._kind(n) in SECRET_KINDS and len(v) > 5)
        return Post(f"{self.called}: {what}", body=body_of(fields), secrets=hidden, **given)

    def well(self) -> Post:
        """The good post."""
        return self.post("well filled in", self.typed())

    def _kind(self, name: str) -> str:
        return self.fields.get(name, ("", ""))[0]

    # -- badly filled in ------------------------------------------------------------------------

    def posts(self) -> Iterator[Post]:
        """Everything bad that is tried with this form. Nothing of it may change anything."""
        yield from self._envelopes()
        yield from self._lost()
        yield from self._singles()
        yield from self._combined()
        yield from self._mistakes()
        for changed in self.others:
            parts = {n: v for n, v in changed.items() if n in self.path}
            fields = self.with_fields({n: v for n, v in changed.items() if n not in self.path})
            yield self.post(f"others' {changed}", fields, path=self.address(parts))

    def with_fields(self, changed: Mapping[str, str]) -> list[tuple[str, str]]:
        """The fields, some of them with another value."""
        return [*((n, v) for n, v in self.typed() if n not in changed), *changed.items()]

    def _envelopes(self) -> Iterator[Post]:
        """The right fields, sent the wrong way."""
        good = self.typed()
        for kind in (
            "application/json", "multipart/form-data; boundary=x", "text/plain", "", "x/y",
            f"{FORM}; charset=utf-16", f"{FORM}; charset=nonsense", f"{FORM}; charset=utf-7",
            f"{FORM}; charset=unicode_escape", f"{FORM}; charset=hex", "multipart/form-data",
        ):  # fmt: skip
            yield self.post(f"as {kind or 'nothing'}", good, headers={"Content-Type": kind})
        for proof in ("none", "other", "long", "letters", "twice"):
            yield self.post(f"proof {proof}", good, proof=proof)
        for header in ("Origin: https://ailleurs.example", "Origin: null",
                       "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: none"):  # fmt: skip
            name, value = header.split(": ")
            yield self.post(header, good, headers={"Content-Type": FORM, name: value})
        yield self.post("too large", [*good, ("x", "y" * 250_000)])
        broken = Encoded("%ZZ%")
        yield self.post("unread names", [(f"\x00{n}", broken) for n, _ in good], proof="none")

    def _lost(self) -> Iterator[Post]:
        """Parts of the path that lead nowhere."""
        for part, (kind, _) in self.path.items():
            for value in HOPELESS[kind]:
                path = self.address({part: value})
                yield self.post(f"{part} {value[:40]!r}", self.typed(), path=path)

    def _singles(self) -> Iterator[Post]:
        """One field wrong; missing; as a list; a thousand times."""
        for name, (kind, _) in self.fields.items():
            for value in HOPELESS.get(kind, ()):
                yield self.post(f"{name}={value[:40]!r}", self.with_fields({name: value}))
            if kind not in HOPELESS:
                continue
            rest = [(n, v) for n, v in self.typed() if n != name]
            if "" in HOPELESS[kind] and kind != "meal":  # no meal at all is an empty choice
                yield self.post(f"{name} missing", rest)
                yield self.post(f"{name} as a list", [*rest, (f"{name}[]", "x")])
            many = [(name, HOPELESS[kind][-1])] * 1_000
            yield self.post(f"{name} a thousand times", [*many, *rest])

    def _combined(self) -> Iterator[Post]:
        """Several fields wrong at once, in any order, some twice, beside unknown ones."""
        draw = random.Random(f"2000 {self.called}")  # noqa: S311
        hopeless = [n for n, (kind, _) in self.fields.items() if kind in HOPELESS]
        others = [n for n, (kind, _) in self.fields.items() if kind in ODD]
        for number in range(COMBINED if hopeless else 0):
            wrong = draw.sample(hopeless, draw.randint(1, min(4, len(hopeless))))
            strange = draw.sample(others, draw.randint(0, len(others)))
            values = {n: draw.choice(HOPELESS[self._kind(n)]) for n in wrong}
            values |= {n: draw.choice(ODD[self._kind(n)]) for n in strange}
            fields = self.with_fields(values)
            draw.shuffle(fields)
            twice = [(n, self.fields[n][1]) for n in wrong if self._kind(n) not in REPEATED]
            fields += draw.sample(EXTRAS, draw.randint(0, 3)) + twice * draw.randint(0, 1)
            yield self.post(f"combined {number} {sorted(values)}", fields)

    def _mistakes(self) -> Iterator[Post]:
        """What people type by mistake: each owes a sentence beside its field."""
        for name, (kind, _) in self.fields.items():
            if kind == "day":
                group = name.removesuffix("_day")
                for text in MISTAKES["birth"]:
                    parts = [f"{group}_{part}" for part in ("day", "month", "year")]
                    yield self._mistake(group, dict(zip(parts, text.split("/"), strict=True)))
            for value in MISTAKES.get(kind, ()):
                yield self._mistake("entrees" if kind == "wish" else name, {name: value})
            if kind == "password" and self.name in ASKS_AGAIN:
                for value in MISTAKES["wrong password"]:
                    yield self._mistake(name, {name: value})

    def _mistake(self, wrong: str, changed: Mapping[str, str]) -> Post:
        fields = [(n, v) for n, v in self.with_fields(changed) if v or n not in changed]
        kept = [
            (n, v) for n, v in self.typed()
            if n not in changed and self._kind(n) not in HIDDEN | SECRET_KINDS
        ]  # fmt: skip
        return self.post(f"mistake {changed}"[:120], fields, wrong=wrong, kept=tuple(kept))
