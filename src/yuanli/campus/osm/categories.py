"""What kind of thing do the tags say it is? The table is `categories.csv`; the first row that fits counts."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from yuanli.campus.osm.rows import Tags

BORING = {
    "block", "bollard", "buffer_stop", "crossing", "cycle_barrier", "fire_hydrant", "give_way", "kerb",
    "kissing_gate", "lamp", "level_crossing", "manhole", "milestone", "mini_roundabout",
    "motorway_junction", "palm", "pole", "railway_crossing", "signal", "speed_camera", "steps", "stile",
    "stop", "stop_position", "street_cabinet", "street_lamp", "surveillance", "switch", "toll_gantry",
    "tower", "traffic_signals", "trailhead", "tree", "tree_row", "turning_circle", "turning_loop",
    "turnstile", "yes",
}  # fmt: skip
"""Values that are worth keeping as a place only where they have a name."""


@cache
def _rows(table: str) -> tuple[tuple[str, str, str], ...]:
    text = files("yuanli.campus.osm").joinpath("categories.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((r["key"], r["value"], r["category"]) for r in rows if r["table"] == table)


def category_of(table: str, tags: Tags) -> str | None:
    """Return the category of a thing in a table (`unit`, `amenity`, `geofence`), or None."""
    for key, value, category in _rows(table):
        given = tags.get(key)
        if given is None or given == "no" or (value != "*" and given != value):
            continue
        return given.split(";")[0].strip() if category == "*" else category
    return None


def unit_category(tags: Tags) -> str:
    """Return the IMDF category of a room; toilets with who they are for."""
    category = category_of("unit", tags) or "unspecified"
    return restroom_category(tags) if category == "restroom" else category


def restroom_category(tags: Tags) -> str:
    """Return IMDF `restroom`, with `.male`, `.female` or `.unisex` and `.wheelchair` where tags say."""
    male, female = tags.get("male") == "yes", tags.get("female") == "yes"
    who = ""
    if tags.get("unisex") == "yes" or tags.get("gender_segregated") == "no" or (male and female):
        who = ".unisex"
    elif male:
        who = ".male"
    elif female:
        who = ".female"
    wheelchair = tags.get("toilets:wheelchair") or tags.get("wheelchair")
    return f"restroom{who}{'.wheelchair' if wheelchair in {'yes', 'designated'} else ''}"


def amenity_category(tags: Tags) -> str | None:
    """Return the category of a thing people look for; None for street lamps and the like without name."""
    category = category_of("amenity", tags)
    if category is None:
        return "unspecified" if "name" in tags else None
    if category in BORING and "name" not in tags:
        return None
    return restroom_category(tags) if category == "restroom" else category
