"""Which rows of a linear programme can't hold together: asked again and again, each time from where it stood."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.solver.milp import Milp, highs_model, load_highs

Flags = NDArray[np.bool_]
ZERO = 1e-9


class Rows:
    """The rows of a programme without costs, its whole variables taken as any; some of them may be given up.

    The dual simplex (HiGHS) goes on from the last answer: a question takes a small part of what the first one does.
    """

    def __init__(self, milp: Milp) -> None:
        highspy = load_highs()
        self._low, self._high = np.asarray(milp.row_low), np.asarray(milp.row_high)
        self._held = np.ones(len(self._low), np.bool_)
        self._states = highspy.HighsModelStatus
        self._highs: Any = highspy.Highs()
        for name, value in {
            "output_flag": False, "log_to_console": False, "presolve": "off", "solver": "simplex", "threads": 1,
        }.items():  # fmt: skip
            self._highs.setOptionValue(name, value)
        self._highs.passModel(highs_model(highspy, milp, whole=False))

    def hold(self, kept: Flags, time_s: float) -> bool | None:
        """Say whether there is an answer with some of the rows; None where the time is up before."""
        changed = np.flatnonzero(kept != self._held).astype(np.int32)
        if len(changed):
            low, high = (
                np.where(kept[changed], bounds[changed], free)
                for bounds, free in ((self._low, -np.inf), (self._high, np.inf))
            )
            self._highs.changeRowsBounds(len(changed), changed, low, high)
            self._held = kept.copy()
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + time_s)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == self._states.kOptimal:
            return True
        return False if status == self._states.kInfeasible else None

    def contradicting(self) -> Flags:
        """Return rows that can't hold together, by the ray of Farkas of the last answer; all that were held if none."""
        _, there, ray = self._highs.getDualRay()
        return np.abs(np.array(ray)) > ZERO if there else self._held
