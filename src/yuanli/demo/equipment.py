"""Devices and their points, by what each kind of room needs. Geometry in metres in the park's frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, sqrt
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Point, Polygon

from yuanli.campus import (
    Amenity,
    DataPoint,
    Device,
    DeviceId,
    Feature,
    FeatureId,
    Geofence,
    LanguageMap,
    Opening,
    PointId,
)
from yuanli.demo.buildings import Built, Space
from yuanli.demo.tables import load_table


def equip(built: Built) -> Iterator[Feature]:
    """Yield the devices of all spaces and buildings, each followed by its points."""
    table = load_table("equipment")
    fitted: set[tuple[str, int]] = set()
    for space in built.spaces:
        for device, m2 in table["rooms"].get(space.kind.name, {}).items():
            count = ceil(space.shape.area / m2) if m2 else 1
            for number, spot in enumerate(_spread(space.shape, count), start=1):
                yield from _device(table, device, space.unit.id, space.unit.name, number, count, spot)
        if space.kind.shaft in ("elevator", "escalator"):
            yield from _moving(table, space, fitted)
    lifted = {space.spec.id for space in built.spaces if space.kind.shaft == "elevator"}
    for spec in {space.spec.id: space.spec for space in built.spaces}.values():
        for device in [*table["buildings"], *(["gas"] if spec.id in table["gas"] else [])]:
            if device == "lifts" and spec.id not in lifted:
                continue
            yield from _device(table, device, FeatureId(f"building-{spec.id}"), spec.name, 1, 1, None)
    yield from _counters(table, built)


def equip_grounds(park: LanguageMap, grounds: Sequence[Feature]) -> Iterator[Feature]:
    """Yield what counts and measures outdoors: at the gates, in the open car parks, and the weather."""
    table = load_table("equipment")
    yield from _device(table, "weather", FeatureId("venue"), park, 1, 1, None)
    for place in grounds:
        if isinstance(place, Amenity) and place.category == "gate":
            for device in ("doors", "vehicles"):
                yield from _device(table, device, FeatureId(place.id), place.name, 1, 1, place.geometry)
        elif isinstance(place, Geofence) and place.category == "parking" and place.geometry is not None:
            yield from _device(
                table, "parking", FeatureId(place.id), place.name, 1, 1, place.geometry.centroid
            )


def _counters(table: Mapping[str, Any], built: Built) -> Iterator[Feature]:
    """Yield the counter of each door to the outside."""
    names = {f.id: f.name for f in built.features if isinstance(f, Opening)}
    for door in built.doors:
        device = "vehicles" if door.automobile else "doors"
        yield from _device(table, device, FeatureId(door.opening_id), names[door.opening_id], 1, 1, door.at)


def _moving(table: Mapping[str, Any], space: Space, fitted: set[tuple[str, int]]) -> Iterator[Feature]:
    """Yield a lift or escalator once, at the lowest level it serves."""
    shaft = (space.unit.name["en"], 0)
    if shaft in fitted:
        return
    fitted.add(shaft)
    device = "lift" if space.kind.shaft == "elevator" else "escalator"
    for feature in _device(table, device, space.unit.id, {}, 1, 1, space.shape.centroid):
        if isinstance(feature, Device):
            yield Device(
                id=feature.id,
                brick_class=feature.brick_class,
                name=space.unit.name,
                space_id=feature.space_id,
                geometry=feature.geometry,
            )
        elif isinstance(feature, DataPoint):
            yield DataPoint(
                id=feature.id,
                brick_class=feature.brick_class,
                device_id=feature.device_id,
                space_id=feature.space_id,
                unit=feature.unit,
                low=feature.low,
                high=feature.high,
                name={k: f"{space.unit.name[k]}{v}" for k, v in feature.name.items()},
            )


def _device(
    table: Mapping[str, Any],
    device: str,
    space_id: FeatureId,
    place: LanguageMap,
    number: int,
    count: int,
    spot: Point | None,
) -> Iterator[Feature]:
    row = table["devices"][device]
    device_id = DeviceId(FeatureId(f"{space_id}-{device}{number}"))
    again = str(number) if count > 1 else ""
    name = {
        "zh": f"{place.get('zh', '')}{row['zh']}{again}",
        "en": f"{place.get('en', '')} {row['en']} {again}".strip(),
    }
    yield Device(
        id=device_id,
        brick_class=row["brick"],
        name=name,
        space_id=space_id,
        geometry=spot,
        extra={"use": row["use"]} if "use" in row else {},
    )
    for i, (brick, zh, en, unit, low, high) in enumerate(row["points"], start=1):
        yield DataPoint(
            id=PointId(FeatureId(f"{device_id}-p{i}")),
            brick_class=brick,
            device_id=device_id,
            space_id=space_id,
            unit=unit,
            low=float(low),
            high=float(high),
            name={"zh": f"{name['zh'] if place else ''}{zh}", "en": f"{name['en'] if place else ''} {en}"},
        )


def _spread(shape: Polygon, count: int) -> list[Point]:
    """Return `count` spots spread over a room, on a grid; the nearest inside where the grid misses."""
    if count == 1:
        return [shape.centroid if shape.contains(shape.centroid) else shape.representative_point()]
    low_x, low_y, high_x, high_y = shape.bounds
    step = sqrt(shape.area / count)
    while True:
        xs, ys = np.arange(low_x + step / 2, high_x, step), np.arange(low_y + step / 2, high_y, step)
        grid = shapely.points(np.array([(x, y) for y in ys for x in xs]).reshape(-1, 2))
        inside = grid[shapely.contains(shape, grid)]
        if len(inside) >= count:
            chosen = np.linspace(0, len(inside) - 1, count).round().astype(int)
            return list(inside[chosen])
        step *= 0.85
