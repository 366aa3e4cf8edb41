"""Layout: worked by hand, against all permutations, against QAPLIB's best known values."""

import csv
import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.planning import (
    LAYOUT,
    InvalidProblemError,
    LayoutPlan,
    LayoutProblem,
    check_layout,
    conflicts_layout,
    parse_layout,
    solve_layout,
    swap_cost,
    swap_costs,
)
from yuanli.solver import Search, Status, Stop, Wish, make_plan

QAPLIB = Path(__file__).parents[3] / "shared" / "data" / "optimisation" / "qaplib"
LINE = {
    "units": ["canteen", "office", "store"],
    "places": ["A", "B", "C"],
    "flows": [[0, 10, 1], [0, 0, 1], [0, 0, 0]],
    "distances": [[0, 1, 2], [1, 0, 1], [2, 1, 0]],
}


def line(**changes: Any) -> LayoutProblem:
    return parse_layout(json.dumps(LINE | changes).encode(), "line.json")


def rounds(count: int) -> Search[LayoutPlan]:
    return Search[LayoutPlan](Stop(time_s=None, rounds=count))


@st.composite
def problems(draw: st.DrawFn) -> LayoutProblem:
    n = draw(st.integers(1, 5))
    m = n + draw(st.integers(0, 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    flows, distances = rng.integers(-1, 9, (n, n)), rng.integers(0, 9, (m, m))
    if draw(st.booleans()):
        flows, distances = flows + flows.T, distances + distances.T
    units, places = tuple(f"u{i}" for i in range(n)), tuple(f"p{i}" for i in range(m))
    return LayoutProblem(
        units=units, places=places, flows=flows.astype(float), distances=distances.astype(float),
        costs=rng.integers(-5, 20, (n, m)).astype(float) if draw(st.booleans()) else None,
        fixed={units[0]: places[m - 1]} if draw(st.booleans()) else {},
        allowed={units[n - 1]: places[: n - 1]} if n > 2 and draw(st.booleans()) else {},
    )  # fmt: skip


def every_cost(problem: LayoutProblem) -> dict[tuple[int, ...], float]:
    plans = itertools.permutations(range(len(problem.places)), len(problem.units))
    checks = {plan: check_layout(problem, LayoutPlan(plan)) for plan in plans}
    return {plan: checked.cost for plan, checked in checks.items() if checked.valid}


def test_a_line_worked_by_hand() -> None:
    """The two with most flow sit side by side: 10 × 1 + 1 × 2 + 1 × 1, with the store beside one of them."""
    plan = make_plan(LAYOUT, line(), rounds(3))
    assert plan.cost == 13
    assert {frozenset((row["unit"], row["place"]) for row in plan.assignments[:2])} <= {
        frozenset({("canteen", a), ("office", b)})
        for a, b in (("A", "B"), ("B", "A"), ("B", "C"), ("C", "B"))
    }
    assert "canteen" in plan.explanation[-1].en


@settings(max_examples=40, deadline=None)
@given(problems())
def test_agrees_with_all_permutations(problem: LayoutProblem) -> None:
    costs = every_cost(problem)
    result = solve_layout(problem, rounds(2))
    assert bool(conflicts_layout(problem)) == (not costs)
    if costs:
        assert result.best is not None
        assert result.cost == pytest.approx(min(costs.values()))
        assert costs[result.best.places] == pytest.approx(result.cost)
        assert result.bound <= min(costs.values()) + 1e-6
    else:
        assert result.status is Status.INFEASIBLE


@settings(max_examples=30, deadline=None)
@given(problems(), st.integers(0, 99))
def test_what_a_swap_costs_is_what_the_check_says(problem: LayoutProblem, seed: int) -> None:
    rng = np.random.default_rng(seed)
    plan = LayoutPlan(tuple(rng.permutation(len(problem.places))[: len(problem.units)].tolist()))
    costs = swap_costs(problem, plan)
    for i, j in itertools.permutations(range(len(problem.units)), 2):
        places = list(plan.places)
        places[i], places[j] = places[j], places[i]
        more = check_layout(problem, LayoutPlan(tuple(places))).cost - check_layout(problem, plan).cost
        assert swap_cost(problem, plan, i, j) == pytest.approx(more)
        assert costs[i, j] == pytest.approx(more)


@pytest.mark.parametrize("symmetric", [True, False])
def test_the_cost_kept_over_many_steps_is_true(symmetric: bool) -> None:
    rng = np.random.default_rng(1)
    flows, distances = rng.random((2, 30, 30))
    if symmetric:
        distances = distances + distances.T
    names = tuple(str(i) for i in range(30))
    problem = LayoutProblem(
        units=names, places=names, flows=flows, distances=distances, costs=rng.random((30, 30)) * 9
    )
    result = solve_layout(problem, rounds(30))
    assert result.best is not None
    assert check_layout(problem, result.best).cost == pytest.approx(result.cost, abs=1e-6)


def test_what_is_locked_stays_and_few_change() -> None:
    rng = np.random.default_rng(2)
    names = tuple(str(i) for i in range(20))
    problem = LayoutProblem(
        units=names,
        places=names,
        flows=rng.random((20, 20)),
        distances=rng.random((20, 20)),
        fixed={"7": "9"},
    )
    start = LayoutPlan((*range(7), 9, 8, 7, *range(10, 20)))
    free = solve_layout(problem, rounds(5), Wish(start=start))
    for most in (0, 2, 5):
        wish = Wish(start=start, locked={"3", "4"}, max_changes=most)
        plan = make_plan(LAYOUT, problem, rounds(5), wish)
        assert plan.changes is not None
        assert plan.changes <= most
        assert [row["place"] for row in plan.assignments[3:5]] == ["3", "4"]
        assert plan.cost is not None
        assert free.cost <= plan.cost <= check_layout(problem, start).cost


def test_a_start_that_breaks_a_new_rule_is_mended_with_the_fewest_changes() -> None:
    start = LayoutPlan((0, 1, 2))
    problem = line(fixed={"canteen": "C"})
    plan = make_plan(LAYOUT, problem, rounds(3), Wish(start=start, max_changes=2))
    assert plan.changes == 2
    plan = make_plan(LAYOUT, problem, rounds(3), Wish(start=start, max_changes=1))
    assert plan.status is Status.INFEASIBLE
    assert [text.en for text in plan.conflicts] == [
        "“canteen” has to be in “C”.", "At most 1 change, 2 are needed.",
    ]  # fmt: skip
    plan = make_plan(LAYOUT, problem, rounds(3), Wish(start=start, locked={"canteen", "office"}))
    assert [text.en for text in plan.conflicts] == [
        "“canteen” has to be in “C”.",
        "“canteen” is locked in “A”.",
    ]
    assert plan.conflicts[1].zh == "“canteen”锁定在“A”。"


def test_a_seed_and_rounds_repeat_a_run_to_the_letter() -> None:
    rng = np.random.default_rng(3)
    names = tuple(str(i) for i in range(40))
    problem = LayoutProblem(
        units=names, places=names, flows=rng.random((40, 40)), distances=rng.random((40, 40))
    )
    for workers in (1, 2):
        one, other = (solve_layout(problem, rounds(4), Wish(seed=5, workers=workers)) for _ in range(2))
        assert (one.best, one.cost) == (other.best, other.cost)


def test_cancelling_returns_the_best_at_once() -> None:
    rng = np.random.default_rng(4)
    names = tuple(str(i) for i in range(150))
    problem = LayoutProblem(
        units=names, places=names, flows=rng.random((150, 150)), distances=rng.random((150, 150))
    )
    solve_layout(problem, rounds(1))
    search = Search[LayoutPlan](Stop(time_s=60), cancelled=lambda: search.cpu_s > 0.5)
    result = solve_layout(problem, search)
    assert result.best is not None
    assert result.cpu_s < 1.5


def test_contradictions_are_named_and_no_more() -> None:
    problem = line(fixed={"canteen": "A"}, allowed={"office": ["A"], "store": ["B", "C"]})
    plan = make_plan(LAYOUT, problem, rounds(1))
    assert plan.status is Status.INFEASIBLE
    assert [text.en for text in plan.conflicts] == [
        "“canteen” has to be in “A”.",
        "“office” may only be in: A.",
    ]
    crowd = line(places=["A", "B"], distances=[[0, 1], [1, 0]])
    assert "3 units and only 2 places" in conflicts_layout(crowd)[0].en


def test_the_price_of_a_rule_is_told() -> None:
    plan = make_plan(LAYOUT, line(fixed={"canteen": "A", "office": "C"}), rounds(1))
    assert any("could swap and save 9" in text.en for text in plan.explanation)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"flows": [[0, 10, 1], [0, 0, "NaN"], [0, 0, 0]]}, "flows.1.2"),
        ({"flows": [[0, 10, 1], [0, 0], [0, 0, 0]]}, "flows[1]"),
        ({"flows": [[0, 10], [0, 0]]}, "flows"),
        ({"distances": [[0, 1e300, 2], [1, 0, 1], [2, 1, 0]]}, "distances[0][1]"),
        ({"units": ["a", "a", "b"]}, "units"),
        ({"units": [str(i) for i in range(3000)]}, "units"),
        ({"fixed": {"canteen": "Z"}}, "fixed.canteen"),
        ({"allowed": {"kitchen": ["A"]}}, "allowed.kitchen"),
        ({"colour": 1}, "colour"),
    ],
)
def test_bad_tables_are_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblemError) as caught:
        line(**changes)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("2\n0 1\n1 0\n\n0 x\n1 0\n", "bad.dat:5"),
        ("2\n0 1\n1 0\n\n0 1\n1\n", "bad.dat:6"),
        ("2\n0 1 1 0 0 1 1 0\n7\n", "bad.dat:3"),
        ("2.5\n0", "bad.dat:1"),
        ("", "bad.dat:1"),
        ("nan", "bad.dat:1"),
        ("2\n0 1\n1 0\n0 inf\n1 0\n", "distances[0][1]"),
    ],
)
def test_malformed_qaplib_names_the_line(text: str, field: str) -> None:
    with pytest.raises(InvalidProblemError) as caught:
        parse_layout(text.encode(), "bad.dat")
    assert caught.value.field == field


