"""What is unusual in a point: each step, each day, against what days of the same kind say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.forecast.calendar import Calendar
from yuanli.forecast.features import past_of
from yuanli.forecast.history import Floats, History

MAD_TO_SIGMA = 1.4826
LEAST = 24


class AnomalyKind(StrEnum):
    """What was found."""

    UNUSUAL = "unusual"
    """Far from what days of the same kind say."""
    SHIFTED = "shifted"
    """A whole day lies off to one side."""
    SILENT = "silent"
    """Flat where it usually moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """A span of one point that is unusual, with its evidence.

    Parameters
    ----------
    start, end
        µs UTC, half-open.
    score
        How many robust standard deviations it lies off, at its worst.
    expected, observed
        Means over the span.
    excess
        Observed less expected, summed over the hours of the span: kWh for a point in kW.
    """

    point: int
    kind: AnomalyKind
    start: int
    end: int
    score: float
    expected: float
    observed: float
    excess: float
    evidence: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyParams:
    """When a point is unusual.

    Parameters
    ----------
    score
        Robust standard deviations of a single step.
    least_steps
        So many steps together are worth a word; shorter ones only at twice the score.
    shift_score
        Robust standard deviations of a day's mean.
    past_d
        Days on which the usual scatter is measured.
    share
        What is off by less than so much of the point's usual range is not worth a word.
    tail
        Nor what is off by less than so many times what only one past step in fifty was off by.
    """

    score: float = 6.0
    least_steps: int = 2
    shift_score: float = 5.0
    past_d: int = 56
    share: float = 0.1
    tail: float = 0.0


def find_anomalies(
    history: History,
    since: int,
    *,
    calendar: Calendar | None = None,
    least: Floats | None = None,
    params: AnomalyParams | None = None,
) -> tuple[Anomaly, ...]:
    """Return what is unusual from a column on, the worst first; each step is judged by what came before `since` alone.

    Residuals are from the mean of the last days of the same kind; their scatter is the median absolute deviation by
    hour of the day (Leys et al. 2013, doi:10.1016/j.jesp.2013.03.013), but no less than what makes a difference that
    matters unusual.

    Parameters
    ----------
    least
        Differences that matter, in the units of the points; shape `(n_points,)`.
    """
    params = params or AnomalyParams()
    past = past_of(history, calendar or Calendar(), horizon=1)
    steps = history.steps_per_day
    first = max(0, since - params.past_d * steps)
    clock = past.grid.clock[first : history.n_times]
    before = past.apart[:, first:since]
    hourly, scatter = _scatter(
        before, clock[: since - first] * 24 // steps, clock[since - first :] * 24 // steps
    )
    floor = _floor(history.values[:, first:since], params.share)
    if least is not None:
        floor = np.fmax(floor, least)
    worth = np.fmax(floor, params.tail * _quantile(np.abs(before), 0.98))
    now = past.apart[:, since:] - hourly
    spread = np.fmax(scatter, worth[:, None] / params.score)
    score = now / np.where(spread > 0, spread, np.nan)
    day_scatter = np.maximum(_day_scatter(before, steps), floor / params.shift_score)
    found: list[Anomaly] = []
    for point in range(history.n_points):
        own = score[point]
        for a, b in sorted(_spans(own > params.score) + _spans(own < -params.score)):
            worst = float(np.nanmax(np.abs(own[a:b])))
            if b - a >= params.least_steps or worst >= 2 * params.score:
                found.append(
                    _anomaly(history, past.apart, point, since + a, since + b, worst, AnomalyKind.UNUSUAL)
                )
        found += _shifted(history, past.apart, point, since, day_scatter[point], params)
        found += _silent(history, past.apart, point, since)
    return tuple(sorted(found, key=lambda a: -a.score))


