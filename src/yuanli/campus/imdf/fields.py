"""Properties of IMDF features as fields of the model, and back without losing what was written.

What a property said is kept in `extra["_imdf"]` wherever writing the field would say it otherwise:
`raw` by property, `as_read` the field's value where a repair changed it, `absent` the properties of the
standard that were not there. A field that nobody edited is written as it was.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import TABLES, Door
from yuanli.campus.imdf.names import read_names

Json = Any
AS_WRITTEN = "_imdf"
"""The key in `extra` that keeps what IMDF properties said."""

STANDARD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "address": ("address", "unit", "locality", "province", "country", "postal_code"),
        "amenity": (
            "category",
            "accessibility",
            "name",
            "alt_name",
            "hours",
            "phone",
            "website",
            "unit_ids",
            "address_id",
        ),
        "anchor": ("address_id", "unit_id"),
        "building": ("name", "alt_name", "category", "restriction", "display_point", "address_id"),
        "detail": ("level_id",),
        "fixture": ("category", "name", "alt_name", "anchor_id", "level_id", "display_point"),
        "footprint": ("category", "name", "building_ids"),
        "geofence": (
            "category",
            "restriction",
            "accessibility",
            "name",
            "alt_name",
            "hours",
            "building_ids",
            "level_ids",
            "parents",
            "display_point",
        ),
        "kiosk": ("name", "alt_name", "anchor_id", "level_id", "display_point"),
        "level": (
            "category",
            "restriction",
            "outdoor",
            "ordinal",
            "name",
            "short_name",
            "display_point",
            "address_id",
            "building_ids",
        ),
        "occupant": ("name", "category", "anchor_id", "hours", "phone", "website", "correlation_id"),
        "opening": (
            "category",
            "accessibility",
            "access_control",
            "door",
            "name",
            "alt_name",
            "display_point",
            "level_id",
        ),
        "relationship": ("category", "direction", "origin", "intermediary", "destination", "hours"),
        "section": (
            "category",
            "restriction",
            "accessibility",
            "name",
            "alt_name",
            "display_point",
            "level_id",
            "address_id",
        ),
        "unit": ("category", "restriction", "accessibility", "name", "alt_name", "level_id", "display_point"),
        "venue": (
            "category",
            "restriction",
            "name",
            "alt_name",
            "hours",
            "phone",
            "website",
            "display_point",
            "address_id",
        ),
    }
)
"""The properties IMDF 1.0.0 asks of each feature type, as far as the model has them."""


class UnreadableValueError(ValueError):
    """A property's value does not fit its field; it is kept in `extra`."""


def read_value(table: str, name: str, value: Json, language: str) -> Any:
    """Return a property as the value of the field of that name.

    Raises
    ------
    UnreadableValueError
        The value does not fit.
    """
    kind, default = _field_kinds(table)[name]
    if value is None:
        return default
    return _READERS[kind](value, language)


def has_field(table: str, name: str) -> bool:
    """Tell whether the table has a field that a property of this name fills."""
    return name in _field_kinds(table)


def write_value(value: Any) -> Json:
    """Return a field's value as an IMDF property."""
    if value is None or value == () or value == {}:
        return None
    if isinstance(value, BaseGeometry):
        return as_lists(shapely.geometry.mapping(value))
    if isinstance(value, Door):
        return {f.name: getattr(value, f.name) for f in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def as_lists(value: Json) -> Json:
    """Return JSON with lists for tuples."""
    if isinstance(value, Mapping):
        return {key: as_lists(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_lists(item) for item in value]
    return value


def field_names(table: str) -> tuple[str, ...]:
    """Return the fields of a table that are IMDF properties."""
    return tuple(_field_kinds(table))


@cache
def _field_kinds(table: str) -> Mapping[str, tuple[str, Any]]:
    """Return (kind, default) of each field; kinds name the readers below."""
    kind = TABLES[table]
    hints = get_type_hints(kind)
    found: dict[str, tuple[str, Any]] = {}
    for field in fields(kind):
        if field.name in ("id", "geometry", "extra"):
            continue
        default = None if field.default is MISSING else field.default
        found[field.name] = (_kind_of(hints[field.name]), default)
    return MappingProxyType(found)


def _kind_of(hint: Any) -> str:
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        options = [a for a in get_args(hint) if a is not type(None)]
        return _kind_of(options[0])
    if origin is tuple:
        return "texts"
    if origin is not None:
        return "names"
    if isinstance(hint, type) and issubclass(hint, BaseGeometry):
        return "point"
    if isinstance(hint, type) and is_dataclass(hint):
        return "door"
    return {str: "text", float: "number", int: "count", bool: "flag"}.get(hint, "text")


def _names(value: Json, language: str) -> dict[str, str]:
    names = read_names(value, language)
    if names is None:
        raise UnreadableValueError(repr(value))
    return names


def _text(value: Json, _language: str) -> str:
    if isinstance(value, dict) and isinstance(value.get("id"), str | int):
        return str(value["id"])
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise UnreadableValueError(repr(value))


def _texts(value: Json, language: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if not isinstance(value, list):
        raise UnreadableValueError(repr(value))
    return tuple(_text(item, language) for item in value)


def _number(value: Json, _language: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnreadableValueError(repr(value))
    try:
        return float(value.replace(",", ".") if isinstance(value, str) else value)
    except (ValueError, OverflowError) as error:
        raise UnreadableValueError(repr(value)) from error


def _count(value: Json, language: str) -> int:
    number = _number(value, language)
    if not number.is_integer() or abs(number) > 1e9:
        raise UnreadableValueError(repr(value))
    return int(number)


_WORDS = MappingProxyType({"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False})


def _flag(value: Json, _language: str) -> bool:
    word = str(value).strip().lower()
    if word not in _WORDS:
        raise UnreadableValueError(repr(value))
    return _WORDS[word]


def _point(value: Json, _language: str) -> Point:
    try:
        shape = shapely.geometry.shape(value)
    except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError) as error:
        raise UnreadableValueError(repr(value)) from error
    if not isinstance(shape, Point) or shape.is_empty or not shapely.is_valid(shape):
        raise UnreadableValueError(repr(value))
    return shapely.force_2d(shape)


def _door(value: Json, language: str) -> Door:
    if not isinstance(value, dict):
        raise UnreadableValueError(repr(value))
    automatic = value.get("automatic")
    return Door(
        type=None if value.get("type") is None else _text(value["type"], language),
        material=None if value.get("material") is None else _text(value["material"], language),
        automatic=None if automatic is None else _flag(automatic, language),
    )


_READERS: Mapping[str, Callable[[Json, str], Any]] = MappingProxyType(
    {
        "names": _names,
        "text": _text,
        "texts": _texts,
        "number": _number,
        "count": _count,
        "flag": _flag,
        "point": _point,
        "door": _door,
    }
)
