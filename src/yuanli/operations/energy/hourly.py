"""What all measured places of a campus used hour by hour, with what they are part of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.campus import FeatureId
from yuanli.errors import UnavailableError
from yuanli.operations.energy.asking import Asked
from yuanli.operations.energy.grounds import EnergyPlaceKind
from yuanli.operations.energy.media import Medium, unit_of
from yuanli.operations.energy.meters import Meter
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


def hours_of_places(
    asked: Asked, medium: Medium, edges: Times
) -> tuple[tuple[PlaceHours, ...], Mapping[FeatureId, Exception]]:
    """Return the site and all buildings, zones, levels and rooms that meters tell of, wholes before their parts.

    Meters that can't be counted are told beside, with why; nothing is known of the places that they cover.
    """
    metering = asked.grounds.metering
    places = list(_measured(asked, metering.site, None, medium))
    meters = {meter.id: meter for place, _ in places for meter in metering.covering(place, medium)}
    broken = _broken(asked, tuple(meters.values()), edges)
    found = []
    for place, whole in places:
        if any(meter.id in broken for meter in metering.covering(place, medium)):
            used = np.full(len(edges) - 1, np.nan)
        else:
            amounts = asked.told(place, medium, edges, Every.HOUR).amounts
            used = np.where(amounts.covered > KNOWN, amounts.amount, np.nan)
        found.append(PlaceHours(place=place, whole=whole, medium=medium, unit=unit_of(medium), used=used))
    return tuple(found), broken


def _broken(asked: Asked, meters: Sequence[Meter], edges: Times) -> dict[FeatureId, Exception]:
    """Measure meters; where that fails, halves of them, and return those that fail alone."""
    try:
        asked.measure(meters, edges, Every.HOUR)
    except UnavailableError:
        raise
    except Exception as error:  # outermost: one meter must not take the others with it
        if len(meters) == 1:
            return {meters[0].id: error}
        half = len(meters) // 2
        return _broken(asked, meters[:half], edges) | _broken(asked, meters[half:], edges)
    return {}


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
