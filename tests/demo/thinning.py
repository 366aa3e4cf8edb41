"""The demo park with a few devices of each class: what is read, written and kept takes a tenth of the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from yuanli.campus import Campus, DataPoint, Device, Feature, FeatureId

MOST = 4


def thinned(campus: Campus) -> Campus:
    """Return the campus with the first devices of each class, and their points."""
    many: Counter[str] = Counter()
    kept: set[FeatureId] = set()
    for one in campus.of(Device):
        many[one.brick_class] += 1
        if many[one.brick_class] <= MOST:
            kept.add(FeatureId(one.id))
    for point in campus.of(DataPoint):
        many[point.brick_class] += 1
        if point.device_id in kept or (point.device_id is None and many[point.brick_class] <= MOST):
            kept.add(FeatureId(point.id))

    return replace(campus, features=dict(_left(campus, kept)))


def _left(campus: Campus, kept: set[FeatureId]) -> Iterator[tuple[FeatureId, Feature]]:
    for key, one in campus.features.items():
        if isinstance(one, Device):
            known = (fed for fed in one.feeds if fed in kept or not isinstance(campus.find(fed), Device))
            one = replace(one, feeds=tuple(known))
        if key in kept or not isinstance(one, Device | DataPoint):
            yield key, one
