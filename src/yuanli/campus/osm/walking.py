"""Who may use a way, how, and in which direction?"""

from __future__ import annotations

from yuanli.campus.features import PathwayMode
from yuanli.campus.osm.measures import says_yes
from yuanli.campus.osm.rows import Tags

WALKED = {
    "footway", "path", "pedestrian", "steps", "corridor", "service", "residential", "living_street",
    "unclassified", "tertiary", "tertiary_link", "secondary", "secondary_link", "primary", "primary_link",
    "cycleway", "track", "platform", "road", "bridleway", "elevator", "escalator", "trail", "crossing",
}  # fmt: skip
NEVER = {
    "motorway",
    "motorway_link",
    "construction",
    "proposed",
    "raceway",
    "bus_guideway",
    "busway",
    "razed",
}
CYCLED = WALKED - {
    "footway",
    "pedestrian",
    "steps",
    "corridor",
    "platform",
    "elevator",
    "escalator",
    "crossing",
}


def may_walk(tags: Tags) -> bool:
    """Return whether people on foot may use a way at all (a private one counts: it is restricted)."""
    highway = tags.get("highway", "")
    foot = tags.get("foot")
    if highway in NEVER or foot in {"no", "use_sidepath"} or tags.get("motorroad") == "yes":
        return False
    if "platform" in (tags.get("railway"), tags.get("public_transport")) or tags.get("man_made") == "pier":
        return True
    if tags.get("indoor") == "pathway":
        return True
    sidewalk = tags.get("sidewalk", tags.get("sidewalk:both", "no")) not in {"no", "none", "separate"}
    if highway.startswith("trunk"):
        return says_yes(foot) or sidewalk
    return highway in WALKED or (bool(highway) and says_yes(foot))


def is_cycle_lane(tags: Tags) -> bool:
    """Return whether a way is there for bicycles and nothing says that people walk on it."""
    told = {"foot", "access", "sidewalk", "segregated"} & tags.keys()
    return tags.get("highway") == "cycleway" and not told


def may_cycle(tags: Tags) -> bool:
    """Return whether bicycles may be ridden."""
    bicycle = tags.get("bicycle")
    if bicycle is not None:
        return says_yes(bicycle)
    closed = tags.get("vehicle", tags.get("access")) == "no"
    return tags.get("highway", "") in CYCLED and not closed


def mode_of(tags: Tags) -> PathwayMode:
    """Return the mode of a way."""
    highway, conveyed = tags.get("highway"), tags.get("conveying", "no") != "no"
    if highway == "elevator":
        return PathwayMode.ELEVATOR
    if highway == "escalator" or (highway == "steps" and conveyed):
        return PathwayMode.ESCALATOR
    if highway == "steps":
        return PathwayMode.STAIRS
    if conveyed:
        return PathwayMode.MOVING_WALKWAY
    if tags.get("footway") == "ramp" or (highway in {"footway", "path"} and tags.get("ramp") == "yes"):
        return PathwayMode.RAMP
    indoors = highway == "corridor" or tags.get("indoor") in {"yes", "pathway", "corridor"}
    return PathwayMode.WALKWAY if indoors else PathwayMode.OUTDOOR


def foot_direction(tags: Tags) -> int:
    """Return 1 or -1 where people can only go along or against the drawn direction, else 0."""
    conveying = tags.get("conveying")
    if conveying in {"forward", "backward"}:
        return 1 if conveying == "forward" else -1
    return {"yes": 1, "-1": -1, "reverse": -1}.get(tags.get("oneway:foot", tags.get("foot:oneway", "no")), 0)


def bicycle_direction(tags: Tags) -> int:
    """Return 1 or -1 where bicycles must follow or oppose the drawn direction, else 0."""
    if tags.get("oneway:bicycle") is not None:
        oneway = tags["oneway:bicycle"]
    elif tags.get("cycleway", "").startswith("opposite"):
        oneway = "no"
    else:
        oneway = "yes" if tags.get("junction") == "roundabout" else tags.get("oneway", "no")
    return {"yes": 1, "1": 1, "true": 1, "-1": -1, "reverse": -1}.get(oneway, 0)
