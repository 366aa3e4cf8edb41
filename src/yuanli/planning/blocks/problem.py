"""Blocks of given areas in a plant: what goes between them, and how narrow they may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.errors import Text
from yuanli.planning.documents import GREATEST, Floats, checked_names, checked_numbers, refusal

MOST_BLOCKS = 200
MOST_ASPECT = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocksProblem:
    """Give every block a rectangle of its area in the plant so that flow times distance is least.

    Parameters
    ----------
    flows
        Between blocks, shape `(n, n)`; both directions count.
    areas, aspects
        In m², and how many times longer than wide a block may be, shape `(n,)`.
    width_m, depth_m
        Of the plant.

    Raises
    ------
    InvalidProblemError
        A table has another shape, a number is out of range, or there are too many.
    """

    blocks: tuple[str, ...]
    flows: Floats
    areas: Floats
    aspects: Floats
    width_m: float
    depth_m: float

    def __post_init__(self) -> None:
        n = len(checked_names("blocks", self.blocks, most=MOST_BLOCKS))
        object.__setattr__(self, "flows", checked_numbers("flows", self.flows, shape=(n, n), least=0.0))
        object.__setattr__(self, "areas", checked_numbers("areas", self.areas, shape=(n,), least=1e-9))
        object.__setattr__(self, "aspects", checked_numbers("aspects", self.aspects, shape=(n,), least=1.0))
        if (self.aspects > MOST_ASPECT).any():
            raise refusal(
                "aspects", f"长宽比超过 {MOST_ASPECT:g}", f"an aspect is above {MOST_ASPECT:g}",
                hint=Text("常用 2 到 5。", "2 to 5 are usual."),
            )  # fmt: skip
        for name in ("width_m", "depth_m"):
            if not 0 < getattr(self, name) <= GREATEST:
                raise refusal(
                    name, f"{getattr(self, name)} 不是合理的长度", f"{getattr(self, name)} is no sensible length",
                    hint=Text("给出厂区的宽和深，单位米。", "Give width and depth of the plant in m."),
                )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BlocksPlan:
    """Left, lower edge, width and height of each block, in m."""

    rectangles: tuple[tuple[float, float, float, float], ...]


def travel(problem: BlocksProblem, plan: BlocksPlan) -> float:
    """Return flow times the rectilinear distance between centroids."""
    x, y, w, h = np.array(plan.rectangles).T
    across, along = x + w / 2, y + h / 2
    far = np.abs(across[:, None] - across) + np.abs(along[:, None] - along)
    return float((problem.flows * far).sum())
