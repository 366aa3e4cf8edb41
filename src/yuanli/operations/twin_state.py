"""What the twin says: of each place its quantities, of each device its state, and how things were over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from types import MappingProxyType

from yuanli.campus import CampusId, DeviceId, FeatureId, LanguageMap, PointId
from yuanli.errors import Text
from yuanli.operations.twin_plan import PlaceKind
from yuanli.telemetry import Quality


@unique
class TwinQuantity(StrEnum):
    """What the twin tells of a place."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    CO2 = "co2"
    ILLUMINANCE = "illuminance"
    NOISE = "noise"
    PM25 = "pm25"
    COMFORT = "comfort"
    """Predicted mean vote: −3 cold … +3 hot."""
    DISSATISFIED = "dissatisfied"
    """The predicted share of people who find it too warm or too cold, %."""
    PEOPLE = "people"
    DENSITY = "density"
    """People a m² of floor."""
    POWER = "power"
    POWER_DENSITY = "power_density"
    """W a m² of floor."""
    ENERGY_TODAY = "energy_today"
    ENERGY_PER_M2 = "energy_per_m2"
    ENERGY_PER_PERSON = "energy_per_person"
    """Today's energy by the people there now; nothing where there is less than one."""
    PARKING_FREE = "parking_free"
    DEVICES_ON = "devices_on"
    DEVICES_OFF = "devices_off"
    DEVICES_FAULT = "devices_fault"


UNITS: Mapping[TwinQuantity, str] = MappingProxyType(
    {
        TwinQuantity.TEMPERATURE: "°C",
        TwinQuantity.HUMIDITY: "%",
        TwinQuantity.CO2: "ppm",
        TwinQuantity.ILLUMINANCE: "lx",
        TwinQuantity.NOISE: "dB",
        TwinQuantity.PM25: "µg/m³",
        TwinQuantity.COMFORT: "",
        TwinQuantity.DISSATISFIED: "%",
        TwinQuantity.PEOPLE: "",
        TwinQuantity.DENSITY: "1/m²",
        TwinQuantity.POWER: "kW",
        TwinQuantity.POWER_DENSITY: "W/m²",
        TwinQuantity.ENERGY_TODAY: "kWh",
        TwinQuantity.ENERGY_PER_M2: "kWh/m²",
        TwinQuantity.ENERGY_PER_PERSON: "kWh",
        TwinQuantity.PARKING_FREE: "",
        TwinQuantity.DEVICES_ON: "",
        TwinQuantity.DEVICES_OFF: "",
        TwinQuantity.DEVICES_FAULT: "",
    }
)
"""The unit of each quantity, empty for plain numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinValue:
    """A quantity of a place; without `value` there are points that tell it, but none that hold now.

    Parameters
    ----------
    at, age_s
        Of the oldest reading that went in.
    source
        `measured`, `sum` or `mean` of the places within, or what it was derived from.
    low, high
        Where it is an estimate: between which numbers it lies 80 of 100 times.
    coverage
        The share of what could tell that did, 0–1: by floor area for air, else by the number of places.
    """

    value: float | None = None
    unit: str = ""
    at: datetime | None = None
    age_s: float | None = None
    quality: Quality = Quality.MISSING
    source: str | None = None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceState:
    """A place, and what is known of it now; quantities that no point tells are left out."""

    id: FeatureId
    kind: PlaceKind
    parent: FeatureId | None
    ordinal: float | None
    area_m2: float
    values: Mapping[TwinQuantity, TwinValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """A device: whether it runs, what it is set to, whether something is wrong; None where no point tells.

    `fault` is an alarm of its own or that it does not answer; `at` is when the newest of its readings was taken.
    """

    id: DeviceId
    place: FeatureId
    on: bool | None
    setpoint: float | None
    fault: bool | None
    at: datetime | None
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinAlarm:
    """Something that is wrong at a place since a time; severity 1 (note) to 4 (danger)."""

    id: str
    severity: int
    space: FeatureId | None
    title: Text
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinState:
    """A campus, or a level of it with the buildings around, at a time."""

    campus: CampusId
    revision: int
    at: datetime
    places: tuple[PlaceState, ...]
    devices: tuple[DeviceState, ...]
    alarms: tuple[TwinAlarm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinHistory:
    """One quantity of places over time: a row a place, a column a time; None where nothing holds."""

    campus: CampusId
    quantity: TwinQuantity
    unit: str
    times: tuple[datetime, ...]
    values: Mapping[FeatureId, tuple[float | None, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointState:
    """A point of a space with its newest reading that holds."""

    id: PointId
    name: LanguageMap
    quantity: str | None
    unit: str | None
    value: float | None
    at: datetime | None
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDetail:
    """A device with its name and its points."""

    state: DeviceState
    name: LanguageMap
    brick_class: str
    points: tuple[PointState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDetail:
    """A place with its devices and points."""

    state: PlaceState
    devices: tuple[DeviceDetail, ...]
    points: tuple[PointState, ...]
