"""Re-planning after 5 % of the inputs changed: how much is touched, and what that costs beside a fresh plan.

python -m benchmarks.replanning [--data ../shared/data/optimisation] [--seconds 5] [--seed 1]
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from yuanli.scheduling import PROJECTS, ROUNDS, ProjectsProblem, RoundsProblem
from yuanli.solver import Kind, Search, Stop, Wish, make_plan

CHANGED, TOUCHED = 0.05, 0.10


def changed_rounds(problem: RoundsProblem, rng: Random) -> RoundsProblem:
    """Return rounds in which one stop in twenty takes up to half as long again."""
    stops = list(problem.stops)
    for i in rng.sample(range(len(stops)), round(CHANGED * len(stops))):
        stops[i] = replace(stops[i], service=round(stops[i].service * rng.uniform(1, 1.5)))
    return replace(problem, stops=tuple(stops))


def changed_project(problem: ProjectsProblem, rng: Random) -> ProjectsProblem:
    """Return a project in which one job in twenty takes a period more or less."""
    jobs = list(problem.jobs)
    real = [j for j, job in enumerate(jobs) if job.duration > 1]
    for j in rng.sample(real, round(CHANGED * len(jobs))):
        jobs[j] = replace(jobs[j], duration=jobs[j].duration + rng.choice((-1, 1)))
    return replace(problem, jobs=tuple(jobs))


def replanned(kind: Kind[Any, Any], before: Any, after: Any, size: int, seconds: float, seed: int) -> str:
    """Plan, change, plan anew with few changes and without; say how both ended."""

    def plan(problem: Any, **wish: Any) -> Any:
        return make_plan(kind, problem, Search(Stop(time_s=None, cpu_s=seconds)), Wish(seed=seed, **wish))

    start = kind.read_rows(before, plan(before).assignments)
    fresh, most = plan(after), round(TOUCHED * size)
    few = plan(after, start=start, max_changes=most)
    extra = "—" if few.cost is None or fresh.cost is None else f"{few.cost / fresh.cost - 1:.2%}"
    touched = f"changed {few.changes} of {size}, {most} allowed"
    return f"fresh {fresh.cost}\tfew {few.cost} {few.status}\t{touched}\textra {extra}"


def main() -> None:
    told = argparse.ArgumentParser()
    told.add_argument("--data", type=Path, default=Path("../shared/data/optimisation"))
    told.add_argument("--seconds", type=float, default=5)
    told.add_argument("--seed", type=int, default=1)
    args = told.parse_args()
    if not args.data.is_dir():
        print(f"skipped: {args.data} is not there")
        return
    rounds = ROUNDS.parse((args.data / "vrptw" / "RC101.txt").read_bytes(), "RC101.txt")
    after = changed_rounds(rounds, Random(args.seed))
    said = replanned(ROUNDS, rounds, after, len(rounds.stops), args.seconds, args.seed)
    print(f"RC101\t{said}", flush=True)
    project = PROJECTS.parse((args.data / "psplib" / "j6016_4.sm").read_bytes(), "j6016_4.sm")
    other = changed_project(project, Random(args.seed))
    said = replanned(PROJECTS, project, other, len(project.jobs), args.seconds, args.seed)
    print(f"j6016_4\t{said}", flush=True)


if __name__ == "__main__":
    main()
