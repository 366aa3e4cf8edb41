"""Sites proved best: 300 demands × 300 sites, on a plane and on a graph as OR-Library makes them.

python -m benchmarks.sites [--size 300] [--cpu-s 60] [--seeds 2]
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.sparse.csgraph import shortest_path

from yuanli.planning import SITES, Aim, SitesPlan, SitesProblem
from yuanli.solver import Search, Stop, make_plan


def plane(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return seconds of walking by blocks at 1.3 m/s in a square kilometre, and people."""
    rng = np.random.default_rng(seed)
    demands, sites = rng.random((2, size, 2)) * 1000
    return (np.abs(demands[:, None] - sites).sum(axis=2) / 1.3).round(), rng.integers(1, 60, size).astype(
        float
    )


def graph(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return distances on a path with six random edges a vertex, each with one person."""
    rng = np.random.default_rng(seed)
    lengths = np.diag(rng.integers(1, 100, size - 1), 1).astype(float)
    for i, j in rng.integers(size, size=(6 * size, 2)):
        lengths[i, j] = rng.integers(1, 100)
    return shortest_path(lengths, directed=False), np.ones(size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--cpu-s", type=float, default=60)
    parser.add_argument("--seeds", type=int, default=2)
    args = parser.parse_args()
    names = tuple(str(i) for i in range(args.size))
    print("where    seed   p  aim      status         cost    gap %   CPU s")
    for where, make in (("plane", plane), ("graph", graph)):
        for seed in range(args.seeds):
            seconds, people = make(args.size, seed)
            for count in (5, 10, 20):
                for aim in Aim:
                    problem = SitesProblem(
                        demands=names, people=people, sites=names, seconds=seconds, count=count, aim=aim,
                        radius_s=float(np.quantile(seconds, 0.5 / count)) if aim is Aim.COVER else None,
                    )  # fmt: skip
                    plan = make_plan(SITES, problem, Search[SitesPlan](Stop(time_s=None, cpu_s=args.cpu_s)))
                    print(
                        f"{where:8} {seed:4} {count:3}  {aim.value:8} {plan.status.value:9} {plan.cost:9.0f}"
                        f" {100 * (plan.gap or 0):8.4f} {plan.cpu_s:7.2f}",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
