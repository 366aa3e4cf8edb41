"""One face for every kind of problem, on a toy."""

from collections.abc import Collection
from dataclasses import replace

import pytest
from tests.solver.toys import TOY, Chosen, Problem

from yuanli.errors import Text
from yuanli.solver import (
    Checked,
    Difference,
    MoveError,
    Result,
    Search,
    Status,
    Stop,
    Wish,
    WrongPlanError,
    count_changes,
    make_plan,
    preview,
    tell_why_not,
    why_not,
)


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


def test_moves_are_previewed_with_what_they_break_and_mend() -> None:
    problem: Problem = ((5, 1, 3), 2)
    seen = preview(TOY, problem, (5, 1), {"1": {"chosen": False}})
    assert (seen.plan, seen.delta, seen.delta_breakdown) == ((5,), -1, {"sum": -1})
    assert [one.rule for one in seen.newly] == ["least"]
    assert preview(TOY, problem, seen.plan, {"3": {"chosen": True}}).mended == seen.newly
    with pytest.raises(MoveError, match='"8"'):
        preview(TOY, problem, (5, 1), {"8": {"chosen": True}})
    with pytest.raises(MoveError, match="no column"):
        preview(TOY, problem, (5, 1), {"5": "yes"})


def test_a_forced_wish_has_its_price() -> None:
    problem: Problem = ((5, 1, 3), 2)
    answer = why_not(TOY, problem, (1, 3), {"5": {"chosen": True}}, search=Search[Chosen](), bound=4)
    assert answer.best == (5, 1)
    assert answer.difference == Difference(cost=2, low=float("-inf"), high=2)
    assert answer.changes == 2


def test_a_forced_wish_may_be_asked_as_a_rule_of_its_own() -> None:
    def ask(
        problem: Problem, plan: Chosen, wished: Chosen, names: Collection[str]
    ) -> tuple[Problem, list[str]]:
        assert (problem[1], plan, wished, list(names)) == (2, (1, 3), (5, 1, 3), ["5"])
        return ((5, 3), 1), ["5"]

    kind = replace(TOY, asked=ask)
    search = Search[Chosen](Stop(time_s=0.1))
    answer = why_not(kind, ((5, 1, 3), 2), (1, 3), {"5": {"chosen": True}}, search=search)
    assert (answer.best, answer.cost) == ((5,), 4)
    told = tell_why_not(answer, Text("选 5", "5 chosen"))
    assert told[0].en == '"5 chosen" costs 1 more (surely at least 0), with 3 changes.'
    same = why_not(TOY, ((2, 2, 1), 2), (2, 1), {"2": {"chosen": True}}, search=Search[Chosen]())
    assert tell_why_not(same, Text("选 2", "2 chosen"))[0].zh == "“选 2”也可以，费用不变，改动 0 处。"


def test_a_forced_wish_that_nothing_allows_names_rules() -> None:
    answer = why_not(TOY, ((5,), 2), (5,), {"5": {"chosen": True}}, search=Search[Chosen]())
    assert (answer.best, answer.status, answer.difference) == (None, Status.INFEASIBLE, None)
    assert answer.conflicts[0].en == "too few numbers"
    asked = replace(TOY, conflicts_asked=lambda problem, wish: (Text("锁", f"locked {sorted(wish.locked)}"),))
    told = why_not(asked, ((5,), 2), (5,), {"5": {"chosen": True}}, search=Search[Chosen]()).conflicts
    assert told[0].en == "locked ['5']"


def test_a_wish_that_can_t_be_met_names_the_fewest_of_its_parts() -> None:
    def pick(problem: Problem, search: Search[Chosen], wish: Wish[Chosen]) -> Result[Chosen]:
        numbers, most = problem
        kept = {number for number in numbers if str(number) in wish.locked}
        if sum(kept) > most or (wish.max_changes == 0 and sum(wish.start or ()) > most):
            return search.result(infeasible=True)
        search.offer(tuple(kept), sum(kept))
        return search.result()

    kind = replace(
        TOY, solve=pick, conflicts=lambda problem: (),
        check=lambda problem, plan: Checked(parts={"sum": float(sum(plan))}, broken=()),
    )  # fmt: skip
    start: Chosen = (1, 4, 5, 6)
    plan = make_plan(kind, ((1, 4, 5, 6), 9), Search[Chosen](), Wish(start=start, locked={"1", "4", "6"}))
    assert [text.en for text in plan.conflicts] == ["'4' is locked", "'6' is locked"]
    for left in ({"1", "4"}, {"1", "6"}):  # without either there is a plan
        assert (
            make_plan(kind, ((1, 4, 5, 6), 9), Search[Chosen](), Wish(start=start, locked=left)).status
            == "feasible"
        )
    plan = make_plan(
        kind, ((1, 4, 5, 6), 9), Search[Chosen](), Wish(start=start, locked={"1"}, max_changes=0)
    )
    assert [text.en for text in plan.conflicts] == ["at most 0 may change"]


def test_a_search_out_of_time_is_infeasible_where_a_conflict_is_proved() -> None:
    late = replace(TOY, solve=lambda problem, search, wish: search.result())
    plan = make_plan(late, ((5,), 2), Search[Chosen]())
    assert (plan.status, plan.conflicts[0].en) == (Status.INFEASIBLE, "too few numbers")
    plan = make_plan(late, ((5,), 2), Search[Chosen](cancelled=lambda: True))
    assert (plan.status, plan.conflicts) == (Status.UNKNOWN, ())
    none = replace(late, conflicts=lambda problem: ())
    assert make_plan(none, ((5,), 2), Search[Chosen]()).status is Status.UNKNOWN
