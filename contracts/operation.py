"""An operation: one thing a service can be asked, declared once for server, client and docs."""

import re
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from contracts.refusal import Refusal
from contracts.values import StaffRole, Value

Request = TypeVar("Request", bound=BaseModel)
Response = TypeVar("Response", bound=BaseModel)
OPERATIONS: dict[str, "Operation[Any, Any]"] = {}

CallerKind = Literal["family", "applicant", "visitor", "staff", "service", "operator"]
"""family: a signed-in, validated household. applicant: a signed-in household that waits: it fills
its file and follows its requests, nothing else. visitor: the gateway for nobody yet. staff: a town
hall's agent. service: another service's timer. operator: a command line beside the database."""

MAY_SIGN: dict[str, frozenset[CallerKind]] = {
    "gateway": frozenset({"family", "applicant", "visitor"}),
    "console": frozenset({"staff", "visitor"}),
    "notifications": frozenset({"service"}),
    "operator": frozenset({"family", "applicant", "staff", "operator"}),
}
"""For whom each holder of a signing key (by its `kid`) may speak."""


class Done(Value):
    """The answer of an operation that has nothing to tell but that it is done."""


@dataclass(frozen=True)
class Operation(Generic[Request, Response]):
    """Method, path, request, response, refusals and callers of one operation.

    The request model holds the fields of the path, and those of the body (PUT, POST) or of the
    query (GET, DELETE). A write is a PUT whose id is made by the caller: `idempotency_key` names
    the field that holds it, and the stored answer comes back for the same id and content.
    `roles` limits staff; it is checked for the authority that the object belongs to.
    """

    name: str
    method: Literal["GET", "PUT", "POST", "DELETE"]
    path: str
    request: type[Request]
    response: type[Response]
    callers: frozenset[CallerKind]
    summary: str
    refusals: tuple[type[Refusal], ...] = ()
    status: int = 200
    idempotency_key: str | None = None
    roles: frozenset[StaffRole] = frozenset()

    def __post_init__(self) -> None:
        """Take its place in the registry; two operations cannot share a name or a route."""
        route = (self.service, self.method, re.sub(r"\{\w+\}", "{}", self.path))
        taken = {
            (o.service, o.method, re.sub(r"\{\w+\}", "{}", o.path)) for o in OPERATIONS.values()
        }
        assert self.name not in OPERATIONS, f"two operations are called {self.name}"  # noqa: S101
        assert route not in taken, f"two operations answer {route}"  # noqa: S101
        assert self.path_fields <= set(self.request.model_fields), self.name  # noqa: S101
        OPERATIONS[self.name] = self

    @property
    def service(self) -> str:
        """The service that answers: the first part of the name."""
        return self.name.partition(".")[0]

    @property
    def path_fields(self) -> frozenset[str]:
        """The request's fields that stand in the path."""
        return frozenset(re.findall(r"\{(\w+)\}", self.path))

    @property
    def has_body(self) -> bool:
        """Whether the other fields travel as a JSON body; otherwise as the query."""
        return self.method in ("PUT", "POST")
