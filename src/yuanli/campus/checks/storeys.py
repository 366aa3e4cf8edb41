"""Rules on buildings, levels, and what joins levels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely

from yuanli.campus.checks.reporting import VERTICAL, info, warning
from yuanli.campus.features import Building, FeatureId, Level, LevelId, Relationship, Unit
from yuanli.campus.findings import Finding
from yuanli.campus.place import Campus

LEVEL_WITHOUT_GEOMETRY = warning(
    "level_without_geometry",
    "楼层 {name} 没有轮廓。",
    "Level {name} has no outline.",
    "画出这一层的轮廓，可以先复制楼栋轮廓。",
    "Draw its outline; the building's outline is a good start.",
)
LEVEL_WITHOUT_UNITS = info(
    "level_without_units",
    "楼层 {name} 上没有任何空间。",
    "Level {name} has no spaces.",
    "补画房间和走廊，或删除这个楼层。",
    "Draw its rooms and corridors, or delete the level.",
)
ORDINAL_TWICE = warning(
    "ordinal_duplicate",
    "{name} 与同一楼栋的另一楼层序号相同（{ordinal:g}），且位置重叠。",
    "{name} has the ordinal {ordinal:g} of another level of the building that lies over it.",
    "更正其中一层的序号：地面层为 0，地下一层为 -1。",
    "Correct the ordinal of one: the ground is 0, the first basement -1.",
)
ORDINAL_GAP = info(
    "ordinal_gap",
    "{name} 与下面一层之间缺少楼层（序号 {below:g} 到 {above:g}）。",
    "Levels are missing below {name}: ordinals go from {below:g} to {above:g}.",
    "补画缺少的楼层，或更正序号。",
    "Add the missing levels, or correct the ordinals.",
)
SHAFT_TO_NOWHERE = warning(
    "shaft_to_nowhere",
    "{name} 在上下楼层没有对应的位置，不知通向哪里。",
    "{name} leads nowhere: no level above or below has its counterpart.",
    "在相邻楼层的同一位置补画楼梯或电梯，或检查楼层序号。",
    "Draw it at the same place on the next level, or correct the levels' ordinals.",
)
BUILDING_WITHOUT_NAME = info(
    "building_without_name",
    "{name} 没有名称，无法按名称搜索。",
    "{name} has no name, so nobody can search for it.",
    "给它起一个名称，例如“3号楼”。",
    "Name it, for example “Building 3”.",
)
BUILDING_WITHOUT_OUTLINE = warning(
    "building_without_outline",
    "{name} 没有轮廓，也没有楼层，地图上不显示。",
    "{name} has neither an outline nor levels, so the map can't show it.",
    "画出楼栋轮廓。",
    "Draw its outline.",
)


def levels_without_geometry(campus: Campus) -> Iterator[Finding]:
    """Every level of a building has an outline; the open air needs none."""
    for level in campus.of(Level):
        indoors = level.building_ids and not level.outdoor
        if indoors and (level.geometry is None or level.geometry.is_empty):
            yield LEVEL_WITHOUT_GEOMETRY.about(campus, level)


def levels_without_units(campus: Campus) -> Iterator[Finding]:
    """Every level of a building has spaces."""
    for level in campus.of(Level):
        if level.building_ids and not level.outdoor and level.id not in campus.units_by_level:
            yield LEVEL_WITHOUT_UNITS.about(campus, level)


def ordinals(campus: Campus) -> Iterator[Finding]:
    """The levels of a building have different ordinals, without gaps."""
    for levels in campus.levels_by_building.values():
        for below, above in pairwise(levels):
            if above.ordinal - below.ordinal > 1:
                yield ORDINAL_GAP.about(campus, above, below=below.ordinal, above=above.ordinal)
            if above.ordinal == below.ordinal and _over(above, below):
                yield ORDINAL_TWICE.about(campus, above, ordinal=above.ordinal)


def shafts_to_nowhere(campus: Campus) -> Iterator[Finding]:
    """A stair, lift or escalator has a counterpart over or under it, or a relationship names it."""
    related = _related(campus)
    shafts = [u for u in campus.of(Unit) if u.category.split(".")[0] in VERTICAL and u.geometry is not None]
    if not shafts:
        return
    shapes = np.array(
        [campus.frame.metric(u.geometry) for u in shafts if u.geometry is not None], dtype=object
    )
    rows, columns = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=0.5)
    ordinal = np.array([campus.ordinal_of(u.level_id) for u in shafts])
    other_level = ordinal[rows] != ordinal[columns]
    stacked = set(rows[other_level].tolist())
    several = _levels_beside(campus)
    for i, unit in enumerate(shafts):
        if i not in stacked and unit.id not in related and several[unit.level_id]:
            yield SHAFT_TO_NOWHERE.about(campus, unit)


def buildings_without_name(campus: Campus) -> Iterator[Finding]:
    """A building with spaces inside, or that stands alone on its level, has a name."""
    for building in campus.of(Building):
        if not building.name and not building.alt_name and building.id in campus.levels_by_building:
            yield BUILDING_WITHOUT_NAME.about(campus, building)


def buildings_without_outline(campus: Campus) -> Iterator[Finding]:
    """Every building has an outline, or levels that have one."""
    for building in campus.of(Building):
        if campus.outline(building.id) is None and building.display_point is None:
            yield BUILDING_WITHOUT_OUTLINE.about(campus, building)


def _related(campus: Campus) -> set[FeatureId | None]:
    ids: set[FeatureId | None] = set()
    for relationship in campus.of(Relationship):
        ids |= {relationship.origin, relationship.destination, *relationship.intermediary}
    return ids


def _levels_beside(campus: Campus) -> dict[LevelId, bool]:
    """Tell for each level whether its building has another level with spaces at another ordinal."""
    beside: dict[LevelId, bool] = defaultdict(bool)
    drawn = set(campus.units_by_level)
    for levels in campus.levels_by_building.values():
        filled = {level.ordinal for level in levels if level.id in drawn}
        for level in levels:
            beside[level.id] |= len(filled - {level.ordinal}) > 0
    return beside


def _over(one: Level, other: Level) -> bool:
    if one.geometry is None or other.geometry is None:
        return True
    if not (one.geometry.is_valid and other.geometry.is_valid):
        return bool(one.geometry.envelope.intersects(other.geometry.envelope))
    smaller = min(one.geometry.area, other.geometry.area)
    return smaller > 0 and bool(one.geometry.intersection(other.geometry).area > 0.5 * smaller)
