"""The points of a campus as people look for them: what each measures, of which device, in which place."""

from __future__ import annotations

from dataclasses import dataclass

from yuanli.campus import Campus, DataPoint, Device, Feature, FeatureId, LanguageMap, label_of, level_of
from yuanli.errors import Text
from yuanli.operations.retention import PointClass, class_of
from yuanli.telemetry import Form, find_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """A point with the names of all that it belongs to.

    Parameters
    ----------
    quantity, quantity_name, form
        What it measures and how that behaves; None where its class says nothing.
    kept_as
        For how long its readings are kept.
    place, building, level
        Ids; None where the map doesn't say.
    """

    id: str
    name: LanguageMap
    brick_class: str
    unit: str | None
    low: float | None
    high: float | None
    quantity: str | None
    quantity_name: Text | None
    form: Form | None
    kept_as: PointClass
    device: str | None
    device_name: LanguageMap
    place: str | None
    place_name: LanguageMap
    level: str | None
    building: str | None
    building_name: LanguageMap


def point_rows(campus: Campus) -> tuple[PointRow, ...]:
    """Return the points of a campus, in the order of its map."""
    labels: dict[str, LanguageMap] = {}

    def named(feature_id: str | None) -> LanguageMap:
        if feature_id is None:
            return {}
        if feature_id not in labels:
            labels[feature_id] = label_of(campus, feature_id)
        return labels[feature_id]

    rows = []
    for point in campus.of(DataPoint):
        device = campus.find(point.device_id) if point.device_id is not None else None
        place = find_place(campus, point)
        level = level_of(place) if place is not None else None
        building = campus.building_of(level)
        quantity = find_quantity(point.brick_class)
        rows.append(
            PointRow(
                id=point.id,
                name=point.name or named(point.id),
                brick_class=point.brick_class,
                unit=point.unit,
                low=point.low,
                high=point.high,
                quantity=None if quantity is None else quantity.name,
                quantity_name=None if quantity is None else Text(quantity.zh, quantity.en),
                form=None if quantity is None else quantity.form,
                kept_as=class_of(point.brick_class),
                device=None if device is None else device.id,
                device_name=named(None if device is None else device.id),
                place=None if place is None else place.id,
                place_name=named(None if place is None else place.id),
                level=level,
                building=building,
                building_name=named(building),
            )
        )
    return tuple(rows)


def find_place(campus: Campus, point: DataPoint) -> Feature | None:
    """Return where a point measures: its own place, else its device's; None where the map doesn't say."""
    place: FeatureId | None = point.space_id
    if place is None and point.device_id is not None:
        device = campus.find(point.device_id)
        place = device.space_id if isinstance(device, Device) else None
    return None if place is None else campus.find(place)
