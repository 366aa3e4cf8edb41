"""Slowing down whoever guesses passwords, without locking out the owner of the account."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleParams:
    """How often somebody may fail (OWASP Authentication Cheat Sheet, 2024: count by account and source).

    Parameters
    ----------
    free_failures
        Failures of one account from one address that cost no waiting.
    free_failures_address
        Failures from one address over all accounts that cost no waiting.
    first_wait_s, longest_wait_s
        The first waiting time, doubled by every further failure, and its limit.
    forget_s
        Failures older than this are forgotten.
    remembered
        The most keys that are remembered; the longest unused goes first.
    """

    free_failures: int = 5
    free_failures_address: int = 50
    first_wait_s: float = 1.0
    longest_wait_s: float = 300.0
    forget_s: float = 3600.0
    remembered: int = 10_000


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: datetime


class Throttle:
    """Failures by account and address, and by address alone."""

    def __init__(self, params: ThrottleParams = ThrottleParams()) -> None:
        self._params = params
        self._lock = Lock()
        self._failures: OrderedDict[Key, _Failures] = OrderedDict()

    def wait_s(self, username: str, address: str, now: datetime) -> float:
        """Return the seconds until the next attempt is heard; 0 if it may be made now."""
        with self._lock:
            return max(
                self._wait_s((username, address), self._params.free_failures, now),
                self._wait_s(("", address), self._params.free_failures_address, now),
            )

    def failed(self, username: str, address: str, now: datetime) -> None:
        """Count a failure."""
        with self._lock:
            for key in ((username, address), ("", address)):
                before = self._failures.pop(key, None)
                fresh = before is not None and now - before.last < timedelta(seconds=self._params.forget_s)
                self._failures[key] = _Failures(before.count + 1 if before and fresh else 1, now)
            while len(self._failures) > self._params.remembered:
                self._failures.popitem(last=False)

    def succeeded(self, username: str, address: str) -> None:
        """Forget the failures of this account from this address."""
        with self._lock:
            self._failures.pop((username, address), None)

    def _wait_s(self, key: Key, free: int, now: datetime) -> float:
        failures = self._failures.get(key)
        if failures is None or failures.count < free:
            return 0.0
        doublings = min(failures.count - free, 30)
        wait_s = min(self._params.first_wait_s * 2**doublings, self._params.longest_wait_s)
        since_s = (now - failures.last).total_seconds()
        return 0.0 if since_s >= self._params.forget_s else max(0.0, wait_s - since_s)
