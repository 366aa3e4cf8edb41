"""Ids that IMDF features name: levels that are missing are found by place, other dead ends are dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yuanli.campus.features import TABLE_OF, Feature, FeatureId, Level, LevelId
from yuanli.campus.findings import Finding, Severity
from yuanli.campus.geojson.repairs import repaired
from yuanli.campus.imdf.features import with_repair
from yuanli.campus.imported import refused
from yuanli.errors import Text

_NEED_LEVEL = ("unit", "opening", "kiosk", "section", "fixture")
_ONE = ("level_id", "address_id", "unit_id", "anchor_id", "origin", "destination")
_MANY = ("unit_ids", "building_ids", "level_ids", "parents", "intermediary")


def mend_references(
    features: Mapping[FeatureId, Feature], repairs: list[Finding]
) -> dict[FeatureId, Feature]:
    """Return the features with every reference leading somewhere.

    A space whose level is missing is put on the one level whose area holds it; where no single level
    does, it is left out and told. Any other reference to nothing is emptied and told.

    Raises
    ------
    ImportRefusedError
        Most spaces have no level: a file is missing.
    """
    levels = {f.id: f for f in features.values() if isinstance(f, Level)}
    mended: dict[FeatureId, Feature] = {}
    homeless: list[str] = []
    spaces = 0
    for feature_id, feature in features.items():
        if TABLE_OF[type(feature)] in _NEED_LEVEL:
            spaces += 1
            if _level_id(feature) not in levels:
                found = _level_around(feature, levels)
                if found is None:
                    homeless.append(feature_id)
                    continue
                repairs.append(_moved(feature, found))
                feature = with_repair(feature, "level_id", found)
        mended[feature_id] = feature
    if homeless and len(homeless) * 2 > spaces:
        raise refused(
            f"{spaces} 个空间中有 {len(homeless)} 个找不到所在楼层（如 {homeless[0]}）。",
            f"{len(homeless)} of {spaces} spaces name a level that is not there (as {homeless[0]}).",
            field=homeless[0],
            hint=Text(
                "检查 level.geojson 是否缺失或不完整。", "Check whether level.geojson is missing or cut off."
            ),
        )
    repairs.extend(_left_out(feature_id, features[FeatureId(feature_id)]) for feature_id in homeless)
    return {i: _without_dead_ends(f, mended, repairs) for i, f in mended.items()}


def _level_id(feature: Feature) -> LevelId | None:
    level_id: LevelId | None = getattr(feature, "level_id", None)
    return level_id


def _level_around(feature: Feature, levels: Mapping[Any, Level]) -> str | None:
    geometry = getattr(feature, "geometry", None)
    if geometry is None:
        return None
    point = geometry.representative_point()
    holding = [
        i for i, level in levels.items() if level.geometry is not None and level.geometry.covers(point)
    ]
    return holding[0] if len(holding) == 1 else None


def _moved(feature: Feature, level_id: str) -> Finding:
    named = _level_id(feature)
    return repaired(
        "dangling_level",
        f"{feature.id} 所属楼层 {named!r} 不存在，已按位置归入 {level_id}。",
        f"{feature.id} names level {named!r}, which is not there; by its place it was put on {level_id}.",
        feature_id=feature.id,
    )


def _left_out(feature_id: str, feature: Feature) -> Finding:
    named = _level_id(feature)
    return repaired(
        "left_out",
        f"{feature_id} 所属楼层 {named!r} 不存在，也无法按位置判断，未导入。",
        f"{feature_id} names level {named!r}, which is not there, and no single level holds it; left out.",
        feature_id=feature_id,
        severity=Severity.ERROR,
        remedy=Text("为它写上存在的 level_id。", "Give it the id of a level that exists."),
    )


def _without_dead_ends(
    feature: Feature, features: Mapping[FeatureId, Feature], repairs: list[Finding]
) -> Feature:
    dead: list[str] = []
    for name in _ONE:
        value = getattr(feature, name, None)
        if value and value not in features:
            dead.append(f"{name} {value}")
            feature = with_repair(feature, name, None)
    for name in _MANY:
        values = getattr(feature, name, ())
        missing = [v for v in values if v not in features]
        if missing:
            dead.extend(f"{name} {v}" for v in missing)
            feature = with_repair(feature, name, tuple(v for v in values if v in features))
    if dead:
        repairs.append(
            repaired(
                "dangling_reference",
                f"{feature.id} 引用了不存在的要素（{'、'.join(dead[:3])}），已忽略。",
                f"{feature.id} refers to what is not there ({', '.join(dead[:3])}); passed over.",
                feature_id=feature.id,
            )
        )
    return feature
