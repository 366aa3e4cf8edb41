"""How far a reading can be trusted, and why: what other standards call flags."""

from __future__ import annotations

from enum import IntEnum, IntFlag, unique


@unique
class Quality(IntEnum):
    """Of two judgements the higher one holds. `docs/telemetry.md` maps it to OPC UA, BACnet and QARTOD."""

    GOOD = 0
    ESTIMATED = 1
    SUSPECT = 2
    BAD = 3
    MISSING = 4


@unique
class Reason(IntFlag):
    """What a rule found: one bit a rule, kept in 32 bits, never given another meaning."""

    NONE = 0
    DUPLICATE = 1 << 0
    """The same reading came again."""
    CONFLICT = 1 << 1
    """Another value of the same time came later; the first holds."""
    LATE = 1 << 2
    FUTURE = 1 << 3
    """Its time was still to come when it came."""
    CLOCK = 1 << 4
    """The device's clock was off by a whole step, such as an hour of summer time."""
    SENTINEL = 1 << 5
    """A number that devices say for "no value", such as −999 or 65535."""
    HARD_RANGE = 1 << 6
    """Impossible for the quantity."""
    SOFT_RANGE = 1 << 7
    """Unusual for the quantity."""
    UNIT = 1 << 8
    """Sent in another unit than the point's."""
    SPIKE = 1 << 9
    STUCK = 1 << 10
    NOISE = 1 << 11
    DRIFT = 1 << 12
    OFFSET = 1 << 13
    ROLLOVER = 1 << 14
    """A counter passed its largest number; nothing is wrong."""
    RESET = 1 << 15
    """A counter began again from nought."""
    SWAP = 1 << 16
    """The meter was exchanged, or its register set to another number."""
    GAP = 1 << 17
    """No reading came; the value is filled in."""
    MANUAL = 1 << 18
    """A person said so, which no rule overrules."""
    SOURCE = 1 << 19
    """The device itself said that its value is not good."""


FAULTS = Reason((1 << 20) - 1) & ~(
    Reason.DUPLICATE | Reason.CONFLICT | Reason.LATE | Reason.ROLLOVER | Reason.GAP | Reason.MANUAL
)
"""Reasons that say that something is wrong with what came; the others only tell how it came."""
