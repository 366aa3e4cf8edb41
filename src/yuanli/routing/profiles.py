"""Who is on the way: how fast each profile moves, what it can't pass, and what it would rather not."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from yuanli.errors import InvalidInputError, Text


class UnknownProfileError(InvalidInputError):
    """No profile has that name."""


class ProfileValueError(InvalidInputError):
    """A profile's number is out of its range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The numbers of one kind of traveller; each is described, with its source, in `profiles.csv`."""

    name: str
    speed_m_s: float
    riding_m_s: float
    stairs_up_m_s: float
    stairs_down_m_s: float
    escalator_m_s: float
    moving_walkway_m_s: float
    elevator_wait_s: float
    elevator_m_s: float
    elevator_door_s: float
    manual_door_s: float
    automatic_door_s: float
    gate_s: float
    through_room_s: float
    soft_factor: float
    soft_gate_s: float
    emergency_exit_s: float
    guessed_s: float
    min_width_m: float
    max_slope: float
    stairs: bool
    escalator: bool
    moving_walkway: bool
    elevator: bool
    heed_wheelchair: bool
    all_areas: bool

    def __post_init__(self) -> None:
        speeds = ("speed_m_s", "stairs_up_m_s", "stairs_down_m_s", "escalator_m_s", "elevator_m_s")
        wrong = [f.name for f in fields(self) if f.name != "name" and not getattr(self, f.name) >= 0]
        wrong += [name for name in speeds if getattr(self, name) <= 0]
        wrong += ["soft_factor"] if self.soft_factor < 1 else []
        if wrong:
            raise ProfileValueError(
                Text(
                    f"出行方式 {self.name!r} 的 {wrong[0]} 超出范围。",
                    f"{wrong[0]} of the profile {self.name!r} is out of range.",
                ),
                field=wrong[0],
            )


@cache
def load_profiles() -> Mapping[str, Profile]:
    """Return the profiles of `profiles.csv` by name."""
    text = (files("yuanli.routing") / "profiles.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    names = [n for n in rows[0] if n not in ("attribute", "unit", "description", "source")]
    return MappingProxyType({name: _profile(name, rows) for name in names})


def _profile(name: str, rows: list[dict[str, str]]) -> Profile:
    values: dict[str, Any] = {
        row["attribute"]: row[name] == "1" if row["unit"] == "bool" else float(row[name]) for row in rows
    }
    return Profile(name=name, **values)


PROFILES = load_profiles()


def profile_named(name: str) -> Profile:
    """Return the profile of that name.

    Raises
    ------
    UnknownProfileError
        There is none.
    """
    profiles = PROFILES
    if name not in profiles:
        known = "、".join(profiles), ", ".join(profiles)
        raise UnknownProfileError(
            Text(f"没有名为 {name!r} 的出行方式。", f"There is no profile named {name!r}."),
            field="profile",
            hint=Text(f"可用的有：{known[0]}。", f"Choose one of: {known[1]}."),
        )
    return profiles[name]
