"""Structured logs: one canonical line per request or batch, and never personal data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

FORBIDDEN = frozenset({
    "email", "password", "first_name", "last_name", "birth_date", "address", "phone", "token",
    "token_hash", "cookie", "authorization", "body", "iban", "allergies", "subject",
})  # fmt: skip
"""Keys that may carry personal data or secrets: dropped, whoever logs them."""


def _without_personal_data(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in FORBIDDEN & event.keys():
        event[key] = "[removed]"
    return event


def _error_in_brief(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep the kind and the place of an error: its message may quote what a person typed."""
    error = event.pop("error", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        trace, places = error.__traceback__, []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
            trace = trace.tb_next
        event["places"] = places[-8:]
    elif error is not None:
        event["error"] = error
    return event


def configure(level: str = "info", form: str = "json", **bound: str) -> None:
    """Set up structlog for the process; `bound` stands on every line (the service's name)."""
    renderer: Any = structlog.processors.JSONRenderer()
    if form == "console":
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _error_in_brief,
            _without_personal_data,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**bound)
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format="%(name)s %(message)s")
