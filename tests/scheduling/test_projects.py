"""Projects: by hand, against all begins of tiny problems, on PSPLIB, with bad input and wishes."""

import csv
import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pace import within

from yuanli.scheduling import PROJECTS, InvalidProblemError, ProjectsPlan, ProjectsProblem
from yuanli.scheduling.projects.tables import Job
from yuanli.solver import Plan, Search, Status, Stop, Wish, make_plan

DATA = Path(__file__).parents[3] / "shared" / "data" / "optimisation" / "psplib"
LIFT: dict[str, Any] = {
    "crews": {"fitters": 2},
    "jobs": [
        {"id": "stop lift", "duration": 1},
        {"id": "ropes", "duration": 4, "needs": {"fitters": 2}, "after": ["stop lift"]},
        {"id": "doors", "duration": 3, "needs": {"fitters": 1}, "after": ["stop lift"]},
        {"id": "lamps", "duration": 2, "needs": {"fitters": 1}},
        {"id": "approval", "duration": 1, "after": ["ropes", "doors", "lamps"]},
    ],
}


def parsed(**changed: Any) -> ProjectsProblem:
    return PROJECTS.parse(json.dumps(LIFT | changed).encode(), "lift.json")


def solved(problem: ProjectsProblem, rounds: int = 60, **wish: Any) -> Plan:
    return make_plan(PROJECTS, problem, Search[ProjectsPlan](Stop(time_s=None, rounds=rounds)), Wish(**wish))


def best_of(problem: ProjectsProblem, rounds: int = 60, **wish: Any) -> ProjectsPlan:
    found = PROJECTS.solve(problem, Search[ProjectsPlan](Stop(time_s=None, rounds=rounds)), Wish(**wish)).best
    assert found is not None
    return found


def test_two_fitters_repair_a_lift_in_nine() -> None:
    # 4 of both on the ropes, then 3 of one on the doors while the other does the lamps; 1 before and 1 after
    plan = solved(parsed())
    assert (plan.cost, plan.bound, plan.status) == (9, 9, Status.OPTIMAL)
    rows = {row["job"]: row for row in plan.assignments}
    assert rows["approval"]["begin"] == 8
    assert "done by 7 (2 earlier); by chains and work, never before 6" in plan.explanation[3].en


@st.composite
def problems(draw: st.DrawFn) -> ProjectsProblem:
    n = draw(st.integers(1, 4))
    jobs = tuple(
        Job(
            id=f"j{j}", duration=draw(st.integers(0, 3)), needs=(draw(st.integers(0, 2)), draw(st.integers(0, 1))),
            after=tuple(i for i in range(j) if draw(st.booleans())), earliest=draw(st.integers(0, 2)),
            deadline=draw(st.none() | st.integers(1, 8)),
        )
        for j in range(n)
    )  # fmt: skip
    return ProjectsProblem(jobs=jobs, crews=("a", "b"), sizes=(2, 1))


def least(problem: ProjectsProblem) -> float | None:
    last = sum(job.duration for job in problem.jobs) + 2
    found = [
        checked.cost
        for begins in product(range(last + 1), repeat=len(problem.jobs))
        if (checked := PROJECTS.check(problem, ProjectsPlan(begins=begins))).valid
    ]
    return min(found, default=None)


@settings(max_examples=25)
@given(problems().filter(lambda p: (sum(j.duration for j in p.jobs) + 3) ** len(p.jobs) < 5000))
def test_agrees_with_all_begins_of_tiny_problems(problem: ProjectsProblem) -> None:
    plan = solved(problem, 25)
    truth = least(problem)
    assert plan.cost == truth
    assert (plan.status is Status.INFEASIBLE) == (truth is None) == bool(plan.conflicts)


def test_deadlines_that_contradict_are_named_and_no_others() -> None:
    jobs = [dict(job) for job in LIFT["jobs"]]
    jobs[1]["deadline"], jobs[2]["deadline"], jobs[3]["deadline"] = 6, 6, 9
    problem = parsed(jobs=jobs)
    with within(2):
        plan = solved(problem)
    assert plan.status is Status.INFEASIBLE
    assert "ropes ≤ 6" in plan.conflicts[0].en
    assert "doors ≤ 6" in plan.conflicts[0].en
    assert "lamps" not in plan.conflicts[0].en
    for free in (1, 2):
        relaxed = tuple(
            replace(job, deadline=None) if j == free else job for j, job in enumerate(problem.jobs)
        )
        assert solved(replace(problem, jobs=relaxed)).cost is not None


