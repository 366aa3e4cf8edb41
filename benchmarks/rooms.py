"""Rooms and events: ITC-2007 timetables, ITC-2019 classes, IST rooms, and small days of meetings.

python -m benchmarks.rooms [--data ../shared/data/optimisation] [--cpu 300] [--seeds 3] [--only comp02]
    [--alternatives]
"""

from __future__ import annotations

import argparse
import gzip
from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

from yuanli.scheduling import (
    ROOMS,
    Event,
    Room,
    RoomsPlan,
    RoomsProblem,
    Time,
    check_rooms,
    parse_itc2019_plan,
    parse_rooms,
)
from yuanli.scheduling.rooms.arrays import compile_problem
from yuanli.scheduling.rooms.exact import solve_exactly
from yuanli.solver import Result, Search, Stop, Wish, make_plan

BEST_KNOWN = {"comp01": 5, "comp02": 24, "comp04": 35, "comp05": 284, "comp07": 6, "comp11": 0, "comp12": 294,
              "comp14": 51, "comp18": 61, "comp21": 74}  # fmt: skip


def meetings_of_a_day(n: int, n_rooms: int, *, seed: int = 0, walking: bool = False) -> RoomsProblem:
    """Return meetings of one or two hours in half-hour periods, each with people and wished times."""
    rng = Random(seed)
    rooms = tuple(
        Room(
            name=f"R{i}",
            capacity=rng.choice((4, 6, 8, 12, 20)),
            features=frozenset({"screen"} if i % 2 else ()),
        )
        for i in range(n_rooms)
    )
    people = [f"p{i}" for i in range(n * 3)]
    events = []
    for i in range(n):
        length, wished = rng.choice((1, 2, 2, 4)), rng.randrange(16)
        starts = sorted({min(max(0, wished + d), 20 - length) for d in range(-3, 4)})
        events.append(
            Event(
                name=f"m{i}", size=rng.choice((3, 4, 6, 8, 10)), people=tuple(rng.sample(people, 3)),
                features=frozenset({"screen"} if rng.random() < 0.3 else ()),
                times={Time(days=(0,), start=s, length=length): float(abs(s - wished)) for s in starts},
                rooms={room.name: float(rng.randrange(4)) for room in rooms},
            )
        )  # fmt: skip
    at = np.array([(rng.uniform(0, 200), rng.uniform(0, 100)) for _ in rooms])
    walk_s = np.abs(at[:, None] - at[None]).sum(axis=2) / 1.2 if walking else None
    return RoomsProblem(
        name="day", days=1, periods=20, period_min=30, rooms=rooms, events=tuple(events), walking_s=walk_s
    )


def freed(problem: RoomsProblem) -> RoomsProblem:
    """Return the published classes at their times, any room of their type allowed."""
    kinds = {room.name: room.features for room in problem.rooms}
    events = []
    for event in problem.events:
        own = next(iter(event.rooms))
        events.append(replace(event, rooms={name: 0.0 for name, kind in kinds.items() if kind == kinds[own]}))
    return replace(problem, events=tuple(events))


def clashes(plan: RoomsPlan) -> int:
    """Return how many pairs of a published plan share a room and a moment."""
    found = defaultdict(list)
    for where in plan.placed.values():
        found[where.room].append(where.time)
    return sum(
        a.start < b.end and b.start < a.end and bool(set(a.days) & set(b.days))
        for times in found.values()
        for a, b in combinations(times, 2)
    )


def told(name: str, problem: RoomsProblem, cpu_s: float, seeds: int) -> None:
    costs = []
    for seed in range(seeds):
        plan = make_plan(ROOMS, problem, Search(Stop(time_s=None, cpu_s=cpu_s)), Wish(seed=seed))
        costs.append(plan.cost)
        best = BEST_KNOWN.get(name)
        over = f"best known {best}" if best is not None else ""
        print(f"{name}: seed {seed} {plan.status} cost {plan.cost} bound {plan.bound} "
              f"{plan.cpu_s:.1f} CPU s {over}", flush=True)  # fmt: skip
    known = [cost for cost in costs if cost is not None]
    if known:
        print(f"{name}: mean {sum(known) / len(known):.1f} of {len(known)}/{seeds} feasible", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/optimisation"))
    parser.add_argument("--cpu", type=float, default=300.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--alternatives", action="store_true")
    args = parser.parse_args()
    warm = meetings_of_a_day(4, 4)
    make_plan(ROOMS, warm, Search(Stop(time_s=60)))
    files = [*(args.data / "itc2007_cbctt").glob("*.ctt"), *(args.data / "itc2019").glob("*.gz")]
    for path in sorted(files):
        name = path.name.split(".")[0]
        if args.only and name not in args.only:
            continue
        problem = parse_rooms(path.read_bytes(), path.name)
        told(name, problem, args.cpu, args.seeds)
        if args.alternatives:
            result: Result[RoomsPlan] = solve_exactly(
                compile_problem(problem), Search(Stop(time_s=None, cpu_s=args.cpu)), Wish()
            )
            print(f"{name}: CP-SAT alone {result.status} cost {result.cost} bound {result.bound}", flush=True)
    for path in [] if args.only else sorted((args.data / "ist_rooms").glob("IST*.gz")):
        problem = parse_rooms(path.read_bytes(), path.name)
        published = parse_itc2019_plan(_solution(path))
        checked = check_rooms(problem, published)
        print(f"{path.name}: published: {clashes(published)} pairs in one room at once, "
              f"{len(checked.broken)} rules broken by the file's own tables")  # fmt: skip
        told(path.name, freed(problem), 10, 1)
    if not args.only or "meetings" in args.only:
        for walking in (False, True):
            told(
                f"meetings 50×20{' walking' if walking else ''}",
                meetings_of_a_day(50, 20, walking=walking),
                30,
                3,
            )


def _solution(path: Path) -> bytes:
    return gzip.decompress(path.with_name(f"solution-{path.name}").read_bytes())


if __name__ == "__main__":
    main()
