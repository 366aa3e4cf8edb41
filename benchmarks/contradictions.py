"""Contradictions of devices: how long it takes to name a minimal set of rules, for each kind of them in a large park.

python -m benchmarks.contradictions [--devices 1000 10000] [--per-zone 12 150] [--only demand …]

Processor seconds from the request to the answer as people get it, of a search of ten seconds; then what it named.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from benchmarks.devices import SLOTS, park
from yuanli.operations import warm_up
from yuanli.scheduling import DEVICES, Climate, Device, DevicesPlan, DevicesProblem, Order, Storage, Task
from yuanli.solver import Search, Status, Stop, Wish, make_plan

Case = tuple[DevicesProblem, Wish[DevicesPlan]]


def main() -> None:
    """Print a line for each kind of contradiction."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--per-zone", type=int, nargs="*", default=[12, 150])
    parser.add_argument("--only", nargs="*", default=[])
    args = parser.parse_args()
    warm_up("devices")
    for many in args.devices:
        for per_zone in args.per_zone:
            whole = free(park(many, seed=0, per_zone=per_zone))
            for name, make in CASES.items():
                if not args.only or name in args.only:
                    problem, wish = make(whole)
                    print(f"{many:6} {per_zone:4} {name:32} {told(problem, wish)}", flush=True)


def told(problem: DevicesProblem, wish: Wish[DevicesPlan]) -> str:
    """Return how long the answer took, and what it says."""
    began, clock = time.process_time(), time.monotonic()
    plan = make_plan(DEVICES, problem, Search(Stop(time_s=10.0)), wish)
    cpu_s, clock_s = time.process_time() - began, time.monotonic() - clock
    said = " | ".join(text.en for text in plan.conflicts)
    wrong = "" if plan.status is Status.INFEASIBLE else f" {plan.status}!"
    return f"{cpu_s:5.2f} s ({clock_s:.2f}){wrong} {len(plan.conflicts)}: {said[:300]}"


def served(problem: DevicesProblem, name: str = "zone3") -> list[Device]:
    """Return the devices of a zone."""
    return [one for one in problem.devices if one.zone == name]


def with_devices(problem: DevicesProblem, changed: Mapping[str, Device]) -> DevicesProblem:
    """Return the problem with some devices changed."""
    return replace(problem, devices=tuple(changed.get(one.name, one) for one in problem.devices))


def with_zone(problem: DevicesProblem, **fields: object) -> DevicesProblem:
    """Return the problem with a zone changed."""
    return replace(
        problem, zones=tuple(replace(z, **fields) if z.name == "zone3" else z for z in problem.zones)  # type: ignore[arg-type]
    )  # fmt: skip


def at(slots: range, value: float, other: float) -> np.ndarray:
    """Return a series with a value in some slots."""
    values = np.full(SLOTS, other)
    values[slots.start : slots.stop] = value
    return values


def demand(problem: DevicesProblem) -> Case:
    """A zone needs more than all its devices give."""
    most = sum(one.service for one in served(problem))
    return with_zone(problem, demand=at(range(50, 52), 1.01 * most, 0.0)), Wish()


def zone_limit(problem: DevicesProblem) -> Case:
    """A zone's power is too little for its demand."""
    return with_zone(problem, limit_kw=at(range(60, 64), 1.0, 1e6)), Wish()


def site_limit(problem: DevicesProblem) -> Case:
    """The site's power is too little for the demands of all zones: many rules."""
    return replace(
        problem, limit_kw=at(range(50, 52), 0.2 * sum(d.power_kw for d in problem.devices), 1e9)
    ), Wish()


def base_load(problem: DevicesProblem) -> Case:
    """What is not decided here is above the limit alone."""
    return replace(problem, base_kw=at(range(50, 52), 1e7, 0.0)), Wish()


def least_times(problem: DevicesProblem) -> Case:
    """Least times on reach into slots in which a zone's power is short."""
    changed = {one.name: replace(one, min_up=16) for one in served(problem)}
    most = sum(one.service for one in served(problem))
    power = sum(one.power_kw for one in served(problem))
    limit = np.where(np.isin(np.arange(SLOTS), (45, 58)), 0.3 * power, 1e6)
    return with_zone(
        with_devices(problem, changed), demand=at(range(50, 52), 0.8 * most, 0.0), limit_kw=limit,
    ), Wish()  # fmt: skip


