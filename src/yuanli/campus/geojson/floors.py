"""Plain GeoJSON of floors, one file each or a level in the properties, by a mapping of types."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import (
    Amenity,
    Building,
    BuildingId,
    Detail,
    Feature,
    FeatureId,
    Fixture,
    Geofence,
    Kiosk,
    Level,
    LevelId,
    Opening,
    OpeningId,
    Section,
    Unit,
    UnitId,
)
from yuanli.campus.findings import Severity
from yuanli.campus.geojson.documents import without_nan
from yuanli.campus.geojson.geometries import GeometryReader, as_opening
from yuanli.campus.geojson.mapping import FloorMapping, Meaning
from yuanli.campus.geojson.paths import DrawnPath, network_of
from yuanli.campus.geojson.repairs import repaired
from yuanli.campus.geojson.rooms import inferred_rooms
from yuanli.campus.imdf.names import read_names
from yuanli.campus.imdf.ordinals import storey_of
from yuanli.campus.imported import refused
from yuanli.campus.osm.levels import parse_levels
from yuanli.errors import Text

Json = Any


@dataclass(frozen=True, slots=True)
class Floor:
    """One file: its features, and the level the whole of it lies on, if it does."""

    file: str
    features: Sequence[Mapping[str, Json]]
    ordinal: float | None = None
    name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A feature of a floor, understood: what it means, on which ordinals, its names and shape."""

    id: FeatureId
    meaning: Meaning | None
    ordinals: tuple[float, ...]
    shape: BaseGeometry
    name: Mapping[str, str]
    ref: str | None
    extra: Mapping[str, Json]


def floors_of(documents: Mapping[str, Json], mapping: FloorMapping) -> tuple[list[Floor], dict[str, str]]:
    """Return the floors of a folder, and the building's name by language where a manifest tells it.

    A level is told, in this order, by the mapping's `levels`, by a manifest that lists files with a
    `z_order`, `ordinal` or `level`, by the collection's own, by the file's name.
    """
    entries: dict[str, Mapping[str, Json]] = {}
    building: dict[str, str] = dict(mapping.building_name)
    for document in documents.values():
        if isinstance(document, dict) and not isinstance(document.get("features"), list):
            entries.update(_listed(document, documents))
            building = building or (read_names(document.get("name"), mapping.language) or {})
    entries.update({str(row.get("file")): row for row in mapping.levels})
    floors: list[Floor] = []
    for file, document in documents.items():
        if not isinstance(document, dict) or not isinstance(document.get("features"), list):
            continue
        entry = entries.get(file, {})
        ordinal = next(
            (o for o in (_ordinal(entry), _ordinal(document), _file_ordinal(file)) if o is not None), None
        )
        title = entry.get("readable_name") or entry.get("title") or entry.get("name")
        floors.append(Floor(file, document["features"], ordinal, read_names(title, mapping.language) or {}))
    return floors, building


def _listed(
    document: Mapping[str, Json], documents: Mapping[str, Json]
) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for value in document.values():
        for row in value if isinstance(value, list) else ():
            if isinstance(row, dict):
                file = next((v for v in row.values() if isinstance(v, str) and v in documents), None)
                if file is not None:
                    yield file, row


def _ordinal(entry: Mapping[str, Json]) -> float | None:
    for key in ("ordinal", "z_order", "level", "floor", "storey"):
        value = entry.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 200:
            return float(value)
        if isinstance(value, str) and (found := parse_levels(value).ordinals):
            return found[0]
    return None


def _file_ordinal(file: str) -> float | None:
    stem = PurePosixPath(file).name.rsplit(".", 1)[0]
    match = re.search(r"(?:floor|level|storey|etage|stock|f|l)[-_ ]?(gf|eg|g|b?\d+)(?![a-z0-9])", stem, re.I)
    text = match[1] if match else stem
    storey = storey_of(text)
    if storey is None:
        return None
    return float(storey[0] - 1 if storey[1] else storey[0])


def read_floors(
    floors: Sequence[Floor], building: Mapping[str, str], mapping: FloorMapping, reader: GeometryReader
) -> dict[FeatureId, Feature]:
    """Return the features of all floors: one building with its levels, and what is on them."""
    drawn = [d for floor in floors for d in _drawn(floor, mapping, reader, len(floors) > 1)]
    _refuse_twice(drawn)
    if not drawn:
        raise refused(
            "文件中没有要素。",
            "The file holds no features.",
            hint=Text("检查导出设置。", "Check the export."),
        )
    _tell_unmapped(drawn, reader)
    names = {f.ordinal: f.name for f in floors if f.ordinal is not None and f.name}
    levels = _levels(drawn, names)
    features: dict[FeatureId, Feature] = {}
    if levels:
        house = _building(drawn, building)
        features[house.id] = house
        features.update((level.id, level) for level in levels.values())
    for thing in drawn:
        for feature in _features(thing, levels):
            features[feature.id] = feature
    features.update(inferred_rooms(features, reader.repairs))
    paths = [DrawnPath(d.id, d.ordinals, d.shape, d.name, d.extra) for d in drawn if _is_path(d)]
    features.update(network_of(paths, {o: level.id for o, level in levels.items()}))
    return features


