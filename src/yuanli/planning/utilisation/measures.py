"""How much spaces are used, by space, level, building and hour of the week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import nan

import numpy as np
from numpy.typing import NDArray

from yuanli.planning.utilisation.tables import OpenHours, Presence, SpaceBooking, UsedSpace, check_names

HOUR = timedelta(hours=1)
WEEK_HOURS = 168
SHOW_MIN = 15.0
"""Minutes after which a booked space that nobody entered counts as a no-show."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Shares by open hour and space, shape `(n_hours, n_spaces)`.

    `booked` and `occupied` are shares of the hour, `both` where it was booked and used; `seats` is the mean share of
    seats taken over the hour, NaN where people were not counted. The last three are NaN where no sensor told.
    """

    spaces: tuple[UsedSpace, ...]
    hours: tuple[datetime, ...]
    booked: Floats
    occupied: Floats
    both: Floats
    seats: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How a space, or some together, was used in open hours; NaN where nothing was measured.

    Parameters
    ----------
    booked, occupied
        Shares of the time.
    seat_use
        Share of seats taken, over all the time that was counted.
    unbooked_use
        Share of the occupied time that was not booked.
    booked_empty
        Share of the booked time that was empty.
    peak, average
        Greatest and mean share of spaces occupied at once, over hours.
    bookings, no_shows
        Bookings that a sensor watched, and those nobody came to at all (ghost meetings).
    late_or_none
        Bookings that nobody came to in their first 15 minutes.
    """

    name: str
    spaces: int
    seats: int
    booked: float
    occupied: float
    seat_use: float
    unbooked_use: float
    booked_empty: float
    peak: float
    average: float
    bookings: int
    no_shows: int
    late_or_none: int

    @property
    def no_show_rate(self) -> float:
        """Share of watched bookings that nobody came to."""
        return self.no_shows / self.bookings if self.bookings else nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A booking that a sensor watched all along: minutes until somebody came (None: nobody did), and minutes used."""

    booking: SpaceBooking
    came_min: float | None
    used_min: float
    most_people: float | None


def make_grid(
    spaces: Sequence[UsedSpace],
    bookings: Sequence[SpaceBooking],
    presences: Sequence[Presence],
    hours: OpenHours,
) -> Grid:
    """Return booked, occupied and counted shares of each open hour, on minutes.

    Raises
    ------
    UtilisationError
        A space is not known, or named twice.
    """
    own = tuple(spaces)
    check_names(own, {b.space for b in bookings} | {p.space for p in presences})
    open_hours = hours.hours()
    row = {hour: i for i, hour in enumerate(open_hours)}
    column = {space.name: j for j, space in enumerate(own)}
    booked, used, told = (np.zeros((len(open_hours), len(own), 60), np.bool_) for _ in range(3))
    people, counted = (np.zeros((len(open_hours), len(own))) for _ in range(2))
    for booking in bookings:
        for i, first, last in _minutes(booking.start, booking.end, row):
            booked[i, column[booking.space], first:last] = True
    for one in presences:
        j = column[one.space]
        for i, first, last in _minutes(one.start, one.end, row):
            told[i, j, first:last] = True
            if one.occupied:
                used[i, j, first:last] = True
            if one.people is not None:
                people[i, j] += one.people * (last - first)
                counted[i, j] += last - first
    watched = told.any(axis=2)
    n_told = np.where(watched, told.sum(axis=2), 1)
    n_seats = np.array([max(1, space.seats) for space in own])
    with np.errstate(invalid="ignore", divide="ignore"):
        return Grid(
            spaces=own, hours=tuple(open_hours), booked=booked.mean(axis=2),
            occupied=np.where(watched, used.sum(axis=2) / n_told, nan),
            both=np.where(watched, (used & booked).sum(axis=2) / n_told, nan),
            seats=np.where(counted > 0, people / counted / n_seats, nan),
        )  # fmt: skip


def watch(bookings: Sequence[SpaceBooking], presences: Sequence[Presence]) -> list[Watched]:
    """Return what came of each booking whose whole time a sensor told of."""
    by_space = defaultdict(list)
    for one in presences:
        by_space[one.space].append(one)
    seen = []
    for booking in bookings:
        near = [p for p in by_space[booking.space] if p.start < booking.end and booking.start < p.end]
        spans = [(max(p.start, booking.start), min(p.end, booking.end)) for p in near]
        if _length_min(spans) < (booking.end - booking.start) / timedelta(minutes=1) - 0.5:
            continue
        used = [span for span, p in zip(spans, near, strict=True) if p.occupied]
        came = min((start for start, _ in used), default=None)
        counts = [p.people for p in near if p.people is not None]
        seen.append(
            Watched(
                booking=booking, used_min=_length_min(used), most_people=max(counts, default=None),
                came_min=None if came is None else (came - booking.start) / timedelta(minutes=1),
            )
        )  # fmt: skip
    return seen


def measure_use(
    grid: Grid, watched: Sequence[Watched], by: Callable[[UsedSpace], str] = lambda space: space.name
) -> list[Use]:
    """Return the use of each group of spaces: by name, level (`lambda s: s.level`), building, or all together."""
    groups: dict[str, list[int]] = defaultdict(list)
    for j, space in enumerate(grid.spaces):
        groups[by(space)].append(j)
    return [_use(grid, name, columns, watched) for name, columns in groups.items()]


def week_table(grid: Grid, values: Floats) -> Floats:
    """Return means by hour of the week (Monday 0:00 is 0) and space, shape `(168, n_spaces)`: a heat map's cells.

    NaN where there is nothing.
    """
    table = np.full((WEEK_HOURS, len(grid.spaces)), nan)
    of_week = np.array([hour.weekday() * 24 + hour.hour for hour in grid.hours], np.int64)
    for k in np.unique(of_week):
        part = values[of_week == k]
        known = np.isfinite(part)
        n = known.sum(axis=0)
        table[k] = np.where(n > 0, np.where(known, part, 0.0).sum(axis=0) / np.maximum(n, 1), nan)
    return table


def _use(grid: Grid, name: str, columns: list[int], watched: Sequence[Watched]) -> Use:
    names = {grid.spaces[j].name for j in columns}
    seen = [one for one in watched if one.booking.space in names]
    booked, occupied, both = grid.booked[:, columns], grid.occupied[:, columns], grid.both[:, columns]
    known = np.isfinite(occupied)
    n_known = known.sum(axis=1)
    at_once = np.where(known, occupied, 0.0).sum(axis=1)[n_known > 0] / n_known[n_known > 0]
    seats = np.array([grid.spaces[j].seats for j in columns], float)
    taken = grid.seats[:, columns]
    counted = np.isfinite(taken)
    weights = counted * seats
    busy, shared, held = occupied[known].sum(), both[known].sum(), booked[known].sum()
    return Use(
        name=name, spaces=len(columns), seats=int(seats.sum()), booked=_ratio(booked.sum(), booked.size),
        occupied=_ratio(busy, known.sum()),
        seat_use=_ratio((np.where(counted, taken, 0.0) * weights).sum(), weights.sum()),
        unbooked_use=_ratio(busy - shared, busy), booked_empty=_ratio(held - shared, held),
        peak=float(at_once.max()) if len(at_once) else nan,
        average=float(at_once.mean()) if len(at_once) else nan,
        bookings=len(seen), no_shows=sum(one.came_min is None for one in seen),
        late_or_none=sum(one.came_min is None or one.came_min > SHOW_MIN for one in seen),
    )  # fmt: skip


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else nan


def _minutes(start: datetime, end: datetime, row: dict[datetime, int]) -> list[tuple[int, int, int]]:
    """Return which minutes of which open hours lie in a span: row, first, last."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    found = []
    while hour < end:
        if (i := row.get(hour)) is not None:
            first = max(0, round((start - hour).total_seconds() / 60))
            last = min(60, round((end - hour).total_seconds() / 60))
            if first < last:
                found.append((i, first, last))
        hour += HOUR
    return found


def _length_min(spans: list[tuple[datetime, datetime]]) -> float:
    """Return the minutes that spans cover together."""
    total, until = 0.0, None
    for start, end in sorted(spans):
        begin = start if until is None else max(start, until)
        if end > begin:
            total += (end - begin) / timedelta(minutes=1)
        until = end if until is None else max(until, end)
    return total
