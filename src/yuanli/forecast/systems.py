"""What is unusual in a system: its points against the way they move together while all is well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri

from yuanli.errors import InvalidInputError, Text
from yuanli.forecast.history import Floats


class InvalidSystemError(InvalidInputError):
    """Points that no system can be learnt from."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SystemModel:
    """How the points of a system move together while all is well.

    Parameters
    ----------
    centre, scale
        Shape `(n_signals,)`.
    axes, variances
        Principal axes, shape `(n_signals, n_kept)`, and the variance along each.
    t2_limit, q_limit
        What T² and Q stay under as often as `level` says.
    """

    centre: Floats
    scale: Floats
    axes: Floats
    variances: Floats
    t2_limit: float
    q_limit: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SystemScores:
    """How far each time is from how a system moves; not a number where a signal is missing.

    Parameters
    ----------
    t2
        Distance along the ways it moves; shape `(n_times,)`.
    q
        Squared distance from them; shape `(n_times,)`.
    blame
        What each signal adds to `q`; shape `(n_signals, n_times)`, summing to it.
    """

    t2: Floats
    q: Floats
    blame: Floats
    t2_over: NDArray[np.bool_]
    q_over: NDArray[np.bool_]

    def blamed(self, names: Sequence[str], column: int) -> tuple[tuple[str, float], ...]:
        """Return the signals by what they add to Q at a time, as shares, the largest first."""
        parts = np.nan_to_num(self.blame[:, column])
        total = float(parts.sum()) or 1.0
        return tuple((names[i], float(parts[i]) / total) for i in np.argsort(-parts))


def fit_system(signals: Floats, *, kept: float = 0.9, level: float = 0.99) -> SystemModel:
    """Return how signals move together on times when all is well, by principal components.

    The limit of T² is the chi-square one, that of Q by Jackson & Mudholkar (1979, doi:10.1080/00401706.1979.10489779).

    Parameters
    ----------
    signals
        Shape `(n_signals, n_times)`; times at which one is missing are left out.
    kept
        The share of variance that the kept axes make up.

    Raises
    ------
    InvalidSystemError
        There are fewer than two signals, or too few whole times.
    """
    whole = signals[:, np.isfinite(signals).all(axis=0)]
    if signals.shape[0] < 2 or whole.shape[1] < 10 * signals.shape[0]:
        raise InvalidSystemError(
            Text(f"{signals.shape[0]} 个信号只有 {whole.shape[1]} 个完整时刻。",
                 f"{signals.shape[0]} signals with {whole.shape[1]} whole times."),
            field="signals",
            hint=Text("至少两个信号，每个信号十个完整时刻。", "Give two signals, and ten whole times for each."),
        )  # fmt: skip
    centre = whole.mean(axis=1)
    spread = whole.std(axis=1)
    scale = np.where(spread > 1e-9 * (1 + np.abs(centre)), spread, 1.0)
    scaled = (whole - centre[:, None]) / scale[:, None]
    values, vectors = np.linalg.eigh(scaled @ scaled.T / whole.shape[1])
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    share = np.cumsum(values) / values.sum()
    n_kept = min(int(np.searchsorted(share, kept)) + 1, len(values) - 1)
    n_kept = max(1, min(n_kept, int((values > 1e-9).sum())))
    return SystemModel(
        centre=centre,
        scale=scale,
        axes=vectors[:, :n_kept],
        variances=values[:n_kept],
        t2_limit=float(chdtri(n_kept, 1 - level)),
        q_limit=_q_limit(values[n_kept:], level),
    )


def _q_limit(rest: Floats, level: float) -> float:
    theta = [float((rest**i).sum()) for i in (1, 2, 3)]
    if theta[0] <= 1e-12:
        return 1e-9
    h = 1 - 2 * theta[0] * theta[2] / (3 * theta[1] ** 2)
    root = float(ndtri(level)) * np.sqrt(2 * theta[1] * h**2) / theta[0]
    return float(theta[0] * max(root + 1 + theta[1] * h * (h - 1) / theta[0] ** 2, 1e-9) ** (1 / h))


def score_system(model: SystemModel, signals: Floats) -> SystemScores:
    """Return how far signals are from the way a system moves: Hotelling's T² and the squared prediction error Q."""
    scaled = (signals - model.centre[:, None]) / model.scale[:, None]
    along = model.axes.T @ scaled
    rest = scaled - model.axes @ along
    t2 = (along**2 / model.variances[:, None]).sum(axis=0)
    blame = rest**2
    q = blame.sum(axis=0)
    return SystemScores(t2=t2, q=q, blame=blame, t2_over=t2 > model.t2_limit, q_over=q > model.q_limit)
