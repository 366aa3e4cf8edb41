"""The campus while it is made: features with ids used once, buildings to look up, levels on demand."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import (
    NOTHING,
    Address,
    BuildingId,
    Feature,
    FeatureId,
    LanguageMap,
    Level,
    LevelId,
    Unit,
    UnitId,
)
from yuanli.campus.osm.levels import parse_levels
from yuanli.campus.osm.names import Names, aliases_of, names_of
from yuanli.campus.osm.reading import Source
from yuanli.campus.osm.repairs import Repairs
from yuanli.campus.osm.rows import Tags
from yuanli.campus.osm.signs import GROUND_IS_FIRST, level_name, level_short_name
from yuanli.errors import Text

METRE_DEG = 9e-6
"""A metre of latitude in degrees; a metre of longitude is at least that."""


@dataclass
class Draft:
    """What the importer has made so far.

    Parameters
    ----------
    source
        What the file says about the site; `shapes` are the polygons of its rings by OSM id.
    claimed
        OSM ids that have become a feature of their own.
    level_names
        What `indoor=level` or `level:ref` call a storey, by building and ordinal.
    level_signs
        The `level:ref` of a storey: what the button in the lift says.
    """

    source: Source
    country: str
    repairs: Repairs
    shapes: dict[str, BaseGeometry] = field(default_factory=dict)
    features: dict[FeatureId, Feature] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    buildings: list[tuple[BuildingId, BaseGeometry, bool]] = field(default_factory=list)
    level_names: dict[tuple[BuildingId | None, float], LanguageMap] = field(default_factory=dict)
    level_signs: dict[tuple[BuildingId | None, float], str] = field(default_factory=dict)
    level_shapes: dict[tuple[BuildingId | None, float], BaseGeometry] = field(default_factory=dict)
    units_of: dict[LevelId, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    tree: shapely.STRtree | None = None

    def add(self, feature: Feature) -> None:
        """Keep a feature; the first of an id counts."""
        if isinstance(feature, Unit) and feature.id not in self.features:
            self.units_of[feature.level_id].append(feature)
        self.features.setdefault(FeatureId(feature.id), feature)

    def names(self, feature_id: str, tags: Tags, *, with_ref: bool = True) -> Names:
        """Return the names of a thing, and keep its aliases."""
        names = names_of(tags, self.country, with_ref=with_ref)
        for alias in aliases_of(feature_id, names):
            self.add(alias)
        return names

    def index_buildings(self) -> None:
        """Make the buildings so far findable by place."""
        self.tree = shapely.STRtree([shape for _, shape, _ in self.buildings])

    def building_at(self, shape: BaseGeometry, *, reach_m: float = 0.0) -> BuildingId | None:
        """Return the building that covers most of a shape, a roof last; within reach if none does."""
        if self.tree is None or not self.buildings:
            return None
        found = [self.buildings[i] for i in self.tree.query(shape, predicate="intersects")]
        if found:
            best: BuildingId = min(found, key=lambda row: self._rank(shape, row))[0]
            return best
        if reach_m <= 0:
            return None
        near = self.tree.query(shape, predicate="dwithin", distance=reach_m * METRE_DEG)
        if not len(near):
            return None
        nearest: BuildingId = min((self.buildings[i] for i in near), key=lambda row: row[1].distance(shape))[
            0
        ]
        return nearest

    def _rank(
        self, shape: BaseGeometry, row: tuple[BuildingId, BaseGeometry, bool]
    ) -> tuple[bool, float, float]:
        share = 0.0 if shape.area == 0 else round(-shape.intersection(row[1]).area / shape.area, 1)
        return row[2], share, row[1].area

    def level_at(self, building_id: BuildingId | None, ordinal: float) -> LevelId:
        """Return the level of a building at an ordinal, made when it is first asked for."""
        level_id = LevelId(FeatureId(f"{building_id or 'outdoor'}/level/{ordinal:g}"))
        if level_id in self.features:
            return level_id
        outline = next((s for b, s, _ in self.buildings if b == building_id), None)
        self.add(
            Level(
                id=level_id,
                ordinal=ordinal,
                name={
                    **level_name(ordinal, self.country),
                    **self.level_names.get((building_id, ordinal), NOTHING),
                },
                short_name={
                    "und": self.level_signs.get((building_id, ordinal))
                    or level_short_name(ordinal, self.country)
                },
                geometry=self.level_shapes.get((building_id, ordinal), outline),
                building_ids=(building_id,) if building_id is not None else (),
                outdoor=building_id is None,
            )
        )
        return level_id

    def level(self, level_id: LevelId) -> Level:
        """Return a level that was made."""
        level = self.features[level_id]
        assert isinstance(level, Level)
        return level

    def units_at(self, level_id: LevelId, point: Point) -> tuple[UnitId, ...]:
        """Return the units of a level that hold a point, smallest first."""
        held = [
            u
            for u in self.units_of.get(level_id, ())
            if u.geometry is not None and u.geometry.intersects(point)
        ]
        return tuple(u.id for u in sorted(held, key=lambda u: u.geometry.area if u.geometry else 0.0))

    def ordinals(self, feature_id: str, tags: Tags, *, at: BaseGeometry | None = None) -> tuple[float, ...]:
        """Return the ordinals that `level` and `repeat_on` give; report what is not understood.

        Without them `min_level` and `max_level` count, then `level:ref` and `addr:floor` as signs say them.
        """
        found: set[float] = set()
        for key in ("level", "repeat_on"):
            if key in tags:
                found.update(self._read(feature_id, key, tags[key], at))
        if not found and "min_level" in tags and "max_level" in tags:
            low, high = (self._read(feature_id, key, tags[key], at) for key in ("min_level", "max_level"))
            if low and high:
                found.update(parse_levels(f"{low[0]:g}-{high[-1]:g}").ordinals)
        if not found and "building" not in tags:
            for key in ("level:ref", "addr:floor"):
                if text := tags.get(key):
                    found.update(self.ordinal_of_sign.get(text.strip()) or self._read_sign(text))
                    break
        return tuple(sorted(found))

    def _read(
        self, feature_id: str, key: str, text: str, at: BaseGeometry | None = None
    ) -> tuple[float, ...]:
        reading = parse_levels(text)
        if not reading.ordinals and (told := self.ordinal_of_sign.get(text.strip())):
            return told
        if reading.reason is not None:
            self.repairs.add(
                "osm.level",
                feature_id,
                Text(
                    f"{feature_id} 的 {key}={text[:60]!r}：{reading.reason.zh}。",
                    f"{feature_id} has {key}={text[:60]!r}: {reading.reason.en}.",
                ),
                Text("写成数字，如 0、-1;0 或 0-3。", "Write numbers, as 0, -1;0 or 0-3."),
                at=at,
            )
        return reading.ordinals

    def _read_sign(self, text: str) -> tuple[float, ...]:
        """Return the ordinals of a sign that no other feature explains: `3` is the third floor in Seoul."""
        ordinals = parse_levels(text).ordinals
        counted = self.country in GROUND_IS_FIRST and re.fullmatch(r"[\d\s;,]+", text) is not None
        return tuple(o - 1 if counted and o > 0 else o for o in ordinals)

    @cached_property
    def ordinal_of_sign(self) -> Mapping[str, tuple[float, ...]]:
        """The ordinal that most features with a `level:ref` give beside it."""
        said: dict[str, Counter[float]] = defaultdict(Counter)
        tagged = [node.tags for node in self.source.nodes.values()]
        for tags in (*tagged, *(way.tags for way in self.source.ways.values())):
            signs = [sign.strip() for sign in tags.get("level:ref", "").split(";") if sign.strip()]
            found = parse_levels(tags.get("level", "")).ordinals if signs else ()
            if len(signs) == len(found):
                for sign, ordinal in zip(signs, found, strict=True):
                    said[sign][ordinal] += 1
        return {ref: (counts.most_common(1)[0][0],) for ref, counts in said.items() if counts}

    def address(self, osm_id: str, tags: Tags) -> FeatureId | None:
        """Keep the postal address that tags give, and return its id."""
        number = tags.get("addr:housenumber", "")
        street = tags.get("addr:street") or tags.get("addr:place") or ""
        chinese = self.country in {"CN", "KR", "JP", "TW"}
        line = tags.get("addr:full") or (f"{street}{number}" if chinese else f"{street} {number}").strip()
        if not line:
            return None
        address_id = FeatureId(f"{osm_id}#address")
        self.add(
            Address(
                id=address_id,
                address=line,
                unit=tags.get("addr:unit") or tags.get("addr:flats"),
                locality=tags.get("addr:city") or tags.get("addr:district") or "",
                province=tags.get("addr:province") or tags.get("addr:state"),
                country=tags.get("addr:country", self.country).upper(),
                postal_code=tags.get("addr:postcode") or tags.get("postal_code"),
            )
        )
        return address_id
