"""The checks for anomalies: each looks at a scene and yields what is unusual in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import numpy as np

from yuanli.campus import DataPoint, Device, LanguageMap
from yuanli.errors import Text
from yuanli.forecast import (
    AirPoint,
    AnomalyParams,
    EquipmentFault,
    Excess,
    History,
    InvalidSystemError,
    Signals,
    air_points,
    diagnose_air_handler,
    find_air_point,
    find_anomalies,
    find_excess,
    find_night_excess,
    four_digits,
    signals_of,
    system_anomalies,
)
from yuanli.forecast import AnomalyKind as Unusual
from yuanli.operations.anomaly_points import Hours
from yuanli.operations.anomaly_scene import AnomalyKind, AnomalySample, FoundAnomaly, Scene, samples
from yuanli.operations.moments import time_of
from yuanli.operations.point_rows import find_place
from yuanli.telemetry import Form

HOUR = 3_600_000_000
DAY = 24 * HOUR
STILL = 26 * HOUR
"""What ended less than this before now goes on."""
LEAST_SIGNALS = 3
LEAST_AIR_POINTS = 4
WORTH_A_WORD = AnomalyParams(share=0.2, tail=1.0)
"""A park has hundreds of points, each with some odd hour every week: only what is odd by its own past, and large."""
MINUTES = 5 * 60_000_000
AIR_HANDLERS = ("air_handl", "ahu", "rooftop", "rtu", "makeup_air", "dedicated_outside", "doas")

FAULTY = 20.0
"""Times what was expected from which on the readings are doubted: nothing is counted as lost by them."""
FAULTY_READING = Text("读数有误，如单位或倍率变了", "faulty readings, such as another unit or ratio")
CAUSES: Mapping[str, tuple[Text, ...]] = MappingProxyType(
    {
        Unusual.UNUSUAL: (
            Text("设备在不寻常的时间运行", "equipment runs at an unusual time"),
            Text("临时活动或天气", "an event, or the weather"),
            Text("传感器或表计有误", "a sensor or meter fault"),
        ),
        Unusual.SHIFTED: (
            Text("运行时间或设定被改变", "schedules or set points were changed"),
            Text("设备增减", "equipment came or went"),
            Text("传感器漂移", "a sensor drifts"),
        ),
        Unusual.SILENT: (
            Text("传感器卡死或通信中断", "a stuck sensor or lost connection"),
            Text("设备被停用", "the equipment was taken out of use"),
        ),
        AnomalyKind.SYSTEM: (
            Text("阀门、风阀或泵故障", "a valve, damper or pump fault"),
            Text("一个传感器偏离其他", "one sensor left the others"),
            Text("新的运行方式", "a new way of running it"),
        ),
        AnomalyKind.ENERGY: (
            Text("设备未按时间表关闭", "equipment was not switched off by schedule"),
            Text("空调设定过低或过高", "set points too low or too high"),
            Text("临时活动", "an event"),
        ),
        AnomalyKind.BASE_LOAD: (
            Text("夜间未关闭的空调、照明或水泵", "air conditioning, lights or pumps left on at night"),
            Text("夜间有人工作", "people at work at night"),
        ),
        AnomalyKind.WATER_LEAK: (
            Text("管道或马桶漏水", "a leaking pipe or toilet"),
            Text("水箱浮球阀故障或夜间灌溉", "a tank's float valve, or watering at night"),
        ),
    }
)


def check_points(scene: Scene) -> Iterator[FoundAnomaly]:
    """Yield points that leave their own habits."""
    hours = scene.hours
    rows = [r for r in hours.judged() if hours.forms[r] is Form.ANALOG]
    if not rows:
        return
    least = np.array([hours.matters(row) for row in rows])
    for one in find_anomalies(
        hours.history.of(rows), hours.since, calendar=scene.calendar, least=least, params=WORTH_A_WORD
    ):
        row = rows[one.point]
        figures = {"observed": one.observed, "expected": one.expected}
        title = {
            Unusual.UNUSUAL: Text("读数不寻常", "Unusual readings"),
            Unusual.SHIFTED: Text("整天偏离", "A whole day off to one side"),
            Unusual.SILENT: Text("读数不再变化", "Stands still"),
        }[one.kind]
        yield _of_row(
            scene, row, AnomalyKind.POINT, one.kind.value, title, (one.start, one.end), score=one.score,
            severity=2 if one.score >= 12 or one.kind is Unusual.SILENT else 1, evidence=one.evidence, figures=figures,
            causes=CAUSES[one.kind],
        )  # fmt: skip


def check_energy(scene: Scene) -> Iterator[FoundAnomaly]:
    """Yield days that took more electricity than weather and calendar say."""
    hours = scene.hours
    for row in _meters(hours):
        load = _kilowatts(hours, row)
        for one in find_excess(load, hours.since, temp=hours.outdoor(), calendar=scene.calendar):
            yield _excess(scene, row, AnomalyKind.ENERGY, one)


def check_base_load(scene: Scene) -> Iterator[FoundAnomaly]:
    """Yield nights in which more electricity runs on than in other nights."""
    hours = scene.hours
    for row in _meters(hours):
        for one in find_night_excess(_kilowatts(hours, row), hours.since):
            yield _excess(scene, row, AnomalyKind.BASE_LOAD, one)


def check_water(scene: Scene) -> Iterator[FoundAnomaly]:
    """Yield nights in which water never rests."""
    hours = scene.hours
    for row in hours.rows("water", "water_flow"):
        if "chilled" in hours.points[row].brick_class.lower():
            continue
        for one in find_night_excess(hours.history.of([row]), hours.since, least=True):
            yield _excess(scene, row, AnomalyKind.WATER_LEAK, one)


def check_systems(scene: Scene) -> Iterator[FoundAnomaly]:
    """Yield machines whose points no longer move together."""
    hours = scene.hours
    for device_id, rows in _by_device(hours).items():
        own = [row for row in rows if hours.forms[row] is Form.ANALOG and _moves(hours, row)]
        if len(own) < LEAST_SIGNALS:
            continue
        signals = Signals(
            names=tuple(hours.points[row].id for row in own), at=hours.history.times(),
            values=hours.history.values[own], step=hours.history.step,
        )  # fmt: skip
        reference = np.arange(len(signals.at)) < hours.since
        try:
            found = system_anomalies(signals, reference)
        except InvalidSystemError:
            continue
        for one in found:
            blamed = one.blamed[0][0]
            row = next(r for r in own if hours.points[r].id == blamed)
            shares = {name: round(share, 3) for name, share in one.blamed}
            yield _of_row(
                scene, row, AnomalyKind.SYSTEM, "t2_q", Text("设备各点不再同步变化", "Points no longer move together"),
                (one.start, one.end), score=one.score, severity=2 if one.score > 3 else 1,
                evidence=_blame(scene.label(blamed), one.score, one.blamed[0][1]),
                figures=shares, causes=CAUSES[AnomalyKind.SYSTEM], device=device_id,
                points=tuple(name for name, _ in one.blamed),
            )  # fmt: skip


def check_equipment(scene: Scene) -> Iterator[FoundAnomaly]:
    """Yield what fault rules say of air handlers."""
    campus = scene.campus
    by_device: dict[str, list[DataPoint]] = defaultdict(list)
    for point in campus.of(DataPoint):
        if point.device_id is not None:
            by_device[point.device_id].append(point)
    asked = {point.device_id for point in scene.hours.points}
    for device_id in sorted(asked - {None}, key=str):
        own = by_device[str(device_id)]
        device = campus.find(device_id) if device_id is not None else None
        if isinstance(device, Device) and _handles_air(device, own):
            yield from _diagnosed(scene, device, own + _outdoors(scene, own))


CHECKS: Mapping[AnomalyKind, Callable[[Scene], Iterable[FoundAnomaly]]] = MappingProxyType(
    {
        AnomalyKind.EQUIPMENT: check_equipment,
        AnomalyKind.ENERGY: check_energy,
        AnomalyKind.BASE_LOAD: check_base_load,
        AnomalyKind.WATER_LEAK: check_water,
        AnomalyKind.SYSTEM: check_systems,
        AnomalyKind.POINT: check_points,
    }
)
"""Every check, by what it finds."""


def _handles_air(device: Device, points: list[DataPoint]) -> bool:
    known = {find_air_point(point.name.get("en", point.id), point.brick_class) for point in points} - {None}
    named = any(word in device.brick_class.lower() for word in AIR_HANDLERS)
    return AirPoint.SUPPLY_TEMP in known and (named or len(known) >= LEAST_AIR_POINTS)


def _outdoors(scene: Scene, own: list[DataPoint]) -> list[DataPoint]:
    """Return the campus's outdoor temperature, for air handlers without one."""
    kinds = {find_air_point(point.name.get("en", point.id), point.brick_class) for point in own}
    if AirPoint.OUTDOOR_TEMP in kinds:
        return []
    rows = scene.hours.rows("outdoor_air_temperature", judged=False)
    return [scene.hours.points[row] for row in rows[:1]]


