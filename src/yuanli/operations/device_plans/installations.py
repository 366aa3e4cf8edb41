"""What a plan of devices reckons with besides switches, as somebody tells it: storages, cars, the air of rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from math import isfinite
from typing import Any

from yuanli.campus import FeatureId
from yuanli.errors import InvalidInputError, Text

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
MOST_KW = 1e6
COLDEST_C, HOTTEST_C = -50.0, 80.0


class DeviceWishError(InvalidInputError):
    """A wish for a plan of devices breaks a rule."""


def bad_wish(field_: str, value: str, rule: str) -> DeviceWishError:
    """Return the error about a field of a wish."""
    return DeviceWishError(
        Text(f"{field_} 为 {value}，应为 {rule}。", f"{field_} is {value}; {rule} is needed."), field=field_,
        hint=Text("更正后重试。", "Correct it and try again."),
    )  # fmt: skip


class StorageKind(StrEnum):
    """What a storage holds: power for the site, or cold or heat for a room."""

    BATTERY = "battery"
    ICE = "ice"
    HOT_WATER = "hot_water"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageWish:
    """A storage.

    Parameters
    ----------
    place
        The room that ice or hot water serves; None for a battery.
    capacity_kwh, charge_kw, discharge_kw
        What it holds, the most power it takes and the most it gives; of ice and hot water heat, but the power it takes.
    efficiency
        Of a battery what comes back of what it takes; else the content (kWh of heat) for each kWh taken.
    content, target
        Shares of the capacity: in it before the first slot, and at least after the last.
    loss
        The share of its content that it loses in a day.
    """

    name: str
    capacity_kwh: float
    charge_kw: float
    discharge_kw: float
    kind: StorageKind = StorageKind.BATTERY
    place: FeatureId | None = None
    efficiency: float = 0.9
    content: float = 0.5
    target: float = 0.5
    loss: float = 0.0

    def __post_init__(self) -> None:
        at = f"storages.{self.name}"
        _named(at, self.name)
        for name in ("capacity_kwh", "charge_kw", "discharge_kw"):
            _within(f"{at}.{name}", getattr(self, name), 0, MOST_KW, above=True)
        battery = self.kind is StorageKind.BATTERY
        _within(f"{at}.efficiency", self.efficiency, 0, 1 if battery else 10, above=True)
        for name in ("content", "target"):
            _within(f"{at}.{name}", getattr(self, name), 0, 1)
        _within(f"{at}.loss", self.loss, 0, 0.99)
        if battery is (self.place is not None):
            told = "empty for a battery" if battery else "the room that it serves"
            raise bad_wish(f"{at}.place", self.place or "–", told)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleWish:
    """A car that charges between its arrival and departure by the clock (HH:MM), at full power or not at all.

    Parameters
    ----------
    device
        The charger on the map, which is commanded then; where None, charging is only told.
    """

    name: str
    arrival: str
    departure: str
    energy_kwh: float
    power_kw: float = 7.0
    device: FeatureId | None = None

    def __post_init__(self) -> None:
        at = f"vehicles.{self.name}"
        _named(at, self.name)
        for name in ("arrival", "departure"):
            if not CLOCK.fullmatch(getattr(self, name)):
                raise bad_wish(f"{at}.{name}", getattr(self, name), "HH:MM")
        for name in ("energy_kwh", "power_kw"):
            _within(f"{at}.{name}", getattr(self, name), 0, MOST_KW, above=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateWish:
    """A room whose temperature is kept while it is open, in place of a share of its devices.

    Parameters
    ----------
    place
        A room; all those in which a temperature is measured where None.
    low_c, high_c
        The comfort band; as was measured while it was open where None.
    resistance_c_per_kw, capacity_kwh_per_c
        Of its walls and of all that is in it; fitted to what was measured where None, else by its area.
    discomfort_price
        Money for each °C outside of the band in an hour; None keeps the band always.
    """

    place: FeatureId | None = None
    low_c: float | None = None
    high_c: float | None = None
    resistance_c_per_kw: float | None = None
    capacity_kwh_per_c: float | None = None
    discomfort_price: float | None = 5.0

    def __post_init__(self) -> None:
        at = f"climates.{self.place or '*'}"
        for name in ("low_c", "high_c"):
            if (value := getattr(self, name)) is not None:
                _within(f"{at}.{name}", value, COLDEST_C, HOTTEST_C)
        if self.low_c is not None and self.high_c is not None and self.low_c >= self.high_c:
            raise bad_wish(f"{at}.low_c", f"{self.low_c:g} °C", f"< {self.high_c:g} °C")
        for name in ("resistance_c_per_kw", "capacity_kwh_per_c"):
            if (value := getattr(self, name)) is not None:
                _within(f"{at}.{name}", value, 0, MOST_KW, above=True)
        if self.discomfort_price is not None:
            _within(f"{at}.discomfort_price", self.discomfort_price, 0, MOST_KW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a plan of devices reckons with besides switches."""

    storages: tuple[StorageWish, ...] = ()
    vehicles: tuple[VehicleWish, ...] = ()
    climates: tuple[ClimateWish, ...] = ()


