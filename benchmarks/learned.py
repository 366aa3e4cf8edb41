"""Learned schedules of devices beside yesterday's plan, rules, prices alone and the optimiser, on later days.

python -m benchmarks.learned [--days 20] [--teacher 1.5] [--many 100]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.devices import SLOTS, park
from yuanli.scheduling import (
    DEVICES,
    Day,
    Device,
    DevicesProblem,
    Task,
    check_devices,
    fit_plans,
    learned_devices,
    load_plans,
    preview_plan,
    project_plan,
    save_plans,
    score_preview,
    solve_devices,
)
from yuanli.scheduling.devices.learned.model import PlanModel
from yuanli.scheduling.devices.learned.projecting import Preview
from yuanli.solver import Search, Stop, Wish

Floats = NDArray[np.float64]
CHOOSE, TEST, UNSEEN = 3, 5, 5
BUDGETS_S = (0.5, 1.0)
DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A day, planned by the optimiser in its time, with the bound it proved."""

    day: Day
    bound: float
    cost: float


def plant_days(many: int, days: int, *, seed: int, teacher_s: float, peak_price: float) -> list[Solved]:
    """Return days in a row of one plant: demand, prices and tasks differ, each begins in the states of the last."""
    plant = park(many, seed=seed, peak_price=peak_price)
    rng = np.random.default_rng([seed, 1])
    level, found = 1.0, []
    devices = plant.devices
    for number in range(days):
        level = 1.0 + 0.7 * (level - 1.0) + float(rng.normal(0, 0.04))
        weekend = 0.75 if number % 7 >= 5 else 1.0
        problem = replace(
            plant, devices=tuple(_task_of_day(d, rng) if d.task else d for d in devices),
            price=plant.price * np.repeat(rng.uniform(0.92, 1.08, SLOTS // 4), 4),
            zones=tuple(
                replace(z, demand=_demand(z.demand * level * weekend * _noise(rng), _most(plant, z.name)))
                for z in plant.zones
            ),
        )  # fmt: skip
        result = solve_devices(problem, Search(Stop(time_s=None, cpu_s=teacher_s)), Wish(seed=number))
        if result.best is None:
            raise SystemExit(
                f"no plan of day {number} of plant {seed} in {teacher_s:g} CPU s: raise --teacher"
            )
        found.append(
            Solved(
                day=Day(problem=problem, plan=result.best),
                bound=result.bound,
                cost=check_devices(problem, result.best).cost,
            )
        )
        devices = tuple(
            replace(d, on=bool(row[-1]), held=_held(row)) if d.task is None else d
            for d, row in zip(problem.devices, result.best.on, strict=True)
        )
    return found


def _demand(values: Floats, most: float) -> Floats:
    rounded: Floats = np.asarray(np.round(np.minimum(values, most), 1), np.float64)
    return rounded


def _noise(rng: np.random.Generator) -> Floats:
    rough: Floats = np.repeat(rng.uniform(0.94, 1.06, SLOTS // 4), 4)
    smooth: Floats = np.convolve(np.pad(rough, 2, mode="edge"), np.full(5, 0.2), "valid")
    return smooth


def _most(plant: DevicesProblem, zone: str) -> float:
    return 0.72 * sum(d.service for d in plant.devices if d.zone == zone)


def _task_of_day(device: Device, rng: np.random.Generator) -> Device:
    first, slots = int(rng.integers(24, 44)), int(rng.integers(6, 18))
    last = min(first + int(rng.integers(max(24, slots + 4), 44)), SLOTS - 1)
    return replace(device, task=Task(first=first, last=last, slots=slots))


def _held(row: NDArray[np.bool_]) -> int:
    changed = np.flatnonzero(row != row[-1])
    return len(row) - (int(changed[-1]) + 1 if len(changed) else 0)


def by_rule(problem: DevicesProblem) -> Floats:
    """Return states as a plain schedule has them: the devices of least energy first, tasks in the cheapest slots."""
    on = np.zeros((len(problem.devices), problem.slots))
    for zone in problem.zones:
        inside = [i for i, d in enumerate(problem.devices) if d.zone == zone.name and d.service > 0]
        inside.sort(key=lambda i: problem.devices[i].power_kw / problem.devices[i].service)
        given = np.zeros(problem.slots)
        for i in inside:
            on[i] = given < zone.demand
            given += on[i] * problem.devices[i].service
    for i, device in enumerate(problem.devices):
        if device.task is not None:
            window = np.arange(device.task.first, device.task.last + 1)
            cheapest = window[np.argsort(problem.price[window], kind="stable")]
            on[i, cheapest[: device.task.slots]] = 1.0
    return on


def _ruled(problem: DevicesProblem) -> Preview | None:
    return project_plan(problem, by_rule(problem))


def compare(
    name: str, model: PlanModel, days: Sequence[Solved], before: Sequence[Day], budgets_s: Sequence[float]
) -> None:
    """Print what each way makes of days at once, and what the search has after equal seconds of processors."""
    past: list[Day] = list(before)
    at_once: dict[str, list[list[float]]] = {}
    searched: dict[str, list[float]] = {}
    for number, solved in enumerate(days):
        problem, known = solved.day.problem, tuple(past)
        ways: dict[str, Callable[[], Preview | None]] = {
            "learned": partial(preview_plan, model, problem, known),
            "yesterday repaired": partial(project_plan, problem, known[-1].plan.on.astype(np.float64)),
            "rules repaired": partial(_ruled, problem),
        }
        for way, make in ways.items():
            began = time.process_time()
            preview = make()
            cpu_s = time.process_time() - began
            if preview is None:
                raise SystemExit(f"{way}: a device has no states on day {number}")
            score = score_preview(solved.day, preview, cpu_s)
            gap = score.cost / solved.bound - 1
            row = [score.cross_entropy, score.accuracy, score.short, score.broken, gap, cpu_s]
            at_once.setdefault(way, []).append(row)
        equal_s = at_once["learned"][-1][-1]
        kind = learned_devices(DEVICES, model, known)
        for budget_s in (equal_s, *budgets_s) if budgets_s else ():
            label = "equal CPU" if budget_s == equal_s else f"{budget_s:g} s"
            for way, solve in (("optimiser", solve_devices), ("begun from learned", kind.solve)):
                result = solve(problem, Search(Stop(time_s=None, cpu_s=budget_s)), Wish(seed=number))
                none = result.best is None or not check_devices(problem, result.best).valid
                searched.setdefault(f"{way}, {label}", []).append(
                    np.inf if none else result.cost / solved.bound - 1
                )
        past.append(solved.day)
    _print(name, at_once, searched, [one.cost / one.bound - 1 for one in days])


def _print(
    name: str, at_once: dict[str, list[list[float]]], searched: dict[str, list[float]], plans: list[float]
) -> None:
    print(f"\n{name}: {len(plans)} days, the plans learnt from {_told(plans, 100)} % above the bound")
    print(
        "way | cross-entropy | accuracy % | slots short before repair % | rules broken | above bound % | CPU s"
    )
    for way, rows in at_once.items():
        table = np.array(rows)
        cells = [_told(table[:, k], scale) for k, scale in enumerate((1, 100, 100, 1, 100, 1))]
        print(" | ".join([way, *cells]), flush=True)
    if searched:
        print("search | above bound % | days without a plan")
    for way, gaps in searched.items():
        there = [gap for gap in gaps if np.isfinite(gap)]
        print(f"{way} | {_told(there, 100) if there else '–'} | {len(gaps) - len(there)}", flush=True)
    for label in dict.fromkeys(way.split(", ")[1] for way in searched):
        pairs = zip(searched[f"begun from learned, {label}"], searched[f"optimiser, {label}"], strict=True)
        less = [one - other for one, other in pairs if np.isfinite(one) and np.isfinite(other)]
        if less:
            print(f"begun from learned less optimiser, {label}: {_told(less, 100)} points")


def _told(values: Sequence[float] | Floats, scale: float) -> str:
    """Return a mean and its 95 % interval by drawing days again."""
    values = np.asarray(values, np.float64) * scale
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (DRAWS, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{values.mean():.3g} ({low:.3g}–{high:.3g})"


def main() -> None:
    """Learn from the first days of a plant; measure on its last, and on a plant that was never seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--many", type=int, default=100)
    parser.add_argument(
        "--teacher", type=float, default=1.5, help="CPU seconds of the plans that are learnt from"
    )
    args = parser.parse_args()
    began = time.process_time()
    solve_devices(park(20, seed=0, peak_price=1.0), Search(Stop(time_s=None, cpu_s=60, rounds=700)))
    print(f"compiled, CPU {time.process_time() - began:.0f} s", flush=True)
    own = plant_days(args.many, args.days, seed=11, teacher_s=args.teacher, peak_price=1.3)
    other = plant_days(args.many, UNSEEN, seed=12, teacher_s=args.teacher, peak_price=1.3)
    print(f"days planned, CPU {time.process_time() - began:.0f} s", flush=True)
    learnt = [one.day for one in own[: args.days - TEST]]
    for candidates, budgets_s in ((("line", "trees"), BUDGETS_S), (("line",), ())):
        model = fit_plans([learnt], candidates=candidates, choose=CHOOSE)
        with TemporaryDirectory() as folder:
            save_plans(Path(folder), model, data="benchmark", code="")
            model = load_plans(Path(folder))
        told = ", ".join(f"{kind} {value:.4f}" for kind, value in model.validation.items())
        print(f"\nlearnt {model.kind} from {model.days} days, {told}, lean {model.lean}, ", end="")
        print(f"CPU {time.process_time() - began:.0f} s", flush=True)
        compare(f"{model.kind}, later days", model, own[args.days - TEST :], learnt, budgets_s)
        compare(f"{model.kind}, unseen plant", model, other[1:], [other[0].day], budgets_s)


if __name__ == "__main__":
    main()
