"""Days as they might have been: noisier, swinging wider, running earlier and later, with the states they had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from yuanli.forecast.history import Ints
from yuanli.forecast.states.features import Look
from yuanli.forecast.states.places import Place
from yuanli.telemetry import Values, jitter, scaled, time_warped


@dataclass(frozen=True, slots=True, kw_only=True)
class VaryParams:
    """How far days are changed: shares as `yuanli.telemetry.jitter`, `scaled` and `time_warped` take them."""

    noise: float = 0.03
    swing: float = 0.1
    pace: float = 0.2


def varied_places(
    places: Sequence[Place], look: Look, *, params: VaryParams = VaryParams(), seed: int = 0
) -> tuple[Place, ...]:
    """Return a changed copy of each place, each day by itself, so that nothing of one day gets into another.

    Within a day time runs faster and slower, alike for the signals and the states; signals that are measured, not
    switched or set, swing more or less widely and are noisier.
    """
    rng = np.random.default_rng(seed)
    return tuple(_varied(place, look, params, rng) for place in places)


def _varied(place: Place, look: Look, params: VaryParams, rng: Generator) -> Place:
    days = place.days()
    values, truth = place.history.values.copy(), place.truth.copy()
    told = None if place.told is None else place.told.copy()
    moving = [row for row, name in enumerate(place.signals) if name not in look.steady]
    for day in np.unique(days):
        which = np.flatnonzero(days == day)
        taken = which[_warped(len(which), params, rng)]
        values[:, which] = place.history.values[:, taken]
        truth[which] = place.truth[taken]
        if told is not None:
            told[which] = place.known[taken]
        for row in moving:
            values[row, which] = _shaken(values[row, which].astype(np.float64), params, rng)
    return replace(place, history=replace(place.history, values=values), truth=truth, told=told)


def _warped(length: int, params: VaryParams, rng: Generator) -> Ints:
    """Return which moment of a day stands in the place of each."""
    moments = np.arange(length, dtype=np.float64)
    return np.rint(time_warped(moments, rng, share=params.pace)).astype(np.int64)


def _shaken(values: Values, params: VaryParams, rng: Generator) -> Values:
    there = np.isfinite(values)
    if there.sum() < 2:
        return values
    found = values.copy()
    found[there] = scaled(jitter(values[there], rng, share=params.noise), rng, share=params.swing)
    return found
