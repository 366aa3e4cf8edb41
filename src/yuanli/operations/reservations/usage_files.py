"""The use of rooms by tables that people bring, instead of what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from yuanli.campus import FeatureId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations.reservations.rooms import BookableRoom
from yuanli.operations.reservations.usage import SpaceUsage, measure_usage, used_space
from yuanli.operations.reservations.usage_tables import Cells, read_bookings, read_counts, read_spaces
from yuanli.planning import OpenHours, Presence, SpaceBooking

WORKDAYS = frozenset(range(5))
Table = tuple[str, Iterable[Cells]]
"""The name of a file, and its rows of cells, headers first."""


class UsageFilesError(InvalidInputError):
    """Tables of the use of rooms leave out what is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageFiles:
    """Tables of the use of rooms; without one of spaces they are the rooms of a campus."""

    bookings: Table | None = None
    counts: Table | None = None
    spaces: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesWish:
    """What of the tables counts: a span, or all of their days, and when rooms are open."""

    start: datetime | None = None
    end: datetime | None = None
    from_hour: int = 8
    to_hour: int = 18
    weekdays: frozenset[int] = WORKDAYS


def measure_files(
    files: UsageFiles, wish: FilesWish, rooms: Sequence[BookableRoom], clock: tzinfo
) -> SpaceUsage:
    """Return how spaces were used by tables; times without a zone are of `clock`.

    Raises
    ------
    UsageFilesError, UsageTableError, UsageError
        There are no tables or no rows; cells are wrong, each told by its place; there is no open hour.
    """
    if files.bookings is None and files.counts is None:
        raise UsageFilesError(
            Text("没有预订表，也没有人数表。", "There is no table of bookings, and none of counts."),
            field="bookings", hint=Text("至少给出其中一个。", "Give one of them at least."),
        )  # fmt: skip
    if files.spaces is not None:
        spaces = read_spaces(*files.spaces)
        names = {FeatureId(one.name): Text(one.name, one.name) for one in spaces}
    else:
        spaces, names = [used_space(room) for room in rooms], {room.id: room.name for room in rooms}
    called = {text.casefold(): str(key) for key, name in names.items() for text in (name.en, name.zh, key)}
    bookings = [] if files.bookings is None else read_bookings(*files.bookings, called, clock)
    counts = [] if files.counts is None else read_counts(*files.counts, called, clock)
    rows: list[SpaceBooking | Presence] = [*bookings, *counts]
    if not rows:
        raise UsageFilesError(
            Text("表里没有数据行。", "The tables have no rows."), field="bookings",
            hint=Text("第一行是列名，其后每行一条。", "The first row names the columns, a row each follows."),
        )  # fmt: skip
    first, last = min(one.start for one in rows), max(one.end for one in rows)
    hours = OpenHours(
        start=_midnight(first) if wish.start is None else wish.start.astimezone(clock),
        end=_midnight(last) + timedelta(days=1) if wish.end is None else wish.end.astimezone(clock),
        from_hour=wish.from_hour, to_hour=wish.to_hour, weekdays=wish.weekdays,
    )  # fmt: skip
    return measure_usage(spaces, bookings, counts, hours, names)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
