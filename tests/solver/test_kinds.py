"""A toy kind: choose numbers of least sum, at least so many."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from yuanli.errors import Text
from yuanli.solver import (
    Broken,
    Checked,
    Kind,
    Result,
    Row,
    Search,
    Status,
    Wish,
    WrongPlanError,
    count_changes,
    make_plan,
)

Problem = tuple[tuple[int, ...], int]
Chosen = tuple[int, ...]


def solve(problem: Problem, search: Search[Chosen], wish: Wish[Chosen]) -> Result[Chosen]:
    numbers, least = problem
    assert wish.seed == 0
    if least > len(numbers):
        return search.result(infeasible=True)
    best = tuple(sorted(numbers)[:least])
    search.offer(best, sum(best))
    search.prove(sum(best))
    return search.result()


def check(problem: Problem, plan: Chosen) -> Checked:
    short = problem[1] - len(plan)
    text = Text(f"少选 {short} 个", f"{short} too few")
    return Checked(
        parts={"sum": float(sum(plan))},
        broken=(Broken(rule="least", subject="all", amount=short, message=text),) if short > 0 else (),
    )


def rows(problem: Problem, plan: Chosen) -> Sequence[Row]:
    return [{"number": number, "chosen": number in plan} for number in problem[0]]


TOY: Kind[Problem, Chosen] = Kind(
    name="toy", title=Text("示例", "Toy"), method=Text("排序", "sorting"),
    parse=lambda data, name: (tuple(int(n) for n in data.split()), 2), schema=dict, solve=solve, check=check,
    rows=rows, read_rows=lambda problem, found: tuple(row["number"] for row in found if row["chosen"]),
    explain=lambda problem, result: (Text("最小", "least"),), conflicts=lambda problem: (Text("太少", "too few"),),
)  # fmt: skip


def test_a_plan_has_the_checker_s_cost_and_counts_changes() -> None:
    before: Chosen = (5, 1)
    plan = make_plan(TOY, ((5, 1, 3), 2), Search[Chosen](), Wish(start=before))
    assert (plan.status, plan.cost, plan.bound, plan.gap, plan.changes) == (Status.OPTIMAL, 4, 4, 0, 2)
    assert plan.cost_breakdown == {"sum": 4}
    assert TOY.read_rows(((5, 1, 3), 2), plan.assignments) == (1, 3)


def test_what_has_no_plan_names_its_conflict() -> None:
    plan = make_plan(TOY, ((5,), 2), Search[Chosen]())
    assert (plan.status, plan.cost, plan.assignments) == (Status.INFEASIBLE, None, ())
    assert plan.conflicts[0].en == "too few"


@pytest.mark.parametrize("lie", [0, 2])
def test_a_plan_that_does_not_pass_is_not_shown(lie: int) -> None:
    def lying(problem: Problem, search: Search[Chosen], wish: Wish[Chosen]) -> Result[Chosen]:
        del wish
        search.offer(problem[0][:lie], 99.0)
        return search.result()

    with pytest.raises(WrongPlanError, match="too few" if lie == 0 else "another"):
        make_plan(replace(TOY, solve=lying), ((5, 1, 3), 2), Search[Chosen]())


def test_rows_of_only_one_plan_are_changes() -> None:
    assert count_changes([{"who": "a", "at": 1}, {"who": "b", "at": 1}], [{"who": "b", "at": 2}]) == 2


def test_a_wish_that_needs_a_start_says_so() -> None:
    with pytest.raises(ValueError, match="start"):
        Wish(locked={"a"})
