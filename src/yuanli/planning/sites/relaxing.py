"""The p-median's Lagrangian bound, its plans, and the sites that no better plan can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from yuanli.planning.documents import Floats
from yuanli.planning.sites.models import Rules
from yuanli.planning.sites.problem import Bools

STEPS = 600
STALE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """The greatest bound that was found, and the reduced cost of each site and price of each demand there."""

    bound: float
    reduced: Floats
    chosen: Bools
    prices: Floats


def relax(
    costs: Floats, rules: Rules, *, known: float, over: Callable[[], bool], told: Callable[[float, Bools], float]
) -> Relaxed:  # fmt: skip
    """Relax that everybody is served, by subgradients (Cornuéjols et al. 1977, doi:10.1287/mnsc.23.8.789).

    Few changes are not asked for, so the bound holds for them too.

    Parameters
    ----------
    known
        What a plan costs.
    told
        Is handed better bounds with the sites chosen there; returns the cost of the best plan that is known.
    """
    prices = np.sort(costs, axis=1)[:, min(1, costs.shape[1] - 1)]
    nothing = np.zeros(costs.shape[1])
    best, pace, stale = Relaxed(bound=-np.inf, reduced=nothing, chosen=rules.must, prices=prices), 2.0, 0
    for _ in range(STEPS):
        reduced = np.minimum(costs - prices[:, None], 0.0).sum(axis=0)
        chosen = _cheapest(reduced, rules)
        bound = float(prices.sum() + reduced[chosen].sum())
        if bound > best.bound:
            stale = 0
            best = Relaxed(bound=bound, reduced=reduced, chosen=chosen, prices=prices)
            known = told(bound, chosen)
        else:
            stale += 1
        slope = 1.0 - (costs[:, chosen] < prices[:, None]).sum(axis=1)
        length = float((slope**2).sum())
        if over() or length == 0 or pace < 1e-4 or known - best.bound < 1e-9 * max(1.0, abs(known)):
            break
        if stale >= STALE:
            pace, stale = pace / 2, 0
        prices = prices + pace * (known - bound) / length * slope
    return best


def reduce_rules(relaxed: Relaxed, rules: Rules, *, known: float) -> Rules:
    """Return the rules with sites settled that no plan cheaper than `known` can have otherwise."""
    free = ~rules.must & ~rules.never
    inside, outside = relaxed.chosen & free, ~relaxed.chosen & free
    if not inside.any() or not outside.any():
        return rules
    spare = known - relaxed.bound + 1e-7 * max(1.0, abs(known))
    worst, next_ = relaxed.reduced[inside].max(), relaxed.reduced[outside].min()
    never = rules.never | (outside & (relaxed.reduced - worst > spare))
    must = rules.must | (inside & (next_ - relaxed.reduced > spare))
    return replace(rules, never=never, must=must)


def _cheapest(reduced: Floats, rules: Rules) -> Bools:
    """Return the sites of least reduced cost that keep the rules."""
    order = np.where(rules.must, -np.inf, np.where(rules.never, np.inf, reduced))
    chosen = np.zeros(len(reduced), dtype=bool)
    chosen[np.argsort(order, kind="stable")[: rules.count]] = True
    return chosen & ~rules.never
