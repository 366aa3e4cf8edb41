"""Office space allocation: the instances of the University of Nottingham beside the reference totals.

python -m benchmarks.spaces [--data ../shared/data/optimisation/osa] [--cpu 10] [--seeds 3] [--only NAME,…] [--replan]

With `--replan`, 5 % of the inputs are changed instead, and a plan that had four times as long is mended by
`replan_spaces`: in daily use today's plan is a good one.
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
from dataclasses import dataclass, replace
from pathlib import Path

from yuanli.planning import SpacePlan, SpaceProblem, check_spaces, parse_spaces, replan_spaces, solve_spaces
from yuanli.solver import Search, Stop, Wish

START, SHARE = 4, 0.05
"""How much longer the plan that is mended was searched, and the share of the inputs that changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """How a plan was mended: share of the assignments that changed, cost beside the best of all runs, less 1."""

    changed: float
    extra: float
    cost: float
    free: tuple[float, float]


def changed(problem: SpaceProblem, share: float, seed: int) -> SpaceProblem:
    """Return the problem with a share of its needs and of its rooms another by up to a fifth."""
    rng = random.Random(seed)
    entities, rooms = list(problem.entities), list(problem.rooms)
    for i in rng.sample(range(len(entities)), round(share * len(entities))):
        entities[i] = replace(entities[i], need_m2=round(entities[i].need_m2 * rng.uniform(0.8, 1.2), 1))
    for i in rng.sample(range(len(rooms)), round(share * len(rooms))):
        rooms[i] = replace(rooms[i], capacity_m2=round(rooms[i].capacity_m2 * rng.uniform(0.8, 1.2), 1))
    return replace(problem, entities=tuple(entities), rooms=tuple(rooms))


def replanned(
    problem: SpaceProblem, start: SpacePlan, stop: Stop, *, seed: int, share: float = SHARE
) -> Replanned:
    """Change a share of the inputs, mend the plan with at most a tenth of it changed, and solve anew beside it.

    What it costs more is told against the better of two plans of as much time each without a limit of changes: one from
    the start, one from nothing.
    """
    other = changed(problem, share, seed)
    most = len(problem.entities) // 10
    mended = replan_spaces(other, Search(stop), Wish(seed=seed, start=start, max_changes=most))
    assert mended.best is not None
    checked = check_spaces(other, mended.best)
    assert checked.valid
    from_nothing, from_start = (
        solve_spaces(other, Search(stop), wish).cost
        for wish in (Wish(seed=seed), Wish(seed=seed, start=start))
    )
    pairs = [
        (a, b)
        for new, old in zip(mended.best.rooms, start.rooms, strict=True)
        for a, b in zip(new, old, strict=True)
    ]
    return Replanned(
        changed=sum(a != b for a, b in pairs) / len(pairs),
        extra=checked.cost / min(from_nothing, from_start) - 1,
        cost=checked.cost,
        free=(from_nothing, from_start),
    )


def compare(problems: dict[str, SpaceProblem], reference: dict[str, float], stop: Stop, seeds: int) -> None:
    """Print each instance's costs by seed beside the reference."""
    ratios, spreads = [], []
    print("| instance | reference | mean | seeds | ratio | spread | bound |")
    print("|---|---|---|---|---|---|---|")
    for name, problem in problems.items():
        results = [solve_spaces(problem, Search(stop), Wish(seed=seed)) for seed in range(1, seeds + 1)]
        checks = [check_spaces(problem, result.best) for result in results if result.best is not None]
        assert len(checks) == len(results)
        assert all(checked.valid for checked in checks)
        costs = [checked.cost for checked in checks]
        mean = statistics.mean(costs)
        ratios.append(mean / reference[name])
        spreads.append((max(costs) - min(costs)) / mean)
        print(
            f"| {name} | {reference[name]} | {mean:.1f} | {' '.join(f'{cost:.1f}' for cost in costs)} "
            f"| {ratios[-1]:.3f} | {spreads[-1]:.1%} | {max(result.bound for result in results):.1f} |",
            flush=True,
        )
    print(
        f"mean ratio {statistics.mean(ratios):.3f}, at worst {max(ratios):.3f}; "
        f"spread {statistics.mean(spreads):.1%}, at worst {max(spreads):.1%}"
    )


def mend(problems: dict[str, SpaceProblem], stop: Stop, seeds: int) -> None:
    """Print how plans are mended after changes, one line for each seed of them."""
    print(
        "| instance | changes of seed | old plan | mended | free: from nothing, from the old | changed | extra |"
    )
    print("|---|---|---|---|---|---|---|")
    longer = Stop(time_s=None, cpu_s=START * (stop.cpu_s or 0.0))
    for name, problem in problems.items():
        start = solve_spaces(problem, Search(longer), Wish(seed=1)).best
        assert start is not None
        for seed in range(1, seeds + 1):
            found = replanned(problem, start, stop, seed=seed)
            old = check_spaces(changed(problem, SHARE, seed), start)
            print(
                f"| {name} | {seed} | {old.cost:.1f}{'' if old.valid else ' (breaks rules)'} | {found.cost:.1f} | "
                f"{found.free[0]:.1f}, {found.free[1]:.1f} | {found.changed:.1%} | {found.extra:+.2%} |",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/optimisation/osa"))
    parser.add_argument("--cpu", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--replan", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"no data at {options.data}")
        return
    table = (options.data / "reference.csv").read_text("utf-8").splitlines()
    reference = {row["instance"]: float(row["best_total_found"]) for row in csv.DictReader(table)}
    names = options.only.split(",") if options.only else list(reference)
    problems = {name: parse_spaces((options.data / f"{name}.txt").read_bytes(), name) for name in names}
    solve_spaces(problems[names[0]], Search(Stop(time_s=None, rounds=2)))
    stop = Stop(time_s=None, cpu_s=options.cpu)
    if options.replan:
        mend(problems, stop, options.seeds)
    else:
        compare(problems, reference, stop, options.seeds)


if __name__ == "__main__":
    main()