def test_a_lock_that_leaves_no_plan_is_named_and_no_other() -> None:
    # the approval is due by 10, so the ropes, four long, begin by 5; they are locked at 6
    jobs = [dict(job) for job in LIFT["jobs"]]
    jobs[4]["deadline"] = 10
    problem, start = parsed(jobs=jobs), ProjectsPlan(begins=(0, 6, 1, 1, 11))
    locked = ["stop lift", "ropes", "doors"]
    solved(problem)
    with within(2):
        plan = solved(problem, start=start, locked=locked)
    assert plan.status is Status.INFEASIBLE
    assert [text.en for text in plan.conflicts] == ["'ropes' is locked"]
    assert solved(problem, start=start, locked=["stop lift", "doors"]).cost == 9


def test_a_job_larger_than_its_crew_is_named() -> None:
    plan = solved(parsed(crews={"fitters": 1}))
    assert "'ropes' needs 2 of fitters, which has 1" in plan.conflicts[0].en


def test_what_is_locked_stays_and_few_change() -> None:
    problem = parsed()
    start = ProjectsPlan(begins=(0, 6, 1, 4, 11))
    assert PROJECTS.check(problem, start).valid
    free = solved(problem, start=start)
    locked = solved(problem, start=start, locked=["ropes"])
    assert free.cost == 9
    assert {row["job"]: row["begin"] for row in locked.assignments}["ropes"] == 6
    assert locked.cost == 11
    few = solved(problem, start=start, max_changes=1)
    assert few.changes is not None
    assert few.changes <= 1
    assert few.cost == 11


def test_rows_are_read_back_and_the_same_rounds_give_the_same_plan() -> None:
    problem = parsed()
    plan = best_of(problem)
    assert PROJECTS.read_rows(problem, PROJECTS.rows(problem, plan)) == plan == best_of(problem)
    with pytest.raises(InvalidProblemError, match="'x'"):
        PROJECTS.read_rows(problem, [{"job": "ropes", "begin": "x"}])
    with pytest.raises(InvalidProblemError, match="only in"):
        PROJECTS.read_rows(problem, [{"job": "ropes", "begin": 1}])


def test_the_checker_finds_what_is_wrong() -> None:
    problem = parsed()
    late = replace(problem, jobs=(replace(problem.jobs[0], deadline=0, earliest=1), *problem.jobs[1:]))
    checked = PROJECTS.check(late, ProjectsPlan(begins=(0, 0, 0, 0, 9)))
    assert {one.rule for one in checked.broken} == {"deadline", "earliest", "order", "crew"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"jobs": []}, "jobs"), ({"jobs": [{"id": "x", "duration": -1}]}, "jobs.0.duration"),
     ({"jobs": [{"id": "x", "duration": 1, "after": ["y"]}]}, "jobs.0.after"),
     ({"jobs": [{"id": "x", "duration": 1, "needs": {"y": 1}}]}, "jobs.0.needs"),
     ({"jobs": [{"id": "x", "duration": 1, "after": ["x"]}]}, "jobs"), ({"more": 1}, "more"),
     ({"jobs": [{"id": "x", "duration": 1000000}]}, "jobs")],
)  # fmt: skip
def test_a_bad_document_names_the_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidProblemError) as caught:
        parsed(**changed)
    assert caught.value.field == field


def known() -> dict[str, int]:
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    rows = csv.DictReader((DATA / "bks.csv").read_text().splitlines())
    return {row["instance"]: int(row["kobe_optimum_or_lb..ub"].rpartition("..")[2]) for row in rows}


@pytest.mark.parametrize("name", ["j301_1", "j3041_2", "j6016_4"])
def test_published_instances_are_solved(name: str) -> None:
    best = known()[name]
    problem = PROJECTS.parse((DATA / f"{name}.sm").read_bytes(), f"{name}.sm")
    assert solved(problem, 40).cost == best


def test_psplib_is_read_in_small_letters() -> None:
    known()
    text = (DATA / "j301_1.sm").read_text()
    assert PROJECTS.parse(text.lower().encode(), "x.sm") == PROJECTS.parse(text.encode(), "x.sm")


@pytest.mark.parametrize(
    ("line", "new", "field"),
    [
        (20, "   2        1          3           6  11", "x.sm:20"),
        (20, "   2        3          1           6", "x.sm:20"),
        (57, "  2      1     x", "x.sm:57"),
    ],
)
def test_a_malformed_psplib_file_names_its_line(line: int, new: str, field: str) -> None:
    known()
    lines = (DATA / "j301_1.sm").read_text().splitlines()
    lines[line - 1] = new
    with pytest.raises(InvalidProblemError) as caught:
        PROJECTS.parse("\n".join(lines).encode(), "x.sm")
    assert caught.value.field == field
