"""The twin of a campus: what every space and device is like, now and at any time before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.errors import NotFoundError, Text
from yuanli.operations.judging import JudgedPoints
from yuanli.operations.places import Places
from yuanli.operations.readings import Every, Numbers, ReadingStore
from yuanli.operations.telemetry import RangeError, time_of
from yuanli.operations.twin_frames import Frames, Grid
from yuanli.operations.twin_grid import (
    BREATHING,
    Held,
    TwinParams,
    clock_before,
    grid_of,
    holds_for,
    micros,
    nothing,
    read_at,
    read_first,
    rolled_grid,
)
from yuanli.operations.twin_plan import PlaceKind, Rows, TwinPlan, plan_twin
from yuanli.operations.twin_state import (
    UNITS,
    DeviceDetail,
    PlaceDetail,
    TwinHistory,
    TwinQuantity,
    TwinState,
)
from yuanli.operations.twin_telling import DIGITS, devices_of, number_or_none, places_of, points_of
from yuanli.telemetry import (
    ComfortParams,
    OccupancyParams,
    fit_wifi_ratio,
    usual_clothing,
)

MOST_FRAMES = 400
LENGTHS = {Every.QUARTER: 900_000_000, Every.HOUR: 3_600_000_000, Every.DAY: 86_400_000_000}
KEPT_COLUMNS = 16
KEPT_RATIOS = 64
NEEDS: dict[TwinQuantity, tuple[str, ...]] = {
    **{quantity: (quantity.value,) for quantity in TwinQuantity},
    TwinQuantity.COMFORT: ("temperature", "humidity"),
    TwinQuantity.DISSATISFIED: ("temperature", "humidity"),
    TwinQuantity.PEOPLE: ("count", "entering", "leaving", "vehicles", "wifi", "co2", "presence"),
    TwinQuantity.POWER: ("power_main", "power_part"),
    TwinQuantity.ENERGY_TODAY: ("energy_main", "energy_part"),
    TwinQuantity.PARKING_FREE: ("parking_free", "parking_taken"),
}
NEEDS |= {
    TwinQuantity.DENSITY: NEEDS[TwinQuantity.PEOPLE],
    TwinQuantity.POWER_DENSITY: NEEDS[TwinQuantity.POWER],
    TwinQuantity.ENERGY_PER_M2: NEEDS[TwinQuantity.ENERGY_TODAY],
    TwinQuantity.ENERGY_PER_PERSON: NEEDS[TwinQuantity.ENERGY_TODAY] + NEEDS[TwinQuantity.PEOPLE],
}
SWITCHED = {
    TwinQuantity.DEVICES_ON: ("on",),
    TwinQuantity.DEVICES_OFF: ("on",),
    TwinQuantity.DEVICES_FAULT: ("alarm", "online"),
}
WEEK = timedelta(days=7) // timedelta(microseconds=1)
COUNTED = ("entering", "leaving", "energy_main", "energy_part")


class UntoldPlaceError(NotFoundError):
    """The twin has no such place."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Made:
    plan: TwinPlan
    numbers: Numbers
    hold: NDArray[np.int64]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Column:
    """What held at a time, and what it rests on: readings of points in `[start, end]` (µs)."""

    plan: TwinPlan
    held: Held
    points: frozenset[PointId]
    start: int
    end: int

    def rests_on(self, judged: JudgedPoints) -> bool:
        touched = any(window.start <= self.end and window.end > self.start for window in judged.windows)
        return touched and not self.points.isdisjoint(judged.points)


