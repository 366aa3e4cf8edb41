"""What a meter uses beyond what weather and calendar say, day by day; and nights in which something runs on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.forecast.baselines import BaselineKind, fit_baseline, rows_of
from yuanli.forecast.calendar import Calendar
from yuanli.forecast.history import DAY, HOUR, Floats, History, Ints, clock_offsets

MAD_TO_SIGMA = 1.4826
NIGHT = (1, 5)
"""Hours of the night, by the clock there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessParams:
    """When a meter uses too much.

    Parameters
    ----------
    score
        Robust standard deviations of a day's, or a night's, error.
    share
        And so much of what was expected at least.
    least_days
        Days that the expectation is learnt from, at least.
    least_nights
        The same of nights: they differ less by the day of the week.
    past_d
        Days at most.
    night_share
        How far a night must lie above the usual one, relative to it.
    """

    score: float = 4.0
    share: float = 0.1
    least_days: int = 21
    least_nights: int = 14
    past_d: int = 84
    night_share: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Days in a row, or nights, on which too much was used; `excess` is used less expected in all. µs, half-open."""

    point: int
    start: int
    end: int
    used: float
    expected: float
    score: float
    days: int

    @property
    def excess(self) -> float:
        """How much too much was used."""
        return self.used - self.expected


def find_excess(
    energy: History,
    since: int,
    *,
    temp: Floats | None = None,
    calendar: Calendar | None = None,
    params: ExcessParams = ExcessParams(),
) -> tuple[Excess, ...]:
    """Return days from a column on that used more than the hours of the week, weather and holidays say.

    What is expected is learnt from what came before the column alone; the last day may be unfinished.

    Parameters
    ----------
    energy
        Of each hour.
    temp
        Outdoor °C, on the same hours.
    """
    calendar = calendar or Calendar()
    day = _days(energy)
    columns = np.arange(energy.n_times)
    first = max(0, since - params.past_d * energy.steps_per_day)
    before = (columns >= first) & (columns < since)
    found: list[Excess] = []
    for point in range(energy.n_points):
        rows = rows_of(energy.of([point]), temp=temp, people=None, calendar=calendar, by_day=False)
        held = before & rows.whole()
        if held.sum() < params.least_days * energy.steps_per_day:
            continue
        baseline = fit_baseline(rows, before, BaselineKind.TIME_OF_WEEK)
        least = float(np.min(rows.used[held]))
        ahead = rows.used - np.maximum(baseline.expected, least)
        off = np.where(np.isfinite(baseline.residuals), baseline.residuals, ahead)
        past = _sums(off[held], day[held])
        size = float(np.mean(rows.used[held])) * energy.steps_per_day
        scatter = max(MAD_TO_SIGMA * float(np.median(np.abs(past - np.median(past)))), 0.02 * abs(size))
        later = (columns >= since) & rows.whole()
        days, place = np.unique(day[later], return_inverse=True)
        hours = np.bincount(place) if len(days) else np.empty(0, np.int64)
        over = _summed(off[later], place)
        used = _summed(rows.used[later], place)
        score = over / np.maximum(scatter * np.sqrt(hours / energy.steps_per_day), 1e-9)
        expected = used - over
        high = (
            (score > params.score)
            & (over > params.share * np.maximum(expected, 0.2 * abs(size)))
            & (hours >= 6)
        )
        found += _joined(energy, point, days[high], (used[high], expected[high], score[high]))
    return tuple(sorted(found, key=lambda one: -one.score))


def find_night_excess(
    rate: History, since: int, *, least: bool = False, params: ExcessParams = ExcessParams()
) -> tuple[Excess, ...]:
    """Return nights from a column on in which more runs than in the nights before.

    Parameters
    ----------
    rate
        Of each hour: a power, or a flow.
    least
        Judge a night by its least hour, as a leak never rests, instead of by its mean; then it takes two in a row.
    """
    local = rate.times() + clock_offsets(rate.times(), rate.zone)
    hour = local % DAY // HOUR
    night = (hour >= NIGHT[0]) & (hour < NIGHT[1])
    day = local // DAY
    found: list[Excess] = []
    for point in range(rate.n_points):
        held = night & np.isfinite(rate.values[point])
        days, place, counts = np.unique(day[held], return_inverse=True, return_counts=True)
        if not len(days):
            continue
        values = rate.values[point][held]
        level = np.bincount(place, values) / counts
        if least:
            level = np.full(len(days), np.inf)
            np.minimum.at(level, place, values)
        whole = counts >= (NIGHT[1] - NIGHT[0]) * rate.steps_per_day / 24 * 0.75
        split = int(day[min(since, rate.n_times - 1)])
        past = level[whole & (days < split)][-params.past_d :]
        if len(past) < params.least_nights:
            continue
        usual = float(np.median(past))
        own = MAD_TO_SIGMA * float(np.median(np.abs(past - usual)))
        size = float(np.nanmedian(np.abs(rate.values[point])))
        scatter = max(own, 0.05 * usual, 0.02 * size, 1e-9)
        score = (level - usual) / scatter
        floor = params.night_share * (max(usual, 0.2 * size) if least else usual)
        high = whole & (days >= split) & (score > params.score) & (level - usual > floor)
        if least:
            beside = np.zeros(len(high), bool)
            near = high[1:] & high[:-1] & (np.diff(days) == 1)
            beside[1:] |= near
            beside[:-1] |= near
            high = beside
        hours = float(NIGHT[1] - NIGHT[0])
        figures = (level[high] * hours, np.full(int(high.sum()), usual * hours), score[high])
        found += _joined(rate, point, days[high], figures)
    return tuple(sorted(found, key=lambda one: -one.score))


def _days(history: History) -> Ints:
    times = history.times()
    return np.asarray((times + clock_offsets(times, history.zone)) // DAY)


def _sums(values: Floats, day: Ints) -> Floats:
    _, place = np.unique(day, return_inverse=True)
    return _summed(values, place)


def _summed(values: Floats, place: Ints) -> Floats:
    return np.bincount(place, values).astype(np.float64) if len(place) else np.empty(0)


def _joined(history: History, point: int, days: Ints, figures: tuple[Floats, Floats, Floats]) -> list[Excess]:
    """Return days in a row as one."""
    used, expected, score = figures
    found = []
    times = history.times()
    local_day = _days(history)
    for places in np.split(np.arange(len(days)), np.flatnonzero(np.diff(days) > 1) + 1):
        if not len(places):
            continue
        held = (local_day >= days[places[0]]) & (local_day <= days[places[-1]])
        own = times[held]
        found.append(
            Excess(
                point=point,
                start=int(own[0]),
                end=int(own[-1]) + history.step,
                used=float(used[places].sum()),
                expected=float(expected[places].sum()),
                score=float(score[places].max()),
                days=len(places),
            )
        )
    return found
