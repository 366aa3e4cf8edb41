"""What all measured places of a campus used hour by hour, with what they are part of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yuanli.campus import FeatureId
from yuanli.operations.energy.asking import Asked
from yuanli.operations.energy.grounds import EnergyPlaceKind
from yuanli.operations.energy.media import Medium, unit_of
from yuanli.operations.readings import Every
from yuanli.telemetry import Times, Values

KNOWN = 0.99
"""An hour of which less was measured is not known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlaceHours:
    """What a place used of a medium, hour by hour; not a number where that is not known.

    Parameters
    ----------
    whole
        The nearest place that it is in and that is measured too.
    """

    place: FeatureId
    whole: FeatureId | None
    medium: Medium
    unit: str
    used: Values


def hours_of_places(asked: Asked, medium: Medium, edges: Times) -> tuple[PlaceHours, ...]:
    """Return the site and all buildings, zones, levels and rooms that meters tell of, wholes before their parts."""
    metering = asked.grounds.metering
    places = list(_measured(asked, metering.site, None, medium))
    asked.measure(
        [meter for place, _ in places for meter in metering.covering(place, medium)], edges, Every.HOUR
    )
    found = []
    for place, whole in places:
        amounts = asked.told(place, medium, edges, Every.HOUR).amounts
        used = np.where(amounts.covered > KNOWN, amounts.amount, np.nan)
        found.append(PlaceHours(place=place, whole=whole, medium=medium, unit=unit_of(medium), used=used))
    return tuple(found)


def _measured(
    asked: Asked, place: FeatureId, whole: FeatureId | None, medium: Medium
) -> Iterator[tuple[FeatureId, FeatureId | None]]:
    told = asked.grounds.place(place)
    if told.kind is EnergyPlaceKind.DEVICE:
        return
    if asked.grounds.metering.covering(place, medium):
        yield place, whole
        whole = place
    for part in asked.grounds.parts(told):
        yield from _measured(asked, part, whole, medium)
