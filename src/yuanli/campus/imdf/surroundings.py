"""What extra files of an IMDF archive say: a drawn walking network, areas and points outdoors, other names.

Nothing here knows a site or a file's name. A collection of points that name each other is a network; a
table of pairs of ids joins its nodes to features; points that name a building are its names; areas are
geofences, points amenities, lines details.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from shapely import STRtree
from shapely.geometry import LineString, Point

from yuanli.campus.features import (
    Alias,
    Amenity,
    Building,
    Detail,
    Feature,
    FeatureId,
    Geofence,
    Level,
    LevelId,
    Node,
    NodeId,
    Pathway,
    PathwayId,
    PathwayMode,
    Unit,
)
from yuanli.campus.geojson.geometries import GeometryReader
from yuanli.campus.imdf.names import read_names

Json = Any
SOURCE = "_file"
"""The key in `extra` that names the extra file a feature was read from."""

_SHAFTS: Mapping[str, PathwayMode] = MappingProxyType(
    {
        "elevator": PathwayMode.ELEVATOR,
        "escalator": PathwayMode.ESCALATOR,
        "ramp": PathwayMode.RAMP,
        "movingwalkway": PathwayMode.MOVING_WALKWAY,
        "stairs": PathwayMode.STAIRS,
        "steps": PathwayMode.STAIRS,
    }
)
_SHORT = ("short_name", "shortName", "short")
_SURFACES = ("dirt", "gravel", "asphalt", "paved", "unpaved", "grass", "sand", "concrete")


@dataclass(frozen=True, slots=True)
class Collection:
    """An extra feature collection: its file's name and its raw features."""

    name: str
    features: Sequence[Mapping[str, Json]]


def read_surroundings(
    collections: Iterable[Collection], known: Mapping[FeatureId, Feature], reader: GeometryReader
) -> dict[FeatureId, Feature]:
    """Return the features that extra collections add to the known ones."""
    found: dict[FeatureId, Feature] = {}
    rest: list[Collection] = []
    for collection in collections:
        key = _neighbour_key(collection)
        if key is None:
            rest.append(collection)
        else:
            found.update((f.id, f) for f in _network(collection, key, known, reader))
    for collection in rest:
        pairs = _pairs(collection, found, known)
        if pairs:
            _join(found, pairs)
            continue
        for feature in _outdoor(collection, known, reader):
            if feature.id not in known:
                found.setdefault(feature.id, feature)
    return found


def _properties(feature: Mapping[str, Json]) -> Mapping[str, Json]:
    return feature.get("properties") or {}


def _neighbour_key(collection: Collection) -> str | None:
    """Return the property by which points of a collection name each other, None if it is no network."""
    ids = {str(f.get("id")) for f in collection.features}
    if not all(
        isinstance(f.get("geometry"), dict) and f["geometry"].get("type") == "Point"
        for f in collection.features
    ):
        return None
    keys = {k for f in collection.features[:50] for k, v in _properties(f).items() if isinstance(v, list)}
    for key in sorted(keys):
        named = [
            str(i)
            for f in collection.features
            for i in _properties(f).get(key) or ()
            if isinstance(i, str | int)
        ]
        if named and sum(i in ids for i in named) * 2 > len(named):
            return key
    return None


def _network(
    collection: Collection, key: str, known: Mapping[FeatureId, Feature], reader: GeometryReader
) -> Iterator[Feature]:
    nodes: dict[str, Node] = {}
    for document in collection.features:
        node_id = str(document.get("id"))
        shape = reader.read(document.get("geometry"), node_id)
        if not isinstance(shape, Point):
            continue
        level = _named(document, known, Level)
        extra = {k: v for k, v in _properties(document).items() if k != key and v not in (None, [])}
        nodes[node_id] = Node(
            id=NodeId(FeatureId(node_id)),
            geometry=shape,
            level_id=level.id if isinstance(level, Level) else None,
            ordinal=level.ordinal if isinstance(level, Level) else 0.0,
            extra={**extra, SOURCE: collection.name},
        )
    yield from nodes.values()
    units = _UnitsByLevel(known)
    seen: set[tuple[str, str]] = set()
    for document in collection.features:
        tail = str(document.get("id"))
        for other in _properties(document).get(key) or ():
            head = str(other)
            pair = (min(tail, head), max(tail, head))
            if tail == head or pair in seen or tail not in nodes or head not in nodes:
                continue
            seen.add(pair)
            yield _pathway(nodes[tail], nodes[head], units, collection.name)


def _pathway(tail: Node, head: Node, units: _UnitsByLevel, source: str) -> Pathway:
    tags = [set(node.extra.get("tags") or ()) for node in (tail, head)]
    both = tags[0] & tags[1]
    one_level = tail.level_id == head.level_id
    return Pathway(
        id=PathwayId(FeatureId(f"{tail.id}~{head.id}")),
        from_node_id=tail.id,
        to_node_id=head.id,
        mode=_mode(tail, head, units),
        geometry=LineString([tail.geometry, head.geometry]),
        level_id=tail.level_id if one_level else None,
        surface=next((s for s in _SURFACES if s in both), None),
        extra={SOURCE: source, **({"tags": sorted(both)} if both else {})},
    )


