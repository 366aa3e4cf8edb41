"""Projects on PSPLIB: gap to the best known makespan, beside CP-SAT without our start.

python -m benchmarks.projects [--data ../shared/data/optimisation] [--seconds 30] [--seeds 1] [--first 1]
    [--only j60 …] [--alone]
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from yuanli.scheduling import PROJECTS, ProjectsPlan
from yuanli.scheduling.projects.solving import horizon_of, projects_model
from yuanli.solver import Search, Stop, Wish, make_plan, solve_cpsat


def plan_of(begins: Sequence[Any], value: Callable[[Any], int]) -> ProjectsPlan:
    """Return the plan that CP-SAT's variables tell."""
    return ProjectsPlan(begins=tuple(value(one) for one in begins))


def main() -> None:
    told = argparse.ArgumentParser()
    told.add_argument("--data", type=Path, default=Path("../shared/data/optimisation"))
    told.add_argument("--seconds", type=float, default=30)
    told.add_argument("--seeds", type=int, default=1)
    told.add_argument("--first", type=int, default=1, help="the first of the seeds")
    told.add_argument("--only", nargs="*", default=["j"], help="how the names of instances begin")
    told.add_argument("--alone", action="store_true", help="also CP-SAT without our start")
    args = told.parse_args()
    folder = args.data / "psplib"
    if not folder.is_dir():
        print(f"skipped: {folder} is not there")
        return
    for row in csv.DictReader((folder / "bks.csv").open()):
        name = row["instance"]
        if not name.startswith(tuple(args.only)):
            continue
        least, _, known = row["kobe_optimum_or_lb..ub"].rpartition("..")
        problem = PROJECTS.parse((folder / f"{name}.sm").read_bytes(), name)
        for seed in range(args.first, args.first + args.seeds):
            search = Search[ProjectsPlan](Stop(time_s=None, cpu_s=args.seconds))
            plan = make_plan(PROJECTS, problem, search, Wish(seed=seed))
            first = next(step.cost for step in reversed(plan.history) if step.rounds == 0 and step.cost < 1e9)
            assert plan.cost is not None
            line = (
                f"{name}\tseed {seed}\tbest known {least}..{known}\tstart {first:.0f}\tours {plan.cost:.0f} "
                f"{plan.cost / float(known) - 1:.2%}\tbound {plan.bound:.0f}\t{plan.status}\t{plan.cpu_s:.1f} s"
            )
            if args.alone:
                model, begins = projects_model(problem, horizon_of(problem))
                search = Search[ProjectsPlan](Stop(time_s=None, cpu_s=args.seconds))
                alone = solve_cpsat(model, search, partial(plan_of, begins), seed=seed)
                line += f"\tCP-SAT alone {alone.cost:.0f} {alone.cost / float(known) - 1:.2%}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
