"""Which devices could be on when, drafted from the map: equipment, its states now, demand, prices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import (
    Building,
    Campus,
    CampusId,
    DeviceId,
    FeatureId,
    Unit,
    Venue,
    label_of,
    level_of,
    name_in,
)
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.operations.command_rules import command_rules
from yuanli.operations.commands import Commands
from yuanli.operations.device_gateways import DeviceGateways
from yuanli.operations.device_plans.equipment import (
    HOLDS,
    POWER_PAST,
    Equipment,
    PowerSource,
    defaults_of,
    devices_at,
    equipment_of,
    load_series,
    place_of_device,
    power_of,
    states_at,
    usual_states,
)
from yuanli.operations.energy import Energy, Medium, Period
from yuanli.operations.expected_people import PeopleForecasts
from yuanli.operations.places import Places
from yuanli.operations.readings import ReadingStore
from yuanli.operations.twin import Twin
from yuanli.routing import is_open_at
from yuanli.telemetry import Series

SLOT = timedelta(minutes=15)
USUAL_HOURS = "Mo-Fr 08:00-19:00"
USUAL_TOLD = Text("周一至周五 8:00–19:00", "Monday to Friday, 8:00–19:00,")
LEAD = timedelta(minutes=30)
"""Air conditioning runs so long before a room is used."""
ALWAYS = ("serverroom", "datacenter")
"""Rooms whose cooling is never planned."""
HELD_MOST = 96
PEOPLE_AHEAD = timedelta(days=7)
SOMEBODY = 0.05
MOST_NAMED = 3
PEAK_PAST = timedelta(days=30)
"""The power of what time is paid for already, as demand charges are by the month."""


class DeviceWishError(InvalidInputError):
    """A wish for a plan of devices breaks a rule."""


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
        Of devices, by a name of the table of commands (`hvac`, `lighting`) or a Brick class.
    limit_kw
        The most power of these devices together.
    least_share
        Comfort: of the devices of a room that is open, the share that is on however few people are expected.
    carbon_weight
        Money that a kg of carbon weighs.
    language
        Of the names in the plan, `zh` or `en`.
    """

    place: FeatureId | None = None
    kind: str = "hvac"
    day: PlanDay = PlanDay.TOMORROW
    limit_kw: float | None = None
    least_share: float = 0.3
    carbon_weight: float = 0.0
    language: str = "zh"

    def __post_init__(self) -> None:
        if not 0 <= self.least_share <= 1:
            raise _bad("least_share", f"{self.least_share:g}", "0–1")
        if self.limit_kw is not None and not 0 < self.limit_kw < 1e9:
            raise _bad("limit_kw", f"{self.limit_kw:g} kW", "> 0")
        if not 0 <= self.carbon_weight < 1e6:
            raise _bad("carbon_weight", f"{self.carbon_weight:g}", "≥ 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDraft:
    """A problem of devices to be confirmed: its document, what it assumes, and what it leaves out."""

    document: Mapping[str, Any]
    assumptions: tuple[Text, ...]
    left_out: tuple[Text, ...]
    devices: int
    zones: int


@dataclass(slots=True)
class _Told:
    """What the draft assumes and leaves out, as it is found."""

    assumptions: list[Text] = field(default_factory=list)
    left_out: list[Text] = field(default_factory=list)

    def assume(self, zh: str, en: str) -> None:
        self.assumptions.append(Text(zh, en))

    def leave(self, zh: str, en: str) -> None:
        self.left_out.append(Text(zh, en))


def _nothing(campus: Campus, wish: DeviceWish, told: _Told) -> NothingToPlanError:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What a draft is made of."""

    campus: Campus
    wish: DeviceWish
    now: datetime
    times: tuple[datetime, ...]
    items: tuple[Equipment, ...]
    told: _Told
    series: Mapping[Any, Series]


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
        campus, now, told = self._places.campus(campus_id), self._clock(), _Told()
        zone = ZoneInfo(campus.time_zone)
        start, end = span or span_of(wish.day, now, zone)
        times = tuple(start + SLOT * i for i in range((end - start) // SLOT))
        items = self._equipment(campus, wish, now, told)
        if not times:
            raise NothingToPlanError(
                Text(f"{start:%H:%M} 之后今天已无剩余时段。", f"Nothing is left of today after {start:%H:%M}."),
                field="day", hint=Text("请选择明天。", "Choose tomorrow."),
            )  # fmt: skip
        if not items:
            raise _nothing(campus, wish, told)
        points = [p.id for item in items for p in (item.told_by, item.meter) if p is not None]
        back = max(timedelta(days=28) + HOLDS, POWER_PAST)
        series = load_series(self._store, campus_id, points, now - back, now)
        scene = _Scene(campus=campus, wish=wish, now=now, times=times, items=items, told=told, series=series)
        need = _needs(scene, self._people(campus, wish, end - now, now))
        rows, usual, sources = _devices(scene, need)
        document = self._document(scene, rows, need)
        self._charge_demand(scene, document, rows, usual)
        document["drafted"] = {"wish": asdict(wish), "usual": usual, "power": sources}
        return DeviceDraft(
            document=document, assumptions=tuple(told.assumptions), left_out=tuple(told.left_out),
            devices=len(rows), zones=len(document["zones"]),
        )  # fmt: skip

    def _equipment(
        self, campus: Campus, wish: DeviceWish, now: datetime, told: _Told
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
        self, scene: _Scene, rows: list[dict[str, Any]], need: Mapping[FeatureId, list[float]]
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
        called = _zone_names(scene)
        document: dict[str, Any] = {
            "kind": "devices", "slots": len(scene.times), "slot_minutes": SLOT.total_seconds() / 60,
            "begins_at": local[0].isoformat(),
            "price": [1.0 if tariff is None else float(tariff.prices[tariff.band(at)]) for at in local],
            "zones": [{"name": called[key], "demand": demand} for key, demand in need.items()],
            "devices": rows,
        }  # fmt: skip
        if wish.limit_kw is not None:
            document["limit_kw"] = wish.limit_kw
        carbon = tariffs.carbon.get(Medium.ELECTRICITY)
        if wish.carbon_weight and carbon is not None:
            document |= {"carbon_kg_per_kwh": float(carbon.kg), "carbon_weight": wish.carbon_weight}
        return document

    def _charge_demand(
        self, scene: _Scene, document: dict[str, Any], rows: list[dict[str, Any]], usual: Mapping[str, str]
    ) -> None:
        """Let a kW above the greatest power of the last month cost what the tariff says, beside what else runs."""
        campus_id, told = scene.campus.id, scene.told
        day = scene.times[0].astimezone(ZoneInfo(scene.campus.time_zone)).date()
        tariff = self._energy.tariffs(campus_id).find(Medium.ELECTRICITY, day)
        if tariff is None or not tariff.demand:
            return
        expected = self._energy.expected(campus_id, scene.times[0]).hours
        curve = self._energy.curve(campus_id, scene.now - PEAK_PAST, scene.now, every=Period.QUARTER)
        paid = max((bucket.power for bucket in curve.buckets if bucket.power is not None), default=None)
        hours = {hour.start: hour.mean for hour in expected}
        site = [hours.get(at.replace(minute=0, second=0, microsecond=0)) for at in scene.times]
        if paid is None or None in site:
            told.assume(
                "全园用电还不能预测，不计需量电费。",
                "The load of the site can't be forecast yet: demand charges are left out.",
            )
            return
        own = np.sum([row["power_kw"] * _on(usual[row["name"]], len(site)) for row in rows], axis=0)
        base = np.maximum(np.array(site, float) - own, 0.0).round(2)
        if "limit_kw" in document:
            document["limit_kw"] = (base + document["limit_kw"]).tolist()
        document |= {
            "base_kw": base.tolist(), "peak_price": float(tariff.demand), "peak_paid_kw": round(paid, 2),
        }  # fmt: skip
        told.assume(
            f"其他用电按预测计；全园功率超过过去 {PEAK_PAST.days} 天的最大值 {paid:,.0f} kW 时，"
            f"每 kW 加收需量电费 {tariff.demand:g}。",
            f"What else runs is as forecast; above {paid:,.0f} kW, the most that the site took in the last "
            f"{PEAK_PAST.days} days, each kW costs the demand charge of {tariff.demand:g}.",
        )


def _on(spans: str, slots: int) -> NDArray[np.float64]:
    """Return 1 for the slots of spans as `8-15 40-52`, shape `(slots,)`."""
    on = np.zeros(slots)
    for span in spans.split():
        first, last = span.split("-")
        on[int(first) : int(last) + 1] = 1.0
    return on


def span_of(day: PlanDay, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return from when to when a day is planned: of today what is left, from the next quarter on."""
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, after = ((midnight + timedelta(days=n)).astimezone(now.tzinfo) for n in (1, 2))
    if day is PlanDay.TOMORROW:
        return tomorrow, after
    begun = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return (begun if begun == now else begun + SLOT), tomorrow


def _without(
    items: Sequence[Equipment], told: _Told, zh: str, en: str, out: Callable[[Equipment], bool]
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


def _hours_of(campus: Campus, place_id: FeatureId) -> str | None:
    """Return the opening hours of a place: its own, its building's, the site's where it closes at all."""
    place = campus.find(place_id)
    own: str | None = getattr(place, "hours", None)
    if own or place is None:
        return own
    level = campus.find(level_of(place) or FeatureId(""))
    for building in (campus.find(key) for key in getattr(level, "building_ids", ())):
        if isinstance(building, Building) and building.hours:
            return building.hours
    venue = next(iter(campus.of(Venue)), None)
    return venue.hours if venue is not None and venue.hours and venue.hours != "24/7" else None


def _needs(scene: _Scene, people: Mapping[datetime, float]) -> dict[FeatureId, list[float]]:
    """Return of each room what share of its devices (%) is needed by slot."""
    campus, wish, told = scene.campus, scene.wish, scene.told
    lead = LEAD // SLOT if wish.kind == "hvac" else 0
    shares = [people.get(t.replace(minute=0, second=0, microsecond=0)) for t in scene.times]
    rooms = dict.fromkeys(place_of_device(item.device) for item in scene.items)
    hours = {room: _hours_of(campus, room) for room in rooms}
    guessed = sum(one is None for one in hours.values())
    if guessed:
        told.assume(
            f"{guessed} 个房间没有开放时间，按{USUAL_TOLD.zh} 计。",
            f"{guessed} rooms have no opening hours: {USUAL_TOLD.en} is taken.",
        )
    if people:
        told.assume(
            f"需求随预测人数而变，开放时至少开 {wish.least_share:.0%} 的设备。",
            f"Demand follows the people expected; while open {wish.least_share:.0%} of the devices run at least.",
        )
    else:
        told.assume(
            "人数历史不足，开放时按全部设备计。",
            "Too little is known of people: all devices are needed while open.",
        )
    if lead:
        minutes = int(LEAD.total_seconds() // 60)
        told.assume(f"提前 {minutes} 分钟开机。", f"Rooms are prepared {minutes} minutes before.")
    found = {}
    for text in dict.fromkeys(hours.values()):
        open_ = [
            is_open_at(text or USUAL_HOURS, t, zone=campus.time_zone, country=campus.country or "")
            for t in scene.times
        ]
        need = [_need(o, s, wish.least_share) for o, s in zip(open_, shares, strict=True)]
        led = [max(need[i : i + lead + 1]) if not need[i] else need[i] for i in range(len(need))]
        found[text] = [round(100 * value, 1) for value in led]
    return {room: found[text] for room, text in hours.items()}


def _need(is_open: bool, share: float | None, least: float) -> float:
    if not is_open:
        return 0.0
    return 1.0 if share is None else max(least, share)


def _devices(
    scene: _Scene, need: Mapping[FeatureId, list[float]]
) -> tuple[list[dict[str, Any]], dict[str, str], dict[str, str]]:
    """Return the rows of the devices, how each usually runs, and where its power is known from."""
    called, zones = _device_names(scene), _zone_names(scene)
    beside = Counter(place_of_device(item.device) for item in scene.items)
    sources: dict[str, str] = {}
    usual, known, rows = {}, 0, []
    recent = [scene.now - SLOT * i for i in range(HELD_MOST)]
    for item in scene.items:
        place, row = place_of_device(item.device), defaults_of(item.device.brick_class)
        meter = None if item.meter is None else scene.series.get(item.meter.id)
        power, source = power_of(item, meter, _area_m2(scene.campus, place) / beside[place])
        sources[called[item.device.id]] = source.value
        told = scene.series[item.told_by.id]
        states = states_at(told, recent)
        on = bool(states[0] == 1)
        same = np.flatnonzero(~((states == 1) == on))
        running = usual_states(told, scene.times)
        known += bool(np.isfinite(running).mean() > 0.5)
        demanded = np.array(need[place]) > 0
        usual[called[item.device.id]] = spans_of(np.where(np.isfinite(running), running >= 0.5, demanded))
        rows.append(
            {
                "name": called[item.device.id], "device_id": item.device.id, "power_kw": power, "zone": zones[place],
                "service": ceil(1000 / beside[place]) / 10, "start_cost": row.start_cost, "on": on,
                "min_up": ceil(row.min_up_min * 60 / SLOT.total_seconds()),
                "min_down": ceil(row.min_down_min * 60 / SLOT.total_seconds()),
                "held": int(same[0]) - 1 if len(same) and scene.times[0] - scene.now < SLOT else HELD_MOST,
            }
        )  # fmt: skip
    _tell_sources(scene, Counter(map(PowerSource, sources.values())), known)
    return rows, usual, sources


def _tell_sources(scene: _Scene, sources: Mapping[PowerSource, int], known: int) -> None:
    told = scene.told
    told.assume(
        f"功率：{sources[PowerSource.MAP]} 台来自地图，{sources[PowerSource.MEASURED]} 台来自实测，"
        f"{sources[PowerSource.TABLE]} 台来自默认表（defaults.csv）。",
        f"Power: {sources[PowerSource.MAP]} by the map, {sources[PowerSource.MEASURED]} as measured, "
        f"{sources[PowerSource.TABLE]} by the table of defaults (defaults.csv).",
    )
    told.assume(
        f"最短开停机时间来自默认表；基准：{known} 台按过去四周同一时刻的状态，其余按开放时间一直开。",
        f"Least times by the table of defaults; the baseline of {known} is how they ran at that time in the last four "
        "weeks, of the others always on while open.",
    )
    unknown = sum(not np.isfinite(states_at(scene.series[i.told_by.id], [scene.now]))[0] for i in scene.items)
    if unknown:
        told.assume(
            f"{unknown} 台的当前状态未知，按关机计。", f"The state of {unknown} is not known: off is taken."
        )


def spans_of(on: Any) -> str:
    """Return slots as `8-15 40-52`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(on).astype(np.int8), [0]])))
    return " ".join(f"{a}-{b - 1}" for a, b in zip(edges[::2], edges[1::2], strict=True))


def _area_m2(campus: Campus, place_id: FeatureId) -> float:
    place = campus.find(place_id)
    shape = getattr(place, "geometry", None)
    return 0.0 if not isinstance(place, Unit) or shape is None else float(campus.frame.metric(shape).area)


def _device_names(scene: _Scene) -> dict[DeviceId, str]:
    """Return names that differ: those that are there twice get their rooms, and their ids where that is not enough."""
    language, zones = scene.wish.language, _zone_names(scene)
    places = {i.device.id: zones[place_of_device(i.device)] for i in scene.items}
    names = {i.device.id: name_in(i.device.name, language) or str(i.device.id) for i in scene.items}
    for beside in (places, {key: str(key) for key in names}):
        often = Counter(names.values())
        names = {k: name if often[name] == 1 else f"{name} ({beside[k]})" for k, name in names.items()}
    return names


def _zone_names(scene: _Scene) -> dict[FeatureId, str]:
    found: dict[FeatureId, str] = {}
    for key in dict.fromkeys(place_of_device(item.device) for item in scene.items):
        place = scene.campus.find(key)
        found[key] = (
            getattr(place, "ref", None)
            or name_in(getattr(place, "name", {}), scene.wish.language)
            or str(key)
        )
    often: Mapping[str, int] = defaultdict(int, Counter(found.values()))
    return {key: name if often[name] == 1 else f"{name} ({key})" for key, name in found.items()}


def _bad(field_: str, value: str, rule: str) -> DeviceWishError:
    return DeviceWishError(
        Text(f"{field_} 为 {value}，应为 {rule}。", f"{field_} is {value}; {rule} is needed."), field=field_,
        hint=Text("更正后重试。", "Correct it and try again."),
    )  # fmt: skip
