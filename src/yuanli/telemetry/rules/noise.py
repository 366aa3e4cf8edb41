"""Bursts of noise: hours that are far rougher than the same hours of other days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Values
from yuanli.telemetry.rules.course import Course, hour_of_day, runs_of

OFTEN = 2.0
"""How many times the roughness that a tenth of all hours exceed: a point that is often rough is allowed to be."""

EVEN = 0.6
"""Median over mean roughness of a burst at least; 0.85 for Gaussian noise."""
MEMORY = 1.15
"""How much further a burst may move in two or three readings than in one, when it is long; 1 for white noise."""
PLAIN = 3.0
"""So many times above the threshold, a burst needs no further test."""


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
    running = median_filter(rough, params.noise_run, mode="nearest")
    own = OFTEN * float(np.quantile(running, 0.9))
    core = (median_filter(ratio, params.noise_run, mode="nearest") > params.noise) & (running > own)
    found = np.zeros(len(course), bool)
    for start, end in _ends(core, ratio, params):
        plain = float(np.median(ratio[start:end])) > PLAIN * params.noise
        if end - start >= 1.4 * params.noise_run and (
            plain or _is_white(values[start:end], rough[start:end])
        ):
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


def _is_white(values: Values, rough: Values) -> bool:
    """Whether a burst is rough all over and without memory, as noise is.

    A few steps of what the point measures are not rough all over; a control loop that hunts moves further in two
    or three readings than in one.
    """
    one, two, three = (float(np.median(np.abs(values[lag:] - values[:-lag]))) for lag in (1, 2, 3))
    return (
        float(np.median(rough)) > EVEN * float(np.mean(rough))
        and max(two, three) < (MEMORY + 2.5 / np.sqrt(len(values))) * one
    )


def _ends(core: NDArray[np.bool_], ratio: Values, params: CleaningParams) -> list[tuple[int, int]]:
    """Return the runs of the core with their ends moved to where the sum of scores is largest.

    The score of a reading is its log likelihood at the scale of the burst against the usual one, both exponential.
    """
    ends: list[tuple[int, int]] = []
    reach = 2 * params.noise_run
    for start, end in runs_of(core):
        if ends and start < ends[-1][1]:
            continue
        large = max(float(np.median(ratio[start:end])) / np.log(2), params.noise)
        low, high = max(0, start - reach), min(end + reach, len(core))
        score = np.minimum(ratio[low:high], 2 * large) * (1 - 1 / large) - np.log(large)
        total = np.concatenate(([0.0], np.cumsum(score)))
        first = int(np.argmin(total[: min(start + reach, end) - low]))
        last = first + 1 + int(np.argmax(total[first + 1 :]))
        if ends and first + low <= ends[-1][1] + reach:
            ends[-1] = (ends[-1][0], max(last + low, ends[-1][1]))
        else:
            ends.append((first + low, last + low))
    return ends