def _scatter(before: Floats, hours: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the middle and the scatter of past residuals at wanted hours; shape `(n_points, n_wanted)`."""
    whole_middle, whole = _robust(before)
    middle = np.repeat(whole_middle[:, None], len(wanted), 1)
    scatter = np.repeat(whole[:, None], len(wanted), 1)
    for hour in np.unique(wanted):
        own = before[:, hours == hour]
        enough = np.isfinite(own).sum(1) >= LEAST
        centre, spread = _robust(own)
        middle[:, wanted == hour] = np.where(enough, centre, whole_middle)[:, None]
        scatter[:, wanted == hour] = np.maximum(np.where(enough, spread, whole), 0.3 * whole)[:, None]
    return middle, np.where(scatter > 0, scatter, np.nan)


def _robust(values: Floats) -> tuple[Floats, Floats]:
    held = np.isfinite(values).any(axis=1)
    middle, scatter = np.full(len(values), np.nan), np.full(len(values), np.nan)
    middle[held] = np.nanmedian(values[held], axis=1)
    scatter[held] = MAD_TO_SIGMA * np.nanmedian(np.abs(values[held] - middle[held, None]), axis=1)
    return middle, scatter


def _floor(before: Floats, share: float) -> Floats:
    """Return a share of the range in which values usually lie; not a number where there are none."""
    return share * (_quantile(before, 0.98) - _quantile(before, 0.02))


def _quantile(values: Floats, share: float) -> Floats:
    held = np.isfinite(values).any(axis=1)
    found = np.full(len(values), np.nan)
    if held.any():
        found[held] = np.nanquantile(values[held], share, axis=1)
    return found


def _day_scatter(before: Floats, steps: int) -> Floats:
    days = before.shape[1] // steps
    if days < 7:
        return np.full(len(before), np.nan)
    blocks = before[:, before.shape[1] - days * steps :].reshape(len(before), days, steps)
    held = np.isfinite(blocks)
    means = np.where(held, blocks, 0).sum(2) / np.maximum(held.sum(2), 1)
    _, scatter = _robust(np.where(held.any(2), means, np.nan))
    return np.where(scatter > 0, scatter, np.nan)


def _shifted(
    history: History,
    apart: NDArray[np.float32],
    point: int,
    since: int,
    scatter: float,
    params: AnomalyParams,
) -> list[Anomaly]:
    steps, found = history.steps_per_day, []
    for start in range(since, history.n_times - steps + 1, steps):
        day = apart[point, start : start + steps]
        held = day[np.isfinite(day)]
        if len(held) < steps / 2 or not np.isfinite(scatter):
            continue
        score = abs(float(held.mean())) / scatter
        one_sided = max((held > 0).mean(), (held < 0).mean())
        if score >= params.shift_score and one_sided >= 0.8:
            found.append(_anomaly(history, apart, point, start, start + steps, score, AnomalyKind.SHIFTED))
    return found


def _silent(history: History, apart: NDArray[np.float32], point: int, since: int) -> list[Anomaly]:
    """Return days on which a point stands still that never does."""
    steps, values, found = history.steps_per_day, history.values[point], []
    before = values[max(0, since - 28 * steps) : since]
    blocks = before[len(before) % steps :].reshape(-1, steps)
    blocks = blocks[np.isfinite(blocks).all(axis=1)]
    if steps < 12 or len(blocks) < 7 or (np.ptp(blocks, axis=1) == 0).any():
        return []
    for start in range(since, history.n_times - steps + 1, steps):
        day = values[start : start + steps]
        if np.isfinite(day).all() and np.ptp(day) == 0:
            usual = float(np.median(np.ptp(blocks, axis=1)))
            score = usual / max(float(np.std(blocks)), 1e-12) * 3
            found.append(_anomaly(history, apart, point, start, start + steps, score, AnomalyKind.SILENT))
    return found


def _anomaly(
    history: History,
    apart: NDArray[np.float32],
    point: int,
    first: int,
    end: int,
    score: float,
    kind: AnomalyKind,
) -> Anomaly:
    values = history.values[point, first:end]
    off = apart[point, first:end]
    observed = float(np.nanmean(values))
    excess = float(np.nansum(off)) * 24 / history.steps_per_day
    away = np.nan_to_num(float(np.nanmean(off))) if np.isfinite(off).any() else 0.0
    expected = observed - away
    return Anomaly(
        point=point,
        kind=kind,
        start=history.start + history.step * first,
        end=history.start + history.step * end,
        score=score,
        expected=expected,
        observed=observed,
        excess=excess,
        evidence=_evidence(kind, observed, expected, score),
    )


def four_digits(value: float) -> str:
    """Write a number with four digits, or whole where it has more."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _evidence(kind: AnomalyKind, observed: float, expected: float, score: float) -> Text:
    usual = f"days like it say {four_digits(expected)}: {score:.1f} deviations off."
    match kind:
        case AnomalyKind.SILENT:
            return Text(
                f"整天停在 {four_digits(observed)}，过去四周每天都有变化。",
                f"Stood at {four_digits(observed)} all day; it moved on every day of four weeks.",
            )
        case AnomalyKind.SHIFTED:
            return Text(
                f"全天平均 {four_digits(observed)}，同类日应为 {four_digits(expected)}，偏离 {score:.1f} 倍标准差。",
                f"The day's mean is {four_digits(observed)}, {usual}",
            )
        case AnomalyKind.UNUSUAL:
            return Text(
                f"平均 {four_digits(observed)}，同类日应为 {four_digits(expected)}，最多偏离 {score:.1f} 倍标准差。",
                f"Its mean is {four_digits(observed)}, {usual}",
            )


def _spans(held: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
