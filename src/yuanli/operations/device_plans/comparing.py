"""Plan against what happened, step by step and device by device, and what it saved against the usual running."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Campus, DataPoint, DeviceId, FeatureId, PointId
from yuanli.errors import Text, YuanliError
from yuanli.forecast import HOUR, History, SavingsParams, measure_savings
from yuanli.operations.campus_calendars import CampusCalendars
from yuanli.operations.device_plans.equipment import (
    HOLDS,
    PowerSource,
    kilowatts,
    load_series,
    states_at,
)
from yuanli.operations.device_plans.runs import (
    LeaveReason,
    PlanRun,
    RunDevice,
    RunState,
    RunStep,
    StepState,
    slots_on,
)
from yuanli.operations.energy import Energy, Medium
from yuanli.operations.moments import micros_of
from yuanli.operations.places import Places
from yuanli.operations.readings import Every, ReadingStore
from yuanli.operations.savings import SavingsPeriod, SavingsReport, savings_report
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity
from yuanli.telemetry import Series, find_quantity

Floats = NDArray[np.float64]
ERRORS: Mapping[str, float] = {PowerSource.MEASURED: 0.1, PowerSource.MAP: 0.15, PowerSource.TABLE: 0.4}
"""How far a power may be off, as a share, by where it is known from; all may be off the same way."""
UNSAID = 0.3
BASE_DAYS = 56
LEAST_DAYS = 14
PART = timedelta(days=14)
METHOD = Text(
    "节省 = 平常运行 − 实际运行。平常运行取生成问题时的设备作息（过去四周同一时刻，否则开放时间内常开）；"
    "实际取状态点位或功率点位；只计批准之后、设备仍由方案控制且状态已知的时段。"
    "区间按功率来源的误差（实测 10%、地图 15%、默认表 40%）同向累加。",
    "Saved = usual running less what happened. Usual is how the devices ran at that time in the last four weeks, else "
    "always on while open, as drafted; what happened is by points of state or power. Only slots count after the "
    "approval in which the plan commanded the device and its state is known. The interval adds the errors of the "
    "powers (measured 10 %, map 15 %, table 40 %) as if all erred alike.",
)
NO_DAY = Text(
    "方案还没有覆盖一个完整的日历日：调整按整日进行。",
    "The plan has covered no whole day yet: whole days are adjusted.",
)
BY_APPROVAL = Text(
    "不会自动恢复：有人批准含该设备的方案后才重新受控。",
    "It does not come back by itself: the plan commands it again once somebody approves a plan that has it.",
)
ADJUSTED = Text(
    "按回归基准（ASHRAE 14 / IPMVP 思路）：用方案前最多 56 天这些设备的小时电量，按室外温度、日历与人数调整；"
    "区间由分块自助法得到。",
    "By a regression baseline (after ASHRAE 14 and IPMVP): the hourly energy of these devices in up to 56 days before, "
    "adjusted for outdoor temperature, calendar and people; the interval by a bootstrap of blocks.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRecord:
    """A device of a run against its plan.

    Parameters
    ----------
    planned, measured, usual
        A character a slot so far: `1` on, `0` off, `?` not known.
    left_at
        The slot from which the plan did not command it any more.
    returns
        When a running plan commands a device again that left it, or what has to be done for that.
    agreed
        The share of the slots that count in which it did as planned, 0–1.
    planned_kwh, actual_kwh, usual_kwh
        Over the slots that count: the plan commands it, and its state is known.
    metered
        Whether a meter of its own told the actual energy.
    """

    device_id: DeviceId
    name: str
    planned: str
    measured: str
    usual: str
    steps: tuple[RunStep, ...]
    left: LeaveReason | None
    left_at: int | None
    message: Text | None
    returns: Text | None
    agreed: float | None
    planned_kwh: float
    actual_kwh: float
    usual_kwh: float | None
    metered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSaving:
    """What was saved so far, kWh and money in `currency` with intervals; `coverage`: of what it commands, is known."""

    kwh: float
    kwh_low: float
    kwh_high: float
    cost: float
    cost_low: float
    cost_high: float
    currency: str
    coverage: float
    method: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecord:
    """A run against its plan, so far.

    Parameters
    ----------
    begins_at, slot_s, slots
        The slots that are over.
    counts
        Steps by what became of them.
    saving
        Against the usual running; None where that is not known, or no slot counts yet.
    adjusted, adjusted_note
        The saving by the regression baseline, and its method; or why there is none.
    """

    run_id: str
    begins_at: datetime
    slot_s: float
    slots: int
    counts: Mapping[StepState, int]
    devices: tuple[DeviceRecord, ...]
    planned_kwh: float
    actual_kwh: float
    usual_kwh: float | None
    planned_cost: float
    actual_cost: float
    usual_cost: float | None
    saving: PlanSaving | None
    adjusted: SavingsReport | None
    adjusted_note: Text


class PlanRecords:
    """Compares plans that are or were carried out with what happened."""

    def __init__(
        self, places: Places, store: ReadingStore, energy: Energy, twin: Twin, calendars: CampusCalendars
    ) -> None:
        self._places, self._store, self._energy, self._twin = places, store, energy, twin
        self._calendars = calendars

    def record(self, run: PlanRun, *, now: datetime, adjusted: bool = False) -> PlanRecord:
        """Return a run against its plan until now.

        Parameters
        ----------
        adjusted
            Whether the saving is also measured against the regression baseline, which takes some seconds.
        """
        campus = self._places.campus(run.campus_id)
        done = max(0, min((min(now, run.ends_at) - run.begins_at) // run.slot, run.slots))
        times = [run.begins_at + run.slot * t for t in range(done)]
        series = self._series(campus, run, run.begins_at - HOLDS, min(now, run.ends_at))
        prices = self._prices(campus, times)
        rows = [_recorded(campus, run, device, times, series) for device in run.devices]
        own = np.array([commanded_slots(run, device, done) for device in run.devices], bool).reshape(
            len(rows), done
        )
        known = own & np.array([[c != "?" for c in row.measured] for row in rows], bool).reshape(
            len(rows), done
        )
        kwh = {
            name: _energies(run, [getattr(row, name) for row in rows], done)
            for name in ("planned", "measured", "usual")
        }  # fmt: skip
        for i, (device, row) in enumerate(zip(run.devices, rows, strict=True)):
            if row.metered:
                kwh["measured"][i] = _metered(campus, run, device, times, series)
        told = bool(run.devices) and all(device.usual is not None for device in run.devices)
        saving = self._saving(run, kwh, known, own, prices) if told and own.any() else None
        report, note = self._adjusted(campus, run, now) if adjusted else (None, ADJUSTED)
        shown = {name: np.where(known, values, 0.0) for name, values in kwh.items()}
        return PlanRecord(
            run_id=run.id, begins_at=run.begins_at, slot_s=run.slot_s, slots=done,
            counts=Counter(step.state for step in run.steps), devices=tuple(rows),
            planned_kwh=_sum(shown["planned"]), actual_kwh=_sum(shown["measured"]),
            usual_kwh=_sum(shown["usual"]) if told else None, planned_cost=_sum(shown["planned"] * prices),
            actual_cost=_sum(shown["measured"] * prices), usual_cost=_sum(shown["usual"] * prices) if told else None,
            saving=saving, adjusted=report, adjusted_note=note,
        )  # fmt: skip

    def _series(self, campus: Campus, run: PlanRun, start: datetime, end: datetime) -> dict[PointId, Series]:
        points = [device.told_by for device in run.devices]
        points += [meter.id for device in run.devices if (meter := _meter(campus, device)) is not None]
        here = [point for point in points if campus.find(point) is not None]
        return load_series(self._store, run.campus_id, here, start, end)

    def _prices(self, campus: Campus, times: Sequence[datetime]) -> Floats:
        zone, tariffs = ZoneInfo(campus.time_zone), self._energy.tariffs(campus.id)
        found = []
        for time in times:
            local = time.astimezone(zone)
            tariff = tariffs.find(Medium.ELECTRICITY, local.date())
            found.append(1.0 if tariff is None else float(tariff.prices[tariff.band(local)]))
        return np.array(found)

    def _saving(
        self, run: PlanRun, kwh: Mapping[str, Floats], known: NDArray[np.bool_], own: NDArray[np.bool_], prices: Floats
    ) -> PlanSaving:  # fmt: skip
        saved = np.where(known, kwh["usual"] - kwh["measured"], 0.0)
        errors = np.array([ERRORS.get(device.power_source, UNSAID) for device in run.devices])
        by_device, money = saved.sum(axis=1), (saved * prices).sum(axis=1)
        half, half_cost = float(np.abs(by_device) @ errors), float(np.abs(money) @ errors)
        total, cost = float(by_device.sum()), float(money.sum())
        return PlanSaving(
            kwh=round(total, 3), kwh_low=round(total - half, 3), kwh_high=round(total + half, 3), cost=round(cost, 2),
            cost_low=round(cost - half_cost, 2), cost_high=round(cost + half_cost, 2),
            currency=self._energy.tariffs(run.campus_id).currency,
            coverage=round(float(known.sum() / own.sum()), 4), method=METHOD,
        )  # fmt: skip

    def _adjusted(self, campus: Campus, run: PlanRun, now: datetime) -> tuple[SavingsReport | None, Text]:
        """Return the saving by regression on the hours before; None and why where that can't be."""
        first, end = _whole_days(run.begins_at, min(now, run.ends_at), ZoneInfo(campus.time_zone))
        if first >= end:
            return None, NO_DAY
        start = first - timedelta(days=BASE_DAYS)
        count = max(0, -(-(end - start) // timedelta(hours=1)))
        quarters = [start + timedelta(minutes=15) * t for t in range(4 * count)]
        series = self._series(campus, run, start - HOLDS, end)
        total, told = np.zeros(4 * count), np.ones(4 * count, bool)
        for device in run.devices:
            states = (
                states_at(series[device.told_by], quarters)
                if device.told_by in series
                else np.full(4 * count, np.nan)
            )
            told &= np.isfinite(states)
            total += np.nan_to_num(states) * device.power_kw / 4
        hours = np.where(told, total, np.nan).reshape(count, 4).sum(axis=1)
        known = np.flatnonzero(np.isfinite(hours))
        skipped = min(int(known[0]) if len(known) else 0, (first - start) // timedelta(hours=1))
        start, count, hours = start + timedelta(hours=skipped), count - skipped, hours[skipped:]
        load = History(values=hours[None, :], start=micros_of(start), step=HOUR, zone=campus.time_zone)
        calendar = self._calendars.of(campus)
        before, after = SavingsPeriod(start=start, end=first), SavingsPeriod(start=first, end=end)
        try:
            found = measure_savings(
                load, before.micros, after.micros, temp=self._outdoor(campus, start, count),
                people=self._people(campus, start, count), calendar=calendar,
                params=SavingsParams(least_days=LEAST_DAYS),
            )  # fmt: skip
        except YuanliError as error:
            return None, Text(
                f"没有按天气与人数调整的结果：{error.message.zh}",
                f"Nothing is adjusted for weather and people: {error.message.en}",
            )
        return savings_report(found, run.id, "kWh", before, after), ADJUSTED

    def _outdoor(self, campus: Campus, start: datetime, count: int) -> Floats | None:
        """Return the outdoor temperature by hour; None where three quarters of it are not there."""
        points = [p for p in campus.of(DataPoint) if "outside_air_temperature" in p.brick_class.lower()][:1]
        if not points or not count:
            return None
        end = start + timedelta(hours=count)
        numbers = self._store.number_points(campus.id, [points[0].id])
        rolled = self._store.roll_up(
            numbers, micros_of(start), micros_of(end), every=Every.HOUR, time_zone=ZoneInfo(campus.time_zone)
        )
        values = np.full(count, np.nan)
        place = (rolled.start - micros_of(start)) // HOUR
        inside = (place >= 0) & (place < count) & (rolled.count > 0)
        values[place[inside]] = rolled.mean[inside]
        known = np.isfinite(values)
        return values if known.mean() >= 0.75 else None

    def _people(self, campus: Campus, start: datetime, count: int) -> Floats | None:
        """Return the people on the site by hour, as the twin tells; None where three quarters are not known."""
        site = next(
            (f.id for f in campus.features.values() if campus.venue is not None and f.id == campus.venue.id),
            FeatureId("site"),
        )
        values = np.full(count, np.nan)
        end = start + timedelta(hours=count)
        at = start
        while at < end:
            until = min(at + PART, end)
            told = self._twin.history(campus.id, TwinQuantity.PEOPLE, at, until, every=Every.HOUR)
            for time, value in zip(told.times, told.values.get(site, ()), strict=False):
                place = (time - start) // timedelta(hours=1)
                if value is not None and 0 <= place < count:
                    values[place] = value
            at = until
        return values if count and np.isfinite(values).mean() >= 0.75 else None


def _whole_days(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first and last midnight of a span by the clock of a zone."""

    def midnight(at: datetime) -> datetime:
        return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)

    begun = midnight(start)
    first = begun if begun == start else midnight(begun + timedelta(hours=36))
    return first.astimezone(start.tzinfo), midnight(end).astimezone(start.tzinfo)


def told_return(run: PlanRun, device: RunDevice, zone: ZoneInfo) -> Text | None:
    """Say when a device comes back that left a running plan; after a fault only a person takes it back."""
    if device.left is None or run.state is not RunState.RUNNING or run.outcome is not None:
        return None
    if device.until is None or device.left is LeaveReason.FAULT:
        return BY_APPROVAL
    at = f"{device.until.astimezone(zone):%m-%d %H:%M}"
    return Text(f"{at} 后自动回到方案。", f"It is back in the plan after {at}.")


def _recorded(
    campus: Campus,
    run: PlanRun,
    device: RunDevice,
    times: Sequence[datetime],
    series: Mapping[PointId, Series],
) -> DeviceRecord:
    done = len(times)
    planned = slots_on(device.on, run.slots)[:done]
    told = series.get(device.told_by)
    states = (
        np.full(done, np.nan) if told is None else states_at(told, [time + run.slot / 2 for time in times])
    )
    known = np.isfinite(states) & commanded_slots(run, device, done)
    usual = None if device.usual is None else slots_on(device.usual, run.slots)[:done]
    meter = _meter(campus, device)
    metered = meter is not None and meter.id in series and bool(np.isfinite(series[meter.id].value).any())
    energy = (
        _metered(campus, run, device, times, series)
        if metered
        else np.nan_to_num(states) * device.power_kw * run.slot_s / 3600
    )
    each = device.power_kw * run.slot_s / 3600
    return DeviceRecord(
        device_id=device.device_id, name=device.name, planned=_text(planned), measured=_text(states),
        usual="?" * done if usual is None else _text(usual),
        steps=tuple(step for step in run.steps if step.device_id == device.device_id),
        left=device.left, left_at=None if device.since is None else max(0, run.slot_at(device.since)),
        message=device.message, returns=told_return(run, device, ZoneInfo(campus.time_zone)),
        agreed=round(float((states[known] == planned[known]).mean()), 4) if known.any() else None,
        planned_kwh=_sum(planned[known] * each), actual_kwh=_sum(energy[known]),
        usual_kwh=None if usual is None else _sum(usual[known] * each), metered=metered,
    )  # fmt: skip


def commanded_slots(run: PlanRun, device: RunDevice, done: int) -> NDArray[np.bool_]:
    """Return in which slots the plan commands a device: after its approval, and until the device leaves it."""
    slots = np.arange(done)
    first = -((run.begins_at - run.at) // run.slot)
    last = done if device.left is None or device.since is None else run.slot_at(device.since)
    return (slots >= first) & (slots < last)


def _meter(campus: Campus, device: RunDevice) -> DataPoint | None:
    return next(
        (
            p for p in campus.of(DataPoint)
            if p.device_id == device.device_id and (q := find_quantity(p.brick_class)) is not None and q.name == "power"
        ),
        None,
    )  # fmt: skip


def _metered(
    campus: Campus,
    run: PlanRun,
    device: RunDevice,
    times: Sequence[datetime],
    series: Mapping[PointId, Series],
) -> Floats:
    """Return the energy of each slot by a device's own meter of power; by its state and power where that is silent."""
    meter, told = _meter(campus, device), series.get(device.told_by)
    states = (
        np.zeros(len(times))
        if told is None
        else np.nan_to_num(states_at(told, [t + run.slot / 2 for t in times]))
    )
    found: Floats = states * device.power_kw
    if meter is not None and meter.id in series:
        own = series[meter.id]
        values = kilowatts(meter, own.value)
        edges = [micros_of(t) for t in [*times, *([times[-1] + run.slot] if times else [])]]
        for i in range(len(times)):
            inside = (own.at >= edges[i]) & (own.at < edges[i + 1])
            if values is not None and np.isfinite(values[inside]).any():
                found[i] = float(np.nanmean(values[inside]))
    return np.asarray(found * run.slot_s / 3600)


def _energies(run: PlanRun, states: Sequence[str], done: int) -> Floats:
    """Return kWh by device and slot, shape `(n_devices, done)`."""
    rows = [
        [device.power_kw * run.slot_s / 3600 if state == "1" else 0.0 for state in row]
        for device, row in zip(run.devices, states, strict=True)
    ]
    return np.array(rows, np.float64).reshape(len(rows), done)


def _text(states: Sequence[float] | NDArray[np.bool_] | Floats) -> str:
    return "".join("?" if s != s else "1" if s > 0 else "0" for s in np.asarray(states, float))


def _sum(values: NDArray[np.floating[Any]]) -> float:
    return round(float(values.sum()), 3)
