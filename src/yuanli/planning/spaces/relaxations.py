"""Who sits where with one more room, more m², or a rule less."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from yuanli.errors import Text, counted
from yuanli.planning.spaces.naming import RULE_NAMES, tell_rule
from yuanli.planning.spaces.problem import LIMITS, MOST_NUMBER, RuleKind, SpacePlan, SpaceProblem
from yuanli.solver import Change, Relaxation, Resource, Sort, without

Wider = Relaxation[SpaceProblem, SpacePlan]
MORE_M2, RULES_OFFERED = 10.0, 6
MOST_MORE = 20


def relaxations_spaces(problem: SpaceProblem, plan: SpacePlan) -> list[Wider]:
    """Offer one more of the fullest room, 10 m² more in it, one more move, and each rule or kind of rule given up.

    More m² are not surely better: those that nobody uses cost, too.
    """
    return [*_rooms(problem, plan), *_limits(problem), *_rules(problem), *_locks(problem)]


def _fullest(problem: SpaceProblem, plan: SpacePlan) -> int | None:
    """Return the room with least m² left in any period; None where nobody sits anywhere."""
    over: dict[int, float] = defaultdict(lambda: -float("inf"))
    for period, row in zip(problem.periods, plan.rooms, strict=True):
        used: dict[int, float] = defaultdict(float)
        for entity, r in zip(problem.entities, row, strict=True):
            if r >= 0:
                used[r] += problem.need_m2(period, entity)
        for r, m2 in used.items():
            over[r] = max(over[r], m2 - problem.rooms[r].capacity_m2)
    return max(over, key=lambda one: (over[one], -one), default=None)


def _with_room(problem: SpaceProblem, r: int) -> SpaceProblem:
    """Return the problem with one more room like one."""
    room = problem.rooms[r]
    free = f"{room.name} +"
    while free in problem.room_place:
        free += "+"
    more = replace(room, name=free, adjacent=(*room.adjacent, room.name), lease_end=None)
    order = [*range(len(problem.rooms)), r]
    walk = tuple(tuple(problem.walk_s[a][b] for b in order) for a in order) if problem.walk_s else ()
    landmarks = tuple(replace(one, seconds=(*one.seconds, one.seconds[r])) for one in problem.landmarks)
    return replace(problem, rooms=(*problem.rooms, more), walk_s=walk, landmarks=landmarks)


def _rooms(problem: SpaceProblem, plan: SpacePlan) -> list[Wider]:
    r = _fullest(problem, plan)
    if r is None:
        return []
    room = problem.rooms[r]
    wider = replace(room, capacity_m2=min(MOST_NUMBER, room.capacity_m2 + MORE_M2))
    return [
        Relaxation(
            name=Text(f"多一间与“{room.name}”同样的房间（{room.capacity_m2:g} m²）",
                      f"One more room like {room.name} ({room.capacity_m2:g} m²)"),
            sort=Sort.RESOURCE, wider=False, problem=_with_room(problem, r),
        ),
        Relaxation(
            name=Text(f"“{room.name}”多 {MORE_M2:g} m²", f"{MORE_M2:g} m² more in {room.name}"),
            sort=Sort.RESOURCE, problem=replace(problem, rooms=(*problem.rooms[:r], wider, *problem.rooms[r + 1 :])),
            wider=False,
        ),
    ]  # fmt: skip


def _limits(problem: SpaceProblem) -> list[Wider]:
    """Offer one more move, or a tenth more of each other limit."""
    found: list[Wider] = []
    for i, rule in enumerate(problem.rules):
        if rule.kind not in LIMITS:
            continue
        value = rule.value or 0.0
        more = (
            value + 1 if rule.kind is RuleKind.MAX_MOVES else min(MOST_NUMBER, value + max(1.0, 0.1 * value))
        )
        name = RULE_NAMES[rule.kind]
        found.append(Relaxation(
            name=Text(f"{name.zh}从 {value:g} 到 {more:g}", f"{name.en.capitalize()} from {value:g} to {more:g}"),
            sort=Sort.RESOURCE,
            problem=replace(
                problem, rules=(*problem.rules[:i], replace(rule, value=more), *problem.rules[i + 1 :])
            ),
        ))  # fmt: skip
    return found


def _rules(problem: SpaceProblem) -> list[Wider]:
    if len(problem.rules) <= RULES_OFFERED:
        return [
            Relaxation(
                name=without(told.zh, told.en), sort=Sort.RULE,
                problem=replace(problem, rules=(*problem.rules[:i], *problem.rules[i + 1 :])),
            )
            for i, rule in enumerate(problem.rules)
            for told in [tell_rule(rule)]
        ]  # fmt: skip
    return [
        Relaxation(
            name=without(f"{RULE_NAMES[kind].zh} {many} 条", f"{counted(many, 'rule')} {RULE_NAMES[kind].en}"),
            sort=Sort.RULE,
            problem=replace(problem, rules=tuple(rule for rule in problem.rules if rule.kind is not kind)),
        )
        for kind, many in Counter(rule.kind for rule in problem.rules).most_common()
    ]  # fmt: skip


def _locks(problem: SpaceProblem) -> list[Wider]:
    locked = sum(entity.locked for entity in problem.entities)
    if not locked:
        return []
    free = tuple(replace(entity, locked=False) for entity in problem.entities)
    return [Relaxation(
        name=without(f"锁定的 {locked} 个单位", f"{locked} that are locked"), sort=Sort.RULE,
        problem=replace(problem, entities=free),
    )]  # fmt: skip


def _more_rooms(problem: SpaceProblem, plan: SpacePlan, change: Change) -> Wider | None:
    """Return the problem with more rooms like the fullest, or one that is named."""
    r = _meant(problem, plan, change)
    if r is None or change.share or not 0 < change.whole <= MOST_MORE:
        return None
    room, more = problem.rooms[r], problem
    for _ in range(change.whole):
        more = _with_room(more, r)
    like = Text(f"同“{room.name}”，{room.capacity_m2:g} m²", f"like {room.name}, {room.capacity_m2:g} m²")
    return Relaxation(
        name=change.name("房间", "Rooms", unit=Text("间", ""), like=like), sort=Sort.RESOURCE, problem=more,
        wider=False,
    )  # fmt: skip


def _more_m2(problem: SpaceProblem, plan: SpacePlan, change: Change) -> Wider | None:
    """Return the problem with more or fewer m² in the fullest room, or one that is named."""
    r = _meant(problem, plan, change)
    if r is None:
        return None
    room = problem.rooms[r]
    larger = replace(room, capacity_m2=min(MOST_NUMBER, float(change.of(room.capacity_m2))))
    name = change.name(f"“{room.name}”面积", f"Area of {room.name}", unit=Text("m²", "m²"))
    rooms = (*problem.rooms[:r], larger, *problem.rooms[r + 1 :])
    return Relaxation(name=name, sort=Sort.RESOURCE, problem=replace(problem, rooms=rooms), wider=False)


def _more_seats(problem: SpaceProblem, plan: SpacePlan, change: Change) -> Wider | None:
    """Return the problem with more or fewer seats, of as many m² as people need, in the fullest or a named room."""
    people = sum(entity.headcount for entity in problem.entities)
    if people <= 0 or change.share:
        return None
    each = sum(entity.need_m2 for entity in problem.entities) / people
    more = _more_m2(problem, plan, replace(change, by=change.by * each))
    r = _meant(problem, plan, change)
    if more is None or r is None:
        return None
    like = Text(f"每个 {each:.3g} m²", f"{each:.3g} m² each")
    room = problem.rooms[r].name
    return replace(
        more, name=change.name(f"“{room}”工位", f"Seats in {room}", unit=Text("个", ""), like=like)
    )


def _more_moves(problem: SpaceProblem, plan: SpacePlan, change: Change) -> Wider | None:
    """Return the problem with another most of moves."""
    del plan
    at = next((i for i, rule in enumerate(problem.rules) if rule.kind in MOVED), None)
    if at is None:
        return None
    rule = problem.rules[at]
    more = replace(rule, value=float(change.of(rule.value or 0.0)))
    name = RULE_NAMES[rule.kind]
    return Relaxation(
        name=change.name(name.zh, name.en.capitalize()), sort=Sort.RESOURCE, wider=change.by >= 0,
        problem=replace(problem, rules=(*problem.rules[:at], more, *problem.rules[at + 1 :])),
    )  # fmt: skip


def _meant(problem: SpaceProblem, plan: SpacePlan, change: Change) -> int | None:
    named = change.named([room.name for room in problem.rooms])
    return _fullest(problem, plan) if named is None else named


MOVED = (RuleKind.MAX_MOVES, RuleKind.MAX_PEOPLE_MOVED)
CHANGES_SPACES = {
    Resource.ROOMS: _more_rooms, Resource.AREA: _more_m2, Resource.SEATS: _more_seats, Resource.MOVES: _more_moves,
}  # fmt: skip
