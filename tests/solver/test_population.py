"""Population annealing: who gives way to whom."""

import numpy as np
import pytest

from yuanli.solver import heirs


def test_like_plans_stay_and_much_dearer_ones_give_way() -> None:
    rng = np.random.default_rng(1)
    assert heirs(np.full(8, 3.0), 1.0, rng) == []
    assert heirs(np.array([5.0, 0.0, 900.0]), 10.0, rng) == [(0, 1), (2, 1)]
    assert heirs(np.array([5.0, 0.0, 900.0]), 0.0, rng) == []


def test_plans_are_kept_as_often_as_they_are_likely() -> None:
    rng, costs = np.random.default_rng(2), np.array([0.0, 1.0, 2.0, 3.0])
    kept = np.zeros(4)
    for _ in range(4_000):
        now = np.arange(4)
        for place, parent in heirs(costs, 1.0, rng):
            now[place] = parent
        kept += np.bincount(now, minlength=4)
    assert kept / kept.sum() == pytest.approx(np.exp(-costs) / np.exp(-costs).sum(), abs=0.01)
