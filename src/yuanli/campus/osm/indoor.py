"""Simple Indoor Tagging: rooms, corridors, areas, shafts and walls, one unit on each level they serve."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import (
    Anchor,
    BuildingId,
    FeatureId,
    Fixture,
    Occupant,
    Unit,
    UnitId,
)
from yuanli.campus.findings import Severity
from yuanli.campus.osm.buildings import add_made_up_building, tagged_areas
from yuanli.campus.osm.categories import amenity_category, unit_category
from yuanli.campus.osm.draft import METRE_DEG, Draft
from yuanli.campus.osm.measures import (
    accessibility_of,
    extra_of,
    phone_of,
    restriction_of,
    website_of,
    whole_of,
)
from yuanli.campus.osm.names import names_of
from yuanli.campus.osm.rows import Tags
from yuanli.errors import Text

_NOT_ROOMS = {"no", "wall", "door", "level", "pathway", "yes", "column", "pillar", "building"}
_BUSINESS = ("shop", "office", "amenity", "healthcare", "craft", "tourism", "leisure", "club")
_NO_BUSINESS = {
    "toilets",
    "parking",
    "bicycle_parking",
    "shower",
    "parking_space",
    "bench",
    "vacant",
    "lockers",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room as drawn: its ring's nodes, ordinals and building."""

    osm_id: str
    tags: Tags
    shape: BaseGeometry
    ordinals: tuple[float, ...]
    building_id: BuildingId | None
    refs: frozenset[int] = frozenset()


def is_room(tags: Tags) -> bool:
    """Return whether an area is a room in the widest sense: a space on certain levels."""
    if tags.get("building", "no") != "no" and "indoor" not in tags:
        return False
    indoor = tags.get("indoor")
    if indoor is not None and indoor not in _NOT_ROOMS:
        return True
    if indoor in {"wall", "door", "level", "column", "pillar", "building"}:
        return False
    if tags.get("highway") == "elevator" or tags.get("elevator") == "yes":
        return True
    if "highway" in tags:
        return False
    if any(tags.get(key, "no") != "no" for key in ("room", "buildingpart")):
        return True
    placed = indoor == "yes" or "level" in tags
    if placed and tags.get("stairs") == "yes":
        return True
    return placed and tags.get("amenity") != "parking_space" and any(key in tags for key in _BUSINESS)


def id_at(osm_id: str, ordinal: float, ordinals: tuple[float, ...]) -> str:
    """Return a feature's id on one level: the OSM id, with `@` and the ordinal where there are several."""
    return osm_id if len(ordinals) == 1 else f"{osm_id}@{ordinal:g}"


def add_indoor(draft: Draft) -> tuple[Room, ...]:
    """Make levels, units, occupants and walls; return the rooms for the doors to look up."""
    _note_levels(draft)
    drawn = []
    for osm_id, tags, shape in tagged_areas(draft):
        if osm_id not in draft.claimed and is_room(tags):
            drawn.append((osm_id, tags, shape, _ordinals(draft, osm_id, tags, shape)))
            draft.claimed.add(osm_id)
    homes = _homes(draft, [(osm_id, shape) for osm_id, _, shape, _ in drawn])
    rooms = [
        Room(
            osm_id=osm_id,
            tags=tags,
            shape=shape,
            ordinals=ordinals,
            building_id=homes[osm_id],
            refs=_refs(draft, osm_id),
        )
        for osm_id, tags, shape, ordinals in drawn
    ]
    _note_level_refs(draft, rooms)
    for room in rooms:
        _add_room(draft, room)
    _add_walls(draft)
    return tuple(rooms)


def _ordinals(draft: Draft, osm_id: str, tags: Tags, shape: BaseGeometry) -> tuple[float, ...]:
    ordinals = draft.ordinals(osm_id, tags, at=shape)
    if ordinals:
        return ordinals
    draft.repairs.add(
        "osm.level_missing",
        osm_id,
        Text(
            f"{osm_id} 没有可用的楼层，按地面层处理。",
            f"{osm_id} has no usable level; the ground level is taken.",
        ),
        Text("为它补上 level 标签。", "Give it a level tag."),
        at=shape,
    )
    return (0.0,)


def _refs(draft: Draft, osm_id: str) -> frozenset[int]:
    kind, _, number = osm_id.partition("/")
    if kind == "way":
        return frozenset(draft.source.ways[int(number)].refs)
    members = draft.source.relations[int(number)].members
    ways = [draft.source.ways[m.ref] for m in members if m.kind == "w" and m.ref in draft.source.ways]
    return frozenset(ref for way in ways for ref in way.refs)


