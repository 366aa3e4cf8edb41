"""The classes of Brick 1.4, and units as Brick and Haystack write them: the tables beside this file.

`tests/campus/write_brick_classes.py` makes `classes.csv` from Brick's ontology (BSD-3-Clause, brickschema.org).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

POINT, EQUIPMENT, LOCATION, COLLECTION = "point", "equipment", "location", "collection"
POINT_ENDINGS = ("Sensor", "Setpoint", "Command", "Status", "Alarm", "Parameter", "Limit", "Point")
"""How the names of Brick's points end; tells a class that Brick does not have."""
LOCATION_ENDINGS = ("Room", "Office", "Space", "Area", "Zone", "Floor")
"""The same for places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrickClass:
    """One class of Brick.

    Parameters
    ----------
    parents
        The classes right above it.
    tags
        What it is made of, as `{"Air", "Sensor", "Temperature", "Zone"}`.
    same_as
        The name that Brick prefers, where this is another name of it.
    """

    name: str
    kind: str
    parents: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    same_as: str | None = None


@cache
def brick_classes() -> Mapping[str, BrickClass]:
    """Return all classes by name."""
    return MappingProxyType({
        row["name"]: BrickClass(
            name=row["name"], kind=row["kind"], parents=tuple(row["parents"].split()),
            tags=_tags(row), same_as=row["same_as"].split(" ")[0] or None,
        )
        for row in _rows("classes.csv")
    })  # fmt: skip


def kind_of_class(name: str) -> str:
    """Return `point`, `equipment`, `location` or `collection`; a class that Brick does not have goes by its name."""
    known = brick_classes().get(name)
    if known is not None:
        return known.kind
    last = name.rpartition("_")[2]
    return POINT if last in POINT_ENDINGS else LOCATION if last in LOCATION_ENDINGS else EQUIPMENT


def is_kind_of(name: str, ancestor: str) -> bool:
    """Return whether a class is another one or below it."""
    return name == ancestor or ancestor in _above(name)


def most_specific(names: Iterable[str]) -> str:
    """Return the class that is below the most others; of equals the first by name."""
    return min(names, key=lambda name: (-len(_above(name)), name))


def class_of_tags(tags: frozenset[str], kind: str) -> str | None:
    """Return the class of a kind with the most tags, all of which are given; None where none fits.

    Of equals the one with the fewest classes above it holds, then the first by name.
    """
    fitting = [c for c in brick_classes().values() if c.kind == kind and len(c.tags) > 1 and c.tags <= tags]
    if not fitting:
        return None
    return min(fitting, key=lambda c: (-len(c.tags), len(_above(c.name)), c.name)).name


@cache
def unit_of_qudt() -> Mapping[str, str]:
    """Return symbols by QUDT name, as `DEG_C`: `°C`."""
    return MappingProxyType({row["qudt"]: row["symbol"] for row in _rows("units.csv")})


@cache
def qudt_of_unit() -> Mapping[str, str]:
    """Return QUDT names by symbol."""
    return MappingProxyType({row["symbol"]: row["qudt"] for row in _rows("units.csv")})


@cache
def unit_of_haystack() -> Mapping[str, str]:
    """Return symbols by what Haystack writes: a symbol or a name."""
    return MappingProxyType({
        written: row["symbol"] for row in _rows("units.csv") for written in (row["symbol"], *row["haystack"].split())
    })  # fmt: skip


@cache
def _above(name: str) -> frozenset[str]:
    known = brick_classes().get(name)
    if known is None:
        return frozenset()
    names = frozenset(known.parents) | ({known.same_as} if known.same_as else set())
    return names.union(*(_above(one) for one in names if one != name)) - {name}


def _tags(row: Mapping[str, str]) -> frozenset[str]:
    """Return the tags of a class; of one without, unless it is only another name, the words of its name."""
    if row["tags"] or row["same_as"]:
        return frozenset(row["tags"].split())
    return frozenset({*row["name"].split("_"), row["kind"].capitalize()})


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
