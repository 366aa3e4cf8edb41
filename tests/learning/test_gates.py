"""The gate by hand: what is measured, what is judged, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.conftest import GATE, Ticks, example

from yuanli.learning import GateParams, InvalidGateError, Model, Registry
from yuanli.learning.registry.gates import Measured, judge, measure, slices


def measured(points: float, slice_points: float) -> Measured:
    return Measured(
        points={"all": (points, 100), "language:en": (slice_points, 30)}, size_mb=10, latency_ms=5
    )


def test_a_model_is_measured_as_a_whole_and_by_slice(registry: Registry) -> None:
    found = measure(
        Model(registry.folder_of("understanding", "2")), GATE, size_bytes=2_000_000, timer=Ticks()
    )
    assert found.points == {
        "all": (50.0, 40),
        "label:nearest": (0.0, 20),
        "label:route": (100.0, 20),
        "language:en": (0.0, 20),
        "language:zh": (100.0, 20),
    }
    assert found.size_mb == 2.0
    assert found.latency_ms == pytest.approx(1.0)


def test_conditions_are_slices_and_small_slices_are_none() -> None:
    typos = [replace(example("toilte", "nearest"), tags=frozenset({"typo"})) for _ in range(20)]
    names = set(slices([*typos, *[example("x", "rare")] * 19], GateParams()))
    assert names == {"all", "condition:typo", "label:nearest", "language:zh"}


@pytest.mark.parametrize(
    ("points", "slice_points", "failed"),
    [
        (90.0, 80.0, []),
        (89.5, 75.0, []),
        (89.4, 80.0, ["all"]),
        (90.0, 74.9, ["language:en"]),
        (99.0, 10.0, ["language:en"]),
    ],
)
def test_a_model_may_lose_so_many_points_and_no_more(
    points: float, slice_points: float, failed: list[str]
) -> None:
    checks = judge(measured(points, slice_points), measured(90, 80), GateParams())
    assert [check.name for check in checks if not check.passed] == failed


def test_without_a_live_model_only_the_floor_and_the_limits_count() -> None:
    assert all(check.passed for check in judge(measured(1, 0), None, GateParams()))
    failed = [c.name for c in judge(measured(1, 0), None, GateParams(least=50)) if not c.passed]
    assert failed == ["all"]


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_model_is_never_refused_against_itself(points: float, slice_points: float) -> None:
    same = measured(points, slice_points)
    assert all(check.passed for check in judge(same, same, GateParams(most_lost=0, most_lost_slice=0)))


def test_an_empty_gate_set_is_refused(registry: Registry) -> None:
    with pytest.raises(InvalidGateError):
        measure(Model(registry.folder_of("understanding", "1")), (), size_bytes=1, timer=Ticks())


@pytest.mark.parametrize(
    "values", [{"most_lost": -1}, {"most_lost_slice": 101}, {"timed": 0}, {"slowest_ms": float("nan")}]
)
def test_limits_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(InvalidGateError):
        GateParams(**values)  # type: ignore[arg-type]
