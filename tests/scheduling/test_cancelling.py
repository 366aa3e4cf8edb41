"""Cancelling: whoever cancels a search of any kind gets its incumbent at once, whatever it is at."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from benchmarks.cancelling import cancelled, lunch, places, roster, units
from benchmarks.devices import cooled, park
from benchmarks.rooms import meetings_of_a_day
from benchmarks.sites import plane
from tests.pace import slowness

from yuanli.operations import find_kind, warm_up
from yuanli.planning import Aim, SitesProblem
from yuanli.solver import Kind, Search, Stop, Wish, make_plan

GENEROUS_S = 0.5
"""Of processors from the last look before the cancel, which a busy machine doesn't change; 0.2 s is aimed at."""


def full() -> SitesProblem:
    """Return sites with capacities: HiGHS presolves them for seconds without listening."""
    some = places(plane, 20, Aim.MEDIAN)
    return replace(some, capacity=dict.fromkeys(some.sites, 1.2 * float(some.people.sum()) / 20))


def tours(stops: int) -> dict[str, Any]:
    at = [(i * 37 % 101, i * 53 % 97) for i in range(stops + 1)]
    return {
        "places": [f"q{i}" for i in range(stops + 1)],
        "walking_s": [[abs(a - c) + abs(b - d) for c, d in at] for a, b in at],
        "stops": [{"id": f"t{i}", "place": f"q{i}", "service_s": 60} for i in range(1, stops + 1)],
        "staff": [{"id": f"s{k}", "start": "q0", "earliest": "08:00", "latest": "12:00"} for k in range(8)],
    }


def crews(jobs: int) -> dict[str, Any]:
    return {
        "crews": {"a": 5, "b": 4},
        "jobs": [
            {"id": f"j{i}", "duration": 1 + i * 7 % 9, "needs": {"a": 1 + i % 3, "b": i * 5 % 4},
             "after": [f"j{i - k}" for k in (3, 8) if i >= k]}
            for i in range(jobs)
        ],
    }  # fmt: skip


def house(teams: int) -> dict[str, Any]:
    return {
        "rooms": [{"name": f"r{i}", "capacity_m2": 20 + i % 5 * 8, "floor": str(i % 6)} for i in range(teams)],
        "entities": [{"name": f"e{i}", "need_m2": 12 + i % 7 * 3} for i in range(teams)],
        "rules": [
            {"kind": "near", "entities": [f"e{i}", f"e{i + 1}"], "hard": i % 9 == 0}
            for i in range(0, teams - 1, 3)
        ],
    }  # fmt: skip


def plant(blocks: int) -> dict[str, Any]:
    return {
        "blocks": [{"name": f"b{i}", "area": 4.0 + i % 3, "aspect": 4.0} for i in range(blocks)],
        "flows": [[(i * j) % 7 if i < j else 0 for j in range(blocks)] for i in range(blocks)],
        "width_m": 16.0, "depth_m": 12.0,
    }  # fmt: skip


LARGE: Mapping[str, tuple[str, Callable[[], Any]]] = {
    "devices": ("devices", lambda: park(600, seed=0)),
    "offices": ("devices", lambda: cooled(200, seed=0)),
    "rooms": ("rooms", lambda: meetings_of_a_day(120, 12)),
    "meetings with walks": ("rooms", lambda: meetings_of_a_day(50, 20, walking=True)),
    "rounds": ("rounds", lambda: tours(150)),
    "rosters": ("rosters", lambda: roster(24, 28)),
    "projects": ("projects", lambda: crews(90)),
    "flows": ("flows", lambda: lunch(160)),
    "spaces": ("spaces", lambda: house(80)),
    "layout": ("layout", lambda: units(100)),
    "blocks": ("blocks", lambda: plant(30)),
    "sites": ("sites", full),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("at_s", [0.0, 0.3])
def test_cancelling_returns_the_incumbent_at_once(name: str, at_s: float) -> None:
    kind, problem = problem_of(*LARGE[name])
    for last in (False, True):  # what a machine does for the first time is compiled first
        late_s, cpu_s, _, _ = cancelled(kind, problem, Wish(), at_s)
        if late_s <= -1 or cpu_s < GENEROUS_S * slowness():  # at first: it ended by itself before
            return
        assert not last, f"{cpu_s:.2f} s of a processor from the last look before the cancel"


SMALL: Mapping[str, Callable[[], Any]] = {
    "devices": lambda: park(20, seed=0),
    "rooms": lambda: meetings_of_a_day(12, 6),
    "rounds": lambda: tours(20),
    "rosters": lambda: roster(16, 7),
    "projects": lambda: crews(20),
    "flows": lambda: lunch(20),
    "spaces": lambda: house(12),
    "layout": lambda: units(12),
    "blocks": lambda: plant(8),
    "sites": full,
}


@pytest.mark.parametrize("name", SMALL)
def test_who_cancels_at_once_keeps_the_plan_that_was_to_be_bettered(name: str) -> None:
    kind, problem = problem_of(name, SMALL[name])
    first = Search[Any](Stop(time_s=60), cancelled=lambda: first.best is not None)
    start = kind.solve(problem, first, Wish()).best
    cost = kind.check(problem, start).cost
    plan = make_plan(kind, problem, Search[Any](Stop(time_s=60), cancelled=lambda: True), Wish(start=start))
    assert plan.cost is not None
    assert plan.cost <= cost + 1e-6 * abs(cost)


def problem_of(name: str, make: Callable[[], Any]) -> tuple[Kind[Any, Any], Any]:
    kind, found = find_kind(name), make()
    assert kind is not None
    warm_up(name)
    return kind, kind.parse(json.dumps(found).encode(), "problem.json") if isinstance(found, dict) else found
