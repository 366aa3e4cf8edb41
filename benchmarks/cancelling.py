"""Cancelling: how long each kind of problem, of a real size, takes to give its incumbent back.

python -m benchmarks.cancelling [--data ../shared/data/optimisation] [--only sites rooms …] [--at 0.02 0.3 1 3]

By the clock from the cancel to the checked plan, and processor seconds from the last look before it (an upper limit,
which other work on the machine doesn't change); then the longest time between two looks of any run.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks.devices import cooled, park
from benchmarks.rooms import meetings_of_a_day
from benchmarks.sites import graph, plane
from yuanli.operations import find_kind, warm_up
from yuanli.planning import Aim, SitesProblem
from yuanli.solver import Kind, Search, Stop, Wish, make_plan

FIRST_S = 3.0
"""Seconds that a plan to change is made better for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/optimisation"))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--at", type=float, nargs="*", default=[0.02, 0.3, 1.0, 3.0])
    args = parser.parse_args()
    print(f"{'':38} {' '.join(f'{at:>13g} s' for at in args.at)}   longest without a look, CPU s")
    for name, kind, problem, wish in cases(args.data, args.only):
        warm_up(kind.name)
        gc.freeze()  # as the server and the command do
        cells, worst = [], 0.0
        for at in args.at:
            late_s, cpu_s, apart_s, plan = cancelled(kind, problem, wish, at)
            worst = max(worst, apart_s)
            cells.append(
                f"{late_s:6.2f} ({cpu_s:.2f}){'' if plan else '-'}" if late_s > -1 else "(ended before)"
            )
        print(f"{name:38} {' '.join(f'{cell:>15}' for cell in cells)}   {worst:.2f}", flush=True)


def cancelled(
    kind: Kind[Any, Any], problem: Any, wish: Wish[Any], at_s: float
) -> tuple[float, float, float, bool]:
    """Solve, cancel after some seconds; return how late the plan came and the longest time between two looks."""
    looks: list[tuple[float, float]] = []

    def wanted() -> bool:
        looks.append((time.monotonic(), time.process_time()))
        return looks[-1][0] >= end

    began = (time.monotonic(), time.process_time())
    end = began[0] + at_s
    plan = make_plan(kind, problem, Search[Any](Stop(time_s=120), cancelled=wanted), wish)
    done = (time.monotonic(), time.process_time())
    marks = [began, *looks, done]
    if done[0] < end:
        return -2.0, 0.0, max(b[1] - a[1] for a, b in pairwise(marks)), True
    before = max((cpu for clock, cpu in looks if clock < end), default=began[1])
    apart_s = max(b[1] - a[1] for a, b in pairwise(marks))
    return done[0] - end, done[1] - before, apart_s, plan.cost is not None


def cases(data: Path, only: list[str]) -> Iterator[tuple[str, Kind[Any, Any], Any, Wish[Any]]]:
    """Yield what is measured."""
    for kind_name, name, problem, wish in _problems(data, only):
        kind = find_kind(kind_name)
        assert kind is not None
        if isinstance(problem, Path):
            if not problem.is_file():
                continue
            problem = kind.parse(problem.read_bytes(), problem.name)
        elif isinstance(problem, Mapping):
            problem = kind.parse(json.dumps(problem).encode(), f"{kind_name}.json")
        if callable(wish):
            wish = wish(kind, problem)
        yield f"{kind_name} {name}", kind, problem, wish


