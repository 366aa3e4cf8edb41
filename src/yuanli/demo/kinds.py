"""The kinds of rooms and doors, read from `rooms.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yuanli.campus import LanguageMap
from yuanli.demo.tables import load_table

Fills = Mapping[str, Mapping[str, float]]
"""For each mix, the weight of each kind of room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorKind:
    """A kind of door: clear width in metres, IMDF type and material, how access is controlled."""

    type: str
    width_m: float
    automatic: bool | None
    material: str | None = None
    access_control: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of room, with its IMDF category.

    `name_rule` is `number`, `own`, `plain`, `level` or `shaft`; `shaft` says what joins levels through it.
    """

    name: str
    category: str
    label: LanguageMap
    width_m: tuple[float, float]
    door: DoorKind | None
    doors: int
    name_rule: str
    m2_per_person: float | None
    capacity: int | None
    shaft: str | None
    restriction: str | None
    hours: str | None
    accessibility: tuple[str, ...]
    joins: frozenset[str]
    team_space: bool
    occupied: bool
    features: tuple[str, ...]


def load_kinds() -> Mapping[str, Kind]:
    """Return the kinds of rooms by name."""
    table = load_table("rooms")
    doors = {
        name: DoorKind(
            type=row["type"],
            width_m=row["width_m"],
            automatic=row["automatic"],
            material=row.get("material"),
            access_control=tuple(row.get("access_control", ())),
        )
        for name, row in table["doors"].items()
    }
    return {
        name: Kind(
            name=name,
            category=row["category"],
            label={"zh": row["zh"], "en": row["en"]},
            width_m=(float(row["width_m"][0]), float(row["width_m"][1])),
            door=doors.get(row["door"]),
            doors=row.get("doors", 1),
            name_rule=row["name"],
            m2_per_person=row.get("m2_per_person"),
            capacity=row.get("capacity"),
            shaft=row.get("shaft"),
            restriction=row.get("restriction"),
            hours=row.get("hours"),
            accessibility=tuple(row.get("accessibility", ())),
            joins=frozenset(row.get("joins", ())),
            team_space=row.get("team_space", False),
            occupied=row.get("occupied", False),
            features=tuple(row.get("features", ())),
        )
        for name, row in table["kinds"].items()
    }


def load_fills() -> Fills:
    """Return the mixes by name."""
    fills: Fills = load_table("rooms")["fills"]
    return fills
