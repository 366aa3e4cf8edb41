"""Small problems of devices, drawn by hypothesis, and all their plans."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import strategies as st

from yuanli.scheduling import Climate, Device, DevicesPlan, DevicesProblem, Order, Task, Zone, check_devices

SLOTS = 5
OUTDOOR_C = np.array([30.0, 31.0, 33.0, 32.0, 30.0])
CLIMATES = [
    Climate(
        temp_c=24.5, outdoor_c=OUTDOOR_C, gains_kw=np.full(SLOTS, 0.3), resistance_c_per_kw=3.0,
        capacity_kwh_per_c=0.7, low_c=low, high_c=high, discomfort_price=price,
    )
    for low, high, price in (
        (None, np.full(SLOTS, 27.0), None), (np.full(SLOTS, 22.0), np.full(SLOTS, 25.0), 3.0),
        (np.full(SLOTS, 20.0), None, None),
    )
]  # fmt: skip


@st.composite
def devices(draw: st.DrawFn, number: int) -> Device:
    """Draw a device that may have a target, a task or a locked state."""
    task = None
    if draw(st.integers(0, 3)) == 0:
        first = draw(st.integers(0, 2))
        task = Task(first=first, last=draw(st.integers(first + 1, SLOTS - 1)), slots=draw(st.integers(1, 2)))
    return Device(
        name=f"d{number}", power_kw=float(draw(st.integers(1, 9))), service=float(draw(st.integers(0, 9))),
        zone=(zone := draw(st.sampled_from(["a", None]))),
        heat_kw=float(draw(st.sampled_from([0, -3, 2]))) if zone and task is None else 0.0,
        min_up=draw(st.integers(1, 3)), min_down=draw(st.integers(1, 3)),
        start_cost=float(draw(st.integers(0, 5))), on=task is None and draw(st.booleans()),
        held=draw(st.integers(0, 3)) if task is None else 9,
        target=draw(st.sampled_from([None, None, True, False])) if task is None else None, task=task,
        must_be_off=frozenset(draw(st.sets(st.integers(0, SLOTS - 1), max_size=1))),
    )  # fmt: skip


@st.composite
def problems(draw: st.DrawFn) -> DevicesProblem:
    """Draw two devices of one zone and what binds them."""
    ones = tuple(draw(devices(number)) for number in range(2))
    prices = st.lists(st.integers(1, 9), min_size=SLOTS, max_size=SLOTS)
    demand = np.array(draw(st.lists(st.integers(0, 7), min_size=SLOTS, max_size=SLOTS)), float)
    demand *= draw(st.sampled_from([0.0, 0.3, 1.0]))
    heating = any(d.heat_kw for d in ones)
    climate = draw(st.sampled_from(CLIMATES if heating else [None, *CLIMATES]))
    both_tasks = all(d.task for d in ones)
    return DevicesProblem(
        slots=SLOTS, slot_h=0.5, price=np.array(draw(prices), float), devices=ones,
        zones=(Zone(name="a", demand=demand, limit_kw=draw(st.sampled_from([None, np.full(SLOTS, 12.0)])),
        climate=climate),),
        limit_kw=draw(st.sampled_from([None, np.full(SLOTS, 14.0)])),
        solar_kw=draw(st.sampled_from([None, np.array([0.0, 3.0, 9.0, 3.0, 0.0])])),
        feed_in=draw(st.sampled_from([None, np.full(SLOTS, 0.5)])),
        peak_price=draw(st.sampled_from([0.0, 0.0, 2.0])), peak_paid_kw=draw(st.sampled_from([0.0, 4.0])),
        ramp_kw=draw(st.sampled_from([None, None, 10.0])),
        exclusions=draw(st.sampled_from([(), (), (("d0", "d1"),)])), needs=draw(st.sampled_from([(), (),
        (("d0", "d1"),)])),
        orders=(Order(before="d0", after="d1", lag=draw(st.integers(0, 1))),) if both_tasks else (),
    )  # fmt: skip


def least_cost(problem: DevicesProblem) -> float:
    """Return the least cost of all plans, by the checker; infinite where none is valid."""
    rows = [np.array(row, np.bool_) for row in product([False, True], repeat=problem.slots)]
    possible = []
    for device in problem.devices:
        alone = DevicesProblem(
            slots=problem.slots,
            slot_h=problem.slot_h,
            price=problem.price,
            devices=(device,),
            zones=problem.zones,
        )
        none = np.zeros((0, problem.slots))
        alike = [(row, check_devices(alone, DevicesPlan(on=row[None], storage=none)).broken) for row in rows]
        possible.append([row for row, broken in alike if {b.rule for b in broken} <= {"demand", "comfort"}])
    best = np.inf
    for chosen in product(*possible):
        checked = check_devices(
            problem, DevicesPlan(on=np.array(chosen), storage=np.zeros((0, problem.slots)))
        )
        if checked.valid:
            best = min(best, checked.cost)
    return best