def _is_path(thing: Drawn) -> bool:
    lines = thing.shape.geom_type in ("LineString", "MultiLineString")
    return (
        lines and thing.meaning is not None and (thing.meaning.table == "pathway" or "levels" in thing.extra)
    )


def _drawn(floor: Floor, mapping: FloorMapping, reader: GeometryReader, many: bool) -> Iterator[Drawn]:
    stem = PurePosixPath(floor.file).name.rsplit(".", 1)[0]
    for index, document in enumerate(floor.features):
        properties = without_nan(document.get("properties") or {})
        number = document.get("id")
        if number is None:
            number = _first(properties, mapping.id_keys)
        own = str(index + 1) if number is None else str(number)
        feature_id = FeatureId(f"{stem}/{own}" if many else own)
        shape = reader.read(document.get("geometry"), feature_id)
        if shape is None:
            reader.repairs.append(
                repaired(
                    "no_geometry",
                    f"{feature_id} 没有几何，未导入。",
                    f"{feature_id} has no geometry; left out.",
                    feature_id=feature_id,
                )
            )
            continue
        kind = _first(properties, mapping.type_keys)
        levels = document.get("levels") or properties.get("levels")
        yield Drawn(
            id=feature_id,
            meaning=mapping.types.get(str(kind).strip().lower()) if kind is not None else None,
            ordinals=_ordinals(levels, properties, floor, mapping, feature_id, reader),
            shape=shape,
            name=_names(properties, mapping),
            ref=None if (ref := _first(properties, mapping.ref_keys)) is None else str(ref),
            extra={**properties, **({"levels": levels} if levels else {})},
        )


def _ordinals(
    levels: Json,
    properties: Mapping[str, Json],
    floor: Floor,
    mapping: FloorMapping,
    feature_id: str,
    reader: GeometryReader,
) -> tuple[float, ...]:
    if isinstance(levels, list) and all(isinstance(o, int | float) and abs(o) <= 200 for o in levels):
        return tuple(float(o) for o in levels)
    value = _first(properties, mapping.level_keys)
    if value is None:
        return () if floor.ordinal is None else (floor.ordinal,)
    reading = parse_levels(f"{value:g}" if isinstance(value, int | float) else str(value))
    if not reading.ordinals:
        reader.repairs.append(
            repaired(
                "level_spelling",
                f"{feature_id} 的楼层 {value!r} 无法识别。",
                f"The level {value!r} of {feature_id} is not understood.",
                feature_id=feature_id,
            )
        )
        return () if floor.ordinal is None else (floor.ordinal,)
    return reading.ordinals


def _first(properties: Mapping[str, Json], keys: Sequence[str]) -> Json:
    return next((properties[k] for k in keys if properties.get(k) not in (None, "")), None)


def _names(properties: Mapping[str, Json], mapping: FloorMapping) -> dict[str, str]:
    found: dict[str, str] = {}
    for language, keys in mapping.name_keys.items():
        value = _first(properties, keys)
        names = read_names(value, mapping.language) if language == "und" else {language: str(value)}
        if value is not None:
            found.update({k: v for k, v in (names or {}).items() if v not in found.values()})
    return found


def _refuse_twice(drawn: Sequence[Drawn]) -> None:
    twice = [i for i, n in Counter(d.id for d in drawn).items() if n > 1]
    if twice:
        raise refused(
            f"编号重复：{'、'.join(twice[:5])}。",
            f"Ids are used twice: {', '.join(twice[:5])}.",
            field=twice[0],
            hint=Text("为每个要素设置唯一编号。", "Give every feature an id of its own."),
        )


def _tell_unmapped(drawn: Sequence[Drawn], reader: GeometryReader) -> None:
    unmapped = [d for d in drawn if d.meaning is None]
    if unmapped:
        reader.repairs.append(
            repaired(
                "unmapped_type",
                f"{len(unmapped)} 个要素的类型未知（如 {unmapped[0].id}），按几何归类。",
                f"{len(unmapped)} features have no known type (as {unmapped[0].id}); sorted by shape.",
                severity=Severity.INFO,
                remedy=Text("用 --mapping 指定类型含义。", "Say what the types mean with a mapping file."),
            )
        )


