"""Steps of a counter that are no consumption: past its largest number, back to nought, another meter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry.facts import CleaningParams, PointFacts
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Times, Values
from yuanli.telemetry.rules.course import Course

LARGEST = 8.0
"""How many times the usual highest rate a step may have and still be consumption."""


def register_steps(course: Course, params: CleaningParams) -> Course:  # noqa: ARG001
    """Mark rollovers (nothing is wrong), resets and exchanged meters by the step they make.

    A step down is a rollover where the way through the register's end is no more than could be consumed
    meanwhile; a reset where the register begins near nought; else another meter. A step up by more than
    could be consumed is another meter. A single reading that steps away and back is wrong itself.
    """
    if not course.facts.counts or course.valid.sum() < 3:
        return course
    course = _outliers(course)
    index = np.flatnonzero(course.valid)
    if len(index) < 2:
        return course
    values, at = course.value[index], course.at[index]
    rate = highest_rate(values, at)
    steps, could = np.diff(values), rate * np.maximum(np.diff(at), course.step)
    for reason, quality, where in (
        (Reason.ROLLOVER, Quality.GOOD, _rollover(values, steps, could, course.facts)),
        (Reason.RESET, Quality.SUSPECT, _reset(values, steps, could, course.facts)),
        (Reason.SWAP, Quality.SUSPECT, _swap(values, steps, could, course.facts)),
    ):
        found = np.zeros(len(course), bool)
        found[index[1:][where]] = True
        course = course.mark(found, reason, quality)
    return course


def register_size(before: float, facts: PointFacts) -> float | None:
    """Return where a register that stood at `before` ends: its own size, or the smallest usual one above."""
    if facts.register_size is not None:
        return facts.register_size if before < facts.register_size else None
    sizes = sorted(size * facts.factor for size in facts.quantity.registers)
    return next((size for size in sizes if size > before), None)


def highest_rate(values: Values, at: Times) -> float:
    """Return the most that is usually consumed a µs: 99 % of the rises stay below it, with room above."""
    steps, spans = np.diff(values), np.diff(at)
    rises = (steps > 0) & (spans > 0)
    if not rises.any():
        return 0.0
    rates = steps[rises] / spans[rises]
    return LARGEST * min(float(np.quantile(rates, 0.95)), 4 * float(np.median(rates)) + 1e-30)


def _outliers(course: Course) -> Course:
    """Mark single readings between two that agree with each other and not with them: transmission errors."""
    index = np.flatnonzero(course.valid)
    values, at = course.value[index], course.at[index]
    rate = highest_rate(values, at)
    before, here, after = values[:-2], values[1:-1], values[2:]
    could = rate * np.maximum(at[2:] - at[:-2], course.step)
    steady = (after >= before) & (after - before <= could)
    wrong = steady & ((here > after + course.facts.resolution) | (here < before - course.facts.resolution))
    found = np.zeros(len(course), bool)
    found[index[1:-1][wrong]] = True
    return course.mark(found, Reason.SPIKE, Quality.BAD, drop=True)


def _rollover(values: Values, steps: Values, could: Values, facts: PointFacts) -> NDArray[np.bool_]:
    sizes = np.array([register_size(before, facts) or np.nan for before in values[:-1][steps < 0]])
    found = np.zeros(len(steps), bool)
    if len(sizes):
        through = sizes + steps[steps < 0]
        with np.errstate(invalid="ignore"):
            found[steps < 0] = (through <= np.maximum(could[steps < 0], 0.0)) & (through < 0.5 * sizes)
    return found


def _reset(values: Values, steps: Values, could: Values, facts: PointFacts) -> NDArray[np.bool_]:
    down = (steps < -facts.resolution) & ~_rollover(values, steps, could, facts)
    return np.asarray(down & (values[1:] <= could) & (values[1:] >= 0))


def _swap(values: Values, steps: Values, could: Values, facts: PointFacts) -> NDArray[np.bool_]:
    down = steps < -facts.resolution
    other = down & ~_rollover(values, steps, could, facts) & ~_reset(values, steps, could, facts)
    return np.asarray(other | (steps > np.maximum(could, facts.resolution)))
