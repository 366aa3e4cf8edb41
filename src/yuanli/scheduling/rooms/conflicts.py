"""Why events can't all have a room and a time: the fewest rules that can't hold together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from yuanli.errors import Text, counted
from yuanli.scheduling.rooms.binding import OF_ROOMS, ROOMS_ALONE, bind
from yuanli.scheduling.rooms.naming import tell_rule
from yuanli.scheduling.rooms.tables import Event, Placed, Room, RoomsProblem, Time
from yuanli.solver import Search, Status, Stop, load_solver, minimal_conflict, never, solve_cpsat

Moment = tuple[int, int, int]
MOST_CHOICES = 60_000
TIME_S, MOST_S, ALL_S = 0.3, 1.3, 1.9
"""Seconds for whether some rules can hold together, after which no other part of a problem is looked at, and in all.

What can't be told by then counts as if it could hold together: one rule more than needed may be named. They are of a
processor, so that a busy machine names the same; by the clock there are `BUSY` times as many.
"""
BUSY = 6.0
MOST_COUNTED = 20_000
"""Times of all events up to which it is counted whether they are too many for the rooms."""
MOST_JOINED = 200
"""Events that rules join and that are looked at without all others."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What may be given up: an event, its size or features, a room, a person, a rule between events by number."""

    rule: str
    subject: str


def conflicts_rooms(problem: RoomsProblem) -> tuple[Text, ...]:
    """Return the fewest rules that can't hold together, in words; empty where none were found.

    Looks at each event alone, then at events that rules join, then at the people one by one, then at all together.
    """
    return find_conflict(problem, never)


def find_conflict(problem: RoomsProblem, over: Callable[[], bool]) -> tuple[Text, ...]:
    """Return the same, or none where it is over before one is found."""
    events = {event.name: event for event in problem.events}
    clock = Search[bool](Stop(time_s=None))

    def late(after_s: float) -> bool:
        return clock.cpu_s > after_s or clock.elapsed_s > BUSY * after_s or over()

    everything = [Reason("room", room.name) for room in problem.rooms]
    everything += [Reason("event", name) for name in events]
    countable = sum(len(event.times) for event in problem.events) <= MOST_COUNTED
    if countable and _too_few_rooms(problem, everything):
        found = minimal_conflict(everything, lambda held: not _too_few_rooms(problem, held))
        return tuple(_told(problem, events, reason, found) for reason in found)
    for names, people, rooms in _parts(problem):
        if late(MOST_S):
            break
        reasons = [Reason("room", room.name) for room in problem.rooms if rooms]
        reasons += [Reason("person", person) for person in people]
        for name in names:
            if problem.capacity == "hard" and _outgrown(problem, events[name]):
                reasons.append(Reason("size", name))
            reasons += [Reason("features", name)] if events[name].features else []
        reasons += [Reason("rule", str(i)) for i in _hard_rules(problem, set(names))]
        reasons += [Reason("closed", room.name) for room in problem.rooms if room.closed]
        reasons += [Reason("event", name) for name in names]
        if not _feasible(problem, reasons, lambda: late(MOST_S)):
            found = minimal_conflict(reasons, lambda held: _feasible(problem, held, lambda: late(ALL_S)))
            return tuple(_told(problem, events, reason, found) for reason in found)
    return ()


def _outgrown(problem: RoomsProblem, event: Event) -> bool:
    """Say whether an event is too large for any of its rooms."""
    return any(event.size > room.capacity for room in problem.rooms if room.name in event.rooms)


def _parts(problem: RoomsProblem) -> Iterator[tuple[list[str], list[str], bool]]:
    """Yield events, people, and whether rooms count, from the smallest parts of the problem on."""
    for event in problem.events:
        if not any(True for _ in _choices(problem, event, _every(problem, event))):
            yield [event.name], [], False
            return
    for names in _joined(problem):
        yield names, [], False
    of_person = defaultdict(list)
    for event in problem.events:
        for person in event.people:
            of_person[person].append(event.name)
    by_name = {event.name: event for event in problem.events}
    for person, names in of_person.items():
        open_ = {m for n in names for time in by_name[n].times for m in _moments(time)}
        need = sum(min((len(_moments(t)) for t in by_name[n].times), default=0) for n in names)
        if need > len(open_) or len(names) <= 40:
            yield names, [person], False
    if sum(len(e.times) * max(1, len(e.rooms)) for e in problem.events) <= MOST_CHOICES:
        yield [event.name for event in problem.events], sorted(of_person), True


