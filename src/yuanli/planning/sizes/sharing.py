"""Desks that are shared: the chance that more come than there are desks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yuanli.planning.documents import Floats
from yuanli.planning.sizes.queues import checked

MOST_PEOPLE = 20_000


def presence(teams: Sequence[tuple[int, float]]) -> Floats:
    """Return the chance that so many are there, shape `(people + 1,)`, if everybody decides alone.

    Parameters
    ----------
    teams
        People of each team and the chance that one of them is there. Days when a whole team comes are told as a
        chance near 1; days that all prefer make the true curve wider.
    """
    chances = np.ones(1)
    checked("people", sum(people for people, _ in teams), most=MOST_PEOPLE)
    for people, chance in teams:
        checked("people", people, most=MOST_PEOPLE)
        checked("chance", chance, most=1.0)
        chances = np.convolve(chances, _binomial(people, chance))
    found: Floats = chances / chances.sum()
    return found


def sharing_curve(teams: Sequence[tuple[int, float]]) -> Floats:
    """Return the chance that desks are short, for 0 desks to one each, shape `(people + 1,)`."""
    short: Floats = np.maximum(1.0 - np.cumsum(presence(teams)), 0.0)
    return short


def desks_for(teams: Sequence[tuple[int, float]], chance: float) -> int:
    """Return the fewest desks that are short with at most this chance a day."""
    checked("chance", chance, least=1e-9, most=1.0)
    return int(np.flatnonzero(sharing_curve(teams) <= chance)[0])


def _binomial(people: int, chance: float) -> Floats:
    from scipy.stats import binom

    found: Floats = binom.pmf(np.arange(people + 1), people, chance)
    return found