def _diagnosed(scene: Scene, device: Device, points: list[DataPoint]) -> Iterator[FoundAnomaly]:
    numbers = scene.store.number_points(scene.campus.id, [point.id for point in points])
    series = scene.store.load(numbers, scene.start, scene.end)
    names = [point.name.get("en", point.id) for point in points]
    kinds = air_points(names, [point.brick_class for point in points])
    where = {place: kind for kind, place in kinds.items()}
    told = [where.get(place) in _TOLD_ON_CHANGE for place in range(len(points))]
    signals = signals_of(series, names, step=MINUTES, units=[point.unit for point in points], held=told)
    if not len(signals.at):
        return
    for fault in diagnose_air_handler(signals, points=kinds):
        yield _fault(
            scene, device, fault, {kind: points[place] for kind, place in kinds.items()}, signals, kinds
        )


_TOLD_ON_CHANGE = frozenset(
    {
        AirPoint.SUPPLY_SETPOINT, AirPoint.HEATING_SETPOINT, AirPoint.COOLING_SETPOINT, AirPoint.PRESSURE_SETPOINT,
        AirPoint.FAN_STATUS, AirPoint.RETURN_FAN_STATUS, AirPoint.OCCUPIED, AirPoint.FAN_SPEED,
        AirPoint.RETURN_FAN_SPEED, AirPoint.OUTDOOR_DAMPER, AirPoint.RETURN_DAMPER, AirPoint.EXHAUST_DAMPER,
        AirPoint.COOLING_VALVE, AirPoint.HEATING_VALVE,
    }
)  # fmt: skip


