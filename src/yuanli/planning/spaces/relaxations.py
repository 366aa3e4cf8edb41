"""Who sits where with one more room, more m², or a rule less."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from yuanli.errors import Text, counted, figured
from yuanli.planning.spaces.naming import RULE_NAMES, tell_rule
from yuanli.planning.spaces.problem import LIMITS, MOST_NUMBER, Rule, RuleKind, SpacePlan, SpaceProblem
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
    over = {r: m2 - problem.rooms[r].capacity_m2 for r, m2 in _used_m2(problem, plan).items()}
    return max(over, key=lambda one: (over[one], -one), default=None)


def _used_m2(problem: SpaceProblem, plan: SpacePlan) -> dict[int, float]:
    """Return the most m² that are needed in a room in any period, of those where somebody sits."""
    most: dict[int, float] = defaultdict(float)
    for period, row in zip(problem.periods, plan.rooms, strict=True):
        used: dict[int, float] = defaultdict(float)
        for entity, r in zip(problem.entities, row, strict=True):
            if r >= 0:
                used[r] += problem.need_m2(period, entity)
        for r, m2 in used.items():
            most[r] = max(most[r], m2)
    return most


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
            name=Text(f"多一间与“{room.name}”同样的房间（{figured(room.capacity_m2)} m²）",
                      f"One more room like {room.name} ({figured(room.capacity_m2)} m²)"),
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
            name=Text(f"{name.zh}从 {figured(value)} 到 {figured(more)}",
                      f"{name.en.capitalize()} from {figured(value)} to {figured(more)}"),
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
    """Return the problem with more rooms like the fullest or a named one, or without those least used or named."""
    named = change.named([room.name for room in problem.rooms])
    if named is not None and (change.by < 0 or str(change.whole) in problem.rooms[named].name):
        change = replace(change, by=1.0 if change.by > 0 else -1.0)  # 201 is its name, not how many
    if change.by < 0 and not change.share:
        return _without_rooms(problem, plan, change, named)
    r = _meant(problem, plan, change)
    if r is None or change.share or not 0 < change.whole <= MOST_MORE:
        return None
    room, more = problem.rooms[r], problem
    for _ in range(change.whole):
        more = _with_room(more, r)
    like = Text(
        f"同“{room.name}”，{figured(room.capacity_m2)} m²",
        f"like {room.name}, {figured(room.capacity_m2)} m²",
    )
    return Relaxation(
        name=change.name("房间", "Rooms", unit=Text("间", ""), like=like), sort=Sort.RESOURCE, problem=more,
        wider=False,
    )  # fmt: skip


def _without_rooms(problem: SpaceProblem, plan: SpacePlan, change: Change, named: int | None) -> Wider | None:
    """Return the problem in which nobody may sit in some rooms, whose m² are nobody's loss then."""
    used = _used_m2(problem, plan)
    order = sorted(range(len(problem.rooms)), key=lambda r: (used[r], -r))
    gone = order[: -change.whole] if named is None else [named]
    if not 0 < len(gone) < len(order):
        return None
    names = tuple(problem.rooms[r].name for r in sorted(gone))
    shut = Rule(kind=RuleKind.NOT_IN, entities=tuple(one.name for one in problem.entities), rooms=names)
    rooms = tuple(
        replace(room, capacity_m2=0.0) if r in gone else room for r, room in enumerate(problem.rooms)
    )
    like = Text(f"没有 {'、'.join(names)}", f"without {', '.join(names)}")
    return Relaxation(
        name=change.name("房间", "Rooms", unit=Text("间", ""), like=like), sort=Sort.RESOURCE, wider=False,
        problem=replace(problem, rooms=rooms, rules=(*problem.rules, shut)),
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
