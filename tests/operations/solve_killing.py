"""A search that is killed by SIGKILL: python -m tests.operations.solve_killing FOLDER [MAX_CHANGES]."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Event, Thread

from tests.api.house import CAMPUS, Clock, small_house
from tests.solver.toys import TOY

from yuanli.operations import SolveOrder, SolveState
from yuanli.operations.solving import kinds
from yuanli.storage import SqlSolveStore


def main(folder: Path, max_changes: int | None) -> None:
    """Solve a toy that never ends by itself; die once an incumbent is kept and the search goes on."""
    kinds.SCHEDULING_KINDS = (TOY,)
    house = small_house(folder, Clock())
    store = SqlSolveStore(house.database)
    order = SolveOrder(
        kind="toy", name="pick", file_name="toy.json", problem=b"[[5, 1, 3], 1]",
        start=({"number": "5", "chosen": True},), max_changes=max_changes,
    )  # fmt: skip
    job = house.solving.start(CAMPUS, order, "op")
    Thread(target=house.solving.run, args=(Event(),), daemon=True).start()
    while [row["number"] for row in store.incumbent(job.id) if row["chosen"]] != ["1"]:
        Event().wait(0.05)
    assert house.solving.get(CAMPUS, job.id).summary.state is SolveState.RUNNING
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2] else None)
