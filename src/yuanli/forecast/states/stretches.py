"""The last three hours of a place as a stretch of numbers, for a network to read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.history import Floats
from yuanli.forecast.states.features import Known, Look
from yuanli.forecast.states.places import Place
from yuanli.learning import Scale, scale_of

STRETCH_MIN, TOKENS = 180, 24
MINUTE_US = 60_000_000


def channel_scale(known: Known, places: Sequence[Place], look: Look) -> Scale:
    """Return the scale of the channels at moments, and at no others."""
    rows = [
        _channels(place, look)[:, known.step[known.place == number]] for number, place in enumerate(places)
    ]
    return scale_of(np.concatenate(rows, axis=1).T)


def stretches_of(known: Known, places: Sequence[Place], look: Look, scale: Scale) -> NDArray[np.float32]:
    """Return what led up to moments: means of short spans and how full they are, `(n, TOKENS, 2 × n_channels)`."""
    n_channels = len(look.signals) + look.own
    found = np.zeros((len(known), TOKENS, 2 * n_channels), dtype=np.float32)
    for number, place in enumerate(places):
        rows = np.flatnonzero(known.place == number)
        if not len(rows):
            continue
        values = _channels(place, look)
        there = np.isfinite(values)
        sums = _sums(scale.apply(values.T).T)
        counts = _sums(there.astype(np.float64))
        span = max(1, round(STRETCH_MIN * MINUTE_US / place.history.step / TOKENS))
        ends = known.step[rows, None] + 1 - span * np.arange(TOKENS - 1, -1, -1)[None, :]
        first, last = np.maximum(ends - span, 0), np.maximum(ends, 0)
        count = counts[:, last] - counts[:, first]
        mean = (sums[:, last] - sums[:, first]) / np.maximum(count, 1)
        found[rows, :, :n_channels] = np.moveaxis(mean, 0, -1)
        found[rows, :, n_channels:] = np.moveaxis(count / span, 0, -1)
    return found


def _channels(place: Place, look: Look) -> Floats:
    values = place.of(look.signals).history.values
    return np.concatenate([values, place.known[None, :]]) if look.own else values


def _sums(rows: Floats) -> Floats:
    return np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
