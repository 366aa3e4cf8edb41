"""What is on: signals that are switched, such as lamps, cut in two, and a line on how they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.history import Floats, Ints
from yuanli.learning import Line, fit_line

BINS = 256
VALLEY = 0.2
"""How wide the valley between off and on must be, a share of the way between their means."""
MOST_BETWEEN = 0.001
"""The greatest share of readings that may lie in the valley of a signal that is switched."""
LEAST_SIDE = 0.01
"""The least share of readings on either side."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Switches:
    """Cuts between off and on, shape `(n_columns,)`, not a number for a column that isn't switched; and the line."""

    cuts: Floats
    line: Line

    def predict(self, features: NDArray[np.float32]) -> Floats:
        """Return probabilities, shape `(n, n_classes)`."""
        return self.line.predict(_on(features, self.cuts))


def fit_switches(features: NDArray[np.float32], truth: Ints, *, classes: int, penalty: float) -> Switches:
    """Find the columns that are switched, by their readings alone, and learn a line on which of them are on."""
    cuts = np.array([find_cut(column) for column in features.T])
    return Switches(
        cuts=cuts, line=fit_line(_on(features, cuts), truth, classes=classes, penalty=penalty)
    )  # fmt: skip


def find_cut(values: NDArray[np.float32]) -> float:
    """Return where readings part into off and on by Otsu's method (1979, doi:10.1109/TSMC.1979.4310076).

    Not a number where they don't: daylight passes through every value, a lamp leaves those between off and on out.
    """
    known = np.asarray(values[np.isfinite(values)], dtype=np.float64)
    if not len(known) or known.min() == known.max():
        return np.nan
    count, edges = np.histogram(known, BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(count)[:-1], np.cumsum(count * middles)[:-1]
    above = len(known) - below
    apart = total / below - ((count * middles).sum() - total) / above
    between = below * above * apart**2
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    cut = (edges[best[0] + 1] + edges[best[-1] + 1]) / 2
    on = known > cut
    if not LEAST_SIDE <= on.mean() <= 1 - LEAST_SIDE:
        return np.nan
    way = known[on].mean() - known[~on].mean()
    valley = np.abs(known - cut) < VALLEY / 2 * way
    return float(cut) if valley.mean() <= MOST_BETWEEN else np.nan


def _on(features: NDArray[np.float32], cuts: Floats) -> NDArray[np.float32]:
    """Return 1 for on and 0 for off; not a number, so that it counts for nothing, where that is not known."""
    told = np.isfinite(features) & np.isfinite(cuts)
    return np.where(told, features > np.nan_to_num(cuts), np.nan).astype(np.float32)