def few_of_a_pair(problem: DevicesProblem) -> Case:
    """A zone needs nearly all its devices, of which two exclude each other."""
    one, other, *_ = sorted(served(problem), key=lambda d: -d.service)
    most = sum(d.service for d in served(problem))
    return replace(
        with_zone(problem, demand=at(range(50, 52), most - 0.5 * other.service, 0.0)),
        exclusions=((one.name, other.name),),
    ), Wish()  # fmt: skip


def need(problem: DevicesProblem) -> Case:
    """A device that is locked on needs one that is locked off, over two others."""
    names = [one.name for one in served(problem)][:4]
    ones = {one.name: one for one in served(problem)}
    changed = {
        names[0]: replace(ones[names[0]], must_be_on=frozenset({40}), held=250),
        names[3]: replace(ones[names[3]], must_be_off=frozenset({40}), held=250),
    }
    return replace(with_devices(problem, changed), needs=tuple(pairwise(names))), Wish()


def cars(problem: DevicesProblem, many: int, task: Task) -> dict[str, Device]:
    """Return the first cars with another task."""
    return {
        one.name: replace(one, task=task, min_up=1, min_down=1, held=250)
        for one in [d for d in problem.devices if d.task is not None][:many]
    }


def precedence(problem: DevicesProblem) -> Case:
    """Tasks one after another take longer than the day."""
    changed = cars(problem, 6, Task(first=20, last=60, slots=8))
    names = list(changed)
    orders = tuple(Order(before=a, after=b, lag=1) for a, b in pairwise(names))
    return replace(with_devices(problem, changed), orders=orders), Wish()


def exclusion(problem: DevicesProblem) -> Case:
    """Tasks that exclude each other need more slots than there are."""
    changed = cars(problem, 6, Task(first=20, last=60, slots=8))
    return replace(with_devices(problem, changed), exclusions=(tuple(changed),)), Wish()


def charging(problem: DevicesProblem) -> Case:
    """Cars need more energy in their windows than the limit of the site leaves."""
    changed = cars(problem, len(problem.devices), Task(first=40, last=59, slots=12))
    free = with_devices(problem, changed)
    free = replace(free, zones=tuple(replace(z, demand=np.zeros(SLOTS)) for z in free.zones))
    power = sum(d.power_kw for d in changed.values())
    return replace(free, limit_kw=at(range(40, 60), 0.5 * power, 1e9)), Wish()


def short_window(problem: DevicesProblem) -> Case:
    """A car needs longer than its window."""
    changed = cars(problem, 1, Task(first=40, last=44, slots=8))
    return with_devices(problem, changed), Wish()


def maintenance(problem: DevicesProblem) -> Case:
    """A device is locked off for maintenance while its task is due."""
    name, car = next(iter(cars(problem, 1, Task(first=40, last=50, slots=8)).items()))
    return with_devices(problem, {name: replace(car, must_be_off=frozenset(range(44, 49)))}), Wish()


def maintenance_of_a_zone(problem: DevicesProblem) -> Case:
    """Maintenance of a few devices leaves a zone short."""
    zone = next(z for z in problem.zones if z.name == "zone3")
    off, left = {}, sum(d.service for d in served(problem))
    for one in served(problem):
        if left >= zone.demand[50]:
            off[one.name] = replace(
                one, must_be_off=frozenset(range(48, 56)), must_be_on=frozenset(), held=250
            )
            left -= one.service
    return with_devices(problem, off), Wish()


def held(problem: DevicesProblem) -> Case:
    """What is left of a least time is against a locked state."""
    one = next(d for d in problem.devices if d.zone is not None)
    changed = replace(one, on=True, min_up=8, held=2, must_be_off=frozenset({3}))
    return with_devices(problem, {one.name: changed}), Wish()


def target(problem: DevicesProblem) -> Case:
    """A target is against the least times around a locked state."""
    one = next(d for d in problem.devices if d.zone is not None)
    last = SLOTS - 1
    changed = replace(
        one, target=True, min_down=8, must_be_on=frozenset({last - 6}), must_be_off=frozenset({last - 3})
    )
    return with_devices(problem, {one.name: changed}), Wish()


