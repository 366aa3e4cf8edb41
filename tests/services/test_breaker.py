"""A circuit breaker opens after failures in a row, lets one call try, and closes when that succeeds."""

from __future__ import annotations

from yuanli.services import Breaker, BreakerParams


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_tries_and_closes() -> None:
    seconds = Seconds()
    breaker = Breaker("It", seconds, BreakerParams(failures=2, open_s=10))
    breaker.failed()
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()
    seconds.now = 10.0
    assert breaker.admits()
    assert not breaker.admits(), "one call at a time may try"
    breaker.failed()
    seconds.now = 19.0
    assert not breaker.admits()
    seconds.now = 20.0
    assert breaker.admits()
    breaker.succeeded()
    assert breaker.admits()
    breaker.failed()
    assert breaker.admits()


def test_a_success_forgets_the_failures_before_it() -> None:
    breaker = Breaker("It", lambda: 0.0, BreakerParams(failures=2, open_s=10))
    for _ in range(5):
        breaker.failed()
        breaker.succeeded()
    assert breaker.admits()
