"""How much rooms are used: what was booked, what sensors saw, who did not come, and what could be saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite

import numpy as np

from yuanli.campus import CampusId, DataPoint, Device, FeatureId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations.guidance import Guidance
from yuanli.operations.readings import Every
from yuanli.operations.reservations.reservations import Reservations
from yuanli.operations.reservations.rooms import BookableRoom
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity
from yuanli.planning import (
    Grid,
    OpenHours,
    Presence,
    SpaceBooking,
    Suggestion,
    Use,
    UsedSpace,
    make_grid,
    measure_use,
    shortage_curve,
    suggest,
    watch,
    week_table,
)

CHUNK = timedelta(days=4)
"""So much of the twin's history is read at once, by quarters of an hour."""
QUARTER = timedelta(minutes=15)
LONGEST = timedelta(days=31)
SOMEBODY = 0.5
"""People from which a room counts as occupied."""
ALL = "all"
MOST_SUGGESTED = 12
DAY_HOURS = 24


class UsageError(InvalidInputError):
    """What is asked about the use of rooms breaks a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageWish:
    """Of which rooms and span the use is asked; open hours are whole hours of the campus's clock, Monday is 0."""

    start: datetime
    end: datetime
    place: FeatureId | None = None
    categories: tuple[str, ...] = ()
    from_hour: int = 8
    to_hour: int = 18
    weekdays: frozenset[int] = frozenset(range(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """How a room, or all of them, was used in open hours: shares from 0 to 1, None where nothing was measured.

    Parameters
    ----------
    seat_use
        Share of seats taken, where people are counted.
    unbooked_use
        Share of the occupied time that nobody had booked.
    booked_empty
        Share of the booked time in which nobody was there.
    bookings, no_shows
        Bookings that a sensor watched all along, and those nobody came to (ghost meetings).
    late_or_none
        Bookings nobody came to in their first 15 minutes.
    """

    space_id: FeatureId | None
    name: Text
    rooms: int
    seats: int
    booked: float | None
    occupied: float | None
    seat_use: float | None
    unbooked_use: float | None
    booked_empty: float | None
    peak: float | None
    average: float | None
    bookings: int
    no_shows: int
    late_or_none: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceUsage:
    """The use of rooms in a span.

    Parameters
    ----------
    rows
        By room, the least used first.
    hours
        Mean shares booked and occupied at each hour of the day, 0 to 23; None outside of open hours.
    shortage
        The chance that nothing is free in the busiest hour of the week, with one room, two, … (Erlang B); up to one
        half more rooms than there are. Empty where nothing is booked or seen.
    """

    start: datetime
    end: datetime
    rows: tuple[UsageRow, ...]
    total: UsageRow
    suggestions: tuple[Suggestion, ...]
    hours: tuple[tuple[float | None, float | None], ...]
    shortage: tuple[float, ...]


class RoomUsage:
    """Measures the use of the rooms that can be reserved."""

    def __init__(self, reservations: Reservations, guidance: Guidance, twin: Twin) -> None:
        self._reservations, self._guidance, self._twin = reservations, guidance, twin

    def measure(self, campus_id: CampusId, wish: UsageWish, now: datetime) -> SpaceUsage:
        """Return how rooms were used until now.

        Raises
        ------
        UsageError
            There are no such rooms, or the span is longer than 31 days, or has no open hour that is over.
        """
        guide = self._guidance.guide(campus_id)
        start, end = guide.wayfinder.local(wish.start), guide.wayfinder.local(min(wish.end, now))
        rooms = [
            room
            for room in self._reservations.rooms(campus_id)
            if room.within(wish.place) and (not wish.categories or room.category in wish.categories)
        ]
        if not rooms:
            raise UsageError(
                Text("这里没有可预订的这类房间。", "There are no such rooms that can be reserved here."),
                field="place",
                hint=Text("请换个楼宇、楼层或房间类型。", "Choose another building, level or kind of room."),
            )
        if end <= start or wish.end - wish.start > LONGEST:
            raise UsageError(
                Text("时间段应在过去，最长 31 天。", "The span is one of the past, of 31 days at most."),
                field="start",
                hint=Text("例如上周。", "Such as last week."),
            )
        hours = OpenHours(
            start=start, end=end, from_hour=wish.from_hour, to_hour=wish.to_hour, weekdays=wish.weekdays
        )
        held = self._reservations.list(campus_id, start, end, space_ids=[room.id for room in rooms])
        seen = tuple(self._seen(campus_id, rooms, start, end))
        bookings = [
            SpaceBooking(
                space=one.space_id, start=one.start.astimezone(start.tzinfo), end=one.end.astimezone(start.tzinfo),
                attendees=one.attendees,
            )
            for one in held
        ]  # fmt: skip
        names = {room.id: room.name for room in rooms}
        return measure_usage([used_space(room) for room in rooms], bookings, seen, hours, names)

    def _seen(
        self, campus_id: CampusId, rooms: Sequence[BookableRoom], start: datetime, end: datetime
    ) -> Iterator[Presence]:
        """Return by quarters of an hour who was in rooms; how many only where people are counted."""
        counted, ids = self._counted(campus_id), [room.id for room in rooms]
        begin = start
        while begin < end:
            stop = min(begin + CHUNK, end)
            told = self._twin.history(
                campus_id, TwinQuantity.PEOPLE, begin, stop, every=Every.QUARTER, places=frozenset(ids)
            )
            times = [at.astimezone(start.tzinfo) for at in told.times if at < stop]
            for room_id in ids:
                yield from _stretches(room_id, times, told.values.get(room_id, ()), room_id in counted)
            begin = stop

    def _counted(self, campus_id: CampusId) -> frozenset[FeatureId]:
        """Return the spaces in which heads are counted."""
        campus = self._guidance.guide(campus_id).campus
        found = set()
        for point in campus.of(DataPoint):
            if point.brick_class == "Occupancy_Count_Sensor":
                device = campus.find(point.device_id) if point.device_id is not None else None
                found.add(point.space_id or (device.space_id if isinstance(device, Device) else None))
        return frozenset(one for one in found if one is not None)


def _stretches(
    room_id: FeatureId, times: Sequence[datetime], values: Sequence[float | None], counted: bool
) -> Iterator[Presence]:
    """Yield how long a room was as it was: quarters of an hour that are alike and follow each other, in one."""
    alike = [
        (value is not None, 0.0 if value is None or value < SOMEBODY else value if counted else None)
        for value in values[: len(times)]
    ]
    first = 0
    for at in range(1, len(alike) + 1):
        if at == len(alike) or alike[at] != alike[first] or times[at] - times[at - 1] > QUARTER:
            known, people = alike[first]
            if known:
                yield Presence(space=room_id, start=times[first], end=times[at - 1] + QUARTER, people=people)
            first = at


def measure_usage(
    spaces: Sequence[UsedSpace],
    bookings: Sequence[SpaceBooking],
    seen: Sequence[Presence],
    hours: OpenHours,
    names: Mapping[FeatureId, Text],
) -> SpaceUsage:
    """Return how spaces were used in open hours, called by their names.

    Raises
    ------
    UsageError, UtilisationError
        There is no open hour in the span, or something is told of a space that is not there.
    """
    if not hours.hours():
        raise UsageError(
            Text("这段时间里还没有开放时段。", "No open hour of this span is over yet."), field="start",
            hint=Text("请选择工作日的时段。", "Choose a span with working hours."),
        )  # fmt: skip
    over = [one for one in bookings if one.end <= hours.end]
    grid, watched = make_grid(spaces, bookings, seen, hours), watch(over, seen)
    rows = [_row(use, FeatureId(use.name), names[FeatureId(use.name)]) for use in measure_use(grid, watched)]
    (total,) = measure_use(grid, watched, by=lambda space: ALL)
    return SpaceUsage(
        start=hours.start, end=hours.end,
        rows=tuple(sorted(rows, key=lambda row: (_used(row), row.name.en))),
        total=_row(total, None, Text("全部房间", "all rooms")),
        suggestions=tuple(_renamed(one, names) for one in suggest(grid, watched)[:MOST_SUGGESTED]),
        hours=_by_hour(grid), shortage=_shortage(grid),
    )  # fmt: skip


def used_space(room: BookableRoom) -> UsedSpace:
    """Return a room as the measures have it, named by its id."""
    return UsedSpace(
        name=room.id, seats=room.capacity or 0, building=room.building_id or "", level=room.level_id
    )


def _used(row: UsageRow) -> float:
    return row.occupied if row.occupied is not None else row.booked or 0.0


def _row(use: Use, space_id: FeatureId | None, name: Text) -> UsageRow:
    def share(value: float) -> float | None:
        return round(value, 4) if isfinite(value) else None

    return UsageRow(
        space_id=space_id, name=name, rooms=use.spaces, seats=use.seats, booked=share(use.booked),
        occupied=share(use.occupied), seat_use=share(use.seat_use), unbooked_use=share(use.unbooked_use),
        booked_empty=share(use.booked_empty), peak=share(use.peak), average=share(use.average), bookings=use.bookings,
        no_shows=use.no_shows, late_or_none=use.late_or_none,
    )  # fmt: skip


def _renamed(one: Suggestion, names: Mapping[FeatureId, Text]) -> Suggestion:
    """Return a suggestion that calls rooms by their names instead of their ids."""
    zh, en = one.text.zh, one.text.en
    for space in one.spaces:
        name = names[FeatureId(space)]
        zh, en = zh.replace(f"“{space}”", f"“{name.zh}”"), en.replace(repr(space), name.en)
    return replace(one, text=Text(zh, en))


def _by_hour(grid: Grid) -> tuple[tuple[float | None, float | None], ...]:
    means = []
    for values in (grid.booked, grid.occupied):
        table = week_table(grid, values).reshape(-1, DAY_HOURS, len(grid.spaces))
        cells = [table[:, hour][np.isfinite(table[:, hour])] for hour in range(DAY_HOURS)]
        means.append([round(float(cell.mean()), 4) if cell.size else None for cell in cells])
    return tuple(zip(*means, strict=True))


def _shortage(grid: Grid) -> tuple[float, ...]:
    """Return the chance that a further meeting finds no room in the busiest hour of the week.

    The load is the mean number of rooms that are booked or, where more, in use in that hour.
    """
    table = np.fmax(week_table(grid, grid.booked), week_table(grid, grid.occupied))
    load = float(np.nanmax(np.nansum(table, axis=1), initial=0.0))
    if load <= 0:
        return ()
    most = len(grid.spaces) + max(1, len(grid.spaces) // 2)
    return tuple(round(float(one), 6) for one in shortage_curve(load, most)[1:])
