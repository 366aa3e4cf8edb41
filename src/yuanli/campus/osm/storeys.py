"""Which storeys does a building have beyond those with rooms?"""

from __future__ import annotations

from collections.abc import Iterable

from yuanli.campus.features import Building, BuildingId
from yuanli.campus.osm.draft import Draft
from yuanli.campus.osm.levels import MOST, parse_levels
from yuanli.campus.osm.rows import Tags


def add_storeys(draft: Draft) -> None:
    """Add the storeys that a building declares, or draws as `indoor=level`, to those its rooms have made.

    Only buildings with something indoors get levels: a floor selector for an outline would be empty.
    """
    for building_id, ordinal in list(draft.level_shapes):
        draft.level_at(building_id, ordinal)
    inside: dict[BuildingId, set[float]] = {}
    for level_id in list(draft.units_of):
        level = draft.level(level_id)
        for building_id in level.building_ids:
            inside.setdefault(building_id, set()).add(level.ordinal)
    for building_id, ordinals in inside.items():
        building = draft.features.get(building_id)
        if isinstance(building, Building):
            for ordinal in declared_storeys(building.extra["tags"], ordinals):
                draft.level_at(building_id, ordinal)


def declared_storeys(tags: Tags, drawn: Iterable[float] = ()) -> tuple[float, ...]:
    """Return the ordinals of a building by `min_level` and `max_level`, else by its number of levels.

    `building:levels` counts from the ground and includes the `building:min_level` lowest that are not
    there (Simple 3D Buildings); `building:levels:underground` is below. A missing end is that of the
    levels drawn; `non_existent_levels` (13 in some towers) are left out.
    """
    drawn = list(drawn)
    low, high = _one(tags.get("min_level")), _one(tags.get("max_level"))
    above, below = _one(tags.get("building:levels")), _one(tags.get("building:levels:underground"))
    least = _one(tags.get("building:min_level"))
    if low is None and (above or below):
        low = least if least and not below else -(below or 0.0)
    if high is None and above:
        high = above - 1
    if low is None and high is None:
        return ()
    low = min([*drawn, 0.0]) if low is None else low
    high = max([*drawn, 0.0]) if high is None else high
    if low > high or high - low > MOST:
        return ()
    gone = set(parse_levels(tags.get("non_existent_levels", "")).ordinals)
    return tuple(float(o) for o in range(_up(low), int(high // 1) + 1) if o not in gone)


def _one(text: str | None) -> float | None:
    ordinals = parse_levels(text).ordinals if text else ()
    return ordinals[0] if len(ordinals) == 1 else None


def _up(low: float) -> int:
    return -int(-low // 1)
