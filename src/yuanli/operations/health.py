"""How much room readings take, when it will be used up, and whether somebody should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from yuanli.errors import Text
from yuanli.operations.moments import time_of
from yuanli.operations.readings import Footprint
from yuanli.operations.retention import PointClass

NEARLY_FULL = 0.8
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingsHealth:
    """What the readings take on the disk, and what waits.

    Parameters
    ----------
    hot_bytes, cold_bytes
        Of what is written to, and of what is packed.
    rows
        Readings and filled gaps.
    bytes_a_day
        What a day of readings takes where it stays.
    budget_bytes
        What readings may take: as it is set, else what they take and what is free on the disk; None where neither
        is known.
    full_at
        When the budget will be used up at this pace; None if not within 100 years, or where it is not known.
    oldest
        When the oldest reading was measured.
    pending
        Spans of four weeks of points whose turn it is to be judged in full; near zero when judging keeps up.
    resting
        Such spans of groups that were judged in full a short while ago: they are judged together with what still comes.
    gateways, connected
        How many gateways are set, and connected.
    spooled_bytes
        Of readings that gateways have on disk and that are not yet in the store; near zero when the store takes them.
    keep_days
        For how long readings are kept, by class of point.
    warning
        What somebody should do something about.
    """

    hot_bytes: int
    cold_bytes: int
    rows: int
    bytes_a_day: float
    budget_bytes: int | None
    full_at: datetime | None
    oldest: datetime | None
    pending: int
    resting: int
    gateways: int
    connected: int
    spooled_bytes: int
    keep_days: Mapping[PointClass, int]
    warning: Text | None


def readings_health(
    footprint: Footprint,
    *,
    now: datetime,
    budget_bytes: int | None,
    keep_days: Mapping[PointClass, int],
    pending: int = 0,
    resting: int = 0,
    gateways: int = 0,
    connected: int = 0,
    spooled_bytes: int = 0,
) -> ReadingsHealth:
    """Put together how the readings are doing. Over the budget nothing is refused: a warning says so."""
    full_at = None if budget_bytes is None else footprint.find_full_at(budget_bytes, now)
    return ReadingsHealth(
        hot_bytes=footprint.hot_bytes,
        cold_bytes=footprint.cold_bytes,
        rows=footprint.rows,
        bytes_a_day=footprint.bytes_a_day,
        budget_bytes=budget_bytes,
        full_at=full_at,
        oldest=None if footprint.oldest is None else time_of(footprint.oldest),
        pending=pending,
        resting=resting,
        gateways=gateways,
        connected=connected,
        spooled_bytes=spooled_bytes,
        keep_days=keep_days,
        warning=find_warning(footprint, budget_bytes, full_at, now),
    )


def find_warning(
    footprint: Footprint, budget_bytes: int | None, full_at: datetime | None, now: datetime
) -> Text | None:
    """Return what to say of a budget that is used up, or soon will be; None where all is well."""
    used = footprint.hot_bytes + footprint.cold_bytes
    if budget_bytes is None or (
        used < NEARLY_FULL * budget_bytes and (full_at is None or full_at > now + SOON)
    ):
        return None
    taken, most = f"{used / 1e6:,.0f} MB", f"{budget_bytes / 1e6:,.0f} MB"
    if used >= budget_bytes:
        zh, en = (
            f"读数占用 {taken}，已超过 {most} 的预算",
            f"Readings take {taken}, more than the {most} they may",
        )
    elif full_at is None:
        zh, en = f"读数占用 {taken}，预算为 {most}", f"Readings take {taken} of the {most} they may"
    else:
        day = f"{full_at:%Y-%m-%d}"
        zh = f"读数占用 {taken}，按目前速度 {day} 将用完 {most}"
        en = f"Readings take {taken}; at this pace the {most} they may will be used up on {day}"
    return Text(
        f"{zh}。请增加磁盘，或缩短保留天数（keep_…_days）。",
        f"{en}. Give them more disk, or keep them for fewer days (keep_…_days).",
    )
