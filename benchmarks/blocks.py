"""Unequal-area layout, rectilinear, aspects up to 5: annealed slicing plans beside a random walk of as many seconds.

python -m benchmarks.blocks [--data ../shared/data/optimisation/uaflp] [--cpu-s 10] [--seeds 3]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from yuanli.planning import (
    BLOCKS,
    BlocksParams,
    BlocksPlan,
    InvalidProblemError,
    check_blocks,
    parse_blocks,
    solve_blocks,
)
from yuanli.solver import Search, Stop, Wish, make_plan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/optimisation/uaflp"))
    parser.add_argument("--cpu-s", type=float, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    stop = Stop(time_s=None, cpu_s=args.cpu_s)
    print("instance  blocks  used    cost (a seed each)                        spread   bound   random walk")
    for path in sorted(args.data.glob("*.json")):
        try:
            problem = parse_blocks(path.read_bytes(), path.name)
        except InvalidProblemError as error:
            print(f"{path.stem:9} refused: {error.message.en}")
            continue
        solve_blocks(problem, Search(Stop(rounds=1)))
        costs, bound = [], 0.0
        for seed in range(args.seeds):
            plan = make_plan(BLOCKS, problem, Search[BlocksPlan](stop), Wish(seed=seed))
            costs.append(np.inf if plan.cost is None else plan.cost)
            bound = plan.bound or 0.0
        hot = BlocksParams(hot=1e3, cold=999.0)
        walk = solve_blocks(problem, Search[BlocksPlan](stop), params=hot)
        assert walk.best is None or check_blocks(problem, walk.best).valid
        used = problem.areas.sum() / problem.width_m / problem.depth_m
        print(
            f"{path.stem:9} {len(problem.blocks):6} {used:5.0%} {' '.join(f'{cost:13.2f}' for cost in costs)}"
            f" {max(costs) / min(costs) - 1:8.2%} {bound / min(costs):7.1%} {walk.cost / min(costs):8.2f}×",
            flush=True,
        )


if __name__ == "__main__":
    main()
