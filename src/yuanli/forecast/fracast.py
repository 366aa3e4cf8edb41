"""The plug-in for Fracast-0, a foundation model of 85,001 parameters that its package brings along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from yuanli.forecast.history import Floats
from yuanli.forecast.plugins import Forecaster

LEAST = 8
"""Values a series needs; shorter ones are continued at their last."""
BATCH = 256


def load_fracast(folder: Path) -> Forecaster:
    """Return the model of a folder with its `config.json` and weights, else the one that the package holds."""
    import fracast

    held = (folder / "config.json").is_file()
    return _Fracast(fracast.FracastModel.from_pretrained(folder if held else None))


class _Fracast:
    """Holds the loaded model."""

    def __init__(self, model: object) -> None:
        self._model = model

    def forecast(
        self,
        context: Floats,
        horizon: int,
        quantiles: Sequence[float],
        covariates: Floats | None,  # noqa: ARG002
    ) -> Floats:
        """Return quantiles between the model's own nine by straight lines; covariates are not looked at."""
        known = np.isfinite(context).sum(axis=1) >= LEAST
        said = np.empty((len(context), horizon, len(quantiles)))
        said[~known] = _last_values(context[~known])[:, None, None]
        rows = np.flatnonzero(known)
        levels = np.asarray(self._model.quantiles)  # type: ignore[attr-defined]
        for first in range(0, len(rows), BATCH):
            batch = rows[first : first + BATCH]
            own = np.asarray(self._model.forecast_batch(context[batch], horizon=horizon))  # type: ignore[attr-defined]
            own = np.sort(own, axis=2)
            for place, level in enumerate(quantiles):
                said[batch, :, place] = _between(own, levels, level)
        return said


def _between(own: Floats, levels: Floats, level: float) -> Floats:
    above = int(np.clip(np.searchsorted(levels, level), 1, len(levels) - 1))
    share = float(np.clip((level - levels[above - 1]) / (levels[above] - levels[above - 1]), 0, 1))
    return np.asarray((1 - share) * own[:, :, above - 1] + share * own[:, :, above])


def _last_values(context: Floats) -> Floats:
    held = np.isfinite(context)
    last = context.shape[1] - 1 - held[:, ::-1].argmax(axis=1)
    found = context[np.arange(len(context)), last]
    return np.asarray(np.where(held.any(axis=1), found, 0.0))
