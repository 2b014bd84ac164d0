"""What an agent types to find a family, as the words that are looked for."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.accounts.domain.people import bare, email_key

BETWEEN_WORDS = re.compile(r"[ _.,;:/()&+'’‘´`‐–-]+")
"""What stands between the words of a name. The migration's `name_words` takes them apart alike."""

LAST_SIGN = "\U0010ffff"
"""No sign comes after it."""

WORDS_MAX = 8
"""Who knows more of a family has found it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word that somebody in the household has.

    `name`: the beginning of a word of a name, or a part of an address before its @; `address`: a
    part of an address that goes on behind it; `born`: a day.
    """

    word: str
    kind: Literal["name", "address", "born"]

    @property
    def beyond(self) -> str:
        """What comes after all words that begin with this one, sign by sign."""
        return self.word + LAST_SIGN


def wanted(text: str, born: date | None) -> list[Wanted]:
    """All of this is looked for; nothing stands for everybody."""
    found = [Wanted(str(born), "born")] if born else []
    for typed in text.split():
        if "@" in typed:
            found.append(Wanted(email_key(typed), "address"))
        else:
            parts = BETWEEN_WORDS.split(bare(typed))
            found += [Wanted(part, "name") for part in parts if part]
    return list(dict.fromkeys(found))[:WORDS_MAX]
