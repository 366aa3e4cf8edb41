"""Rounds on published instances, side by side with PyVRP itself and with OR-Tools' routing solver.

python -m benchmarks.rounds [--data ../shared/data/optimisation] [--seconds 30] [--seeds 1] [--first 1]
    [--stops 200] [--only NAME …] [--ortools]

Each solver gets the same seconds of processor and the same seed. VRPTW and PCVRPTW tell the gap to the best known
cost, TOPTW the profit beside the reference.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path
from typing import Any

import pyvrp

from yuanli.scheduling import ROUNDS, RoundsPlan, RoundsProblem
from yuanli.scheduling.rounds.modelling import VrpModel
from yuanli.scheduling.rounds.touring import limits_of
from yuanli.solver import Search, Stop, Wish, make_plan


def ours(problem: RoundsProblem, seconds: float, seed: int) -> tuple[float | None, float | None]:
    plan = make_plan(ROUNDS, problem, Search[RoundsPlan](Stop(time_s=None, cpu_s=seconds)), Wish(seed=seed))
    return plan.cost, plan.bound


def raw(problem: RoundsProblem, seconds: float, seed: int) -> float | None:
    """Solve with PyVRP's own `solve`."""
    data = VrpModel(problem, limits_of(problem, Wish())).data
    ends = time.process_time() + seconds
    found = pyvrp.solve(data, lambda cost: time.process_time() >= ends, seed, collect_stats=False)
    return found.cost() / problem.cost_scale if found.is_feasible() else None


def ortools(problem: RoundsProblem, seconds: float) -> float | None:
    """Solve with OR-Tools' routing solver: cheapest insertion, guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    one, n = problem.staff[0], len(problem.places)
    manager = pywrapcp.RoutingIndexManager(n, len(problem.staff), 0)
    model = pywrapcp.RoutingModel(manager)
    service = [0] + [stop.service for stop in problem.stops]

    def walk(a: int, b: int) -> int:
        return int(problem.walk[manager.IndexToNode(a), manager.IndexToNode(b)])

    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitCallback(walk))
    model.AddDimension(
        model.RegisterTransitCallback(lambda a, b: walk(a, b) + service[manager.IndexToNode(a)]),
        one.latest, one.latest, False, "time",
    )  # fmt: skip
    loads = [0] + [stop.load for stop in problem.stops]
    model.AddDimension(
        model.RegisterUnaryTransitCallback(lambda a: loads[manager.IndexToNode(a)]),
        0,
        one.capacity or 10**9,
        True,
        "load",
    )
    clock = model.GetDimensionOrDie("time")
    for i, stop in enumerate(problem.stops, 1):
        clock.CumulVar(manager.NodeToIndex(i)).SetRange(stop.earliest, stop.latest)
    told = pywrapcp.DefaultRoutingSearchParameters()
    told.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    told.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    told.time_limit.FromMilliseconds(round(seconds * 1000))
    found = model.SolveWithParameters(told)
    return None if found is None else found.ObjectiveValue() / problem.cost_scale


def gap(cost: float | None, best: float) -> str:
    return "—" if cost is None else f"{cost / best - 1:.2%}"


def main() -> None:
    told = argparse.ArgumentParser()
    told.add_argument("--data", type=Path, default=Path("../shared/data/optimisation"))
    told.add_argument("--seconds", type=float, default=30)
    told.add_argument("--seeds", type=int, default=1)
    told.add_argument("--first", type=int, default=1, help="the first of the seeds")
    told.add_argument("--stops", type=int, default=200, help="the largest instances that are solved")
    told.add_argument("--only", nargs="*", default=[])
    told.add_argument("--ortools", action="store_true", help="also OR-Tools (seconds by the clock)")
    args = told.parse_args()
    if not args.data.is_dir():
        print(f"skipped: {args.data} is not there")
        return
    for family, column in (("vrptw", "distance"), ("pcvrptw", "cost")):
        best = {
            row["instance"]: float(row[column])
            for row in csv.DictReader((args.data / family / "bks.csv").open())
        }
        for name, known in best.items():
            path = next(path for path in (args.data / family).glob(f"{name}.*") if path.suffix != ".sol")
            problem = ROUNDS.parse(path.read_bytes(), path.name)
            if len(problem.stops) > args.stops or (args.only and name not in args.only):
                continue
            for seed in range(args.first, args.first + args.seeds):
                cost, bound = ours(problem, args.seconds, seed)
                line: list[Any] = [
                    f"{name}\tstops {len(problem.stops)}\tseed {seed}\tours {cost} {gap(cost, known)}"
                ]
                other = raw(problem, args.seconds, seed)
                line.append(f"pyvrp {other} {gap(other, known)}\tbound {bound}")
                if args.ortools and family == "vrptw" and seed == args.first:
                    line.append(f"ortools {gap(ortools(problem, args.seconds), known)}")
                print(*line, sep="\t", flush=True)
    for row in csv.DictReader((args.data / "toptw" / "reference.csv").open()):
        path, paths = args.data / "toptw" / f"{row['instance']}.txt", row["paths"]
        if args.only and row["instance"] not in args.only:
            continue
        problem = ROUNDS.parse(path.read_bytes(), f"{row['instance']}.m{paths}.txt")
        cost, _ = ours(problem, args.seconds / 3, 1)
        profit = None if cost is None else float(row["all_profit"]) - cost
        print(
            f"{row['instance']}\ttours {paths}\tprofit {profit}\treference {row['profit_reached']}",
            flush=True,
        )


if __name__ == "__main__":
    main()
