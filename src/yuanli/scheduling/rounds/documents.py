"""Rounds in our own JSON."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field

from yuanli.scheduling.rounds.tables import (
    MOST,
    MOST_STAFF,
    MOST_STOPS,
    Ints,
    Rest,
    RoundsProblem,
    RoundStaff,
    RoundStop,
)
from yuanli.solver import Document, OnMap, document_of, refuse

CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")


def seconds_of(value: Any) -> Any:
    """Return a time of day, `8:30` or `08:30:00`, as seconds; other values as they are."""
    found = CLOCK.fullmatch(value) if isinstance(value, str) else None
    return value if found is None else 3600 * int(found[1]) + 60 * int(found[2]) + int(found[3] or 0)


Time = Annotated[
    int, BeforeValidator(seconds_of), Field(ge=0, description="seconds since the day began, or HH:MM[:SS]")
]
Amount = Annotated[int, Field(ge=0)]
LATEST = 10**9
MOST_PLACES = MOST_STOPS + MOST_STAFF
MOST_BREAKS = 100


class _Stop(Document):
    id: str = Field(description="its name in the plan")
    place: str = Field(description="one of `places`")
    earliest: Time = Field(
        default=0, description="it begins not before: seconds since the day began, or HH:MM"
    )
    latest: Time = Field(default=LATEST, description="it begins not after")
    service_s: Amount = Field(default=0, description="seconds it takes")
    load: Amount = Field(default=0, description="what is brought here from the tour's start")
    collect: Amount = Field(default=0, description="what is taken from here to the tour's end")
    prize: Amount | None = Field(
        default=None, description="cost of leaving it out; it can't be left out if not given"
    )
    skills: frozenset[str] = Field(default=frozenset(), description="all that who comes must have")
    source: str | None = Field(
        default=None, alias="from",
        description="the stop where its load is picked up, by the same person before; brought from the tour's start, "
        "or its last reload, if not given",
    )  # fmt: skip


class _Reload(Document):
    places: tuple[str, ...] = Field(default=(), description="where; where the tour starts if empty")
    most: Amount | None = Field(default=None, description="how often at most; no limit if not given")
    duration_s: Amount = Field(default=0, description="seconds it takes")


class _Break(Document):
    earliest: Time = Field(description="it begins not before")
    latest: Time = Field(description="it begins not after")
    duration_s: Amount = Field(description="seconds it lasts")
    places: tuple[str, ...] = Field(
        default=(), description="where it may be taken; where the tour starts if empty"
    )


class _Staff(Document):
    id: str = Field(description="name")
    start: str = Field(description="the place the tour starts from")
    end: str | None = Field(default=None, description="the place it ends at; where it starts if not given")
    earliest: Time = Field(description="begin of the shift: seconds since the day began, or HH:MM")
    latest: Time = Field(description="end of the shift")
    max_work_s: Amount | None = Field(
        default=None, description="longest time from leaving to coming back, seconds"
    )
    capacity: Amount | None = Field(default=None, description="the most that is carried at once")
    skills: frozenset[str] = Field(default=frozenset(), description="what they can do")
    use_cost: Amount = Field(default=0, description="cost of sending them at all")
    walk_cost: Amount = Field(default=1, description="cost of a second of walking")
    time_cost: Amount = Field(default=0, description="cost of a second between leaving and coming back")
    breaks: tuple[_Break, ...] = Field(
        default=(), max_length=MOST_BREAKS, description="whoever is sent takes all of them"
    )
    reload: _Reload | None = Field(
        default=None,
        description="goes several trips: what was collected is put down, new loads are taken on between them",
    )


class _Patrol(Document):
    day: str = Field(
        description="any text that differs from day to day, say the date: it draws today's order"
    )
    share: float = Field(
        default=0.2, gt=0, le=1, description="how much longer than least the walking may become"
    )


class RoundsDocument(Document):
    """A day's rounds; costs are in seconds of walking unless other prices are given."""

    places: tuple[str, ...] = Field(description="names of places", min_length=1, max_length=MOST_PLACES)
    walking_s: tuple[tuple[Amount, ...], ...] = Field(
        description="seconds from each place (row) to each (column)"
    )
    stops: tuple[_Stop, ...] = Field(max_length=MOST_STOPS)
    staff: tuple[_Staff, ...] = Field(max_length=MOST_STAFF)
    patrol: _Patrol | None = Field(default=None, description="makes the order hard to foretell")
    on_map: OnMap | None = Field(
        default=None, description="where places are on a map, by name: only pictures need it"
    )


