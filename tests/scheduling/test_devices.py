"""Devices on and off: worked by hand, against all plans, published instances, bad input, few changes."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from benchmarks.devices import park
from hypothesis import HealthCheck, given, settings
from tests.scheduling.device_tables import least_cost, problems

from yuanli.errors import InvalidInputError, Text
from yuanli.scheduling import (
    DEVICES,
    Climate,
    Device,
    DevicesPlan,
    DevicesProblem,
    Order,
    Storage,
    Task,
    Zone,
    check_devices,
    conflicts_of_devices,
    parse_devices,
    solve_devices,
    wish_conflicts_of_devices,
)
from yuanli.scheduling.devices.arrays import tables_of
from yuanli.scheduling.devices.dualising import find_duals
from yuanli.scheduling.devices.pricing import Pricing
from yuanli.scheduling.devices.solving import near_exact
from yuanli.scheduling.devices.storing import Stores
from yuanli.scheduling.devices.telling import tell_slot, tell_slots
from yuanli.solver import Search, Status, Stop, WhyNot, Wish, count_changes, make_plan, why_not

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "optimisation" / "device_onoff"
ROUNDS = Stop(time_s=None, rounds=640)


def searching(rounds: int = 640) -> Search[DevicesPlan]:
    return Search(Stop(time_s=None, rounds=rounds))


def fans(many: int = 12, slots: int = 24, **more: object) -> DevicesProblem:
    """Return fans of one hall: two kinds, demand by day."""
    demand = np.where((np.arange(slots) > 6) & (np.arange(slots) < 20), 3.0 * many, 0.8 * many)
    ones = tuple(
        Device(
            name=f"fan{i}",
            power_kw=4.0 + i % 3,
            service=5.0 + i % 4,
            zone="hall",
            min_up=2 + i % 2,
            min_down=2,
            start_cost=0.5,
        )
        for i in range(many)
    )
    return replace(
        DevicesProblem(
            slots=slots, slot_h=1.0,
            price=np.asarray(0.3 + 0.4 * ((np.arange(slots) >= 9) & (np.arange(slots) < 12)), np.float64),
            devices=ones,
            zones=(Zone(name="hall", demand=demand),),
        ),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def pump(**more: object) -> DevicesProblem:
    """Return one pump of 2 kW for four hours at 1, 5, 1 and 1 money per kWh, wanted in the last three."""
    one = Device(name="pump", power_kw=2.0, service=1.0, zone="pool", start_cost=3.0)
    return replace(
        DevicesProblem(
            slots=4, slot_h=1.0, price=np.array([1.0, 5.0, 1.0, 1.0]), devices=(one,),
            zones=(Zone(name="pool", demand=np.array([0.0, 1.0, 1.0, 1.0])),),
        ),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_case_by_hand() -> None:
    plan = make_plan(DEVICES, pump(peak_price=4.0, peak_paid_kw=0.5), searching())
    assert plan.cost_breakdown == {"energy": 14.0, "starts": 3.0, "peak": 6.0}
    assert plan.status is Status.OPTIMAL
    assert plan.cost == pytest.approx(23.0)
    assert plan.assignments[0] == {
        "device": "pump", "zone": "pool", "on": "1-3", "flows": "", "hours": 3.0, "energy_kwh": 6.0,
    }  # fmt: skip


def test_a_battery_carries_cheap_power_over_the_dear_hour() -> None:
    battery = Storage(name="battery", capacity=4, charge_kw=4, discharge=4, charge_efficiency=0.5)
    plan = make_plan(DEVICES, pump(storages=(battery,)), searching(700))
    assert plan.cost == pytest.approx(3.0 + 4.0 + 4.0)
    assert plan.cost_breakdown["energy"] == pytest.approx(8.0)


def test_storages_and_a_surplus_of_the_sun_are_bounded_closely_and_planned_to_the_best() -> None:
    sun = np.where((np.arange(24) > 7) & (np.arange(24) < 17), 60.0, 0.0)
    battery = Storage(
        name="b", capacity=80, charge_kw=20, discharge=20, charge_efficiency=0.9, content=40, target=40
    )
    problem = fans(solar_kw=sun, storages=(battery,))
    tables = tables_of(problem)
    stores = Stores(problem, tables)
    pricing, duals = (
        Pricing(tables, stores, peak_price=0.0, peak_paid_kw=0.0),
        find_duals(problem, tables, stores),
    )
    assert duals is not None
    guessed = pricing.best.value
    pricing.begin(duals.service, duals.power, duals.limited)
    plan = make_plan(DEVICES, problem, Search(Stop(time_s=None, cpu_s=2.0)))
    assert plan.cost is not None
    assert plan.bound is not None
    assert guessed < 0, "a guess does not know what the storage makes of the sun"
    assert 0.5 * plan.cost < pricing.best.value <= plan.bound + 1e-6
    assert plan.cost - plan.bound < 0.02 * plan.cost


def test_a_battery_rests_where_prices_are_all_the_same() -> None:
    battery = Storage(name="b", capacity=80, charge_kw=20, discharge=20, content=40, target=40)
    problem = fans(price=np.full(24, 0.5), storages=(battery,))
    plan = make_plan(DEVICES, problem, searching(60))
    assert np.abs(DEVICES.read_rows(problem, plan.assignments).storage).max() == pytest.approx(0.0, abs=1e-6)


def test_ice_serves_its_zone_when_the_chiller_may_not_run() -> None:
    ice = Storage(name="ice", capacity=3, charge_kw=3, discharge=2, zone="pool", loss=0.1)
    problem = pump(storages=(ice,))
    off = replace(problem.devices[0], must_be_off=frozenset({2}))
    plan = make_plan(DEVICES, replace(problem, devices=(off,)), searching(700))
    assert plan.cost == pytest.approx(2 + 3 + 1 / 0.9 + 1 / 0.81, rel=0.3)
    assert plan.assignments[1]["energy_kwh"] > 1.0


def test_sun_is_used_before_it_is_sold() -> None:
    task = Device(name="car", power_kw=4.0, task=Task(first=0, last=3, slots=2))
    sunny = pump(devices=(task,), zones=(), solar_kw=np.array([0.0, 4.0, 4.0, 0.0]), feed_in=np.full(4, 0.1))
    plan = make_plan(DEVICES, sunny, searching())
    assert plan.assignments[0]["on"] == "1-2"
    assert plan.cost == pytest.approx(0.0)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(problems())
def test_agrees_with_all_plans(problem: DevicesProblem) -> None:
    least = least_cost(problem)
    result = solve_devices(problem, searching(645))
    if result.best is None:
        assert not np.isfinite(least)
        return
    checked = check_devices(problem, result.best)
    assert checked.valid
    assert checked.cost == pytest.approx(result.cost)
    assert result.bound <= least + 1e-6 * max(1.0, least)
    assert result.cost >= least - 1e-6
    if problem.peak_price == 0:
        assert result.cost <= least * 1.15 + 1e-6


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"min_up": 4}, "minimum"), ({"target": False}, "target"), ({"on": True, "min_up": 3, "held": 1}, "minimum"),
        ({"must_be_off": frozenset({2})}, "locked"), ({"must_be_on": frozenset({0})}, "locked"),
        ({"service": 0.5}, "demand"), ({"task": Task(first=0, last=3, slots=2)}, "task"),
    ],
)  # fmt: skip
def test_the_checker_finds_each_broken_rule(more: dict[str, object], rule: str) -> None:
    on = np.array([[False, True, True, True]])
    if rule == "minimum":
        on = np.array([[False, True, True, False]])
    problem = pump(devices=(replace(pump().devices[0], **more),))  # type: ignore[arg-type]
    assert rule in {
        b.rule for b in check_devices(problem, DevicesPlan(on=on, storage=np.zeros((0, 4)))).broken
    }


def test_the_checker_finds_broken_rules_of_many() -> None:
    two = fans(
        2,
        zones=(Zone(name="hall", demand=np.zeros(24), limit_kw=np.full(24, 5.0)),),
        limit_kw=np.full(24, 6.0),
    )
    two = replace(two, exclusions=(("fan0", "fan1"),), ramp_kw=3.0)
    on = np.ones((2, 24), np.bool_)
    broken = {b.rule for b in check_devices(two, DevicesPlan(on=on, storage=np.zeros((0, 24)))).broken}
    assert broken == {"zone_limit", "limit", "exclusion", "ramp"}
    tasks = tuple(Device(name=n, power_kw=1.0, task=Task(first=0, last=23, slots=2)) for n in "ab")
    ordered = replace(
        two, devices=tasks, exclusions=(), needs=(("a", "b"),), orders=(Order(before="a", after="b", lag=1),)
    )
    on = np.zeros((2, 24), np.bool_)
    on[0, 3:5], on[1, 5:7] = True, True
    broken = {b.rule for b in check_devices(ordered, DevicesPlan(on=on, storage=np.zeros((0, 24)))).broken}
    assert broken == {"needs", "order"}


def test_relations_hold_in_a_plan() -> None:
    tasks = tuple(Device(name=n, power_kw=3.0, task=Task(first=0, last=12, slots=3)) for n in ("wash", "dry"))
    problem = fans(9, exclusions=(("fan0", "fan1", "fan2"),), needs=(("fan3", "fan4"),), ramp_kw=40.0)
    problem = replace(
        problem, devices=(*problem.devices, *tasks), orders=(Order(before="wash", after="dry", lag=1),)
    )
    problem = replace(problem, zones=(replace(problem.zones[0], demand=problem.zones[0].demand * 0.8),))
    plan = make_plan(DEVICES, problem, searching(680))
    assert plan.status is Status.FEASIBLE


def test_devices_of_which_one_has_to_give_way_are_planned_in_a_large_park() -> None:
    park_ = park(200, seed=0, per_zone=15)
    pairs = [[d.name for d in park_.devices if d.zone == zone.name][:2] for zone in park_.zones]
    devices = tuple(replace(d, target=None, on=False, held=9) for d in park_.devices)
    tied = replace(park_, devices=devices, exclusions=tuple(map(tuple, pairs)), limit_kw=None)
    plan = make_plan(DEVICES, tied, searching(20))
    assert plan.status is Status.FEASIBLE


def test_a_run_with_the_same_seed_is_the_same_to_the_letter() -> None:
    first, second, other = (
        solve_devices(fans(peak_price=2.0), searching(670), Wish(seed=seed)) for seed in (3, 3, 4)
    )
    assert first.best is not None
    assert second.best is not None
    assert other.best is not None
    assert np.array_equal(first.best.on, second.best.on)
    assert (first.cost, first.bound) == (second.cost, second.bound)


def test_what_is_locked_stays_and_few_changes_are_kept() -> None:
    problem = fans(20)
    start = solve_devices(problem, searching(660)).best
    assert start is not None
    zone = replace(problem.zones[0], demand=problem.zones[0].demand * 1.03)
    changed = replace(problem, zones=(zone,))
    wish = Wish(start=start, locked=frozenset({"fan0", "fan5"}), max_changes=3)
    result = solve_devices(changed, searching(200), wish)
    assert result.best is not None
    assert check_devices(changed, result.best).valid
    assert np.array_equal(result.best.on[[0, 5]], start.on[[0, 5]])
    assert count_changes(DEVICES.rows(changed, start), DEVICES.rows(changed, result.best)) <= 3
    again = solve_devices(problem, searching(160), Wish(start=start, max_changes=0)).best
    assert again is not None
    assert np.array_equal(again.on, start.on)


def wished(problem: DevicesProblem, name: str, on: str) -> WhyNot[DevicesPlan]:
    plan = solve_devices(problem, searching()).best
    assert plan is not None
    return why_not(DEVICES, problem, plan, {name: {"on": on}}, search=searching())


def test_what_a_device_is_wished_to_do_costs_only_that() -> None:
    more = wished(pump(), "pump", "0-3")
    assert more.difference is not None
    assert [more.cost, more.difference.cost, more.difference.low] == pytest.approx([17, 2, 2])
    one = pump().devices[0]
    both = wished(pump(devices=(one, replace(one, name="spare", start_cost=4.0))), "spare", "2-2")
    assert both.at_once is not None
    assert both.difference is not None
    assert [both.at_once.delta, both.difference.cost] == pytest.approx([2 + 4, 1])


def test_only_what_is_asked_of_a_battery_is_fixed() -> None:
    problem = pump(storages=(Storage(name="battery", capacity=4, charge_kw=4, discharge=4),))
    best = solve_devices(problem, searching()).best
    assert best is not None
    assert best.storage[0] == pytest.approx([2, -2, 0, 0])

    def asked(flows: str) -> WhyNot[DevicesPlan]:
        return why_not(DEVICES, problem, best, {"battery": {"flows": flows}}, search=searching())

    late, whole = asked("2 -2 1 0"), DevicesPlan(on=best.on, storage=np.array([[2.0, -2.0, 1.0, 0.0]]))
    assert late.best is not None
    assert late.difference is not None
    assert late.best.storage[0, 2] == pytest.approx(1)
    assert late.difference.cost == pytest.approx(0)  # it is given back in the last hour
    assert check_devices(problem, whole).cost - late.cost == pytest.approx(1)
    dear = asked("2 0 0 0")
    assert dear.difference is not None
    assert dear.difference.cost == pytest.approx(8)
    held = replace(problem, storages=(replace(problem.storages[0], held={1: 0.0}),))
    again = solve_devices(held, searching())
    assert again.cost == pytest.approx(late.cost + 8)
    assert [one.rule for one in check_devices(held, best).broken] == ["storage_held"]
    impossible = asked("2 -2 5 0")
    assert (impossible.best, impossible.status) == (None, Status.INFEASIBLE)
    assert any("flow of 5 kW" in one.en for one in impossible.conflicts)


def test_what_a_device_may_not_do_names_the_rule() -> None:
    short = wished(pump(), "pump", "1-1 3-3")
    assert (short.best, short.status) == (None, Status.INFEASIBLE)
    assert any("pool" in one.en for one in short.conflicts)
    held = pump(devices=(replace(pump().devices[0], must_be_off=frozenset({0})),))
    locked = wished(held, "pump", "0-3")
    assert any("locked off" in one.en for one in locked.conflicts)


def test_a_cancelled_search_keeps_its_best() -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 700

    result = solve_devices(fans(), Search(Stop(time_s=60.0), cancelled=cancelled))
    assert result.best is not None
    assert result.elapsed_s < 30


def test_a_search_that_is_cancelled_at_once_begins_nothing() -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return True

    result = solve_devices(fans(), Search(Stop(time_s=None), cancelled=cancelled))
    assert (result.best, result.rounds, result.status) == (None, 0, Status.UNKNOWN)
    assert len(asked) <= 3


def test_a_repair_under_way_ends_when_it_is_cancelled() -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 4

    result = solve_devices(fans(), Search(Stop(time_s=None), cancelled=cancelled))
    assert result.status in (Status.UNKNOWN, Status.FEASIBLE)
    assert len(asked) <= 12


def test_a_plan_survives_its_table() -> None:
    problem = pump(storages=(Storage(name="battery", capacity=4, charge_kw=4, discharge=4),))
    result = solve_devices(problem, searching(700))
    assert result.best is not None
    back = DEVICES.read_rows(problem, DEVICES.rows(problem, result.best))
    assert np.array_equal(back.on, result.best.on)
    assert np.array_equal(back.storage, result.best.storage)
    for rows, message in (
        ([{"device": "pump", "on": "2-9"}], "2-9"), ([{"device": "mill"}], "mill"), ([], "missing"),
        ([{"device": "pump"}, {"device": "pump"}], "there before"),
        ([{"device": "pump"}, {"device": "battery", "flows": "1 x"}], "1 x"),
    ):  # fmt: skip
        with pytest.raises(InvalidInputError, match=message):
            DEVICES.read_rows(problem, rows)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"slots": 0}, "slots"), ({"price": [1.0, float("nan")]}, "price"), ({"price": [0.1]}, "price"),
        ({"slot_minutes": -15}, "slot_minutes"), ({"peak_price": -1}, "peak_price"), ({"colour": 1}, "colour"),
        ({"devices": [{"name": "a", "power_kw": -1}]}, "devices.a.power_kw"),
        ({"devices": [{"name": "a", "power_kw": 1, "zone": "x"}]}, "a.zone"),
        ({"devices": [{"name": "a", "power_kw": 1, "min_up": 0}]}, "devices.a.min_up"),
        ({"devices": [{"name": "a", "power_kw": 1}, {"name": "a", "power_kw": 1}]}, "devices"),
        ({"devices": [{"name": "a", "power_kw": 1, "task": {"first": 1, "last": 0, "slots": 1}}]},
        "devices.a.task.last"),
        ({"devices": [{"name": "a", "power_kw": 1, "task": {"first": 0, "last": 1}}]}, "devices.a.task"),
        ({"devices": [{"name": "a", "power_kw": 1, "must_be_on": [{"first": 0, "last": 9}]}]}, "devices.a.must_be_on"),
        ({"exclusions": [["a", "b"]]}, "exclusions"), ({"devices": [{}] * 1_000_000}, "problem.json"),
        ({"devices": [{"name": "a", "power_kw": 1.0}] * 50_001}, "devices"),
        ({"storages": [{"name": "s", "capacity": 1, "charge_kw": 1, "discharge": 1, "content": 2}]},
        "storages.s.content"),
        ({"feed_in": 9.0}, "feed_in[0]"),
        ({"devices": [{"name": "a", "power_kw": 1, "heat_kw": -1}]}, "devices.a.heat_kw"),
        ({"zones": [{"name": "z", "occupancy": [1, -1]}]}, "zones.z.occupancy[1]"),
        ({"zones": [{"name": "z", "climate": {"temp_c": 20, "outdoor_c": 30, "resistance_c_per_kw": 0,
        "capacity_kwh_per_c": 1}}]}, "zones.z.climate.resistance"),
        ({"zones": [{"name": "z", "climate": {"temp_c": 20, "outdoor_c": 30, "resistance_c_per_kw": 1,
        "capacity_kwh_per_c": 1, "low_c": 25, "high_c": [26, 24]}}]}, "zones.z.climate.low_c[1]"),
    ],
)  # fmt: skip
def test_bad_tables_name_the_field(change: dict[str, object], named: str) -> None:
    document = {"slots": 2, "price": 1.0, "devices": [{"name": "a", "power_kw": 1.0}], **change}
    with pytest.raises(InvalidInputError) as refused:
        parse_devices(json.dumps(document).encode(), "problem.json")
    assert refused.value.field is not None
    assert refused.value.field.startswith(named)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff\xfe", b"\x1f\x8bxx", b'{"P": [1], "Lu": [1]}', b"[" * 100_000]
)
def test_malformed_files_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInputError):
        parse_devices(data, "x.json")


@pytest.mark.parametrize(("tables", "field"), [({"P": [1.0]}, "N"), ({"N": 10**9}, "devices")])
def test_tables_of_the_on_off_benchmark_name_what_is_missing_and_too_many(
    tables: dict[str, object], field: str
) -> None:
    lists = {name: [1.0] for name in ("P", "q", "zone", "Lu", "Ld", "S", "u0", "hist", "g", "a", "b", "K")}
    whole = {**lists, "T": 2, "c": [1.0, 1.0], "D": [], "cap": [9.0, 9.0]}
    with pytest.raises(InvalidInputError) as refused:
        parse_devices(json.dumps(tables if "P" in tables else {**whole, **tables}).encode(), "x.json")
    assert refused.value.field == field


def test_our_document_is_read_with_its_units() -> None:
    document = {
        "slots": 4, "slot_minutes": 30, "price": 0.5, "carbon_kg_per_kwh": [0.6] * 4, "carbon_weight": 0.1,
        "zones": [{"name": "hall", "demand": 1, "limit_kw": 9}],
        "devices": [
            {"name": "fan", "power_kw": 2, "zone": "hall", "service": 1, "must_be_off": [{"first": 1, "last": 2}]},
            {"name": "car", "power_kw": 7, "task": {"first": 0, "last": 3, "energy_kwh": 8, "in_one_run": True}},
        ],
    }  # fmt: skip
    problem = parse_devices(gzip.compress(json.dumps(document).encode()), "problem.json.gz")
    assert problem.devices[0].must_be_off == {1, 2}
    assert problem.devices[1].task == Task(first=0, last=3, slots=3)
    assert problem.devices[1].min_up == 3
    assert problem.carbon_price is not None
    assert problem.carbon_price[0] == pytest.approx(0.06)
    assert DEVICES.schema()["additionalProperties"] is False


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        (pump(zones=(Zone(name="pool", demand=np.full(4, 2.0)),)), ("demand of zone pool",)),
        (pump(limit_kw=np.full(4, 1.0)), ("demand of zone pool", "power limit of the site")),
        (pump(limit_kw=np.full(4, 2.5), base_kw=np.full(4, 1.0)), ("demand of zone pool", "power limit of the site")),
        (
            pump(devices=(replace(pump().devices[0], must_be_off=frozenset({2})),)),
            ("demand of zone pool", "locked off"),
        ),
        (
            pump(zones=(), devices=(Device(name="car", power_kw=7, task=Task(first=1, last=2, slots=3)),)),
            ("to be on for 3 slots",),
        ),
        (
            pump(zones=(), devices=(Device(name="mill", power_kw=1, on=True, min_up=9, held=2, target=False),)),
            ("stays on for 7 slots more", "to be off in the last slot"),
        ),
        (
            pump(zones=(), limit_kw=np.full(4, 7.0), devices=tuple(
                Device(name=n, power_kw=7, task=Task(first=1, last=2, slots=2)) for n in "ab")),
            ("power limit of the site",),
        ),
    ],
)  # fmt: skip
def test_what_has_no_plan_names_the_fewest_rules(problem: DevicesProblem, named: tuple[str, ...]) -> None:
    plan = make_plan(DEVICES, problem, searching(1))
    assert plan.status is Status.INFEASIBLE
    said = " ".join(text.en for text in plan.conflicts).casefold()
    assert all(name in said for name in named)
    assert len(plan.conflicts) == len(named) or "power limit of the site" in named
    assert all((text.zh and "“" in text.zh) or "园区" in text.zh for text in plan.conflicts)


def test_a_feasible_problem_has_no_conflict() -> None:
    assert conflicts_of_devices(fans()) == ()


def cooled(**more: object) -> DevicesProblem:
    """Return a hall that two chillers keep below 25 °C while power is dear from the seventh hour on."""
    climate = Climate(
        temp_c=26.0, outdoor_c=np.full(12, 31.0), gains_kw=np.full(12, 2.0), resistance_c_per_kw=1.0,
        capacity_kwh_per_c=4.0, low_c=np.full(12, 20.0), high_c=np.array([29.0] * 6 + [25.0] * 6),
    )  # fmt: skip
    chillers = tuple(
        Device(name=f"chiller{i}", power_kw=3.0 + i, heat_kw=-9.0 - i, zone="hall", min_up=2, start_cost=0.1)
        for i in range(2)
    )
    return DevicesProblem(
        slots=12, slot_h=1.0, price=np.array([0.2] * 6 + [1.0] * 6), devices=chillers,
        zones=(Zone(name="hall", demand=np.zeros(12), climate=replace(climate, **more)),),  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_temperature_by_hand() -> None:
    off = DevicesPlan(on=np.zeros((2, 12), np.bool_), storage=np.zeros((0, 12)))
    settled = 31.0 + 1.0 * 2.0
    warm = settled + (26.0 - settled) * np.exp(-1 / 4)
    assert warm < 29.0
    after_7 = settled + (26.0 - settled) * np.exp(-7 / 4)
    [broken] = [b for b in check_devices(cooled(), off).broken if b.rule == "comfort"]
    assert broken.amount == pytest.approx(max(after_7, settled + (26.0 - settled) * np.exp(-12 / 4)) - 25.0)
    soft = check_devices(cooled(discomfort_price=2.0), off)
    outside = sum(
        max(0.0, settled + (26.0 - settled) * np.exp(-(t + 1) / 4) - (29.0 if t < 6 else 25.0))
        for t in range(12)
    )
    assert soft.valid
    assert soft.parts["discomfort"] == pytest.approx(2.0 * outside)


def test_a_hall_is_cooled_before_power_is_dear() -> None:
    plan = make_plan(DEVICES, cooled(), searching(800))
    assert plan.status in (Status.FEASIBLE, Status.OPTIMAL)
    on = DEVICES.read_rows(cooled(), plan.assignments).on
    assert on[:, 5].any()
    assert on[:, :6].sum() >= on[:, 6:].sum() / 2
    assert plan.bound is not None
    assert plan.bound > 0
    assert "°C" in plan.explanation[-1].en


def test_a_band_out_of_reach_is_named() -> None:
    plan = make_plan(DEVICES, cooled(high_c=np.full(12, 21.0)), searching(1))
    assert plan.status is Status.INFEASIBLE
    assert any("comfort band of zone hall" in text.en for text in plan.conflicts)
    soft = make_plan(DEVICES, cooled(high_c=np.full(12, 21.0), discomfort_price=0.1), searching(700))
    assert soft.cost_breakdown["discomfort"] > 0


def test_few_devices_are_proved_by_highs() -> None:
    result = solve_devices(cooled(), Search(Stop(time_s=None, cpu_s=20.0)))
    assert result.status is Status.OPTIMAL


@pytest.mark.parametrize(
    ("devices", "zones", "left_s", "helps"),
    [(30, 1, 2.0, True), (30, 1, np.inf, False), (40, 1, 60.0, False), (40, 2, 60.0, True), (40, 2, 5.0, False),
     (160, 8, 60.0, False)],
)  # fmt: skip
def test_highs_helps_few_devices_or_small_zones_where_there_is_time(
    devices: int, zones: int, left_s: float, helps: bool
) -> None:
    problem = fans(devices)
    many = tuple(replace(problem.zones[0], name=f"hall{z}") for z in range(zones))
    spread = tuple(replace(d, zone=f"hall{i % zones}") for i, d in enumerate(problem.devices))
    assert near_exact(tables_of(replace(problem, devices=spread, zones=many)), left_s) is helps


def test_a_lock_that_allows_no_plan_is_named_with_the_rule() -> None:
    problem = fans(4)
    on = np.ones((4, 24), np.bool_)
    on[0, 8:12] = False
    start = DevicesPlan(on=on, storage=np.zeros((0, 24)))
    demand = problem.zones[0].demand.copy()
    demand[8:12] = sum(d.service for d in problem.devices)
    tight = replace(problem, zones=(replace(problem.zones[0], demand=demand),))
    wish = Wish(start=start, locked=frozenset({"fan0", "fan1"}))
    assert solve_devices(tight, searching(10), wish).status is Status.INFEASIBLE
    conflict = wish_conflicts_of_devices(tight, wish)
    assert [text.en.split(" (")[0] for text in conflict] == [
        "Fan0 is locked to the plan there is.",
        "The demand of zone hall",
    ]
    assert wish_conflicts_of_devices(tight, replace(wish, locked=frozenset({"fan1"}))) == ()
    few = Wish(start=replace(start, on=np.zeros((4, 24), np.bool_)), max_changes=1)
    said = wish_conflicts_of_devices(tight, few)
    assert "at most 1 may change" in said[0].en.casefold()
    assert "zone hall needs" in said[1].en.casefold()
    assert solve_devices(tight, searching(50), few).status is Status.INFEASIBLE


def test_a_plan_after_small_changes_moves_few_devices_and_costs_little_more() -> None:
    problem = fans(40)
    start = solve_devices(problem, searching(700)).best
    rng = np.random.default_rng(0)
    factor = np.where(rng.random(24) < 0.1, rng.uniform(0.97, 1.03, 24), 1.0)
    changed = replace(problem, zones=(replace(problem.zones[0], demand=problem.zones[0].demand * factor),))
    again = solve_devices(changed, searching(700), Wish(start=start, max_changes=4))
    fresh = solve_devices(changed, searching(760))
    assert start is not None
    assert again.best is not None
    assert count_changes(DEVICES.rows(problem, start), DEVICES.rows(changed, again.best)) <= 4
    assert again.cost <= fresh.cost * 1.01


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published instances are not here")
@pytest.mark.parametrize(("name", "gap"), [("dev_site_100_dc1_s1", 0.02), ("dev_zone_100_dc0_s1", 0.09)])
def test_published_instances_are_solved_as_well_as_before(name: str, gap: float) -> None:
    data = gzip.decompress((PUBLISHED / f"{name}.json.gz").read_bytes())
    plan = make_plan(DEVICES, parse_devices(data, name), searching(640))
    assert plan.cost is not None
    assert plan.gap is not None
    assert plan.cost <= 1.005 * json.loads(data)["reference_cost"]
    assert plan.gap <= gap
    assert len(plan.explanation) >= 3


def test_times_are_told_by_the_clock_where_the_problem_has_one() -> None:
    problem = replace(
        pump(), begins_at=datetime(2026, 3, 2, 22, tzinfo=timezone(timedelta(hours=8))), slot_h=1.0
    )
    assert tell_slot(problem, 1) == Text("23:00", "at 23:00")
    assert tell_slot(problem, 2) == Text("3月3日 00:00", "at 00:00 on 3 Mar")
    assert tell_slots(problem, 0, 1) == Text("22:00–3月3日 00:00", "from 22:00 to 00:00 on 3 Mar")
    assert tell_slots(pump(), 0, 1) == Text("时段 0–1", "from slot 0 to 1")
    short = replace(problem, limit_kw=np.full(problem.slots, 0.5))
    plan = make_plan(DEVICES, short, searching())
    assert plan.status is Status.INFEASIBLE
    assert any("00" in text.zh and "时段" not in text.zh for text in plan.conflicts)
