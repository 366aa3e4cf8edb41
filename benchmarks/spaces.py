"""Office space allocation: the instances of the University of Nottingham beside the reference totals.

python -m benchmarks.spaces [--data ../shared/data/optimisation/osa] [--cpu 10] [--seeds 3] [--only pn_p000_n000,…]
"""

from __future__ import annotations

import argparse
import csv
import random
import statistics
from dataclasses import replace
from pathlib import Path

from yuanli.planning import SpaceProblem, check_spaces, parse_spaces, solve_spaces
from yuanli.solver import Search, Stop, Wish


def changed(problem: SpaceProblem, share: float, seed: int) -> SpaceProblem:
    """Return the problem with some needs another by up to a fifth."""
    rng = random.Random(seed)
    entities = list(problem.entities)
    for i in rng.sample(range(len(entities)), round(share * len(entities))):
        entities[i] = replace(entities[i], need_m2=round(entities[i].need_m2 * rng.uniform(0.8, 1.2), 1))
    return replace(problem, entities=tuple(entities))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/optimisation/osa"))
    parser.add_argument("--cpu", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"no data at {options.data}")
        return
    table = (options.data / "reference.csv").read_text("utf-8").splitlines()
    reference = {row["instance"]: float(row["best_total_found"]) for row in csv.DictReader(table)}
    names = options.only.split(",") if options.only else list(reference)
    warm = parse_spaces((options.data / f"{names[0]}.txt").read_bytes(), names[0])
    solve_spaces(warm, Search(Stop(time_s=None, rounds=2)))
    stop = Stop(time_s=None, cpu_s=options.cpu)
    ratios, spreads = [], []
    print(
        "| instance | reference | mean | seeds | ratio | spread | bound | anew: changes, cost beside solved freely |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name in names:
        problem = parse_spaces((options.data / f"{name}.txt").read_bytes(), name)
        results = [
            solve_spaces(problem, Search(stop), Wish(seed=seed)) for seed in range(1, options.seeds + 1)
        ]
        checks = [check_spaces(problem, result.best) for result in results if result.best is not None]
        assert len(checks) == len(results)
        assert all(checked.valid for checked in checks)
        costs = [checked.cost for checked in checks]
        mean = statistics.mean(costs)
        ratios.append(mean / reference[name])
        spreads.append((max(costs) - min(costs)) / mean)
        other = changed(problem, 0.05, 1)
        start = results[0].best
        free = solve_spaces(other, Search(stop), Wish(seed=2, start=start))
        few = solve_spaces(
            other, Search(stop), Wish(seed=1, start=start, max_changes=len(problem.entities) // 10)
        )
        assert few.best is not None
        assert start is not None
        changes = sum(a != b for a, b in zip(few.best.rooms[0], start.rooms[0], strict=True))
        print(
            f"| {name} | {reference[name]} | {mean:.1f} | {' '.join(f'{cost:.1f}' for cost in costs)} "
            f"| {ratios[-1]:.3f} | {spreads[-1]:.1%} | {results[0].bound:.1f} "
            f"| {changes}, {few.cost / free.cost - 1:+.2%} |",
            flush=True,
        )
    print(
        f"mean ratio {statistics.mean(ratios):.3f}, spread {statistics.mean(spreads):.1%}, at worst {max(spreads):.1%}"
    )


if __name__ == "__main__":
    main()
