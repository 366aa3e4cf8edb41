"""One model over all points: gradient-boosted trees on how far values will be from the usual."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.forecast.features import Known, Past, known_at, names_of
from yuanli.forecast.history import Floats, Ints
from yuanli.learning import TreesMissingError

LEAST_ROWS = 2000
CLIP = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeParams:
    """How trees are grown.

    Parameters
    ----------
    rows, points, past_d
        The most steps and points that are learnt from, and how many days back they lie.
    seed
        Which steps and points those are, and what each tree sees.
    threads
        0 takes the library's own choice.
    """

    rows: int = 300_000
    points: int = 1000
    past_d: int = 730
    trees: int = 250
    leaves: int = 40
    rate: float = 0.06
    least_rows: int = 60
    seed: int = 0
    threads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trees:
    """A grown model and the features it looks at."""

    booster: Any
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GrownTrees:
    """Trees grown on some points at ascending times, for other points of the same grid, horizon and calendar."""

    at: tuple[int, ...]
    trees: tuple[Trees | None, ...]

    def find_at(self, time: int) -> Trees | None:
        """Return the trees that were grown last up to a time, which know nothing of what came after it."""
        return next(
            (one for at, one in zip(self.at[::-1], self.trees[::-1], strict=True) if at <= time), None
        )


@cache
def has_trees() -> bool:
    """Return whether LightGBM is installed and can be loaded; it needs the system's OpenMP library."""
    try:
        import lightgbm  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def fit_trees(past: Past, origin: int, *, horizon: int, params: TreeParams) -> Trees | None:
    """Return trees grown on what was there before an origin, by LightGBM (Ke et al. 2017) with the absolute error.

    Returns nothing where there is too little to learn from.

    Raises
    ------
    TreesMissingError
        The extra `ml` is not installed.
    """
    rng = np.random.default_rng(params.seed)
    n_points = past.history.n_points
    if n_points > params.points:
        past = past.of(np.sort(rng.choice(n_points, params.points, replace=False)))
    rows, target, names = _rows(past, _past_origins(past, origin, horizon, params), horizon, params.rows, rng)
    if len(target) < LEAST_ROWS:
        return None
    try:
        import lightgbm
    except ImportError as error:
        raise TreesMissingError(
            Text("没有安装 LightGBM。", "LightGBM is not installed."),
            hint=Text("安装 yuanli[ml]，或在方法中去掉 trees。", "Install yuanli[ml], or leave out the method trees."),
        ) from error  # fmt: skip
    data = lightgbm.Dataset(rows, target, feature_name=list(names), params={"max_bin": 127, "verbose": -1})
    booster = lightgbm.train(
        {
            "objective": "l1",
            "num_leaves": params.leaves,
            "learning_rate": params.rate,
            "min_data_in_leaf": params.least_rows,
            "feature_fraction": 0.5,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "lambda_l2": 5.0,
            "max_bin": 127,
            "seed": params.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": params.threads,
            "verbose": -1,
        },
        data,
        params.trees,
    )
    return Trees(booster=booster, names=names)


def predict_trees(trees: Trees, known: Known, *, threads: int = 0) -> Floats:
    """Return what the trees say; shape `(n_points, horizon)`."""
    n_points, horizon = known.usual.shape
    flat = known.matrix(trees.names).reshape(n_points * horizon, -1)
    apart = trees.booster.predict(flat, num_threads=threads).reshape(n_points, horizon)
    return np.asarray(known.usual + known.spread[:, None] * apart)


def _past_origins(past: Past, origin: int, horizon: int, params: TreeParams) -> Ints:
    """Return origins of the same time of day whose steps are all there; older ones are thinned to every other day."""
    steps = past.grid.steps
    latest = origin - steps * -(-horizon // steps)
    first = max(0, latest - params.past_d * steps)
    found = np.arange(latest, first - 1, -steps)[::-1]
    old = found < latest - 365 * steps
    return np.concatenate([found[old][::2], found[~old]])


def _rows(
    past: Past, origins: Ints, horizon: int, most: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32], tuple[str, ...]]:
    each = max(1, most // max(1, len(origins)))
    rows: list[NDArray[np.float32]] = []
    targets: list[NDArray[np.float32]] = []
    names: tuple[str, ...] = ()
    for origin in origins.tolist():
        known = known_at(past, origin, horizon)
        names = names_of(known)
        truth = past.history.values[:, origin : origin + horizon]
        apart = (truth - known.usual) / known.spread[:, None]
        held = np.argwhere(np.isfinite(apart) & np.isfinite(known.features["last_week"]))
        if len(held) > each:
            held = held[rng.choice(len(held), each, replace=False)]
        rows.append(known.picked(names, held[:, 0], held[:, 1]))
        targets.append(np.clip(apart[held[:, 0], held[:, 1]], -CLIP, CLIP).astype(np.float32))
    if not rows:
        return np.empty((0, 0), np.float32), np.empty(0, np.float32), names
    return np.concatenate(rows), np.concatenate(targets), names
