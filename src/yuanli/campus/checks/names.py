"""Rules on names and what is said of a place: unique, in both languages, hours that can be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import opening_hours

from yuanli.campus.checks.reporting import error, info, warning
from yuanli.campus.features import (
    Amenity,
    Building,
    Feature,
    LevelId,
    Occupant,
    Unit,
)
from yuanli.campus.findings import Finding
from yuanli.campus.labels import has_name_in, name_of
from yuanli.campus.place import Campus
from yuanli.campus.search.folding import compact, foldings

ROOMS = frozenset(
    [
        "office",
        "classroom",
        "auditorium",
        "conferenceroom",
        "meetingroom",
        "laboratory",
        "library",
        "room",
        "theater",
        "movietheater",
        "huddleroom",
        "privatelounge",
        "fitnessroom",
    ]
)
"""Unit categories that usually have a name or a number on the door."""

SAME_NAME = warning(
    "duplicate_name",
    "同一层有 {count} 个空间都叫“{text}”，{name} 是其中之一，来访者分不清。",
    "{count} spaces on one level are called “{text}”, {name} among them: visitors can't tell them apart.",
    "给它们加上房间号或不同的名称。",
    "Add room numbers, or name them differently.",
)
SAME_BUILDING_NAME = warning(
    "duplicate_building_name",
    "有 {count} 栋楼都叫“{text}”，{name} 是其中之一。",
    "{count} buildings are called “{text}”, {name} among them.",
    "给每栋楼一个不同的名称，例如加上编号。",
    "Give each a name of its own, for example with a number.",
)
SAME_REF = warning(
    "duplicate_ref",
    "同一栋楼有 {count} 个房间的编号都是 {text}，{name} 是其中之一。",
    "{count} rooms of one building have the number {text}, {name} among them.",
    "更正房间号，使其在楼内唯一。",
    "Correct the numbers so that each is used once in the building.",
)
NAMELESS = info(
    "room_without_name",
    "{name} 没有名称，也没有房间号。",
    "{name} has neither a name nor a number.",
    "填写门牌上的名称或房间号。",
    "Enter what the sign on its door says.",
)
ONE_LANGUAGE = info(
    "name_in_one_language",
    "{name} 只有{language_zh}名称。",
    "{name} has a name in {language_en} only.",
    "补充另一种语言的名称，中英文访客都能看懂。",
    "Add the name in the other language, so that every visitor can read it.",
)
BAD_HOURS = error(
    "unreadable_hours",
    "{name} 的开放时间“{hours}”无法识别。",
    "The opening hours “{hours}” of {name} can't be read.",
    "按 OpenStreetMap 格式填写，例如 Mo-Fr 08:00-18:00。",
    "Write them in the OpenStreetMap way, for example Mo-Fr 08:00-18:00.",
)
CONTRADICTION = warning(
    "accessibility_contradiction",
    "{name} 同时标为轮椅可达和轮椅不可达。",
    "{name} is marked both accessible and not accessible by wheelchair.",
    "现场核实后只保留一个。",
    "Check on site and keep one of the two.",
)


def same_names(campus: Campus) -> Iterator[Finding]:
    """Two rooms of one level and category have different names, or at least different numbers."""
    groups: dict[tuple[LevelId, str, str, str], list[Unit]] = defaultdict(list)
    for unit in campus.of(Unit):
        if unit.category.split(".")[0] in ROOMS | {"unspecified"} and (text := _first(unit)):
            groups[unit.level_id, unit.category, text, unit.ref or ""].append(unit)
    for (_, _, _, ref), units in groups.items():
        if len(units) > 1 and not ref:
            for unit in units:
                yield SAME_NAME.about(campus, unit, count=len(units), text=_text(unit))


def same_building_names(campus: Campus) -> Iterator[Finding]:
    """Two buildings have different names."""
    groups: dict[str, list[Building]] = defaultdict(list)
    for building in campus.of(Building):
        if building.name and (text := _first(building)):
            groups[text].append(building)
    for buildings in groups.values():
        for building in buildings if len(buildings) > 1 else ():
            yield SAME_BUILDING_NAME.about(campus, building, count=len(buildings), text=_text(building))


def same_refs(campus: Campus) -> Iterator[Finding]:
    """A room number is used once in a building; a shaft has the same on each level."""
    groups: dict[tuple[object, str, float], list[Unit]] = defaultdict(list)
    for unit in campus.of(Unit):
        if unit.ref and unit.category.split(".")[0] not in ("stairs", "elevator", "escalator", "ramp"):
            house = campus.building_of(unit.level_id) or unit.level_id
            groups[house, unit.ref.strip().casefold(), campus.ordinal_of(unit.level_id)].append(unit)
    for units in groups.values():
        for unit in units if len(units) > 1 else ():
            yield SAME_REF.about(campus, unit, count=len(units), text=unit.ref)


def nameless_rooms(campus: Campus) -> Iterator[Finding]:
    """A room has a name or a number, or an occupant or team that has one."""
    for unit in campus.of(Unit):
        if unit.category.split(".")[0] in ROOMS and not name_of(unit):
            yield NAMELESS.about(campus, unit)


def one_language(campus: Campus) -> Iterator[Finding]:
    """On a campus with Chinese and English names, each place has both."""
    tables: tuple[type[Feature], ...] = (Building, Occupant, Amenity, Unit)
    named = [f for table in tables for f in campus.of(table) if _has(f, "zh") or _has(f, "en")]
    both = sum(_has(f, "zh") and _has(f, "en") for f in named)
    if both < 0.2 * len(named):
        return
    for feature in named:
        if _has(feature, "zh") != _has(feature, "en"):
            zh, en = ("中文", "Chinese") if _has(feature, "zh") else ("英文", "English")
            yield ONE_LANGUAGE.about(campus, feature, language_zh=zh, language_en=en)


def unreadable_hours(campus: Campus) -> Iterator[Finding]:
    """Opening hours follow the OpenStreetMap specification."""
    for feature in campus.features.values():
        hours = getattr(feature, "hours", None)
        if hours and not opening_hours.validate(hours):
            yield BAD_HOURS.about(campus, feature, hours=hours)


def contradictions(campus: Campus) -> Iterator[Finding]:
    """Nothing is both accessible and not accessible by wheelchair."""
    for feature in campus.features.values():
        said = getattr(feature, "accessibility", ())
        if "wheelchair" in said and "notwheelchair" in said:
            yield CONTRADICTION.about(campus, feature)


def _text(feature: Feature) -> str:
    return next((text.strip() for text in name_of(feature).values() if text.strip()), "")


def _first(feature: Feature) -> str:
    """Return a feature's first name as it is compared; empty if it has none."""
    return next((compact(folded) for folded in foldings(_text(feature))), "")


def _has(feature: Feature, language: str) -> bool:
    return has_name_in(getattr(feature, "name", {}), language)
