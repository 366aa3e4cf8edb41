"""The cost and the broken rules of a plan, from the tables alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from yuanli.errors import Text, counted
from yuanli.scheduling.rooms.naming import tell_rule
from yuanli.scheduling.rooms.relations import broken_amount
from yuanli.scheduling.rooms.tables import Event, Placed, RoomsPlan, RoomsProblem, Time
from yuanli.solver import Broken, Checked

Day = tuple[int, int]


def check_rooms(problem: RoomsProblem, plan: RoomsPlan) -> Checked:
    """Recompute cost and rules; those of ITC-2007 are as its validator counts them.

    A pair of events that share several people, or a room, breaks a rule once for each.
    """
    events = {event.name: event for event in problem.events}
    strangers = sorted(plan.placed.keys() - events.keys())
    missing = [name for name in events if name not in plan.placed]
    broken = [
        _broken("unplaced", name, 1, f"“{name}”没有安排", f"{name!r} has no time and room")
        for name in missing
    ] + [
        _broken("unknown", name, 1, f"没有活动“{name}”", f"there is no event {name!r}") for name in strangers
    ]
    placed = {name: plan.placed[name] for name in events if name in plan.placed}
    broken += [one for name, where in placed.items() for one in _alone(problem, events[name], where)]
    broken += _meetings(problem, events, placed)
    weights = problem.weights
    parts = {
        "size": weights.size * _over(problem, events, placed),
        "time": weights.time * sum(events[n].times.get(p.time, 0.0) for n, p in placed.items()),
        "room": weights.room * sum(events[n].rooms.get(p.room or "", 0.0) for n, p in placed.items()),
        "min_days": weights.min_days * _days_short(problem, events, placed),
        "compactness": weights.compactness * _lone_periods(problem, events, placed),
        "stability": weights.stability * _extra_rooms(events, placed),
        "walking": weights.walking * _walked_min(problem, events, placed),
    }
    judged = [(rule, broken_amount(problem, rule, placed)) for rule in problem.rules]
    parts["rules"] = weights.rules * sum(
        rule.penalty * amount for rule, amount in judged if rule.penalty is not None
    )
    broken += [
        _broken(rule.kind, ", ".join(rule.events), amount, f"未满足：{told.zh}", f"does not hold: {told.en}")
        for rule, amount in judged if rule.penalty is None and amount > 0
        for told in [tell_rule(rule)]
    ]  # fmt: skip
    return Checked(parts=parts, broken=tuple(broken))


def _alone(problem: RoomsProblem, event: Event, where: Placed) -> Iterator[Broken]:
    """Yield what is wrong with an event whatever the others do."""
    name = event.name
    if where.time not in event.times:
        yield _broken("time", name, 1, f"“{name}”不能在这个时间", f"{name!r} can't be at this time")
    if where.room is None:
        if event.rooms:
            yield _broken("room", name, 1, f"“{name}”没有房间", f"{name!r} has no room")
        return
    room = next((room for room in problem.rooms if room.name == where.room), None)
    if room is None or where.room not in event.rooms:
        yield _broken(
            "room", name, 1, f"“{name}”不能用“{where.room}”", f"{name!r} can't be in {where.room!r}"
        )
        return
    if problem.capacity == "hard" and event.size > room.capacity:
        over = event.size - room.capacity
        yield _broken("size", name, over, f"“{name}”有 {event.size} 人，“{room.name}”只容 {room.capacity} 人",
                      f"{name!r} has {counted(event.size, 'person', 'people')}, "
                      f"{room.name!r} holds {room.capacity}")  # fmt: skip
    for feature in sorted(event.features - room.features):
        yield _broken("features", name, 1, f"“{room.name}”没有“{feature}”，“{name}”需要它",
                      f"{room.name!r} has no {feature!r}, which {name!r} needs")  # fmt: skip
    if any(_overlap(where.time, time) for time in room.closed):
        yield _broken("closed", name, 1, f"“{name}”的时间里“{room.name}”不开放",
                      f"{room.name!r} can't be had when {name!r} is")  # fmt: skip


def _meetings(problem: RoomsProblem, events: dict[str, Event], placed: dict[str, Placed]) -> Iterator[Broken]:
    """Yield who, and which room, is wanted twice at once, and who can't walk over in time."""
    in_room, of_person = defaultdict(list), defaultdict(list)
    for name, where in placed.items():
        if where.room is not None:
            in_room[where.room].append(name)
        for person in events[name].people:
            of_person[person].append(name)
    row = {room.name: i for i, room in enumerate(problem.rooms)}
    for subjects, rule in ((in_room, "room_twice"), (of_person, "people_twice")):
        for subject, names in subjects.items():
            for one, two in combinations(names, 2):
                a, b = placed[one], placed[two]
                if _overlap(a.time, b.time):
                    yield _broken(rule, subject, 1, f"“{subject}”同时有“{one}”和“{two}”",
                                  f"{subject!r} has {one!r} and {two!r} at once")  # fmt: skip
                elif rule == "people_twice" and (gap := _gap_s(problem, a, b)) is not None:
                    first, then = (a, b) if a.time.end <= b.time.start else (b, a)
                    walk = _walk_s(problem, row, first, then)
                    if walk > gap:
                        yield _broken("walk", subject, walk - gap, f"“{subject}”从“{one}”到“{two}”来不及走到",
                                      f"{subject!r} can't walk between {one!r} and {two!r} in time")  # fmt: skip


