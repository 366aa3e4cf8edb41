"""Cancelling: whoever cancels a search of CP-SAT or HiGHS gets its incumbent at once."""

import json
import time
from random import Random
from typing import Any

import pytest
from tests.pace import slowness

from yuanli.scheduling import FLOWS, ROSTERS
from yuanli.solver import Kind, Search, Status, Stop, Wish

GENEROUS_S = 1.0
"""Of processors, which a busy machine doesn't change; 0.2 s is aimed at."""
RNG = Random(0)
ROSTER: dict[str, Any] = {
    "first": "2026-11-30",
    "days": 28,
    "shifts": [{"id": "d", "begin": "08:00", "end": "16:00"}, {"id": "n", "begin": "22:00", "end": "06:00"}],
    "people": [{"id": f"p{i}", "min_week_h": 24} for i in range(24)],
    "needs": [{"shift": "d", "least": 4, "target": 7}, {"shift": "n", "least": 3, "target": 6}],
}
LUNCH: dict[str, Any] = {
    "slots": [str(t) for t in range(24)],
    "slot_min": 10,
    "passages": [{"id": f"c{k}", "capacity": 240} for k in range(4)],
    "groups": [
        {"id": f"g{i}", "size": RNG.randint(20, 90), "current": str(RNG.randint(8, 14)),
         "uses": [{"passage": f"c{i % 4}", "spread": [0.6, 0.4]}]}
        for i in range(160)
    ],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "document"), [(ROSTERS, ROSTER), (FLOWS, LUNCH)], ids=["cpsat", "highs"])
def test_cancelling_returns_the_incumbent_at_once(kind: Kind[Any, Any], document: dict[str, Any]) -> None:
    problem = kind.parse(json.dumps(document).encode(), "problem.json")
    asked: list[float] = []

    def told(now: object, best: object) -> None:
        del now
        if best is not None and not asked:
            asked.append(time.process_time())

    search = Search[Any](Stop(time_s=60), cancelled=lambda: bool(asked), told=told)
    result = kind.solve(problem, search, Wish())
    assert asked
    assert time.process_time() - asked[0] < GENEROUS_S * slowness()
    assert result.status is Status.FEASIBLE
    assert kind.check(problem, result.best).valid
