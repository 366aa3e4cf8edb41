"""Server-sent events: what browsers can read."""

import json
from math import inf, nan

from yuanli.api.events import event_of
from yuanli.solver import SearchProgress


def test_numbers_that_are_not_finite_are_null() -> None:
    progress = SearchProgress(at_s=0.1, rounds=3, cost=inf, bound=-inf)
    told = event_of("plan", {"progress": progress, "mean": nan}).decode()
    data = next(line for line in told.splitlines() if line.startswith("data: ")).removeprefix("data: ")
    read = json.loads(data, parse_constant=lambda said: said)
    assert (read["progress"]["bound"], read["progress"]["cost"], read["mean"]) == (None, None, None)
