"""What the properties of plain GeoJSON mean: the mapping file, and the built-in guess."""

from __future__ import annotations

from collections.abc import Mapping
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
_KEYS = ("version", "crs", "language", "id", "type", "level", "ref", "name", "types", "levels", "building")


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
        The file can't be read, has an unknown key, or names an unknown table.
    """
    document = dict(_built_in())
    if path is not None:
        given = _read(path)
        unknown = [key for key in given if key not in _KEYS]
        if unknown:
            raise _bad(path, f"未知的键 {unknown[0]!r}", f"unknown key {unknown[0]!r}")
        types = {**document["types"], **(given.get("types") or {})}
        document.update(given)
        document["types"] = types
    try:
        return _parsed(document)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise _bad(path or Path("mapping.yaml"), f"格式不对（{error}）", f"malformed ({error})") from error


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
    wrong = [m.table for m in types.values() if m.table not in TABLES_MAPPED]
    if wrong:
        raise ValueError(f"table {wrong[0]!r}")
    name = document["name"]
    names = name if isinstance(name, dict) else {"und": name}
    building = document.get("building") or {}
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
        building_name=building.get("name") or {},
    )


def _keys(value: Json) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(key) for key in value)
