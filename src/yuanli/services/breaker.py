"""A service that keeps failing is left alone for a while (M. Nygard 2007, Release It!, circuit breaker)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerParams:
    """After `failures` in a row nobody calls for `open_s` seconds; then one call tries."""

    failures: int = 4
    open_s: float = 30.0


class Breaker:
    """Whether a service is worth calling. Its clock counts seconds."""

    def __init__(
        self, name: str, clock: Callable[[], float], params: BreakerParams = BreakerParams()
    ) -> None:
        self._name = name
        self._clock = clock
        self._params = params
        self._lock = Lock()
        self._failures = 0
        self._opened_at: float | None = None

    def admits(self) -> bool:
        """Return whether to call now; while open, one call every `open_s` seconds may try."""
        with self._lock:
            if self._opened_at is None:
                return True
            if self._clock() - self._opened_at < self._params.open_s:
                return False
            self._opened_at = self._clock()
            return True

    def succeeded(self) -> None:
        """Close: calls are welcome again."""
        with self._lock:
            if self._opened_at is not None:
                log.info("%s is back.", self._name)
            self._failures, self._opened_at = 0, None

    def failed(self) -> None:
        """Count a failure; open at the last one that is borne."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._params.failures:
                if self._opened_at is None:
                    log.warning("%s fails: left alone for %.0f s.", self._name, self._params.open_s)
                self._opened_at = self._clock()