def _hard_rules(problem: RoomsProblem, names: set[str]) -> list[int]:
    """Return which rules that must hold are about at least two of some events."""
    return [
        i
        for i, rule in enumerate(problem.rules)
        if rule.penalty is None and len(names.intersection(rule.events)) > 1
    ]


def _joined(problem: RoomsProblem) -> Iterator[list[str]]:
    """Yield the events of each rule that must hold, then those that several such rules join."""
    hard = [problem.rules[i] for i in _hard_rules(problem, {event.name for event in problem.events})]
    for rule in hard:
        yield list(dict.fromkeys(rule.events))
    place = {event.name: i for i, event in enumerate(problem.events)}
    ends = (
        np.array([(place[rule.events[0]], place[name]) for rule in hard for name in rule.events])
        .reshape(-1, 2)
        .T
    )
    graph = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(len(place), len(place)))
    part_of = connected_components(graph, directed=False)[1]
    for part in np.flatnonzero(np.bincount(part_of) > 2):
        if (part_of == part).sum() <= MOST_JOINED:
            yield [problem.events[i].name for i in np.flatnonzero(part_of == part)]


def _every(problem: RoomsProblem, event: Event) -> set[Reason]:
    return {Reason("size", event.name), Reason("features", event.name)} | {
        Reason("closed", room.name) for room in problem.rooms
    }


def _choices(problem: RoomsProblem, event: Event, held: set[Reason]) -> Iterator[Placed]:
    """Yield what an event may have under the rules that hold: one room of a time, or time of a room if that will do."""
    sorts = {reason.rule for reason in held}
    kinds = {problem.rules[int(reason.subject)].kind for reason in held if reason.rule == "rule"}
    shared = problem.walking_s is None and "room" not in sorts and kinds.isdisjoint(OF_ROOMS)
    timeless = problem.walking_s is None and sorts.isdisjoint({"room", "person"}) and kinds <= ROOMS_ALONE
    rooms = [room for room in problem.rooms if room.name in event.rooms]
    for time in event.times:
        if not event.rooms:
            yield Placed(time=time, room=None)
            if timeless:
                return
        fitting = [room for room in rooms if _fits(problem, event, room, time, held)]
        yield from (Placed(time=time, room=room.name) for room in (fitting[:1] if shared else fitting))
        if timeless:
            rooms = [room for room in rooms if room not in fitting]
            if not rooms:
                return


def _fits(problem: RoomsProblem, event: Event, room: Room, time: Time, held: set[Reason]) -> bool:
    large = problem.capacity == "hard" and event.size > room.capacity and Reason("size", event.name) in held
    lacks = not event.features <= room.features and Reason("features", event.name) in held
    shut = Reason("closed", room.name) in held and any(_moments(time) & _moments(one) for one in room.closed)
    return not (large or lacks or shut)


def _open_to(times: Iterable[Time]) -> set[Moment]:
    return {moment for time in times for moment in _moments(time)}


def _moments(time: Time) -> set[Moment]:
    return {(w, d, p) for w in time.weeks for d in time.days for p in range(time.start, time.end)}


def _feasible(problem: RoomsProblem, reasons: Sequence[Reason], over: Callable[[], bool]) -> bool:
    """Say whether rules can hold together; yes where that can't be told before it is over."""
    held = set(reasons)
    if _too_many(problem, held):
        return False
    cp = load_solver("ortools.sat.python.cp_model")
    model = cp.CpModel()
    full = defaultdict(list)
    placed_before: list[tuple[set[str], list[tuple[Placed, Any]]]] = []
    by_event: dict[str, list[tuple[Placed, Any]]] = {}
    for event in problem.events:
        if Reason("event", event.name) not in held:
            continue
        if over():
            return True
        choices = [(placed, model.new_bool_var("")) for placed in _choices(problem, event, held)]
        if not choices:
            return False
        model.add_exactly_one(z for _, z in choices)
        people = [person for person in event.people if Reason("person", person) in held]
        for others, theirs in placed_before if problem.walking_s is not None else ():
            if not others.isdisjoint(people):
                for (a, x), (b, y) in product(choices, theirs):
                    if _late(problem, a, b):
                        model.add_bool_or(~x, ~y)
        placed_before.append((set(people), choices))
        by_event[event.name] = choices
        by_time = defaultdict(list)
        for placed, z in choices:
            by_time[placed.time].append(z)
            if placed.room is not None and Reason("room", placed.room) in held:
                for moment in _moments(placed.time):
                    full["room", placed.room, moment].append(z)
        for time, some in by_time.items():
            for moment in _moments(time) if people else ():
                for person in people:
                    full["person", person, moment] += some
    for some in full.values():
        if len(some) > 1:
            model.add_at_most_one(some)
    for reason in reasons:
        if reason.rule == "rule":
            bind(problem, problem.rules[int(reason.subject)], model, by_event, over)
    search = Search[bool](Stop(time_s=BUSY * TIME_S, cpu_s=TIME_S), cancelled=over)
    return solve_cpsat(model, search, lambda _: True).status is not Status.INFEASIBLE


