"""Argon2id and zxcvbn in their own threads: as slow as a neighbour, and kept outside likewise."""

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contracts.refusal import Unavailable
from services.accounts.domain.passwords import normal, refuse_weak

Result = TypeVar("Result")

WAITING_MAX = 100
"""Sign-ins that may wait for a thread; beyond, it is kinder to say "in a moment"."""


class Passwords:
    """Hashes and checks passwords at OWASP's minimum for Argon2id: 19 MiB, two passes, one lane.

    New ones are judged here too, one at a time: zxcvbn is not made for two threads.
    """

    def __init__(self, threads: int):
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._threads = ThreadPoolExecutor(threads, "argon2")
        self._decoy = self._hasher.hash(secrets.token_urlsafe())
        self._waiting = 0
        self._judging = threading.Lock()

    async def hash(self, password: str) -> str:
        """A hash to store."""
        return await self._apart(lambda: self._hasher.hash(normal(password)))

    async def fits(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; as long for nobody's as for somebody's."""
        return await self._apart(lambda: self._verify(stored, normal(password)))

    async def judge(self, password: str, own_words: Iterable[str]) -> None:
        """Whether a new password holds against who knows these words. Raises PasswordTooWeak."""
        words = list(own_words)
        await self._apart(lambda: self._judge(password, words))

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _judge(self, password: str, own_words: list[str]) -> None:
        with self._judging:
            refuse_weak(password, own_words)

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            self._hasher.verify(stored or self._decoy, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    async def _apart(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= WAITING_MAX:
            raise Unavailable()
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
