"""Walls, fences and hedges outdoors: lines that are drawn."""

from __future__ import annotations

from shapely.geometry import LineString

from yuanli.campus.features import Detail, FeatureId
from yuanli.campus.osm.draft import Draft
from yuanli.campus.osm.measures import extra_of

LINES = {
    "wall", "fence", "retaining_wall", "city_wall", "hedge", "guard_rail", "handrail", "railing", "ditch",
    "cable_barrier", "jersey_barrier", "noise_barrier", "sound_barrier", "chain", "rope",
}  # fmt: skip


def add_barriers(draft: Draft) -> None:
    """Make a detail of every wall, fence or the like that is drawn as a line or a ring."""
    for way in draft.source.ways.values():
        kind = way.tags.get("barrier", "")
        if kind not in LINES or len(way.refs) < 2 or way.tags.get("area") == "yes":
            continue
        osm_id = f"way/{way.id}"
        draft.add(
            Detail(
                id=FeatureId(f"{osm_id}#barrier" if FeatureId(osm_id) in draft.features else osm_id),
                category=kind,
                geometry=LineString(way.lonlat),
                extra=extra_of(osm_id, way.tags),
            )
        )
