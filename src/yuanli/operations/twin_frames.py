"""The quantities of all places at some times, worked out from what points tell; rows are places, columns times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yuanli.operations.twin_plan import DEPTH, PlaceKind, Rows, TwinPlan
from yuanli.operations.twin_state import TwinQuantity
from yuanli.telemetry import (
    ComfortParams,
    OccupancyParams,
    OccupancySource,
    People,
    Quality,
    comfort,
    counted,
    people_counted,
    people_from_co2,
    people_from_counters,
    people_from_presence,
    people_from_wifi,
)

Column = NDArray[np.float64]
NEVER = np.iinfo(np.int64).max
W_PER_KW = 1000.0
PERCENT = 100.0
SOURCES = (None, "measured", "mean", "sum", "derived", *(source.value for source in OccupancySource))
MEASURED, MEAN, SUM, DERIVED = 1, 2, 3, 4
MOSTLY, HALF = 0.9, 0.5
"""A place is told well, or by estimates, when this share of it is."""
DOUBTED = 0.05
"""Counters at doors are not believed where connected devices contradict them by more than this share of the seats."""
ESTIMATE = HALF
"""An estimate is so much of a good reading."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """What points told at some times: a row a point of the plan, a column a time; in units of their quantities.

    Parameters
    ----------
    value
        What held; not a number where nothing did.
    at
        When it was measured (µs).
    times
        µs, shape `(t,)`.
    nights
        Shape `(t,)`: whether a new night lies between a column and the one before.
    days
        As `nights`, of midnight.
    """

    value: Column
    at: NDArray[np.int64]
    quality: NDArray[np.uint8]
    times: NDArray[np.int64]
    nights: NDArray[np.bool_]
    days: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """A quantity of all places at all times; see `TwinValue`. `weight` is what could tell, `known` what did."""

    value: Column
    at: NDArray[np.int64]
    good: Column
    known: Column
    weight: Column
    source: NDArray[np.uint8]
    low: Column | None = None
    high: Column | None = None

    @property
    def quality(self) -> NDArray[np.uint8]:
        """By the share of what is good of what is known."""
        share = np.divide(self.good, self.known, out=np.zeros_like(self.good), where=self.known > 0)
        graded = np.where(
            share >= MOSTLY, Quality.GOOD, np.where(share >= HALF, Quality.ESTIMATED, Quality.SUSPECT)
        )
        return np.where(np.isfinite(self.value), graded, Quality.MISSING).astype(np.uint8)

    @property
    def coverage(self) -> Column:
        """The share of what could tell that did."""
        share = np.divide(self.known, self.weight, out=np.zeros_like(self.known), where=self.weight > 0)
        return np.minimum(share, 1.0)


class _Own(NamedTuple):
    """What points tell of their own places: sums, how many points, how many held, the oldest, how many are good."""

    total: Column
    points: Column
    held: Column
    at: NDArray[np.int64]
    good: Column


@dataclass(slots=True)
class Frames:
    """Works out quantities when they are asked for, each once."""

    plan: TwinPlan
    grid: Grid
    occupancy: OccupancyParams
    clothing: ComfortParams
    _made: dict[TwinQuantity, Layer] = field(default_factory=dict)

    def layer(self, quantity: TwinQuantity) -> Layer:
        """Return a quantity of all places."""
        if quantity not in self._made:
            self._made[quantity] = _MADE[quantity](self)
        return self._made[quantity]

    def own(self, name: str, values: Column | None = None) -> _Own:
        """Return what points tell of their own places; `values` are those of the tellers, as read without."""
        shape = (len(self.plan.places), len(self.grid.times))
        total, points, held, good = (np.zeros(shape) for _ in range(4))
        at = np.full(shape, NEVER, np.int64)
        tellers = self.plan.tellers.get(name)
        if tellers is not None:
            told = self.grid.value[tellers.points] if values is None else values
            ok = np.isfinite(told)
            np.add.at(total, tellers.places, np.where(ok, told, 0.0))
            np.add.at(points, tellers.places, 1.0)
            np.add.at(held, tellers.places, ok.astype(float))
            np.add.at(
                good, tellers.places, (ok & (self.grid.quality[tellers.points] == Quality.GOOD)).astype(float)
            )
            np.minimum.at(at, tellers.places, np.where(ok, self.grid.at[tellers.points], NEVER))
        return _Own(total, points, held, at, good)

    def mean(self, own: _Own, *, source: int = MEASURED) -> Layer:
        """Return a quantity of the air: the mean of a place's points, of larger places by the areas within.

        A place around others is told by them; by its own points only where none of them tells.
        """
        value = _mean(own)
        area = np.maximum(self.plan.area_m2, 1.0)[:, None]
        known = np.where(own.held > 0, area, 0.0)
        weight = np.where(own.points > 0, area, 0.0)
        good = known * np.divide(own.good, own.held, out=np.zeros_like(own.good), where=own.held > 0)
        told = np.where(own.held > 0, source, 0).astype(np.uint8)
        at, within = own.at.copy(), _Within(value.shape)
        for rows, parents in _upwards(self.plan):
            area_told = within.known[rows]
            tells = area_told > 0
            mean = np.divide(within.value[rows], area_told, out=np.zeros_like(area_told), where=tells)
            value[rows] = np.where(tells, mean, value[rows])
            known[rows] = np.where(tells, area_told, known[rows])
            good[rows] = np.where(tells, within.good[rows], good[rows])
            weight[rows] = np.where(within.weight[rows] > 0, within.weight[rows], weight[rows])
            at[rows] = np.where(tells, within.at[rows], at[rows])
            told[rows] = np.where(tells, MEAN, told[rows])
            within.add(
                parents, value=np.nan_to_num(value[rows]) * known[rows], known=known[rows], good=good[rows],
                weight=weight[rows], at=at[rows],
            )  # fmt: skip
        return Layer(value=value, at=at, good=good, known=known, weight=weight, source=told)

    def total(
        self,
        own: _Own,
        *,
        whole: NDArray[np.bool_],
        source: int | NDArray[np.uint8] = MEASURED,
        value: Column | None = None,
        width: Column | None = None,
    ) -> Layer:
        """Return an amount: what is told of a place itself, and of those within.

        Parameters
        ----------
        whole
            Where a place's own is all of it, so that those within are not added.
        width
            Half of the range within which an own value lies 80 of 100 times; they add up as if independent.
        """
        value = _held(own) if value is None else value.copy()
        has = np.isfinite(value)
        known, weight = has.astype(float), (own.points > 0).astype(float)
        good = known * np.divide(own.good, own.held, out=np.zeros_like(own.good), where=own.held > 0)
        variance = np.zeros_like(value) if width is None else np.where(has, np.nan_to_num(width) ** 2, 0.0)
        told = np.where(has, source, 0).astype(np.uint8)
        at, within = np.where(has, own.at, NEVER), _Within(value.shape)
        for rows, parents in _upwards(self.plan):
            adds = ~whole[rows]
            more = adds & (within.known[rows] > 0)
            value[rows] = np.where(more, np.nan_to_num(value[rows]) + within.value[rows], value[rows])
            for column, part in (
                (known, within.known), (good, within.good), (weight, within.weight), (variance, within.variance),
            ):  # fmt: skip
                column[rows] += np.where(adds, part[rows], 0.0)
            at[rows] = np.where(more, np.minimum(at[rows], within.at[rows]), at[rows])
            told[rows] = np.where(more, SUM, told[rows])
            within.add(
                parents, value=np.nan_to_num(value[rows]), known=known[rows], good=good[rows],
                weight=weight[rows], at=at[rows], variance=variance[rows],
            )  # fmt: skip
        spread = np.sqrt(variance)
        low = None if width is None else np.maximum(value - spread, 0.0)
        high = None if width is None else value + spread
        return Layer(
            value=value, at=at, good=good, known=known, weight=weight, source=told, low=low, high=high
        )

    def people(self) -> Layer:
        """Return the people in places, each told by the surest way that there is.

        Heads that are counted, then counters at the doors, connected devices, CO₂, presence. Where CO₂ tells and a
        sensor sees nobody there is nobody, for the air lags behind; where it sees somebody there is at least one. Of
        a level, a building or the site that is counted itself its own number holds, else the sum of those within.
        Gates through which vehicles come too count only those on foot: of the site the larger of both holds. The levels
        of a building hold no more by their connected devices than came in by its doors: by night only things are.
        """
        shape = (len(self.plan.places), len(self.grid.times))
        value, width = np.full(shape, np.nan), np.full(shape, np.nan)
        source, at = np.zeros(shape, np.uint8), np.full(shape, NEVER, np.int64)
        points, good, held = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for way, (told, own) in self._ways().items():
            points = np.maximum(points, own.points)
            take = np.isnan(value) & np.isfinite(told.people)
            value, at = np.where(take, told.people, value), np.where(take, own.at, at)
            width = np.where(take, np.maximum(told.high - told.people, told.people - told.low), width)
            sure = way in (OccupancySource.COUNT, OccupancySource.COUNTERS)
            good = np.where(take, own.good if sure else own.good * ESTIMATE, good)
            held = np.where(take, own.held, held)
            source = np.where(take, SOURCES.index(way.value), source).astype(np.uint8)
        present = self.own("presence")
        air = source == SOURCES.index(OccupancySource.CO2.value)
        empty = air & (present.held > 0) & (present.total == 0)
        value = np.where(empty, 0.0, np.where(air & (present.total >= 1), np.maximum(value, 1.0), value))
        width = np.where(empty, 1.0, width)
        gates = self._own_gates() & (source == SOURCES.index(OccupancySource.COUNTERS.value))
        own = _Own(value, points, held, np.where(gates, NEVER, at), good)
        rest = np.where(gates, np.nan, value)
        layer = self.total(own, whole=np.isfinite(rest), source=source, value=rest, width=width)
        return _at_least(self._no_more_than_doors(layer), own._replace(at=at), width, gates)

    def _no_more_than_doors(self, layer: Layer) -> Layer:
        """Return people with levels that devices tell of, scaled where they add up to more than their building."""
        assert layer.low is not None
        assert layer.high is not None
        levels = np.flatnonzero(self.plan.depth == DEPTH[PlaceKind.LEVEL])
        around = self.plan.parent[levels]
        radio = layer.source[levels] == SOURCES.index(OccupancySource.WIFI.value)
        told, by_radio, otherwise = np.nan_to_num(layer.value[levels]), *np.zeros((2, *layer.value.shape))
        np.add.at(by_radio, around, np.where(radio, told, 0.0))
        np.add.at(otherwise, around, np.where(radio, 0.0, told))
        counted = [SOURCES.index(way.value) for way in (OccupancySource.COUNT, OccupancySource.COUNTERS)]
        over = np.isin(layer.source, counted) & (by_radio > 0) & (by_radio + otherwise > layer.high)
        left = np.maximum(layer.value - otherwise, 0.0)
        share = np.divide(left, by_radio, out=np.ones_like(left), where=over)
        factor = np.ones_like(layer.value)
        factor[levels] = np.where(radio, share[around], 1.0)
        return replace(layer, value=layer.value * factor, low=layer.low * factor, high=layer.high * factor)

    def _own_gates(self) -> NDArray[np.bool_]:
        """Return where the people counted at the gates of the site are not all who come: vehicles are counted too."""
        return np.asarray((self.plan.depth == 0)[:, None] & (self.own("vehicles").points > 0))

    def _doubted(self, counters: People) -> NDArray[np.bool_]:
        """Return where connected devices contradict the doors of a building.

        People sleep there, for counters begin at nought each night, or a counter missed many.
        """
        devices = self.total(self.own("wifi"), whole=np.zeros(counters.people.shape, bool)).value
        known = people_from_wifi(devices, self.occupancy)
        apart = np.maximum(known.low - counters.high, counters.low - known.high)
        seats = self.plan.seats_within
        return np.asarray(
            ((self.plan.depth == 1) & (seats > 0))[:, None] & (apart > DOUBTED * seats[:, None])
        )

    def _ways(self) -> dict[OccupancySource, tuple[People, _Own]]:
        """Return what each way of counting tells of places."""
        count, wifi, co2, present = (self.own(name) for name in ("count", "wifi", "co2", "presence"))
        entered, left = self._passed("entering"), self._passed("leaving")
        both = (
            (entered.held > 0)
            & (entered.held == entered.points)
            & (left.held == left.points)
            & (left.held > 0)
        )
        air = np.divide(co2.total, co2.held, out=np.full_like(co2.total, np.nan), where=co2.held > 0)
        there = np.divide(
            present.total, present.held, out=np.full_like(present.total, np.nan), where=present.held > 0
        )
        doors = people_from_counters(
            np.where(both, entered.total, np.nan), np.where(both, left.total, np.nan), self.occupancy
        )
        doors = replace(doors, people=np.where(self._doubted(doors), np.nan, doors.people))
        return {
            OccupancySource.COUNT: (people_counted(_held(count), self.occupancy), count),
            OccupancySource.COUNTERS: (doors, entered),
            OccupancySource.WIFI: (people_from_wifi(_held(wifi), self.occupancy), wifi),
            OccupancySource.CO2: (
                people_from_co2(air, np.where(co2.held > 0, co2.at, 0), self.plan.area_m2, self.occupancy), co2,
            ),
            OccupancySource.PRESENCE: (
                people_from_presence(np.minimum(there * present.held, 1.0), self.plan.seats, self.occupancy), present,
            ),
        }  # fmt: skip

    def wifi_and_doors(self) -> tuple[Column, Column]:
        """Return connected devices and people, of buildings at times at which both are told."""
        wifi = self.own("wifi")
        devices = self.total(wifi, whole=np.zeros(wifi.total.shape, bool)).value
        people = self._ways()[OccupancySource.COUNTERS][0].people
        buildings = self.plan.depth == 1
        return devices[buildings].ravel(), people[buildings].ravel()

    def _passed(self, name: str) -> _Own:
        """Return how many passed the counters of places since the night."""
        tellers = self.plan.tellers.get(name)
        values = None if tellers is None else counted(self.grid.value[tellers.points], self.grid.nights)
        return self.own(name, values)

    def metered(self, name: str) -> Layer:
        """Return power, or energy since midnight: the meter of a whole place, else its parts and those within."""
        read: dict[str, _Own] = {}
        for part in ("main", "part"):
            tellers = self.plan.tellers.get(f"{name}_{part}")
            values = (
                counted(self.grid.value[tellers.points], self.grid.days)
                if tellers is not None and name == "energy"
                else None
            )
            read[part] = self.own(f"{name}_{part}", values)
        main, rest = read["main"], read["part"]
        whole = main.held > 0
        own = _Own(*(np.where(whole, a, b) for a, b in zip(main, rest, strict=True)))
        return self.total(own, whole=whole)

    def ratio(self, above: Layer, below: Column, *, least: float, scale: float = 1.0) -> Layer:
        """Return one quantity by another; nothing where that is less than `least`."""
        enough = np.isfinite(below) & (below >= least)
        value = np.divide(above.value * scale, below, out=np.full_like(above.value, np.nan), where=enough)
        return Layer(
            value=value, at=above.at, good=above.good, known=above.known, weight=above.weight,
            source=np.where(np.isfinite(value), DERIVED, 0).astype(np.uint8),
        )  # fmt: skip

    def areas(self) -> Column:
        """Return the floor of each place, at each time."""
        return np.broadcast_to(self.plan.area_m2[:, None], (len(self.plan.places), len(self.grid.times)))

    def felt(self, part: int) -> Layer:
        """Return how warm rooms are felt, or how many are dissatisfied: of larger places the mean by area."""
        warm, damp = self.own("temperature"), self.own("humidity")
        votes = comfort(_mean(warm), _mean(damp), self.clothing)[part] * (PERCENT if part else 1.0)
        known = np.isfinite(votes)
        own = _Own(
            np.where(known, votes, 0.0), np.minimum(warm.points, 1.0), known.astype(float),
            np.minimum(warm.at, damp.at), known * (warm.good == warm.held) * np.where(damp.held > 0, 1.0, ESTIMATE),
        )  # fmt: skip
        return self.mean(own, source=DERIVED)

    def parking(self) -> Layer:
        """Return the spaces that are free: as told, else what a place holds less what is taken."""
        free, taken = self.own("parking_free"), self.own("parking_taken")
        left = np.maximum(self.plan.seats[:, None] - _held(taken), 0.0)
        value = np.where(free.held > 0, free.total, left)
        use = free.held > 0
        own = _Own(*(np.where(use, a, b) for a, b in zip(free, taken, strict=True)))
        return self.total(own, whole=np.zeros(value.shape, bool), value=value)

    def device(self, name: str) -> Column:
        """Return what points tell of devices, a row a device; of several the largest."""
        value = np.full((len(self.plan.devices), len(self.grid.times)), np.nan)
        tellers = self.plan.switches.get(name)
        if tellers is not None:
            np.fmax.at(value, tellers.places, self.grid.value[tellers.points])
        return value

    def running(self) -> Column:
        """Return of each device whether it runs (1), or not (0)."""
        on = self.device("on")
        return np.where(np.isfinite(on), on > 0, np.nan)

    def faults(self) -> Column:
        """Return of each device whether something is wrong (1), or not (0): an alarm, or no answer."""
        alarm, online = self.device("alarm"), self.device("online")
        told = np.isfinite(alarm) | np.isfinite(online)
        return np.where(told, (np.nan_to_num(alarm) != 0) | (online == 0), np.nan)

    def count_devices(self, states: Column) -> Layer:
        """Return in how many devices of places something is so; nothing where no point of a device tells."""
        shape = (len(self.plan.places), len(self.grid.times))
        total, held, points = (np.zeros(shape) for _ in range(3))
        np.add.at(total, self.plan.device_places, np.nan_to_num(states))
        np.add.at(held, self.plan.device_places, np.isfinite(states).astype(float))
        could = np.isfinite(states).any(axis=1, keepdims=True).astype(float)
        np.add.at(points, self.plan.device_places, np.broadcast_to(could, states.shape))
        own = _Own(total, points, held, np.full(shape, NEVER, np.int64), held)
        return self.total(own, whole=np.zeros(shape, bool), source=SUM)


_MADE: Mapping[TwinQuantity, Callable[[Frames], Layer]] = {
    **{
        quantity: (lambda frames, name=quantity.value: frames.mean(frames.own(name)))  # type: ignore[misc]
        for quantity in (
            TwinQuantity.TEMPERATURE, TwinQuantity.HUMIDITY, TwinQuantity.CO2, TwinQuantity.ILLUMINANCE,
            TwinQuantity.NOISE, TwinQuantity.PM25,
        )
    },
    TwinQuantity.COMFORT: lambda frames: frames.felt(0),
    TwinQuantity.DISSATISFIED: lambda frames: frames.felt(1),
    TwinQuantity.PEOPLE: Frames.people,
    TwinQuantity.DENSITY: lambda frames: frames.ratio(
        frames.layer(TwinQuantity.PEOPLE), frames.areas(), least=1.0
    ),
    TwinQuantity.POWER: lambda frames: frames.metered("power"),
    TwinQuantity.POWER_DENSITY: lambda frames: frames.ratio(
        frames.layer(TwinQuantity.POWER), frames.areas(), least=1.0, scale=W_PER_KW
    ),
    TwinQuantity.ENERGY_TODAY: lambda frames: frames.metered("energy"),
    TwinQuantity.ENERGY_PER_M2: lambda frames: frames.ratio(
        frames.layer(TwinQuantity.ENERGY_TODAY), frames.areas(), least=1.0
    ),
    TwinQuantity.ENERGY_PER_PERSON: lambda frames: frames.ratio(
        frames.layer(TwinQuantity.ENERGY_TODAY), frames.layer(TwinQuantity.PEOPLE).value, least=1.0
    ),
    TwinQuantity.PARKING_FREE: Frames.parking,
    TwinQuantity.DEVICES_ON: lambda frames: frames.count_devices(frames.running()),
    TwinQuantity.DEVICES_OFF: lambda frames: frames.count_devices(1 - frames.running()),
    TwinQuantity.DEVICES_FAULT: lambda frames: frames.count_devices(frames.faults()),
}  # fmt: skip


def _at_least(layer: Layer, own: _Own, width: Column, where: NDArray[np.bool_]) -> Layer:
    """Return a layer that tells, in some places, no less than what they tell themselves."""
    more = where & np.isfinite(own.total) & ~(layer.value > own.total)
    if not more.any():
        return layer
    good = np.divide(own.good, own.held, out=np.zeros_like(own.good), where=own.held > 0)
    return replace(
        layer,
        value=np.where(more, own.total, layer.value), at=np.where(more, own.at, layer.at),
        good=np.where(more, good, layer.good), known=np.where(more, 1.0, layer.known),
        weight=np.where(more, 1.0, layer.weight),
        source=np.where(more, SOURCES.index(OccupancySource.COUNTERS.value), layer.source).astype(np.uint8),
        low=None if layer.low is None else np.where(more, np.maximum(own.total - width, 0.0), layer.low),
        high=None if layer.high is None else np.where(more, own.total + width, layer.high),
    )  # fmt: skip


class _Within:
    """What the places within each place add up to, as far as they are worked out."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.value, self.known, self.good, self.weight, self.variance = (np.zeros(shape) for _ in range(5))
        self.at = np.full(shape, NEVER, np.int64)

    def add(
        self, parents: Rows, *, value: Column, known: Column, good: Column, weight: Column,
        at: NDArray[np.int64], variance: Column | None = None,
    ) -> None:  # fmt: skip
        """Add places to those around them; the site is in none."""
        inside = parents >= 0
        for total, column in (
            (self.value, value), (self.known, known), (self.good, good), (self.weight, weight),
        ):  # fmt: skip
            np.add.at(total, parents[inside], column[inside])
        if variance is not None:
            np.add.at(self.variance, parents[inside], variance[inside])
        np.minimum.at(self.at, parents[inside], at[inside])


def _upwards(plan: TwinPlan) -> list[tuple[Rows, Rows]]:
    """Return the places of each depth and their parents, from the leaves to the site."""
    by_depth = (np.flatnonzero(plan.depth == depth) for depth in (3, 2, 1, 0))
    return [(rows, plan.parent[rows]) for rows in by_depth if len(rows)]


def _held(own: _Own) -> Column:
    return np.where(own.held > 0, own.total, np.nan)


def _mean(own: _Own) -> Column:
    return np.divide(own.total, own.held, out=np.full_like(own.total, np.nan), where=own.held > 0)
