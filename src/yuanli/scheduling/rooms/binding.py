"""Rules between events that must hold, as constraints of CP-SAT."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations
from typing import Any

from yuanli.scheduling.rooms.relations import broken_amount
from yuanli.scheduling.rooms.tables import Placed, RoomsProblem, Rule

OF_ROOMS = ("same_room", "different_room", "same_attendees")
"""Kinds of rules for which it counts in which room an event is."""
MOST_PAIRS = 40_000
"""Ways to place two events that are tried; a rule about two with more is left out."""

Choices = Mapping[str, Sequence[tuple[Placed, Any]]]


def bind(problem: RoomsProblem, rule: Rule, model: Any, choices: Choices, over: Callable[[], bool]) -> None:
    """Add a rule about pairs of events to a model, as far as these are there.

    Parameters
    ----------
    choices
        Where each event may be, with the boolean of each, exactly one of which is true.
    over
        Says that there is no time for more: the model lacks some of the rule then.
    """
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