def _fault(
    scene: Scene,
    device: Device,
    fault: EquipmentFault,
    points: Mapping[AirPoint, DataPoint],
    signals: Signals,
    places: Mapping[AirPoint, int],
) -> FoundAnomaly:
    used = [points[kind] for kind in fault.evidence if kind in points]
    first = used[0] if used else next(iter(points.values()))
    place = find_place(scene.campus, first) or (
        scene.campus.find(device.space_id) if device.space_id else None
    )
    rule = fault.rule
    figures = {str(kind): round(value, 3) for kind, value in fault.evidence.items()}
    figures["exceeded"] = round(fault.exceeded, 3)
    shown = next((places[kind] for kind in fault.evidence if kind in places), None)
    return FoundAnomaly(
        id=f"{AnomalyKind.EQUIPMENT}-{device.id}-{rule.name}-{fault.start // DAY}",
        kind=AnomalyKind.EQUIPMENT, rule=rule.name, title=rule.title,
        place=place.id if place else None, place_name=scene.label(place.id if place else None), device=device.id,
        points=tuple(point.id for point in used), point_name=scene.label(device.id), unit=first.unit,
        start=time_of(fault.start), end=time_of(fault.end), ongoing=scene.now - fault.end < HOUR,
        severity=rule.severity, score=round(1 + fault.exceeded, 3), figures=figures,
        evidence=Text(
            f"持续 {fault.minutes / 60:.1f} 小时，超出阈值 {fault.exceeded:.2g} {rule.unit}（{rule.source}）。",
            f"Held for {fault.minutes / 60:.1f} h, {fault.exceeded:.2g} {rule.unit} beyond the limit ({rule.source}).",
        ),
        causes=rule.causes, series=() if shown is None else _signal(signals, shown, fault.start, fault.end),
    )  # fmt: skip


