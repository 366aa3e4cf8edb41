"""Blocks placed by annealing slicing floor plans."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from yuanli.planning.blocks.problem import BlocksPlan, BlocksProblem, travel
from yuanli.planning.blocks.telling import conflicts_blocks
from yuanli.planning.documents import Floats
from yuanli.solver import Result, Search, Wish

CHUNK = 600_000
"""Steps times blocks between two looks at the clock: some 20 ms."""
ALIKE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksParams:
    """How it cools: rounds of one descent, the first and last temperature as a share of the cost, and the penalty."""

    rounds: int = 80
    hot: float = 0.03
    cold: float = 3e-5
    penalty: float = 0.3


def solve_blocks(
    problem: BlocksProblem, search: Search[BlocksPlan], wish: Wish[BlocksPlan] = Wish(), *,
    params: BlocksParams = BlocksParams(),
) -> Result[BlocksPlan]:  # fmt: skip
    """Anneal slicing floor plans again and again; too narrow blocks are penalised and never offered.

    With locked blocks, or few changes, blocks of equal area change places from the start. A round is a chunk of steps.
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
    while not search.over():
        _descend(problem, search, params, rng)
    return search.result()


def least_travel(problem: BlocksProblem) -> float:
    """Return what no plan is below: two blocks are apart by half of their least sides at least."""
    half = np.sqrt(problem.areas / problem.aspects) / 2
    return float((problem.flows * (half[:, None] + half) * ~np.eye(len(half), dtype=bool)).sum())


def _descend(
    problem: BlocksProblem, search: Search[BlocksPlan], params: BlocksParams, rng: np.random.Generator
) -> None:
    from yuanli.planning.blocks.kernels import ACROSS, ALONG, anneal, rectangles, worth

    n, total = len(problem.blocks), float(problem.areas.sum())
    flows: Floats = problem.flows + problem.flows.T
    span = np.array([total / problem.depth_m, problem.width_m])
    span[0] = min(span)
    shape = np.array([np.clip(np.sqrt(total * problem.width_m / problem.depth_m), *span)])
    tokens = np.empty(2 * n - 1, dtype=np.int64)
    order = rng.permutation(n)
    tokens[0], tokens[1::2], tokens[2::2] = order[0], order[1:], np.where(np.arange(n - 1) % 2, ACROSS, ALONG)
    out, best = np.empty((n, 4)), np.empty((n, 4))
    rectangles(tokens, problem.areas, shape[0], total / shape[0], out)
    cost, narrow = worth(out, flows, problem.aspects)
    scale = max(cost, 1e-9)
    found = np.array([cost + params.penalty * scale * narrow, np.inf])
    if narrow <= ALIKE:
        _offer(problem, search, out)
    for number in range(params.rounds):
        heat = params.hot * (params.cold / params.hot) ** (number / params.rounds) * scale
        before = found[1]
        anneal(
            tokens, shape, span, problem.areas, flows, problem.aspects, max(1, CHUNK // n**2), heat,
            params.penalty * scale, found, best, int(rng.integers(2**31)),
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
