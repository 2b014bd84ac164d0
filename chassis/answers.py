"""Stored answers: the same write, sent again with the same id, gets the same answer."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel

from chassis.database import Transaction
from contracts.refusal import SameIdOtherContent

CLAIM = """
insert into answer (principal, operation, id, content) values ($1, $2, $3, $4)
on conflict (principal, operation, id) do nothing
returning app_now() as now
"""
STORED = (
    "select content, status, body from answer where principal = $1 and operation = $2 and id = $3"
)
KEEP = (
    "update answer set status = $4, body = $5 where principal = $1 and operation = $2 and id = $3"
)


@dataclass(frozen=True)
class StoredAnswer:
    """What was answered the first time, byte for byte."""

    status: int
    body: bytes


async def claim(
    tx: Transaction, principal: UUID, operation: str, key: UUID, request: BaseModel
) -> StoredAnswer | None:
    """Take this id for this write, waiting for a twin in flight; give its answer if it has one.

    First statement of the effect's own transaction. Raises SameIdOtherContent.
    """
    content = hashlib.sha256(request.model_dump_json().encode()).digest()
    if await tx.fetchval(CLAIM, principal, operation, key, content):
        return None
    row = await tx.fetchrow(STORED, principal, operation, key)
    if row is None:
        raise TimeoutError("the twin's answer left before it could be read")
    if bytes(row["content"]) != content:
        raise SameIdOtherContent()
    return StoredAnswer(row["status"], bytes(row["body"]))


async def keep(
    tx: Transaction, principal: UUID, operation: str, key: UUID, answer: StoredAnswer
) -> None:
    """Store the answer with the effect. A refusal is not stored: the same id may try again."""
    await tx.execute(KEEP, principal, operation, key, answer.status, answer.body)
