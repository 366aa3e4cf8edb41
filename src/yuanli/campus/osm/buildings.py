"""Buildings from rings, multipolygons and building relations; parts only where no outline holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import Building, BuildingId, FeatureId
from yuanli.campus.osm.categories import category_of
from yuanli.campus.osm.draft import METRE_DEG, Draft
from yuanli.campus.osm.measures import (
    accessibility_of,
    extra_of,
    metres_of,
    phone_of,
    restriction_of,
    storeys_of,
    website_of,
)
from yuanli.campus.osm.reading import Source
from yuanli.campus.osm.repairs import Repairs
from yuanli.campus.osm.rows import OsmWay, Tags
from yuanli.campus.osm.shapes import area_of_relation, area_of_way
from yuanli.errors import Text

_AREAS = {"multipolygon", "building", "boundary"}


def shapes_of(source: Source, full: Source, repairs: Repairs) -> dict[str, BaseGeometry]:
    """Return the polygon of every way and relation at the site that is drawn as an area."""
    shapes: dict[str, BaseGeometry] = {}
    for way in source.ways.values():
        if way.tags and (way.closed or _meant_as_area(way.tags)):
            shape = area_of_way(way, repairs)
            if shape is not None:
                shapes[f"way/{way.id}"] = shape
        if f"way/{way.id}" not in shapes and len(way.refs) >= 2 and _is_lost_room(way.tags):
            shapes[f"way/{way.id}"] = _remains_of(way, repairs)
    for relation in source.relations.values():
        kind = relation.tags.get("type")
        if kind not in _AREAS or (kind == "boundary" and "amenity" not in relation.tags):
            continue
        if any(m.kind == "w" and m.ref in source.ways for m in relation.members):
            shape = area_of_relation(relation, full, repairs)
            if shape is not None:
                shapes[f"relation/{relation.id}"] = shape
    return shapes


def _meant_as_area(tags: Tags) -> bool:
    return (
        _is_building(tags)
        or tags.get("area") == "yes"
        or tags.get("indoor") in {"room", "area", "corridor", "level"}
        or ("landuse" in tags and "highway" not in tags)
    )


def _is_lost_room(tags: Tags) -> bool:
    return tags.get("indoor") in {"room", "area", "corridor"} and "highway" not in tags


def _remains_of(way: OsmWay, repairs: Repairs) -> BaseGeometry:
    """Return a strip of 2 m along what the file has of a room's ring, so that the room is not lost."""
    osm_id, line = f"way/{way.id}", LineString(way.lonlat)
    repairs.add(
        "osm.room_incomplete",
        osm_id,
        Text(
            f"房间 {osm_id} 的轮廓只剩 {len(way.refs)} 个节点，无法成面；暂以其周围 1 米代替。",
            f"The ring of room {osm_id} has only {len(way.refs)} nodes left; 1 m around them stands for it.",
        ),
        Text("补全该房间的轮廓。", "Complete the outline of the room."),
        at=line,
    )
    return line.buffer(METRE_DEG)


def _is_building(tags: Tags) -> bool:
    return tags.get("building", "no") != "no"


def tagged_areas(draft: Draft) -> Iterator[tuple[str, Tags, BaseGeometry]]:
    """Yield the id, tags and polygon of every area; relations before the ways they are made of."""
    for relation in draft.source.relations.values():
        osm_id = f"relation/{relation.id}"
        if osm_id in draft.shapes:
            yield osm_id, relation.tags, draft.shapes[osm_id]
    for way in draft.source.ways.values():
        osm_id = f"way/{way.id}"
        if osm_id in draft.shapes:
            yield osm_id, way.tags, draft.shapes[osm_id]


def add_buildings(draft: Draft) -> None:
    """Make the buildings, then parts that lie in none of them."""
    hidden = _drawn_by_relations(draft)
    for osm_id, tags, shape in tagged_areas(draft):
        if _is_building(tags) and osm_id not in hidden and not tags.get("indoor"):
            add_building(draft, osm_id, {**hidden.get(f"tags {osm_id}", {}), **tags}, shape)
    draft.index_buildings()
    parts = [
        (osm_id, {**tags, "building": tags["building:part"]}, shape)
        for osm_id, tags, shape in tagged_areas(draft)
        if tags.get("building:part", "no") != "no" and osm_id not in draft.claimed
    ]
    for osm_id, tags, shape in parts:
        if draft.building_at(shape.representative_point()) is None:
            add_building(draft, osm_id, tags, shape)
    draft.index_buildings()


def _drawn_by_relations(draft: Draft) -> Mapping[str, Tags]:
    """Return ways that only repeat a building relation's outline, and tags a relation lends its outline."""
    hidden: dict[str, Tags] = {}
    for relation in draft.source.relations.values():
        outlines = [
            f"way/{m.ref}" for m in relation.members if m.kind == "w" and m.role in {"outer", "outline"}
        ]
        if relation.tags.get("type") == "building":
            drawn = [o for o in outlines if o in draft.shapes]
            if drawn and all(_is_building(draft.source.ways[int(o[4:])].tags) for o in drawn):
                hidden[f"relation/{relation.id}"] = {}
                if len(drawn) == 1:
                    hidden[f"tags {drawn[0]}"] = {k: v for k, v in relation.tags.items() if k != "type"}
        elif _is_building(relation.tags) and f"relation/{relation.id}" in draft.shapes:
            hidden.update({o: {} for o in outlines if len(outlines) == 1})
    return hidden


def add_building(draft: Draft, osm_id: str, tags: Tags, shape: BaseGeometry) -> BuildingId:
    """Keep one building."""
    building_id = BuildingId(FeatureId(osm_id))
    names = draft.names(osm_id, tags)
    kind = tags.get("building", "yes")
    if kind == "yes":
        others = {k: v for k, v in tags.items() if k not in {"landuse", "barrier", "highway", "man_made"}}
        kind = (
            category_of("geofence", others)
            or category_of("amenity", {**others, "building": "no"})
            or "unspecified"
        )
    draft.add(
        Building(
            id=building_id,
            category=kind,
            name=names.name,
            alt_name=names.alt_name,
            geometry=shape,
            display_point=shape.representative_point(),
            address_id=draft.address(osm_id, tags),
            restriction=restriction_of(tags, "access"),
            hours=tags.get("opening_hours"),
            phone=phone_of(tags),
            website=website_of(tags),
            accessibility=accessibility_of(tags),
            height_m=metres_of(tags.get("height") or tags.get("building:height")),
            storeys=storeys_of(tags),
            extra=extra_of(osm_id, tags),
        )
    )
    draft.claimed.add(osm_id)
    draft.buildings.append((building_id, shape, kind in {"roof", "canopy", "carport"}))
    return building_id


def add_made_up_building(draft: Draft, shapes: list[BaseGeometry], first_id: str) -> BuildingId:
    """Keep a building around rooms that lie in none, so that they have a place to belong to."""
    outline = shapely.union_all(shapes)
    return add_building(draft, f"{first_id}#building", {"building": "yes"}, outline)
