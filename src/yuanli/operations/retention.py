"""How long readings are kept, by class of point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from types import MappingProxyType

from yuanli.operations.readings import Numbers, ReadingStore


@unique
class PointClass(StrEnum):
    """Points that are kept for one reason."""

    METER = "meter"
    """Energy, power, water, gas and heat: compared with years ago, and paid for."""
    PRESENCE = "presence"
    """Where people were: no longer than a year can be compared with the one before."""
    STATE = "state"
    """What devices did and were told."""
    SENSOR = "sensor"
    """All others."""


WORDS: Mapping[PointClass, tuple[str, ...]] = MappingProxyType(
    {
        PointClass.PRESENCE: (
            "occupan",
            "people",
            "person",
            "motion",
            "presence",
            "parking",
            "pir_",
            "queue",
        ),
        PointClass.METER: ("meter", "energy", "power", "usage", "consumption", "demand"),
        PointClass.STATE: ("status", "command", "setpoint", "alarm", "mode"),
    }
)
"""What stands in the Brick class of a point, the first that is found."""

DAYS: Mapping[PointClass, int] = MappingProxyType(
    {PointClass.METER: 1830, PointClass.PRESENCE: 400, PointClass.STATE: 730, PointClass.SENSOR: 1100}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionParams:
    """For how many days readings of each class are kept."""

    days: Mapping[PointClass, int] = field(default_factory=lambda: DAYS)

    def __post_init__(self) -> None:
        if set(self.days) != set(PointClass) or min(self.days.values()) < 1:
            raise ValueError(f"each class needs a number of days of at least 1: {dict(self.days)}")


def class_of(brick_class: str) -> PointClass:
    """Return the class of a point by its Brick class: `Electrical_Meter` is a meter."""
    name = brick_class.lower()
    found = (kind for kind, words in WORDS.items() if any(word in name for word in words))
    return next(found, PointClass.SENSOR)


def forget_old(
    store: ReadingStore,
    points: Mapping[PointClass, Numbers],
    *,
    now: datetime,
    params: RetentionParams = RetentionParams(),
) -> None:
    """Delete the readings that are older than their class is kept."""
    for kind, numbers in points.items():
        if len(numbers):
            before = now - timedelta(days=params.days[kind])
            store.forget(numbers, int(before.timestamp()) * 1_000_000)
