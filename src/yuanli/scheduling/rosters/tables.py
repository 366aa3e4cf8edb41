"""Rosters: people, days and shifts, and who works when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from yuanli.solver import refuse

DAY_MIN = 24 * 60
NIGHT_END_MIN = 5 * 60
"""A shift that works at five in the morning or earlier is a night."""
MOST_CELLS = 200_000
MOST_PEOPLE = 20_000
MOST_SHIFTS = 1_000
MOST_NEEDS = 5_000
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A span of work, in minutes since the day began; one over midnight ends after 1,440."""

    id: str
    begin_min: int
    end_min: int

    @property
    def night(self) -> bool:
        """Whether it works between midnight and five."""
        return self.begin_min < NIGHT_END_MIN or self.end_min > DAY_MIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """How many work a shift on a day: at least `least`, rather `target`; of those with a skill if one is named."""

    day: int
    shift: int
    skill: str | None
    least: int
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desire:
    """What somebody would like on a day: a shift, or off (None)."""

    day: int
    shift: int | None
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Somebody to be rostered; hours are per calendar week, minimum hours shrink with days of leave."""

    id: str
    skills: frozenset[str] = frozenset()
    leave: frozenset[int] = frozenset()
    min_week_h: int = 0
    max_week_h: int | None = None
    desires: tuple[Desire, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Limits for everybody: hours a week, hours between shifts, days off a week, days in a row, whole weekends off."""

    max_week_h: int
    rest_h: int
    rest_days_week: int
    max_consecutive: int
    free_weekends: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What one missing person, one too many, one unfair night and one unfair weekend day cost."""

    short: int = 100
    over: int = 20
    nights: int = 5
    weekends: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RostersProblem:
    """Who works which shift on each day."""

    first: date
    days: int
    shifts: tuple[Shift, ...]
    people: tuple[Worker, ...]
    needs: tuple[Need, ...]
    law: Law
    weights: Weights

    def __post_init__(self) -> None:
        cells = self.days * len(self.shifts) * len(self.people)
        if not 1 <= cells <= MOST_CELLS:
            refuse(
                f"人员 × 天 × 班次为 {cells}，应在 1 到 {MOST_CELLS} 之间。",
                f"People × days × shifts is {cells}; it lies from 1 to {MOST_CELLS}.",
                field="people",
            )
        for name, ids in (("shifts", [s.id for s in self.shifts]), ("people", [p.id for p in self.people])):
            twice = [id_ for id_, times in Counter(ids).items() if times > 1 or not id_]
            if twice:
                refuse(
                    f"名称“{twice[0]}”为空或出现多次。",
                    f"The name {twice[0]!r} is empty or there twice.",
                    field=name,
                )
        for shift in self.shifts:
            if not 0 <= shift.begin_min < DAY_MIN or not 0 < shift.end_min - shift.begin_min <= DAY_MIN:
                refuse(
                    f"班次“{shift.id}”从 {shift.begin_min} 到 {shift.end_min} 分钟，应在一天内开始、不超过 24 小时。",
                    f"The shift {shift.id!r} runs from minute {shift.begin_min} to {shift.end_min}; it begins within "
                    "the day and lasts 24 hours at most.",
                    field=f"shifts.{shift.id}",
                )
        for need in self.needs:
            if not 0 <= need.least <= need.target:
                refuse(
                    f"{self.label(need)[0]}要 {need.least} 到 {need.target} 人，应满足 0 ≤ 至少 ≤ 目标。",
                    f"{self.label(need)[1]} needs {need.least} to {need.target}; 0 ≤ least ≤ target must hold.",
                    field="needs",
                )

    def date_of(self, day: int) -> date:
        """Return the date of a day."""
        return self.first + timedelta(days=day)

    def weeks(self) -> Iterator[list[int]]:
        """Yield the days of each calendar week, Monday to Sunday, as far as they are in the roster."""
        week: list[int] = []
        for day in range(self.days):
            if week and self.date_of(day).weekday() == 0:
                yield week
                week = []
            week.append(day)
        yield week

    def targets(self) -> dict[tuple[int, int], int]:
        """Return how many each day's shifts should have, the greatest of their needs."""
        found: dict[tuple[int, int], int] = {}
        for need in self.needs:
            found[need.day, need.shift] = max(found.get((need.day, need.shift), 0), need.target)
        return found

    def weekend(self, day: int) -> bool:
        """Say whether a day is a Saturday or Sunday."""
        return self.date_of(day).weekday() >= SATURDAY

    def label(self, need: Need) -> tuple[str, str]:
        """Return a need's day, shift and skill in both languages."""
        day, shift = self.date_of(need.day), self.shifts[need.shift].id
        weekday = f"周{'一二三四五六日'[day.weekday()]}"
        skill = need.skill
        return (
            f"{day}（{weekday}）{shift.removesuffix('班')}班" + (f"（{skill}）" if skill else ""),
            f"{day} ({day:%a}), shift {shift}" + (f", skill {skill}" if skill else ""),
        )

    def able(self, need: Need) -> list[int]:
        """Return who has the skill of a need."""
        return [p for p, one in enumerate(self.people) if need.skill is None or need.skill in one.skills]


@dataclass(frozen=True, slots=True, kw_only=True)
class RostersPlan:
    """The shift of each person on each day, by number; −1 is off. Shape `(n_people, n_days)`."""

    shifts: tuple[tuple[int, ...], ...]
