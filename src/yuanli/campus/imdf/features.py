"""One IMDF feature as a feature of the model, and back as it was written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import TABLE_OF, TABLES, Feature, FeatureId
from yuanli.campus.geojson.documents import without_nan
from yuanli.campus.geojson.geometries import GeometryReader, as_opening
from yuanli.campus.geojson.repairs import repaired
from yuanli.campus.imdf.categories import to_standard
from yuanli.campus.imdf.fields import (
    AS_WRITTEN,
    STANDARD,
    UnreadableValueError,
    as_lists,
    field_names,
    has_field,
    read_value,
    write_value,
)
from yuanli.campus.imported import refused
from yuanli.errors import Text

Json = Any
CLASHING = "yuanli_extra"
"""The property that keeps what `extra` holds under the name of a field."""
OWN = "yuanli_own"
"""The property that keeps our values of those for which IMDF has no category."""
_POINTS = ("amenity", "anchor")
_NEED_LEVEL = ("unit", "opening", "kiosk", "section", "fixture")
_MEMBERS = ("type", "id", "feature_type", "geometry", "properties")


def read_feature(
    table: str, document: Mapping[str, Json], feature_id: str, *, language: str, reader: GeometryReader
) -> Feature:
    """Return an IMDF feature as one of the model.

    Raises
    ------
    ImportRefusedError
        Its geometry is broken, or a property without which it means nothing.
    """
    properties = without_nan(document.get("properties") or {})
    known, extra, raw = _read_properties(table, properties, feature_id, language, reader)
    geometry = _geometry(table, document.get("geometry"), feature_id, reader)
    if geometry is not None:
        known["geometry"] = geometry
    record = _record(table, document, properties, raw, geometry, reader)
    if raw and language != "und":
        record["language"] = language
    if record:
        extra[AS_WRITTEN] = without_nan(record)
    known.update(_stand_ins(table, known, feature_id))
    return TABLES[table](id=feature_id, extra=extra, **known)  # type: ignore[arg-type, call-arg]


def _read_properties(
    table: str, properties: Mapping[str, Json], feature_id: str, language: str, reader: GeometryReader
) -> tuple[dict[str, Any], dict[str, Json], dict[str, Json]]:
    known: dict[str, Any] = {}
    extra: dict[str, Json] = {}
    raw: dict[str, Json] = {}
    clashing, own = properties.get(CLASHING), _own_values(table, properties)
    for name, value in properties.items():
        if (name == CLASHING and isinstance(clashing, dict)) or (name == OWN and own):
            continue
        if not has_field(table, name):
            extra[name] = value
            continue
        try:
            known[name] = read_value(table, name, own.get(name, value), language)
        except UnreadableValueError:
            raw[name] = value
            shown = repr(value)[:60]
            reader.repairs.append(
                repaired(
                    "unreadable_property",
                    f"{table} {feature_id} 的 {name} 值 {shown} 无法读取，已原样保留但不使用。",
                    f"{name} of {table} {feature_id} is {shown}, which can't be read; kept, not used.",
                    feature_id=feature_id,
                )
            )
            continue
        if name == "display_point" and reader.transform is not None and known[name] is not None:
            known[name] = shapely.transform(known[name], reader.transform)
        elif known[name] is None and value is None and table == "level" and name == "ordinal":
            del known[name]
        elif name not in own and _said_otherwise(table, name, known[name], value):
            raw[name] = value
    if isinstance(clashing, dict):
        extra.update(clashing)
    return {k: v for k, v in known.items() if v is not None}, extra, raw


def _own_values(table: str, properties: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return our values of the properties that still say what IMDF has in their stead."""
    own = properties.get(OWN)
    if not isinstance(own, dict):
        return {}
    return {k: v for k, v in own.items() if k in properties and to_standard(table, k, v) == properties[k]}


def _said_otherwise(table: str, name: str, known: Any, value: Json) -> bool:
    """Tell whether writing a field would say something else than its property did."""
    if name not in STANDARD[table]:
        return value is None or write_value(known) != value
    return bool(to_standard(table, name, write_value(known)) != value)


def _geometry(table: str, document: Json, feature_id: str, reader: GeometryReader) -> BaseGeometry | None:
    shape = reader.read(document, feature_id)
    if shape is None:
        return None
    if table == "opening":
        return as_opening(shape)
    if table in _POINTS and shape.geom_type != "Point":
        return shape.representative_point()
    return shape


def _record(
    table: str,
    document: Mapping[str, Json],
    properties: Mapping[str, Json],
    raw: dict[str, Json],
    geometry: BaseGeometry | None,
    reader: GeometryReader,
) -> dict[str, Json]:
    """Return what has to be kept so that the feature can be written as it was."""
    record: dict[str, Json] = {"raw": raw} if raw else {}
    absent = [name for name in STANDARD[table] if name not in properties]
    if absent:
        record["absent"] = absent
    if reader.transform is None and write_value(geometry) != document.get("geometry"):
        record["geometry"] = document.get("geometry")
        record["geometry_as_read"] = None if geometry is None else geometry.wkb_hex
    if table == "building" and document.get("geometry") is not None:
        record["drawn"] = True
    members = {k: v for k, v in document.items() if k not in _MEMBERS}
    if members:
        record["members"] = members
    if not isinstance(document.get("id"), str):
        record["id"] = document.get("id")
    if "feature_type" not in document:
        record["untyped"] = True
    return record


