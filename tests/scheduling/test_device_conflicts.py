"""Why devices have no plan: each kind of rule by hand, and against all plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import product

import numpy as np
import pytest
from benchmarks.contradictions import (
    Case,
    base_load,
    charging,
    comfort,
    comfort_against_a_limit,
    demand,
    exclusion,
    few_of_a_pair,
    free,
    held,
    ice,
    least_times,
    locks,
    maintenance,
    need,
    ramp,
    site_limit,
    storage,
    storage_against_a_limit,
    target,
    zone_limit,
)
from benchmarks.devices import park
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pace import slowness
from tests.scheduling.device_tables import SLOTS, least_cost, problems

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
    wish_conflicts_of_devices,
)
from yuanli.scheduling.devices.bounding import look
from yuanli.scheduling.devices.conflicts import conflicts_of_devices, found_in_parts, locked_tables
from yuanli.scheduling.devices.contradicting import contradiction
from yuanli.scheduling.devices.ruling import BrokenRule
from yuanli.solver import Search, Status, Stop, Wish, make_plan

FUZZ = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def searching(time_s: float = 20.0) -> Search[DevicesPlan]:
    return Search(Stop(time_s=time_s))


def day(*devices: Device, **more: object) -> DevicesProblem:
    """Return four hours of devices and a hall that needs nothing; more are fields of the problem."""
    fields = {"zones": zone(0, 0, 0, 0), **more}
    return DevicesProblem(slots=4, slot_h=1.0, price=np.ones(4), devices=devices, **fields)  # type: ignore[arg-type]


def task(name: str, slots: int) -> Device:
    return Device(name=name, power_kw=1.0, task=Task(first=0, last=3, slots=slots))


def zone(*demand: float) -> tuple[Zone, ...]:
    return (Zone(name="hall", demand=np.array(demand)),)


FAN = Device(name="fan", power_kw=3.0, service=1.0, zone="hall")
SLOW = replace(FAN, min_up=3)
AIR = Climate(
    temp_c=25.0, outdoor_c=np.full(4, 32.0), gains_kw=np.full(4, 2.0), resistance_c_per_kw=1.0,
    capacity_kwh_per_c=2.0, high_c=np.full(4, 26.0),
)  # fmt: skip
BATTERY = Storage(name="battery", capacity=10, charge_kw=1, discharge=1, target=9)
BY_HAND = {
    "least time against a limit": (
        day(SLOW, zones=zone(0, 1, 0, 0), limit_kw=np.array([5.0, 5.0, 1.0, 5.0])),
        ["demand", "limit", "minimum"],
    ),
    "order of tasks": (
        day(task("a", 2), task("b", 2), orders=(Order(before="a", after="b", lag=1),)),
        ["order", "task", "task"],
    ),
    "exclusion of tasks": (
        day(task("a", 3), task("b", 2), exclusions=(("a", "b"),)),
        ["exclusion", "task", "task"],
    ),
    "need of a locked device": (
        day(replace(FAN, name="a", zone=None, must_be_on=frozenset({1})), replace(FAN, name="b", zone=None,
        must_be_off=frozenset({1})), needs=(("a", "b"),)),
        ["must_be_off", "must_be_on", "needs"],
    ),
    "need against a limit": (
        day(replace(FAN, name="a", zone=None, must_be_on=frozenset({1})), replace(FAN, name="b", zone=None),
        needs=(("a", "b"),), limit_kw=np.full(4, 5.0)),
        ["limit", "must_be_on", "needs"],
    ),
    "ramp against demand": (day(FAN, zones=zone(0, 0, 1, 1), ramp_kw=2.0), ["demand", "ramp"]),
    "content out of reach": (day(storages=(BATTERY,)), ["storage_target"]),
    "content against a limit": (
        day(storages=(replace(BATTERY, target=4),), limit_kw=np.array([9.0, 0.5, 9.0, 9.0])),
        ["limit", "storage_target"],
    ),
    "ice that can't take and give at once": (
        day(replace(FAN, must_be_off=frozenset(range(4))), zones=zone(1, 1, 1, 1),
        storages=(Storage(name="ice", capacity=9, charge_kw=9, discharge=1, target=1, zone="hall",
        content=4),)),
        ["demand", "must_be_off", "storage_target"],
    ),
    "cold against a limit": (
        day(replace(FAN, service=0, heat_kw=-9.0), zones=(Zone(name="hall", demand=np.zeros(4), climate=AIR),),
        limit_kw=np.full(4, 2.0)),
        ["comfort", "limit"],
    ),
    "zone's limit against its demand": (
        day(FAN, zones=(Zone(name="hall", demand=np.ones(4), limit_kw=np.array([9.0, 9.0, 2.0, 9.0])),)),
        ["demand", "zone_limit"],
    ),
    "what is left of a least time": (
        day(replace(FAN, zone=None, on=True, min_up=5, held=2, target=None, must_be_off=frozenset({2}))),
        ["held", "must_be_off"],
    ),
    "target against a task": (
        day(replace(task("a", 2), target=True, task=Task(first=0, last=2, slots=2))),
        ["target", "task"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_each_kind_of_contradiction_is_named_by_hand(name: str) -> None:
    problem, parts = BY_HAND[name]
    plan = make_plan(DEVICES, problem, searching())
    assert plan.status is Status.INFEASIBLE
    assert sorted(one.part for one in named(problem)) == parts
    assert [one.text for one in named(problem)] == list(plan.conflicts)
    assert all(text.zh.endswith("。") and text.en.endswith(".") for text in plan.conflicts)


def test_times_and_figures_are_told_by_the_clock() -> None:
    problem, _ = BY_HAND["least time against a limit"]
    at = replace(problem, begins_at=datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=8))))
    assert [(one.text.zh, one.text.en) for one in named(at)] == [
        (
            "区域“hall”的需求（09:00 为 1，其 1 台设备全开共 1）。",
            "The demand of zone hall (1 at 09:00; its 1 device gives 1 all on).",
        ),
        ("园区功率上限（10:00 为 1 kW）。", "The power limit of the site (1 kW at 10:00)."),
        ("“fan”至少开 3、关 1 个时段。", "Fan stays on for 3 slots and off for 1 at least."),
    ]


def named(problem: DevicesProblem, wish: Wish[DevicesPlan] = Wish()) -> tuple[BrokenRule, ...]:
    return contradiction(problem, Search(Stop(time_s=20.0)), wish)


def only(problem: DevicesProblem, rules: Sequence[BrokenRule]) -> DevicesProblem:
    """Return the problem with no rules but these."""
    kept = {(one.part, one.subject): one.slots for one in rules}

    def device(one: Device) -> Device:
        on, off = set[int](), set[int]()
        for part, locked in (("must_be_on", one.must_be_on), ("must_be_off", one.must_be_off)):
            if (part, one.name) in kept:
                (on if part == "must_be_on" else off).update(locked)
        if ("held", one.name) in kept:
            left = range(min(problem.slots, (one.min_up if one.on else one.min_down) - one.held))
            (on if one.on else off).update(left)
        if ("target", one.name) in kept:
            (on if one.target else off).add(problem.slots - 1)
        if on & off:
            impossible = Task(first=0, last=0, slots=2)
            return replace(one, target=None, min_up=1, min_down=1, heat_kw=0.0, task=impossible)
        least = ("minimum", one.name) in kept
        return replace(
            one, must_be_on=frozenset(on), must_be_off=frozenset(off), target=None, held=250,
            min_up=one.min_up if least else 1, min_down=one.min_down if least else 1,
            task=one.task if ("task", one.name) in kept else None,
        )  # fmt: skip

    def by_slot(key: tuple[str, str], values: np.ndarray | None, free: float) -> np.ndarray | None:
        at = list(kept.get(key, ()))
        if values is None or not at:
            return None
        some = np.full(problem.slots, free)
        some[at] = values[at]
        return some

    def of_zone(one: Zone) -> Zone:
        demand = by_slot(("demand", one.name), one.demand, 0.0)
        climate = one.climate
        if climate is not None:
            key = ("comfort", one.name)
            climate = replace(
                climate, low_c=by_slot(key, climate.low_c, -100.0), high_c=by_slot(key, climate.high_c, 200.0)
            )
        return replace(
            one, demand=np.zeros(problem.slots) if demand is None else demand, climate=climate,
            limit_kw=by_slot(("zone_limit", one.name), one.limit_kw, 1e9),
        )  # fmt: skip

    orders = {(o.before, o.after) for o in problem.orders if any(k == "order" for k, _ in kept)}
    devices = tuple(device(d) for d in problem.devices)
    tasks = {d.name for d in devices if d.task is not None}
    return replace(
        problem, devices=devices, zones=tuple(of_zone(z) for z in problem.zones),
        limit_kw=by_slot(("limit", "site"), problem.limit_kw, 1e9),
        ramp_kw=problem.ramp_kw if ("ramp", "site") in kept else None,
        exclusions=tuple(g for g in problem.exclusions if ("exclusion", "\n".join(g)) in kept),
        needs=tuple(pair for pair in problem.needs if ("needs", "\n".join(pair)) in kept),
        orders=tuple(o for o in problem.orders if (o.before, o.after) in orders and {o.before, o.after} <= tasks),
    )  # fmt: skip


@FUZZ
@given(problems())
def test_what_is_named_is_the_fewest_against_all_plans(problem: DevicesProblem) -> None:
    rules = named(problem)
    assert bool(rules) is not np.isfinite(least_cost(problem))
    if rules:
        assert not np.isfinite(least_cost(only(problem, rules)))
        for given_up in rules:
            assert np.isfinite(least_cost(only(problem, [one for one in rules if one is not given_up])))


@FUZZ
@given(problems())
def test_a_search_by_time_offers_no_wrong_plan_and_says_rightly_where_there_is_none(
    problem: DevicesProblem,
) -> None:
    plan = make_plan(DEVICES, problem, searching(0.3))
    least = least_cost(problem)
    if plan.status is Status.INFEASIBLE:
        assert not np.isfinite(least)
        assert plan.conflicts
    elif plan.cost is not None:
        assert plan.cost >= least - 1e-6
        if plan.status is Status.OPTIMAL:
            assert plan.cost == pytest.approx(least)


@st.composite
def wishes(draw: st.DrawFn) -> tuple[DevicesProblem, Wish[DevicesPlan]]:
    """Draw a problem, and what is locked to any states or may change of them."""
    problem = draw(problems())
    states = draw(st.lists(st.booleans(), min_size=2 * SLOTS, max_size=2 * SLOTS))
    start = DevicesPlan(on=np.array(states).reshape(2, SLOTS), storage=np.zeros((0, SLOTS)))
    locked = draw(st.sampled_from([frozenset[str](), frozenset({"d0"}), frozenset({"d0", "d1"})]))
    return problem, Wish(start=start, locked=locked, max_changes=draw(st.sampled_from([None, 0, 1])))


@FUZZ
@given(wishes())
def test_locks_and_numbers_of_changes_are_named_against_all_plans(
    drawn: tuple[DevicesProblem, Wish[DevicesPlan]],
) -> None:
    problem, wish = drawn
    assert wish.start is not None
    rules = named(problem, wish)
    assert bool(rules) is not grants(problem, wish)
    if rules:
        assert not grants(*_only_wished(problem, wish, rules))
        for given_up in rules:
            assert grants(*_only_wished(problem, wish, [one for one in rules if one is not given_up]))
    assert bool(wish_conflicts_of_devices(problem, wish)) is bool(rules)


def _only_wished(
    problem: DevicesProblem, wish: Wish[DevicesPlan], rules: Sequence[BrokenRule]
) -> tuple[DevicesProblem, Wish[DevicesPlan]]:
    few = any(one.part == "max_changes" for one in rules)
    locked = frozenset(one.subject for one in rules if one.part == "lock")
    return only(problem, rules), replace(wish, locked=locked, max_changes=wish.max_changes if few else None)


def grants(problem: DevicesProblem, wish: Wish[DevicesPlan]) -> bool:
    """Say whether any of all plans keeps each rule and what is wished."""
    assert wish.start is not None
    rows = [np.array(row, np.bool_) for row in product([False, True], repeat=problem.slots)]
    none, most = np.zeros((0, problem.slots)), wish.max_changes
    possible = []
    for k, device in enumerate(problem.devices):
        alone = replace(
            problem, devices=(device,), ramp_kw=None, limit_kw=None, needs=(), exclusions=(), orders=()
        )
        here = [wish.start.on[k]] if device.name in wish.locked else rows
        broken = [
            {b.rule for b in check_devices(alone, DevicesPlan(on=row[None], storage=none)).broken}
            for row in here
        ]
        possible.append(
            [row for row, b in zip(here, broken, strict=True) if b <= {"demand", "comfort", "zone_limit"}]
        )
    for chosen in product(*possible):
        on = np.array(chosen)
        few = most is None or int((on != wish.start.on).any(axis=1).sum()) <= most
        if few and check_devices(problem, DevicesPlan(on=on, storage=none)).valid:
            return True
    return False


def test_a_storage_that_is_locked_is_named() -> None:
    problem = day(storages=(replace(BATTERY, target=3),))
    start = DevicesPlan(on=np.zeros((0, 4), np.bool_), storage=np.full((1, 4), 0.5))
    said = wish_conflicts_of_devices(problem, Wish(start=start, locked=frozenset({"battery"})))
    assert [text.en.split(" (")[0] for text in said] == [
        "Battery is locked to the plan there is.",
        "Battery is to hold 3 in the end",
    ]
    assert wish_conflicts_of_devices(problem, Wish(start=start)) == ()
    few = wish_conflicts_of_devices(problem, Wish(start=start, max_changes=0))
    assert len(few) == 2
    assert few[0].zh == "至多改动 0 台。"


WHOLE = free(park(400, seed=0, per_zone=30))
"""Too many devices and slots to be looked at as a whole: ten zones of thirty, and cars."""
LARGE: dict[Callable[[DevicesProblem], Case], list[str]] = {
    demand: ["demand"], zone_limit: ["demand", "zone_limit"], site_limit: ["demand", "limit"], base_load: ["limit"],
    charging: ["limit", "task"], least_times: ["demand", "minimum", "zone_limit"],
    few_of_a_pair: ["demand", "exclusion"], need: ["must_be_off", "must_be_on", "needs"],
    exclusion: ["exclusion", "task"], maintenance: ["must_be_off", "task"], held: ["held", "must_be_off"],
    target: ["minimum", "must_be_off", "must_be_on", "target"], ramp: ["demand", "ramp"], comfort: ["comfort"],
    storage: ["storage_target"], storage_against_a_limit: ["limit", "storage_target"],
    comfort_against_a_limit: ["comfort", "zone_limit"], ice: ["demand", "must_be_off"], locks: ["demand", "lock"],
}  # fmt: skip


@pytest.mark.parametrize("make", LARGE)
def test_what_contradicts_itself_in_a_large_park_is_named(make: Callable[[DevicesProblem], Case]) -> None:
    problem, wish = make(WHOLE)
    search = Search[np.ndarray](Stop(time_s=2.0, patience=4.0))
    seen = look(problem, locked_tables(problem, wish))
    found = next(one for one in found_in_parts(problem, wish, search, seen) if one)
    assert sorted({one.part for one in found}) == LARGE[make]
    if wish.start is None:
        assert make_plan(DEVICES, only(problem, found), searching(4.0)).status is Status.INFEASIBLE


@pytest.mark.parametrize("make", [need, comfort, ramp])
def test_a_large_request_ends_with_what_contradicts_itself_and_not_with_its_time(
    make: Callable[[DevicesProblem], Case],
) -> None:
    problem, wish = make(WHOLE)
    search = searching(30.0)
    plan = make_plan(DEVICES, problem, search, wish)
    assert plan.status is Status.INFEASIBLE
    assert plan.conflicts
    assert search.cpu_s < 3.0 * slowness()


def test_what_is_shown_already_is_named_before_hundreds_of_exclusions_are_looked_at() -> None:
    problem, wish = demand(WHOLE)
    names = [one.name for one in problem.devices if one.zone is not None]
    pairs = tuple(zip(names[::2], names[1::2], strict=False))
    problem = replace(problem, exclusions=pairs)
    seen = look(problem, locked_tables(problem, wish))
    found = next(found_in_parts(problem, wish, Search[np.ndarray](Stop(time_s=20.0)), seen))
    assert found[0].part == "demand"
    assert make_plan(DEVICES, only(problem, found), searching(4.0)).status is Status.INFEASIBLE


def test_devices_that_may_all_be_off_are_not_looked_at_for_their_exclusions() -> None:
    idle = tuple(Device(name=f"d{i}", power_kw=1.0) for i in range(200))
    pairs = tuple((f"d{i}", f"d{i + 1}") for i in range(0, 200, 2))
    problem = DevicesProblem(
        slots=96, slot_h=0.25, price=np.ones(96), devices=idle, zones=(), exclusions=pairs
    )
    seen = look(problem, locked_tables(problem, Wish()))
    assert not [*found_in_parts(problem, Wish(), Search[np.ndarray](Stop(time_s=20.0)), seen)][1:]


def test_a_demand_is_named_where_there_is_no_device_at_all() -> None:
    nobody = DevicesProblem(
        slots=2,
        slot_h=1.0,
        price=np.ones(2),
        devices=(),
        zones=(Zone(name="a", demand=np.array([0.0, 3.0])),),
    )
    assert [one.en for one in conflicts_of_devices(nobody)] == [
        "The demand of zone a (3 in slot 1; its 0 devices give 0 all on)."
    ]
