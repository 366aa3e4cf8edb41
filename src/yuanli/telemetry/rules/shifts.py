"""Drifts and offsets of a point beside its own other days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Times, Values
from yuanli.telemetry.rules.course import HOUR, Course, robust_scale
from yuanli.telemetry.rules.edges import Edges, edges
from yuanli.telemetry.rules.expecting import residual_of_days

FEWEST = 100
"""Readings that a point needs to be compared with itself."""
SEEN = 0.7
"""Which share of its readings a drift must have."""
SLIGHT = 0.1
"""The first part of a drift, in which it is too small to make a reading wrong; where it began is not sure either."""
LONGER = 0.02
"""How much more a longer drift must explain than a shorter one."""
EVIDENCE: dict[Reason, tuple[float, ...]] = {
    Reason.OFFSET: (-1.46, 2.46, -1.36, 0.59, -0.68, -1.35, 0.01, 0.64, 0.41, -1.6, -0.79),
    Reason.DRIFT: (-5.27, 2.84, 1.22, 0.77, -0.05, -0.97, 0.21, -0.75, -0.13, 0.25, 0.66),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A stretch of readings that may be wrong, and what speaks for it: the numbers that `EVIDENCE` weighs."""

    reason: Reason
    start: int
    end: int
    features: tuple[float, ...]

    @property
    def likelihood(self) -> float:
        """How likely it is a fault, 0–1."""
        weights = EVIDENCE[self.reason]
        score = weights[0] + float(np.dot(weights[1:], self.features))
        return float(1 / (1 + np.exp(-score)))


def shifts(course: Course, params: CleaningParams) -> Course:
    """Mark drifts and offsets by their edges and by how far they explain the distance to other days.

    What a point says differs from day to day by too much to be judged by that alone, so that an edge is asked
    for, a step far above the usual change from one reading to the next: an offset has two of opposite
    sign; a drift ends by one, and grew to its size before. How much each sign counts was learnt from
    injected faults (`benchmarks/shift_evidence.py`); what is not likely enough is left alone.
    """
    index = comparable(course)
    if len(index) < FEWEST:
        return course
    taken = np.zeros(len(index), bool)
    least = {Reason.OFFSET: params.offset_likelihood, Reason.DRIFT: params.drift_likelihood}
    found = candidates(course.at[index], course.value[index], course, params)
    for candidate in sorted(found, key=lambda each: (-each.likelihood, each.start, each.end)):
        inside = slice(candidate.start, candidate.end)
        if candidate.likelihood >= least[candidate.reason] and not taken[inside].any():
            taken[inside] = True
            marked = np.zeros(len(course), bool)
            marked[index[inside]] = True
            course = course.mark(marked, candidate.reason, Quality.SUSPECT)
    return course


def comparable(course: Course) -> np.ndarray:
    """Return which readings can be compared with other days: those of a quantity without a counter beside it."""
    if course.twin is not None or not course.facts.measures:
        return np.zeros(0, np.int64)
    return np.flatnonzero(course.valid & (course.reason & np.uint32(Reason.NOISE) == 0))


def candidates(at: Times, values: Values, course: Course, params: CleaningParams) -> list[Candidate]:
    """Return what may be an offset or a drift, with its evidence."""
    residual = residual_of_days(at, values)
    steps = edges(at, values, course, params)
    spread = max(robust_scale(values), 1e-12), max(robust_scale(residual), 1e-12)
    return [
        *_offsets(at, values, residual, steps, spread, params),
        *_drifts(at, residual, steps, course.step, spread, params),
    ]


def _offsets(
    at: Times,
    values: Values,
    residual: Values,
    steps: Edges,
    spread: tuple[float, float],
    params: CleaningParams,
) -> Iterator[Candidate]:
    for k, start in enumerate(steps.place):
        for m in range(k + 1, len(steps)):
            end, hours = int(steps.place[m]), (at[steps.place[m]] - at[start]) / HOUR
            if hours > params.offset_max_h:
                break
            rise, fall = steps.size[k], steps.size[m]
            offset = (rise - fall) / 2
            if hours < params.offset_min_h or rise * fall >= 0 or abs(rise + fall) > 0.5 * abs(offset):
                continue
            inside = residual[start:end]
            gain = _gain(inside, np.full(len(inside), offset))
            if gain < 0.1:
                continue
            ends = abs(values[start] - offset - values[start - 1]) + abs(
                values[end - 1] - offset - values[end]
            )
            often, daily = steps.often[[k, m]], steps.daily[[k, m]]
            yield Candidate(
                reason=Reason.OFFSET,
                start=int(start),
                end=end,
                features=(
                    gain,
                    abs(rise + fall) / abs(offset),
                    float(np.log(steps.sharpness[[k, m]].min())),
                    float(np.log(often.min() + 1)),
                    float(np.log(daily.min() + 1)),
                    float(np.log(daily.max() + 1)),
                    float(np.log(hours)),
                    float(np.log(abs(offset) / spread[0])),
                    ends / (2 * abs(offset)),
                    _away(residual[max(start - 6, 0) : start] / offset),
                ),
            )


def _drifts(
    at: Times,
    residual: Values,
    steps: Edges,
    step: int,
    spread: tuple[float, float],
    params: CleaningParams,
) -> Iterator[Candidate]:
    for k, end in enumerate(steps.place):
        grown = -steps.size[k]
        best, begin = 0.1, -1
        for hours in np.arange(params.drift_min_h, params.drift_max_h, 2.0):
            start = int(np.searchsorted(at, at[end] - hours * HOUR))
            if start == 0 or (end - start) * step < SEEN * hours * HOUR:
                continue
            gain = _gain(residual[start:end], _ramp(at, start, end) * grown)
            if gain > best + LONGER:
                best, begin = gain, start
        if begin < 0:
            continue
        inside, ramp = residual[begin:end], _ramp(at, begin, end)
        later = int(np.searchsorted(at, at[end] + 6 * HOUR))
        moving = float(inside.std()) > 0 and float(ramp.std()) > 0
        yield Candidate(
            reason=Reason.DRIFT,
            start=begin + int(SLIGHT * (end - begin)),
            end=int(end),
            features=(
                best,
                float(np.corrcoef(inside, ramp * np.sign(grown))[0, 1]) if moving else 0.0,
                float(np.log(steps.sharpness[k])),
                float(np.log(steps.often[k] + 1)),
                float(np.log(steps.daily[k] + 1)),
                _away(residual[end : end + 6] / grown),
                _away(residual[max(end - 6, 0) : end] / grown - 1),
                _away(residual[end:later] / grown),
                float(np.log(abs(grown) / spread[1])),
                float(np.log((at[end] - at[begin]) / HOUR)),
            ),
        )


def _ramp(at: Times, start: int, end: int) -> Values:
    return np.asarray((at[start:end] - at[start]) / max(at[end] - at[start], 1))


def _gain(residual: Values, model: Values) -> float:
    """Return the share of the absolute distance that a model takes away."""
    return 1 - float(np.abs(residual - model).sum()) / max(float(np.abs(residual).sum()), 1e-12)


def _away(ratios: Values) -> float:
    """Return how far the median of ratios lies from nought, at most 1.5."""
    return float(min(abs(np.median(ratios)), 1.5)) if len(ratios) else 1.5
