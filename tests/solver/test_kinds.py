"""One face for every kind of problem, on a toy."""

from dataclasses import replace

import pytest
from tests.solver.toys import TOY, Chosen, Problem

from yuanli.solver import Result, Search, Status, Wish, WrongPlanError, count_changes, make_plan


def test_a_plan_has_the_checker_s_cost_and_counts_changes() -> None:
    before: Chosen = (5, 1)
    plan = make_plan(TOY, ((5, 1, 3), 2), Search[Chosen](), Wish(start=before))
    assert (plan.status, plan.cost, plan.bound, plan.gap, plan.changes) == (Status.OPTIMAL, 4, 4, 0, 2)
    assert plan.cost_breakdown == {"sum": 4}
    assert TOY.read_rows(((5, 1, 3), 2), plan.assignments) == (1, 3)


def test_what_has_no_plan_names_its_conflict() -> None:
    plan = make_plan(TOY, ((5,), 2), Search[Chosen]())
    assert (plan.status, plan.cost, plan.assignments) == (Status.INFEASIBLE, None, ())
    assert plan.conflicts[0].en == "too few numbers"


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
