"""What is wrong with an answer to a bad post: a page that breaks, babbles, or leaves one alone."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.gateway.bad_forms import Post
from tests.gateway.bad_town import Answer
from tests.gateway.reading import VOID, Reader

STATUSES = frozenset({200, 303, 403, 404, 409, 410, 413, 422, 429})
"""What the gateway's pages answer when every service is there (gateway/errors.py)."""
BABBLE = re.compile(
    r"Traceback|File \"/|Exception|ValidationError|asyncpg|pydantic|site-packages|<class |"
    r"\b(?:not found|bad request|internal|server error|invalid|error|forbidden|unauthorized|"
    r"missing|required|must be|unexpected|entity|too large|not allowed|undefined|none)\b",
    re.IGNORECASE,
)
"""Words of machines, and of English ones."""
RAW = re.compile(r"<script>alert|<img src=x|62773913", re.IGNORECASE)
"""Hostile text that was not written as text, or was computed."""


class Said(HTMLParser):
    """What a page says beside each field: texts by id, and what each field points at."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.wrong: dict[str, tuple[str, bool]] = {}
        """By the field's name: the ids it points at, and whether it is marked as invalid."""
        self.visible: list[str] = []
        self._open: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        given = {name: value or "" for name, value in attrs}
        if tag in ("input", "select", "textarea") and given.get("name"):
            around = " ".join(pointed for _, _, pointed in self._open)
            pointed = f"{given.get('aria-describedby', '')} {around}"
            known, invalid = self.wrong.get(given["name"], ("", False))
            invalid = invalid or given.get("aria-invalid") == "true"
            self.wrong[given["name"]] = (f"{known} {pointed}", invalid)
        if tag not in VOID:
            self._open.append((tag, given.get("id", ""), given.get("aria-describedby", "")))

    def handle_endtag(self, _tag: str) -> None:
        """What was opened last closes."""
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Text, as one reads it."""
        if any(tag in ("script", "style") for tag, _, _ in self._open):
            return
        self.visible.append(data)
        for _, name, _ in self._open:
            if name:
                self.texts[name] = self.texts.get(name, "") + data

    def beside(self, name: str) -> str:
        """The error that a field points at; "" when it points at none."""
        pointed, _ = self.wrong.get(name, ("", False))
        errors = (self.texts.get(each, "") for each in pointed.split() if "-erreur" in each)
        return " ".join(errors).strip()


@dataclass
class Judge:
    """Reads one answer."""

    answer: Answer
    post: Post
    faults: list[str] = field(default_factory=list)

    def judged(self) -> list[str]:
        """Everything that is wrong with it."""
        status = self.answer.status
        self._blame(status not in STATUSES, f"status {status}")
        self._headers()
        if status == 303:
            self._onward()
        else:
            self._page()
        return self.faults

    def _blame(self, is_so: object, fault: str) -> None:
        if is_so:
            self.faults.append(fault)

    def _headers(self) -> None:
        headers = self.answer.headers
        self._blame("X-Injecte" in headers, "a header was injected")
        self._blame("volee" in headers.get("Set-Cookie", ""), "a cookie was injected")
        self._blame("Content-Security-Policy" not in headers, "no security headers")

    def _onward(self) -> None:
        location = self.answer.headers.get("Location", "")
        self._blame(not re.fullmatch(r"/(?!/)[!-\[\]-~]*", location), f"leads to {location!r}")
        self._blame(self.answer.text, "a text nobody sees")
        self._blame(self.post.wrong, "no word about the mistake")
        leads = self.post.leads
        self._blame(not leads or not location.startswith(leads), f"accepted: {location!r}")

    def _page(self) -> None:
        text = self.answer.text
        reader, said = Reader(), Said()
        reader.feed(text)
        said.feed(text)
        self.faults += reader.judge()
        self._blame('<html lang="fr">' not in text, "not a page in French")
        babble = BABBLE.search(" ".join(said.visible))
        self._blame(babble, f"says {babble and babble.group()!r}")
        raw = RAW.search(text)
        self._blame(raw, f"raw {raw and raw.group()!r}")
        plain = html.unescape(text)
        self._blame(any(s in plain for s in self.post.secrets), "shows a password again")
        if self.post.wrong:
            self._sentence(said)
            self._kept(reader)

    def _sentence(self, said: Said) -> None:
        names = {"entrees": ("demande",)}.get(self.post.wrong, (self.post.wrong,))
        if self.post.wrong == "birth":
            names = ("birth_day", "birth_month", "birth_year")
        for name in names:
            sentence = said.beside(name)
            self._blame(not sentence.endswith("."), f"beside {name} stands {sentence!r}")
            invalid = said.wrong.get(name, ("", False))[1]
            self._blame(not invalid, f"{name} is not marked")
        self._blame(self.answer.status != 422, f"status {self.answer.status} for a mistake")
        self._blame("Erreur : " not in self.answer.text.split("</title>")[0], "title without error")

    def _kept(self, reader: Reader) -> None:
        sent = [field for fields in reader.forms.values() for field in fields]
        lost = [pair for pair in self.post.kept if pair not in sent]
        self._blame(lost, f"lost {lost}")


def faults_of(answer: Answer, post: Post) -> list[str]:
    """Everything that is wrong with an answer to a bad post."""
    return Judge(answer, post).judged()
