"""Devices on and off: the published instances and larger ones like them, beside HiGHS, CP-SAT and EMHASS's model.

python -m benchmarks.devices [--data ../shared/data/optimisation] [--seeds 3] [--only site1000,…] [--rivals 60]
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.sparse import coo_array, csr_array

from yuanli.errors import InvalidInputError
from yuanli.scheduling import (
    DEVICES,
    Climate,
    Device,
    DevicesPlan,
    DevicesProblem,
    Task,
    Zone,
    check_devices,
    parse_devices,
    solve_devices,
)
from yuanli.solver import Milp, Result, Search, Stop, Wish, count_changes, solve_cpsat, solve_milp

Floats = NDArray[np.float64]
TARIFF = np.repeat([0.32, 0.68, 1.05, 0.68, 1.05, 1.22, 1.05, 0.68], [32, 12, 8, 8, 12, 12, 4, 8])
SLOTS = 96
CASES = {
    "site20": 2.0, "site100": 5.0, "site100peak": 5.0, "site400": 10.0, "site1000": 10.0, "site1000peak": 10.0,
    "site10000": 100.0, "zone100": 30.0,
}  # fmt: skip
FILES = {
    "site20": "dev_site_20_dc0_s1", "site100": "dev_site_100_dc0_s1", "site100peak": "dev_site_100_dc1_s1",
    "site400": "dev_site_400_dc0_s1", "zone100": "dev_zone_100_dc0_s1",
}  # fmt: skip


def park(many: int, *, seed: int, per_zone: int = 150, peak_price: float = 0.0) -> DevicesProblem:
    """Return a problem like the published ones: a quarter are cars, the rest serve zones."""
    rng = np.random.default_rng(seed)
    cars = many // 4
    zones = max(1, (many - cars) // per_zone)
    devices = []
    for i in range(many):
        if i < cars:
            first, slots = int(rng.integers(24, 44)), int(rng.integers(6, 18))
            last = first + int(rng.integers(max(24, slots + 4), 44))
            devices.append(
                Device(
                    name=f"car{i}", power_kw=float(rng.choice([7.0, 11.0, 22.0])), min_up=4, min_down=2, start_cost=0.5,
                    task=Task(first=first, last=min(last, SLOTS - 1), slots=slots), held=int(rng.integers(2, 12)),
                )
            )  # fmt: skip
            continue
        power = round(float(rng.uniform(3, 60)), 1)
        devices.append(
            Device(
                name=f"device{i}", power_kw=power, service=round(power * float(rng.uniform(0.75, 1.25)), 1),
                zone=f"zone{rng.integers(zones)}", min_up=int(rng.integers(2, 9)), min_down=int(rng.integers(1, 7)),
                start_cost=round(power * float(rng.uniform(0.2, 1.0)), 2), on=bool(rng.random() < 0.24),
                held=int(rng.integers(1, 12)), target=[None, False, True][rng.choice(3, p=[0.45, 0.37, 0.18])],
            )
        )  # fmt: skip
    day = np.clip(np.sin((np.arange(SLOTS) - 20) / 60 * np.pi), 0, 0.75) / 0.75 * (np.arange(SLOTS) > 20)
    total = dict.fromkeys((f"zone{z}" for z in range(zones)), 0.0)
    for device in devices:
        if device.zone is not None:
            total[device.zone] += device.service
    noise = np.repeat(rng.uniform(0.95, 1.05, (zones, SLOTS // 4)), 4, axis=1)
    served = tuple(
        Zone(name=name, demand=np.round(0.95 * sum_ * (0.155 + 0.5 * day) * noise[z], 1))
        for z, (name, sum_) in enumerate(total.items())
    )
    limit = 0.69 * sum(d.power_kw for d in devices)
    return DevicesProblem(
        slots=SLOTS, slot_h=0.25, price=TARIFF, devices=tuple(devices), zones=served, limit_kw=np.full(SLOTS,
        round(limit)),
        peak_price=peak_price,
    )  # fmt: skip


def case(name: str, data: Path, seed: int) -> DevicesProblem | None:
    """Return a published instance, or one like it."""
    if name in FILES:
        path = data / "device_onoff" / f"{FILES[name]}.json.gz"
        return parse_devices(path.read_bytes(), path.name) if path.is_file() else None
    peak = 1.3 if name.endswith("peak") else 0.0
    return park(int(name.removeprefix("site").removesuffix("peak")), seed=seed, peak_price=peak)


def emhass_loads(many: int, data: Path, *, seed: int) -> DevicesProblem:
    """Return deferrable loads like EMHASS's two, with its tariff, sun and base load scaled to their number."""
    rng = np.random.default_rng(seed)
    with (data / "emhass" / "opt_res_latest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    column = {
        name: np.array([float(row[name]) for row in rows])
        for name in ("P_PV", "P_Load", "unit_load_cost", "unit_prod_price")
    }
    devices = tuple(
        Device(
            name=f"load{i}", power_kw=(3.0, 0.75)[i % 2] * float(rng.uniform(0.7, 1.3)),
            task=Task(first=int(rng.integers(0, 12)), last=int(rng.integers(30, 48)), slots=int(rng.integers(4, 17))),
        )
        for i in range(many)
    )  # fmt: skip
    n = len(rows)
    return DevicesProblem(
        slots=n, slot_h=0.5, price=column["unit_load_cost"], feed_in=column["unit_prod_price"],
        base_kw=column["P_Load"] * many / 2000, solar_kw=column["P_PV"] * many / 2000,
        devices=tuple(replace(d, task=replace(d.task, last=min(d.task.last, n - 1))) for d in devices if d.task),
    )  # fmt: skip


