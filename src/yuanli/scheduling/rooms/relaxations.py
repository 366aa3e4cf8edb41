"""Rooms and events with one more room, or a rule less."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from yuanli.errors import Text, counted
from yuanli.scheduling.rooms.naming import RULE_NAMES, tell_rule
from yuanli.scheduling.rooms.tables import Event, RoomsPlan, RoomsProblem
from yuanli.solver import Relaxation, Sort, without

Wider = Relaxation[RoomsProblem, RoomsPlan]
ROOMS_OFFERED, RULES_OFFERED = 3, 6


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
        more = replace(room, name=f"{room.name} +", closed=())
        walking = problem.walking_s
        if walking is not None:
            order = [*range(len(problem.rooms)), r]
            walking = walking[order][:, order]
        found.append(Relaxation(
            name=Text(f"多一间与“{room.name}”同样的房间（{room.capacity} 人）",
                      f"One more room like {room.name} ({room.capacity} people)"),
            sort=Sort.RESOURCE,
            problem=replace(
                problem, rooms=(*problem.rooms, more), walking_s=walking,
                events=tuple(_may_have(event, room.name, more.name) for event in problem.events),
            ),
        ))  # fmt: skip
    return found[:ROOMS_OFFERED]


def _may_have(event: Event, like: str, more: str) -> Event:
    if like not in event.rooms:
        return event
    return replace(event, rooms={**event.rooms, more: event.rooms[like]})


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
