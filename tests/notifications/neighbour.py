"""A small real neighbour: the chassis's own web application, answering as accounts by a script.

It proves what notifications asks and makes of the answers, never what accounts promises.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp.test_utils import TestServer
from pydantic import BaseModel

from chassis.auth import Caller, Verifier
from chassis.web import Door, application, behind_door
from contracts.accounts import (
    FIND_RECIPIENTS,
    WRITE_LETTERS,
    FindRecipients,
    HouseholdView,
    Letter,
    Letters,
    Recipients,
    WriteLetters,
)
from contracts.operation import Operation
from tests.accounts.at_work import PUBLIC_KEYS

LINKS = (
    "proof", "account_exists", "password", "new_address", "invitation", "agent_invitation",
    "agent_password",
)  # fmt: skip


@dataclass
class ScriptedAccounts:
    """Households and letters that are known, and what was asked, by whom."""

    url: str = ""
    households: dict[UUID, HouseholdView] = field(default_factory=dict)
    letters: dict[UUID, list[Letter]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    """Those that were drawn, one by one."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Operations, and of how many things."""

    def find_recipients(self, request: FindRecipients) -> Recipients:
        """Those of the households that are known."""
        self.asked.append(("find_recipients", len(request.households)))
        known = (self.households.get(household) for household in request.households)
        return Recipients(households=tuple(view for view in known if view))

    def write_letters(self, request: WriteLetters) -> Letters:
        """The messages of these letters, each link with a secret of its own."""
        self.asked.append(("write_letters", len(request.letters)))
        known = [letter for wanted in request.letters for letter in self.letters.get(wanted, [])]
        return Letters(letters=tuple(map(self._with_secret, known)))

    def _with_secret(self, letter: Letter) -> Letter:
        if letter.kind not in LINKS:
            return letter
        self.secrets.append(f"secret{len(self.secrets):04}-_aZ")
        return letter.model_copy(update={"secret": self.secrets[-1]})

    def forget(self) -> None:
        """What was asked and drawn belongs to another test."""
        self.asked.clear()
        self.secrets.clear()

    @asynccontextmanager
    async def answering(self) -> AsyncIterator["ScriptedAccounts"]:
        """Over HTTP, to whoever signs as a service."""

        def bound(operation: Operation[Any, Any], handler: Any) -> Any:
            async def answer(_door: Door, request: BaseModel) -> Any:
                return handler(request)

            return behind_door(operation, answer)

        def door(caller: Caller) -> Door:
            return Door(caller, None, lambda: None, None)  # type: ignore[arg-type]

        bindings = [
            bound(FIND_RECIPIENTS, self.find_recipients),
            bound(WRITE_LETTERS, self.write_letters),
        ]
        async with TestServer(application(bindings, Verifier(PUBLIC_KEYS), door)) as server:
            self.url = str(server.make_url("")).rstrip("/")
            yield self