class Twin:
    """Tells the state of the kept campuses from the newest readings that hold. Safe for threads."""

    def __init__(
        self,
        store: ReadingStore,
        places: Places,
        *,
        params: TwinParams = TwinParams(),
        occupancy: OccupancyParams = OccupancyParams(),
        clothing: ComfortParams | None = None,
    ) -> None:
        self._store, self._places, self._params = store, places, params
        self._occupancy, self._clothing = occupancy, clothing
        self._lock = Lock()
        self._made: dict[CampusId, _Made] = {}
        self._columns: OrderedDict[tuple[CampusId, int, str], _Column] = OrderedDict()
        self._ratios: OrderedDict[tuple[CampusId, int], float] = OrderedDict()

    def state(self, campus_id: CampusId, at: datetime, *, ordinal: float | None = None) -> TwinState:
        """Return what a campus is like at a time.

        Parameters
        ----------
        ordinal
            Only the spaces and devices of levels of this ordinal, beside buildings, levels and the site.
        """
        made = self._plan(campus_id)
        frames = self._frames(campus_id, made, micros(at))
        shown = {i for i, place in enumerate(made.plan.places) if _shown(place.kind, place.ordinal, ordinal)}
        return TwinState(
            campus=campus_id,
            revision=made.plan.campus.revision,
            at=at,
            places=places_of(made.plan, frames, at, shown),
            devices=devices_of(made.plan, frames, shown),
        )

    def place(self, campus_id: CampusId, place_id: FeatureId, at: datetime) -> PlaceDetail:
        """Return what a place is like at a time, with its devices and points.

        Raises
        ------
        UntoldPlaceError
            It is no space, level or building, and no point stands at it.
        """
        made = self._plan(campus_id)
        plan, row = made.plan, made.plan.rows.get(place_id)
        if row is None:
            raise UntoldPlaceError(
                Text(f"孪生中没有空间“{place_id}”。", f"The twin has no space {place_id!r}."),
                field="place",
                hint=Text("请给出房间、楼层或建筑的编号。", "Give the id of a room, a level or a building."),
            )
        frames = self._frames(campus_id, made, micros(at))
        (state,) = places_of(plan, frames, at, {row}, bare=True)
        points = points_of(plan, frames)
        devices = [
            DeviceDetail(
                state=device, name=plan.devices[i].name, brick_class=plan.devices[i].brick_class,
                points=tuple(p for p, own in zip(points, plan.points, strict=True) if own.device_id == device.id),
            )
            for i, device in zip(
                np.flatnonzero(plan.device_places == row).tolist(), devices_of(plan, frames, {row}), strict=True
            )
        ]  # fmt: skip
        own = tuple(
            point
            for point, given in zip(points, plan.points, strict=True)
            if given.device_id is None and given.space_id == place_id
        )
        return PlaceDetail(state=state, devices=tuple(devices), points=own)

    def wholes(self, campus_id: CampusId) -> Mapping[FeatureId, FeatureId]:
        """Return the place around each place; the site is in none."""
        places = self._plan(campus_id).plan.places
        return {place.id: places[place.parent].id for place in places if place.parent >= 0}

    def history(
        self,
        campus_id: CampusId,
        quantity: TwinQuantity,
        start: datetime,
        end: datetime,
        *,
        every: Every = Every.HOUR,
        ordinal: float | None = None,
        places: Collection[FeatureId] | None = None,
    ) -> TwinHistory:
        """Return one quantity of all places in `[start, end)`, by buckets of the campus's clock.

        Parameters
        ----------
        ordinal
            Only the spaces of levels of this ordinal, beside buildings, levels and the site.
        places
            Only these, which costs less; no values of those that the twin doesn't have.

        Raises
        ------
        RangeError
            The span is empty, or has more than 400 buckets.
        """
        made = self._plan(campus_id)
        first, last = _bounded(start, end, every)
        within = None if places is None else [made.plan.rows[one] for one in places if one in made.plan.rows]
        if quantity in SWITCHED:
            plan, numbers, rows = made.plan, made.numbers, _switched(made.plan, SWITCHED[quantity])
        else:
            plan, told_by = made.plan.part(NEEDS[quantity], within)
            numbers, rows = made.numbers[told_by], np.arange(len(told_by))
        counts = any(name in plan.tellers for name in NEEDS[quantity] if name in COUNTED)
        begin = (
            min(clock_before(first, made.zone, hour) for hour in (0, self._params.night_h))
            if counts
            else first
        )
        grid = rolled_grid(
            self._store, plan, numbers, begin, last,
            every=every, zone=made.zone, rows=rows, night_h=self._params.night_h,
        )  # fmt: skip
        layer = self._work(campus_id, made, plan, grid, first).layer(quantity)
        columns = np.flatnonzero(np.append(grid.times[1:], last) > first)
        values = np.round(layer.value[:, columns], DIGITS)
        told = np.flatnonzero(layer.weight.any(axis=1)).tolist()
        return TwinHistory(
            campus=campus_id,
            quantity=quantity,
            unit=UNITS[quantity],
            times=tuple(time_of(int(at)) for at in grid.times[columns]),
            values={
                plan.places[i].id: tuple(number_or_none(value) for value in values[i].tolist())
                for i in told
                if _shown(plan.places[i].kind, plan.places[i].ordinal, ordinal)
                and (places is None or plan.places[i].id in places)
            },
        )

    def forget(self, judged: JudgedPoints) -> None:
        """Forget what was kept of readings that were judged anew, so that the next who asks is told what holds."""
        with self._lock:
            stale = [
                key
                for key, column in self._columns.items()
                if key[0] == judged.campus_id and column.rests_on(judged)
            ]
            for key in stale:
                del self._columns[key]
            for campus_id, night in list(self._ratios):
                weeks = any(w.start < night and w.end > night - WEEK for w in judged.windows)
                if campus_id == judged.campus_id and weeks:
                    del self._ratios[campus_id, night]

    def _plan(self, campus_id: CampusId) -> _Made:
        campus = self._places.campus(campus_id)
        with self._lock:
            made = self._made.get(campus_id)
        if made is not None and made.plan.campus is campus:
            return made
        plan = plan_twin(campus)
        made = _Made(
            plan=plan,
            numbers=self._store.number_points(campus_id, [point.id for point in plan.points]),
            hold=holds_for(plan, self._params),
            zone=ZoneInfo(campus.time_zone),
        )
        with self._lock:
            self._made[campus_id] = made
        return made

    def _frames(self, campus_id: CampusId, made: _Made, at: int) -> Frames:
        """Return the frames of one time, whose last column is that time."""
        midnight, night = (clock_before(at, made.zone, hour) for hour in (0, self._params.night_h))
        before = (at - BREATHING // timedelta(microseconds=1)) // 300_000_000 * 300_000_000
        plan = made.plan
        everything = np.arange(len(plan.points))
        newest = read_at(self._store, plan, made.numbers, at, hold=made.hold, rows=everything)
        columns = {
            before: self._column(campus_id, made, before, plan.needed(("co2",)), "air", end=before),
            midnight: self._column(campus_id, made, midnight, plan.needed(COUNTED), "counters", end=at),
            night: self._column(campus_id, made, night, plan.needed(COUNTED), "counters", end=at),
        }
        columns.pop(at, None)
        grid = grid_of([*columns.items(), (at, newest)], nights=[night], days=[midnight])
        return self._work(campus_id, made, plan, grid, at)

    def _work(self, campus_id: CampusId, made: _Made, plan: TwinPlan, grid: Grid, at: int) -> Frames:
        month = time_of(at).astimezone(made.zone).month
        clothing = self._clothing or ComfortParams(
            clothing_clo=usual_clothing(month, northern=made.plan.campus.frame.lat >= 0)
        )
        occupancy = replace(self._occupancy, wifi_ratio=self._wifi_ratio(campus_id, made, at))
        return Frames(plan=plan, grid=grid, occupancy=occupancy, clothing=clothing)

    def _column(self, campus_id: CampusId, made: _Made, at: int, rows: Rows, name: str, *, end: int) -> Held:
        """Return what held at a time, kept for the next who asks."""
        key = (campus_id, at, name)
        with self._lock:
            kept = self._columns.get(key)
        if kept is not None and kept.plan is made.plan:
            return kept.held
        if not len(rows):
            return nothing(len(made.plan.points))
        held = read_at(self._store, made.plan, made.numbers, at, hold=made.hold, rows=rows)
        without = rows[np.isnan(held.value[rows])]
        later = read_first(self._store, made.plan, made.numbers, at, end, without)
        use = np.isfinite(later.value)
        held = Held(
            np.where(use, later.value, held.value), np.where(use, later.at, held.at),
            np.where(use, later.quality, held.quality),
        )  # fmt: skip
        told = rows[np.isfinite(held.value[rows])]
        if len(told):
            column = _Column(
                plan=made.plan,
                held=held,
                points=frozenset(made.plan.points[row].id for row in rows.tolist()),
                start=min(at, int(held.at[told].min())),
                end=max(at, int(held.at[told].max())),
            )
            with self._lock:
                self._columns[key] = column
                while len(self._columns) > KEPT_COLUMNS:
                    self._columns.popitem(last=False)
        return held

    def _wifi_ratio(self, campus_id: CampusId, made: _Made, at: int) -> float:
        """Return people a connected device, by the week before the day, of buildings whose doors are counted."""
        plan = made.plan
        if "wifi" not in plan.tellers or "entering" not in plan.tellers:
            return self._occupancy.wifi_ratio
        night = clock_before(at, made.zone, self._params.night_h)
        with self._lock:
            kept = self._ratios.get((campus_id, night))
        if kept is not None:
            return kept
        rows = plan.needed(("wifi", "entering", "leaving"))
        start = night - WEEK
        grid = rolled_grid(
            self._store, plan, made.numbers, start, night,
            every=Every.HOUR, zone=made.zone, rows=rows, night_h=self._params.night_h,
        )  # fmt: skip
        frames = Frames(plan=plan, grid=grid, occupancy=self._occupancy, clothing=ComfortParams())
        devices, people = frames.wifi_and_doors()
        ratio = fit_wifi_ratio(devices, people, self._occupancy)
        with self._lock:
            self._ratios[campus_id, night] = ratio
            while len(self._ratios) > KEPT_RATIOS:
                self._ratios.popitem(last=False)
        return ratio


def _shown(kind: PlaceKind, own: float | None, ordinal: float | None) -> bool:
    """Return whether a place is told when only the spaces of one ordinal are asked for."""
    return ordinal is None or own == ordinal or kind in (PlaceKind.SITE, PlaceKind.BUILDING, PlaceKind.LEVEL)


def _switched(plan: TwinPlan, names: tuple[str, ...]) -> Rows:
    found = [plan.switches[name].points for name in names if name in plan.switches]
    return np.concatenate(found) if found else np.zeros(0, np.intp)


def _bounded(start: datetime, end: datetime, every: Every) -> tuple[int, int]:
    """Return the ends of a span in µs."""
    first, last = micros(start), micros(end)
    if first >= last:
        raise RangeError(
            Text(f"起点 {start} 不早于终点 {end}。", f"The start {start} is not before the end {end}."),
            field="from",
            hint=Text("请给出先后两个时间。", "Give an earlier and a later time."),
        )
    frames = (last - first) // LENGTHS[every]
    if frames > MOST_FRAMES:
        raise RangeError(
            Text(
                f"有 {frames} 帧，一次最多 {MOST_FRAMES} 帧。",
                f"That is {frames} frames; at most {MOST_FRAMES} are told.",
            ),
            field="from",
            hint=Text("缩短时间段，或按小时、按天汇总。", "Ask for less time, or by the hour or day."),
        )  # fmt: skip
    return first, last