def _few_changes(kind: Kind[Any, Any], problem: Any) -> Wish[Any]:
    """Return the wish to change little of a first plan."""
    warm_up(kind.name)
    enough = Search[Any](
        Stop(time_s=60), cancelled=lambda: enough.best is not None and enough.elapsed_s > FIRST_S
    )
    found = kind.solve(problem, enough, Wish())
    assert found.best is not None
    rows = kind.rows(problem, found.best)
    locked = frozenset(str(next(iter(row.values()))) for row in rows[: len(rows) // 4])
    return Wish(seed=1, start=found.best, locked=locked, max_changes=max(2, len(rows) // 5))


def _problems(data: Path, only: list[str]) -> Iterator[tuple[str, str, Any, Any]]:
    def asked(kind: str) -> bool:
        return not only or kind in only

    free: Wish[Any] = Wish()
    if asked("devices"):
        yield "devices", "1,000 × 96", park(1000, seed=0), free
        yield "devices", "1,000 × 96, peak", park(1000, seed=0, peak_price=1.3), free
        yield "devices", "100 × 96, few changes", park(100, seed=0), _few_changes
        yield "devices", "10,000 × 96", park(10_000, seed=0), free
        yield "devices", "90 chillers of 30 offices", cooled(30, seed=0), free
        yield "devices", "one zone of 100", data / "device_onoff" / "dev_zone_100_dc0_s1.json.gz", free
    if asked("rooms"):
        yield "rooms", "comp05", data / "itc2007_cbctt" / "comp05.ctt", free
        yield "rooms", "comp01, few changes", data / "itc2007_cbctt" / "comp01.ctt", _few_changes
        yield "rooms", "comp07", data / "itc2007_cbctt" / "comp07.ctt", free
        for name in ("wbg-fal10", "bet-sum18", "muni-fi-spr16", "tg-fal17"):
            yield "rooms", name, data / "itc2019" / f"{name}.xml.gz", free
        yield "rooms", "50 meetings, 20 rooms, walks", meetings_of_a_day(50, 20, walking=True), free
        yield "rooms", "200 meetings, 12 rooms", meetings_of_a_day(200, 12), free
    if asked("rounds"):
        yield "rounds", "200 stops", data / "vrptw" / "C1_2_5.txt.gz", free
        yield "rounds", "200 stops, few changes", data / "vrptw" / "R1_2_4.txt.gz", _few_changes
        yield "rounds", "1,000 stops", data / "vrptw" / "R1_10_5.txt.gz", free
    if asked("rosters"):
        yield "rosters", "30 × 28", roster(30, 28), free
        yield "rosters", "30 × 28, few changes", roster(30, 28), _few_changes
        yield "rosters", "120 × 28", roster(120, 28), free
    if asked("projects"):
        for name in ("j6029_1", "j12046_1", "j1209_1"):
            yield "projects", name, data / "psplib" / f"{name}.sm", free
        yield "projects", "j12046_1, few changes", data / "psplib" / "j12046_1.sm", _few_changes
    if asked("flows"):
        yield "flows", "160 groups", lunch(160), free
        yield "flows", "160 groups, few changes", lunch(160), _few_changes
        yield "flows", "1,000 groups, lanes", lunch(1000, lanes=True), free
    if asked("spaces"):
        yield "spaces", "sv_s100_v100", data / "osa" / "sv_s100_v100.txt", free
        yield "spaces", "pn_p025_n025, few changes", data / "osa" / "pn_p025_n025.txt", _few_changes
    if asked("layout"):
        for name in ("nug30", "tai60a", "sko100a"):
            yield "layout", name, data / "qaplib" / f"{name}.dat", free
        yield "layout", "sko100a, few changes", data / "qaplib" / "sko100a.dat", _few_changes
        yield "layout", "300 units", units(300), free
    if asked("blocks"):
        for name in ("FO11", "SC30", "TAM20"):
            yield "blocks", name, data / "uaflp" / f"{name}.json", free
    if asked("sites"):
        for make in (plane, graph):
            for count in (5, 20):
                for aim in Aim:
                    yield (
                        "sites",
                        f"{make.__name__} 300, p {count}, {aim.value}",
                        places(make, count, aim),
                        free,
                    )
        for aim in Aim:
            some = places(plane, 20, aim)
            tight = 1.2 * float(some.people.sum()) / some.count
            full = replace(some, capacity=dict.fromkeys(some.sites, tight))
            yield "sites", f"plane 300, p 20, capacities, {aim.value}", full, free
            yield "sites", f"plane 300, p 20, few changes, {aim.value}", some, _few_changes
        yield "sites", "plane 1,000, p 20, median", places(plane, 20, Aim.MEDIAN, size=1000), free


def places(make: Any, count: int, aim: Aim, *, size: int = 300) -> SitesProblem:
    """Return a problem of sites."""
    seconds, people = make(size, 0)
    names = tuple(str(i) for i in range(size))
    radius_s = float(np.quantile(seconds, 0.5 / count)) if aim is Aim.COVER else None
    return SitesProblem(
        demands=names, people=people, sites=names, seconds=seconds, count=count, aim=aim, radius_s=radius_s
    )


def roster(people: int, days: int) -> dict[str, Any]:
    """Return a roster of three shifts round the clock."""
    spans = {"early": ("06:00", "14:00"), "late": ("14:00", "22:00"), "night": ("22:00", "06:00")}
    return {
        "first": "2026-11-30", "days": days,
        "shifts": [{"id": name, "begin": begin, "end": end} for name, (begin, end) in spans.items()],
        "people": [{"id": f"p{i}", "min_week_h": 24, "skills": ["fire"] if i % 3 == 0 else []} for i in range(people)],
        "needs": [
            *({"shift": name, "least": people // 8, "target": people // 5} for name in spans),
            {"shift": "night", "skill": "fire", "least": 1},
        ],
    }  # fmt: skip


def lunch(groups: int, *, lanes: bool = False) -> dict[str, Any]:
    """Return teams at four canteens, in slots of ten minutes."""
    rng = Random(0)
    passages: list[dict[str, Any]] = [{"id": f"c{k}", "capacity": 1.5 * groups} for k in range(4)]
    if lanes:
        passages[0] |= {"lanes": {"people": 60, "most": 8, "cost": 2.0}}
    return {
        "slots": [str(t) for t in range(24)], "slot_min": 10, "passages": passages,
        "groups": [
            {"id": f"g{i}", "size": rng.randint(20, 90), "current": str(rng.randint(8, 14)),
             "uses": [{"passage": f"c{i % 4}", "spread": [0.6, 0.4]}]}
            for i in range(groups)
        ],
    }  # fmt: skip


def units(size: int) -> dict[str, Any]:
    """Return units on a grid with flows between some."""
    rng = np.random.default_rng(0)
    at = np.stack([np.arange(size) // 20, np.arange(size) % 20]).T
    flows = rng.integers(1, 9, (size, size)) * (rng.random((size, size)) < 0.1)
    names = [f"u{i}" for i in range(size)]
    return {
        "units": names, "places": [f"p{i}" for i in range(size)], "flows": np.triu(flows, 1).tolist(),
        "distances": np.abs(at[:, None] - at[None]).sum(axis=2).tolist(),
    }  # fmt: skip


if __name__ == "__main__":
    main()
