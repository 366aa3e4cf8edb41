"""Which devices could be on when, drafted from the map: equipment, its states now, demand, prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import (
    Campus,
    CampusId,
    DataPoint,
    Device,
    FeatureId,
    PointId,
    Unit,
    label_of,
    name_in,
)
from yuanli.errors import Text
from yuanli.operations.command_rules import command_rules
from yuanli.operations.command_targets import stands_in
from yuanli.operations.commands import Commands
from yuanli.operations.device_gateways import DeviceGateways
from yuanli.operations.device_plans.climates import add_climates, outdoor_point, temperature_points
from yuanli.operations.device_plans.entering import marked_draft
from yuanli.operations.device_plans.equipment import (
    HOLDS,
    POWER_PAST,
    Equipment,
    devices_at,
    equipment_of,
    load_series,
    place_of_device,
)
from yuanli.operations.device_plans.needs import needs_of
from yuanli.operations.device_plans.rows import rows_of
from yuanli.operations.device_plans.runs import slots_on
from yuanli.operations.device_plans.scenes import Scene, Told, zone_names
from yuanli.operations.device_plans.solar import solar_of_map, solar_of_peak
from yuanli.operations.device_plans.storing import level_points, storage_rows, storages_at, wishes_of_map
from yuanli.operations.device_plans.vehicles import vehicle_rows
from yuanli.operations.device_plans.wishes import (
    CARS,
    SLOT,
    DeviceDraft,
    DeviceWish,
    NothingToPlanError,
    span_of,
)
from yuanli.operations.energy import Energy, Medium, Period
from yuanli.operations.expected_people import PeopleForecasts
from yuanli.operations.places import Places
from yuanli.operations.readings import ReadingStore
from yuanli.operations.twin import Twin
from yuanli.telemetry import find_quantity

ALWAYS = ("serverroom", "datacenter")
"""Rooms whose cooling is never planned."""
PEOPLE_AHEAD = timedelta(days=7)
MOST_NAMED = 3
PEAK_PAST = timedelta(days=30)
"""The power of what time is paid for already, as demand charges are by the month."""


def _nothing(campus: Campus, wish: DeviceWish, told: Told) -> NothingToPlanError:
    """Say where nothing of which kind can be switched, and why what there is was left out."""
    site = campus.venue.name if campus.venue else {}
    place = site if wish.place is None else label_of(campus, wish.place)
    known = command_rules().kinds.get(wish.kind)
    kind = known.text if known else Text(wish.kind, wish.kind)
    why = told.left_out[0] if told.left_out else Text("", "")
    return NothingToPlanError(
        Text(
            f"“{name_in(place, 'zh') or '全园'}”没有可以排程的{kind.zh}设备。{why.zh}",
            f"There is no {kind.en} to be planned in {name_in(place, 'en') or 'the site'}. {why.en}".strip(),
        ),
        field="place", hint=Text("换一个地点或设备类型。", "Name another place or kind."),
    )  # fmt: skip


class DeviceDrafts:
    """Drafts problems of devices from the kept campuses."""

    def __init__(
        self,
        places: Places,
        store: ReadingStore,
        twin: Twin,
        energy: Energy,
        commands: Commands,
        gateways: DeviceGateways,
        forecasts: PeopleForecasts,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._places, self._store, self._twin, self._energy = places, store, twin, energy
        self._commands, self._gateways, self._clock = commands, gateways, clock
        self._forecasts = forecasts

    def draft(
        self, campus_id: CampusId, wish: DeviceWish, *, span: tuple[datetime, datetime] | None = None
    ) -> DeviceDraft:
        """Return the problem of a place: what can be switched, how it stands, who needs it, what energy costs.

        Parameters
        ----------
        span
            From when to when; by `wish.day` where it is None.

        Raises
        ------
        CampusNotFoundError, FeatureNotFoundError, NothingToPlanError
            There is no such campus or place, or nothing to plan.
        """
        campus, now, told = self._places.campus(campus_id), self._clock(), Told()
        zone = ZoneInfo(campus.time_zone)
        start, end = span or span_of(wish.day, now, zone)
        times = tuple(start + SLOT * i for i in range((end - start) // SLOT))
        items = () if wish.kind == CARS else self._equipment(campus, wish, now, told)
        if not times:
            raise NothingToPlanError(
                Text(f"{start:%H:%M} 之后今天已无剩余时段。", f"Nothing is left of today after {start:%H:%M}."),
                field="day", hint=Text("请选择明天。", "Choose tomorrow."),
            )  # fmt: skip
        if not items and wish.kind != CARS:
            raise _nothing(campus, wish, told)
        rooms = tuple(dict.fromkeys(place_of_device(item.device) for item in items))
        storages = storages_at(campus, wish.place, lambda device: _inside(campus, device, wish.place))
        levels = level_points(campus, storages)
        temps = temperature_points(campus, rooms) if wish.climates else {}
        beside = (outdoor_point(campus), _sunshine(campus))
        points = [p.id for item in items for p in (item.told_by, item.meter) if p is not None]
        points += [*levels.values(), *temps.values(), *(key for key in beside if key is not None)]
        back = max(timedelta(days=28) + HOLDS, POWER_PAST)
        series = load_series(self._store, campus_id, points, now - back, now)
        scene = Scene(campus=campus, wish=wish, now=now, times=times, items=items, told=told, series=series)
        need = needs_of(scene, self._people(campus, wish, end - now, now)) if items else {}
        rows, usual, sources = rows_of(scene, need) if items else ([], {}, {})
        told.assumptions[:0] = self._keep_on(scene, rows)
        document = self._document(scene, rows, need)
        stores = (*wish.storages, *wishes_of_map(scene, storages, levels))
        document["storages"] = storage_rows(scene, stores, rows)
        add_climates(scene, document, temps, beside[0])
        cars, at_once = vehicle_rows(scene, self._chargers(campus, wish))
        rows += cars
        usual |= at_once
        sun = self._solar(scene, beside[1])
        if sun is not None:
            document["solar_kw"] = sun.round(3).tolist()
        self._add_rest(scene, document, rows, usual)
        document["drafted"] = {"wish": asdict(wish), "usual": usual, "power": sources}
        marked_draft(document)
        return DeviceDraft(
            document=document, assumptions=tuple(told.assumptions), left_out=tuple(told.left_out),
            devices=len(rows), zones=len(document["zones"]),
        )  # fmt: skip

    def prices(self, campus_id: CampusId, times: Sequence[datetime]) -> list[float]:
        """Return what a kWh costs at times, as a draft takes it: 1 where there is no tariff."""
        zone = ZoneInfo(self._places.campus(campus_id).time_zone)
        tariffs, local = self._energy.tariffs(campus_id), [time.astimezone(zone) for time in times]
        tariff = tariffs.find(Medium.ELECTRICITY, local[0].date())
        return [1.0 if tariff is None else float(tariff.prices[tariff.band(at)]) for at in local]

    def chargers(
        self, campus_id: CampusId, place: FeatureId | None
    ) -> tuple[tuple[Text, FeatureId | None], ...]:
        """Return the chargers of a place by name, each with its id where it can be switched."""
        campus, rules = self._places.campus(campus_id), self._commands.rules
        devices = devices_at(campus, place, "charging", rules)
        switched = {item.device.id for item in equipment_of(campus, devices, rules)}
        return tuple(
            (
                Text(name_in(one.name, "zh") or one.id, name_in(one.name, "en") or one.id),
                one.id if one.id in switched else None,
            )
            for one in devices
        )

    def _keep_on(self, scene: Scene, rows: Sequence[dict[str, Any]]) -> Iterator[Text]:
        """Keep devices on all the time that shall be; say of those that are not planned that nothing touches them."""
        for kind in scene.wish.keep_on:
            name = command_rules().kinds[kind].text
            ids = {one.id for one in devices_at(scene.campus, scene.wish.place, kind, self._commands.rules)}
            kept = [row for row in rows if row.get("device_id") in ids]
            for row in kept:
                row["must_be_on"] = [{"first": 0, "last": len(scene.times) - 1}]
            if kept:
                yield Text(
                    f"{len(kept)} 台{name.zh}一直开着。", f"{len(kept)} {name.en} stay on all the time."
                )
            else:
                yield Text(
                    f"{name.zh}不在本方案内，方案不会关它。",
                    f"{name.en} is not in this plan, which leaves it on.",
                )

    def _equipment(
        self, campus: Campus, wish: DeviceWish, now: datetime, told: Told
    ) -> tuple[Equipment, ...]:
        meant = devices_at(campus, wish.place, wish.kind, self._commands.rules)
        items = equipment_of(campus, meant, self._commands.rules)
        if len(items) < len(meant):
            n = len(meant) - len(items)
            told.leave(f"{n} 台设备没有开关点位或受保护。", f"{n} devices have no switch, or are protected.")
        items = _without(
            items,
            told,
            "所在机房需要全天供冷",
            "cool rooms that need it all day",
            lambda item: _always(campus, item),
        )
        locked = {lock.device_id for lock in self._commands.locks(campus.id)}
        items = _without(items, told, "已锁定", "are locked", lambda item: item.device.id in locked)
        state = self._twin.state(campus.id, now)
        faulty = {device.id for device in state.devices if device.fault}
        items = _without(items, told, "有故障", "are in fault", lambda item: item.device.id in faulty)
        unreached = sum(self._gateways.find_route(campus, item.switch) is None for item in items)
        if unreached:
            told.assume(
                f"{unreached} 台设备目前没有网关可达：可以排程，但批准前要接通。",
                f"No gateway reaches {unreached} of the devices now: they can be planned, not yet commanded.",
            )
        return items

    def _people(
        self, campus: Campus, wish: DeviceWish, ahead: timedelta, now: datetime
    ) -> Mapping[datetime, float]:
        """Return the share of the week's most people by hour; nothing where too little is known."""
        expected = self._forecasts.expected(campus, wish.place, max(ahead, PEOPLE_AHEAD), now)
        hours = expected.hours
        top = max((hour.mean for hour in hours), default=0.0)
        return {hour.at: max(0.0, min(1.0, hour.mean / top)) for hour in hours} if top > 1 else {}

    def _document(
        self, scene: Scene, rows: list[dict[str, Any]], need: Mapping[FeatureId, list[float]]
    ) -> dict[str, Any]:
        zone, wish, told = ZoneInfo(scene.campus.time_zone), scene.wish, scene.told
        tariffs = self._energy.tariffs(scene.campus.id)
        local = [time.astimezone(zone) for time in scene.times]
        tariff = tariffs.find(Medium.ELECTRICITY, local[0].date())
        if tariff is None:
            told.assume("没有电价，按每 kWh 1 计。", "There is no tariff: a kWh counts 1.")
        else:
            example = tariffs.example
            told.assume(
                f"电价：{tariff.name.zh}{'（示例）' if example else ''}。",
                f"Prices: {tariff.name.en}{' (an example)' if example else ''}.",
            )
        called = zone_names(scene)
        document: dict[str, Any] = {
            "kind": "devices", "slots": len(scene.times), "slot_minutes": SLOT.total_seconds() / 60,
            "begins_at": local[0].isoformat(),
            "price": self.prices(scene.campus.id, scene.times),
            "zones": [{"name": called[key], "demand": demand} for key, demand in need.items()],
            "devices": rows,
        }  # fmt: skip
        if wish.limit_kw is not None:
            document["limit_kw"] = wish.limit_kw
        carbon = tariffs.carbon.get(Medium.ELECTRICITY)
        if wish.carbon_weight and carbon is not None:
            document |= {"carbon_kg_per_kwh": float(carbon.kg), "carbon_weight": wish.carbon_weight}
        return document

    def _chargers(self, campus: Campus, wish: DeviceWish) -> Mapping[FeatureId, str]:
        """Return the chargers of cars that can be switched."""
        wanted = {one.device for one in wish.vehicles if one.device is not None}
        devices = [device for device in campus.of(Device) if device.id in wanted]
        return {i.device.id: i.switch.id for i in equipment_of(campus, devices, self._commands.rules)}

    def _solar(self, scene: Scene, sunshine: PointId | None) -> NDArray[np.float64] | None:
        """Return what PV gives, kW by slot: of the peak power that was told, else as the map's meters let expect."""
        if scene.wish.solar_kwp is not None:
            if scene.wish.solar_kwp == 0:
                return None
            series = None if sunshine is None else scene.series.get(sunshine)
            return solar_of_peak(scene, scene.wish.solar_kwp, series)
        expected = self._energy.expected(scene.campus.id, scene.times[0], medium=Medium.PV).hours
        return solar_of_map(scene, {hour.start: hour.mean for hour in expected})

    def _add_rest(
        self, scene: Scene, document: dict[str, Any], rows: list[dict[str, Any]], usual: Mapping[str, str]
    ) -> None:
        """Add what else the site takes, and what a kW above the greatest power of the last month costs."""
        campus_id, told = scene.campus.id, scene.told
        day = scene.times[0].astimezone(ZoneInfo(scene.campus.time_zone)).date()
        tariff = self._energy.tariffs(campus_id).find(Medium.ELECTRICITY, day)
        charge = None if tariff is None or not tariff.demand else float(tariff.demand)
        beside = "solar_kw" in document or bool(document["storages"])
        if charge is None and not beside:
            return
        expected = self._energy.expected(campus_id, scene.times[0]).hours
        hours = {hour.start: hour.mean for hour in expected}
        site = [hours.get(at.replace(minute=0, second=0, microsecond=0)) for at in scene.times]
        if None in site:
            _tell_unknown_rest(scene, beside=beside, charged=charge is not None)
            return
        own = np.sum(
            [row["power_kw"] * slots_on(usual[row["name"]], len(site)) for row in rows if "task" not in row],
            axis=0,
        )
        base = np.maximum(np.array(site, float) - own, 0.0).round(2)
        if "limit_kw" in document:
            document["limit_kw"] = (base + document["limit_kw"]).tolist()
        document["base_kw"] = base.tolist()
        told.assume("其他用电按预测计。", "What else runs is as forecast.")
        if charge is not None:
            self._charge_peak(scene, document, charge)

    def _charge_peak(self, scene: Scene, document: dict[str, Any], charge: float) -> None:
        curve = self._energy.curve(scene.campus.id, scene.now - PEAK_PAST, scene.now, every=Period.QUARTER)
        paid = max((bucket.power for bucket in curve.buckets if bucket.power is not None), default=None)
        if paid is None:
            scene.told.assume(
                "过去没有实测最大需量，不计需量电费。", "No peak was measured: demand charges are left out."
            )
            return
        document |= {"peak_price": charge, "peak_paid_kw": round(paid, 2)}
        scene.told.assume(
            f"全园功率超过过去 {PEAK_PAST.days} 天的最大值 {paid:,.0f} kW 时，每 kW 加收需量电费 {charge:g}。",
            f"Above {paid:,.0f} kW, the most that the site took in the last {PEAK_PAST.days} days, each kW costs the "
            f"demand charge of {charge:g}.",
        )