def _levels(drawn: Sequence[Drawn], names: Mapping[float, Mapping[str, str]]) -> dict[float, Level]:
    indoors = [d for d in drawn if d.meaning is not None or d.ordinals]
    shapes: dict[float, list[BaseGeometry]] = defaultdict(list)
    outlines: dict[float, list[BaseGeometry]] = defaultdict(list)
    for thing in indoors:
        if thing.meaning is not None and thing.meaning.table == "outline" and not thing.ordinals:
            continue
        for ordinal in thing.ordinals or (0.0,):
            if thing.shape.geom_type in ("Polygon", "MultiPolygon"):
                own = thing.meaning is not None and thing.meaning.table == "outline"
                (outlines if own else shapes)[ordinal].append(thing.shape)
            else:
                shapes[ordinal].extend(())
    levels: dict[float, Level] = {}
    for ordinal in sorted({*shapes, *outlines}):
        parts = outlines.get(ordinal) or shapes[ordinal]
        levels[ordinal] = Level(
            id=LevelId(FeatureId(f"level:{ordinal:g}")),
            ordinal=ordinal,
            name=names.get(ordinal) or {"und": f"{ordinal:g}"},
            geometry=shapely.union_all(parts) if parts else None,
            building_ids=(BuildingId(FeatureId("building")),),
        )
    return levels


def _building(drawn: Sequence[Drawn], name: Mapping[str, str]) -> Building:
    outlines = [d for d in drawn if d.meaning is not None and d.meaning.table == "outline"]
    whole = [d.shape for d in outlines if not d.ordinals] or [d.shape for d in outlines]
    return Building(
        id=BuildingId(FeatureId("building")),
        name=name,
        geometry=shapely.union_all(whole) if whole else None,
    )


def _features(thing: Drawn, levels: Mapping[float, Level]) -> Iterator[Feature]:
    """Yield a feature on each of its levels; the first keeps the id."""
    meaning = thing.meaning or _by_shape(thing)
    if meaning.table in ("outline", "pathway") or (_is_path(thing)):
        return
    if not thing.ordinals and thing.meaning is None:
        yield from _placed(thing, meaning, thing.id, None)
        return
    for index, ordinal in enumerate(thing.ordinals or (0.0,)):
        feature_id = thing.id if index == 0 else FeatureId(f"{thing.id}@{ordinal:g}")
        yield from _placed(thing, meaning, feature_id, levels[ordinal].id)


def _by_shape(thing: Drawn) -> Meaning:
    area = thing.shape.geom_type in ("Polygon", "MultiPolygon")
    if thing.shape.geom_type in ("Point", "MultiPoint"):
        return Meaning("amenity", "unspecified")
    if area:
        return Meaning("unit" if thing.ordinals else "geofence", "unspecified")
    return Meaning("detail", "unspecified")


def _placed(
    thing: Drawn, meaning: Meaning, feature_id: FeatureId, level_id: LevelId | None
) -> Iterator[Feature]:
    shape, name, extra = thing.shape, thing.name, thing.extra
    table, category = meaning.table, meaning.category
    if table == "amenity":
        yield Amenity(
            id=feature_id,
            category=category,
            name=name,
            geometry=shape.representative_point(),
            level_id=level_id,
            extra=extra,
        )
    elif table == "geofence":
        levels = () if level_id is None else (level_id,)
        yield Geofence(
            id=feature_id, category=category, name=name, geometry=shape, level_ids=levels, extra=extra
        )
    elif table == "detail" or level_id is None:
        yield Detail(id=feature_id, category=category, geometry=shape, level_id=level_id, extra=extra)
    elif table == "unit" and shape.geom_type in ("Polygon", "MultiPolygon"):
        yield Unit(
            id=UnitId(feature_id),
            level_id=level_id,
            category=category,
            name=name,
            ref=thing.ref,
            geometry=shape,
            extra=extra,
        )
    elif table == "unit" and shape.geom_type == "Point":
        yield Amenity(
            id=feature_id, category=category, name=name, geometry=shape, level_id=level_id, extra=extra
        )
    elif table == "opening":
        line = as_opening(shape)
        yield Opening(
            id=OpeningId(feature_id),
            level_id=level_id,
            category=category,
            name=name,
            ref=thing.ref,
            geometry=line,
            extra=extra,
        )
    elif table == "fixture":
        yield Fixture(
            id=feature_id, level_id=level_id, category=category, name=name, geometry=shape, extra=extra
        )
    elif table == "kiosk":
        yield Kiosk(id=feature_id, level_id=level_id, name=name, geometry=shape, extra=extra)
    elif table == "section":
        yield Section(
            id=feature_id, level_id=level_id, category=category, name=name, geometry=shape, extra=extra
        )
    else:
        yield Detail(id=feature_id, category=category, geometry=shape, level_id=level_id, extra=extra)