def milp_of(problem: DevicesProblem) -> Milp:
    """Return the usual model: on, started, with least times as Rajan and Takriti (2005); bought and fed in; the
    peak."""
    n, many = problem.slots, len(problem.devices)
    on = np.arange(many * n).reshape(many, n)
    start = on + many * n
    bought, fed, peak = 2 * many * n + np.arange(n), 2 * many * n + n + np.arange(n), 2 * many * n + 2 * n
    rows: list[tuple[list[int], list[float], float, float]] = []
    low, high = np.zeros(peak + 1), np.concatenate([np.ones(2 * many * n), np.full(2 * n + 1, 1e9)])
    for i, device in enumerate(problem.devices):
        before = float(device.on)
        for t in range(n):
            if t == 0:
                rows.append(([start[i, 0], on[i, 0]], [1, -1], -before, np.inf))
            else:
                rows.append(([start[i, t], on[i, t], on[i, t - 1]], [1, -1, 1], 0, np.inf))
            back = list(start[i, max(0, t - device.min_up + 1) : t + 1])
            rows.append(([*back, on[i, t]], [1.0] * len(back) + [-1], -np.inf, 0))
            back = list(start[i, max(0, t - device.min_down + 1) : t + 1])
            if t >= device.min_down:
                rows.append(([*back, on[i, t - device.min_down]], [1.0] * (len(back) + 1), -np.inf, 1))
            elif t == device.min_down - 1:
                rows.append((back, [1.0] * len(back), -np.inf, 1 - before))
        left = max(0, (device.min_up if device.on else device.min_down) - device.held)
        (low if device.on else high)[on[i, :left]] = before
        if device.target is not None:
            low[on[i, -1]] = high[on[i, -1]] = float(device.target)
        if device.task is not None:
            high[on[i, : device.task.first]] = high[on[i, device.task.last + 1 :]] = 0
            rows.append((list(on[i]), [1.0] * n, device.task.slots, device.task.slots))
    power = [d.power_kw for d in problem.devices]
    base = np.zeros(n) if problem.base_kw is None else problem.base_kw
    base = base - (0.0 if problem.solar_kw is None else problem.solar_kw)
    for t in range(n):
        rows.append(([*on[:, t], bought[t], fed[t]], [*power, -1, 1], -base[t], -base[t]))
        if problem.limit_kw is not None:
            rows.append(([bought[t]], [1], -np.inf, problem.limit_kw[t]))
        if problem.peak_price:
            rows.append(([bought[t], peak], [1, -1], -np.inf, 0))
        for zone in problem.zones:
            inside = [i for i, d in enumerate(problem.devices) if d.zone == zone.name]
            rows.append(
                (list(on[inside, t]), [problem.devices[i].service for i in inside], zone.demand[t], np.inf)
            )
    paid = np.zeros(n) if problem.feed_in is None else problem.feed_in
    cost = np.concatenate([
        np.zeros(many * n), np.repeat([d.start_cost for d in problem.devices], n), problem.price * problem.slot_h,
        -paid * problem.slot_h, [problem.peak_price],
    ])  # fmt: skip
    at = np.repeat(np.arange(len(rows)), [len(r[0]) for r in rows])
    columns = np.concatenate([np.array(r[0], np.int64) for r in rows])
    values = np.concatenate([np.array(r[1], float) for r in rows])
    return Milp(
        cost=cost, low=low, high=high, integer=np.arange(len(cost)) < many * n,
        rows=csr_array(coo_array((values, (at, columns)), shape=(len(rows), len(cost)))),
        row_low=np.array([r[2] for r in rows]), row_high=np.array([r[3] for r in rows]),
    )  # fmt: skip


