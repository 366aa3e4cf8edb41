"""Passwords: hashed slowly by argon2id, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from yuanli.errors import Text, UnavailableError


class TooManySignInsError(UnavailableError):
    """More passwords wait to be checked than can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordParams:
    """Costs and limits of passwords.

    Parameters
    ----------
    time_cost, memory_kib, parallelism
        Of argon2id: the second recommended option of RFC 9106 (2021), section 4.
    shortest, longest
        In characters (NIST SP 800-63B, 2024, section 3.1.1: at least 8, at least 64 allowed).
    hashing_at_once, longest_queue_s
        Passwords hashed at the same time, so that sign-ins can't take the whole machine; more wait,
        and are turned away after a while.
    """

    time_cost: int = 3
    memory_kib: int = 65_536
    parallelism: int = 2
    shortest: int = 8
    longest: int = 256
    hashing_at_once: int = 2
    longest_queue_s: float = 5.0


class Passwords:
    """Hashes and checks passwords."""

    def __init__(self, params: PasswordParams = PasswordParams()) -> None:
        self._params = params
        self._hashing = BoundedSemaphore(params.hashing_at_once)
        self._hasher = PasswordHasher(
            time_cost=params.time_cost, memory_cost=params.memory_kib, parallelism=params.parallelism
        )

    def needs_rehash(self, password_hash: str) -> bool:
        """Return whether a hash was made with other costs than those of now."""
        return self._hasher.check_needs_rehash(password_hash)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._hashing.acquire(timeout=self._params.longest_queue_s):
            raise TooManySignInsError(
                Text("登录请求过多。", "Too many people sign in at once."),
                hint=Text("请稍后再试。", "Try again in a moment."),
            )
        try:
            yield
        finally:
            self._hashing.release()

    def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._turn():
            return self._hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Return whether a password is the one that was hashed."""
        with self._turn():
            try:
                return self._hasher.verify(password_hash, password[: self._params.longest])
            except (VerifyMismatchError, VerificationError, InvalidHashError):
                return False
