"""Ordinals that count the ground floor as 1: found by the names of the levels, made to agree.

IMDF asks that 0 is the ground. Real archives have 0 for the ground floor of one building and 1 for that of
the next. A level's name tells its storey; the offset between name and ordinal tells which way a building
counts.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import cast

from yuanli.campus.features import Feature, FeatureId, Level
from yuanli.campus.findings import Finding
from yuanli.campus.geojson.repairs import repaired
from yuanli.campus.imdf.features import with_repair

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_GROUND = re.compile(
    r"^(?:g|gf|eg|rdc|pb|ground(?: floor| level)?|erdgeschoss|rez-de-chaussée|地面层?|首层|底层|지상)$", re.I
)
_BELOW = re.compile(
    r"^(?:b|ug|lg|地下|负|지하|подвал|basement|level b)\s*(\d+|[一二三四五六七八九十]+)?\s*(?:f|层|楼|층)?$",
    re.I,
)
_ABOVE_GROUND = re.compile(r"^(\d+)\s*\.?\s*(?:og|obergeschoss|étage)$", re.I)
_FROM_ONE = re.compile(
    r"^(?:l)?\s*(\d+|[一二三四五六七八九十]+)\s*(?:f|层|楼|樓|階|층)$|^этаж\s*(\d+)$|^(\d+)\s*(?:-й\s*)?этаж$|^f\s*(\d+)$",
    re.I,
)
_PLAIN = re.compile(r"^(?:level|floor|storey|stock|ebene|l)?\s*(-?\d+)$|^(\d+)(?:st|nd|rd|th) floor$", re.I)


def storey_of(name: str) -> tuple[int, bool] | None:
    """Return the storey that a level's name tells, and whether it counts the ground as 1; None if none.

    `一层`, `1F`, `Этаж 1` are (1, True); `EG` is (0, False); `1. OG` is (1, False); `Level 1` is (1, False),
    where the file has to tell which way it counts; `B2` is (-2, False).
    """
    text = name.strip()
    if _GROUND.match(text):
        return 0, False
    if below := _BELOW.match(text):
        return -(_number(below[1]) if below[1] else 1), False
    if above := _ABOVE_GROUND.match(text):
        return int(above[1]), False
    if found := _FROM_ONE.match(text):
        return _number(next(g for g in found.groups() if g)), True
    if found := _PLAIN.match(text):
        return int(next(g for g in found.groups() if g)), False
    return None


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, _, ones = text.rpartition("十") if "十" in text else ("", "", text)
    if "十" not in text:
        return _DIGITS[text[-1]]
    return (_DIGITS[tens[-1]] if tens else 1) * 10 + (_DIGITS[ones[-1]] if ones else 0)


def mend_ordinals(features: Mapping[FeatureId, Feature], repairs: list[Finding]) -> dict[FeatureId, Feature]:
    """Return the features with 0 the ground in every building, as far as the names tell.

    Levels without an ordinal get one from their name. A changed level keeps its ordinal as written.
    """
    mended = dict(features)
    levels = [_with_ordinal(f, repairs) for f in features.values() if isinstance(f, Level)]
    mended.update((level.id, level) for level in levels)
    buildings: dict[str, list[Level]] = defaultdict(list)
    for level in levels:
        buildings[level.building_ids[0] if level.building_ids else ""].append(level)
    offsets = {b: _offset(rows) for b, rows in buildings.items()}
    from_zero = any(offset is not None and offset[0] == -1 and offset[1] for offset in offsets.values())
    for building_id, rows in buildings.items():
        offset = offsets[building_id]
        if offset is None or offset[0] != 0 or any(level.ordinal == 0 for level in rows):
            continue
        if offset[2] or from_zero:
            for level in rows:
                if level.ordinal >= 1:
                    mended[level.id] = with_repair(level, "ordinal", level.ordinal - 1)
            repairs.append(_lowered(building_id, rows))
    return mended


def _offset(levels: Iterable[Level]) -> tuple[int, bool, bool] | None:
    """Return (ordinal − storey, has the ground, counts from one) where all storeys above agree."""
    found: Counter[int] = Counter()
    lowest, from_one = math.inf, False
    for level in levels:
        storeys = [s for text in level.name.values() if (s := storey_of(text)) is not None]
        if not storeys or storeys[0][0] < 1 or not float(level.ordinal).is_integer():
            continue
        found[int(level.ordinal) - storeys[0][0]] += 1
        lowest = min(lowest, level.ordinal)
        from_one = from_one or any(one for _, one in storeys)
    if len(found) != 1:
        return None
    return next(iter(found)), lowest == 0, from_one


def _with_ordinal(level: Level, repairs: list[Finding]) -> Level:
    if math.isfinite(level.ordinal):
        return level
    names = (*level.name.values(), *level.short_name.values())
    storeys = [s for text in names if (s := storey_of(text)) is not None]
    storey, from_one = next((s for s in storeys if s[1]), storeys[0] if storeys else (0, False))
    ordinal = float(storey - 1 if from_one else storey)
    repairs.append(
        repaired(
            "missing_ordinal",
            f"楼层 {level.id} 没有 ordinal，已按名称取 {ordinal:g}。",
            f"Level {level.id} has no ordinal; by its name it was given {ordinal:g}.",
            feature_id=level.id,
        )
    )
    return cast(Level, with_repair(level, "ordinal", ordinal))


def _lowered(building_id: str, levels: list[Level]) -> Finding:
    lowest = min(level.ordinal for level in levels if level.ordinal >= 1)
    return repaired(
        "ordinal_from_one",
        f"建筑 {building_id} 的楼层序号从 {lowest:g} 起算首层，已统一为首层 0。",
        f"Building {building_id} counts its ground floor as {lowest:g}; its ordinals were lowered to 0.",
        feature_id=building_id or levels[0].id,
    )
