"""A day's rounds: places, stops and staff, and a plan of tours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yuanli.solver import OnMap, refuse

Ints = NDArray[np.int64]
MOST_STOPS = 5_000
MOST_STAFF = 2_000
MOST = 10**9
"""The largest time, load and cost; a day has 86,400 seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStop:
    """Something to do at a place, begun between `earliest` and `latest`.

    Parameters
    ----------
    load, collect
        What is brought here from the tour's start or last reload, and taken from here to its end or next reload.
    prize
        What it costs to leave the stop out; None is never. Of a pair both are left out, or none.
    source
        The stop, by number, where the load is picked up: by the same person, before. None brings it from the start.
    skills
        All that who comes must have.
    """

    id: str
    place: int
    earliest: int
    latest: int
    service: int = 0
    load: int = 0
    collect: int = 0
    prize: int | None = None
    skills: frozenset[str] = frozenset()
    source: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A break, begun between `earliest` and `latest` at one of some places."""

    earliest: int
    latest: int
    duration: int
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStaff:
    """Who may go on one tour within a shift, from `start` to `end`.

    Parameters
    ----------
    max_work
        The longest time from leaving to coming back.
    capacity
        The most that is carried at once; None is no limit.
    use_cost, walk_cost, time_cost
        What it costs to send them at all, a second of walking, and a second between leaving and coming back.
    reloads
        Places where what was collected is put down and new loads are taken on: the tour is several trips then.
    max_reloads
        How often at most; None is no limit.
    reload_time
        How long each takes.
    """

    id: str
    start: int
    end: int
    earliest: int
    latest: int
    max_work: int | None = None
    capacity: int | None = None
    skills: frozenset[str] = frozenset()
    use_cost: int = 0
    walk_cost: int = 1
    time_cost: int = 0
    rests: tuple[Rest, ...] = ()
    reloads: tuple[int, ...] = ()
    max_reloads: int | None = None
    reload_time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsProblem:
    """Stops to share among staff, at least cost.

    Times and costs are whole numbers; files with fractions are scaled: `time_scale` and `cost_scale` say how many of
    ours are one of the file's.

    Parameters
    ----------
    walk
        Seconds from place to place, shape `(n_places, n_places)`.
    surprise
        What a walk is dearer today so that no two days' patrols are alike, shape as `walk`; see `surprise_of`.
    clock
        Times are seconds since the day began; else they count as the file does.
    on_map
        Where the places are, if the problem was drafted from a map.
    """

    places: tuple[str, ...]
    walk: Ints
    stops: tuple[RoundStop, ...]
    staff: tuple[RoundStaff, ...]
    surprise: Ints | None = field(default=None)
    time_scale: int = 1
    cost_scale: int = 1
    clock: bool = False
    on_map: OnMap | None = None

    def __post_init__(self) -> None:
        _check_size("stops", "任务点", len(self.stops), MOST_STOPS)
        _check_size("staff", "人员", len(self.staff), MOST_STAFF)
        for name, ids in (
            ("places", self.places),
            ("stops", [stop.id for stop in self.stops] + [one.id for one in self.staff]),
        ):
            _check_unique(name, ids)
        n = len(self.places)
        if self.walk.shape != (n, n):
            refuse(
                f"步行时间表是 {self.walk.shape}，地点有 {n} 个。",
                f"The table of walks is {self.walk.shape}, but there are {n} places.",
                field="walking_s",
            )
        bad = np.argwhere((self.walk < 0) | (self.walk > MOST))
        if len(bad):
            a, b = map(int, bad[0])
            refuse(
                f"从“{self.places[a]}”到“{self.places[b]}”的步行时间为 {self.walk[a, b]}，"
                f"应在 0 到 {MOST} 之间。",
                f"The walk from {self.places[a]!r} to {self.places[b]!r} is {self.walk[a, b]}; "
                f"it lies from 0 to {MOST}.",
                field=f"walking_s.{a}.{b}",
            )
        for stop in self.stops:
            _check_window(f"stops.{stop.id}", stop.earliest, stop.latest)
            for name in ("service", "load", "collect", "prize"):
                _check_amount(f"stops.{stop.id}.{name}", getattr(stop, name))
        for one in self.staff:
            _check_window(f"staff.{one.id}", one.earliest, one.latest)
            if one.earliest == one.latest:
                refuse(
                    f"{one.id} 的班次长度为零。",
                    f"The shift of {one.id} has no length.",
                    field=f"staff.{one.id}",
                )
            for name in (
                "max_work", "capacity", "use_cost", "walk_cost", "time_cost", "max_reloads", "reload_time",
            ):  # fmt: skip
                _check_amount(f"staff.{one.id}.{name}", getattr(one, name))
            for rest in one.rests:
                _check_window(f"staff.{one.id}.breaks", rest.earliest, rest.latest)
                _check_amount(f"staff.{one.id}.breaks", rest.duration)
        _check_pairs(self.stops)

    def pairs(self) -> list[tuple[int, int]]:
        """Return which stop is picked up at for which other one, by number."""
        return [(stop.source, i) for i, stop in enumerate(self.stops) if stop.source is not None]

    def arc_cost(self, staff: RoundStaff) -> Ints:
        """Return what each walk costs for one of the staff."""
        return staff.walk_cost * (self.walk if self.surprise is None else self.walk + self.surprise)


def shortest(table: Ints) -> Ints:
    """Return the least sum from each place to each by way of any (Floyd 1962, doi:10.1145/367766.368168)."""
    found = table.copy()
    for by in range(len(found)):
        np.minimum(found, found[:, by, None] + found[None, by, :], out=found)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A part of a tour: a stop or a rest, by number, else a reload; where and when it begins."""

    stop: int | None
    rest: int | None = None
    place: int
    begin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """What one of the staff does, in order."""

    staff: int
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsPlan:
    """Tours with at least one stop, by staff; stops in none of them are left out."""

    tours: tuple[Tour, ...]

    def staff_of(self) -> dict[int, int]:
        """Return who comes to each stop."""
        return {call.stop: tour.staff for tour in self.tours for call in tour.calls if call.stop is not None}