def _homes(draft: Draft, shapes: list[tuple[str, BaseGeometry]]) -> Mapping[str, BuildingId | None]:
    """Return the building of each room; rooms in none that hang together get one made up."""
    homes: dict[str, BuildingId | None] = {}
    homeless: list[tuple[str, BaseGeometry]] = []
    for osm_id, shape in shapes:
        homes[osm_id] = draft.building_at(shape.representative_point()) or draft.building_at(shape)
        if homes[osm_id] is None:
            homeless.append((osm_id, shape))
    if not homeless:
        return homes
    blocks = shapely.get_parts(shapely.union_all([s.buffer(2 * METRE_DEG) for _, s in homeless]))
    tree = shapely.STRtree(blocks)
    groups: dict[int, list[tuple[str, BaseGeometry]]] = defaultdict(list)
    for osm_id, shape in homeless:
        groups[int(tree.query(shape, predicate="intersects")[0])].append((osm_id, shape))
    for group in groups.values():
        building_id = add_made_up_building(draft, [shape for _, shape in group], group[0][0])
        homes.update({osm_id: building_id for osm_id, _ in group})
        draft.repairs.add(
            "osm.building_missing",
            group[0][0],
            Text(
                f"{len(group)} 个室内空间（如 {group[0][0]}）不在任何建筑轮廓内，已为其补建一栋建筑。",
                f"{len(group)} indoor spaces (as {group[0][0]}) lie in no building; one was made.",
            ),
            Text("绘制建筑轮廓。", "Draw the building's outline."),
            severity=Severity.INFO,
            at=group[0][1],
        )
    draft.index_buildings()
    return homes


def _note_levels(draft: Draft) -> None:
    """Remember the outlines and names that `indoor=level` gives."""
    for osm_id, tags, shape in tagged_areas(draft):
        if tags.get("indoor") != "level":
            continue
        draft.claimed.add(osm_id)
        building_id = draft.building_at(shape)
        names = names_of(tags, draft.country, with_ref=False).name
        for ordinal in draft.ordinals(osm_id, tags, at=shape):
            draft.level_shapes[building_id, ordinal] = shape
            if names:
                draft.level_names[building_id, ordinal] = names
            if ref := tags.get("level:ref") or tags.get("ref"):
                draft.level_signs[building_id, ordinal] = ref


def _note_level_refs(draft: Draft, rooms: list[Room]) -> None:
    """Take what most rooms of a level call it by `level:ref`; `EG;1` names two levels in their order."""
    said: dict[tuple[BuildingId | None, float], Counter[str]] = defaultdict(Counter)
    for room in rooms:
        refs = [ref.strip() for ref in room.tags.get("level:ref", "").split(";") if ref.strip()]
        if refs and len(refs) == len(room.ordinals):
            for ordinal, ref in zip(room.ordinals, refs, strict=True):
                said[room.building_id, ordinal][ref] += 1
    for key, counts in said.items():
        sign = draft.level_signs.setdefault(key, counts.most_common(1)[0][0])
        draft.level_names.setdefault(key, {"und": sign})


def _add_room(draft: Draft, room: Room) -> None:
    tags, first = room.tags, id_at(room.osm_id, room.ordinals[0], room.ordinals)
    business = next((tags[k] for k in _BUSINESS if k in tags and tags[k] not in _NO_BUSINESS), None)
    owner = f"{room.osm_id}#occupant" if business else first
    names = draft.names(owner, tags, with_ref=False)
    for ordinal in room.ordinals:
        draft.add(
            Unit(
                id=UnitId(FeatureId(id_at(room.osm_id, ordinal, room.ordinals))),
                level_id=draft.level_at(room.building_id, ordinal),
                category=unit_category(tags),
                name={} if business else names.name,
                alt_name={} if business else names.alt_name,
                ref=tags.get("ref"),
                geometry=room.shape,
                display_point=room.shape.representative_point(),
                restriction=restriction_of(tags, "access"),
                accessibility=accessibility_of(tags),
                hours=tags.get("opening_hours"),
                capacity=whole_of(tags.get("capacity") or tags.get("seats") or tags.get("capacity:persons")),
                extra=extra_of(room.osm_id, tags),
            )
        )
    if not business:
        return
    anchor_id = FeatureId(f"{room.osm_id}#anchor")
    draft.add(
        Anchor(
            id=anchor_id,
            geometry=room.shape.representative_point(),
            unit_id=UnitId(FeatureId(first)),
            address_id=draft.address(room.osm_id, tags),
        )
    )
    draft.add(
        Occupant(
            id=FeatureId(owner),
            category=amenity_category({**tags, "name": "-"}) or business,
            name=names.name,
            alt_name=names.alt_name,
            anchor_id=anchor_id,
            hours=tags.get("opening_hours"),
            phone=phone_of(tags),
            email=tags.get("email") or tags.get("contact:email"),
            website=website_of(tags),
            extra=extra_of(room.osm_id, tags),
        )
    )


def _add_walls(draft: Draft) -> None:
    """Make a fixture of every wall and pillar, on each of its levels."""
    walls: list[tuple[str, Tags, BaseGeometry]] = []
    for way in draft.source.ways.values():
        if way.tags.get("indoor") in {"wall", "column", "pillar"} and len(way.refs) >= 2:
            osm_id = f"way/{way.id}"
            walls.append((osm_id, way.tags, draft.shapes.get(osm_id) or LineString(way.lonlat)))
    for node in draft.source.nodes.values():
        if node.tags.get("indoor") in {"wall", "column", "pillar"}:
            walls.append((f"node/{node.id}", node.tags, Point(node.lon, node.lat)))
    for osm_id, tags, shape in walls:
        draft.claimed.add(osm_id)
        building_id = draft.building_at(shape, reach_m=3.0)
        ordinals = draft.ordinals(osm_id, tags, at=shape) or (0.0,)
        for ordinal in ordinals:
            draft.add(
                Fixture(
                    id=FeatureId(id_at(osm_id, ordinal, ordinals)),
                    level_id=draft.level_at(building_id, ordinal),
                    category="wall",
                    geometry=shape,
                    extra=extra_of(osm_id, tags),
                )
            )
