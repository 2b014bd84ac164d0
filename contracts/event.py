"""An event: something that happened, in the past tense, told by one service, never edited."""

from typing import Any, ClassVar, Self
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from contracts.values import Version

EVENTS: dict[str, type["Event"]] = {}
NAMESPACE = UUID("5f0c3c52-3f6b-5d0e-9d86-6f1f0a6d4f10")


class Event(BaseModel):
    """Base of every event. Its name is its routing key and carries its version.

    Readers ignore fields they do not know; writers only ever add optional ones. Anything else
    is a new version, told beside the old. A body holds ids and cents: no person's name, no
    address, no clock. Equal bodies are one event: the id is made from them, so that telling the
    same thing again, after a restore or by mistake, is absorbed by every inbox.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    name: ClassVar[str] = ""

    def __init_subclass__(cls, *, name: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        if name:
            assert name not in EVENTS, f"two events are called {name}"  # noqa: S101
            cls.name = name
            EVENTS[name] = cls

    @classmethod
    def parse(cls, body: bytes | str) -> Self:
        """Read a body as it came. What a later writer added, however deep, is left aside."""
        return cls.model_validate_json(body, extra="ignore")

    def body(self) -> str:
        """The JSON that travels. Empty optional fields stay out, so that adding one keeps ids."""
        return self.model_dump_json(exclude_none=True)

    def id_of(self, body: str) -> UUID:
        """The deterministic id of this event told with this body."""
        return uuid5(NAMESPACE, f"{self.name}\n{body}")


class StateEvent(Event):
    """Carries the whole state of an aggregate and its version: gaps and order do not matter."""

    version: Version


class ProcessEvent(Event):
    """Moves a state machine forward only; late, double, early or missing is each a named case."""
