"""Doors and entrances: one opening on each level where the node lies on rooms."""

from __future__ import annotations

from collections import Counter, defaultdict

import shapely
from shapely.geometry import LineString, Point

from yuanli.campus.features import BuildingId, Door, FeatureId, Opening, OpeningId
from yuanli.campus.osm.draft import METRE_DEG, Draft
from yuanli.campus.osm.indoor import Room, id_at
from yuanli.campus.osm.measures import (
    accessibility_of,
    automatic_of,
    extra_of,
    hours_of,
    restriction_of,
    width_of,
)
from yuanli.campus.osm.rows import Tags
from yuanli.errors import Text

_CATEGORIES = {
    "main": "pedestrian.principal", "emergency": "emergencyexit", "fire_exit": "emergencyexit",
    "service": "service", "garage": "automobile", "bicycle": "bicycle",
}  # fmt: skip
_DOOR_TYPES = {
    "hinged": "swinging", "swinging": "swinging", "double": "swinging", "sliding": "sliding",
    "revolving": "revolving", "no": "open", "open": "open", "folding": "movablepartition",
    "overhead": "shutter", "roller": "shutter", "turnstile": "turnstile",
}  # fmt: skip


def is_door(tags: Tags) -> bool:
    """Return whether a node or a line is a door, a doorway or an entrance."""
    return "door" in tags or tags.get("indoor") == "door" or tags.get("entrance", "no") != "no"


def add_doors(draft: Draft, rooms: tuple[Room, ...]) -> None:
    """Make the openings; entrances that lie on no building stay nodes of the network."""
    by_ref: dict[int, list[Room]] = defaultdict(list)
    for room in rooms:
        for ref in room.refs:
            by_ref[ref].append(room)
    tree = shapely.STRtree([room.shape for room in rooms])
    for node in draft.source.nodes.values():
        if is_door(node.tags):
            point = Point(node.lon, node.lat)
            touched = by_ref.get(node.id) or _near(point, rooms, tree)
            _add_door(draft, f"node/{node.id}", node.tags, point, touched)
    for way in draft.source.ways.values():
        if is_door(way.tags) and f"way/{way.id}" not in draft.claimed and len(way.refs) >= 2:
            line = LineString(way.lonlat)
            _add_door(draft, f"way/{way.id}", way.tags, line, _near(line, rooms, tree))


def _near(shape: Point | LineString, rooms: tuple[Room, ...], tree: shapely.STRtree) -> list[Room]:
    found = tree.query(shape, predicate="dwithin", distance=0.3 * METRE_DEG)
    return [rooms[i] for i in found]


def _add_door(draft: Draft, osm_id: str, tags: Tags, shape: Point | LineString, rooms: list[Room]) -> None:
    building_id = _home(draft, shape, rooms)
    drawn_as_door = "door" in tags or tags.get("indoor") == "door"
    if building_id is None and not rooms and not drawn_as_door:
        return
    ordinals = _ordinals(draft, osm_id, tags, shape, rooms)
    kind = tags.get("door", "yes")
    closed = restriction_of(tags, "foot", "access")
    names = draft.names(id_at(osm_id, ordinals[0], ordinals), tags, with_ref=False)
    draft.claimed.add(osm_id)
    for ordinal in ordinals:
        draft.add(
            Opening(
                id=OpeningId(FeatureId(id_at(osm_id, ordinal, ordinals))),
                level_id=draft.level_at(building_id, ordinal),
                category=_CATEGORIES.get(tags.get("entrance", ""), "pedestrian"),
                name=names.name,
                alt_name=names.alt_name,
                geometry=shape,
                door=Door(
                    type=_DOOR_TYPES.get(kind), material=tags.get("material"), automatic=automatic_of(tags)
                ),
                accessibility=accessibility_of(tags),
                access_control=("keyaccess",) if tags.get("locked") == "yes" else (),
                restriction=closed,
                hours=hours_of(tags),
                width_m=width_of(tags),
                ref=tags.get("ref"),
                extra=extra_of(osm_id, tags),
            )
        )


def _home(draft: Draft, shape: Point | LineString, rooms: list[Room]) -> BuildingId | None:
    homes = Counter(room.building_id for room in rooms if room.building_id is not None)
    return homes.most_common(1)[0][0] if homes else draft.building_at(shape, reach_m=3.0)


def _ordinals(
    draft: Draft, osm_id: str, tags: Tags, shape: Point | LineString, rooms: list[Room]
) -> tuple[float, ...]:
    """Return the levels of a door: its own where rooms agree, else those that two of its rooms share."""
    own = draft.ordinals(osm_id, tags, at=shape)
    count = Counter(ordinal for room in rooms for ordinal in room.ordinals)
    if not rooms:
        return own or (0.0,)
    agreed = tuple(o for o in own if o in count)
    if agreed or (own and "entrance" in tags):
        return agreed or own
    if own:
        nearest = min(count, key=lambda o: abs(o - own[0]))
        draft.repairs.add(
            "osm.door_level",
            osm_id,
            Text(
                f"门 {osm_id} 标在 {own[0]:g} 层，但相邻房间在 {nearest:g} 层；按房间处理。",
                f"Door {osm_id} is tagged level {own[0]:g}, its rooms {nearest:g}; the rooms count.",
            ),
            Text("更正门的 level 标签。", "Correct the door's level tag."),
            at=shape,
        )
        return (nearest,)
    if "entrance" in tags:
        return (min(count, key=abs),)
    shared = tuple(sorted(o for o, n in count.items() if n >= 2))
    return shared or tuple(sorted(count))
