"""Nothing is compiled in the time that a problem is given."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.cancelling import units
from tests.api.test_dragging import site
from tests.scheduling.room_tables import CTT

from yuanli.operations import find_kind, warm_up
from yuanli.solver import Search, Stop, Wish, make_plan


def compiled() -> dict[str, int]:
    """Return how often what numba compiles was compiled in this process."""
    from numba.core.dispatcher import Dispatcher

    modules = [module for name, module in sys.modules.items() if name.startswith("yuanli.")]
    found = [one for module in modules for one in vars(module).values() if isinstance(one, Dispatcher)]
    return {f"{one.py_func.__module__}.{one.py_func.__name__}": len(one.signatures) for one in found}


def files() -> Iterator[tuple[str, str, bytes]]:
    """Give files that are solved in other ways than the examples are."""
    yield "devices", "site.json", json.dumps(site(100)).encode()
    yield "rooms", "toy.ctt", CTT.encode()
    crews = {f"crew{k}": 2 for k in range(3)}
    jobs = [
        {
            "id": f"j{j}",
            "duration": 1 + j * 7 % 5,
            "needs": {f"crew{j % 3}": 1},
            "after": [f"j{j - 9}"] * (j > 8),
        }
        for j in range(60)
    ]
    yield "layout", "units.json", json.dumps(units(12)).encode()
    yield "projects", "crews.json", json.dumps({"crews": crews, "jobs": jobs}).encode()


def main() -> None:
    """Solve each from nothing and again from what was found, and print what was compiled meanwhile."""
    late: list[str] = []
    for name, file_name, data in files():
        kind = find_kind(name)
        assert kind is not None
        warm_up(name)
        before = compiled()
        problem = kind.parse(data, file_name)
        found = kind.solve(problem, Search[Any](Stop(time_s=None, rounds=40)), Wish()).best
        make_plan(kind, problem, Search[Any](Stop(time_s=None, rounds=10)), Wish(start=found, max_changes=20))
        late += [one for one, times in compiled().items() if times != before.get(one)]
    print(json.dumps(late))


def test_nothing_is_compiled_after_the_warming_up() -> None:
    code = "from tests.operations.test_warming_up import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
