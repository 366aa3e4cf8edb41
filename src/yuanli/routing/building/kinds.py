"""What a unit's category means for walking."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from yuanli.campus import Unit

FLIGHTS = frozenset({"stairs", "escalator", "elevator", "ramp"})
"""The connectors that lead from level to level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a category is walked.

    `open` spaces are entered anywhere along a shared border; a `passage` is there to be walked
    through; `connector` is `stairs`, `elevator`, `escalator`, `ramp`, `movingwalkway` or empty.
    """

    walkable: bool = True
    open: bool = False
    passage: bool = False
    connector: str = ""


ROOM = Kind()


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds by IMDF category, as `kinds.csv` tells them; what it does not list is a room."""
    text = (files(__package__) / "kinds.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["category"]: Kind(
                walkable=row["walkable"] == "1",
                open=row["open"] == "1",
                passage=row["passage"] == "1",
                connector=row["connector"],
            )
            for row in csv.DictReader(text.splitlines())
        }
    )


def kind_of(unit: Unit) -> Kind:
    """Return a unit's kind: its category's, its category's head's (`walkway.x`), or a room's."""
    category = unit.category.lower()
    table = kinds()
    kind = table.get(category) or table.get(category.split(".")[0], ROOM)
    if kind is ROOM and _tag(unit, "indoor") in ("corridor", "area"):
        return table["area"]
    return kind


def _tag(unit: Unit, key: str) -> object:
    tags = unit.extra.get("tags")
    return tags.get(key) if isinstance(tags, Mapping) else unit.extra.get(key)