def _check_size(name: str, zh: str, size: int, most: int) -> None:
    if not 1 <= size <= most:
        refuse(
            f"{zh}有 {size} 个，应在 1 到 {most} 之间。",
            f"There are {size} {name}; there can be 1 to {most}.",
            field=name,
        )


def _check_unique(name: str, ids: Iterable[str]) -> None:
    twice = [id_ for id_, times in Counter(ids).items() if times > 1 or not id_]
    if twice:
        refuse(
            f"名称“{twice[0]}”为空或出现多次。", f"The name {twice[0]!r} is empty or there twice.", field=name
        )


def _check_pairs(stops: tuple[RoundStop, ...]) -> None:
    """Refuse pairs of picking up and bringing that are not one to one, or of which one can be left out alone."""
    used: set[int] = set()
    for stop in stops:
        if stop.source is None:
            continue
        first, field_ = stops[stop.source], f"stops.{stop.id}.from"
        if first is stop or first.source is not None or first.load or stop.source in used:
            refuse(
                f"“{stop.id}”从“{first.id}”取货：取货点应是另一个没有送达量的点，且只供一个点。",
                f"{stop.id!r} is brought from {first.id!r}: that is another stop, nothing is brought to it, and it "
                "serves one stop only.", field=field_,
            )  # fmt: skip
        if (first.prize is None) != (stop.prize is None):
            refuse(
                f"“{stop.id}”与取货点“{first.id}”应都可放弃或都不可放弃。",
                f"{stop.id!r} and {first.id!r}, where it is picked up, can both be left out (prize), or neither.",
                field=field_,
            )
        used.add(stop.source)


def _check_window(field_: str, earliest: int, latest: int) -> None:
    if not 0 <= earliest <= latest <= MOST:
        refuse(
            f"{field_} 的时间窗是 {earliest} 到 {latest}，应满足 0 ≤ 最早 ≤ 最晚 ≤ {MOST}。",
            f"The window of {field_} is {earliest} to {latest}; 0 ≤ earliest ≤ latest ≤ {MOST} must hold.",
            field=field_,
        )


def _check_amount(field_: str, value: int | None) -> None:
    if value is not None and not 0 <= value <= MOST:
        refuse(
            f"{field_} 为 {value}，应在 0 到 {MOST} 之间。",
            f"{field_} is {value}; it lies from 0 to {MOST}.",
            field=field_,
        )
