"""Bursts of noise: hours that are far rougher than the same hours of other days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Values
from yuanli.telemetry.rules.course import Course, hour_of_day, runs_of


def noise_bursts(course: Course, params: CleaningParams) -> Course:
    """Mark runs whose roughness stands out.

    Roughness is how far a reading lies from the mean of the two beside it, which takes slow change away
    (as in Gasser, Sroka and Jennen-Steinmetz 1986, doi:10.1093/biomet/73.3.625); its running median is held against
    the median at that hour of the day, and the ends are where the likelihood of noise is largest.
    """
    index = np.flatnonzero(course.valid)
    if not course.facts.measures or len(index) < 6 * params.noise_run:
        return course
    values, at = course.value[index], course.at[index]
    rough = np.abs(values[1:-1] - (values[:-2] + values[2:]) / 2)
    rough = np.concatenate(([0.0], rough, [0.0]))
    usual = _usual(rough, hour_of_day(at), course.facts.resolution)
    ratio = rough / usual
    core = median_filter(ratio, params.noise_run, mode="nearest") > params.noise
    found = np.zeros(len(course), bool)
    for start, end in _ends(core, ratio, params):
        if end - start >= params.noise_run:
            found[index[start:end]] = True
    return course.mark(found, Reason.NOISE, Quality.SUSPECT)


def _usual(rough: Values, hours: NDArray[np.int64], resolution: float) -> Values:
    """Return the usual roughness at each reading's hour of the day, not below half of the point's."""
    overall = max(float(np.median(rough)), resolution, 1e-12)
    by_hour = np.array([
        float(np.median(rough[hours == hour])) if (hours == hour).sum() >= 12 else overall for hour in range(24)
    ])  # fmt: skip
    smooth = np.max([np.roll(by_hour, shift) for shift in (-1, 0, 1)], axis=0)
    return np.asarray(np.maximum(smooth, overall)[hours])


def _ends(core: NDArray[np.bool_], ratio: Values, params: CleaningParams) -> list[tuple[int, int]]:
    """Return the runs of the core with their ends moved to where the sum of scores is largest.

    The score of a reading is its log likelihood as noise of `2 * noise` times the usual scale against the usual
    one, both exponential.
    """
    large = 2 * params.noise
    score = np.clip(ratio, 0, 3 * large) * (1 - 1 / large) - np.log(large)
    total = np.concatenate(([0.0], np.cumsum(score)))
    ends: list[tuple[int, int]] = []
    reach = 2 * params.noise_run
    for start, end in runs_of(core):
        before = np.arange(max(0, start - reach), min(start + reach, len(core)))
        first = int(before[np.argmin(total[before])])
        after = np.arange(max(first + 1, end - reach), min(end + reach, len(core)) + 1)
        last = int(after[np.argmax(total[after])])
        if ends and first <= ends[-1][1] + reach:
            ends[-1] = (ends[-1][0], max(last, ends[-1][1]))
        else:
            ends.append((first, last))
    return ends
