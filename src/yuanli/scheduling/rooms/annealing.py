"""Times and rooms by simulated annealing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from math import exp, isfinite
from typing import TYPE_CHECKING

import numpy as np

from yuanli.scheduling.rooms.arrays import FORBIDDEN, Compiled, Ints, Tables, compile_problem, is_single
from yuanli.scheduling.rooms.tables import RoomsPlan, RoomsProblem
from yuanli.solver import Search, Stop, Wish, heirs

if TYPE_CHECKING:
    from yuanli.scheduling.rooms.kernel import State

ROUND = 2_000
"""Moves of a round."""
HOT, HOT_SINGLE, COLD, WARM, HARD = 10.0, 4.0, 0.12, 0.5, 100.0
"""Temperatures at the begin, there where each time is one cell, at the end, and at the begin from a plan; what a broken
rule costs; in units of cost."""
HARD_LEAST, HARD_MOST, HARD_SWING = 10.0, 1000.0, 60.0
"""Limits of what a broken rule costs, and how often its price could grow by e in an annealing.

The price grows by a little after each round that ends with a broken rule and sinks by half of that after others, so
that the search goes along the border of what is allowed (as Vidal et al. 2012, doi:10.1287/opre.1120.1048, do).
"""
MENDING = 0.2
"""Share of the time in which only broken rules count, until there are none."""
SEEDS = 7_919
"""What the seeds of a population's states are apart."""
FIRST = 0.05
"""Share of the time of a first, quick annealing: so that there soon is a plan."""
SURE = 0.95
"""Share of what is left then that the long annealing takes; the rest is spent at the least temperature."""
STATES, STATE_ROUNDS, STATE_S = 10, 15_000, 10.0
"""Most states of a population, and the rounds, or seconds, that are worth one more."""
OPEN_ROUNDS = 200_000
"""Rounds that are planned with where neither time nor rounds end the search."""


def anneal_rooms(
    compiled: Compiled,
    search: Search[RoomsPlan],
    wish: Wish[RoomsPlan],
    *,
    given: bool,
    left_over: float = 0.0,
) -> None:
    """Anneal whole plans, broken rules among the cost (Bellio et al. 2016, doi:10.1016/j.cor.2015.07.002).

    A move takes one event elsewhere, or swaps two; where each time is one cell, it is told what a move changes before
    it is made, about three times as fast, and Kempe chains are moved too. A round is 2,000 moves.
    It cools by the share of the time, or of the rounds, that is gone. What is settled while it is hot stays so; where
    there is time, some states cool side by side, and the better ones take the places of others (population annealing;
    Machta 2010, doi:10.1103/PhysRevE.82.026704).

    Parameters
    ----------
    given
        Whether `wish.start` is kept to: changes are counted, and the annealing begins warm.
    left_over
        Share of the time, or of the rounds, that it leaves to others, 0–1.
    """
    from yuanli.scheduling.rooms import kernel, single

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

    others = left_over * _left(search)

    def left() -> float:
        return max(0.0, _left(search) - others)

    def over() -> bool:
        return search.over() or left() <= 0.0

    def offer(state: State) -> None:
        if state.numbers[2] < search.cost - 1e-9:
            search.offer(compiled.plan(state.best_time, state.best_room), float(state.numbers[2]))

    anneal = single.anneal_single if is_single(tables) else kernel.anneal
    anneal(tables, state, 0, unit, 1.0, HARD * unit)
    kernel.note(state)
    offer(state)
    if not len(movable):
        return
    hot = unit * (WARM if given else HOT_SINGLE if is_single(tables) else HOT)
    whole = max(left(), 1e-9)
    while not given and not over() and state.numbers[1] > 0.5:
        if (done := 1.0 - left() / whole) >= MENDING:
            break
        anneal(tables, state, ROUND, 0.5 * 0.1 ** (done / MENDING), 0.0, 1.0)
        search.count()
        offer(state)
    worth = left() / (STATE_ROUNDS if isfinite(search.left_rounds) else STATE_S)
    many = min(STATES, max(1, int(worth))) if is_single(tables) and not given else 1
    with ThreadPoolExecutor(wish.workers) as pool:
        for share, n in ((FIRST, 1), (SURE, many)):
            span, hard, done, temperature = share * (begin := left()), HARD * unit, 0.0, hot
            states = [state] + [kernel.twin(state, seed=wish.seed + i * SEEDS) for i in range(1, n)]
            while done < 1.0:
                if over():
                    return
                go = partial(_go, anneal, tables, temperature, hard)
                parts = [states[i :: wish.workers] for i in range(min(wish.workers, n))]
                list(map(go, parts) if len(parts) == 1 else pool.map(go, parts))
                for one in states:
                    search.count()
                    offer(one)
                before, done = done, (begin - left()) / span if span > 0 else 1.0
                was, temperature = temperature, hot * (COLD * unit / hot) ** done
                if n > 1:
                    cost = np.array([one.numbers[0] + hard * one.numbers[1] for one in states])
                    for place, parent in heirs(cost, 1 / temperature - 1 / was, rng):
                        kernel.become(states[place], states[parent])
                swing = min(0.1, HARD_SWING * (done - before))
                broken = np.mean([one.numbers[1] > 0.5 for one in states]) > 0.5
                hard *= exp(swing if broken else -swing / 2)
                hard = min(max(hard, HARD_LEAST * unit), HARD_MOST * unit)
            state = min(states, key=lambda one: float(one.numbers[2]))
            if state.numbers[2] < np.inf:
                kernel.restore(tables, state)
    while not over() and not isfinite(search.left_rounds):
        anneal(tables, state, ROUND, COLD * unit, 1.0, HARD * unit)
        search.count()
        offer(state)


def _go(
    anneal: Callable[..., int], tables: Tables, temperature: float, hard: float, states: list[State]
) -> None:
    for one in states:
        anneal(tables, one, ROUND, temperature, 1.0, hard)


def rehearse_rooms(problem: RoomsProblem) -> None:
    """Anneal a round of the events, each as long as a period, that no rule of pairs judges."""
    short = tuple(
        replace(event, times={replace(time, length=1): cost for time, cost in event.times.items()})
        for event in problem.events
    )
    single = compile_problem(replace(problem, events=short, rules=()))
    anneal_rooms(single, Search(Stop(time_s=None, rounds=1)), Wish(), given=False)


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


def _left(search: Search[RoomsPlan]) -> float:
    """Return how much of the search is to come: rounds where they are counted, else seconds."""
    if isfinite(search.left_rounds):
        return search.left_rounds
    return search.left_s if isfinite(search.left_s) else max(0.0, OPEN_ROUNDS - search.rounds)


def cost_unit(compiled: Compiled) -> float:
    """Return what a usual difference of cost is, to scale temperatures by."""
    tables = compiled.tables
    seen = [tables.weights[0], tables.weights[1]] if len(tables.min_days) > 1 or tables.min_days[0] else []
    seen += [float(x) for x in np.unique(tables.compact) if x > 0]
    for costs in (tables.time_cost, tables.room_cost):
        known = costs[(costs > 0) & (costs < FORBIDDEN)]
        if len(known):
            seen.append(float(np.median(known)))
    for prices in (tables.pairs_cost, tables.joint_cost):
        seen += [float(x) for x in np.unique(prices) if x > 0]
    if tables.walk_s.size and tables.weights[2] > 0:
        seen.append(float(np.mean(tables.walk_s)) / 60 * tables.weights[2])
    positive = [x for x in seen if x > 0]
    return float(np.min(positive)) if positive else 1.0
