"""What the properties of plain GeoJSON mean: the mapping file, and the built-in guess."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from yuanli.campus.geojson.archive import unreadable
from yuanli.campus.imported import ImportRefusedError, refused
from yuanli.errors import Text

Json = Any
TABLES_MAPPED = (
    "unit",
    "opening",
    "fixture",
    "detail",
    "outline",
    "pathway",
    "amenity",
    "geofence",
    "kiosk",
    "section",
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The table and category a type stands for; `outline` is the outline of a floor or building."""

    table: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorMapping:
    """How the features of a GeoJSON file or folder are read.

    Parameters
    ----------
    id_keys, type_keys, level_keys, ref_keys
        Properties tried in order.
    name_keys
        Properties tried in order, by language.
    types
        What each type (lower case) means.
    levels
        Entries `{file, ordinal, name}` that put whole files on a level.
    building_name
        The name of the one building, by language.
    """

    crs: str = "wgs84"
    language: str = "und"
    id_keys: tuple[str, ...] = ("id",)
    type_keys: tuple[str, ...] = ("type",)
    level_keys: tuple[str, ...] = ("level",)
    ref_keys: tuple[str, ...] = ("ref",)
    name_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: Mapping[str, Meaning] = field(default_factory=dict)
    levels: tuple[Mapping[str, Json], ...] = ()
    building_name: Mapping[str, str] = field(default_factory=dict)


@cache
def _built_in() -> Mapping[str, Json]:
    text = resources.files("yuanli.campus.geojson").joinpath("mapping.yaml").read_text("utf-8")
    document: Mapping[str, Json] = yaml.safe_load(text)
    return document


def load_mapping(path: Path | None) -> FloorMapping:
    """Return the built-in mapping, or one with a file's keys in place of its own.

    Raises
    ------
    ImportRefusedError
        The file can't be read, has an unknown key, or a key's value has the wrong shape.
    """
    document = dict(_built_in())
    if path is not None:
        given = {key: value for key, value in _read(path).items() if value is not None}
        for key, value in given.items():
            _check(path, key, value)
        document.update({**given, "types": {**document["types"], **(given.get("types") or {})}})
    return _parsed(document)


def _check(path: Path, key: str, value: Json) -> None:
    """Refuse a key that is unknown or whose value has another shape than it asks for."""
    if key not in _KEYS:
        raise _bad(path, f"未知的键 {str(key)[:40]!r}", f"unknown key {str(key)[:40]!r}")
    fits, zh, en = _SHAPES[key]
    if not fits(value):
        shown = _shown(value)
        raise _bad(path, f"{key} 应为{zh}，却是 {shown}", f"{key} should be {en}, but is {shown}")


def _shown(value: Json) -> str:
    """Return what is wrong in a few words: a scalar as it is, the first wrong entry of a map."""
    if isinstance(value, str | int | float):
        return repr(value)[:40]
    if isinstance(value, dict):
        wrong = next(((k, v) for k, v in value.items() if not _are_types({k: v})), None)
        if wrong is not None and isinstance(wrong[1], dict):
            return f"{wrong[0]!r}: {_shown(wrong[1].get('table'))}"
    return type(value).__name__


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _are_keys(value: Json) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))


def _are_names(value: Json) -> bool:
    return _are_keys(value) or (isinstance(value, dict) and all(map(_are_keys, value.values())))


def _are_types(value: Json) -> bool:
    return isinstance(value, dict) and all(
        isinstance(row, dict)
        and row.get("table") in TABLES_MAPPED
        and isinstance(row.get("category", ""), str | None)
        for row in value.values()
    )


def _are_levels(value: Json) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, dict)
        and isinstance(row.get("file"), str)
        and isinstance(row.get("ordinal", 0), str | int | float)
        for row in value
    )


def _is_building(value: Json) -> bool:
    names = value.get("name") if isinstance(value, dict) else None
    return isinstance(names, str) or (isinstance(names, dict) and all(map(_is_text, names.values())))


_Shape = tuple[Callable[[Json], bool], str, str]
_PROPERTIES: _Shape = (_are_keys, "属性名或其列表", "a property or a list of them")
_SHAPES: Mapping[str, _Shape] = {
    "version": (lambda value: value == 1, "1", "1"),
    "crs": (_is_text, "文字", "a text"),
    "language": (_is_text, "文字", "a text"),
    **dict.fromkeys(("id", "type", "level", "ref"), _PROPERTIES),
    "name": (_are_names, "属性名、列表或按语言分列", "a property, a list, or lists by language"),
    "types": (_are_types, "{类型: {table, category}}", "{type: {table, category}} with a known table"),
    "levels": (_are_levels, "{file, ordinal, name} 的列表", "a list of {file, ordinal, name}"),
    "building": (_is_building, "{name: {语言: 名称}}", "{name: {language: name}}"),
}
_KEYS = tuple(_SHAPES)


def _read(path: Path) -> Mapping[str, Json]:
    try:
        document = yaml.safe_load(path.read_bytes()[:1_000_000])
    except OSError as error:
        raise unreadable(path, error) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise _bad(path, "不是有效的 YAML 或 JSON", "it is no valid YAML or JSON") from error
    if not isinstance(document, dict):
        raise _bad(path, "顶层应为键值对", "it should hold keys and values")
    return document


def _bad(path: Path, zh: str, en: str) -> ImportRefusedError:
    return refused(
        f"映射文件 {path.name}：{zh}。",
        f"Mapping file {path.name}: {en}.",
        field="mapping",
        hint=Text(
            f"可用的键：{'、'.join(_KEYS)}；可用的表：{'、'.join(TABLES_MAPPED)}。",
            f"Keys: {', '.join(_KEYS)}; tables: {', '.join(TABLES_MAPPED)}.",
        ),
    )


def _parsed(document: Mapping[str, Json]) -> FloorMapping:
    types = {
        str(name).lower(): Meaning(str(row["table"]), str(row.get("category") or name))
        for name, row in document["types"].items()
    }
    name = document["name"]
    names = name if isinstance(name, dict) else {"und": name}
    building = (document.get("building") or {}).get("name") or {}
    return FloorMapping(
        crs=str(document["crs"]),
        language=str(document["language"]),
        id_keys=_keys(document["id"]),
        type_keys=_keys(document["type"]),
        level_keys=_keys(document["level"]),
        ref_keys=_keys(document["ref"]),
        name_keys={str(language): _keys(keys) for language, keys in names.items()},
        types=types,
        levels=tuple(document.get("levels") or ()),
        building_name={document["language"]: building} if isinstance(building, str) else building,
    )


def _keys(value: Json) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(key) for key in value)
