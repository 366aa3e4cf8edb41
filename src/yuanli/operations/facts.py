"""What is known of a park's points before anything is measured, and which of them are judged together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from yuanli.campus import Campus, DataPoint, Device, LevelId, PointId, level_of
from yuanli.telemetry import Form, PointFacts, UnitError, conversion, find_quantity

TOGETHER = 6
"""How many points of one quantity and level are compared with each other at most: in groups of about one size."""
COUNTED = {"power": "energy"}
"""Rates, and what counts them."""

Facts = tuple[PointFacts, ...]


def facts_of(campus: Campus, numbers: Mapping[PointId, int]) -> tuple[Facts, ...]:
    """Return the facts of points, in groups that are judged together.

    Points whose class or unit says nothing are left out. The power and the energy of one device are judged
    together, and points of one quantity on one level.
    """
    known = {
        point.id: facts
        for point in campus.of(DataPoint)
        if point.id in numbers and (facts := find_facts(point, numbers[point.id])) is not None
    }
    groups: list[Facts] = []
    paired: set[PointId] = set()
    for pair in _pairs(campus, known):
        rate, counter = (known[point_id] for point_id in pair)
        groups.append((replace(rate, twin=counter.point), counter))
        paired.update(pair)
    beside: dict[tuple[str, LevelId | None], list[PointFacts]] = defaultdict(list)
    for point in campus.of(DataPoint):
        if point.id in known and point.id not in paired:
            beside[known[point.id].quantity.name, _level(campus, point)].append(known[point.id])
    for alike in beside.values():
        count = -(-len(alike) // TOGETHER)
        groups += [_related(alike[i::count]) for i in range(count)]
    return tuple(groups)


def find_facts(point: DataPoint, number: int) -> PointFacts | None:
    """Return the facts of a point by itself, or None where its class or unit says nothing.

    `register_size` in its `extra` tells where its counter begins again, in its unit.
    """
    quantity = find_quantity(point.brick_class)
    if quantity is None:
        return None
    try:
        conversion(point.unit or quantity.unit or "", quantity.unit or point.unit or "")
    except UnitError:
        return None
    size = point.extra.get("register_size")
    return PointFacts(
        point=number, quantity=quantity, unit=point.unit, low=point.low, high=point.high,
        register_size=float(size) if isinstance(size, int | float) and size > 0 else None,
    )  # fmt: skip


def _pairs(campus: Campus, known: Mapping[PointId, PointFacts]) -> Iterator[tuple[PointId, PointId]]:
    by_device: dict[object, dict[str, PointId]] = defaultdict(dict)
    for point in campus.of(DataPoint):
        if point.device_id is not None and point.id in known:
            by_device[point.device_id].setdefault(known[point.id].quantity.name, point.id)
    for found in by_device.values():
        for rate, counter in COUNTED.items():
            if rate in found and counter in found:
                yield found[rate], found[counter]


def _level(campus: Campus, point: DataPoint) -> LevelId | None:
    place = point.space_id
    if place is None and point.device_id is not None:
        device = campus.find(point.device_id)
        place = device.space_id if isinstance(device, Device) else None
    space = campus.find(place) if place is not None else None
    return level_of(space) if space is not None else None


def _related(group: Sequence[PointFacts]) -> Facts:
    if group[0].quantity.form is not Form.ANALOG:
        return tuple(group)
    return tuple(replace(own, related=tuple(o.point for o in group if o is not own)) for own in group)
