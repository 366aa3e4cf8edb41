"""Says of a plan what it costs and which rules it breaks, from the tables, without the solver."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import sqrt

from yuanli.errors import Text, figured
from yuanli.planning.spaces.naming import RULE_NAMES
from yuanli.planning.spaces.problem import LIMITS, Entity, Room, Rule, RuleKind, SpacePlan, SpaceProblem
from yuanli.solver import Broken, Checked

NEAR_ZERO = 1e-6
PARTS = ("misuse", "rules", "walking", "moves", "rent", "fit_out", "fairness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule, hard or soft, that a plan breaks in a period: whom it is about, by how much, and what that costs."""

    rule: Rule
    period: str
    subject: str
    amount: float
    cost: float


@dataclass(slots=True)
class _Day:
    """A period as it is counted: who is in which room."""

    name: str
    room_of: dict[str, Room]
    inside: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    used_m2: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    heads: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def check_spaces(problem: SpaceProblem, plan: SpacePlan) -> Checked:
    """Recompute cost by parts, and the hard rules that a plan breaks."""
    days = _days(problem, plan)
    parts = dict.fromkeys(PARTS, 0.0)
    found = _violations(problem, days)
    parts["rules"] = sum(one.cost for one in found)
    for day in days:
        _add_day(problem, day, parts)
    moved = _moves(problem, days)
    weights = problem.weights
    parts["moves"] = weights.moves * sum(entity.move_cost for entity, old, _ in moved if old is not None)
    parts["fit_out"] = weights.fit_out * _fit_out(problem, days)
    broken, unmet = (
        tuple(
            Broken(rule=one.rule.kind, subject=one.subject, amount=one.amount, message=tell(one))
            for one in found if one.rule.hard is hard
        )
        for hard in (True, False)
    )  # fmt: skip
    return Checked(parts=parts, broken=(*_impossible(problem, plan), *broken), unmet=unmet)


def violations(problem: SpaceProblem, plan: SpacePlan) -> tuple[Violation, ...]:
    """Return the rules that a plan breaks, hard and soft."""
    return _violations(problem, _days(problem, plan))


def _violations(problem: SpaceProblem, days: list[_Day]) -> tuple[Violation, ...]:
    found: list[Violation] = []
    for rule in problem.rules:
        if rule.kind in LIMITS:
            found += _over_limit(problem, rule, days)
            continue
        for day in days:
            for subject, amount, share in _BROKEN[rule.kind](problem, rule, day):
                if amount > NEAR_ZERO:
                    cost = 0.0 if rule.hard else rule.weight * share
                    found.append(
                        Violation(rule=rule, period=day.name, subject=subject, amount=amount, cost=cost)
                    )
    return tuple(found)


def tell(one: Violation) -> Text:
    """Say which rule is broken by whom."""
    name, when = RULE_NAMES[one.rule.kind], f"{one.period}：" if one.period else ""
    return Text(
        f"{when}{one.subject}未满足“{name.zh}”（差 {figured(one.amount)}）",
        f'{one.period + ": " if one.period else ""}{one.subject} breaks "{name.en}" (by {figured(one.amount)})',
    )


def _days(problem: SpaceProblem, plan: SpacePlan) -> list[_Day]:
    days = []
    for period, row in zip(problem.periods, plan.rooms, strict=True):
        day = _Day(period.name, {})
        for entity, r in zip(problem.entities, row, strict=True):
            need = problem.need_m2(period, entity)
            if need <= 0 or not 0 <= r < len(problem.rooms):
                continue
            room = problem.rooms[r]
            day.room_of[entity.name] = room
            day.inside[room.name].append(entity.name)
            day.used_m2[room.name] += need
            day.heads[room.name] += period.headcounts.get(entity.name, entity.headcount)
        days.append(day)
    return days


