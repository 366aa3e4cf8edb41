"""CityLearn's data sets as problems: `schema.json` and its tables, packed in one zip."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yuanli.errors import Text
from yuanli.scheduling.devices.problem import (
    MOST_SLOTS,
    Device,
    DevicesProblem,
    Floats,
    Storage,
    Task,
    refuse,
)
from yuanli.scheduling.devices.tables import Table, table_of
from yuanli.solver import json_of, text_of

ZIP: Final = b"PK\x03\x04"
MOST_BYTES: Final = 200_000_000
MOST_COP: Final = 20.0
ZERO_C_K: Final = 273.15


class _Part(BaseModel):
    """A part of the schema; what else is in it concerns learning, not planning."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class _Attributes(_Part):
    capacity: float = 0.0
    nominal_power: float = 0.0
    efficiency: float = Field(default=0.9, gt=0)
    loss_coefficient: float = 0.0
    depth_of_discharge: float = Field(default=1.0, ge=0, le=1)
    initial_soc: float | None = None
    max_charging_power: float | None = None
    target_cooling_temperature: float = 8.0
    target_heating_temperature: float = 45.0


class _Item(_Part):
    type: str = ""
    attributes: _Attributes = _Attributes()
    charger_simulation: str = ""
    washing_machine_energy_simulation: str = ""


class _Building(_Part):
    include: bool = True
    energy_simulation: str
    weather: str | None = None
    carbon_intensity: str | None = None
    pricing: str
    electrical_storage: _Item | None = None
    pv: _Item | None = None
    cooling_device: _Item | None = None
    heating_device: _Item | None = None
    dhw_device: _Item | None = None
    chargers: dict[str, _Item] = {}
    washing_machines: dict[str, _Item] = {}


class _Vehicle(_Part):
    battery: _Item = _Item()


class _Schema(_Part):
    simulation_start_time_step: int = Field(0, ge=0)
    simulation_end_time_step: int = Field(ge=0)
    episode_time_steps: int | None = Field(None, gt=0)
    seconds_per_time_step: float = Field(gt=0)
    buildings: dict[str, _Building]
    electric_vehicles_def: dict[str, _Vehicle] = {}


def is_archive(data: bytes) -> bool:
    """Say whether bytes are a zip."""
    return data[:4] == ZIP


@dataclass(frozen=True, slots=True)
class _Folder:
    """A data set: its files by name, and the steps that are planned."""

    texts: dict[str, str]
    schema: _Schema
    steps: slice
    slot_h: float

    def table(self, name: str) -> Table:
        """Return a table that reaches over the steps that are planned."""
        if name not in self.texts:
            raise refuse(
                name,
                f"zip 中没有“{name}”。",
                f"There is no {name!r} in the zip.",
                hint=Text(
                    "补上该文件，或把用到它的建筑设为 include: false。",
                    "Add it, or set include to false for the building that uses it.",
                ),
            )
        table = table_of(self.texts[name], name)
        if table.size < self.steps.stop:
            raise refuse(
                name,
                f"{name} 有 {table.size} 行，规划到第 {self.steps.stop} 步。",
                f"{name} has {table.size} rows; {self.steps.stop} are planned up to.",
            )
        return table

    def numbers(self, name: str, heading: str) -> Floats:
        """Return a column over the steps that are planned."""
        return self.table(name).numbers(heading, self.steps)


def parse_citylearn(data: bytes, name: str) -> DevicesProblem:
    """Return the problem of a data set: one site of all its buildings, over its first episode.

    Loads of buildings, hot water, heating and cooling are what is not decided; batteries are storages; a stay at a
    charger and a run of a washing machine are tasks. A battery keeps the content below its depth of discharge; its
    efficiency is that of a round trip. A stay charges at full power from the state of charge estimated at arrival, for
    as long as it can. A washing machine takes its mean power in one run. Tanks of heat are left as they are.

    Raises
    ------
    DevicesProblemError
        A file or column is missing, a value is wrong, or too many steps are to be planned.
    """
    folder = _opened(data, name)
    schema = folder.schema
    n = folder.steps.stop - folder.steps.start
    base, solar = np.zeros(n), np.zeros(n)
    storages: list[Storage] = []
    devices: list[Device] = []
    buildings = {title: one for title, one in schema.buildings.items() if one.include}
    for title, building in buildings.items():
        _same_tariff(title, building, buildings)
        base += _load_kw(folder, building)
        if building.pv is not None:
            # W for each kW that is installed
            sun = folder.numbers(building.energy_simulation, "solar_generation")
            solar += sun * building.pv.attributes.nominal_power / 1000
        if building.electrical_storage is not None:
            storages.append(_battery(f"{title}.battery", building.electrical_storage.attributes))
        for one, item in building.chargers.items():
            devices += _stays(folder, f"{title}.{one}", item)
        for one, item in building.washing_machines.items():
            devices += _washes(folder, f"{title}.{one}", item)
    if not buildings:
        raise refuse("buildings", "没有 include 的建筑。", "No building is included.")
    first = next(iter(buildings.values()))
    return DevicesProblem(
        slots=n, slot_h=folder.slot_h, price=folder.numbers(first.pricing, "electricity_pricing"),
        base_kw=np.maximum(base, 0.0), solar_kw=np.maximum(solar, 0.0), devices=tuple(devices),
        storages=tuple(storages),
    )  # fmt: skip


