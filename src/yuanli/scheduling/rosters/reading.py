"""Rosters in our own JSON."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field

from yuanli.scheduling.rosters.tables import (
    DAY_MIN,
    MOST_NEEDS,
    MOST_PEOPLE,
    MOST_SHIFTS,
    Desire,
    Law,
    Need,
    RostersProblem,
    Shift,
    Weights,
    Worker,
)
from yuanli.solver import Document, document_of, refuse, text_of

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DAYS = 92
MOST_WISHES = 1_000
Amount = Annotated[int, Field(ge=0, le=10**6)]
MOST_REST_H = 168


def _minutes(value: Any) -> Any:
    hours, _, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
    right = hours.isdigit() and minutes.isdigit() and int(hours) <= 24 and int(minutes) < 60
    return 60 * int(hours) + int(minutes) if right else value


Clock = Annotated[int, BeforeValidator(_minutes), Field(ge=0, le=DAY_MIN, description="HH:MM")]


class _Shift(Document):
    id: str = Field(description="its name")
    begin: Clock
    end: Clock = Field(description="HH:MM; not after the begin is the next day")


class _Wish(Document):
    day: date
    shift: str | None = Field(default=None, description="the shift that is wished; off if not given")
    weight: Amount = Field(default=10, description="what it costs not to grant it")


class _Person(Document):
    id: str = Field(description="name")
    skills: frozenset[str] = frozenset()
    leave: frozenset[date] = Field(
        default=frozenset(), max_length=MOST_DAYS, description="days on which they can't work"
    )
    min_week_h: Amount = Field(default=0, description="hours a full week at least")
    max_week_h: Amount | None = Field(
        default=None, description="hours a week at most; the law's limit holds too"
    )
    wishes: tuple[_Wish, ...] = Field(default=(), max_length=MOST_WISHES)


class _Need(Document):
    shift: str
    days: tuple[Weekday | date, ...] = Field(
        default=WEEKDAYS, description="weekdays or dates; all if not given"
    )
    skill: str | None = Field(default=None, description="only who has it counts")
    least: Amount = Field(default=0, description="people it can't do without")
    target: Amount | None = Field(default=None, description="people it should have; `least` if not given")


class _Law(Document):
    table: Literal["cn", "eu"] = Field(default="cn", description="whose limits hold where none is given here")
    max_week_h: Amount | None = None
    rest_h: Amount | None = Field(
        default=None, le=MOST_REST_H, description="hours between two shifts at least"
    )
    rest_days_week: Amount | None = Field(default=None, description="days off in each calendar week at least")
    max_consecutive: Amount | None = Field(default=None, description="days of work in a row at most")
    free_weekends: Amount = Field(default=0, description="whole weekends off at least, in the roster")


class _Weights(Document):
    short: Amount = Field(default=100, description="cost of each person a shift has less than its target")
    over: Amount = Field(
        default=20, description="cost of each person a shift has more than its greatest target"
    )
    nights: Amount = Field(
        default=5, description="cost of each night that who has most has more than who has least"
    )
    weekends: Amount = Field(default=5, description="the same for days of weekends")


class RostersDocument(Document):
    """People, shifts and needs over some days."""

    first: date = Field(description="first day")
    days: int = Field(ge=1, le=MOST_DAYS)
    shifts: tuple[_Shift, ...] = Field(max_length=MOST_SHIFTS)
    people: tuple[_Person, ...] = Field(max_length=MOST_PEOPLE)
    needs: tuple[_Need, ...] = Field(max_length=MOST_NEEDS)
    law: _Law = _Law()
    weights: _Weights = _Weights()


@cache
def labour_laws() -> dict[str, dict[str, Any]]:
    """Return the tables of limits, by country."""
    text = (files("yuanli.scheduling.rosters") / "labour_law.yaml").read_text("utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return found


def parse_rosters(data: bytes, name: str) -> RostersProblem:
    """Read our JSON, gzipped or not.

    Raises
    ------
    InvalidProblemError
        A field is wrong.
    """
    told = document_of(RostersDocument, text_of(data, name), name)
    number = {shift.id: s for s, shift in enumerate(told.shifts)}
    if (date.max - told.first).days < told.days:
        refuse(
            f"first 为 {told.first}，其后没有 {told.days} 天。",
            f"first is {told.first}; there are no {told.days} days from then on.",
            field="first",
        )

    def shift_of(id_: str, field: str) -> int:
        if id_ not in number:
            refuse(
                f"{field} 是“{id_}”，没有这个班次。", f"{field} is {id_!r}, which is no shift.", field=field
            )
        return number[id_]

    def day_of(day: date, field: str) -> int:
        if not 0 <= (found := (day - told.first).days) < told.days:
            refuse(f"{field} 是 {day}，不在排班期内。", f"{field} is {day}, out of the roster.", field=field)
        return found

    needs = [
        Need(day=day, shift=shift_of(need.shift, f"needs.{i}.shift"), skill=need.skill, least=need.least,
             target=need.least if need.target is None else need.target)
        for i, need in enumerate(told.needs)
        for day in range(told.days)
        if (here := told.first + timedelta(days=day)) in need.days or WEEKDAYS[here.weekday()] in need.days
    ]  # fmt: skip
    limits = {key: value for key, value in labour_laws()[told.law.table].items() if key != "title"}
    limits |= {
        key: value for key, value in told.law.model_dump(exclude={"table"}).items() if value is not None
    }
    return RostersProblem(
        first=told.first,
        days=told.days,
        shifts=tuple(
            Shift(id=s.id, begin_min=s.begin, end_min=s.end if s.end > s.begin else s.end + DAY_MIN)
            for s in told.shifts
        ),
        people=tuple(
            Worker(
                id=one.id, skills=one.skills,
                leave=frozenset(day_of(day, f"people.{p}.leave") for day in one.leave),
                min_week_h=one.min_week_h, max_week_h=one.max_week_h,
                desires=tuple(
                    Desire(
                        day=day_of(wish.day, f"people.{p}.wishes.{w}.day"), weight=wish.weight,
                        shift=None if wish.shift is None else shift_of(wish.shift, f"people.{p}.wishes.{w}.shift"),
                    )
                    for w, wish in enumerate(one.wishes)
                ),
            )
            for p, one in enumerate(told.people)
        ),
        needs=tuple(needs),
        law=Law(**limits),
        weights=Weights(**told.weights.model_dump()),
    )  # fmt: skip