def by_cpsat(problem: DevicesProblem, cpu_s: float) -> Result[int]:
    """Solve the same model with CP-SAT, in thousandths."""
    milp, model = milp_of(problem), cp_model.CpModel()
    scale = 1000
    xs = [
        model.new_int_var(round(low), round(min(high, 1e7)) if whole else round(min(high * scale, 1e9)), "")
        if whole or i >= int(milp.integer.sum()) * 2 else model.new_int_var(0, 1, "")
        for i, (low, high, whole) in enumerate(zip(milp.low, milp.high, milp.integer, strict=True))
    ]  # fmt: skip
    binaries = 2 * int(milp.integer.sum())
    for r in range(milp.rows.shape[0]):
        part = slice(milp.rows.indptr[r], milp.rows.indptr[r + 1])
        terms = [
            (round(v * scale) if j < binaries else round(v), xs[j])
            for j, v in zip(milp.rows.indices[part], milp.rows.data[part], strict=True)
        ]
        total = sum(v * x for v, x in terms)
        if np.isfinite(milp.row_low[r]):
            model.add(total >= round(milp.row_low[r] * scale))
        if np.isfinite(milp.row_high[r]):
            model.add(total <= round(milp.row_high[r] * scale))
    model.minimize(sum((c if j < binaries else c / scale) * xs[j] for j, c in enumerate(milp.cost) if c))
    return solve_cpsat(model, Search(Stop(time_s=None, cpu_s=cpu_s)), lambda value: 0)


def ours(
    problem: DevicesProblem, cpu_s: float, seed: int, wish: Wish[DevicesPlan] | None = None
) -> Result[DevicesPlan]:
    """Solve, and check."""
    result = solve_devices(problem, Search(Stop(time_s=None, cpu_s=cpu_s)), wish or Wish(seed=seed))
    assert result.best is None or check_devices(problem, result.best).valid
    return result


def cooled(zones: int, *, seed: int) -> DevicesProblem:
    """Return offices kept comfortable by three chillers each on a hot day: pre-cooling pays."""
    rng = np.random.default_rng(seed)
    at = np.arange(SLOTS)
    climate = Climate(
        temp_c=25.0, outdoor_c=30 + 5 * np.sin((at - 36) / SLOTS * 2 * np.pi),
        gains_kw=np.where((at >= 32) & (at < 72), 1.75, 1.0),
        resistance_c_per_kw=2.0, capacity_kwh_per_c=4.0, low_c=np.full(SLOTS, 21.0),
        high_c=np.where((at >= 34) & (at < 72), 25.0, 28.0),
    )  # fmt: skip
    devices = tuple(
        Device(
            name=f"chiller{z}.{k}", zone=f"office{z}", power_kw=float(rng.uniform(1, 2)),
            heat_kw=-float(rng.uniform(3, 5)), min_up=3, min_down=2, start_cost=0.1,
        )
        for z in range(zones) for k in range(3)
    )  # fmt: skip
    places = tuple(Zone(name=f"office{z}", demand=np.zeros(SLOTS), climate=climate) for z in range(zones))
    return DevicesProblem(slots=SLOTS, slot_h=0.25, price=TARIFF, devices=devices, zones=places)


def few_changes(data: Path, seeds: int) -> None:
    """Change 5 % of the demands and allow 10 % of the devices to change; compare with a plan from scratch."""
    for name in ("site100", "site400", "zone100"):
        problem = case(name, data, 0)
        if problem is None:
            continue
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            start = ours(problem, 5.0, seed).best
            zones = []
            for zone in problem.zones:
                factor = np.where(rng.random(SLOTS) < 0.05, rng.uniform(0.9, 1.1, SLOTS), 1.0)
                zones.append(replace(zone, demand=zone.demand * factor))
            changed = replace(problem, zones=tuple(zones))
            most = len(problem.devices) // 10
            again = ours(changed, 5.0, seed, Wish(seed=seed, start=start, max_changes=most))
            fresh = ours(changed, 10.0, seed)
            if again.best is None or start is None:
                print(f"{name} seed {seed}: no plan within {most} changes")
                continue
            many = count_changes(DEVICES.rows(problem, start), DEVICES.rows(changed, again.best))
            more = again.cost / fresh.cost - 1
            print(
                f"{name} seed {seed}: {many} of {len(problem.devices)} changed, cost {more:+.2%}", flush=True
            )


