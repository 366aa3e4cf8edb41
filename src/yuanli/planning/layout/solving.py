"""Memetic search for quadratic assignment: robust tabu search on children of an elite."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np
from numpy.random import Generator

from yuanli.planning.layout.core import Core, gilmore_lawler, make_core, nearest_plan
from yuanli.planning.layout.faq import faq_start
from yuanli.planning.layout.problem import Ints, LayoutPlan, LayoutProblem
from yuanli.solver import Result, Search, Wish

CHUNK = 10_000_000
"""Steps times pairs between two looks at the clock: some 20 ms."""
MOST_FAQ = 300
"""Units above which the start by FAQ takes too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutParams:
    """How the search works.

    Parameters
    ----------
    elite
        How many of the best plans have children.
    steps
        Of tabu search for each child.
    stale
        Children without a better plan after which the elite is shaken.
    shaken
        Share of the units that change places then.
    tenure, span
        Steps that a move is tabu: from `tenure` n up to `span` n more.
    """

    elite: int = 15
    steps: int = 5_000
    stale: int = 15
    shaken: float = 0.5
    tenure: float = 0.9
    span: float = 0.2


def solve_layout(
    problem: LayoutProblem, search: Search[LayoutPlan], wish: Wish[LayoutPlan] = Wish(), *,
    params: LayoutParams = LayoutParams(),
) -> Result[LayoutPlan]:  # fmt: skip
    """Search by an elite and robust tabu search (Benlic and Hao 2015, doi:10.1016/j.eswa.2014.08.011).

    It begins with FAQ, random plans and the plan of the wish; with `workers`, as many children are improved at once.
    A round is a chunk of steps.
    """
    core = make_core(problem, wish)
    start = None if core is None else nearest_plan(core, _wanted(core, wish))
    if core is None or start is None or core.away(start) > core.slack:
        return search.result(infeasible=True)
    search.offer(core.plan(start), core.cost(start))
    search.prove(gilmore_lawler(core))
    if core.size < 2:
        search.prove(search.cost)
    if not search.over():
        _breed(core, start, search, wish, params)
    return search.result()


def rehearse_layout(problem: LayoutProblem) -> None:
    """Make a step of tabu search."""
    from yuanli.planning.layout.walking import Walk

    core = make_core(problem, Wish())
    start = None if core is None else nearest_plan(core, None)
    if core is not None and start is not None:
        Walk(core, start, 1, tenure=1.0, span=1.0).go(1)


def _wanted(core: Core, wish: Wish[LayoutPlan]) -> Ints | None:
    if wish.start is None:
        return None
    place_at = {place: i for i, place in enumerate(core.places.tolist())}
    wanted = np.full(core.size, core.size, dtype=np.int64)
    wanted[: len(core.units)] = [place_at.get(wish.start.places[u], core.size) for u in core.units.tolist()]
    return wanted


def _breed(
    core: Core, start: Ints, search: Search[LayoutPlan], wish: Wish[LayoutPlan], params: LayoutParams
) -> None:
    from yuanli.planning.layout.walking import Walk  # numba takes half a second to import

    rng = np.random.default_rng(wish.seed)
    elite: list[Ints] = []
    young, stale = _first(core, start, wish.start is None, search, params, rng), 0
    rounds = max(1, params.steps * core.size**2 // CHUNK)
    with nullcontext() if wish.workers == 1 else ThreadPoolExecutor(wish.workers) as pool:
        while not search.over():
            begun = list(islice(young, wish.workers)) or [
                _child(core, elite, rng) for _ in range(wish.workers)
            ]
            walks = [
                Walk(
                    core, places, int(rng.integers(1, 2**63)),
                    tenure=params.tenure * core.size, span=params.span * core.size,
                )
                for places in begun
            ]  # fmt: skip
            before = search.cost
            for _ in range(rounds):
                go = partial(Walk.go, steps=-(-params.steps // rounds))
                list(map(go, walks) if pool is None else pool.map(go, walks))
                search.count()
                for one in walks:
                    if one.least < search.cost:
                        search.offer(core.plan(one.best), core.cost(one.best))
                if search.over():
                    break
            _admit(core, elite, [one.best for one in walks], params.elite)
            stale = 0 if search.cost < before else stale + len(walks)
            if stale >= params.stale:
                stale, young = 0, iter([_shaken(core, places, params.shaken, rng) for places in elite])
                del elite[1:]


def _first(
    core: Core, start: Ints, fresh: bool, search: Search[LayoutPlan], params: LayoutParams, rng: Generator
) -> Iterator[Ints]:
    """Yield the plans to begin with."""
    if not fresh or not core.free:
        yield start
    if fresh and core.free and core.size <= MOST_FAQ:
        yield faq_start(core, search)
    for _ in range(params.elite - 1):
        yield _shaken(core, start, 1.0, rng)


def _admit(core: Core, elite: list[Ints], found: list[Ints], most: int) -> None:
    """Take plans that are new into the elite, the best first, and leave the worst out."""
    for places in found:
        if not any((places == other).all() for other in elite):
            elite.append(places)
    elite.sort(key=core.cost)
    del elite[most:]


def _child(core: Core, elite: list[Ints], rng: Generator) -> Ints:
    """Return a child of two plans: where they agree it does, elsewhere it has one's place as far as they are free."""
    if not core.free or len(elite) < 2:
        return _shaken(core, elite[0], 0.3, rng)
    one, other = rng.choice(len(elite), 2, replace=False)
    mother, father = elite[one], elite[other]
    child = np.full(core.size, -1, dtype=np.int64)
    same = mother == father
    child[same] = mother[same]
    taken = np.zeros(core.size, dtype=bool)
    taken[mother[same]] = True
    for unit in rng.permutation(np.flatnonzero(~same)):
        pair = (mother[unit], father[unit]) if rng.random() < 0.5 else (father[unit], mother[unit])
        for place in pair:
            if not taken[place]:
                child[unit], taken[place] = place, True
                break
    child[child < 0] = rng.permutation(np.flatnonzero(~taken))
    return child


def _shaken(core: Core, places: Ints, share: float, rng: Generator) -> Ints:
    """Return a plan where a share of the units have changed places, as far as they may."""
    shaken = places.copy()
    count = max(3, int(share * core.size))
    if core.free:
        some = rng.choice(core.size, min(count, core.size), replace=False)
        shaken[some] = shaken[rng.permutation(some)]
        return shaken
    for one, other in rng.integers(core.size, size=(count, 2)):
        shaken[[one, other]] = shaken[[other, one]]
        allowed = core.may[one, shaken[one]] and core.may[other, shaken[other]]
        if not allowed or core.away(shaken) > core.slack:
            shaken[[one, other]] = shaken[[other, one]]
    return shaken