def _add_day(problem: SpaceProblem, day: _Day, parts: dict[str, float]) -> None:
    weights = problem.weights
    per_person: list[tuple[float, float]] = []
    for room in problem.rooms:
        over = day.used_m2.get(room.name, 0.0) - room.capacity_m2
        parts["misuse"] += max(-weights.waste * over, weights.overuse * over)
        if day.inside.get(room.name):
            parts["rent"] += weights.rent * room.capacity_m2 * room.rent_per_m2
            if heads := day.heads[room.name]:
                per_person.append((heads, room.capacity_m2 / heads))
    for flow in problem.flows:
        if flow.origin in day.room_of and flow.destination in day.room_of:
            a, b = (problem.room_place[day.room_of[name].name] for name in (flow.origin, flow.destination))
            both_ways = (problem.walk_s[a][b] + problem.walk_s[b][a]) / 2
            parts["walking"] += weights.walking * flow.trips * both_ways
    people = sum(heads for heads, _ in per_person)
    if people:
        mean = sum(heads * area for heads, area in per_person) / people
        spread = sum(heads * (area - mean) ** 2 for heads, area in per_person) / people
        parts["fairness"] += weights.fairness * sqrt(spread)


def _moves(problem: SpaceProblem, days: list[_Day]) -> list[tuple[Entity, str | None, _Day]]:
    """Return who changes rooms: entity, the room before, the day."""
    moved = []
    at = {entity.name: entity.room for entity in problem.entities}
    for day in days:
        for entity in problem.entities:
            room = day.room_of.get(entity.name)
            if room is not None and room.name != at[entity.name]:
                moved.append((entity, at[entity.name], day))
                at[entity.name] = room.name
    return moved


def _fit_out(problem: SpaceProblem, days: list[_Day]) -> float:
    periods = {period.name: period for period in problem.periods}
    return sum(
        day.room_of[entity.name].fit_out_per_m2 * problem.need_m2(periods[day.name], entity)
        for entity, _, day in _moves(problem, days)
    )


def _over_limit(problem: SpaceProblem, rule: Rule, days: list[_Day]) -> list[Violation]:
    periods = {period.name: period for period in problem.periods}
    moved = [(entity, day) for entity, old, day in _moves(problem, days) if old is not None]
    spent: list[tuple[str, float]]
    if rule.kind is RuleKind.MAX_RENT:
        spent = [
            (day.name, sum(r.capacity_m2 * r.rent_per_m2 for r in problem.rooms if day.inside.get(r.name)))
            for day in days
        ]
    elif rule.kind is RuleKind.MAX_FIT_OUT:
        spent = [("", _fit_out(problem, days))]
    elif rule.kind is RuleKind.MAX_MOVES:
        spent = [("", float(len(moved)))]
    else:
        spent = [("", sum(periods[day.name].headcounts.get(e.name, e.headcount) for e, day in moved))]
    return [
        Violation(
            rule=rule, period=name, subject=f"{figured(value)} > {figured(rule.value or 0.0)}",
            amount=value - (rule.value or 0.0),
            cost=0.0 if rule.hard else rule.weight * (value - (rule.value or 0.0)),
        )
        for name, value in spent if value - (rule.value or 0.0) > NEAR_ZERO
    ]  # fmt: skip


Found = list[tuple[str, float, float]]
"""Whom a broken rule is about, by how much, and the share of its weight."""


def _names(problem: SpaceProblem, names: tuple[str, ...]) -> list[str]:
    entities = problem.entities
    return [entities[place].name for name in names for place in problem.members(name)]


def _named(rule: Rule, room: Room) -> bool:
    return (
        (not rule.rooms or room.name in rule.rooms) and (not rule.floors or room.floor in rule.floors)
        and (not rule.zones or room.zone in rule.zones)
        and (not rule.buildings or room.building in rule.buildings)
    )  # fmt: skip


def _room_rule(problem: SpaceProblem, rule: Rule, day: _Day) -> Found:
    value = rule.value or 0.0
    found: Found = []
    for name in _names(problem, rule.entities):
        room = day.room_of.get(name)
        if room is None:
            continue
        named = _named(rule, room)
        amount = {
            RuleKind.IN: float(not named),
            RuleKind.NOT_IN: float(named),
            RuleKind.ACCESSIBLE: float(not room.accessible),
            RuleKind.QUIET: room.noise - value,
            RuleKind.SECURE: value - room.security,
            RuleKind.FEATURES: float(len(set(rule.features) - set(room.features))),
            RuleKind.CLOSE_TO: max(_walked(problem, rule, room), default=0.0) - value,
            RuleKind.FAR_FROM: value - min(_walked(problem, rule, room), default=value),
        }[rule.kind]
        found.append((name, amount, 1.0))
    return found


def _walked(problem: SpaceProblem, rule: Rule, room: Room) -> list[float]:
    at = [one.name for one in problem.rooms].index(room.name)
    return [one.seconds[at] for one in problem.landmarks if one.name in rule.landmarks]


