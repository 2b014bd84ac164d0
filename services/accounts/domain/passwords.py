"""Which passwords hold: long or mixed enough, and not found by who knows the person."""

import re
import unicodedata
from collections.abc import Iterable

from zxcvbn import zxcvbn

from contracts.accounts import PasswordTooWeak

LONG = 12
"""From so many characters on, any of them will do…"""

SHORT = 8
"""…and from so many, if there are small and capital letters, digits and other signs among them."""

SCORE_MIN = 3
"""Of zxcvbn's 0 to 4: a hundred million guesses, with the person's own words known."""

JUDGED = 72
"""As many characters as zxcvbn looks at; what follows only makes a password better."""

GUESS_MIN = 3
"""Shorter pieces of a name stand in any word."""

BETWEEN_WORDS = re.compile(r"[\W_]+")


def normal(password: str) -> str:
    """Composed and decomposed accents are one password: keyboards differ, people do not know."""
    return unicodedata.normalize("NFKC", password)


def refuse_weak(password: str, own_words: Iterable[str]) -> None:
    """A password that can be kept, by a person whose own words are these.

    Raises PasswordTooWeak. Not for two threads at a time: zxcvbn keeps the words in a global.
    """
    given = normal(password)
    if len(given) < LONG and not (len(given) >= SHORT and is_mixed(given)):
        raise PasswordTooWeak(why="short")
    known = sorted(guesses(own_words))
    if any(zxcvbn(each[:JUDGED], known)["score"] < SCORE_MIN for each in _spellings(given)):
        raise PasswordTooWeak(why="guessable")


def _spellings(given: str) -> set[str]:
    """A long password counts without what stands between its words, too: that is tried first."""
    if len(given) < LONG:
        return {given}
    return {given, BETWEEN_WORDS.sub("", given)} - {""}


def is_mixed(password: str) -> bool:
    """Whether there are small and capital letters, digits and other signs."""
    return all(
        any(kind(sign) for sign in password)
        for kind in (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    )


def guesses(own_words: Iterable[str]) -> set[str]:
    """What comes to the mind of who knows these words: whole, in parts, and without accents."""
    found = set()
    for words in own_words:
        for spelling in (words.casefold(), _bare(words)):
            parts = [part for part in BETWEEN_WORDS.split(spelling) if part]
            found |= {spelling, "".join(parts), *parts}
    return {guess for guess in found if len(guess) >= GUESS_MIN}


def _bare(words: str) -> str:
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
