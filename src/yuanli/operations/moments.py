"""Times as readings are kept by: microseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros_of(at: datetime) -> int:
    """Return an aware time in µs."""
    return (at - EPOCH) // MICROSECOND


def time_of(at: int) -> datetime:
    """Return a time in µs as one of UTC."""
    return EPOCH + at * MICROSECOND