def _opened(data: bytes, name: str) -> _Folder:
    texts = _texts(data, name)
    if "schema.json" not in texts:
        raise refuse(
            name,
            f"{name} 中没有 schema.json；zip 只用于 CityLearn 数据集。",
            f"{name} has no schema.json; a zip holds a data set of CityLearn.",
        )
    try:
        schema = _Schema.model_validate(json_of(texts["schema.json"], "schema.json"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"]) or "schema.json"
        value = repr(first.get("input"))[:60]
        raise refuse(
            at,
            f"schema.json 的 {at} 为 {value}，不合要求（{first['msg']}）。",
            f"schema.json: {at} is {value}: {first['msg']}.",
        ) from error
    start, stop = schema.simulation_start_time_step, schema.simulation_end_time_step + 1
    if schema.episode_time_steps is not None:
        stop = min(stop, start + schema.episode_time_steps)
    if not 1 <= stop - start <= MOST_SLOTS:
        raise refuse(
            "simulation_end_time_step",
            f"要规划 {stop - start} 步，应在 1 与 {MOST_SLOTS} 之间。",
            f"{stop - start} steps are to be planned; from 1 to {MOST_SLOTS} can be.",
            hint=Text(
                "在 schema.json 中设 episode_time_steps，例如 168 为一周（每步一小时）。",
                "Set episode_time_steps in schema.json: 168 is a week of hours.",
            ),
        )
    return _Folder(texts, schema, slice(start, stop), schema.seconds_per_time_step / 3600)


def _texts(data: bytes, name: str) -> dict[str, str]:
    """Return the texts of a zip by name, without folders and the ending .gz."""
    texts: dict[str, str] = {}
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for member in archive.infolist():
                title = member.filename.rsplit("/", 1)[-1].removesuffix(".gz")
                if not title.endswith((".csv", ".json")) or title.startswith("."):
                    continue
                with archive.open(member) as file:
                    packed = file.read(left + 1)
                left -= len(packed)
                if left < 0:
                    raise refuse(
                        name,
                        f"{name} 解开后超过 {MOST_BYTES:,} 字节。",
                        f"{name} has more than {MOST_BYTES:,} bytes unpacked.",
                    )
                if title in texts:
                    raise refuse(name, f"{name} 中有两个“{title}”。", f"{name} holds {title!r} twice.")
                texts[title] = text_of(packed, title)
                left -= len(texts[title])
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise refuse(
            name, f"{name} 不是完整的 zip：{error}。", f"{name} is no whole zip: {error}."
        ) from error
    return texts


def _same_tariff(title: str, building: _Building, buildings: dict[str, _Building]) -> None:
    first = next(iter(buildings.values()))
    if building.pricing != first.pricing:
        raise refuse(
            f"buildings.{title}.pricing",
            f"“{title}”的电价为 {building.pricing}，其他建筑为 {first.pricing}；一个园区只有一种电价。",
            f"{title} has the tariff {building.pricing}, others {first.pricing}; a site has one tariff.",
            hint=Text("请分成几个问题。", "Divide it into several problems."),
        )


def _load_kw(folder: _Folder, building: _Building) -> Floats:
    """Return the power of a building that is not decided; its table tells kWh of a step."""
    table = folder.table(building.energy_simulation)
    load = table.numbers("non_shiftable_load", folder.steps)
    for heading, device, cools in (
        ("dhw_demand", building.dhw_device, False),
        ("heating_demand", building.heating_device, False),
        ("cooling_demand", building.cooling_device, True),
    ):
        if device is not None:
            demand = table.numbers(heading, folder.steps)
            load = load + demand / _output_per_kwh(folder, building, device, cools=cools)
    return load / folder.slot_h


def _output_per_kwh(folder: _Folder, building: _Building, item: _Item, *, cools: bool) -> Floats | float:
    """Return the heat or cold of a kWh: a share of Carnot's for a heat pump, capped as CityLearn caps it."""
    attributes = item.attributes
    if "HeatPump" not in item.type:
        return attributes.efficiency
    if building.weather is None:
        raise refuse(
            "weather", "热泵需要 weather。", "A heat pump needs weather.",
        )  # fmt: skip
    outdoor = folder.numbers(building.weather, "outdoor_dry_bulb_temperature")
    inside = attributes.target_cooling_temperature if cools else attributes.target_heating_temperature
    lift = outdoor - inside if cools else inside - outdoor
    ratio = np.where(
        lift > 0, attributes.efficiency * (inside + ZERO_C_K) / np.where(lift > 0, lift, 1.0), MOST_COP
    )
    capped: Floats = np.minimum(ratio, MOST_COP)
    return capped


def _battery(name: str, battery: _Attributes) -> Storage:
    """Return a battery above its depth of discharge, where its content begins if nothing is told."""
    floor = 1.0 - battery.depth_of_discharge
    state = floor if battery.initial_soc is None else battery.initial_soc
    one_way = float(np.sqrt(battery.efficiency))
    return Storage(
        name=name, capacity=battery.capacity * battery.depth_of_discharge, charge_kw=battery.nominal_power,
        discharge=battery.nominal_power, charge_efficiency=one_way, discharge_efficiency=one_way,
        content=max(0.0, state - floor) * battery.capacity, loss=battery.loss_coefficient,
    )  # fmt: skip


def _stays(folder: _Folder, name: str, item: _Item) -> list[Device]:
    """Return the stays of vehicles at a charger as tasks."""
    table = folder.table(item.charger_simulation)
    first, n = folder.steps.start, folder.steps.stop - folder.steps.start
    state, vehicle = table.words("electric_vehicle_charger_state"), table.words("electric_vehicle_id")
    power = item.attributes.max_charging_power or item.attributes.nominal_power
    if not power > 0:
        raise refuse(
            f"{name}.max_charging_power", f"“{name}”的功率应大于 0。", f"{name} needs a power above 0."
        )
    stays: list[Device] = []
    step = first
    while step < folder.steps.stop:
        begin = step
        while step < folder.steps.stop and state[step] == "1" and vehicle[step] == vehicle[begin]:
            step += 1
        if step == begin:
            step += 1
            continue
        wanted_kwh = _wanted_kwh(folder, table, begin) / item.attributes.efficiency
        slots = min(int(np.ceil(wanted_kwh / (power * folder.slot_h) - 1e-9)), step - begin)
        if slots > 0:
            task = Task(first=begin - first, last=min(step - first, n) - 1, slots=slots)
            stays.append(Device(name=f"{name}.{vehicle[begin]}.{begin}", power_kw=power, task=task))
    return stays


def _wanted_kwh(folder: _Folder, table: Table, begin: int) -> float:
    """Return what a vehicle needs at a charger: from what is estimated at arrival, the vehicle's own, or half full."""
    vehicle = table.words("electric_vehicle_id")[begin]
    wanted = table.number("electric_vehicle_required_soc_departure", begin) / 100
    told = folder.schema.electric_vehicles_def.get(vehicle)
    battery = told.battery.attributes if told is not None else _Attributes()
    capacity = battery.capacity
    if "electric_vehicle_battery_capacity_khw" in table.columns:  # so spelt there
        capacity = table.number("electric_vehicle_battery_capacity_khw", begin)
    has = 0.5 if battery.initial_soc is None else battery.initial_soc
    if begin and table.words("electric_vehicle_estimated_soc_arrival")[begin - 1]:
        has = table.number("electric_vehicle_estimated_soc_arrival", begin - 1) / 100
    return max(0.0, wanted - has) * capacity


def _washes(folder: _Folder, name: str, item: _Item) -> list[Device]:
    """Return the runs of a washing machine as tasks in one run, with their mean power."""
    table = folder.table(item.washing_machine_energy_simulation)
    start, end, profile = (
        table.words(heading) for heading in ("wm_start_time_step", "wm_end_time_step", "load_profile")
    )
    first, last = folder.steps.start, folder.steps.stop - 1
    runs: dict[tuple[str, str], int] = {}
    for row in range(first, last + 1):
        if start[row] not in ("", "-1"):
            runs.setdefault((start[row], end[row]), row)
    washes = []
    for row in runs.values():
        window = int(table.number("wm_start_time_step", row)), int(table.number("wm_end_time_step", row))
        kwh = _energies(table, profile[row], row)
        if window[0] < first or window[1] > last:
            continue  # it is begun before what is planned, or may end after it
        task = Task(first=window[0] - first, last=window[1] - first, slots=len(kwh))
        power = sum(kwh) / len(kwh) / folder.slot_h
        washes.append(Device(name=f"{name}.{window[0]}", power_kw=power, min_up=len(kwh), task=task))
    return washes


def _energies(table: Table, text: str, row: int) -> list[float]:
    at = f"{table.name}:{row + 2}"
    values = json_of(text, at)
    if (
        not isinstance(values, list)
        or not values
        or not all(isinstance(v, int | float) and v >= 0 for v in values)
    ):
        raise refuse(
            at,
            f"{table.name} 第 {row + 2} 行的 load_profile 为“{text[:40]}”，应是各步电量的列表。",
            f"{table.name}, line {row + 2}: load_profile is {text[:40]!r}; a list of kWh is needed.",
        )
    return [float(v) for v in values]
