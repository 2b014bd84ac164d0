"""The body of a form as a hostile client writes it, byte by byte."""

from collections.abc import Iterable
from urllib.parse import quote_plus


class Encoded(str):
    """A value that is percent-encoded already, for bytes that are no text."""

    __slots__ = ()


def body_of(fields: Iterable[tuple[str, str]]) -> bytes:
    """The fields as a browser would send them; encoded values go out as they are."""
    pairs = (
        f"{quote_plus(name)}={value if isinstance(value, Encoded) else quote_plus(value)}"
        for name, value in fields
    )
    return "&".join(pairs).encode()
