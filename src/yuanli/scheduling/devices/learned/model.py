"""A model of plans: how likely each device is on in each slot, learnt by cross-entropy from plans of earlier days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.learning import ClassTrees, Line
from yuanli.scheduling.devices.learned.days import Day
from yuanli.scheduling.devices.learned.features import features_of
from yuanli.scheduling.devices.learned.prices import PriceModel, SharedPrices
from yuanli.scheduling.devices.moves import Floats, Tables
from yuanli.scheduling.devices.problem import DevicesProblem

LEAST_CHANCE = 1e-6
LINE, TREES = "line", "trees"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanModel:
    """What was learnt; `validation` holds the cross-entropy of each candidate on the days kept for choosing.

    Parameters
    ----------
    lean
        Added to the log-odds before the projection, toward on: what is on too often is repaired more cheaply.
    days
        How many days were learnt from.
    """

    states: Line | ClassTrees
    prices: PriceModel
    kind: str
    names: tuple[str, ...]
    validation: Mapping[str, float]
    days: int
    lean: float = 0.0

    def foretell(
        self, problem: DevicesProblem, tables: Tables, past: Sequence[Day]
    ) -> tuple[Floats, SharedPrices]:
        """Return the probability that each device is on, shape `(n_devices, slots)`, and prices.

        Parameters
        ----------
        past
            Earlier days, the latest last; there may be none.
        """
        prices = self.prices.predict(problem, tables)
        known = features_of(problem, tables, past, prices)
        said = self.states.predict(known)[:, 1].reshape(len(problem.devices), problem.slots)
        return np.clip(said, LEAST_CHANCE, 1.0 - LEAST_CHANCE), prices


def cross_entropy(chance: NDArray[np.floating], on: NDArray[np.generic]) -> float:
    """Return the mean negative log-likelihood of states, in nats."""
    said = np.clip(chance, LEAST_CHANCE, 1.0 - LEAST_CHANCE)
    return float(-np.where(np.asarray(on) > 0, np.log(said), np.log1p(-said)).mean())
