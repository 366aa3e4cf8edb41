"""What events need, what rooms offer, what is wanted; and a plan of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.solver import InvalidProblemError

MOST_EVENTS, MOST_ROOMS, MOST_PERIODS, MOST_DAYS = 20_000, 5_000, 1_440, 62
MOST_CHOICES = 20_000_000
MOST_PAIRS = 5_000_000
MOST_NUMBER = 1e6
"""The largest size, weight, penalty, number of a rule and seconds of a walk."""
PAIR_RULES = (
    "same_start", "same_time", "different_time", "same_days", "different_days", "same_weeks", "different_weeks",
    "overlap", "not_overlap", "same_room", "different_room", "same_attendees", "precedence", "work_day", "min_gap",
)  # fmt: skip
GROUP_RULES = ("max_days", "max_day_load", "max_breaks", "max_block")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Time:
    """When an event is: on these days of these weeks from a period on, for so many periods; all counted from 0."""

    days: tuple[int, ...]
    start: int
    length: int = 1
    weeks: tuple[int, ...] = (0,)

    @property
    def end(self) -> int:
        """The first period after it."""
        return self.start + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room: how many people it holds, what it offers, when it can't be had."""

    name: str
    capacity: int
    features: frozenset[str] = frozenset()
    closed: tuple[Time, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """When and where an event is; no room where it needs none."""

    time: Time
    room: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A meeting, a lecture, an event.

    Parameters
    ----------
    size
        How many people come.
    people
        Who is in it and can't be elsewhere: attendees, teachers, or groups that go together (curricula).
    times, rooms
        Those it may have, with a penalty ≥ 0 each; no rooms where it needs none.
    features
        What its room must offer.
    course
        What it belongs to, if anything.
    current
        What it has in the plan that holds now, if any: told beside what it gets, at no cost by itself.
    """

    name: str
    size: int
    times: Mapping[Time, float]
    rooms: Mapping[str, float]
    people: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    course: str | None = None
    current: Placed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Events that belong together: better in one room, and on at least `min_days` days."""

    name: str
    min_days: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How events relate, as in ITC-2019 but with underscores; `penalty` is None where it must hold.

    For each pair that breaks a rule of `PAIR_RULES` the penalty counts once; for one of `GROUP_RULES` as the
    competition says. `values` are its numbers, in periods or days.
    """

    kind: str
    events: tuple[str, ...]
    penalty: float | None = None
    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomWeights:
    """What one unit costs; those of a timetable are the UD2 formulation of ITC-2007.

    Parameters
    ----------
    size
        A person more than the room holds; only where capacity is soft.
    min_days
        A day that a course has too few.
    compactness
        A period of a curriculum with nothing just before or after it on the same day.
    stability
        A room of a course beyond its first.
    time, room, rules
        A point of penalty of a time, a room, or a rule between events.
    walking
        A minute that one of `people` walks from one event to the next.
    """

    size: float = 1.0
    min_days: float = 5.0
    compactness: float = 2.0
    stability: float = 1.0
    time: float = 1.0
    room: float = 1.0
    rules: float = 1.0
    walking: float = 1.0

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            _number(getattr(self, name), f"weights.{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomsProblem:
    """Events to be put into rooms and times.

    Parameters
    ----------
    period_min
        Minutes of a period; needed where walking counts.
    curricula
        Which of the people are curricula: periods of theirs are better next to each other.
    capacity
        Whether more people than a room holds are forbidden, or cost.
    walking_s
        Seconds from room to room, shape `(n_rooms, n_rooms)`.
    near_min
        Two events with one of `people` in common are consecutive if at most so many minutes are between them: their
        walk counts. A walk that takes longer than the time between is forbidden, whatever that time.
    """

    name: str
    days: int
    periods: int
    rooms: tuple[Room, ...]
    events: tuple[Event, ...]
    weeks: int = 1
    period_min: float = 60.0
    courses: tuple[Course, ...] = ()
    curricula: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    capacity: Literal["hard", "soft"] = "hard"
    walking_s: NDArray[np.float64] | None = None
    near_min: float = 30.0
    weights: RoomWeights = field(default_factory=RoomWeights)

    def __post_init__(self) -> None:
        for name, value, most in (
            ("days", self.days, MOST_DAYS), ("weeks", self.weeks, MOST_DAYS), ("periods", self.periods, MOST_PERIODS),
            ("rooms", len(self.rooms), MOST_ROOMS), ("events", len(self.events), MOST_EVENTS),
        ):  # fmt: skip
            least = 0 if name == "rooms" and all(not e.rooms for e in self.events) else 1
            if not least <= value <= most:
                raise _wrong(name, value, f"应在 {least} 到 {most} 之间", f"it is from {least} to {most}")
        _unique("rooms", (room.name for room in self.rooms))
        _unique("events", (event.name for event in self.events))
        _unique("courses", (course.name for course in self.courses))
        _number(self.period_min, "period_min", above=True)
        _number(self.near_min, "near_min")
        if (choices := sum(len(e.times) * max(1, len(e.rooms)) for e in self.events)) > MOST_CHOICES:
            raise _wrong("events", f"{choices}", f"时间与房间的组合应不超过 {MOST_CHOICES}",
                         f"there are at most {MOST_CHOICES} choices of time and room in all")  # fmt: skip
        self._check_rooms()
        self._check_events()
        self._check_rules()

    def _check_rooms(self) -> None:
        for room in self.rooms:
            at = f"rooms[{room.name}]"
            _number(room.capacity, f"{at}.capacity")
            for time in room.closed:
                self._check_time(time, f"{at}.closed")
        if self.walking_s is not None:
            n = len(self.rooms)
            if self.walking_s.shape != (n, n):
                raise _wrong("walking_s", self.walking_s.shape, f"应为 {n}×{n}", f"its shape is {n}×{n}")
            right = (self.walking_s >= 0) & (self.walking_s <= MOST_NUMBER)
            if not right.all():
                i, j = np.argwhere(~right)[0]
                raise _wrong(f"walking_s[{i}][{j}]", self.walking_s[i, j], f"应是 0 到 {MOST_NUMBER:g} 的秒数",
                             f"it is a number of seconds from 0 to {MOST_NUMBER:g}")  # fmt: skip

    def _check_events(self) -> None:
        rooms = {room.name for room in self.rooms}
        courses = {course.name for course in self.courses}
        for course in self.courses:
            if not 0 <= course.min_days <= (all_days := self.days * self.weeks):
                raise _wrong(f"courses[{course.name}].min_days", course.min_days,
                             f"应在 0 到 {all_days} 之间", f"it is from 0 to {all_days}")  # fmt: skip
        checked: set[int] = set()
        for event in self.events:
            at = f"events[{event.name}]"
            _number(event.size, f"{at}.size")
            if event.course is not None and event.course not in courses:
                raise _wrong(f"{at}.course", event.course, "没有这门课程", "there is no such course")
            _unique(f"{at}.people", event.people)
            if event.current is not None:
                self._check_time(event.current.time, f"{at}.current")
                if event.current.room not in (None, *rooms):
                    raise _wrong(f"{at}.current", event.current.room, "没有这个房间", "there is no such room")
            for table, key in ((event.times, "times"), (event.rooms, "rooms")):
                if id(table) in checked:
                    continue
                checked.add(id(table))
                for choice, penalty in table.items():
                    _number(penalty, f"{at}.{key}")
                    if isinstance(choice, Time):
                        self._check_time(choice, f"{at}.{key}")
                    elif choice not in rooms:
                        raise _wrong(f"{at}.rooms", choice, "没有这个房间", "there is no such room")

    def _check_rules(self) -> None:
        events = {event.name for event in self.events}
        needed = {
            "work_day": 1,
            "min_gap": 1,
            "max_days": 1,
            "max_day_load": 1,
            "max_breaks": 2,
            "max_block": 2,
        }
        pairs = sum(
            len(rule.events) * (len(rule.events) - 1) // 2 for rule in self.rules if rule.kind in PAIR_RULES
        )
        if pairs > MOST_PAIRS:
            raise _wrong("rules", pairs, f"规则涉及的活动对应不超过 {MOST_PAIRS}",
                         f"rules are about {MOST_PAIRS} pairs of events at most")  # fmt: skip
        for i, rule in enumerate(self.rules):
            at = f"rules[{i}]"
            if rule.kind not in (*PAIR_RULES, *GROUP_RULES):
                known = ", ".join((*PAIR_RULES, *GROUP_RULES))
                raise _wrong(f"{at}.kind", rule.kind, f"可用：{known}", f"use one of {known}")
            if len(rule.values) != needed.get(rule.kind, 0) or min(rule.values, default=0) < 0:
                n = needed.get(rule.kind, 0)
                raise _wrong(f"{at}.values", rule.values, f"应有 {n} 个不小于 0 的整数",
                             f"it has {n} whole numbers from 0")  # fmt: skip
            for value in rule.values:
                _number(value, f"{at}.values")
            if rule.penalty is not None:
                _number(rule.penalty, f"{at}.penalty")
            for name in rule.events:
                if name not in events:
                    raise _wrong(f"{at}.events", name, "没有这个活动", "there is no such event")

    def _check_time(self, time: Time, at: str) -> None:
        inside = (
            time.days and time.weeks and all(0 <= d < self.days for d in time.days)
            and all(0 <= w < self.weeks for w in time.weeks)
            and time.length >= 1 and time.start >= 0 and time.end <= self.periods
        )  # fmt: skip
        if not inside:
            raise _wrong(
                at, f"days {time.days}, weeks {time.weeks}, start {time.start}, length {time.length}",
                f"应在 {self.weeks} 周、{self.days} 天、每天 {self.periods} 节之内，长度至少 1 节",
                f"it lies within {self.weeks} weeks of {self.days} days of {self.periods} periods, and lasts one",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomsPlan:
    """Each event's time and room, by name."""

    placed: Mapping[str, Placed]


def _unique(at: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise _wrong(at, name, "出现了不止一次", "it is there more than once")
        if not name:
            raise _wrong(at, repr(name), "名称不能为空", "a name is not empty")


def _number(value: float, at: str, *, above: bool = False) -> None:
    if not (0 <= value <= MOST_NUMBER and (value > 0 or not above)):
        than = ("大于", "above") if above else ("不小于", "from")
        raise _wrong(at, value, f"应是{than[0]} 0、不超过 {MOST_NUMBER:g} 的数",
                     f"it is a number {than[1]} 0, {MOST_NUMBER:g} at most")  # fmt: skip


def _wrong(at: str, value: object, zh: str, en: str) -> InvalidProblemError:
    return InvalidProblemError(
        Text(f"{at} 为 {value}：{zh}。", f"{at} is {value}: {en}."),
        field=at,
        hint=Text("请改正后重试。", "Correct it and try again."),
    )