TABLES: Mapping[str, type[StorageWish] | type[VehicleWish] | type[ClimateWish]] = {
    "storages": StorageWish, "vehicles": VehicleWish, "climates": ClimateWish,
}  # fmt: skip
WORDS = ("name", "kind", "place", "arrival", "departure", "device")


def read_beside(told: Mapping[str, Any]) -> Beside:
    """Return storages, cars and rooms as a file or a kept draft has them.

    Raises
    ------
    DeviceWishError
        A table, a field or a value is not what it should be.
    """
    found: dict[str, tuple[Any, ...]] = {}
    for table, rows in told.items():
        if table not in TABLES:
            raise bad_wish("beside", f"“{table}”", "、".join(TABLES))
        if not isinstance(rows, list | tuple):
            raise bad_wish(table, f"{str(rows)[:20]!r}", "a list")
        found[table] = tuple(_read(TABLES[table], row, f"{table}[{i}]") for i, row in enumerate(rows))
    return Beside(**found)


def _read(wanted: type[Any], row: Any, at: str) -> Any:
    known = {one.name: one for one in fields(wanted)}
    if not isinstance(row, Mapping):
        raise bad_wish(at, f"{str(row)[:20]!r}", "an object")
    for name, value in row.items():
        if name not in known:
            raise bad_wish(f"{at}.{name}", f"“{name}”", "、".join(known))
        free = known[name].default is None and value is None
        good = isinstance(value, str) if name in WORDS else isinstance(value, int | float) and isfinite(value)
        if not (good or free or (value is None and "None" in str(known[name].type))):
            raise bad_wish(f"{at}.{name}", repr(value)[:40], "a text" if name in WORDS else "a number")
    if missing := [n for n, one in known.items() if one.default is MISSING and n not in row]:
        raise bad_wish(f"{at}.{missing[0]}", "–", missing[0])
    given = dict(row)
    if "kind" in given:
        if given["kind"] not in list(StorageKind):
            raise bad_wish(f"{at}.kind", str(given["kind"]), "、".join(StorageKind))
        given["kind"] = StorageKind(given["kind"])
    return wanted(**given)


def check_names(names: Sequence[str], field: str) -> None:
    """Refuse a name that is there twice.

    Raises
    ------
    DeviceWishError
        One is.
    """
    for i, name in enumerate(names):
        if name in names[:i]:
            raise bad_wish(field, f"“{name}”", "told once")


def _named(at: str, name: str) -> None:
    if not name.strip() or len(name) > 100:
        raise bad_wish(f"{at}name", repr(name[:20]), "1–100 letters")


def _within(field: str, value: float, low: float, high: float, *, above: bool = False) -> None:
    if not (low < value <= high if above else low <= value <= high):
        raise bad_wish(field, f"{value:g}", f"{'>' if above else '≥'} {low:g}, ≤ {high:g}")
