"""Places people look for, outdoors and in: points as amenities, areas as zones."""

from __future__ import annotations

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import Amenity, FeatureId, Geofence, LevelId, UnitId
from yuanli.campus.osm.buildings import tagged_areas
from yuanli.campus.osm.categories import amenity_category, category_of
from yuanli.campus.osm.doors import is_door
from yuanli.campus.osm.draft import Draft
from yuanli.campus.osm.indoor import id_at
from yuanli.campus.osm.measures import accessibility_of, extra_of, phone_of, restriction_of, website_of
from yuanli.campus.osm.rows import Tags

_ZONES = {"parking", "university", "school", "college", "hospital", "kindergarten", "parking_space",
          "marketplace", "courtyard", "bicycle_parking", "research_institute", "fountain"}  # fmt: skip
_AREA_ONLY = ("highway", "barrier", "power", "waterway", "man_made")


def add_places(draft: Draft) -> None:
    """Make amenities of nodes and of small areas, and geofences of the other areas."""
    stops = _stop_names(draft)
    for node in draft.source.nodes.values():
        osm_id = f"node/{node.id}"
        if osm_id in draft.claimed and "name" not in node.tags and "amenity" not in node.tags:
            continue
        if osm_id in draft.claimed and is_door(node.tags) and not ({"amenity", "shop"} & set(node.tags)):
            continue
        category = amenity_category(node.tags)
        halts = node.tags.get("public_transport") == "stop_position" and node.tags.get("name") in stops
        if category is not None and not halts:
            _add_amenity(draft, osm_id, node.tags, Point(node.lon, node.lat), category)
    for osm_id, tags, shape in tagged_areas(draft):
        if osm_id not in draft.claimed:
            _add_area(draft, osm_id, tags, shape)


def _stop_names(draft: Draft) -> frozenset[str | None]:
    """Return the names of stops where people wait."""
    return frozenset(
        node.tags.get("name")
        for node in draft.source.nodes.values()
        if node.tags.get("highway") == "bus_stop"
        or node.tags.get("public_transport") in {"platform", "station"}
    )


def _add_amenity(draft: Draft, osm_id: str, tags: Tags, point: Point, category: str) -> None:
    plain_id = f"{osm_id}#place" if FeatureId(osm_id) in draft.features else osm_id
    ordinals = draft.ordinals(osm_id, tags, at=point)
    building_id = draft.building_at(point) if ordinals else None
    names = draft.names(id_at(plain_id, *_first(ordinals)), tags)
    for ordinal in ordinals or (0.0,):
        level_id: LevelId | None = None
        unit_ids: tuple[UnitId, ...] = ()
        if ordinals and (building_id is not None or ordinal != 0):
            level_id = draft.level_at(building_id, ordinal)
            unit_ids = draft.units_at(level_id, point)
        draft.add(
            Amenity(
                id=FeatureId(id_at(plain_id, ordinal, ordinals or (0.0,))),
                category=category,
                name=names.name,
                alt_name=names.alt_name,
                geometry=point,
                level_id=level_id,
                unit_ids=unit_ids,
                address_id=draft.address(osm_id, tags),
                accessibility=accessibility_of(tags),
                hours=tags.get("opening_hours"),
                phone=phone_of(tags),
                website=website_of(tags),
                extra=extra_of(osm_id, tags),
            )
        )


def _first(ordinals: tuple[float, ...]) -> tuple[float, tuple[float, ...]]:
    return (ordinals[0], ordinals) if ordinals else (0.0, (0.0,))


def _add_area(draft: Draft, osm_id: str, tags: Tags, shape: BaseGeometry) -> None:
    lines = {key for key in _AREA_ONLY if key in tags}
    if lines and tags.get("area") != "yes" and not osm_id.startswith("relation/"):
        tags = {k: v for k, v in tags.items() if k not in lines}
    category = category_of("geofence", tags)
    if category is None:
        if "name" not in tags:
            return
        category = "geofence"
    small = any(key in tags for key in ("amenity", "shop", "office", "healthcare", "craft"))
    if small and tags.get("amenity") not in _ZONES and "landuse" not in tags:
        _add_amenity(draft, osm_id, tags, shape.representative_point(), amenity_category(tags) or category)
        return
    names = draft.names(osm_id, tags)
    draft.add(
        Geofence(
            id=FeatureId(osm_id),
            category=category,
            name=names.name,
            alt_name=names.alt_name,
            geometry=shape,
            display_point=shape.representative_point(),
            accessibility=accessibility_of(tags),
            restriction=restriction_of(tags, "access"),
            hours=tags.get("opening_hours"),
            extra=extra_of(osm_id, tags),
        )
    )
