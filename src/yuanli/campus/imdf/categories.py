"""Which category of IMDF 1.0.0 (OGC 20-094) stands for ours? The table is `categories.csv`.

Categories that IMDF has stand for themselves. Of the 1,300 of occupants the table has those in use here.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Json = Any
_SHARED = ("restriction", "accessibility", "access_control")
"""Properties whose categories are the same for every feature type."""


def to_standard(table: str, name: str, value: Json) -> Json:
    """Return a property's value with categories of IMDF only: the nearest, or None where there is none."""
    if name == "category" and isinstance(value, str):
        return _nearest(table, value)
    if name == "door" and isinstance(value, Mapping):
        return {part: _of_door(part, said) for part, said in value.items()}
    if name in _SHARED and isinstance(value, str):
        return _nearest(name, value)
    if name in _SHARED and isinstance(value, list):
        known = dict.fromkeys(nearest for item in value if (nearest := _nearest(name, str(item))))
        return list(known) or None
    return value


def standard_categories(table: str) -> frozenset[str]:
    """Return the categories that IMDF has for a feature type, or for a property, as `restriction`."""
    return frozenset(category for category, nearest in _rows()[table].items() if category == nearest)


def _of_door(part: str, said: Json) -> Json:
    return _nearest(f"door.{part}", said) if isinstance(said, str) else said


def _nearest(table: str, category: str) -> str | None:
    """Return the category itself, that of its kind (`foodservice` for `foodservice.coffee`), or the table's `*`."""
    rows = _rows().get(table)
    if rows is None:
        return category
    kind = category
    while kind not in rows and "." in kind:
        kind = kind.rpartition(".")[0]
    return rows.get(kind, rows["*"]) or None


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    text = files("yuanli.campus.imdf").joinpath("categories.csv").read_text("utf-8")
    tables: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        tables.setdefault(row["table"], {})[row["category"]] = row["imdf"]
    return tables
