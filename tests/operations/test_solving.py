"""Problems in the background, on a toy: solved, cancelled, refused, and taken up again after a crash."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.solver.toys import TOY, ToyError

from yuanli import planning, scheduling
from yuanli.bootstrap import build_house
from yuanli.campus import CampusId
from yuanli.operations import (
    SolveNotFoundError,
    SolveOrder,
    SolveState,
    Solving,
    UnknownKindError,
    find_problem_example,
    kind_of,
    plan_table,
)
from yuanli.operations.solving import Changing, PlanChange, kinds
from yuanli.operations.solving.jobs import SolveOrderError
from yuanli.settings import load_settings
from yuanli.solver import Kind, Search, Status, Stop, make_plan
from yuanli.storage import SqlSolveStore, open_database

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "SCHEDULING_KINDS", (TOY,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlSolveStore]:
    database = open_database(f"sqlite:///{tmp_path / 'solves.db'}")
    yield SqlSolveStore(database)
    database.close()


@pytest.fixture
def solving(tmp_path: Path, store: SqlSolveStore) -> Iterator[Solving]:
    house = small_house(tmp_path / "house", Clock())
    ids = count()
    yield Solving(store, house.places, clock=lambda: NOW, new_id=lambda: f"job-{next(ids)}")
    house.close()


@pytest.fixture
def running(solving: Solving) -> Iterator[Solving]:
    closing = Event()
    thread = Thread(target=solving.run, args=(closing,))
    thread.start()
    yield solving
    closing.set()
    thread.join(5)


def order(numbers: list[int], least: int, **more: object) -> SolveOrder:
    values = {
        "kind": "toy",
        "name": "pick",
        "file_name": "toy.json",
        "problem": json.dumps([numbers, least]).encode(),
    }
    return SolveOrder(**(values | more))  # type: ignore[arg-type]


def until(solving: Solving, job_id: str, *states: SolveState) -> None:
    deadline = time.monotonic() + 10
    while solving.get(CAMPUS, job_id).summary.state not in states:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_problem_is_solved_and_its_plan_kept(running: Solving, store: SqlSolveStore) -> None:
    job = running.start(CAMPUS, order([5, 1, 3], 2), "op")
    until(running, job.id, SolveState.DONE)
    kept = store.get(CAMPUS, job.id)
    assert kept is not None
    assert kept.plan is not None
    assert (kept.plan.status, kept.plan.cost, kept.plan.bound, kept.summary.who) == (
        Status.OPTIMAL,
        4,
        4,
        "op",
    )
    assert kept.summary.ended_at == NOW
    assert [one.id for one in running.list(CAMPUS)] == [job.id]
    assert running.problem(CAMPUS, job.id).problem == b"[[5, 1, 3], 2]"
    verdict = running.check(CAMPUS, job.id, [{"number": "5", "chosen": True}])
    assert (verdict.valid, verdict.cost) == (False, 5)
    running.remove(CAMPUS, job.id)
    with pytest.raises(SolveNotFoundError, match="job-0"):
        running.get(CAMPUS, job.id)


def test_a_cancelled_search_gives_its_best_at_once(running: Solving) -> None:
    job = running.start(CAMPUS, order([5, 1, 3], 1), "op")
    until(running, job.id, SolveState.RUNNING)
    began = time.monotonic()
    running.cancel(CAMPUS, job.id)
    until(running, job.id, SolveState.CANCELLED)
    assert time.monotonic() - began < 0.5
    plan = running.get(CAMPUS, job.id).plan
    assert plan is not None
    assert (plan.status, plan.cost) == (Status.FEASIBLE, 1)


def test_a_running_search_shows_its_best_checked_but_not_to_be_changed(running: Solving) -> None:
    job = running.start(CAMPUS, order([5, 1, 3], 1), "op")
    deadline = time.monotonic() + 10
    while not (seen := running.look(CAMPUS, job.id)).shown:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert (seen.plan, seen.run is None) == (None, False)
    assert seen.run is not None
    assert seen.run.best is not None
    assert (seen.run.best.cost, seen.run.best.cost_breakdown, seen.run.time_s) == (1, {"sum": 1}, 30)
    assert 0 < seen.run.best.at_s < running.look(CAMPUS, job.id).run.elapsed_s  # type: ignore[union-attr]
    rows = seen.shown
    with pytest.raises(SolveOrderError, match="being solved"):
        Changing(running).replan(CAMPUS, job.id, PlanChange(rows=rows))
    with pytest.raises(SolveOrderError, match="being solved"):
        Changing(running).keep(CAMPUS, job.id, rows, name="mine", who="op")
    with pytest.raises(SolveOrderError, match="no plan yet"):
        running.preview(CAMPUS, job.id, {})
    running.cancel(CAMPUS, job.id)
    until(running, job.id, SolveState.CANCELLED)
    assert running.look(CAMPUS, job.id).run is None
    assert running.look(CAMPUS, job.id).shown == rows


def test_what_its_check_refuses_is_not_shown_while_it_is_solved(
    running: Solving, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = replace(TOY, check=lambda problem, plan: TOY.check((problem[0], 9), plan))
    monkeypatch.setattr(kinds, "SCHEDULING_KINDS", (wrong,))
    job = running.start(CAMPUS, order([5, 1, 3], 1), "op")
    until(running, job.id, SolveState.RUNNING)
    deadline = time.monotonic() + 10
    while running.get(CAMPUS, job.id).summary.progress is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert running.look(CAMPUS, job.id).shown == ()
    running.cancel(CAMPUS, job.id)
    until(running, job.id, SolveState.FAILED)


def test_what_waits_can_be_cancelled(solving: Solving) -> None:
    job = solving.start(CAMPUS, order([5, 1, 3], 1), "op")
    assert solving.cancel(CAMPUS, job.id).state is SolveState.CANCELLED
    assert solving.get(CAMPUS, job.id).plan is None
    closing = Event()
    thread = Thread(target=solving.run, args=(closing,))
    thread.start()
    after = solving.start(CAMPUS, order([5, 1, 3], 2), "op")
    until(solving, after.id, SolveState.DONE)
    closing.set()
    thread.join(5)


def test_what_has_no_plan_says_why(running: Solving) -> None:
    job = running.start(CAMPUS, order([5], 2), "op")
    until(running, job.id, SolveState.DONE)
    plan = running.get(CAMPUS, job.id).plan
    assert plan is not None
    assert (plan.status, plan.conflicts[0].en) == (Status.INFEASIBLE, "too few numbers")


def test_a_problem_goes_on_after_a_crash_from_its_incumbent(solving: Solving, store: SqlSolveStore) -> None:
    job = solving.start(CAMPUS, order([5, 1, 3], 1), "op")
    closing = Event()
    thread = Thread(target=solving.run, args=(closing,))
    thread.start()
    until(solving, job.id, SolveState.RUNNING)
    deadline = time.monotonic() + 10
    while not store.incumbent(job.id):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    closing.set()
    thread.join(5)
    assert [one.state for one in store.unfinished()] == [SolveState.RUNNING]
    assert {row["number"] for row in store.incumbent(job.id) if row["chosen"]} == {"1"}
    solving.resume()
    closing = Event()
    thread = Thread(target=solving.run, args=(closing,))
    thread.start()
    until(solving, job.id, SolveState.RUNNING)
    solving.cancel(CAMPUS, job.id)
    until(solving, job.id, SolveState.CANCELLED)
    closing.set()
    thread.join(5)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
@pytest.mark.parametrize("max_changes", [None, 9])
def test_a_problem_goes_on_after_sigkill_with_its_start_and_its_incumbent(
    tmp_path: Path, max_changes: int | None
) -> None:
    """The kill comes when the incumbent is on disk, and the plan is not."""
    killed = subprocess.run(
        [sys.executable, "-m", "tests.operations.solve_killing", str(tmp_path), str(max_changes or "")],
        check=False, capture_output=True, cwd=Path(__file__).parents[2], text=True,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    house = build_house(load_settings(data_dir=tmp_path), now=Clock())
    (cut,) = house.solving.list(CAMPUS)
    assert (cut.state, house.solving.get(CAMPUS, cut.id).plan) == (SolveState.RUNNING, None)
    order = house.solving.problem(CAMPUS, cut.id)
    assert [row["number"] for row in order.start if row["chosen"]] == ["5"]
    closing = Event()
    house.solving.resume()
    thread = Thread(target=house.solving.run, args=(closing,))
    thread.start()
    until(house.solving, cut.id, SolveState.RUNNING)
    deadline = time.monotonic() + 10
    while house.solving.get(CAMPUS, cut.id).summary.progress is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    house.solving.cancel(CAMPUS, cut.id)
    until(house.solving, cut.id, SolveState.CANCELLED)
    closing.set()
    thread.join(5)
    plan = house.solving.get(CAMPUS, cut.id).plan
    assert plan is not None
    assert (plan.cost, plan.history[0].cost, plan.changes) == (1, 1, 2)
    house.close()


def test_what_is_ill_put_is_refused_and_not_kept(solving: Solving) -> None:
    with pytest.raises(UnknownKindError, match="riddle"):
        solving.start(CAMPUS, order([1], 1, kind="riddle"), "op")
    with pytest.raises(ToyError, match="line 1"):
        solving.start(CAMPUS, order([1], 1, problem=b"["), "op")
    with pytest.raises(SolveOrderError, match="'9'"):
        solving.start(CAMPUS, order([1], 1, start=({"number": "1", "chosen": True},), locked=("9",)), "op")
    with pytest.raises(SolveOrderError, match="3600"):
        solving.start(CAMPUS, order([1], 1, stop=Stop(time_s=None)), "op")
    with pytest.raises(SolveOrderError, match="begin from"):
        order([1], 1, max_changes=2)
    assert solving.list(CAMPUS) == ()


def test_locked_rows_stay(running: Solving) -> None:
    start = ({"number": "5", "chosen": True}, {"number": "1", "chosen": True})
    job = running.start(CAMPUS, order([5, 1, 3], 2, start=start, locked=("5",), max_changes=9), "op")
    until(running, job.id, SolveState.DONE)
    plan = running.get(CAMPUS, job.id).plan
    assert plan is not None
    assert {row["number"] for row in plan.assignments if row["chosen"]} == {"5", "1"}
    assert plan.changes == 0
    assert plan_table(plan).splitlines()[1] == "5,True"


def test_other_campuses_see_nothing(solving: Solving, store: SqlSolveStore) -> None:
    job = solving.start(CAMPUS, order([5, 1, 3], 2), "op")
    assert store.list(CampusId("other")) == ()
    assert store.get(CampusId("other"), job.id) is None
    assert not store.remove(CampusId("other"), job.id)
    assert (store.get(CAMPUS, "a\x00b"), store.remove(CAMPUS, "a\x00b")) == (None, False)


def test_kinds_are_found_by_name() -> None:
    assert kind_of("toy") is TOY


@pytest.mark.parametrize("kind", [*scheduling.KINDS, *planning.KINDS], ids=lambda kind: kind.name)
def test_each_kind_has_an_example_that_is_solved(kind: Kind[Any, Any]) -> None:
    example = find_problem_example(kind.name)
    assert example is not None
    problem = kind.parse(example, f"{kind.name}.json")
    plan = make_plan(kind, problem, Search[Any](Stop(time_s=None, rounds=30)))
    assert plan.status in (Status.OPTIMAL, Status.FEASIBLE)
    rows = json.loads(json.dumps([dict(row) for row in plan.assignments]))
    again = kind.check(problem, kind.read_rows(problem, rows))
    assert again.valid
    assert again.cost == pytest.approx(plan.cost)
    assert kind.schema()["type"] == "object"
    found = kind.read_rows(problem, rows)
    for one in () if kind.relaxations is None else kind.relaxations(problem, found):
        carried = kind.check(one.problem, one.carry(found))
        assert carried.valid, one.name.en
        assert not one.wider or carried.cost <= again.cost + 1e-9, one.name.en
