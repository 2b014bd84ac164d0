"""Rules about what contracts and services declare; each takes what it judges as an argument."""

from collections.abc import Iterable, Mapping, Sequence
from string import Formatter
from typing import Any

from contracts.event import ProcessEvent, StateEvent

FIELDS_MAX = 15


def badly_named_events(events: Mapping[str, Any], services: Sequence[str]) -> list[str]:
    """An event is called `<service>.<what_happened>.v<n>` and stands in its service's contract."""
    found = []
    for name, event in events.items():
        service, _, version = (*name.split("."), "", "")[:3]
        known = service in services and event.__module__.split(".")[:2] == ["contracts", service]
        if not (known and version.startswith("v") and version[1:].isdigit()):
            found.append(f"{name} is not the name of an event of {event.__module__}")
        if not issubclass(event, StateEvent | ProcessEvent):
            found.append(f"{name} is neither a state event nor a process event")
    return found


def silent(things: Mapping[str, Any]) -> list[str]:
    """An event or a refusal opens with a sentence of its own."""
    return [
        f"{name} says nothing of itself"
        for name, thing in things.items()
        if not (thing.__dict__.get("__doc__") or "").strip().endswith(".")
    ]


def badly_worded_refusals(refusals: Mapping[str, Any]) -> list[str]:
    """A refusal has a French sentence, and quotes only what its details know."""
    found = []
    for code, refusal in refusals.items():
        sentence = getattr(refusal, "sentence", "")
        if not (sentence[:1].isupper() and sentence.endswith((".", "!", "?"))):
            found.append(f"{code} has no sentence for people")
        if "'" in sentence:
            found.append(f"{code} wants the typographic apostrophe")
        quoted = {field for _, field, _, _ in Formatter().parse(sentence) if field}
        for field in sorted(quoted - set(refusal.Details.model_fields)):
            found += [f"{code} quotes {field}, which its details do not know"]
    return found


def badly_bound_operations(
    operations: Mapping[str, Any], bound: Mapping[str, Sequence[Any]]
) -> list[str]:
    """Every operation is answered by the service it is named after, once, and by no other."""
    found = []
    for name, operation in operations.items():
        answering = [service for service, values in bound.items() if operation in values]
        if answering != [operation.service]:
            found.append(f"{name} is answered by {answering or 'nobody'}")
    return found


def unexplained_writes(operations: Iterable[Any]) -> list[str]:
    """A PUT declares its idempotency key, or its summary says by what it is idempotent."""
    return [
        f"{o.name} may be done twice"
        for o in operations
        if o.method == "PUT" and not o.idempotency_key and "Idempotent by" not in o.summary
    ]


def misplaced_keys(operations: Iterable[Any]) -> list[str]:
    """An idempotency key is a field of the path: the id of what is made."""
    return [
        f"{o.name}: {o.idempotency_key} is not in {o.path}"
        for o in operations
        if o.idempotency_key and o.idempotency_key not in o.path_fields
    ]


def overgrown_settings(settings: Iterable[Any]) -> list[str]:
    """A process has at most fifteen settings."""
    return [
        f"{s.__module__} has {len(s.model_fields)} settings"
        for s in settings
        if len(s.model_fields) > FIELDS_MAX
    ]


def unread_events(readers: Mapping[str, Sequence[str]]) -> list[str]:
    """Somebody reads every event: without a queue the broker would never confirm it."""
    return [f"{name} is read by nobody" for name, by in readers.items() if not by]
