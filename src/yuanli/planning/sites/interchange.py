"""Choices of sites bettered by exchanging one at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from yuanli.planning.documents import Floats
from yuanli.planning.sites.models import Rules
from yuanli.planning.sites.problem import Bools


def total(costs: Floats, chosen: Bools) -> float:
    """Return what it costs if every demand has its cheapest chosen site."""
    return float(costs[:, chosen].min(axis=1).sum()) if chosen.any() else np.inf


def exchange(costs: Floats, chosen: Bools, rules: Rules, over: Callable[[], bool]) -> Bools:
    """Exchange a chosen site for another as long as that is cheaper (Resende and Werneck 2007).

    All exchanges are told at once from the cheapest and second cheapest site of each demand. `costs` is finite.
    """
    chosen = chosen.copy()
    while not over():
        inside = np.flatnonzero(chosen)
        own = costs[:, inside]
        first = own.argmin(axis=1)
        low = own[np.arange(len(own)), first]
        own[np.arange(len(own)), first] = np.inf
        second = (
            np.minimum(own.min(axis=1), costs.max()) if len(inside) > 1 else np.full(len(own), costs.max())
        )
        served = np.zeros((len(inside), len(costs)))
        served[first, np.arange(len(costs))] = 1.0
        gain = np.maximum(low[:, None] - costs, 0.0).sum(axis=0)
        loss = served @ (second - low)
        again = served @ np.maximum(second[:, None] - np.maximum(costs, low[:, None]), 0.0)
        saved = gain[None, :] - loss[:, None] + again
        saved[:, chosen | rules.never] = -np.inf
        saved[rules.must[inside], :] = -np.inf
        if rules.max_changes is not None and rules.start is not None:
            more = np.where(rules.start, -1, 1)
            left = rules.max_changes - int((chosen ^ rules.start).sum())
            saved[more[None, :] - more[inside][:, None] > left] = -np.inf
        out, into = np.unravel_index(int(saved.argmax()), saved.shape)
        if saved[out, into] <= 1e-9 * max(1.0, float(low.sum())):
            break
        chosen[inside[out]], chosen[into] = False, True
    return chosen
