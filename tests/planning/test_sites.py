"""Sites: worked by hand, and against every choice."""

import itertools
import json
from importlib import resources
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli import planning
from yuanli.planning import (
    SITES,
    Aim,
    InvalidProblemError,
    SitesPlan,
    SitesProblem,
    check_sites,
    conflicts_sites,
    parse_sites,
    served_rows,
    solve_sites,
)
from yuanli.solver import Search, Status, Stop, Wish, make_plan, why_not

ROAD: dict[str, Any] = {
    "demands": [
        {"name": "gate", "people": 10},
        {"name": "hall", "people": 40},
        {"name": "lab", "people": 30},
    ],
    "sites": [{"name": "A"}, {"name": "B"}, {"name": "C"}],
    "seconds": [[0, 60, 120], [60, 0, 60], [120, 60, None]],
    "count": 1,
}


def quick() -> Search[SitesPlan]:
    return Search[SitesPlan](Stop(time_s=20))


def road(**changes: Any) -> SitesProblem:
    return parse_sites(json.dumps(ROAD | changes).encode(), "road.json")


@st.composite
def problems(draw: st.DrawFn) -> SitesProblem:
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    aim = draw(st.sampled_from(list(Aim)))
    seconds = rng.integers(0, 12, (n, m)).astype(float) * 10
    seconds[rng.random((n, m)) < 0.1] = np.inf
    sites = tuple(f"s{i}" for i in range(m))
    return SitesProblem(
        demands=tuple(f"d{i}" for i in range(n)), people=rng.integers(0, 9, n).astype(float), sites=sites,
        seconds=seconds, count=draw(st.integers(1, m)), aim=aim, radius_s=40.0 if aim is Aim.COVER else None,
        limit_s=80.0 if aim is not Aim.COVER and draw(st.booleans()) else None,
        capacity={sites[0]: 6.0, sites[m - 1]: 15.0} if draw(st.booleans()) else {},
        fixed=frozenset(sites[:1]) if draw(st.booleans()) else frozenset(),
        forbidden=frozenset(sites[-1:]) if draw(st.booleans()) else frozenset(),
    )  # fmt: skip


def least(problem: SitesProblem) -> float:
    """Return the least cost over every choice and every way to serve it."""
    costs = [np.inf]
    for size in range(1, problem.count + 1):
        for chosen in itertools.combinations(range(len(problem.sites)), size):
            if problem.capacity:
                ways = list(itertools.product((-1, *chosen), repeat=len(problem.demands)))
            else:
                near = np.where(problem.reach[:, chosen], problem.seconds[:, chosen], np.inf)
                found = np.array(chosen)[near.argmin(axis=1)]
                ways = [tuple(np.where(np.isfinite(near.min(axis=1)), found, -1).tolist())]
            for served in ways:
                checked = check_sites(problem, SitesPlan(chosen, served))
                if checked.valid:
                    costs.append(checked.cost)
    return min(costs)


def test_a_road_worked_by_hand() -> None:
    plan = make_plan(SITES, road(), quick())
    assert (plan.status, plan.cost) == (Status.OPTIMAL, 10 * 60 + 30 * 60)
    assert [row["site"] for row in plan.assignments if row["chosen"]] == ["B"]
    assert "30 s on average, 60 s at most" in plan.explanation[1].en
    assert make_plan(SITES, road(aim="center"), quick()).cost == 60
    assert make_plan(SITES, road(aim="cover", radius_s=59), quick()).cost == 40
    assert make_plan(SITES, road(count=3), quick()).cost == 30 * 60


def test_each_further_site_is_told_as_a_curve() -> None:
    # C alone: 40 × 120 + 25 × 60 + 10 × 100 = 7,300 s; with A 2,500 s, with D too 1,500 s
    example = resources.files(planning).joinpath("examples", "sites.json").read_bytes()
    plan = make_plan(SITES, SITES.parse(example, "sites.json"), quick())
    assert plan.cost == 7300
    assert "2: 65.8% less, 3: 79.5% less" in plan.explanation[-1].en
    problem = SITES.parse(example, "sites.json")
    best = SITES.read_rows(problem, plan.assignments)
    answer = why_not(SITES, problem, best, {"C": {"chosen": False}}, search=quick())
    assert answer.difference is not None
    assert answer.difference.cost == 25 * 90 + 60 * 120 + 10 * 200 - 7300  # A alone


@settings(max_examples=50, deadline=None)
@given(problems())
def test_agrees_with_every_choice(problem: SitesProblem) -> None:
    best = least(problem)
    result = solve_sites(problem, quick())
    assert bool(conflicts_sites(problem)) == (best == np.inf)
    if best == np.inf:
        assert result.status is Status.INFEASIBLE
    else:
        assert result.status is Status.OPTIMAL
        assert result.cost == pytest.approx(best)
        assert result.best is not None
        checked = check_sites(problem, result.best)
        assert checked.valid
        assert checked.cost == pytest.approx(best)


@pytest.mark.parametrize("aim", list(Aim))
def test_few_sites_change_and_locked_ones_stay(aim: Aim) -> None:
    rng = np.random.default_rng(0)
    names = tuple(str(i) for i in range(30))
    spots, people = rng.random((30, 2)) * 500, rng.integers(1, 9, 30).astype(float)
    seconds = np.abs(spots[:, None] - spots[None]).sum(axis=2).round()
    problem = SitesProblem(
        demands=names, people=people, sites=names, seconds=seconds, count=4, aim=aim,
        radius_s=120.0 if aim is Aim.COVER else None,
    )  # fmt: skip
    start = SITES.read_rows(
        problem, [{"site": name, "chosen": name in ("0", "1", "2", "3")} for name in names]
    )
    free = solve_sites(problem, quick())
    costs = []
    for most in (0, 2, 4, 8):
        plan = make_plan(SITES, problem, quick(), Wish(start=start, max_changes=most, locked={"1"}))
        assert plan.status is Status.OPTIMAL
        assert plan.changes is not None
        assert plan.changes <= most
        assert plan.assignments[1]["chosen"]
        assert plan.cost is not None
        costs.append(plan.cost)
    assert costs[0] == pytest.approx(check_sites(problem, start).cost)
    assert sorted(costs, reverse=True) == costs
    assert free.cost <= costs[-1]