def ramp(problem: DevicesProblem) -> Case:
    """Demands step up faster than the power may."""
    return replace(problem, ramp_kw=5.0), Wish()


def air(problem: DevicesProblem, **fields: object) -> DevicesProblem:
    """Return the problem in which a zone is kept comfortable by its devices on a hot day."""
    climate = Climate(
        temp_c=24.0, outdoor_c=np.full(SLOTS, 34.0), gains_kw=np.full(SLOTS, 2.0), resistance_c_per_kw=2.0,
        capacity_kwh_per_c=4.0, high_c=np.full(SLOTS, 26.0),
    )  # fmt: skip
    ones = served(problem)
    changed = {one.name: replace(one, heat_kw=-20.0 / len(ones), service=0.0) for one in ones}
    return with_devices(with_zone(problem, demand=np.zeros(SLOTS), climate=climate, **fields), changed)


def comfort(problem: DevicesProblem) -> Case:
    """All that may cool at once does not cool enough."""
    cooled = air(problem)
    ones = served(cooled)
    changed = {one.name: replace(one, heat_kw=-3.0 / len(ones)) for one in ones}
    return with_devices(cooled, changed), Wish()


def comfort_against_a_limit(problem: DevicesProblem) -> Case:
    """A zone's power is too little to keep it comfortable."""
    power = sum(d.power_kw for d in served(problem))
    return air(problem, limit_kw=np.full(SLOTS, 0.1 * power)), Wish()


def storage(problem: DevicesProblem) -> Case:
    """A battery can't be as full as it is to be in the end."""
    battery = Storage(name="battery", capacity=1e4, charge_kw=10, discharge=10, target=9e3)
    return replace(problem, storages=(battery,)), Wish()


def storage_against_a_limit(problem: DevicesProblem) -> Case:
    """A battery could be full in time, but not within the site's limit."""
    assert problem.limit_kw is not None
    most = float(problem.limit_kw[0])
    battery = Storage(name="battery", capacity=40 * most, charge_kw=2 * most, discharge=10, target=30 * most)
    return replace(problem, storages=(battery,)), Wish()


def ice(problem: DevicesProblem) -> Case:
    """A zone lives from its ice, which does not last."""
    dark = frozenset(range(60, 80))
    off = {one.name: replace(one, must_be_off=dark, held=250, target=None) for one in served(problem)}
    most = sum(one.service for one in served(problem))
    tank = Storage(name="ice", capacity=most, charge_kw=most, discharge=most, zone="zone3")
    return replace(
        with_zone(with_devices(problem, off), demand=at(range(60, 80), 0.4 * most, 0.0)), storages=(tank,)
    ), Wish()  # fmt: skip


def locks(problem: DevicesProblem) -> Case:
    """Devices are locked to a plan that leaves a zone short."""
    start = DevicesPlan(on=np.zeros((len(problem.devices), SLOTS), np.bool_), storage=np.zeros((0, SLOTS)))
    return problem, Wish(start=start, locked=frozenset(one.name for one in served(problem)))


def changes(problem: DevicesProblem) -> Case:
    """More must change than may."""
    start = DevicesPlan(on=np.zeros((len(problem.devices), SLOTS), np.bool_), storage=np.zeros((0, SLOTS)))
    return problem, Wish(start=start, max_changes=5)


def free(problem: DevicesProblem) -> DevicesProblem:
    """Return the problem in which devices of zones have no states of before to keep."""
    ones = {
        d.name: replace(d, held=250, on=False, target=None) for d in problem.devices if d.zone is not None
    }
    return with_devices(problem, ones)


def possible(problem: DevicesProblem) -> Case:
    """Nothing contradicts itself."""
    return problem, Wish()


CASES: Mapping[str, Callable[[DevicesProblem], Case]] = {
    make.__name__: make
    for make in (
        demand, zone_limit, site_limit, base_load, least_times, few_of_a_pair, need, precedence, exclusion, charging,
        short_window, maintenance, maintenance_of_a_zone, held, target, ramp, comfort, comfort_against_a_limit, storage,
        storage_against_a_limit, ice, locks, changes,
    )
}  # fmt: skip


if __name__ == "__main__":
    main()
