"""Trees that tell a class: LightGBM, shallow and much held back, since days are few and minutes alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text, UnavailableError
from yuanli.learning.lines import Floats, Ints

LEAST_ROWS = 10
"""In a leaf, however few there are."""


class TreesMissingError(UnavailableError):
    """The library that grows trees is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowParams:
    """How trees are grown; a leaf holds at least `least_share` of the rows, `extra` takes cuts at random."""

    trees: int = 80
    leaves: int = 4
    rate: float = 0.06
    least_share: float = 0.01
    extra: bool = False
    threads: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassTrees:
    """Grown trees; of two classes they tell the second one's probability."""

    booster: Any
    classes: int

    def predict(self, features: NDArray[np.float32]) -> Floats:
        """Return probabilities, shape `(n, n_classes)`."""
        said = np.asarray(self.booster.predict(features, num_threads=1), dtype=np.float64)
        return np.stack([1 - said, said], axis=1) if self.classes == 2 else said

    def weights(self) -> Floats:
        """Return how much each feature lessened the error, shares of 1."""
        gain = np.asarray(self.booster.feature_importance("gain"), dtype=np.float64)
        return gain / max(float(gain.sum()), 1e-12)


def grow(
    features: NDArray[np.float32], truth: Ints, *, classes: int, params: GrowParams, seed: int
) -> ClassTrees:
    """Return trees grown by cross-entropy.

    Raises
    ------
    TreesMissingError
        The extra `ml` is not installed.
    """
    lightgbm = _lightgbm()
    settings: dict[str, Any] = {
        "objective": "binary" if classes == 2 else "multiclass",
        "num_leaves": params.leaves,
        "learning_rate": params.rate,
        "min_data_in_leaf": max(LEAST_ROWS, round(params.least_share * len(truth))),
        "feature_fraction": 0.4,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "max_bin": 63,
        "extra_trees": params.extra,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": params.threads,
        "verbose": -1,
    }
    if classes > 2:
        settings["num_class"] = classes
    data = lightgbm.Dataset(features, truth, params={"max_bin": 63, "verbose": -1})
    return ClassTrees(booster=lightgbm.train(settings, data, params.trees), classes=classes)


def load_trees(text: str, classes: int) -> ClassTrees:
    """Return trees from what their booster wrote."""
    return ClassTrees(booster=_lightgbm().Booster(model_str=text), classes=classes)


def _lightgbm() -> Any:
    try:
        import lightgbm
    except ImportError as error:
        raise TreesMissingError(
            Text("没有安装 LightGBM。", "LightGBM is not installed."),
            hint=Text("安装 yuanli[ml]，或只用 line。", "Install yuanli[ml], or take the candidates of lines only."),
        ) from error  # fmt: skip
    return lightgbm