def test_a_wish_that_leaves_no_plan_says_how_many_changes_are_needed() -> None:
    problem = road(count=2, limit_s=60)
    start = SitesPlan((0,), (0, 0, 0))
    few = make_plan(SITES, problem, quick(), Wish(start=start, max_changes=0))
    assert (few.status, [text.en for text in few.conflicts]) == (
        Status.INFEASIBLE,
        ["Nobody walks more than 60 s.", "At most 0 changes, 1 are needed."],
    )
    much = make_plan(SITES, problem, quick(), Wish(start=start, locked={"B", "C"}))
    assert [text.en for text in much.conflicts] == [
        "Nobody walks more than 60 s.",
        "“B” is locked: not chosen.",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limit_s": 50}, ["Nobody walks more than 50 s."]),
        ({"limit_s": 60, "forbidden": ["B"]}, ["Nobody walks more than 60 s.", "“B” can't be chosen."]),
        (
            {"fixed": ["A", "B"]},
            ["At most 1 site is chosen.", "“A” has to be chosen.", "“B” has to be chosen."],
        ),
        ({"fixed": ["A"], "forbidden": ["A"]}, ["“A” has to be chosen.", "“A” can't be chosen."]),
        (
            {"seconds": [[0, 60, 120], [60, 0, 60], [None, None, None]]},
            ["There is no way from lab to any site."],
        ),
    ],
)
def test_contradictions_are_named_and_no_more(changes: dict[str, Any], words: list[str]) -> None:
    plan = make_plan(SITES, road(**changes), quick())
    assert plan.status is Status.INFEASIBLE
    assert [text.en for text in plan.conflicts] == words


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 4}, "count"),
        ({"seconds": [[0, -60, 120], [60, 0, 60], [120, 60, 0]]}, "seconds[0][1]"),
        ({"seconds": [[0, 60], [60, 0, 60], [120, 60, 0]]}, "seconds[1]"),
        ({"aim": "cover"}, "radius_s"),
        ({"aim": "cover", "radius_s": -1}, "radius_s"),
        ({"aim": "far"}, "aim"),
        ({"fixed": ["D"]}, "fixed.D"),
        ({"demands": [{"name": "gate", "people": -1}, {"name": "hall"}, {"name": "lab"}]}, "people[0]"),
        ({"sites": [{"name": "A", "capacity": -2}, {"name": "B"}, {"name": "C"}]}, "capacity.A"),
    ],
)
def test_bad_tables_are_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblemError) as caught:
        road(**changes)
    assert caught.value.field == field


def test_or_library_files_are_read() -> None:
    problem = parse_sites(b" 4 4 2\n1 2 5\n2 3 9\n2 3 4\n3 4 1\n", "pmed.txt")
    assert problem.seconds[0].tolist() == [0, 5, 9, 10]
    assert solve_sites(problem, quick()).cost == 4 + 1


@pytest.mark.parametrize(
    ("text", "field"),
    [("4 2 1\n1 2 5\n", "p:1"), ("4 1 1\n1 9 5\n", "p:2"), ("4 1 1\n1 2 x\n", "p:2"), ("4 1 1\n1 2 -5\n", "p:2"),
     ("", "p:1")],
)  # fmt: skip
def test_malformed_or_library_files_name_the_line(text: str, field: str) -> None:
    with pytest.raises(InvalidProblemError) as caught:
        parse_sites(text.encode(), "p")
    assert caught.value.field == field


def test_rows_go_back_to_the_plan() -> None:
    problem = road(count=2)
    plan = SitesPlan((0, 1), (0, 1, 1))
    assert SITES.read_rows(problem, SITES.rows(problem, plan)) == plan
    assert served_rows(problem, plan)[2] == {"demand": "lab", "site": "B", "seconds": 60.0}
    for bad in ([{"site": "Z", "chosen": True}], [{"site": "A"}], [{"site": "A", "chosen": False}]):
        with pytest.raises(InvalidProblemError):
            SITES.read_rows(problem, bad)


def test_the_check_sees_what_is_broken() -> None:
    problem = road(
        fixed=["A"],
        forbidden=["C"],
        limit_s=60,
        sites=[{"name": "A"}, {"name": "B", "capacity": 5}, {"name": "C"}],
    )
    rules = {broken.rule for broken in check_sites(problem, SitesPlan((1, 2), (2, 1, 0))).broken}
    assert rules == {"count", "fixed", "forbidden", "capacity", "served", "reach"}


def test_a_cancelled_search_ends_with_what_it_has() -> None:
    rng = np.random.default_rng(1)
    names = tuple(str(i) for i in range(200))
    problem = SitesProblem(
        demands=names,
        people=np.ones(200),
        sites=names,
        seconds=rng.integers(1, 99, (200, 200)).astype(float),
        count=9,
    )
    search = Search[SitesPlan](Stop(time_s=60), cancelled=lambda: search.cpu_s > 1.0)
    result = solve_sites(problem, search)
    assert result.best is not None
    assert check_sites(problem, result.best).valid
    assert result.cpu_s < 2.0
