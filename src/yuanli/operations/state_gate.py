"""What a model of states must keep to go live: on days left out it loses next to nothing to the plain answers."""

from __future__ import annotations

from pathlib import Path

from yuanli.forecast import MODEL, STATES, load_states
from yuanli.learning import GateCheck, GateParams

MOST_LOST = 1.0
"""Points (of 100) of accuracy that may be given for foreseeing changes, as `StateParams.most_cost`."""


def holds_states(folder: Path) -> bool:
    """Whether a model's folder holds a model of states."""
    return (folder / STATES).is_file()


def state_checks(folder: Path, params: GateParams) -> tuple[GateCheck, ...]:
    """Return the conditions, kept or not; that it can be opened is one, with `BrokenModelError`.

    A live model learnt from other days, so its scores are no measure for this one: the floors are.
    """
    model = load_states(folder)
    own, floor = model.validation[MODEL], model.best_floor()
    least = 100 * model.validation[floor].accuracy - MOST_LOST
    size_mb = sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) / 1e6
    return (
        GateCheck(
            name=f"floor:{floor}", before=None, after=round(100 * own.accuracy, 3), limit=round(least, 3),
            count=own.count, passed=100 * own.accuracy >= least,
        ),
        GateCheck(
            name="size_mb", before=None, after=round(size_mb, 3), limit=params.largest_mb, count=1,
            passed=size_mb <= params.largest_mb,
        ),
    )  # fmt: skip
