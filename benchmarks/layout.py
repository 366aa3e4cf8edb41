"""Quadratic assignment on QAPLIB: how far from the best known cost, beside scipy's own solver.

python -m benchmarks.layout [--data ../shared/data/optimisation/qaplib] [--cpu-s 10] [--random-cpu-s 30] [--seeds 3]
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from scipy.optimize import quadratic_assignment

from yuanli.planning import LAYOUT, LayoutPlan, LayoutProblem, parse_layout, swap_cost, swap_costs
from yuanli.solver import Search, Stop, Wish, make_plan


def of_scipy(problem: LayoutProblem, seed: int) -> tuple[float, float]:
    """Return the better of FAQ and 2-opt, and CPU seconds."""
    began = time.process_time()
    costs = [
        quadratic_assignment(problem.flows, problem.distances, method, {"rng": np.random.default_rng(seed)})[
            "fun"
        ]
        for method in ("faq", "2opt")
    ]
    return min(costs), time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/optimisation/qaplib"))
    parser.add_argument("--cpu-s", type=float, default=10)
    parser.add_argument("--random-cpu-s", type=float, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--least", type=int, default=30, help="Units of the smallest instance.")
    args = parser.parse_args()
    with (args.data / "bks.csv").open() as file:
        best = {row["instance"]: float(row["bks"]) for row in csv.DictReader(file)}
    make_plan(LAYOUT, parse_layout((args.data / "nug12.dat").read_bytes(), "nug12"), Search(Stop(rounds=1)))
    gaps: dict[bool, list[float]] = {False: [], True: []}
    print("instance    gap % (a seed each)           mean    Gilmore-Lawler   scipy gap %   its CPU s")
    for name, known in best.items():
        problem = parse_layout((args.data / f"{name}.dat").read_bytes(), name)
        if len(problem.units) < args.least or known <= 2:
            continue
        random = name.startswith("tai") and name.endswith("a")
        found, bound = [], 0.0
        for seed in range(args.seeds):
            search = Search[LayoutPlan](Stop(time_s=None, cpu_s=args.random_cpu_s if random else args.cpu_s))
            plan = make_plan(LAYOUT, problem, search, Wish(seed=seed))
            assert plan.cost is not None
            assert plan.bound is not None
            found.append(100 * (plan.cost / known - 1))
            bound = plan.bound / known
        gaps[random] += found
        theirs, cpu_s = of_scipy(problem, 0)
        print(
            f"{name:10} {' '.join(f'{gap:8.4f}' for gap in found)} {np.mean(found):8.4f} {bound:12.1%}"
            f" {100 * (theirs / known - 1):15.2f} {cpu_s:11.2f}",
            flush=True,
        )
    for random, some in gaps.items():
        if some:
            print(
                f"{'taiNa' if random else 'structured'}: mean {np.mean(some):.4f} %, worst {max(some):.4f} %"
            )
    rng, names = np.random.default_rng(0), tuple(str(i) for i in range(300))
    problem = LayoutProblem(
        units=names, places=names, flows=rng.random((300, 300)), distances=rng.random((300, 300))
    )
    plan300 = LayoutPlan(tuple(range(300)))
    for what, act in (
        ("one swap", lambda: swap_cost(problem, plan300, 3, 200)),
        ("all swaps", lambda: swap_costs(problem, plan300)),
    ):
        began = time.process_time()
        for _ in range(20):
            act()
        print(f"{what} of 300 units re-scored: {(time.process_time() - began) * 50:.3f} CPU ms")


if __name__ == "__main__":
    main()
