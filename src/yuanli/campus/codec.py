"""Features as GeoJSON and back: one codec for the store, the API and the file formats."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import shapely
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import TABLE_OF, TABLES, Feature
from yuanli.errors import InvalidInputError, Text

Json = Any


class FeatureFormatError(InvalidInputError):
    """A feature's JSON does not fit its table."""


def feature_to_json(feature: Feature) -> dict[str, Json]:
    """Return a GeoJSON Feature with `feature_type` and every field of the table that is set."""
    properties: dict[str, Json] = {}
    for field in fields(feature):
        value = getattr(feature, field.name)
        if field.name in ("id", "geometry") or value is None or (value in ((), "") or value == {}):
            continue
        properties[field.name] = _plain(value)
    geometry = getattr(feature, "geometry", None)
    return {
        "type": "Feature",
        "id": feature.id,
        "feature_type": TABLE_OF[type(feature)],
        "geometry": None if geometry is None else _plain(geometry),
        "properties": properties,
    }


def feature_from_json(document: Mapping[str, Json]) -> Feature:
    """Read what `feature_to_json` wrote.

    Raises
    ------
    FeatureFormatError
        The feature type is unknown, or a property does not fit.
    """
    table, feature_id = document.get("feature_type"), document.get("id")
    kind = TABLES.get(str(table))
    if kind is None:
        raise FeatureFormatError(
            Text(f"未知的要素类型 {table!r}。", f"Unknown feature type {table!r}."),
            field=str(feature_id),
            hint=Text(f"可用类型：{'、'.join(TABLES)}。", f"Known types: {', '.join(TABLES)}."),
        )
    given = {**(document.get("properties") or {}), "id": feature_id}
    if document.get("geometry") is not None:
        given["geometry"] = document["geometry"]
    readers = _readers(kind)  # type: ignore[arg-type]
    try:
        known = {name: readers[name](value) for name, value in given.items() if name in readers}
        return kind(**known)
    except (TypeError, ValueError, KeyError, AttributeError, shapely.errors.ShapelyError) as error:
        raise FeatureFormatError(
            Text(
                f"{table} {feature_id!r} 无法读取：{error}", f"{table} {feature_id!r} can't be read: {error}"
            ),
            field=str(feature_id),
            hint=Text(
                "对照 docs/campus.md 的字段表改正。", "Correct it by the field table in docs/campus.md."
            ),
        ) from error


def _plain(value: Any) -> Json:
    if isinstance(value, BaseGeometry):
        return {**shapely.geometry.mapping(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return int(value) if isinstance(value, IntEnum) else value


@cache
def _readers(kind: type[Any]) -> Mapping[str, Callable[[Json], Any]]:
    return {name: _reader(hint) for name, hint in get_type_hints(kind).items()}


def _reader(hint: Any) -> Callable[[Json], Any]:
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        options = [a for a in arguments if a is not type(None)]
        reader = _reader(options[0])
        return lambda value: None if value is None else reader(value)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda value: tuple(item(v) for v in value or ())
    if origin is not None:
        return lambda value: dict(value or {})
    if isinstance(hint, type) and issubclass(hint, BaseGeometry):
        return lambda value: None if value is None else shapely.geometry.shape(value)
    if hint is datetime:
        return datetime.fromisoformat
    if isinstance(hint, type) and is_dataclass(hint):
        readers = {name: _reader(inner) for name, inner in get_type_hints(hint).items()}
        return lambda value: None if value is None else hint(**{k: readers[k](v) for k, v in value.items()})
    if isinstance(hint, type) and (issubclass(hint, IntEnum) or hint in (float, int)):
        return lambda value: hint(value)
    return _same


def _same(value: Json) -> Json:
    return value
