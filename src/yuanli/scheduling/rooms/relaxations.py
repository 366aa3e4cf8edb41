"""Rooms and events with one more room, or a rule less."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from yuanli.errors import Text, counted
from yuanli.scheduling.rooms.naming import RULE_NAMES, tell_rule
from yuanli.scheduling.rooms.tables import RoomsPlan, RoomsProblem, Time
from yuanli.solver import Change, Relaxation, Resource, Sort, without

Wider = Relaxation[RoomsProblem, RoomsPlan]
ROOMS_OFFERED, RULES_OFFERED, MOST_MORE = 3, 6, 20


def relaxations_rooms(problem: RoomsProblem, plan: RoomsPlan) -> list[Wider]:
    """Offer one more of the rooms used most, of different sizes; then each rule, or each kind of rule, given up."""
    return [*_rooms(problem, plan), *_rules(problem)]


def _rooms(problem: RoomsProblem, plan: RoomsPlan) -> list[Wider]:
    used = Counter(placed.room for placed in plan.placed.values() if placed.room is not None)
    found: list[Wider] = []
    seen: set[tuple[int, frozenset[str]]] = set()
    for r in sorted(range(len(problem.rooms)), key=lambda r: -used[problem.rooms[r].name]):
        room = problem.rooms[r]
        if (sort := (room.capacity, room.features)) in seen or not used[room.name]:
            continue
        seen.add(sort)
        found.append(Relaxation(
            name=Text(f"多一间与“{room.name}”同样的房间（{room.capacity} 人）",
                      f"One more room like {room.name} ({room.capacity} people)"),
            sort=Sort.RESOURCE, problem=_with_more(problem, r, 1),
        ))  # fmt: skip
    return found[:ROOMS_OFFERED]


def _with_more(problem: RoomsProblem, r: int, many: int) -> RoomsProblem:
    """Return the problem with so many more rooms like one."""
    room, walking = problem.rooms[r], problem.walking_s
    more = [replace(room, name=f"{room.name} {'+' * n}", closed=()) for n in range(1, many + 1)]
    if walking is not None:
        order = [*range(len(problem.rooms)), *[r] * many]
        walking = walking[order][:, order]
    events = tuple(
        replace(event, rooms={**event.rooms, **{one.name: event.rooms[room.name] for one in more}})
        if room.name in event.rooms else event
        for event in problem.events
    )  # fmt: skip
    return replace(problem, rooms=(*problem.rooms, *more), walking_s=walking, events=events)


def _rules(problem: RoomsProblem) -> list[Wider]:
    found: list[Wider] = []
    if len(problem.rules) <= RULES_OFFERED:
        for i, rule in enumerate(problem.rules):
            told = tell_rule(rule)
            name = without(told.zh, told.en)
            less = replace(problem, rules=(*problem.rules[:i], *problem.rules[i + 1 :]))
            found.append(Relaxation(name=name, sort=Sort.RULE, problem=less))
    else:
        for kind, many in Counter(rule.kind for rule in problem.rules).most_common():
            less = replace(problem, rules=tuple(rule for rule in problem.rules if rule.kind != kind))
            zh, en = (text.replace("{}", "…") for text in (RULE_NAMES[kind].zh, RULE_NAMES[kind].en))
            name = without(f"{many} 条规则“{zh}”", f"{counted(many, 'rule')} ‘{en}’")
            found.append(Relaxation(name=name, sort=Sort.RULE, problem=less))
    if any(room.closed for room in problem.rooms):
        rooms = tuple(replace(room, closed=()) for room in problem.rooms)
        found.append(Relaxation(
            name=without("房间不可用时间", "closed rooms"), sort=Sort.RULE, problem=replace(problem, rooms=rooms)
        ))  # fmt: skip
    if problem.capacity == "hard":
        # what doesn't fit costs by the person then
        found.append(Relaxation(
            name=without("人数不超过房间容量", "no more people than a room holds"), sort=Sort.RULE,
            problem=replace(problem, capacity="soft"),
        ))  # fmt: skip
    return found


def _more_rooms(problem: RoomsProblem, plan: RoomsPlan, change: Change) -> Wider | None:
    """Return the problem with more rooms like the one used most, or one that is named; or those used least closed."""
    used = Counter(placed.room for placed in plan.placed.values() if placed.room is not None)
    order = sorted(range(len(problem.rooms)), key=lambda r: -used[problem.rooms[r].name])
    named = change.named([room.name for room in problem.rooms])
    many = round(change.by * len(order)) if change.share else change.whole
    if not order or not -len(order) < many <= MOST_MORE or not many:
        return None
    unit = Text("间", "")
    if many > 0:
        r = order[0] if named is None else named
        room = problem.rooms[r]
        like = Text(f"同“{room.name}”，{room.capacity} 人", f"like {room.name}, {room.capacity} people")
        return Relaxation(
            name=change.name("房间", "Rooms", unit=unit, like=like), sort=Sort.RESOURCE,
            problem=_with_more(problem, r, many),
        )  # fmt: skip
    gone = set(order[many:]) if named is None else {named}
    always = Time(
        days=tuple(range(problem.days)), start=0, length=problem.periods, weeks=tuple(range(problem.weeks))
    )
    rooms = tuple(
        replace(room, closed=(always,)) if r in gone else room for r, room in enumerate(problem.rooms)
    )
    names = "、".join(problem.rooms[r].name for r in sorted(gone))
    like = Text(f"没有 {names}", f"without {names}")
    return Relaxation(
        name=change.name("房间", "Rooms", unit=unit, like=like), sort=Sort.RESOURCE,
        problem=replace(problem, rooms=rooms), wider=False,
    )  # fmt: skip


def _larger(problem: RoomsProblem, plan: RoomsPlan, change: Change) -> Wider | None:
    """Return the problem with more or fewer seats in each room, or one that is named."""
    del plan
    k = change.named([room.name for room in problem.rooms])
    rooms = tuple(
        replace(room, capacity=int(change.of(room.capacity))) if k in (None, r) else room
        for r, room in enumerate(problem.rooms)
    )
    name = change.name(
        "每间座位" if k is None else f"{problem.rooms[k].name} 座位",
        "Seats in each room" if k is None else f"Seats in {problem.rooms[k].name}",
    )
    return Relaxation(
        name=name, sort=Sort.RESOURCE, problem=replace(problem, rooms=rooms), wider=change.by >= 0
    )


CHANGES_ROOMS = {Resource.ROOMS: _more_rooms, Resource.SEATS: _larger}
