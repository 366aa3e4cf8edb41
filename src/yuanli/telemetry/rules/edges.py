"""Steps that stand out: where a sensor's drift or offset begins or ends at one blow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from yuanli.telemetry.facts import CleaningParams
from yuanli.telemetry.quality import Reason
from yuanli.telemetry.readings import Times, Values
from yuanli.telemetry.rules.course import DAY, HOUR, Course, hour_of_day, robust_scale

SIDE = 3
"""Readings on each side of an edge."""
MONTH = 28 * DAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edges:
    """Steps of one point; columns of one length.

    Parameters
    ----------
    place
        The first reading after the step.
    size
        By how much the values rise.
    sharpness
        How many times the usual change from one reading to the next, at that hour of the day.
    often
        How many other steps of at least 0.7 times its size the point has in four weeks.
    daily
        How many other steps it has at that time of the day.
    """

    place: NDArray[np.int64]
    size: Values
    sharpness: Values
    often: Values
    daily: Values

    def __len__(self) -> int:
        return len(self.place)


def edges(at: Times, values: Values, course: Course, params: CleaningParams) -> Edges:
    """Return the steps between two readings that the ones before and after bear out.

    A step that a related point makes at the same time is the world's, and is left out.
    """
    windows = sliding_window_view(values, SIDE)
    middles = np.median(windows, axis=1)
    size = np.zeros(len(values))
    size[SIDE : len(values) - SIDE + 1] = middles[SIDE:] - middles[: len(middles) - SIDE]
    change = np.concatenate(([0.0], np.diff(values)))
    usual = _usual_change(np.abs(change), at, course)
    sharp = np.concatenate(([False], np.diff(at) <= 4 * course.step))
    sharp &= np.sign(change) == np.sign(size)
    sharp &= (np.abs(change) > 0.6 * np.abs(size)) & (np.abs(change) < 1.6 * np.abs(size))
    sharp &= np.abs(size) > np.maximum(params.jump * usual, params.shift_level * robust_scale(values))
    sharp &= ~_beside_noise(at, course)
    place = np.flatnonzero(sharp)
    place = place[~_shared(at[place], size[place], course)]
    months = max(1.0, len(at) * course.step / MONTH)
    larger = np.abs(size[place])[None, :] > 0.7 * np.abs(size[place])[:, None]
    half_hour = (at[place] // (HOUR // 2)) % 48
    apart = np.abs((half_hour[None, :] - half_hour[:, None] + 24) % 48 - 24)
    return Edges(
        place=place,
        size=size[place],
        sharpness=np.abs(size[place]) / usual[place],
        often=(larger.sum(axis=1) - 1) / months,
        daily=((apart <= 1).sum(axis=1) - 1) / months,
    )


def _usual_change(change: Values, at: Times, course: Course) -> Values:
    hours = hour_of_day(at)
    overall = max(1.4826 * float(np.median(change)), course.facts.resolution, 1e-12)
    by_hour = np.array([
        1.4826 * float(np.median(change[hours == hour])) if (hours == hour).sum() >= 12 else overall
        for hour in range(24)
    ])  # fmt: skip
    return np.asarray(np.maximum(by_hour, overall)[hours])


def _beside_noise(at: Times, course: Course) -> NDArray[np.bool_]:
    """Return which readings are so near to a burst of noise, whose ends are not sure, that no step can be told."""
    noisy = course.at[(course.reason & np.uint32(Reason.NOISE)) != 0]
    if not len(noisy):
        return np.zeros(len(at), bool)
    reach = 4 * SIDE * course.step
    return np.asarray(np.searchsorted(noisy, at + reach, side="right") > np.searchsorted(noisy, at - reach))


def _shared(at: Times, size: Values, course: Course) -> NDArray[np.bool_]:
    """Return which steps a related point makes too: within two readings, the same way, half of it in its own spread."""
    shared = np.zeros(len(at), bool)
    own = 0.0
    for other in course.related:
        good = other.valid & (other.reason & np.uint32(Reason.NOISE) == 0)
        there, values = other.at[good], other.value[good]
        if len(there) < 4 * SIDE or not len(at):
            continue
        own = own or max(robust_scale(course.value[course.valid]), 1e-12)
        spread = max(robust_scale(values), 1e-12)
        before = np.searchsorted(there, at - 2 * course.step) - 1
        after = np.searchsorted(there, at + 2 * course.step)
        inside = (before >= 0) & (after < len(there))
        step = np.zeros(len(at))
        step[inside] = values[after[inside]] - values[before[inside]]
        shared |= (
            inside & (np.sign(step) == np.sign(size)) & (np.abs(step) / spread > 0.5 * np.abs(size) / own)
        )
    return shared