def _mode(tail: Node, head: Node, units: _UnitsByLevel) -> PathwayMode:
    if tail.level_id is None and head.level_id is None:
        return PathwayMode.OUTDOOR
    if tail.level_id is None or head.level_id is None or tail.ordinal == head.ordinal:
        return PathwayMode.WALKWAY
    for node in (tail, head):
        if (mode := _SHAFTS.get(units.category_at(node))) is not None:
            return mode
    return PathwayMode.STAIRS


class _UnitsByLevel:
    """The units of each level in a spatial index, to tell in which one a node is."""

    def __init__(self, known: Mapping[FeatureId, Feature]) -> None:
        rows: dict[LevelId, list[Unit]] = {}
        for feature in known.values():
            if isinstance(feature, Unit) and feature.geometry is not None:
                rows.setdefault(feature.level_id, []).append(feature)
        self._units = rows
        self._trees = {level: STRtree([u.geometry for u in units]) for level, units in rows.items()}

    def category_at(self, node: Node) -> str:
        """Return the category of a shaft at a node, else of any unit there, else the empty text."""
        tree = self._trees.get(node.level_id) if node.level_id is not None else None
        if tree is None or node.level_id is None:
            return ""
        found = [
            self._units[node.level_id][i].category
            for i in tree.query(node.geometry, predicate="dwithin", distance=1e-5)
        ]
        return next((c for c in found if c in _SHAFTS), found[0] if found else "")


def _named(
    document: Mapping[str, Json], known: Mapping[FeatureId, Feature], kind: type[Any]
) -> Feature | None:
    """Return the first feature of a kind that a property of the document names."""
    for value in _properties(document).values():
        if isinstance(value, str) and isinstance(known.get(FeatureId(value)), kind):
            return known[FeatureId(value)]
    return None


def _pairs(
    collection: Collection, nodes: Mapping[FeatureId, Feature], known: Mapping[FeatureId, Feature]
) -> list[tuple[FeatureId, FeatureId]]:
    """Return (node, feature) of each row where a collection without geometry joins the two."""
    pairs: list[tuple[FeatureId, FeatureId]] = []
    for document in collection.features:
        if document.get("geometry") is not None:
            return []
        values = [FeatureId(v) for v in _properties(document).values() if isinstance(v, str)]
        ends = [v for v in values if isinstance(nodes.get(v), Node)]
        pairs.extend((ends[0], v) for v in values if ends and v in known)
    return pairs


def _join(found: dict[FeatureId, Feature], pairs: Iterable[tuple[FeatureId, FeatureId]]) -> None:
    for node_id, feature_id in pairs:
        node = found[node_id]
        if isinstance(node, Node) and feature_id not in node.feature_ids:
            found[node_id] = replace(node, feature_ids=(*node.feature_ids, feature_id))


def _outdoor(
    collection: Collection, known: Mapping[FeatureId, Feature], reader: GeometryReader
) -> Iterator[Feature]:
    for index, document in enumerate(collection.features):
        properties = _properties(document)
        feature_id = FeatureId(str(document.get("id") or f"{collection.name}/{index + 1}"))
        building = _named(document, known, Building)
        if building is not None:
            yield from _other_names(building.id, properties)
            continue
        shape = reader.read(document.get("geometry"), feature_id)
        if shape is None:
            continue
        level = _named(document, known, Level)
        name, alt_name = (read_names(properties.get(k)) or {} for k in ("name", "alt_name"))
        category = properties.get("category")
        category = category if isinstance(category, str) and category else "unspecified"
        used = ("name", "alt_name", "category", "display_point")
        extra = {k: v for k, v in properties.items() if k not in used and v is not None}
        extra[SOURCE] = collection.name
        level_id = level.id if isinstance(level, Level) else None
        if shape.geom_type == "Point":
            yield Amenity(
                id=feature_id,
                category=category,
                geometry=shape,
                level_id=level_id,
                extra=extra,
                name=name,
                alt_name=alt_name,
            )
        elif shape.geom_type in ("Polygon", "MultiPolygon"):
            yield Geofence(
                id=feature_id,
                category=category,
                geometry=shape,
                level_ids=(level_id,) if level_id else (),
                extra=extra,
                name=name,
                alt_name=alt_name,
            )
        else:
            yield Detail(id=feature_id, category=category, geometry=shape, level_id=level_id, extra=extra)


def _other_names(feature_id: FeatureId, properties: Mapping[str, Json]) -> Iterator[Alias]:
    kinds = [("name", "alias", 1.0), ("alt_name", "alias", 0.9), *((key, "short", 0.8) for key in _SHORT)]
    for key, kind, weight in kinds:
        for language, text in (read_names(properties.get(key)) or {}).items():
            yield _alias(feature_id, language, text, weight, kind)


def _alias(feature_id: FeatureId, language: str, text: str, weight: float, kind: str) -> Alias:
    alias_id = FeatureId(f"{feature_id}:{kind}:{language}:{text}")
    return Alias(id=alias_id, feature_id=feature_id, language=language, text=text, weight=weight, kind=kind)


def short_names(features: Mapping[FeatureId, Feature], language: str) -> dict[FeatureId, Alias]:
    """Return the short names that features carry beyond the standard, as aliases."""
    found: dict[FeatureId, Alias] = {}
    for feature in features.values():
        extra = getattr(feature, "extra", {})
        for key in _SHORT:
            for tag, text in (read_names(extra.get(key), language) or {}).items():
                alias = _alias(feature.id, tag, text, 0.8, "short")
                found[alias.id] = alias
    return found