def test_packed_files_are_read_and_broken_ones_refused() -> None:
    packed = gzip.compress(json.dumps(LINE).encode())
    assert parse_layout(packed, "line.json.gz").units == ("canteen", "office", "store")
    for broken in (packed[:-12], b"\x1f\x8bnonsense", b"\xff\xfe"):
        with pytest.raises(InvalidProblemError):
            parse_layout(broken, "line.json.gz")


def test_rows_go_back_to_the_plan() -> None:
    problem, plan = line(), LayoutPlan((2, 0, 1))
    rows = LAYOUT.rows(problem, plan)
    assert LAYOUT.read_rows(problem, rows) == plan
    for bad in (
        rows[:2],
        [*rows[:2], {"unit": "store", "place": "C"}],
        [*rows, rows[0]],
        [{"unit": "store"}],
    ):
        with pytest.raises(InvalidProblemError):
            LAYOUT.read_rows(problem, bad)


def test_the_check_sees_what_is_broken() -> None:
    problem = line(fixed={"canteen": "A"}, allowed={"store": ["A"]})
    rules = {broken.rule for broken in check_layout(problem, LayoutPlan((1, 1, 2))).broken}
    assert rules == {"one_each", "fixed", "allowed"}
    assert not check_layout(problem, LayoutPlan((0, 1, 9))).valid


@pytest.mark.skipif(not QAPLIB.is_dir(), reason="../shared/data/optimisation/qaplib is absent")
@pytest.mark.parametrize(("name", "count"), [("nug30", 40), ("bur26a", 40), ("ste36a", 60)])
def test_reaches_what_is_best_known(name: str, count: int) -> None:
    with (QAPLIB / "bks.csv").open() as file:
        best = {row["instance"]: float(row["bks"]) for row in csv.DictReader(file)}
    problem = parse_layout((QAPLIB / f"{name}.dat").read_bytes(), f"{name}.dat")
    plan = make_plan(LAYOUT, problem, rounds(count))
    assert plan.cost is not None
    assert best[name] <= plan.cost <= best[name] * 1.002
