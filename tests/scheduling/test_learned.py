"""Plans foretold from earlier days: splits without leaks, projections that keep every rule, folders, the fallback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scheduling.device_tables import SLOTS, problems

from yuanli.learning import BrokenModelError
from yuanli.scheduling import (
    DEVICES,
    Day,
    DaysError,
    Device,
    DevicesPlan,
    DevicesProblem,
    Storage,
    Task,
    Zone,
    check_devices,
    fit_plans,
    learned_devices,
    load_plans,
    preview_plan,
    project_plan,
    save_plans,
    score_plans,
    solve_devices,
    split_days,
)
from yuanli.scheduling.devices.learned.model import PlanModel
from yuanli.solver import Search, Stop, Wish, make_plan

HALL = 24


def hall(level: float, *, zone: str = "hall") -> DevicesProblem:
    """Return eight fans and a car on a day."""
    hours = np.arange(HALL)
    fans = tuple(
        Device(
            name=f"fan{i}",
            power_kw=3.0 + i,
            service=4.0 + 0.7 * i,
            zone=zone,
            min_up=2,
            min_down=2,
            start_cost=0.4,
        )
        for i in range(8)
    )
    car = Device(name="car", power_kw=7.0, task=Task(first=8, last=20, slots=4))
    return DevicesProblem(
        slots=HALL, slot_h=1.0, price=np.where((hours >= 9) & (hours < 14), 0.8, 0.3), devices=(*fans, car),
        zones=(Zone(name=zone, demand=level * np.where((hours > 6) & (hours < 20), 24.0, 6.0)),), peak_price=1.0,
    )  # fmt: skip


@pytest.fixture(scope="module")
def days() -> list[Day]:
    made = []
    for number in range(6):
        problem = hall(0.8 + 0.08 * number)
        found = solve_devices(problem, Search(Stop(time_s=None, rounds=640)), Wish(seed=number))
        assert found.best is not None
        made.append(Day(problem=problem, plan=found.best))
    return made


@pytest.fixture(scope="module")
def line(days: list[Day]) -> PlanModel:
    return fit_plans([days[:5]], candidates=("line",), choose=1)


def test_days_are_split_in_their_order_and_copies_stay_out(days: list[Day]) -> None:
    split = split_days([*days, days[0], days[2]], choose=1, test=2)
    assert [*split.learn, *split.choose, *split.test] == days
    assert split.test == tuple(days[4:])
    with pytest.raises(DaysError):
        split_days([days[0]] * 9, choose=1, test=1)


def test_a_plan_of_another_day_is_refused(days: list[Day]) -> None:
    with pytest.raises(DaysError):
        Day(
            problem=days[0].problem,
            plan=DevicesPlan(on=np.zeros((2, HALL), np.bool_), storage=np.zeros((0, HALL))),
        )


def test_what_is_known_of_a_day_does_not_hold_its_own_plan_or_later_ones(days: list[Day]) -> None:
    model = fit_plans([days[:4]], candidates=("line",), choose=1)
    turned = Day(
        problem=days[4].problem, plan=replace(days[4].plan, on=~days[4].plan.on)
    )  # the plan that is to be foretold may be anything
    one, other = (score_plans(model, [day], before=days[:4])[0] for day in (days[4], turned))
    assert one.cost == other.cost
    assert one.accuracy == pytest.approx(1.0 - other.accuracy)


@given(problem=problems(), seed=st.integers(0, 9))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_projection_keeps_each_device_to_its_own_rules_and_a_valid_one_passes_the_checker(
    problem: DevicesProblem, seed: int
) -> None:
    chance = np.random.default_rng(seed).random((2, SLOTS))
    preview = project_plan(problem, chance)
    if preview is None:
        return
    alone = check_devices(
        replace(
            problem,
            zones=tuple(
                replace(z, demand=np.zeros(SLOTS), limit_kw=None, climate=None) for z in problem.zones
            ),
            devices=tuple(replace(d, heat_kw=0.0) for d in problem.devices),
            limit_kw=None,
            ramp_kw=None,
            exclusions=(),
            needs=(),
            orders=(),
        ),
        DevicesPlan(on=preview.projected.astype(np.bool_), storage=preview.plan.storage),
    )
    assert alone.broken == ()
    again = check_devices(problem, preview.plan)
    assert (again.valid, again.cost) == (preview.checked.valid, preview.checked.cost)


@given(problem=problems())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_search_begun_from_what_was_learnt_shows_a_plan_that_breaks_a_rule(
    line: PlanModel, problem: DevicesProblem
) -> None:
    plan = make_plan(learned_devices(DEVICES, line), problem, Search(Stop(time_s=None, rounds=30)))
    if plan.assignments:
        assert check_devices(problem, DEVICES.read_rows(problem, plan.assignments)).valid


def test_the_preview_is_left_where_the_search_has_no_time(days: list[Day], line: PlanModel) -> None:
    day = days[5]
    nothing = Stop(time_s=None, rounds=0)
    kind = learned_devices(DEVICES, line, days[:5])
    left = make_plan(kind, day.problem, Search(nothing))
    preview = preview_plan(line, day.problem, days[:5])
    assert preview is not None
    assert left.cost == pytest.approx(preview.checked.cost)
    more = make_plan(kind, day.problem, Search(Stop(time_s=None, rounds=640)))
    assert more.cost is not None
    assert more.cost <= preview.checked.cost + 1e-9
    assert more.bound is not None
    assert more.bound <= more.cost + 1e-6


def test_a_start_that_was_asked_for_is_not_replaced(days: list[Day], line: PlanModel) -> None:
    day = days[5]
    kind = learned_devices(DEVICES, line, days[:5])
    wish = Wish(start=day.plan, max_changes=0)
    again = make_plan(kind, day.problem, Search(Stop(time_s=None, rounds=100)), wish)
    assert again.changes == 0


def test_a_plant_with_other_names_and_no_past_gets_a_valid_preview(line: PlanModel) -> None:
    problem = hall(1.0, zone="lab")
    other = replace(problem, devices=tuple(replace(d, name=f"new-{d.name}") for d in problem.devices))
    preview = preview_plan(line, other)
    assert preview is not None
    assert preview.checked.valid


def test_storages_are_given_flows_that_pass_the_checker(line: PlanModel) -> None:
    tank = Storage(
        name="ice", capacity=30.0, charge_kw=6.0, discharge=6.0, content=10.0, target=10.0, zone="hall"
    )
    problem = replace(hall(1.0), storages=(tank,))
    preview = preview_plan(line, problem)
    assert preview is not None
    assert preview.checked.valid


def test_a_saved_model_says_the_same_and_a_changed_file_is_refused(days: list[Day], tmp_path: Path) -> None:
    for candidates in (("line",), ("line", "trees")):
        model = fit_plans([days[:5]], candidates=candidates, choose=1)
        folder = tmp_path / "-".join(candidates)
        facts = save_plans(
            folder, model, score_plans(model, days[5:], before=days[:5]), data="0" * 64, code="1"
        )
        assert "accuracy" in facts.scores
        again = load_plans(folder)
        one, other = (preview_plan(m, days[5].problem, days[:5]) for m in (model, again))
        assert one is not None
        assert other is not None
        assert np.array_equal(one.chance, other.chance)
        assert np.array_equal(one.plan.on, other.plan.on)
        (folder / "plans.json").write_text("{}", "utf-8")
        with pytest.raises(BrokenModelError):
            load_plans(folder)
