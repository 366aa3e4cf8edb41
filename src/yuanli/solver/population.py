"""Population annealing: of several plans that are cooled together, the better ones take the places of the worse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def heirs(costs: NDArray[np.float64], colder: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Return which plans give way to which, as pairs of (who gives way, whose plan it takes).

    Each plan is kept, dropped or doubled by how much likelier it is at the next temperature, drawn systematically
    (Hukushima and Iba 2003, doi:10.1063/1.1632130; Machta 2010, doi:10.1103/PhysRevE.82.026704).

    Parameters
    ----------
    costs
        What each plan costs, shape `(plans,)`.
    colder
        By how much the inverse temperature rises, in one over the unit of cost.
    """
    n = len(costs)
    weight = np.exp(-colder * (costs - costs.min()))
    drawn = np.searchsorted(np.cumsum(weight / weight.sum()), (rng.random() + np.arange(n)) / n)
    times = np.bincount(np.minimum(drawn, n - 1), minlength=n)
    parents = np.repeat(np.arange(n), np.maximum(times - 1, 0))
    return list(zip(np.flatnonzero(times == 0).tolist(), parents.tolist(), strict=True))
