"""What a feature is called, so that a person knows which one is meant: `A座 3层 报告厅`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from yuanli.campus.features import (
    TABLE_OF,
    Anchor,
    Building,
    Device,
    Feature,
    FeatureId,
    LanguageMap,
    Level,
    LevelId,
    Occupant,
    Opening,
    Unit,
    Venue,
)
from yuanli.campus.place import Campus, level_of
from yuanli.campus.search.kinds import category_name
from yuanli.errors import Text

_TABLE_NAMES: Mapping[str, Text] = {
    "venue": Text("园区", "Site"),
    "address": Text("地址", "Address"),
    "building": Text("建筑", "Building"),
    "footprint": Text("建筑轮廓", "Footprint"),
    "level": Text("楼层", "Level"),
    "unit": Text("房间", "Room"),
    "opening": Text("门", "Door"),
    "amenity": Text("设施", "Facility"),
    "anchor": Text("位置点", "Anchor"),
    "occupant": Text("入驻单位", "Occupant"),
    "kiosk": Text("售货亭", "Kiosk"),
    "section": Text("分区", "Section"),
    "fixture": Text("固定物", "Fixture"),
    "detail": Text("图线", "Detail line"),
    "geofence": Text("区域", "Area"),
    "relationship": Text("关联", "Relationship"),
    "node": Text("路网节点", "Path node"),
    "pathway": Text("道路", "Path"),
    "closure": Text("封闭", "Closure"),
    "crowding": Text("拥挤", "Crowding"),
    "device": Text("设备", "Device"),
    "point": Text("数据点", "Data point"),
    "team": Text("团队", "Team"),
    "alias": Text("别名", "Alias"),
}


_NUMBER = re.compile(r"[A-Za-z]?[-.]?\d{1,5}[A-Za-z]?")
"""A room called so is shown with its kind: `办公室 301`."""


def name_in(name: LanguageMap, language: str) -> str:
    """Return a name in a language, or in the next best: its variants, `und`, English, Chinese, any."""
    return _name_in(tuple(name.items()), language)


@lru_cache(maxsize=65536)
def _name_in(names: tuple[tuple[str, str], ...], language: str) -> str:
    by_tag = {
        tag.replace("_", "-").casefold(): text for tag, text in reversed(names) if text and text.strip()
    }
    wanted = language.replace("_", "-").casefold()
    base = wanted.split("-")[0]
    variants = [tag for tag in by_tag if tag.split("-")[0] == base]
    for tag in (wanted, base, *sorted(variants, key=_script_rank), "und", "en", "zh", *sorted(by_tag)):
        if tag in by_tag:
            return by_tag[tag]
    return ""


def _script_rank(tag: str) -> tuple[bool, str]:
    """Rank pinyin and other transcriptions last among the variants of a language."""
    return ("latn" in tag or "pinyin" in tag, tag)


def has_name_in(name: LanguageMap, language: str) -> bool:
    """Tell whether a name is given in a language or one of its variants."""
    return any(
        tag.replace("_", "-").split("-")[0].casefold() == language and text for tag, text in name.items()
    )


def name_of(feature: Feature) -> LanguageMap:
    """Return a feature's name, or its other name, or its number as `und`; empty if it has none."""
    for field in ("name", "alt_name", "short_name"):
        name: LanguageMap = getattr(feature, field, None) or {}
        if any(text and text.strip() for text in name.values()):
            return name
    ref = getattr(feature, "ref", None)
    return {"und": ref} if ref else {}


def label_of(campus: Campus, feature_id: str) -> LanguageMap:
    """Return what a person calls a feature, with its building and level, in zh, en and its own languages.

    An unnamed feature is called by its number or its kind. An id that is not on the campus is returned
    as it is.
    """
    feature = campus.find(feature_id)
    if feature is None:
        return {"und": feature_id}
    own = tuple(tag for tag in name_of(feature) if tag not in ("und", "zh", "en"))
    return {language: label_in(campus, feature, language) for language in ("zh", "en", *own)}


def describe(campus: Campus, feature_id: str) -> Text:
    """Return a feature's label in the two languages of the console."""
    feature = campus.find(feature_id)
    if feature is None:
        return Text(feature_id, feature_id)
    return Text(label_in(campus, feature, "zh"), label_in(campus, feature, "en"))