def parse_rounds_json(text: str, name: str) -> RoundsProblem:
    """Read our own JSON.

    Raises
    ------
    InvalidProblemError
        A field is wrong.
    """
    told = document_of(RoundsDocument, text, name)
    number = {place: i for i, place in enumerate(told.places)}
    stops = {stop.id: i for i, stop in enumerate(told.stops)}

    def place(id_: str, field: str) -> int:
        if id_ not in number:
            refuse(
                f"{field} 是“{id_}”，places 里没有这个地点。",
                f"{field} is {id_!r}, which is not in places.",
                field=field,
            )
        return number[id_]

    def source(id_: str, field: str) -> int:
        if id_ not in stops:
            refuse(
                f"{field} 是“{id_}”，stops 里没有这个点。",
                f"{field} is {id_!r}, which is not in stops.",
                field=field,
            )
        return stops[id_]

    if any(len(row) != len(number) for row in told.walking_s) or len(told.walking_s) != len(told.places):
        refuse(
            f"walking_s 应是 {len(told.places)} 行 {len(told.places)} 列。",
            f"walking_s has {len(told.places)} rows of {len(told.places)}.",
            field="walking_s",
        )
    for a, row in enumerate(told.walking_s):
        for b, value in enumerate(row):
            if not 0 <= value <= MOST:  # numpy holds no larger ones
                refuse(
                    f"walking_s 第 {a + 1} 行第 {b + 1} 列为 {value}，应在 0 到 {MOST} 之间。",
                    f"walking_s has {value} in row {a + 1}, column {b + 1}; it lies from 0 to {MOST}.",
                    field=f"walking_s.{a}.{b}",
                )
    walk: Ints = np.array(told.walking_s, dtype=np.int64)
    return RoundsProblem(
        places=told.places,
        walk=walk,
        stops=tuple(
            RoundStop(
                id=s.id, place=place(s.place, f"stops.{i}.place"), earliest=s.earliest, latest=s.latest,
                service=s.service_s, load=s.load, collect=s.collect, prize=s.prize, skills=s.skills,
                source=None if s.source is None else source(s.source, f"stops.{i}.from"),
            )
            for i, s in enumerate(told.stops)
        ),
        staff=tuple(
            RoundStaff(
                id=s.id, start=(start := place(s.start, f"staff.{i}.start")),
                end=start if s.end is None else place(s.end, f"staff.{i}.end"),
                earliest=s.earliest, latest=s.latest, max_work=s.max_work_s, capacity=s.capacity,
                skills=s.skills, use_cost=s.use_cost, walk_cost=s.walk_cost, time_cost=s.time_cost,
                rests=tuple(
                    Rest(
                        earliest=b.earliest, latest=b.latest, duration=b.duration_s,
                        places=tuple(place(p, f"staff.{i}.breaks.{k}.places") for p in b.places) or (start,),
                    )
                    for k, b in enumerate(s.breaks)
                ),
                reloads=() if s.reload is None else
                tuple(place(p, f"staff.{i}.reload.places") for p in s.reload.places) or (start,),
                max_reloads=None if s.reload is None else s.reload.most,
                reload_time=0 if s.reload is None else s.reload.duration_s,
            )
            for i, s in enumerate(told.staff)
        ),
        surprise=None if told.patrol is None else surprise_of(walk, told.patrol.day, told.patrol.share),
        clock=True, on_map=told.on_map,
    )  # fmt: skip


def surprise_of(walk: Ints, day: str, share: float) -> Ints:
    """Return what each walk is dearer on a day: between 0 and `share` of it, drawn by the day's name.

    Tours of least dearer cost differ from day to day, yet walk at most `1 + share` times the least: with W the walking
    and D the dearer cost, W(found) ≤ D(found) ≤ D(least W) ≤ (1 + share) W(least). Random costs make order hard to
    foretell as random choice among near-shortest tours does.
    """
    seed = int.from_bytes(hashlib.sha256(day.encode()).digest()[:8], "big")
    drawn = np.random.default_rng(seed).random(walk.shape)
    return np.floor(share * drawn * walk).astype(np.int64)