def _late(problem: RoomsProblem, a: Placed, b: Placed) -> bool:
    """Say whether nobody can walk from the earlier to the later in time."""
    first, then = (a, b) if a.time.end <= b.time.start else (b, a)
    gap = then.time.start - first.time.end
    meet = set(a.time.days) & set(b.time.days) and set(a.time.weeks) & set(b.time.weeks)
    if gap < 0 or not meet or problem.walking_s is None or a.room is None or b.room is None:
        return False
    row = {room.name: i for i, room in enumerate(problem.rooms)}
    return bool(problem.walking_s[row[str(first.room)], row[str(then.room)]] > gap * problem.period_min * 60)


def _too_many(problem: RoomsProblem, held: set[Reason]) -> bool:
    """Say whether somebody's events take more moments than they have times at; models see that late."""
    need: dict[str, int] = defaultdict(int)
    open_: dict[str, set[Moment]] = defaultdict(set)
    for event in problem.events:
        people = [person for person in event.people if Reason("person", person) in held]
        if people and Reason("event", event.name) in held:
            spans = [_moments(time) for time in event.times]
            for person in people:
                need[person] += min(map(len, spans), default=0)
                open_[person].update(*spans)
    return any(need[person] > len(open_[person]) for person in need)


def _too_few_rooms(problem: RoomsProblem, held: Sequence[Reason]) -> bool:
    """Say whether events that need one of some rooms take more moments than these have at the times they may have."""
    rooms = {reason.subject for reason in held if reason.rule == "room"}
    there = {reason.subject for reason in held if reason.rule == "event"}
    need, open_, used = 0, set[Moment](), set[str]()
    for event in problem.events:
        if event.name in there and event.rooms and rooms.issuperset(event.rooms):
            need += min((time.length * len(time.days) * len(time.weeks) for time in event.times), default=0)
            open_ |= _open_to(event.times)
            used.update(event.rooms)
    return need > len(open_) * len(used)


def _one_of(number: int, what: str) -> str:
    return f"its only {what}" if number == 1 else f"one of its {number} {what}s"


def _told(problem: RoomsProblem, events: dict[str, Event], reason: Reason, found: Sequence[Reason]) -> Text:
    name = reason.subject
    if reason.rule == "rule":
        return tell_rule(problem.rules[int(name)])
    if reason.rule == "room":
        return Text(f"“{name}”同一时间只能有一个活动", f"{name!r} holds one event at a time")
    if reason.rule == "person":
        n = sum(one.rule == "event" for one in found)
        return Text(
            f"“{name}”不能同时参加两个活动（这里有 {n} 个）",
            f"{name!r} can't be in two of these {n} events at once",
        )
    if reason.rule == "size":
        largest = max((room.capacity for room in problem.rooms if room.name in events[name].rooms), default=0)
        return Text(f"“{name}”有 {events[name].size} 人，可用房间最多容 {largest} 人",
                    f"{name!r} has {counted(events[name].size, 'person', 'people')}; "
                    f"the largest of its rooms holds {largest}")  # fmt: skip
    if reason.rule == "features":
        needs = "、".join(sorted(events[name].features)), ", ".join(sorted(events[name].features))
        return Text(f"“{name}”需要：{needs[0]}", f"{name!r} needs {needs[1]}")
    if reason.rule == "closed":
        return Text(f"“{name}”有不开放的时间", f"{name!r} is closed at times")
    times, rooms = len(events[name].times), len(events[name].rooms)
    return Text(f"“{name}”要在它允许的 {times} 个时间、{rooms} 个房间里安排",
                f"{name!r} takes place, at {_one_of(times, 'time')} in {_one_of(rooms, 'room')}")  # fmt: skip
