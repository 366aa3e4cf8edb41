"""Times and rooms by simulated annealing."""

from __future__ import annotations

from math import isfinite

import numpy as np

from yuanli.scheduling.rooms.arrays import FORBIDDEN, Compiled, Ints
from yuanli.scheduling.rooms.tables import RoomsPlan
from yuanli.solver import Search, Wish

ROUND = 2_000
"""Moves of a round."""
HOT, COLD, WARM, HARD = 5.0, 0.12, 0.5, 100.0
"""Temperatures at the begin, at the end, and at the begin from a plan; what a broken rule costs; in units of cost."""
MENDING = 0.2
"""Share of the time in which only broken rules count, until there are none."""
FIRST = 0.05
"""Share of the time of a first, quick annealing: so that there soon is a plan."""
SURE = 0.85
"""Share of the time that is planned with; the clock ends what takes longer."""


def anneal_rooms(
    compiled: Compiled, search: Search[RoomsPlan], wish: Wish[RoomsPlan], *, given: bool
) -> None:
    """Anneal whole plans, broken rules among the cost (Bellio et al. 2016, doi:10.1016/j.cor.2015.07.002).

    A move takes one event elsewhere, or swaps two. A round is 2,000 moves.
    The cooling is planned from the speed of the first rounds, or the number of rounds.

    Parameters
    ----------
    given
        Whether `wish.start` is kept to: changes are counted, and the annealing begins warm.
    """
    from yuanli.scheduling.rooms import kernel

    tables = compiled.tables
    rng = np.random.default_rng(wish.seed)
    time_of, room_of, first = _begin(compiled, wish, rng)
    fixed = {i for i, name in enumerate(compiled.events) if name in wish.locked}
    movable = np.array([i for i in range(len(compiled.events)) if i not in fixed], np.int64)
    tables = tables._replace(movable=movable)
    unit = cost_unit(compiled)
    state = kernel.new_state(
        tables, time_of, room_of, seed=wish.seed, most_changed=wish.max_changes, first=first
    )

    def offer() -> None:
        if state.numbers[2] < search.cost - 1e-9:
            search.offer(compiled.plan(state.best_time, state.best_room), float(state.numbers[2]))

    kernel.anneal(tables, state, 0, unit, 1.0, HARD * unit)
    kernel.note(state)
    offer()
    if not len(movable):
        return
    hot = unit * (WARM if given else HOT)
    planned = _planned(kernel, tables, state, search, unit)
    for step in range(steps := int(MENDING * planned)):
        if search.over() or state.numbers[1] < 0.5 or given:
            break
        kernel.anneal(tables, state, ROUND, 0.5 * 0.1 ** (step / steps), 0.0, 1.0)
        search.count()
        offer()
    planned = max(planned * (1 - MENDING), search.left_rounds if isfinite(search.left_rounds) else 1.0)
    for share, temperature in ((FIRST, hot), (1.0 - FIRST, hot)):
        steps = max(1, int(share * planned))
        for step in range(steps):
            if search.over():
                return
            now = temperature * (COLD * unit / temperature) ** (step / steps)
            kernel.anneal(tables, state, ROUND, now, 1.0, HARD * unit)
            search.count()
            offer()
        if state.numbers[2] < np.inf:
            kernel.restore(tables, state)
    while not search.over() and not isfinite(search.left_rounds):
        kernel.anneal(tables, state, ROUND, COLD * unit, 1.0, HARD * unit)
        search.count()
        offer()


def _begin(
    compiled: Compiled, wish: Wish[RoomsPlan], rng: np.random.Generator
) -> tuple[Ints, Ints, tuple[Ints, Ints]]:
    """Return a full assignment, as the start has it where that is allowed, and what changes are counted from."""
    tables, n = compiled.tables, len(compiled.events)
    time_of, room_of = np.full((2, n), -1, np.int64)
    if wish.start is not None:
        time_of, room_of = compiled.state(wish.start)
    first = time_of.copy(), room_of.copy()
    for i in range(n):
        if time_of[i] < 0:
            time_of[i] = rng.choice(tables.choices_at[tables.choices_ptr[i] : tables.choices_ptr[i + 1]])
        if room_of[i] < 0:
            room_of[i] = rng.choice(tables.rooms_at[tables.rooms_ptr[i] : tables.rooms_ptr[i + 1]])
    return time_of, room_of, first


def _planned(kernel: object, tables: object, state: object, search: Search[RoomsPlan], unit: float) -> float:
    """Return how many rounds there will be."""
    if isfinite(search.left_rounds):
        return search.left_rounds
    if not isfinite(search.left_s):
        return 200_000
    before, rounds = search.left_s, 0
    copy = type(state)(*(a.copy() for a in state))  # type: ignore[attr-defined]
    while rounds < 20 and not search.over():
        kernel.anneal(tables, copy, ROUND, COLD * unit, 1.0, HARD * unit)  # type: ignore[attr-defined]
        rounds += 1
    return max(20.0, SURE * rounds * search.left_s / max(before - search.left_s, 1e-4))


def cost_unit(compiled: Compiled) -> float:
    """Return what a usual difference of cost is, to scale temperatures by."""
    tables = compiled.tables
    seen = [tables.weights[0], tables.weights[1]] if len(tables.min_days) > 1 or tables.min_days[0] else []
    seen += [float(x) for x in np.unique(tables.compact) if x > 0]
    for costs in (tables.time_cost, tables.room_cost):
        known = costs[(costs > 0) & (costs < FORBIDDEN)]
        if len(known):
            seen.append(float(np.median(known)))
    seen += [float(x) for x in np.unique(tables.pairs_cost) if x > 0]
    if tables.walk_s.size and tables.weights[2] > 0:
        seen.append(float(np.mean(tables.walk_s)) / 60 * tables.weights[2])
    positive = [x for x in seen if x > 0]
    return float(np.min(positive)) if positive else 1.0