def _pair_rule(problem: SpaceProblem, rule: Rule, day: _Day) -> Found:
    one, other = (_names(problem, (name,)) for name in rule.entities)
    pairs = [(a, b) for a in one for b in other if a != b]
    found: Found = []
    for a, b in pairs:
        if a not in day.room_of or b not in day.room_of:
            continue
        here, there = day.room_of[a], day.room_of[b]
        same = here.name == there.name
        beside = same or there.name in here.adjacent or here.name in there.adjacent
        near = (here.building, here.floor) == (there.building, there.floor)
        zone = same or (here.zone == there.zone and here.zone != "")
        kept = {
            RuleKind.SAME_ROOM: same,
            RuleKind.NOT_SAME_ROOM: not same,
            RuleKind.ADJACENT: beside,
            RuleKind.NOT_ADJACENT: not beside,
            RuleKind.NEAR: near,
            RuleKind.AWAY: not near,
            RuleKind.SAME_ZONE: zone,
            RuleKind.OTHER_ZONE: not zone,
        }[rule.kind]
        found.append((f"{a}、{b}", float(not kept), 1 / len(pairs)))
    return found


def _sharing(problem: SpaceProblem, rule: Rule, day: _Day) -> Found:
    return [
        (name, float(len(day.inside[day.room_of[name].name]) - 1), 1.0)
        for name in _names(problem, rule.entities) if name in day.room_of
    ]  # fmt: skip


def _floors(problem: SpaceProblem, rule: Rule, day: _Day) -> Found:
    rooms = [day.room_of[name] for name in _names(problem, rule.entities) if name in day.room_of]
    extra = len({(room.building, room.floor) for room in rooms}) - 1
    return [("、".join(rule.entities), float(extra), float(extra))]


def _zones(problem: SpaceProblem, rule: Rule, day: _Day) -> Found:
    rooms = {
        day.room_of[name].name: day.room_of[name]
        for name in _names(problem, rule.entities)
        if name in day.room_of
    }
    extra = (
        len({room.zone for room in rooms.values()} - {""}) + sum(not room.zone for room in rooms.values()) - 1
    )
    return [("、".join(rule.entities), float(extra), float(extra))]


def _overfull(problem: SpaceProblem, rule: Rule, day: _Day) -> Found:
    return [
        (room.name, day.used_m2.get(room.name, 0.0) - room.capacity_m2, 1.0)
        for room in problem.rooms if _named(rule, room)
    ]  # fmt: skip


_ROOM_KINDS = ("in", "not_in", "accessible", "quiet", "secure", "features", "close_to", "far_from")
_PAIR_KINDS = (
    "same_room", "not_same_room", "adjacent", "not_adjacent", "near", "away", "same_zone", "other_zone",
)  # fmt: skip
_BROKEN = {
    **{RuleKind(kind): _room_rule for kind in _ROOM_KINDS},
    **{RuleKind(kind): _pair_rule for kind in _PAIR_KINDS},
    RuleKind.NOT_SHARING: _sharing,
    RuleKind.ONE_FLOOR: _floors,
    RuleKind.ONE_ZONE: _zones,
    RuleKind.CAPACITY: _overfull,
}


def _impossible(problem: SpaceProblem, plan: SpacePlan) -> list[Broken]:
    """Return who has no room, who moved though locked, and whose room's lease is over."""
    broken = []
    for period, row in zip(problem.periods, plan.rooms, strict=True):
        for entity, r in zip(problem.entities, row, strict=True):
            there = problem.need_m2(period, entity) > 0
            room = problem.rooms[r] if 0 <= r < len(problem.rooms) else None
            said = None
            if there != (room is not None):
                said = Text(f"{entity.name}没有房间" if there else f"{entity.name}已不在此",
                            f"{entity.name} has no room" if there else f"{entity.name} is not there")  # fmt: skip
            elif room is not None and entity.locked and room.name != entity.room:
                said = Text(f"{entity.name}锁定在{entity.room}", f"{entity.name} is locked in {entity.room}")
            elif room is not None and period.starts and room.lease_end and room.lease_end < period.starts:
                said = Text(
                    f"{room.name}的租约到 {room.lease_end}",
                    f"the lease of {room.name} ends on {room.lease_end}",
                )
            if said:
                broken.append(Broken(rule="room", subject=entity.name, amount=1.0, message=said))
    return broken
