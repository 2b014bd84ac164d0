"""What a form sent, field by field."""

from uuid import UUID

from aiohttp import web
from multidict import MultiMapping

from contracts.refusal import Malformed


class Form:
    """The fields of a form as text; what is missing is empty."""

    def __init__(self, fields: "MultiMapping[str | bytes | bytearray | web.FileField]"):
        self._fields = fields

    def text(self, name: str) -> str:
        """One field."""
        value = self._fields.get(name, "")
        return value if isinstance(value, str) else ""

    def all(self, name: str) -> list[str]:
        """Every value of a repeated field."""
        return [v for v in self._fields.getall(name, []) if isinstance(v, str)]

    def id(self, name: str) -> UUID:
        """A field that holds an id. Raises Malformed."""
        try:
            return UUID(self.text(name))
        except ValueError as error:
            raise Malformed() from error
