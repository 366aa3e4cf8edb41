"""What is asked of a plan of devices, as it comes over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from yuanli.api.bodies import Body, Name
from yuanli.campus import FeatureId
from yuanli.operations import ClimateWish, DeviceWish, PlanDay, StorageKind, StorageWish, VehicleWish

Number = Annotated[float, Field(allow_inf_nan=False)]
MOST_ROWS = 500


class StorageBody(Body):
    """A battery; or ice or hot water, which serves a place. Shares run 0–1."""

    name: Name
    kind: StorageKind = StorageKind.BATTERY
    place: Name | None = None
    capacity_kwh: Number
    charge_kw: Number
    discharge_kw: Number
    efficiency: Number = 0.9
    content: Number = 0.5
    target: Number = 0.5
    loss: Number = 0.0

    def wish(self) -> StorageWish:
        """Return the wish."""
        return StorageWish(
            name=self.name, kind=self.kind, place=_id(self.place), capacity_kwh=self.capacity_kwh,
            charge_kw=self.charge_kw, discharge_kw=self.discharge_kw, efficiency=self.efficiency, content=self.content,
            target=self.target, loss=self.loss,
        )  # fmt: skip


class VehicleBody(Body):
    """A car: arrival and departure by the clock, HH:MM; `device` is its charger on the map."""

    name: Name
    arrival: Name
    departure: Name
    energy_kwh: Number
    power_kw: Number = 7.0
    device: Name | None = None

    def wish(self) -> VehicleWish:
        """Return the wish."""
        return VehicleWish(
            name=self.name, arrival=self.arrival, departure=self.departure, energy_kwh=self.energy_kwh,
            power_kw=self.power_kw, device=_id(self.device),
        )  # fmt: skip


class ClimateBody(Body):
    """A room kept comfortable, all that measure their temperature without a place; what is null is fitted or usual."""

    place: Name | None = None
    low_c: Number | None = None
    high_c: Number | None = None
    resistance_c_per_kw: Number | None = None
    capacity_kwh_per_c: Number | None = None
    discomfort_price: Number | None = 5.0

    def wish(self) -> ClimateWish:
        """Return the wish."""
        return ClimateWish(
            place=_id(self.place), low_c=self.low_c, high_c=self.high_c,
            resistance_c_per_kw=self.resistance_c_per_kw, capacity_kwh_per_c=self.capacity_kwh_per_c,
            discomfort_price=self.discomfort_price,
        )  # fmt: skip


class DeviceWishBody(Body):
    """What is to be planned of devices: where, of which kind, which day, within which limits, beside what."""

    place: Name | None = None
    kind: Name = "hvac"
    day: PlanDay = PlanDay.TOMORROW
    limit_kw: Number | None = None
    least_share: Number = 0.3
    carbon_weight: Number = 0.0
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    solar_kwp: Number | None = None
    storages: Annotated[tuple[StorageBody, ...], Field(max_length=MOST_ROWS)] = ()
    vehicles: Annotated[tuple[VehicleBody, ...], Field(max_length=MOST_ROWS)] = ()
    climates: Annotated[tuple[ClimateBody, ...], Field(max_length=MOST_ROWS)] = ()

    def wish(self) -> DeviceWish:
        """Return the wish."""
        return DeviceWish(
            place=_id(self.place), kind=self.kind, day=self.day, limit_kw=self.limit_kw, least_share=self.least_share,
            carbon_weight=self.carbon_weight, language=self.language, solar_kwp=self.solar_kwp,
            storages=tuple(one.wish() for one in self.storages), vehicles=tuple(one.wish() for one in self.vehicles),
            climates=tuple(one.wish() for one in self.climates),
        )  # fmt: skip


def _id(name: str | None) -> FeatureId | None:
    return None if name is None else FeatureId(name)
