"""Who goes from which event to which, and how long the walk is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

from yuanli.campus import FeatureId
from yuanli.operations.guidance import Guide
from yuanli.operations.room_plans.events import RoomEvent
from yuanli.operations.room_plans.grids import DAY_MIN, RoomGrid
from yuanli.operations.room_plans.wishes import RoomPlanWish

Walks = Sequence[Sequence[int]]
NO_WAY_S = DAY_MIN * 60
"""Nobody walks within a day where no way leads."""
LATE_COST = 30.0
"""Points of an organiser who comes too late."""


def room_walks(
    guide: Guide, rooms: list[FeatureId], first: datetime, wish: RoomPlanWish, now: datetime
) -> list[list[int]] | None:
    """Return seconds from room to room by the ways open at noon of the first day, or now; None where left out."""
    if wish.near_min is None:
        return None
    ids = tuple(map(str, rooms))
    at = max(now, first + timedelta(hours=12))
    found = guide.matrix(ids, ids, now=now, at=at, roles=wish.roles).duration_s
    return [[NO_WAY_S if s is None else round(s) for s in row] for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisers:
    """Who is in which event by name, rules between events, and organisers by what is odd about their day.

    Parameters
    ----------
    busy
        Who reserved several at once: taken to be for others, counted nowhere.
    late
        Who can't walk from one event to the next in time as it is.
    """

    people: Mapping[str, Sequence[str]]
    rules: Sequence[Mapping[str, Any]]
    busy: Sequence[str]
    late: Sequence[str]


def organisers_of(
    events: Sequence[RoomEvent], rooms: Sequence[FeatureId], walks: Walks | None, grid: RoomGrid
) -> Organisers:
    """Return who goes from which event to which.

    What is reserved now has to be allowed: who comes too late by it is told apart before and after (`Ann`, `Ann #2`),
    and coming in time is wanted instead.
    """
    row = {key: i for i, key in enumerate(rooms)}
    own: dict[str, list[RoomEvent]] = defaultdict(list)
    for event in sorted(events, key=lambda one: (one.day, one.start)):
        own[event.held.who].append(event)
    people: dict[str, list[str]] = {event.name: [] for event in events}
    rules: list[dict[str, Any]] = []
    busy, late = [], []

    def hurries(a: RoomEvent, b: RoomEvent) -> bool:
        gap_s = (b.start - a.start - a.length) * grid.period_min * 60
        walk_s = walks[row[a.held.space_id]][row[b.held.space_id]] if walks is not None else 0
        return a.day == b.day and walk_s > gap_s

    for who, mine in own.items():
        if any(a.day == b.day and a.start + a.length > b.start for a, b in pairwise(mine)):
            busy.append(who)
            continue
        hurried = [(a, b) for a, b in pairwise(mine) if hurries(a, b)]
        part, afresh = 1, {b.name for _, b in hurried}
        for event in mine:
            part += event.name in afresh
            people[event.name].append(who if part == 1 else f"{who} #{part}")
        if not hurried:
            continue
        late.append(who)
        rules += [
            {"kind": "same_attendees", "events": [a.name, b.name], "penalty": LATE_COST}
            for a, b in hurried if not (a.fixed and b.fixed)
        ] + [
            {"kind": "not_overlap", "events": [a.name, b.name]} for a, b in combinations(mine, 2) if a.day == b.day
        ]  # fmt: skip
    return Organisers(people=people, rules=rules, busy=busy, late=late)
