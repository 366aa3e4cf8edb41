"""Rules between events that must hold, as constraints of CP-SAT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from yuanli.scheduling.rooms.relations import broken_amount
from yuanli.scheduling.rooms.tables import Placed, RoomsProblem, Rule

OF_ROOMS = ("same_room", "different_room", "same_attendees")
"""Kinds of rules for which it counts in which room an event is."""
ROOMS_ALONE = frozenset({"same_room", "different_room"})
"""Kinds of rules for which it does not count when an event is."""
MOST_PAIRS = 40_000
"""Ways to place two events that are tried; a rule about two with more is left out."""

Choices = Mapping[str, Sequence[tuple[Placed, Any]]]


def bind(problem: RoomsProblem, rule: Rule, model: Any, choices: Choices, over: Callable[[], bool]) -> None:
    """Add a rule to a model, for the events that are there.

    Of `max_block` only what any two events break is added: plans of the model may break it.

    Parameters
    ----------
    choices
        Where each event may be, with the boolean of each, exactly one of which is true.
    over
        Says that there is no time for more: the model lacks some of the rule then.
    """
    if rule.kind == "max_breaks":
        _limit_breaks(rule, model, choices, over)
        return
    if rule.kind in ("max_days", "max_day_load"):
        _limit_days(rule, model, choices)
        return
    if rule.kind == "different_room":
        _one_a_room(rule, model, choices)
        return
    for pair in combinations([name for name in dict.fromkeys(rule.events) if name in choices], 2):
        first, second = (_grouped(choices[name], _what_counts(rule)) for name in pair)
        if over():
            return
        if len(first) * len(second) > MOST_PAIRS:
            continue
        for where, some in first.values():
            bad = [
                one
                for other, others in second.values()
                if broken_amount(problem, rule, dict(zip(pair, (where, other), strict=True))) > 0
                for one in others
            ]
            if bad:
                model.add(sum(some) + sum(bad) <= 1)


def _limit_days(rule: Rule, model: Any, choices: Choices) -> None:
    """Let events be on at most so many days, or take at most so many periods of each day."""
    used: dict[int, Any] = {}
    load: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for name in dict.fromkeys(rule.events):
        for placed, z in choices.get(name, ()):
            for day in placed.time.days:
                if rule.kind == "max_days":
                    model.add_implication(z, used.setdefault(day, model.new_bool_var("")))
                for week in placed.time.weeks:
                    load[week, day].append(placed.time.length * z)
    if rule.kind == "max_days":
        model.add(sum(used.values()) <= rule.values[0])
        return
    for some in load.values():
        model.add(sum(some) <= rule.values[0])


def _limit_breaks(rule: Rule, model: Any, choices: Choices, over: Callable[[], bool]) -> None:
    """Let events of a day make at most one block more than breaks are allowed.

    A block begins with an event before which none of that day has ended for more than the rule's gap.
    """
    most, gap = int(rule.values[0]), int(rule.values[1])
    of_day: dict[tuple[int, int], list[tuple[int, int, Any]]] = defaultdict(list)
    for name in dict.fromkeys(rule.events):
        for (start, end, days, weeks), some in _alike_times(choices.get(name, ())).items():
            taken = sum(some)
            for day, week in product(days, weeks):
                of_day[week, day].append((start, end, taken))
    known: set[tuple[int, ...]] = set()
    for spans in of_day.values():
        if (alike := tuple(sorted(id(taken) for _, _, taken in spans))) in known or over():
            continue
        known.add(alike)
        begun = []
        for at in sorted({start for start, _, _ in spans}):
            begins = model.new_bool_var("")
            before = sum(taken for start, end, taken in spans if start < at <= end + gap)
            for start, _, taken in spans:
                if start == at:
                    model.add(begins + before >= taken)
            begun.append(begins)
        model.add(sum(begun) <= most + 1)


def _alike_times(
    choices: Sequence[tuple[Placed, Any]],
) -> dict[tuple[int, int, tuple[int, ...], tuple[int, ...]], list[Any]]:
    """Return the booleans of each time, whatever the room."""
    found: dict[tuple[int, int, tuple[int, ...], tuple[int, ...]], list[Any]] = defaultdict(list)
    for placed, z in choices:
        time = placed.time
        found[time.start, time.end, tuple(time.days), tuple(time.weeks)].append(z)
    return found


def _one_a_room(rule: Rule, model: Any, choices: Choices) -> None:
    """Let no two events have the same room, at whatever times."""
    by_room: dict[str | None, list[Any]] = defaultdict(list)
    for name in dict.fromkeys(rule.events):
        for placed, z in choices.get(name, ()):
            by_room[placed.room].append(z)
    for some in by_room.values():
        model.add_at_most_one(some)


def _what_counts(rule: Rule) -> Callable[[Placed], Hashable]:
    if rule.kind == "same_attendees":
        return lambda placed: (placed.time, placed.room)
    return (lambda placed: placed.room) if rule.kind in OF_ROOMS else (lambda placed: placed.time)


def _grouped(
    choices: Sequence[tuple[Placed, Any]], key: Callable[[Placed], Hashable]
) -> dict[Hashable, tuple[Placed, list[Any]]]:
    """Return the choices that are alike for a rule, one of them, and the booleans of all."""
    found: dict[Hashable, tuple[Placed, list[Any]]] = {}
    for placed, z in choices:
        found.setdefault(key(placed), (placed, []))[1].append(z)
    return found
