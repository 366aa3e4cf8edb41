"""The very same number for longer than the quantity and the point usually keep it."""

from __future__ import annotations

import numpy as np

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.rules.course import HOUR, Course, runs_of

SHORTEST = 6
"""Readings of the same number in a row that any point may send."""
AT_REST = 4.0
"""How many times longer a run of a number may last that the point often comes back to."""
HABIT, LONGER = 4, 1.3
"""A register that stood still so often for so long does that by habit: the sun's at night, a charging post's."""
OFTEN = 50
"""From so many runs on, a point tells by itself how long its runs are: a coarse one in a quiet night."""


def stuck(course: Course, params: CleaningParams) -> Course:
    """Mark runs of one number that are too long for the quantity, or too unlikely for this point.

    How likely a reading repeats the one before is counted on the point itself, outside of long runs; a run
    is too long when its odds fall below `stuck_odds` in a series of this length (a persistence test, as
    in the U.S. IOOS QARTOD manuals, with the length chosen by the data).
    """
    index = np.flatnonzero(course.valid)
    if len(index) < SHORTEST or course.facts.quantity.form.value == "set":
        return course
    values, at = course.value[index], course.at[index]
    same = np.concatenate(([False], values[1:] == values[:-1]))
    same[1:] &= np.diff(at) <= max(HOUR, 3 * course.step)
    runs = runs_of(same)
    if not len(runs):
        return course
    lengths = runs[:, 1] - runs[:, 0]
    durations_h = (at[runs[:, 1] - 1] - at[np.maximum(runs[:, 0] - 1, 0)]) / HOUR
    longest = _longest_by_chance(len(values), lengths, params) * np.where(
        _resting(values[runs[:, 0]]), AT_REST, 1
    )
    quiet = course.facts.quantity.zero & (values[runs[:, 0]] == 0)
    measured = course.facts.measures or course.facts.counts
    unlikely = (lengths > longest) & (durations_h >= 1) & measured & ~quiet
    if course.facts.counts and len(lengths) >= HABIT:  # in hours: it may have sent more seldom before
        unlikely &= durations_h > LONGER * np.sort(durations_h)[-HABIT]
    too_long = (durations_h > course.facts.quantity.stuck_h) & (lengths >= SHORTEST) & ~quiet
    found = np.zeros(len(course), bool)
    for start, end in runs[unlikely | too_long]:
        found[index[start - 1 : end]] = True
    return course.mark(found, Reason.STUCK, Quality.BAD, drop=True)


def _resting(numbers: np.ndarray) -> np.ndarray:
    """Return which runs are of a number that other runs come back to: the end of a sensor's range, a state of rest."""
    _, place, count = np.unique(numbers, return_inverse=True, return_counts=True)
    return np.asarray(count[place] >= 4)


def _longest_by_chance(count: int, lengths: np.ndarray, params: CleaningParams) -> float:
    """Return how many repeats in a row a point of independent repeats reaches once in `1 / stuck_odds` series."""
    ordinary = lengths[lengths <= max(SHORTEST, np.quantile(lengths, 0.9))]
    repeats = float(ordinary.sum()) + 1
    chance = min(repeats / count, 0.98)
    by_chance = 2 * np.log(params.stuck_odds / count) / np.log(chance)
    often = 3 * float(np.quantile(lengths, 0.97)) if len(lengths) >= OFTEN else 0.0
    return float(max(SHORTEST, by_chance, often))
