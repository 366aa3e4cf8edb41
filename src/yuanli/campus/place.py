"""One campus: its features by id, typed views on them, and where each one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, NewType, TypeVar

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import (
    NOTHING,
    TABLE_OF,
    Alias,
    Amenity,
    Anchor,
    Building,
    BuildingId,
    Feature,
    FeatureId,
    Footprint,
    LanguageMap,
    Level,
    LevelId,
    Node,
    Occupant,
    Opening,
    Unit,
    Venue,
)
from yuanli.campus.frame import Frame
from yuanli.errors import InvalidInputError, NotFoundError, Text

CampusId = NewType("CampusId", str)
F = TypeVar("F", bound=Feature)


class FeatureNotFoundError(NotFoundError):
    """No feature of this campus has that id."""


class DuplicateIdError(InvalidInputError):
    """Two features of one campus have the same id."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is: degrees, level ordinal (0 outdoors on the ground), level and building."""

    lon: float
    lat: float
    ordinal: float = 0.0
    level_id: LevelId | None = None
    building_id: BuildingId | None = None


@dataclass(frozen=True, slots=True)
class ExtraFile:
    """A file of an archive that the model does not know; kept as it is."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Campus:
    """A site at one revision. Never changed in place: an edit makes the next revision.

    Parameters
    ----------
    features
        Every feature of every table by its id, in file order.
    attribution
        What the licence of the source asks to be shown, as `© OpenStreetMap contributors, ODbL`.
    time_zone
        IANA name; opening hours are local to it.
    """

    id: CampusId
    name: LanguageMap = NOTHING
    features: Mapping[FeatureId, Feature]
    revision: int = 1
    source: str = ""
    attribution: str = ""
    time_zone: str = "Asia/Shanghai"
    country: str = ""
    extra_files: tuple[ExtraFile, ...] = ()

    def of(self, kind: type[F]) -> tuple[F, ...]:
        """Return the features of one table, as `campus.of(Unit)`."""
        return self._tables.get(kind, ())

    def find(self, feature_id: str) -> Feature | None:
        """Return the feature with this id, or None."""
        return self.features.get(FeatureId(feature_id))

    def get(self, feature_id: str, kind: type[F]) -> F:
        """Return the feature of one table with this id.

        Raises
        ------
        FeatureNotFoundError
            There is none, or it is of another table.
        """
        feature = self.find(feature_id)
        if not isinstance(feature, kind):
            table = TABLE_OF[kind]
            raise FeatureNotFoundError(
                Text(
                    f"园区 {self.id} 中没有编号为 {feature_id!r} 的 {table}。",
                    f"Campus {self.id} has no {table} with id {feature_id!r}.",
                ),
                field=feature_id,
                hint=Text("用 yuanli campus find 查找。", "Look it up with: yuanli campus find"),
            )
        return feature

    def with_features(self, changes: Mapping[FeatureId, Feature | None], revision: int) -> Campus:
        """Return the next revision, where each id has the given feature, or none for None."""
        features = dict(self.features)
        for feature_id, feature in changes.items():
            if feature is None:
                features.pop(feature_id, None)
            else:
                features[feature_id] = feature
        return replace(self, features=MappingProxyType(features), revision=revision)

    @cached_property
    def _tables(self) -> Mapping[type[Any], tuple[Any, ...]]:
        tables: dict[type[Any], list[Any]] = defaultdict(list)
        for feature in self.features.values():
            tables[type(feature)].append(feature)
        return {kind: tuple(rows) for kind, rows in tables.items()}

    @cached_property
    def frame(self) -> Frame:
        """The metric frame, centred on the median feature so that one far-off node can't move it."""
        points = [p for f in self.features.values() if (p := point_of(f)) is not None]
        if not points:
            return Frame(0.0, 0.0)
        lons, lats = sorted(p.x for p in points), sorted(p.y for p in points)
        return Frame(round(lons[len(lons) // 2], 4), round(lats[len(lats) // 2], 4))

    @cached_property
    def levels_by_building(self) -> Mapping[BuildingId, tuple[Level, ...]]:
        """The levels of each building, lowest first."""
        levels: dict[BuildingId, list[Level]] = defaultdict(list)
        for level in sorted(self.of(Level), key=lambda level: level.ordinal):
            for building_id in level.building_ids:
                levels[building_id].append(level)
        return {building_id: tuple(rows) for building_id, rows in levels.items()}

    @cached_property
    def units_by_level(self) -> Mapping[LevelId, tuple[Unit, ...]]:
        """The units on each level."""
        return _grouped(self.of(Unit))

    @cached_property
    def openings_by_level(self) -> Mapping[LevelId, tuple[Opening, ...]]:
        """The openings on each level."""
        return _grouped(self.of(Opening))

    @cached_property
    def aliases_by_feature(self) -> Mapping[FeatureId, tuple[Alias, ...]]:
        """The aliases of each feature."""
        aliases: dict[FeatureId, list[Alias]] = defaultdict(list)
        for alias in self.of(Alias):
            aliases[alias.feature_id].append(alias)
        return {feature_id: tuple(rows) for feature_id, rows in aliases.items()}

    def outline(self, building_id: BuildingId) -> BaseGeometry | None:
        """Return a building's outline in degrees: its own, its ground footprint's, or its levels'."""
        return self._outlines.get(building_id)

    @cached_property
    def _outlines(self) -> Mapping[BuildingId, BaseGeometry]:
        outlines = {b.id: b.geometry for b in self.of(Building) if b.geometry is not None}
        for footprint in self.of(Footprint):
            if footprint.geometry is not None and footprint.category == "ground":
                for building_id in footprint.building_ids:
                    outlines.setdefault(building_id, footprint.geometry)
        for building_id, levels in self.levels_by_building.items():
            shapes = [level.geometry for level in levels if level.geometry is not None]
            if shapes and building_id not in outlines:
                outlines[building_id] = shapely.union_all(shapes)
        return outlines

    def building_of(self, level_id: LevelId | None) -> BuildingId | None:
        """Return the first building a level belongs to, or None outdoors."""
        level = self.find(level_id) if level_id is not None else None
        return level.building_ids[0] if isinstance(level, Level) and level.building_ids else None

    def ordinal_of(self, level_id: LevelId | None) -> float:
        """Return a level's ordinal; 0 outdoors."""
        level = self.find(level_id) if level_id is not None else None
        return level.ordinal if isinstance(level, Level) else 0.0

    def spot(self, feature_id: str) -> Spot | None:
        """Return where a feature is, following anchors, units and buildings; None if nowhere."""
        feature = self.find(feature_id)
        return None if feature is None else self._spot_of(feature, seen=frozenset())

    def _spot_of(self, feature: Feature, *, seen: frozenset[FeatureId]) -> Spot | None:
        if feature.id in seen:
            return None
        level_id = level_of(feature)
        if isinstance(feature, Amenity) and level_id is None and feature.unit_ids:
            unit = self.find(feature.unit_ids[0])
            level_id = unit.level_id if isinstance(unit, Unit) else None
        if isinstance(feature, Anchor) and feature.unit_id is not None:
            unit = self.find(feature.unit_id)
            level_id = unit.level_id if isinstance(unit, Unit) else None
        point = point_of(feature)
        if point is None and isinstance(feature, Building):
            shape = self.outline(feature.id)
            point = shape.representative_point() if shape is not None else None
        if point is None:
            for other_id in _leads(feature):
                other = self.find(other_id)
                spot = other and self._spot_of(other, seen=seen | {feature.id})
                if spot:
                    return spot
            return None
        ordinal = feature.ordinal if isinstance(feature, Node) else self.ordinal_of(level_id)
        building_id = feature.id if isinstance(feature, Building) else self.building_of(level_id)
        return Spot(point.x, point.y, ordinal, level_id, building_id)

    @property
    def venue(self) -> Venue | None:
        """The venue, where the source has one."""
        return next(iter(self.of(Venue)), None)


def point_of(feature: Feature) -> Point | None:
    """Return a feature's own display point: as given, or a point inside its geometry."""
    shown = getattr(feature, "display_point", None)
    if isinstance(shown, Point) and not shown.is_empty:
        return shown
    geometry = getattr(feature, "geometry", None)
    if not isinstance(geometry, BaseGeometry) or geometry.is_empty:
        return None
    return geometry if isinstance(geometry, Point) else geometry.representative_point()


def level_of(feature: Feature) -> LevelId | None:
    """Return the level a feature names, if it names one."""
    if isinstance(feature, Level):
        return feature.id
    return getattr(feature, "level_id", None)


def _leads(feature: Feature) -> tuple[FeatureId, ...]:
    """Return the ids to follow to learn where a feature without geometry is."""
    if isinstance(feature, Occupant):
        return (feature.anchor_id,) if feature.anchor_id else ()
    if isinstance(feature, Anchor):
        return (feature.unit_id,) if feature.unit_id else ()
    if isinstance(feature, Amenity):
        return feature.unit_ids
    if isinstance(feature, Alias):
        return (feature.feature_id,)
    space_ids = getattr(feature, "space_ids", ())
    others = (getattr(feature, "space_id", None), getattr(feature, "device_id", None))
    return (*space_ids, *(other for other in others if other))


L = TypeVar("L", Unit, Opening)


def _grouped(rows: Iterable[L]) -> Mapping[LevelId, tuple[L, ...]]:
    groups: dict[LevelId, list[L]] = defaultdict(list)
    for row in rows:
        groups[row.level_id].append(row)
    return {level_id: tuple(group) for level_id, group in groups.items()}


def by_id(features: Iterable[Feature]) -> Mapping[FeatureId, Feature]:
    """Index features by id.

    Raises
    ------
    DuplicateIdError
        Two features have one id.
    """
    index: dict[FeatureId, Feature] = {}
    for feature in features:
        feature_id = FeatureId(feature.id)
        if feature_id in index:
            raise DuplicateIdError(
                Text(f"编号 {feature_id!r} 出现了两次。", f"The id {feature_id!r} is used twice."),
                field=feature_id,
                hint=Text("为其中一个要素换一个编号。", "Give one of the two features another id."),
            )
        index[feature_id] = feature
    return MappingProxyType(index)