def _stand_ins(table: str, known: Mapping[str, Any], feature_id: str) -> dict[str, Any]:
    """Return values for required fields that are missing and may be filled later."""
    if table == "level" and "ordinal" not in known:
        return {"ordinal": math.nan}
    if table in _NEED_LEVEL and "level_id" not in known:
        return {"level_id": ""}
    if table == "relationship" and "category" not in known:
        raise refused(
            f"relationship {feature_id} 缺少 category。",
            f"Relationship {feature_id} has no category.",
            field=feature_id,
            hint=Text("补上 category，如 stairs、elevator。", "Give it one, as stairs or elevator."),
        )
    return {}


def write_feature(feature: Feature, origins: Mapping[FeatureId, Feature]) -> dict[str, Json]:
    """Return a feature as IMDF GeoJSON: what nobody edited is as it was read.

    `origins` are all features by id, to name the types of a relationship's ends.
    """
    table = TABLE_OF[type(feature)]
    extra = dict(getattr(feature, "extra", {}))
    record = extra.pop(AS_WRITTEN, {})
    properties: dict[str, Json] = {}
    own: dict[str, Json] = {}
    for name in field_names(table):
        value = getattr(feature, name)
        written = _written(table, name, value, record)
        if name in record.get("absent", ()) and _untouched(table, name, value, record):
            continue
        unasked = name not in STANDARD[table]
        if written is None and unasked and name not in record.get("raw", {}):
            continue
        kept = unasked or (name in record.get("raw", {}) and written == record["raw"][name])
        nearest = written if kept else to_standard(table, name, written)
        if nearest != written:
            own[name] = written
        properties[name] = _ends(name, nearest, origins) if table == "relationship" else nearest
    clashing = {k: v for k, v in extra.items() if k in properties or has_field(table, k)}
    properties.update((k, v) for k, v in extra.items() if k not in clashing)
    if clashing:
        properties[CLASHING] = clashing
    if own:
        properties[OWN] = own
    return {
        "id": record.get("id", feature.id),
        "type": "Feature",
        **({} if record.get("untyped") else {"feature_type": table}),
        "geometry": _written_geometry(feature, record),
        "properties": properties,
        **record.get("members", {}),
    }


def has_standard_category(feature: Feature) -> bool:
    """Tell whether IMDF can say what kind of thing a feature is, or its file said it in its own way."""
    category, extra = getattr(feature, "category", None), getattr(feature, "extra", {})
    if category is None or "category" in extra.get(AS_WRITTEN, {}).get("raw", {}):
        return True
    return to_standard(TABLE_OF[type(feature)], "category", category) is not None


def _untouched(table: str, name: str, value: Any, record: Mapping[str, Json]) -> bool:
    """Tell whether a field whose property was absent still is as it was read or mended."""
    default = write_value(read_value(table, name, None, "und"))
    return write_value(value) in (None, default, record.get("as_read", {}).get(name, default))


def _written(table: str, name: str, value: Any, record: Mapping[str, Json]) -> Json:
    raw, as_read = record.get("raw", {}), record.get("as_read", {})
    if name not in raw:
        return write_value(value)
    if name in as_read:
        return raw[name] if write_value(value) == as_read[name] else write_value(value)
    try:
        before = read_value(table, name, raw[name], record.get("language", "und"))
    except UnreadableValueError:
        before = read_value(table, name, None, "und")
    return raw[name] if write_value(value) == write_value(before) else write_value(value)


def _written_geometry(feature: Feature, record: Mapping[str, Json]) -> Json:
    geometry = getattr(feature, "geometry", None)
    if (
        "geometry" in record
        and (None if geometry is None else geometry.wkb_hex) == record["geometry_as_read"]
    ):
        return record["geometry"]
    return None if geometry is None else as_lists(shapely.geometry.mapping(geometry))


def _ends(name: str, written: Json, origins: Mapping[FeatureId, Feature]) -> Json:
    """Return the ends of a relationship as IMDF wants them: id and type."""

    def end(value: Json) -> Json:
        other = origins.get(FeatureId(value)) if isinstance(value, str) else None
        return value if other is None else {"id": value, "feature_type": TABLE_OF[type(other)]}

    if name in ("origin", "destination"):
        return end(written)
    if name == "intermediary" and isinstance(written, list):
        return [end(value) for value in written]
    return written


def with_repair(feature: Feature, name: str, value: Any) -> Feature:
    """Return a feature with one field repaired; writing it unedited gives the original property."""
    extra = dict(getattr(feature, "extra", {}))
    record = dict(extra.get(AS_WRITTEN, {}))
    raw = dict(record.get("raw", {}))
    if name not in record.get("absent", ()):
        current = getattr(feature, name)
        raw.setdefault(name, None if current != current else write_value(current))
        record["raw"] = raw
    record["as_read"] = {**record.get("as_read", {}), name: write_value(value)}
    extra[AS_WRITTEN] = record
    return replace(feature, extra=extra, **{name: value})  # type: ignore[arg-type]
