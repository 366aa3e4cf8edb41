import time
from types import SimpleNamespace

import pytest

from yuanli.solver import (
    Result,
    Search,
    SearchProgress,
    Status,
    Stop,
    StopError,
    difference,
    gap_of,
    searching,
)


def test_what_is_better_is_kept_and_told() -> None:
    told: list[tuple[SearchProgress, str | None]] = []
    search = Search[str](told=lambda progress, best: told.append((progress, best)))
    assert search.offer("dear", 10)
    assert not search.offer("as dear", 10)
    assert search.offer("cheap", 8)
    search.prove(6)
    search.prove(5)
    result = search.result()
    assert (result.best, result.cost, result.bound, result.status) == ("cheap", 8, 6, Status.FEASIBLE)
    assert [(p.cost, p.bound, best) for p, best in told] == [
        (10, -float("inf"), "dear"), (8, -float("inf"), "cheap"), (8, 6, "cheap"),
    ]  # fmt: skip
    assert result.gap == pytest.approx(0.25)


def test_a_bound_that_meets_the_cost_is_proof_and_ends_it() -> None:
    search = Search[int](Stop(time_s=None))
    search.offer(1, 7.0)
    assert not search.over()
    search.prove(7.0 + 1e-12)
    assert search.over()
    assert search.result().status is Status.OPTIMAL


@pytest.mark.parametrize(
    "stop", [Stop(rounds=3), Stop(time_s=0.02), Stop(cpu_s=0.02), Stop(stale_s=0.02), Stop(gap=0.3)]
)
def test_whatever_comes_first_ends_it(stop: Stop) -> None:
    search = Search[int](stop)
    search.offer(0, 10.0)
    search.prove(8.0)
    deadline = time.monotonic() + 5
    while not search.over():
        search.count()
        assert time.monotonic() < deadline
    assert stop.rounds is None or search.rounds == stop.rounds


def test_on_a_busy_machine_a_patient_search_goes_on_until_it_had_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, cpu = [0.0], [0.0]
    times = SimpleNamespace(monotonic=lambda: clock[0], process_time=lambda: cpu[0])
    monkeypatch.setattr(searching, "time", times)
    hurried, patient = (Search[int](Stop(time_s=1.0, patience=patience)) for patience in (1.0, 4.0))
    clock[0], cpu[0] = 2.0, 0.5
    assert (hurried.over(), patient.over(), patient.clock_left_s) == (True, False, 0.5)
    cpu[0] = 1.0
    assert patient.over(), "it had its second of work"
    other = Search[int](Stop(time_s=1.0, patience=4.0))
    clock[0] += 4.0
    assert other.over(), "four times as long by the clock is the most"
    several = Search[int](Stop(time_s=1.0, patience=4.0))
    clock[0], cpu[0] = clock[0] + 0.6, cpu[0] + 1.2
    assert not several.over(), "what other threads use does not shorten it"


def test_somebody_may_cancel_it() -> None:
    wanted = [True]
    search = Search[int](cancelled=lambda: not wanted[0])
    assert not search.over()
    wanted.clear()
    wanted.append(False)
    assert search.over()
    assert search.result().status is Status.UNKNOWN
    assert search.result(infeasible=True).status is Status.INFEASIBLE


@pytest.mark.parametrize("name", ["time_s", "cpu_s", "patience", "gap", "stale_s", "rounds"])
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_a_limit_that_is_none_is_refused(name: str, value: float) -> None:
    with pytest.raises(StopError) as told:
        Stop(**{name: value})  # type: ignore[arg-type]
    assert told.value.field == name


def result_of(cost: float, bound: float) -> Result[int]:
    search = Search[int]()
    search.offer(0, cost)
    search.prove(bound)
    return search.result()


def test_a_difference_is_as_sure_as_both_answers() -> None:
    wish = difference(result_of(10, 9), result_of(13, 12))
    assert (wish.cost, wish.low, wish.high) == (3, 2, 4)


def test_a_gap_is_a_share_of_the_cost() -> None:
    assert gap_of(200, 190) == pytest.approx(0.05)
    assert gap_of(0.0, -0.5) == pytest.approx(0.5)
    assert gap_of(-100, -110) == pytest.approx(0.1)
    assert gap_of(float("inf"), 1) == float("inf")
