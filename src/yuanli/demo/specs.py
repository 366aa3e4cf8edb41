"""What is built where, read from `buildings.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yuanli.campus import LanguageMap
from yuanli.demo.plates import Floor, Rect, Strip
from yuanli.demo.tables import load_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """A door to the outside at a spot of the outline, metres in the building's frame."""

    x: float
    y: float
    category: str
    name: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingSpec:
    """A building to lay out: its place, its strips, its floors and its doors.

    `bend_m` is the radius its long axis is bent to, 0 for straight; `corner_m` rounds the corners.
    """

    id: str
    letter: str
    name: LanguageMap
    category: str
    aliases: tuple[tuple[str, str, str], ...]
    at: tuple[float, float]
    angle: float
    storey_m: float
    corner_m: float
    bend_m: float
    strips: tuple[Strip, ...]
    floors: tuple[Floor, ...]
    escalators: Mapping[str, tuple[int, int]]
    entrances: tuple[Entrance, ...]
    steps: bool

    @property
    def ordinals(self) -> range:
        """The ordinals of its storeys, lowest first."""
        return range(min(f.lowest for f in self.floors), max(f.highest for f in self.floors) + 1)

    def floor(self, ordinal: int) -> Floor:
        """Return what a storey is like."""
        return next(f for f in self.floors if f.lowest <= ordinal <= f.highest)


def load_specs() -> tuple[BuildingSpec, ...]:
    """Return all buildings."""
    return tuple(_spec(row) for row in load_table("buildings")["buildings"])


def _spec(row: Mapping[str, Any]) -> BuildingSpec:
    return BuildingSpec(
        id=row["id"],
        letter=row["letter"],
        name={"zh": row["zh"], "en": row["en"]},
        category=row["category"],
        aliases=tuple((a[0], a[1], a[2] if len(a) > 2 else "alias") for a in row["aliases"]),
        at=(float(row["at"][0]), float(row["at"][1])),
        angle=row["angle"],
        storey_m=row["storey_m"],
        corner_m=row.get("corner_m", 0),
        bend_m=row.get("bend_m", 0),
        strips=tuple(
            Strip(name=name, at=_rect(values[:4]), door=values[4], rooms=values[5])
            for name, values in row["strips"].items()
        ),
        floors=tuple(_floor(floor) for floor in row["floors"]),
        escalators={name: (ends[0], ends[1]) for name, ends in row.get("escalators", {}).items()},
        entrances=tuple(
            Entrance(x=x, y=y, category=category, name={"zh": zh, "en": en})
            for x, y, category, zh, en in row["entrances"]
        ),
        steps=row.get("steps", False),
    )


def _floor(row: Mapping[str, Any]) -> Floor:
    return Floor(
        lowest=row["levels"][0],
        highest=row["levels"][1],
        hall_kind=row["hall_kind"],
        hall=tuple(_rect(rect) for rect in row["hall"]),
        fill=row["fill"],
        swap=row.get("swap", {}),
        skip=frozenset(row.get("skip", ())),
        category=row.get("category", "unspecified"),
    )


def _rect(values: list[float]) -> Rect:
    west, south, east, north = (float(v) for v in values)
    return west, south, east, north
