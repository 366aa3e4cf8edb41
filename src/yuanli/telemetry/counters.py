"""How much a counter counted, by interval and by day, through its end, resets, exchanges and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry.facts import PointFacts
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Series, Times, Values
from yuanli.telemetry.rules.registers import register_size

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
WHOLE = 1.5
"""A step of at most so many usual ones is spread evenly; a longer one as the rest of the days tells."""
UNSURE = np.uint32(Reason.NOISE | Reason.SOFT_RANGE | Reason.FUTURE | Reason.GAP)
"""A rate with these tells nothing; one that was corrected does."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Consumption:
    """What was counted between one good reading of a register and the next; columns of one length.

    Parameters
    ----------
    start, end
        µs.
    amount
        In the unit of the register.
    estimated
        Whether the register does not tell: it was reset or exchanged meanwhile.
    """

    start: Times
    end: Times
    amount: Values
    estimated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DayTotals:
    """What was counted on each day, from the first whole one to the last; columns of one length.

    Parameters
    ----------
    estimated
        The share of the day's time that is estimated, or spread within a longer gap, 0–1.
    """

    day: tuple[date, ...]
    amount: Values
    estimated: Values


def consumption(register: Series, facts: PointFacts, *, rate: Series | None = None) -> Consumption:
    """Return what a register counted from one reading that holds to the next.

    Through a register's end it goes on; where it was reset or exchanged, the step is estimated from its rate then.

    Parameters
    ----------
    rate
        What the same meter gives as a rate an hour, such as power, where it does: it tells more of a step that the
        register does not.
    """
    good = np.isfinite(register.value) & (register.quality <= Quality.SUSPECT)
    good &= (register.reason & np.uint32(Reason.GAP)) == 0
    at, value, reason = register.at[good], register.value[good], register.reason[good]
    if len(at) < 2:
        none = np.zeros(0, np.int64)
        return Consumption(start=none, end=none, amount=np.zeros(0), estimated=np.zeros(0, bool))
    amount = np.diff(value)
    rolled = (reason[1:] & np.uint32(Reason.ROLLOVER)) != 0
    for place in np.flatnonzero(rolled):
        amount[place] += register_size(float(value[place]), facts) or 0.0
    broken = (reason[1:] & np.uint32(Reason.RESET | Reason.SWAP)) != 0
    reset = (reason[1:] & np.uint32(Reason.RESET)) != 0
    estimate = _expected(at[:-1], at[1:], np.where(broken, np.nan, amount), rate)
    least = np.where(reset, value[1:], 0.0)
    amount = np.where(broken, np.maximum(estimate, least), np.maximum(amount, 0.0))
    return Consumption(start=at[:-1], end=at[1:], amount=amount, estimated=broken)


def by_day(register: Series, facts: PointFacts, zone: ZoneInfo, *, rate: Series | None = None) -> DayTotals:
    """Return what a register counted on each whole day of a time zone.

    A step across midnight is divided evenly when it is short. A long one, in which readings are missing, is
    divided as the rate ran meanwhile, where that is known, else as the register usually runs at those hours.
    """
    steps = consumption(register, facts, rate=rate)
    if not len(steps):
        return DayTotals(day=(), amount=np.zeros(0), estimated=np.zeros(0))
    usual = int(np.median(steps.end - steps.start))
    fine = even_steps(steps, usual, rate)
    total = np.concatenate(([0.0], np.cumsum(fine.amount)))
    unsure = np.concatenate(([0.0], np.cumsum(np.where(fine.estimated, fine.end - fine.start, 0))))
    marks = np.concatenate((fine.start[:1], fine.end))
    days, bounds = _days(int(marks[0]), int(marks[-1]), zone)
    return DayTotals(
        day=days,
        amount=np.diff(np.interp(bounds, marks, total)),
        estimated=np.diff(np.interp(bounds, marks, unsure)) / np.maximum(np.diff(bounds), 1),
    )


def _days(first: int, last: int, zone: ZoneInfo) -> tuple[tuple[date, ...], Times]:
    """Return the whole days between two times, and their midnights, one more."""
    day = datetime.fromtimestamp(first / SECOND, zone).date()
    bounds: list[int] = []
    days: list[date] = []
    while True:
        midnight = round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND
        if midnight > last:
            break
        if midnight >= first:
            bounds.append(midnight)
            days.append(day)
        day += timedelta(days=1)
    return tuple(days[:-1]), np.array(bounds, np.int64)


def even_steps(steps: Consumption, usual: int, rate: Series | None = None) -> Consumption:
    """Return the steps with each long one divided into usual ones (µs): as the rate ran, else as other days do."""
    spans = steps.end - steps.start
    long = spans > WHOLE * usual
    counts = np.where(long, np.maximum(spans // usual, 1), 1)
    owner = np.repeat(np.arange(len(steps)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    start = steps.start[owner] + within * usual
    end = np.where(within + 1 == counts[owner], steps.end[owner], start + usual)
    even = steps.amount[owner] * (end - start) / np.maximum(spans[owner], 1)
    known = np.where(long[owner] | steps.estimated[owner], np.nan, even)
    weight = np.maximum(_expected(start, end, known, rate), 0.0)
    sums = np.bincount(owner, weight, len(steps))[owner]
    amount = np.where(sums > 0, steps.amount[owner] * weight / np.maximum(sums, 1e-30), even)
    return Consumption(
        start=start,
        end=end,
        amount=np.where(long[owner], amount, even),
        estimated=(long | steps.estimated)[owner],
    )


def _expected(start: Times, end: Times, known: Values, rate: Series | None) -> Values:
    """Return what steps would be expected to count: by the rate where it holds, else by the hour on other days."""
    hours = (end - start) / HOUR
    expected = usual_rate(start, end, known)
    if rate is None:
        return expected * hours
    good = np.isfinite(rate.value) & (rate.quality <= Quality.SUSPECT) & (rate.reason & UNSURE == 0)
    at, value = rate.at[good], rate.value[good]
    if not len(at):
        return expected * hours
    best, least = np.full(len(start), np.nan), np.inf
    for stamps in (end, start):
        place = np.minimum(np.searchsorted(at, stamps), len(at) - 1)
        told = np.where(at[place] == stamps, value[place], np.nan)
        both = np.isfinite(told) & np.isfinite(known) & (told > 0)
        if both.sum() < 20:
            continue
        ratio = known[both] / hours[both] / told[both]
        scale = float(np.median(ratio))
        spread = float(np.median(np.abs(ratio - scale)))
        if spread < least:
            best, least = told * scale, spread
    return np.where(np.isfinite(best), best, expected) * hours


def usual_rate(start: Times, end: Times, known: Values) -> Values:
    """Return the rate an hour at each step: between the known ones beside it, bent as the hours of other days are.

    `known` is not a number where a step is unknown.
    """
    hours = (end - start) / HOUR
    middle = (start + end) // 2
    seen = np.isfinite(known) & (hours > 0)
    if not seen.any():
        return np.zeros(len(start))
    rates = known[seen] / hours[seen]
    slot = (middle % DAY) // HOUR
    profile = np.full(24, float(np.mean(rates)))
    for hour in range(24):
        here = slot[seen] == hour
        if here.sum() >= 3:
            profile[hour] = float(np.median(rates[here]))
    beside = np.interp(middle, middle[seen], rates - profile[slot[seen]])
    return np.asarray(profile[slot] + beside)