def _over(problem: RoomsProblem, events: dict[str, Event], placed: dict[str, Placed]) -> int:
    if problem.capacity == "hard":
        return 0
    holds = {room.name: room.capacity for room in problem.rooms}
    return sum(max(0, events[n].size - holds.get(p.room, 0)) for n, p in placed.items() if p.room is not None)


def _days_short(problem: RoomsProblem, events: dict[str, Event], placed: dict[str, Placed]) -> int:
    days: dict[str | None, set[Day]] = defaultdict(set)
    for name, where in placed.items():
        days[events[name].course] |= _days(where.time)
    return sum(max(0, course.min_days - len(days[course.name])) for course in problem.courses)


def _lone_periods(problem: RoomsProblem, events: dict[str, Event], placed: dict[str, Placed]) -> int:
    busy: dict[str, set[tuple[Day, int]]] = {name: set() for name in problem.curricula}
    for name, where in placed.items():
        cells = {(d, p) for d in _days(where.time) for p in range(where.time.start, where.time.end)}
        for person in events[name].people:
            if person in busy:
                busy[person] |= cells
    return sum(
        (day, period - 1) not in cells and (day, period + 1) not in cells
        for cells in busy.values()
        for day, period in cells
    )


def _extra_rooms(events: dict[str, Event], placed: dict[str, Placed]) -> int:
    used: dict[str | None, set[str | None]] = defaultdict(set)
    for name, where in placed.items():
        if events[name].course is not None:
            used[events[name].course].add(where.room)
    return sum(len(rooms) - 1 for rooms in used.values())


def _walked_min(problem: RoomsProblem, events: dict[str, Event], placed: dict[str, Placed]) -> float:
    if problem.walking_s is None:
        return 0.0
    row = {room.name: i for i, room in enumerate(problem.rooms)}
    walked_s = 0.0
    for one, two in combinations(placed, 2):
        shared = len(set(events[one].people) & set(events[two].people))
        a, b = placed[one], placed[two]
        gap = _gap_s(problem, a, b) if shared else None
        if gap is not None and gap <= problem.near_min * 60:
            first, then = (a, b) if a.time.end <= b.time.start else (b, a)
            walked_s += shared * _walk_s(problem, row, first, then) * len(_days(a.time) & _days(b.time))
    return walked_s / 60


def _gap_s(problem: RoomsProblem, a: Placed, b: Placed) -> float | None:
    """Return the seconds between two events on one day; None where they share no day, or overlap."""
    gap = max(a.time.start, b.time.start) - min(a.time.end, b.time.end)
    return gap * problem.period_min * 60 if gap >= 0 and _days(a.time) & _days(b.time) else None


def _walk_s(problem: RoomsProblem, row: dict[str, int], first: Placed, then: Placed) -> float:
    if problem.walking_s is None or first.room not in row or then.room not in row:
        return 0.0
    return float(problem.walking_s[row[first.room], row[then.room]])


def _days(time: Time) -> set[Day]:
    return {(week, day) for week in time.weeks for day in time.days}


def _overlap(a: Time, b: Time) -> bool:
    return a.start < b.end and b.start < a.end and bool(_days(a) & _days(b))


def _broken(rule: str, subject: str, amount: float, zh: str, en: str) -> Broken:
    return Broken(rule=rule, subject=subject, amount=amount, message=Text(zh, en))
