"""What is to be planned of devices: where, of which kind, which day, beside which sun, storages, cars and rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.campus import FeatureId
from yuanli.errors import InfeasibleError, Text
from yuanli.operations.device_plans.installations import (
    MOST_KW,
    TABLES,
    ClimateWish,
    StorageWish,
    VehicleWish,
    bad_wish,
    check_names,
    read_beside,
)

CARS = "vehicles"
"""The kind of a wish for cars alone: no device of the map is planned."""
SLOT = timedelta(minutes=15)


class NothingToPlanError(InfeasibleError):
    """No device of the place can be switched, or nothing is left of the day."""


class PlanDay(StrEnum):
    """The day that is planned; of today what is left."""

    TODAY = "today"
    TOMORROW = "tomorrow"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceWish:
    """What is to be planned.

    Parameters
    ----------
    place
        A building, level or room; the whole site where None.
    kind
        Of devices, by a name of the table of commands (`hvac`, `lighting`) or a Brick class; `CARS` for cars alone.
    limit_kw
        The most power of these devices together.
    least_share
        Comfort: of the devices of a room that is open, the share that is on however few people are expected.
    carbon_weight
        Money that a kg of carbon weighs.
    language
        Of the names in the plan, `zh` or `en`.
    solar_kwp
        Peak power of PV that is not measured on the map; 0 reckons with none, None with what the map measures.
    storages, vehicles, climates
        What is planned too; storages of the map, too, which tell their capacity.
    comfort_by
        HH:MM from when rooms with a climate are in their band, in place of when they open.
    keep_on
        Kinds of devices that run all the time, whatever they cost.
    """

    place: FeatureId | None = None
    kind: str = "hvac"
    day: PlanDay = PlanDay.TOMORROW
    limit_kw: float | None = None
    least_share: float = 0.3
    carbon_weight: float = 0.0
    language: str = "zh"
    solar_kwp: float | None = None
    storages: tuple[StorageWish, ...] = ()
    vehicles: tuple[VehicleWish, ...] = ()
    climates: tuple[ClimateWish, ...] = ()
    comfort_by: str | None = None
    keep_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.least_share <= 1:
            raise bad_wish("least_share", f"{self.least_share:g}", "0–1")
        if self.limit_kw is not None and not 0 < self.limit_kw < 1e9:
            raise bad_wish("limit_kw", f"{self.limit_kw:g} kW", "> 0")
        if not 0 <= self.carbon_weight < 1e6:
            raise bad_wish("carbon_weight", f"{self.carbon_weight:g}", "≥ 0")
        if self.solar_kwp is not None and not 0 <= self.solar_kwp <= MOST_KW:
            raise bad_wish("solar_kwp", f"{self.solar_kwp:g} kW", "≥ 0")
        check_names(
            [*(s.name for s in self.storages), *(v.name for v in self.vehicles)], "storages, vehicles"
        )
        check_names([one.place or "" for one in self.climates], "climates")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDraft:
    """A problem of devices to be confirmed: its document, what it assumes, and what it leaves out."""

    document: Mapping[str, Any]
    assumptions: tuple[Text, ...]
    left_out: tuple[Text, ...]
    devices: int
    zones: int


def span_of(day: PlanDay, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return from when to when a day is planned: of today what is left, from the next quarter on."""
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, after = ((midnight + timedelta(days=n)).astimezone(now.tzinfo) for n in (1, 2))
    if day is PlanDay.TOMORROW:
        return tomorrow, after
    begun = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return (begun if begun == now else begun + SLOT), tomorrow


def read_wish(told: Mapping[str, Any]) -> DeviceWish:
    """Return a wish as a draft keeps it."""
    beside = read_beside({table: told.get(table, ()) for table in TABLES})
    known = {
        **told, "day": PlanDay(told["day"]), "place": told["place"] and FeatureId(told["place"]),
        "keep_on": tuple(told.get("keep_on", ())),
        "storages": beside.storages, "vehicles": beside.vehicles, "climates": beside.climates,
    }  # fmt: skip
    return DeviceWish(**known)
