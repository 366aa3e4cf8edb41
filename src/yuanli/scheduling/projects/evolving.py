"""Projects by a genetic algorithm on activity lists, in compiled code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function; it is kept on disk and lets other threads run."""
    return cast(F, njit(cache=True, nogil=True)(function))


@compiled
def decode(order: Ints, tables: Any, free: Ints, begins: Ints) -> int:
    """Fill begins by serial schedule generation along a list, and return the last end; pinned jobs are ≥ 0."""
    durations, needs, sizes, pointer, before, earliest, pinned = tables
    free[:, :] = sizes.reshape(-1, 1)
    crews, last = len(sizes), 0
    for j in range(len(durations)):
        begins[j] = pinned[j]
        if pinned[j] >= 0:
            for t in range(pinned[j], pinned[j] + durations[j]):
                for k in range(crews):
                    free[k, t] -= needs[j, k]
    for j in order:
        if pinned[j] < 0:
            begin = earliest[j]
            for p in range(pointer[j], pointer[j + 1]):
                begin = max(begin, begins[before[p]] + durations[before[p]])
            t = begin
            while t < begin + durations[j]:
                for k in range(crews):
                    if free[k, t] < needs[j, k]:
                        begin = t + 1
                        break
                t += 1
            begins[j] = begin
            for t in range(begin, begin + durations[j]):
                for k in range(crews):
                    free[k, t] -= needs[j, k]
        last = max(last, begins[j] + durations[j])
    return last


@compiled
def justify(tables: Any, back_tables: Any, rank: Ints, free: Ints, begins: Ints, late: Ints) -> int:
    """Push all jobs late, then early (Valls, Ballestín and Quintanilla 2005, doi:10.1016/j.ejor.2004.04.008)."""
    durations, n = tables[0], len(rank)
    decode(np.argsort(-((begins + durations) * n + rank)), back_tables, free, late)
    return int(decode(np.argsort(-((late + durations) * n - rank)), tables, free, begins))


@compiled
def drawn(state: NDArray[np.uint64], below: int) -> int:
    """Return the next number below a limit (xorshift; Marsaglia 2003, doi:10.18637/jss.v008.i14)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return np.int64((x >> np.uint64(11)) % np.uint64(below))  # type: ignore[return-value]


@compiled
def evolve(
    population: Ints, ends: Ints, tables: Any, back_tables: Any, rank: Ints, free: Ints, state: NDArray[np.uint64],
    children: int,
) -> None:  # fmt: skip
    """Breed so many children: two-point crossover of two tournaments' winners, a swap, decoding, justification.

    `population` holds begins, shape `(n_plans, n_jobs)`; a child takes the place of the worst unless it is worse.
    """
    size, n = population.shape
    begins, late, taken = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.bool_)
    order = np.empty(n, np.int64)
    for _ in range(children):
        parents = np.empty(2, np.int64)
        for side in range(2):
            one, other = drawn(state, size), drawn(state, size)
            parents[side] = one if ends[one] <= ends[other] else other
        first = np.argsort(population[parents[0]] * n + rank)
        second = np.argsort(population[parents[1]] * n + rank)
        low, high = drawn(state, n), drawn(state, n)
        low, high = min(low, high), max(low, high)
        taken[:] = False
        for i in range(low):
            taken[first[i]] = True
        order[:low] = first[:low]
        at = low
        for j in second:
            if at < high and not taken[j]:
                order[at] = j
                taken[j] = True
                at += 1
        for j in first:
            if not taken[j]:
                order[at] = j
                at += 1
        for i in range(n - 1):
            if drawn(state, 20) == 0:
                one, other = order[i], order[i + 1]
                free_to_swap = True
                for p in range(tables[3][other], tables[3][other + 1]):
                    if tables[4][p] == one:
                        free_to_swap = False
                if free_to_swap:
                    order[i], order[i + 1] = other, one
        decode(order, tables, free, begins)
        end = justify(tables, back_tables, rank, free, begins, late)
        worst = 0
        for i in range(size):
            if ends[i] > ends[worst]:
                worst = i
            if ends[i] == end and (population[i] == begins).all():
                worst = -1
                break
        if worst >= 0 and end <= ends[worst]:
            population[worst] = begins
            ends[worst] = end
