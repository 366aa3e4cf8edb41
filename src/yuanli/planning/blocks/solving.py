"""Blocks placed by annealing slicing floor plans."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from yuanli.planning.blocks.problem import BlocksPlan, BlocksProblem, travel
from yuanli.planning.blocks.telling import conflicts_blocks
from yuanli.planning.documents import Floats
from yuanli.solver import Result, Search, Wish

CHUNK, MOST_STEPS = 600_000, 2_000
"""Steps times blocks squared between two looks at the clock, some 20 ms, and steps a block: few blocks need no more."""
ALIKE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksParams:
    """How it cools: rounds of one descent, the first and last temperature as a share of the cost, and the penalties."""

    rounds: int = 80
    hot: float = 0.03
    cold: float = 3e-5
    penalty: float = 0.3
    loose_penalty: float = 1.0


def solve_blocks(
    problem: BlocksProblem, search: Search[BlocksPlan], wish: Wish[BlocksPlan] = Wish(), *,
    params: BlocksParams = BlocksParams(),
) -> Result[BlocksPlan]:  # fmt: skip
    """Anneal slicing floor plans again and again; too narrow blocks are penalised and never offered.

    The plans have no gaps, which keeps blocks near; where a descent finds none, as squares may fit only loosely, the
    next one lets parts be larger than their blocks. With locked blocks, or few changes, blocks of equal area change
    places from the start. A round is a chunk of steps.
    """
    if conflicts_blocks(problem):
        return search.result(infeasible=True)
    search.prove(least_travel(problem))
    if wish.start is not None:
        search.offer(wish.start, travel(problem, wish.start))
        if wish.locked or wish.max_changes is not None:
            _exchange(problem, search, wish, wish.start)
            return search.result()
    rng = np.random.default_rng(wish.seed)
    gaps = False
    while not search.over():
        _descend(problem, search, params, rng, gaps=gaps)
        if search.best is None:
            gaps = not gaps
    return search.result()


def least_travel(problem: BlocksProblem) -> float:
    """Return what no plan is below: two blocks are apart by half of their least sides at least."""
    half = np.sqrt(problem.areas / problem.aspects) / 2
    return float((problem.flows * (half[:, None] + half) * ~np.eye(len(half), dtype=bool)).sum())


def _descend(
    problem: BlocksProblem,
    search: Search[BlocksPlan],
    params: BlocksParams,
    rng: np.random.Generator,
    *,
    gaps: bool,
) -> None:
    from yuanli.planning.blocks.kernels import ACROSS, ALONG, anneal, rectangles, worth

    n, total = len(problem.blocks), float(problem.areas.sum())
    flows: Floats = problem.flows + problem.flows.T
    whole = np.array([problem.width_m, problem.depth_m])
    span = np.stack([np.minimum(total / whole[::-1], whole), whole], axis=1)
    wide = float(np.clip(np.sqrt(total * whole[0] / whole[1]), *span[0]))
    shape = whole.copy() if gaps else np.array([wide, total / wide])
    tokens = np.empty(2 * n - 1, dtype=np.int64)
    order = rng.permutation(n)
    tokens[0], tokens[1::2], tokens[2::2] = order[0], order[1:], np.where(np.arange(n - 1) % 2, ACROSS, ALONG)
    out, best = np.empty((n, 4)), np.empty((n, 4))
    rectangles(tokens, problem.areas, shape[0], shape[1], out)
    cost, narrow = worth(out, flows, problem.aspects)
    scale = max(cost, 1e-9)
    penalty = scale * (params.loose_penalty if gaps else params.penalty)
    found = np.array([np.inf if gaps else cost + penalty * narrow, np.inf])
    if narrow <= ALIKE and not gaps:
        _offer(problem, search, out)
    for number in range(params.rounds):
        heat = params.hot * (params.cold / params.hot) ** (number / params.rounds) * scale
        before = found[1]
        anneal(
            tokens, shape, span, problem.areas, flows, problem.aspects, gaps,
            max(1, min(CHUNK // n**2, MOST_STEPS * n)), heat, penalty, found, best, int(rng.integers(2**31)),
        )  # fmt: skip
        search.count()
        if found[1] < before:
            _offer(problem, search, best)
        if search.over():
            return


def _offer(problem: BlocksProblem, search: Search[BlocksPlan], out: Floats) -> None:
    plan = BlocksPlan(tuple((float(x), float(y), float(w), float(h)) for x, y, w, h in out))
    search.offer(plan, travel(problem, plan))


def _exchange(
    problem: BlocksProblem, search: Search[BlocksPlan], wish: Wish[BlocksPlan], start: BlocksPlan
) -> None:
    """Let the two blocks of equal area change places that save most, as long as any do."""
    plan = start
    free = [i for i, name in enumerate(problem.blocks) if name not in wish.locked]
    while not search.over():
        tried = [plan]
        for i, j in combinations(free, 2):
            if _fits(problem, i, plan.rectangles[j]) and _fits(problem, j, plan.rectangles[i]):
                swapped = list(plan.rectangles)
                swapped[i], swapped[j] = swapped[j], swapped[i]
                changed = sum(a != b for a, b in zip(swapped, start.rectangles, strict=True))
                if wish.max_changes is None or changed <= wish.max_changes:
                    tried.append(BlocksPlan(tuple(swapped)))
        plan = min(tried, key=lambda one: travel(problem, one))
        search.count()
        if not search.offer(plan, travel(problem, plan)):
            break


def _fits(problem: BlocksProblem, block: int, rectangle: tuple[float, float, float, float]) -> bool:
    _, _, w, h = rectangle
    area, aspect = float(problem.areas[block]), float(problem.aspects[block])
    return abs(w * h - area) <= ALIKE * area and max(w / h, h / w) <= aspect
