"""What is locked of rounds, and whether it leaves any plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.rounds.conflicts import MOST_PLACES, find_contradiction, in_time
from yuanli.scheduling.rounds.tables import RoundsPlan, RoundsProblem, shortest
from yuanli.solver import Wish


def with_locks(problem: RoundsProblem, wish: Wish[RoundsPlan]) -> RoundsProblem:
    """Return the problem in which a locked stop that somebody comes to can't be left out."""
    if wish.start is None or not wish.locked:
        return problem
    staff_of = wish.start.staff_of()
    kept = {
        i for i, stop in enumerate(problem.stops)
        if i in staff_of and (stop.id in wish.locked or problem.staff[staff_of[i]].id in wish.locked)
    }  # fmt: skip
    stops = tuple(replace(s, prize=None) if i in kept else s for i, s in enumerate(problem.stops))
    return replace(problem, stops=stops)


def locks_contradict(
    problem: RoundsProblem, wish: Wish[RoundsPlan], allowed: NDArray[np.bool_]
) -> bool:  # fmt: skip
    """Say whether what is locked, or how few may change, surely leaves no plan; False where it is not known.

    Who may come is looked at, not the order among locked stops.

    Parameters
    ----------
    allowed
        Who may come to which stop by skills and locks, shape `(n_stops, n_staff)`.
    """
    if wish.start is None or not (wish.locked or wish.max_changes is not None):
        return False
    held = allowed.copy()
    if wish.max_changes is not None:
        staff_of = wish.start.staff_of()
        if _must_change(problem, staff_of) > wish.max_changes:
            return True
        if wish.max_changes == 0:
            for i in range(len(held)):
                held[i] &= np.arange(len(problem.staff)) == staff_of.get(i, -1)
    tokens = ["\0" + row.tobytes().hex() for row in held]
    stops = tuple(
        replace(stop, skills=frozenset({token}))
        for stop, token, row in zip(problem.stops, tokens, held, strict=True)
        if stop.prize is None or row.any()
    )
    staff = tuple(
        replace(one, skills=frozenset(tokens[i] for i in np.flatnonzero(held[:, k])))
        for k, one in enumerate(problem.staff)
    )
    return bool(stops) and bool(find_contradiction(replace(problem, stops=stops, staff=staff)))


def _must_change(problem: RoundsProblem, staff_of: dict[int, int]) -> int:
    """Return how many stops can't keep whom they had, had that person nothing else to do."""
    walk = shortest(problem.walk) if len(problem.places) <= MOST_PLACES else None
    count = 0
    for i, stop in enumerate(problem.stops):
        if (k := staff_of.get(i)) is None:
            count += stop.prize is None
        else:
            one = problem.staff[k]
            late = walk is not None and not in_time(walk, one, stop)
            count += late or not stop.skills <= one.skills
    return count