def _tell_unknown_rest(scene: Scene, *, beside: bool, charged: bool) -> None:
    if charged:
        scene.told.assume(
            "全园用电还不能预测，不计需量电费。",
            "The load of the site can't be forecast yet: demand charges are left out.",
        )
    if beside:
        scene.told.assume(
            "全园用电还不能预测：光伏与储能只按这些设备计，余电不值钱。",
            "The load of the site can't be forecast yet: PV and storages count for these devices only, and what is "
            "over is worth nothing.",
        )


def _inside(campus: Campus, device: Device, place: FeatureId | None) -> bool:
    if place is None:
        return True
    where = campus.find(place)
    return where is not None and stands_in(campus, device, where)


def _sunshine(campus: Campus) -> PointId | None:
    for point in campus.of(DataPoint):
        quantity = find_quantity(point.brick_class)
        if quantity is not None and quantity.name == "irradiance" and point.unit in (None, "W/m²", "W/m2"):
            return point.id
    return None


def _without(
    items: Sequence[Equipment], told: Told, zh: str, en: str, out: Callable[[Equipment], bool]
) -> tuple[Equipment, ...]:
    gone = [item for item in items if out(item)]
    if gone:
        names = [
            Text(name_in(i.device.name, "zh") or i.device.id, name_in(i.device.name, "en") or i.device.id)
            for i in gone[:MOST_NAMED]
        ]
        more = len(gone) > MOST_NAMED
        told.leave(
            f"{'、'.join(n.zh for n in names)}{f' 等 {len(gone)} 台' if more else ''}{zh}。",
            f"{', '.join(n.en for n in names)}{f' and {len(gone) - MOST_NAMED} more' if more else ''} {en}.",
        )
    return tuple(item for item in items if item not in gone)


def _always(campus: Campus, item: Equipment) -> bool:
    place = campus.find(place_of_device(item.device))
    return isinstance(place, Unit) and place.category in ALWAYS