def _signal(signals: Signals, row: int, start: int, end: int) -> tuple[AnomalySample, ...]:
    places = np.flatnonzero((signals.at >= start - 3 * HOUR) & (signals.at < end + 3 * HOUR))
    stride = max(1, -(-len(places) // 300))
    values = signals.values[row]
    return tuple(
        AnomalySample(
            at=time_of(int(signals.at[i])), value=float(values[i]) if np.isfinite(values[i]) else None
        )
        for i in places[::stride]
    )


def _moves(hours: Hours, row: int) -> bool:
    """Whether a point went, in its past, from low to high by a difference that is worth a word."""
    low, high = np.nanquantile(hours.history.values[row, : hours.since], [0.02, 0.98])
    return bool(high - low >= hours.matters(row))


def _meters(hours: Hours) -> tuple[int, ...]:
    """Return the powers, and registers of devices that tell no power."""
    powers = hours.rows("power")
    devices = {hours.points[row].device_id for row in powers} - {None}
    return powers + tuple(r for r in hours.rows("energy") if hours.points[r].device_id not in devices)


def _kilowatts(hours: Hours, row: int) -> History:
    values = hours.kilowatts(row)
    history = hours.history
    shown = np.full(history.n_times, np.nan) if values is None else values
    return History(values=shown[None, :], start=history.start, step=history.step, zone=history.zone)


def _by_device(hours: Hours) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in hours.judged():
        device_id = hours.points[row].device_id
        if device_id is not None:
            found[device_id].append(row)
    return found


SERIOUS_KWH, WORTH_KWH = 20.0, 2.0
"""Excess a day from which more than half, and more than a fifth too much, is serious, and is to be dealt with."""


def _excess(scene: Scene, row: int, kind: AnomalyKind, one: Excess) -> FoundAnomaly:
    share = one.excess / one.expected if one.expected > 0 else 0.0
    unit = scene.hours.points[row].unit or ""
    titles = {
        AnomalyKind.ENERGY: Text("用电超出预期", "More electricity than expected"),
        AnomalyKind.BASE_LOAD: Text("夜间基础负荷偏高", "High base load at night"),
        AnomalyKind.WATER_LEAK: Text("夜间用水不停，疑似漏水", "Water runs all night: a leak?"),
    }
    energy = kind is not AnomalyKind.WATER_LEAK
    measure = "kWh" if energy else unit
    price = scene.price_kwh(one.start, one.end) if energy else None
    faulty = 0 < one.expected * FAULTY < one.used
    used, expected = four_digits(one.used), four_digits(one.expected)
    evidence = Text(
        f"{one.days} 天共用 {used} {measure}，预期 {expected}，偏离 {one.score:.1f} 倍标准差。",
        f"{one.days} day{'s' * (one.days != 1)} took {used} {measure}, not {expected}: {one.score:.1f} deviations off.",
    )
    return _of_row(
        scene, row, kind, kind.value, titles[kind], (one.start, one.end), score=one.score,
        severity=_severity(kind, 0.0 if faulty else share, one.excess / max(one.days, 1)), evidence=evidence,
        figures={"used": round(one.used, 3), "expected": round(one.expected, 3), "days": float(one.days)},
        causes=(FAULTY_READING, *CAUSES[kind]) if faulty else CAUSES[kind],
        excess_kwh=round(one.excess, 3) if energy and not faulty else None,
        cost=round(one.excess * price, 2) if energy and price is not None and not faulty else None,
    )  # fmt: skip


def _severity(kind: AnomalyKind, share: float, excess_day: float) -> int:
    """Return how serious an excess is, by its share of what was expected and its kWh a day: little is but a note."""
    if kind is AnomalyKind.WATER_LEAK or (share > 0.5 and excess_day >= SERIOUS_KWH):
        return 3
    return 2 if share > 0.2 and excess_day >= WORTH_KWH else 1


def _blame(name: LanguageMap, score: float, share: float) -> Text:
    zh, en = name.get("zh") or name.get("en", ""), name.get("en") or name.get("zh", "")
    return Text(
        f"最多达到限值的 {score:.1f} 倍，其中“{zh}”占 {share:.0%}。",
        f"{score:.1f} times the limit at its worst; {share:.0%} of it is {en!r}.",
    )


def _of_row(
    scene: Scene,
    row: int,
    kind: AnomalyKind,
    rule: str,
    title: Text,
    span: tuple[int, int],
    *,
    score: float,
    severity: int,
    evidence: Text,
    figures: Mapping[str, float],
    causes: tuple[Text, ...],
    device: str | None = None,
    points: tuple[str, ...] = (),
    excess_kwh: float | None = None,
    cost: float | None = None,
) -> FoundAnomaly:
    point = scene.hours.points[row]
    place = find_place(scene.campus, point)
    start, end = span
    return FoundAnomaly(
        id=f"{kind}-{point.id}-{rule}-{start // HOUR}", kind=kind, rule=rule, title=title,
        place=place.id if place else None, place_name=scene.label(place.id if place else None),
        device=device or point.device_id, points=points or (point.id,), point_name=point.name or scene.label(point.id),
        unit=point.unit, start=time_of(start), end=time_of(end), ongoing=scene.now - end < STILL, severity=severity,
        score=round(score, 3), evidence=evidence,
        figures={name: round(value, 4) for name, value in figures.items() if np.isfinite(value)},
        causes=causes, excess_kwh=excess_kwh, cost=cost, series=samples(scene, row, start, end),
    )  # fmt: skip
