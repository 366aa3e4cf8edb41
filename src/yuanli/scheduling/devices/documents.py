"""Devices problems as documents: our own JSON with its schema."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import AwareDatetime, Field

from yuanli.scheduling.devices.problem import (
    MOST_DEVICES,
    MOST_MINIMUM,
    MOST_SLOTS,
    Climate,
    Device,
    DevicesProblem,
    Floats,
    Order,
    Storage,
    Task,
    Zone,
    check_states,
    refuse,
)
from yuanli.solver import Document, document_from

Series = float | Annotated[list[float], Field(max_length=MOST_SLOTS)]


class Span(Document):
    """From one slot to another, both included."""

    first: int = Field(description="First slot, from 0.")
    last: int = Field(description="Last slot.")


class TaskDocument(Document):
    """A charging session or another piece of work: give slots, hours or energy."""

    first: int = Field(description="First slot it may be on: arrival.")
    last: int = Field(description="Last slot it may be on: departure.")
    slots: int | None = Field(None, description="Slots it is on, exactly.")
    hours: float | None = Field(None, gt=0, description="Hours it is on; rounded up to slots.")
    energy_kwh: float | None = Field(None, gt=0, description="Energy it needs, kWh; rounded up to slots.")
    in_one_run: bool = Field(False, description="Without a break.")


class DeviceDocument(Document):
    """A device that is on or off in each slot."""

    name: str
    power_kw: float = Field(description="Power while on, kW.")
    zone: str | None = Field(None, description="Zone that it serves.")
    service: float = Field(
        0.0, description="What it gives to the zone while on, in the unit of the zone's demand."
    )
    heat_kw: float = Field(
        0.0, description="Heat it gives to the air of its zone while on, kW; below 0 it cools."
    )
    min_up: int = Field(1, description="Slots it stays on at least.")
    min_down: int = Field(1, description="Slots it stays off at least.")
    start_cost: float = Field(0.0, description="Cost of a start, money.")
    on: bool = Field(False, description="Whether it is on before the first slot.")
    held: int = Field(MOST_MINIMUM, description="Slots it has been in that state.")
    target: bool | None = Field(None, description="State in the last slot; null is free.")
    task: TaskDocument | None = None
    must_be_on: list[Span] = Field([], max_length=MOST_SLOTS, description="Slots in which it is locked on.")
    must_be_off: list[Span] = Field(
        [], max_length=MOST_SLOTS, description="Slots in which it is locked off: maintenance."
    )
    device_id: str | None = Field(None, description="Its id on the map; null is never commanded.")


class ClimateDocument(Document):
    """The air of a zone: one store of heat behind one resistance, kept in a comfort band."""

    temp_c: float = Field(description="Temperature before the first slot, °C.")
    outdoor_c: Series = Field(description="Temperature outside, °C.")
    gains_kw: Series = Field(0.0, description="Heat of sun and machines, kW.")
    gain_kw_per_person: float = Field(
        0.075, ge=0, description="Heat of a person of the zone's occupancy, kW."
    )
    resistance_c_per_kw: float = Field(
        description="°C between inside and outside that a kW of heat keeps up."
    )
    capacity_kwh_per_c: float = Field(description="Heat that makes it a °C warmer, kWh.")
    low_c: Series | None = Field(None, description="The least temperature after each slot, °C.")
    high_c: Series | None = Field(None, description="The greatest temperature after each slot, °C.")
    discomfort_price: float | None = Field(
        None, description="Money for each °C outside the band in an hour; null keeps the band always."
    )


class ZoneDocument(Document):
    """A place whose demand is covered in each slot."""

    name: str
    demand: Series = Field(0.0, description="Service needed, one value or one for each slot.")
    occupancy: Series = Field(0.0, description="People expected, one value or one for each slot.")
    demand_per_person: float = Field(
        0.0, ge=0, description="Service that each expected person needs besides, in the unit of the demand."
    )
    limit_kw: Series | None = Field(None, description="The most power of its devices, kW.")
    climate: ClimateDocument | None = None


class StorageDocument(Document):
    """A battery; with a zone, a store of ice or hot water that gives service to it."""

    name: str
    capacity: float = Field(description="The most in it: kWh, or service × hours.")
    charge_kw: float = Field(description="The most power it takes, kW.")
    discharge: float = Field(description="The most it gives: kW, or service.")
    charge_efficiency: float = Field(1.0, description="Content gained for each kWh taken.")
    discharge_efficiency: float = Field(1.0, description="Output for each unit of content.")
    content: float = Field(0.0, description="Content before the first slot.")
    target: float = Field(0.0, description="Content after the last slot, at least.")
    loss: float = Field(0.0, description="Share of the content lost in a slot.")
    zone: str | None = Field(None, description="Zone that it serves; null feeds the site.")


class OrderDocument(Document):
    """One task after another."""

    before: str
    after: str
    lag: int = Field(0, description="Slots between them, at least.")


class NeedDocument(Document):
    """A device that is on only while another is."""

    device: str
    needs: str


class DevicesDocument(Document):
    """Devices on or off from their states now to their targets, at least cost."""

    kind: str = Field("devices", pattern="^devices$")
    slots: int = Field(description="Number of slots.")
    slot_minutes: float = Field(15.0, description="Minutes of a slot.")
    price: Series = Field(description="Cost of energy per kWh: one value, or one for each slot.")
    carbon_kg_per_kwh: Series | None = Field(None, description="Carbon of the grid's energy, kg per kWh.")
    carbon_weight: float = Field(0.0, ge=0, description="Money that a kg of carbon weighs.")
    feed_in: Series | None = Field(None, description="Money paid per kWh fed in.")
    limit_kw: Series | None = Field(None, description="The most power of the site, kW.")
    base_kw: Series | None = Field(None, description="Power that is not decided here, kW.")
    solar_kw: Series | None = Field(None, description="Power the site makes itself, kW.")
    peak_price: float = Field(0.0, description="Money per kW of the greatest power.")
    peak_paid_kw: float = Field(0.0, description="Peak that is paid for already, kW.")
    ramp_kw: float | None = Field(
        None, description="The most that the devices' power changes between slots, kW."
    )
    zones: list[ZoneDocument] = Field([], max_length=MOST_DEVICES)
    devices: list[DeviceDocument] = Field(max_length=MOST_DEVICES)
    exclusions: list[list[str]] = Field(
        [], max_length=MOST_DEVICES, description="Devices of which at most one is on."
    )
    needs: list[NeedDocument] = Field([], max_length=MOST_DEVICES)
    orders: list[OrderDocument] = Field([], max_length=MOST_DEVICES)
    storages: list[StorageDocument] = Field([], max_length=MOST_DEVICES)
    begins_at: AwareDatetime | None = Field(
        None, description="When the first slot begins, with its zone; needed to carry the plan out."
    )
    drafted: dict[str, Any] | None = Field(None, description="How it was drafted; nothing is decided by it.")


def devices_schema() -> dict[str, Any]:
    """Return the JSON schema of the documents."""
    return DevicesDocument.model_json_schema()


def parse_document(tables: dict[str, Any], name: str) -> DevicesProblem:
    """Return the problem of our own JSON.

    Raises
    ------
    DevicesProblemError
        A rule is broken.
    InvalidProblemError
        A field is missing, unknown or wrong.
    """
    return _problem(document_from(DevicesDocument, tables, name))


def _problem(document: DevicesDocument) -> DevicesProblem:
    n, hours = document.slots, document.slot_minutes / 60
    if not 1 <= n <= MOST_SLOTS:
        raise refuse(
            "slots",
            f"时段数为 {n}，应在 1 与 {MOST_SLOTS} 之间。",
            f"There are {n} slots; from 1 to {MOST_SLOTS} are planned.",
        )
    if not hours > 0:
        raise refuse(
            "slot_minutes",
            f"时段长 {document.slot_minutes} 分钟，应大于 0。",
            f"A slot has {document.slot_minutes} minutes; more than 0 are needed.",
        )
    check_states(n, devices=len(document.devices), zones=len(document.zones), storages=len(document.storages))
    carbon = _series(document.carbon_kg_per_kwh, n)
    return DevicesProblem(
        slots=n,
        slot_h=hours,
        price=_full(document.price, n),
        carbon_price=None if carbon is None else carbon * document.carbon_weight,
        feed_in=_series(document.feed_in, n),
        limit_kw=_series(document.limit_kw, n),
        base_kw=_series(document.base_kw, n),
        solar_kw=_series(document.solar_kw, n),
        peak_price=document.peak_price,
        peak_paid_kw=document.peak_paid_kw,
        ramp_kw=document.ramp_kw,
        zones=tuple(_zone(z, n) for z in document.zones),
        devices=tuple(_device(d, n, hours) for d in document.devices),
        exclusions=tuple(tuple(group) for group in document.exclusions),
        needs=tuple((pair.device, pair.needs) for pair in document.needs),
        orders=tuple(Order(**o.model_dump()) for o in document.orders),
        storages=tuple(Storage(**s.model_dump()) for s in document.storages),
        begins_at=document.begins_at,
        drafted=document.drafted,
    )


def _zone(document: ZoneDocument, n: int) -> Zone:
    at = f"zones.{document.name}"
    people = _sized(f"{at}.occupancy", document.occupancy, n)
    if (people < 0).any():
        t = int(np.argmax(people < 0))
        raise refuse(
            f"{at}.occupancy[{t}]",
            f"人数为 {people[t]:g}，不应小于 0。",
            f"{people[t]:g} people are expected; the number is not negative.",
        )
    climate, air = document.climate, None
    with np.errstate(over="ignore"):  # what is beyond all numbers is refused where the problem is checked
        demand = _sized(f"{at}.demand", document.demand, n) + document.demand_per_person * people
        warmth = (0.0 if climate is None else climate.gain_kw_per_person) * people
    if climate is not None:
        air = Climate(
            temp_c=climate.temp_c,
            outdoor_c=_full(climate.outdoor_c, n),
            gains_kw=_sized(f"{at}.climate.gains_kw", climate.gains_kw, n) + warmth,
            resistance_c_per_kw=climate.resistance_c_per_kw,
            capacity_kwh_per_c=climate.capacity_kwh_per_c,
            low_c=_series(climate.low_c, n),
            high_c=_series(climate.high_c, n),
            discomfort_price=climate.discomfort_price,
        )
    return Zone(
        name=document.name,
        demand=demand,
        limit_kw=_series(document.limit_kw, n),
        climate=air,
    )


def _sized(field: str, value: Series, n: int) -> Floats:
    values = _full(value, n)
    if values.shape != (n,):
        raise refuse(
            field,
            f"{field} 有 {values.size} 个值，应为 {n} 个。",
            f"{field} has {values.size} values; it needs {n}.",
        )
    return values


def _device(document: DeviceDocument, n: int, hours: float) -> Device:
    plain = document.model_dump(exclude={"task", "must_be_on", "must_be_off"})
    task, run = None, None
    if document.task is not None:
        task = _task(document, document.task, hours)
        run = task.slots if document.task.in_one_run else None
    if run is not None:
        plain["min_up"] = max(document.min_up, run)
    return Device(
        **plain, task=task,
        must_be_on=_slots(document.name, "must_be_on", document.must_be_on, n),
        must_be_off=_slots(document.name, "must_be_off", document.must_be_off, n),
    )  # fmt: skip


def _task(device: DeviceDocument, task: TaskDocument, hours: float) -> Task:
    at = f"devices.{device.name}.task"
    given = [x for x in (task.slots, task.hours, task.energy_kwh) if x is not None]
    if len(given) != 1:
        raise refuse(
            at,
            "请在 slots、hours、energy_kwh 中恰给一项。",
            "Give exactly one of slots, hours and energy_kwh.",
        )
    slots = task.slots
    if task.hours is not None:
        slots = int(np.ceil(task.hours / hours - 1e-9))
    elif task.energy_kwh is not None:
        if not device.power_kw > 0:
            raise refuse(
                f"{at}.energy_kwh",
                f"功率 {device.power_kw} kW 充不进电量。",
                f"A power of {device.power_kw} kW gives no energy.",
            )
        slots = int(np.ceil(task.energy_kwh / (device.power_kw * hours) - 1e-9))
    return Task(first=task.first, last=task.last, slots=slots or 0)


def _slots(name: str, field: str, spans: list[Span], n: int) -> frozenset[int]:
    for span in spans:
        if not 0 <= span.first <= span.last < n:
            raise refuse(
                f"devices.{name}.{field}", f"时段 {span.first}–{span.last} 不在 0 与 {n - 1} 之间或前后颠倒。",
                f"The slots {span.first} to {span.last} are not within 0 and {n - 1}, or in the wrong order.",
            )  # fmt: skip
    return frozenset(t for span in spans for t in range(span.first, span.last + 1))


def _series(value: Series | None, n: int) -> Floats | None:
    return None if value is None else _full(value, n)


def _full(value: Series, n: int) -> Floats:
    return np.array(value, np.float64) if isinstance(value, list) else np.full(n, float(value))