def beside_rivals(data: Path, cpu_s: float) -> None:
    """Solve the same problems with HiGHS, CP-SAT and ours for the same time of a processor."""
    for name in ("site100", "site100peak", "zone100"):
        problem = case(name, data, 0)
        if problem is None:
            continue
        results: dict[str, Result[DevicesPlan] | Result[Floats] | Result[int]] = {
            "ours": ours(problem, cpu_s, 0),
            "HiGHS": solve_milp(milp_of(problem), Search(Stop(time_s=None, cpu_s=cpu_s))),
            "CP-SAT": by_cpsat(problem, cpu_s),
        }
        said = (f"{who} {r.cost:,.1f} ({r.gap:.2%}) in {r.cpu_s:.0f} s" for who, r in results.items())
        print(f"{name}, {cpu_s:g} s: {', '.join(said)}", flush=True)


def growth(sizes: Sequence[int] = (100, 1_000, 10_000), most_cpu_s: float = 100.0) -> None:
    """Print processor seconds to a gap of 1 % and for 200 rounds (steps of the prices), and memory, by devices."""
    for many in sizes:
        problem = park(many, seed=0)
        fixed = solve_devices(problem, Search(Stop(time_s=None, rounds=200)), Wish(seed=0))
        near = solve_devices(problem, Search(Stop(time_s=None, cpu_s=most_cpu_s, gap=0.01)), Wish(seed=0))
        memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{many} devices: 200 rounds {fixed.cpu_s:.2f} s ({fixed.cpu_s / many * 1e3:.2f} ms a device, gap "
            f"{fixed.gap:.2%}); to a gap of {near.gap:.2%} {near.cpu_s:.2f} s; at most {memory_mb:.0f} MiB so far",
            flush=True,
        )
    document = {"slots": SLOTS, "price": 1.0, "devices": [{"name": "a", "power_kw": 1.0}] * 1_000_000}
    data, began = json.dumps(document).encode(), time.process_time()
    try:
        parse_devices(data, "million.json")
    except InvalidInputError as error:
        print(f"1,000,000 devices: refused in {time.process_time() - began:.2f} s: {error}", flush=True)


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/optimisation"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument(
        "--rivals", type=float, default=60.0, help="CPU seconds of the other solvers; 0 leaves them out"
    )
    args = parser.parse_args()
    wanted = set(filter(None, args.only.split(",")))
    warm = park(40, seed=0)
    ours(warm, 3.0, 0)
    for name, cpu_s in CASES.items():
        if wanted and name not in wanted:
            continue
        results = []
        for seed in range(args.seeds if name != "site10000" else 1):
            problem = case(name, args.data, seed)
            if problem is not None:
                results.append(ours(problem, cpu_s, seed))
        if results:
            cost, bound, gap = (
                np.mean([getattr(r, field) for r in results]) for field in ("cost", "bound", "gap")
            )
            worst = max(r.gap for r in results)
            print(
                f"{name}: {cpu_s:g} s, cost {cost:,.1f}, bound {bound:,.1f}, gap {gap:.2%}, worst {worst:.2%}",
                flush=True,
            )
    for many in (3, 30) if not wanted or "cooled" in wanted else ():
        result = ours(cooled(many, seed=0), 10.0, 0)
        print(
            f"cooled{many}: cost {result.cost:,.2f}, bound {result.bound:,.2f}, gap {result.gap:.2%}",
            flush=True,
        )
    if (args.data / "emhass").is_dir():
        for many, cpu_s in ((50, 0.5), (200, 1.0), (1000, 3.0)):
            if wanted and f"emhass{many}" not in wanted:
                continue
            for seed in range(args.seeds):
                problem = emhass_loads(many, args.data, seed=seed)
                result, line = ours(problem, cpu_s, seed), ""
                if args.rivals:
                    began = time.process_time()
                    rival = solve_milp(milp_of(problem), Search(Stop(time_s=None, cpu_s=args.rivals)))
                    took_s = time.process_time() - began
                    line = f"; its model in HiGHS {rival.cost:.3f} ({rival.gap:.3%}) in {took_s:.1f} s"
                print(
                    f"emhass{many} seed {seed}: {result.cost:.3f} ({result.gap:.3%}) in {result.cpu_s:.2f} s{line}",
                    flush=True,
                )
    if args.rivals and (not wanted or "rivals" in wanted):
        beside_rivals(args.data, args.rivals)
    if not wanted or "growth" in wanted:
        growth()
    if not wanted or "changes" in wanted:
        few_changes(args.data, args.seeds)


if __name__ == "__main__":
    main()
