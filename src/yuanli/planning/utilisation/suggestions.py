"""What could be done about space that is booked or kept and not used, and what it would save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isnan, sqrt

import numpy as np
from scipy.special import betaincinv

from yuanli.errors import Text
from yuanli.planning.utilisation.measures import SHOW_MIN, Grid, Use, Watched, measure_use
from yuanli.planning.utilisation.tables import UsedSpace

LEVEL = 0.9
"""How sure the intervals are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionParams:
    """What counts as little use.

    Parameters
    ----------
    little
        Share of the open time occupied, below which a space is underused.
    few_seats
        Share of seats taken at 95 % of the meetings, below which a room is too large.
    least_bookings
        Watched bookings that are needed to say something of them.
    """

    little: float = 0.2
    few_seats: float = 0.5
    least_bookings: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What to do with which spaces, and what it is expected to save, with a 90 % interval.

    `saving_hours` are hours of a room a week, `saving_cost` what those cost by the tables.
    """

    kind: str
    spaces: tuple[str, ...]
    saving_hours: float
    low_hours: float
    high_hours: float
    saving_cost: float
    text: Text


def suggest(
    grid: Grid, watched: Sequence[Watched], params: SuggestionParams = SuggestionParams()
) -> list[Suggestion]:
    """Return what would save most first: release of no-shows after 15 minutes, merging, smaller rooms."""
    weeks = _weeks(grid)
    if weeks == 0:
        return []
    found = [
        *_release(grid, watched, weeks, params), *_merge(grid, weeks, params), *_resize(grid, watched, weeks, params),
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.saving_hours, one.kind, one.spaces))


def _release(
    grid: Grid, watched: Sequence[Watched], weeks: float, params: SuggestionParams
) -> list[Suggestion]:
    """Free a room that nobody entered in 15 minutes: all that is left of the booking is saved.

    The rate is between Clopper and Pearson's limits (1934); the length of what is saved is taken as measured.
    """
    found = []
    for space in grid.spaces:
        seen = [one for one in watched if one.booking.space == space.name]
        gone = [one for one in seen if one.came_min is None]
        if len(seen) < params.least_bookings or not gone:
            continue
        hours = [max(0.0, _length_h(one) - SHOW_MIN / 60) for one in gone]
        low, high = _limits(len(gone), len(seen))
        mean, per_week = float(np.mean(hours)), len(seen) / weeks
        saved = len(gone) / len(seen) * per_week * mean
        rate = len(gone) / len(seen)
        found.append(
            Suggestion(
                kind="release", spaces=(space.name,), saving_hours=saved, low_hours=low * per_week * mean,
                high_hours=high * per_week * mean, saving_cost=saved * space.cost_hour,
                text=Text(
                    f"“{space.name}”的 {len(seen)} 次预订有 {len(gone)} 次没人来（{rate:.0%}）："
                    f"15 分钟无人即释放，每周可省 {saved:.1f} 小时。",
                    f"Nobody came to {len(gone)} of {len(seen)} bookings of {space.name!r} ({rate:.0%}): released "
                    f"after 15 minutes, {saved:.1f} hours a week are saved.",
                ),
            )
        )  # fmt: skip
    return found


def _merge(grid: Grid, weeks: float, params: SuggestionParams) -> list[Suggestion]:
    """Move the use of a little-used space into another of its level that has as many seats and is free then.

    Hours in which both were in use are what could not be moved; their share has the interval of a proportion.
    """
    uses = {use.name: use for use in measure_use(grid, ())}
    column = {space.name: j for j, space in enumerate(grid.spaces)}
    idle = [
        s for s in grid.spaces if not isnan(uses[s.name].occupied) and uses[s.name].occupied < params.little
    ]
    idle.sort(key=lambda space: (uses[space.name].occupied, space.seats))
    found, kept, given = [], set[str](), set[str]()
    for space in idle:
        if space.name in kept:
            continue
        best: tuple[float, UsedSpace] | None = None
        for other in grid.spaces:
            apart = (other.building, other.level) != (
                space.building,
                space.level,
            ) or other.seats < space.seats
            if apart or other.name == space.name or other.name in given:
                continue
            clash = _clash(grid, column[space.name], column[other.name])
            if not isnan(clash) and (best is None or clash < best[0]):
                best = clash, other
        if best is None:
            continue
        clash, other = best
        kept.add(other.name)
        given.add(space.name)
        known = int(np.isfinite(grid.occupied[:, column[space.name]]).sum())
        hours = len(grid.hours) / weeks
        low, high = _limits(round(clash * known), known)
        saved = hours * (1 - clash)
        found.append(
            Suggestion(
                kind="merge", spaces=(space.name, other.name), saving_hours=saved, low_hours=hours * (1 - high),
                high_hours=hours * (1 - low), saving_cost=saved * space.cost_hour,
                text=Text(
                    f"“{space.name}”只用了开放时间的 {uses[space.name].occupied:.0%}，可并入“{other.name}”："
                    f"两者同时使用的时间占 {clash:.0%}，每周腾出 {saved:.0f} 小时。",
                    f"{space.name!r} is used {uses[space.name].occupied:.0%} of the open time and could move into "
                    f"{other.name!r}: both are in use {clash:.0%} of the time; {saved:.0f} hours a week become free.",
                ),
            )
        )  # fmt: skip
    return found


def _resize(
    grid: Grid, watched: Sequence[Watched], weeks: float, params: SuggestionParams
) -> list[Suggestion]:
    """Tell of rooms whose meetings nearly never need half of their seats: what a smaller one would do.

    The number of seats that 95 % of the meetings need is between order statistics.
    """
    found = []
    for space in grid.spaces:
        counts = sorted(
            one.most_people for one in watched if one.booking.space == space.name and one.most_people
        )
        n = len(counts)
        if n < params.least_bookings or space.seats == 0:
            continue
        need = ceil(counts[min(n - 1, ceil(0.95 * n) - 1)])
        if need > params.few_seats * space.seats:
            continue
        spread = 1.645 * sqrt(n * 0.95 * 0.05)
        least = counts[max(0, ceil(0.95 * n - spread) - 1)]
        most = counts[min(n - 1, ceil(0.95 * n + spread) - 1)]
        hours = len(grid.hours) / weeks
        saved, low, high = (hours * (1 - seats / space.seats) for seats in (need, most, least))
        found.append(
            Suggestion(
                kind="resize", spaces=(space.name,), saving_hours=saved, low_hours=low, high_hours=high,
                saving_cost=saved * space.cost_hour,
                text=Text(
                    f"“{space.name}”有 {space.seats} 座，95% 的会议不超过 {need} 人："
                    f"换成 {need} 座的房间，省下 {1 - need / space.seats:.0%} 的空间。",
                    f"{space.name!r} has {space.seats} seats, 95% of its meetings need at most {need}: a room of "
                    f"{need} saves {1 - need / space.seats:.0%} of the space.",
                ),
            )
        )  # fmt: skip
    return found


def underused(uses: Sequence[Use], params: SuggestionParams = SuggestionParams()) -> list[Use]:
    """Return what is occupied less than `params.little` of the open time, the least first."""
    known = [use for use in uses if not isnan(use.occupied) and use.occupied < params.little]
    return sorted(known, key=lambda use: use.occupied)


def _clash(grid: Grid, one: int, other: int) -> float:
    """Return the share of hours in which both spaces were in use."""
    a, b = grid.occupied[:, one], grid.occupied[:, other]
    known = np.isfinite(a) & np.isfinite(b)
    return float(((a[known] > 0) & (b[known] > 0)).mean()) if known.any() else float("nan")


def _limits(k: int, n: int) -> tuple[float, float]:
    """Return between which limits a rate surely is (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404)."""
    tail = (1 - LEVEL) / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    return low, high


def _length_h(one: Watched) -> float:
    return (one.booking.end - one.booking.start).total_seconds() / 3600


def _weeks(grid: Grid) -> float:
    """Return how many weeks the hours are of: their days, over the days of a week that are open."""
    days = {hour.date() for hour in grid.hours}
    weekdays = {day.weekday() for day in days}
    return len(days) / len(weekdays) if weekdays else 0.0
