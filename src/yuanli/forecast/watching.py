"""A machine watched over time: when its signals no longer move together as they did while all was well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.forecast.history import Floats
from yuanli.forecast.signals import Bools, Signals, runs
from yuanli.forecast.systems import SystemScores, fit_system, score_system


class InvalidWatchError(InvalidInputError):
    """A parameter of the watch can't be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchParams:
    """How closely a machine is watched; chosen on the valve-1 runs of SKAB.

    Parameters
    ----------
    smooth, calm
        Weights of the newest value in the exponential means of the signals, and of T² and Q.
    kept
        Share of the variance that principal axes keep.
    fit
        Share of the reference on which axes are fitted; the limits come from all of it, so that what it drifts by
        itself is borne.
    level
        Which quantile of the reference is the base of both limits.
    t2, q
        How many times that T² and Q may reach.
    least_steps, apart_steps
        How long it lasts at least; stretches closer than this are one.
    """

    smooth: float = 0.1
    calm: float = 0.2
    kept: float = 0.9
    fit: float = 1.0
    level: float = 0.99
    t2: float = 2.0
    q: float = 40.0
    least_steps: int = 5
    apart_steps: int = 30

    def __post_init__(self) -> None:
        shares = (self.smooth, self.calm, self.kept, self.fit, self.level)
        if not all(0 < share <= 1 for share in shares) or min(self.t2, self.q, self.least_steps) <= 0:
            raise InvalidWatchError(
                Text(f"监视参数无效：{self}。", f"The parameters {self} can't be."),
                field="params",
                hint=Text("比例在 0 到 1 之间，倍数为正。", "Shares lie in 0–1, multiples above nought."),
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watched:
    """How far a machine was from its usual ways.

    Parameters
    ----------
    score
        The larger of T² and Q, each over its limit: unusual above 1; shape `(n_times,)`.
    """

    score: Floats
    over: Bools
    scores: SystemScores


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemAnomaly:
    """A stretch in which a machine moved unlike before, at the worst `score` times its limit; µs, half-open.

    `blamed` names the signals and their shares in what is unusual, the largest first.
    """

    start: int
    end: int
    score: float
    blamed: tuple[tuple[str, float], ...]


def first_rows(n_times: int, *, share: float = 0.15, least: int = 400) -> int:
    """Return how many first rows are the reference where nobody says: 15 %, 400 at least, half at most."""
    return min(max(least, round(share * n_times)), n_times // 2)


def watch_system(signals: Signals, reference: Bools, params: WatchParams = WatchParams()) -> Watched:
    """Return how far each time is from how the signals moved together at the times of reference.

    Signals that never moved in the reference are left out, and what is missing is taken as before.

    Raises
    ------
    InvalidSystemError
        The reference is too short, or fewer than two signals move in it.
    """
    values = _filled(signals.values)
    spread = np.array(
        [np.nanstd(row[reference]) if np.isfinite(row[reference]).any() else 0 for row in values]
    )
    level = np.array([np.nanmean(np.abs(row)) if np.isfinite(row).any() else 0 for row in values])
    moving = spread > 1e-9 * (1 + level)
    calm = np.full(values.shape, np.nan)
    if moving.any():
        calm[moving] = _ewma(values[moving], params.smooth)
    columns = np.flatnonzero(reference)
    fitted = columns[: max(1, round(params.fit * len(columns)))]
    model = fit_system(calm[moving][:, fitted], kept=params.kept)
    scores = score_system(model, calm[moving])
    score = np.zeros(len(signals.at))
    for own, times in ((scores.t2, params.t2), (scores.q, params.q)):
        steady = _ewma(_filled(own[None, :]), params.calm)[0]
        limit = times * max(float(np.nanquantile(steady[columns], params.level)), 1e-9)
        score = np.fmax(score, steady / limit)
    blame = np.zeros((len(signals.names), len(signals.at)))
    blame[moving] = scores.blame
    told = SystemScores(t2=scores.t2, q=scores.q, blame=blame, t2_over=scores.t2_over, q_over=scores.q_over)
    return Watched(score=score, over=score > 1, scores=told)


def system_anomalies(
    signals: Signals, reference: Bools, params: WatchParams = WatchParams()
) -> tuple[SystemAnomaly, ...]:
    """Return when a machine moved unlike at the times of reference, in order of time."""
    watched = watch_system(signals, reference, params)
    found = []
    for first, last in _stretches(watched.over & ~reference, signals.gaps(), params):
        worst = first + int(np.argmax(watched.score[first:last]))
        found.append(
            SystemAnomaly(
                start=int(signals.at[first]),
                end=int(signals.at[last - 1]) + signals.step,
                score=float(watched.score[worst]),
                blamed=watched.scores.blamed(signals.names, worst)[:5],
            )
        )
    return tuple(found)


def _stretches(over: Bools, gaps: Bools, params: WatchParams) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in runs(over, gaps):
        near = joined and first - joined[-1][1] <= params.apart_steps
        if near and not gaps[joined[-1][1] : first + 1].any():
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return [(first, last) for first, last in joined if last - first >= params.least_steps]


def _filled(values: Floats) -> Floats:
    """Return values with the last that was there in place of what is missing; the first for what came before it."""
    there = np.isfinite(values)
    columns = np.arange(values.shape[1])
    last = np.maximum.accumulate(np.where(there, columns, -1), axis=1)
    first = np.argmax(there, axis=1)[:, None]
    return np.asarray(np.take_along_axis(values, np.where(last >= 0, last, first), axis=1))


def _ewma(values: Floats, weight: float) -> Floats:
    from scipy.signal import lfilter  # brings half of scipy: a fifth of what yuanli takes to start

    begin = (1 - weight) * values[:, :1]
    smooth, _ = lfilter([weight], [1.0, weight - 1.0], values, axis=1, zi=begin)
    return np.asarray(smooth)
