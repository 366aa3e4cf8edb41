"""Under which names each feature is found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yuanli.campus.features import (
    Amenity,
    Anchor,
    Building,
    DataPoint,
    Device,
    Feature,
    FeatureId,
    Fixture,
    Geofence,
    Kiosk,
    Level,
    Node,
    Occupant,
    Opening,
    Pathway,
    Section,
    Team,
    Unit,
    Venue,
)
from yuanli.campus.labels import level_name, name_in, name_of
from yuanli.campus.place import Campus, point_of

IMPORTANCE: Mapping[type[Feature], float] = {
    Building: 9,
    Venue: 8,
    Occupant: 7,
    Unit: 6,
    Team: 5,
    Amenity: 5,
    Geofence: 4,
    Section: 4,
    Level: 3,
    Kiosk: 3,
    Opening: 2,
    Node: 2,
    Pathway: 1,
    Fixture: 0.5,
    Device: 0.3,
    DataPoint: 0.1,
}
"""Which table comes first when two names fit equally."""

_WEIGHTS = {"alias": 0.98, "short": 0.98, "ref": 0.97, "former": 0.95}
_PARTS = re.compile(r"\s*[;；/／|]\s*")
_BRACKETS = re.compile(r"^(?P<out>.{2,}?)\s*[(（\[【](?P<in>[^)）\]】]+)[)）\]】]\s*$")
_HOUSE_REF = re.compile(r"(?P<house>[A-Za-z]|\d{1,2})[座栋号楼#\-.\s]*(?P<number>[A-Za-z]?\d{2,5}[A-Za-z]?)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name of a feature, with how much it counts, 0–1."""

    text: str
    weight: float


def searchable(campus: Campus) -> tuple[Feature, ...]:
    """Return the features people search for, most important tables first.

    Of the stretches of one named way only the longest stands for it.
    """
    found: list[Feature] = []
    for table in IMPORTANCE:
        rows: tuple[Feature, ...] = campus.of(table)
        if table is Pathway:
            found.extend(_longest_ways(campus.of(Pathway)))
        elif table is Node:
            found.extend(_nodes_of_their_own(campus))
        else:
            found.extend(rows)
    return tuple(found)


def entries_of(campus: Campus, feature: Feature) -> Iterator[Entry]:
    """Yield the names of a feature: name, other name, number, aliases, and parts of these."""
    for field, weight in (("name", 1.0), ("alt_name", 0.99), ("short_name", 0.98)):
        for text in (getattr(feature, field, None) or {}).values():
            if text:
                yield from _with_parts(text, weight)
    if isinstance(feature, Level) and not name_of(feature):
        yield Entry(level_name(feature, "zh"), 0.95)
        yield Entry(level_name(feature, "en"), 0.95)
    if ref := getattr(feature, "ref", None):
        yield from _with_parts(ref, 0.97)
    if isinstance(feature, Unit):
        yield from _room_numbers(campus, feature)
    for alias in campus.aliases_by_feature.get(FeatureId(feature.id), ()):
        if alias.text:
            yield Entry(
                alias.text, _WEIGHTS.get(alias.kind, 0.97) * (0.9 + 0.1 * min(max(alias.weight, 0), 1))
            )
    yield from _said_beyond_the_model(feature)


def place_of(campus: Campus, feature: Feature) -> FeatureId:
    """Return the feature to go to: an occupant's unit, a team's first space, a device's space."""
    if isinstance(feature, Occupant) and feature.anchor_id:
        anchor = campus.find(feature.anchor_id)
        if isinstance(anchor, Anchor) and anchor.unit_id and campus.find(anchor.unit_id):
            return anchor.unit_id
    if isinstance(feature, Team):
        return next((s for s in feature.space_ids if campus.find(s)), FeatureId(feature.id))
    if isinstance(feature, Device | DataPoint) and feature.space_id and campus.find(feature.space_id):
        return feature.space_id
    return FeatureId(feature.id)


def _with_parts(text: str, weight: float) -> Iterator[Entry]:
    yield Entry(text, weight)
    parts = [p for p in _PARTS.split(text) if p]
    if len(parts) > 1:
        yield from (Entry(part, weight * 0.97) for part in parts)
    if text[-1:] in ")）]】 " and (match := _BRACKETS.match(text)):
        yield Entry(match["out"], weight * 0.96)
        yield Entry(match["in"], weight * 0.9)


def _room_numbers(campus: Campus, unit: Unit) -> Iterator[Entry]:
    """Yield `301` for a room that its own number `A301` or `A座301` places in a house A."""
    for text in filter(None, (unit.ref, *unit.name.values())):
        if (match := _HOUSE_REF.fullmatch(text.strip())) and campus.building_of(unit.level_id):
            yield Entry(match["number"], 0.94)


def _said_beyond_the_model(feature: Feature) -> Iterator[Entry]:
    """Yield former and other names that a source's tags give, as OSM `old_name` and `short_name:en`."""
    extra = getattr(feature, "extra", None) or {}
    tags = extra.get("tags", extra) if isinstance(extra.get("tags", extra), Mapping) else extra
    for key, value in tags.items():
        base = key.split(":")[0]
        if base in _TAGS and isinstance(value, str) and value:
            yield from _with_parts(value, _TAGS[base])


_TAGS = {
    "alt_name": 0.98, "short_name": 0.98, "official_name": 0.98, "loc_name": 0.97, "int_name": 0.97,
    "old_name": 0.95, "old_ref": 0.9, "nickname": 0.95, "name": 0.98, "ref": 0.96, "local_ref": 0.95,
}  # fmt: skip


def _nodes_of_their_own(campus: Campus) -> Iterator[Node]:
    """Yield the named path nodes, save those that an amenity or opening at the same point stands for."""
    boards: tuple[Amenity | Opening, ...] = (*campus.of(Amenity), *campus.of(Opening))
    held = {_signboard(board) for board in boards if board.name}
    yield from (n for n in campus.of(Node) if n.name and _signboard(n) not in held)


def _signboard(feature: Amenity | Opening | Node) -> tuple[str, float, float]:
    point = point_of(feature)
    where = (round(point.x, 5), round(point.y, 5)) if point is not None else (0.0, 0.0)
    return (name_in(feature.name, "zh"), *where)


def _longest_ways(ways: tuple[Pathway, ...]) -> Iterator[Pathway]:
    longest: dict[str, Pathway] = {}
    for way in ways:
        if way.name:
            key = name_in(way.name, "zh")
            if key not in longest or _length(way) > _length(longest[key]):
                longest[key] = way
    yield from longest.values()


def _length(way: Pathway) -> float:
    return way.geometry.length if way.geometry is not None else 0.0
