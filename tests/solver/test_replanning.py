"""Plans anew with few changes: against all plans there are, and of every kind."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import inf

import numpy as np
import pytest

from yuanli.planning import SITES, Aim, SitesProblem
from yuanli.solver import Search, Stop, Wish, make_plan, replan

NAMES = tuple(f"s{i}" for i in range(9))


def some_sites(seed: int) -> SitesProblem:
    spots = np.random.default_rng(seed).random((9, 2)) * 100
    return SitesProblem(
        demands=NAMES, people=np.arange(1.0, 10.0), sites=NAMES, count=3, aim=Aim.MEDIAN,
        seconds=np.abs(spots[:, None] - spots).sum(axis=2),
    )  # fmt: skip


@pytest.mark.parametrize("extra", [0.0, 0.1, 0.4, 2.0])
def test_no_plan_within_the_extra_cost_changes_less(extra: float) -> None:
    problem = some_sites(3)
    now = make_plan(SITES, problem, Search(Stop(time_s=5)))
    start = SITES.read_rows(problem, now.assignments)
    moved = replace(
        problem, people=problem.people[::-1].copy(), forbidden=frozenset({NAMES[start.chosen[0]]})
    )
    before = set(start.chosen)

    def cost(chosen: tuple[int, ...]) -> float:
        return float((moved.people * moved.seconds[:, list(chosen)].min(axis=1)).sum())

    plans = [c for n in (1, 2, 3) for c in combinations(range(9), n) if start.chosen[0] not in c]
    limit = min(map(cost, plans)) * (1 + extra) + 1e-6
    fewest = min(len(before ^ set(c)) for c in plans if cost(c) <= limit)
    anew = make_plan(SITES, moved, Search(Stop(time_s=5)), Wish(start=start, extra=extra))
    assert anew.cost is not None
    assert anew.cost <= limit
    assert anew.changes == fewest
    assert anew.bound is None or anew.bound <= anew.cost + 1e-6


def test_a_plan_that_is_good_still_stays_and_a_wish_needs_its_parts() -> None:
    problem = some_sites(4)
    start = SITES.read_rows(problem, make_plan(SITES, problem, Search(Stop(time_s=5))).assignments)
    assert replan(SITES, problem, Search(Stop(time_s=5)), Wish(start=start, extra=0.0)).best == start
    with pytest.raises(ValueError, match="start"):
        replan(SITES, problem, Search(Stop(time_s=5)), Wish(start=start))
    for wrong in (inf, -0.1):
        with pytest.raises(ValueError, match="share"):
            Wish(start=start, extra=wrong)