def label_in(campus: Campus, feature: Feature, language: str) -> str:
    """Return a feature's label in one language: largest first in Chinese, smallest first in others."""
    own, level_id = own_name(feature, language), place_level(campus, feature)
    level = campus.find(level_id) if level_id is not None else None
    places: list[tuple[str, ...]] = []
    if isinstance(level, Level):
        if level is not feature:
            places.append((level_name(level, language), name_in(level.short_name, language)))
        building = campus.find(campus.building_of(level.id) or "")
        if isinstance(building, Building):
            places.append((own_name(building, language),))
    parts = _without_repeats(own, places)
    if _is_chinese(language):
        return " ".join(reversed(parts))
    return ", ".join(parts)


def own_name(feature: Feature, language: str) -> str:
    """Return a feature's name without its place; its number or its kind where it has no name."""
    if isinstance(feature, Level):
        return level_name(feature, language)
    if text := name_in(name_of(feature), language):
        ref = getattr(feature, "ref", None) if isinstance(feature, Unit | Opening) else None
        if isinstance(feature, Unit) and (text == ref or _NUMBER.fullmatch(text)):
            kind = category_name(feature.category)
            return text if kind is None else f"{kind.zh if _is_chinese(language) else kind.en} {text}"
        return f"{text} {ref}" if ref and _letters(ref) not in _letters(text) else text
    field = "brick_class" if isinstance(feature, Device) else "category"
    return kind_name(feature, getattr(feature, field, None) or "", language)


def _letters(text: str) -> str:
    """Return the Latin letters and digits of a text: `A座101` says `A101` already."""
    return "".join(c for c in text.casefold() if c.isascii() and c.isalnum()) or text


def kind_name(feature: Feature, category: str, language: str) -> str:
    """Return what kind of thing a feature is, as `卫生间` or `Restroom`."""
    text = category_name(category) if isinstance(category, str) else None
    if text is None or isinstance(feature, Building | Venue):
        text = _TABLE_NAMES[TABLE_OF[type(feature)]]
    return text.zh if _is_chinese(language) else text.en


def level_name(level: Level, language: str) -> str:
    """Return a level's name; where it has none, `3层` or `Level 3`, counted as Chinese storeys are."""
    for name in (level.name, level.short_name):
        if text := name_in(name, language):
            return f"{text}层" if _is_chinese(language) and text.lstrip("-").isdigit() else text
    return ordinal_name(level.ordinal, language)


def ordinal_name(ordinal: float, language: str) -> str:
    """Return the usual name of a level by its ordinal: 0 is 1层, -1 is B1层, 0.5 a mezzanine."""
    whole = int(ordinal // 1)
    if whole != ordinal:
        below = ordinal_name(whole, language)
        return f"{below}夹层" if _is_chinese(language) else f"Mezzanine above {below}"
    number = f"B{-whole}" if whole < 0 else str(whole + 1)
    return f"{number}层" if _is_chinese(language) else f"Level {number}"


def place_level(campus: Campus, feature: Feature) -> LevelId | None:
    """Return the level a feature is on, following anchors and units."""
    if isinstance(feature, Occupant) and feature.anchor_id:
        anchor = campus.find(feature.anchor_id)
        return place_level(campus, anchor) if isinstance(anchor, Anchor) else None
    unit_ids: Iterable[FeatureId | None] = (
        getattr(feature, "unit_id", None),
        *getattr(feature, "unit_ids", ()),
        getattr(feature, "space_id", None),
    )
    level_id = level_of(feature)
    if level_id is not None:
        return level_id
    for unit_id in unit_ids:
        unit = campus.find(unit_id) if unit_id else None
        if unit is not None and unit is not feature and (found := level_of(unit)):
            return found
    return None


def _without_repeats(own: str, places: list[tuple[str, ...]]) -> list[str]:
    """Drop places that a smaller one says already: `A座B2层停车库` needs neither `A座` nor `B2层`."""
    rest, kept = own, list[str]()
    for names in reversed(places):
        left = next((left for name in names if (left := _find_left(rest, name)) is not None), None)
        if left is None:
            kept = [names[0], *(one for one in kept if _find_left(names[0], one) is None)]
        else:
            rest = left
    return [own, *kept]


def _find_left(text: str, place: str) -> str | None:
    """Return what a text says besides a place that it begins or ends with; None where it does neither."""
    if not place:
        return None
    if text.startswith(place) and not (place[-1].isdigit() and text[len(place) :][:1].isdigit()):
        return text[len(place) :].lstrip(" ,，")
    return text.removesuffix(place).rstrip(" ,，") if text.endswith(place) else None


def _is_chinese(language: str) -> bool:
    return language.split("-")[0].split("_")[0].casefold() == "zh"
