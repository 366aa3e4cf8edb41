"""Channels: points that are told alike, with what tells them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import PointId
from yuanli.demo.simulation.chance import Floats, Streams, bell, smooth, streams
from yuanli.demo.simulation.loads import SERIES, Ledger
from yuanli.demo.simulation.plan import Plan, Spot, ids_of
from yuanli.demo.simulation.rooms import Inside
from yuanli.demo.simulation.scene import Life, Scene
from yuanli.demo.simulation.vehicles import Chargers, chargers_of

DEMAND_MIN = 15
"""Meters tell the mean power of so many minutes before."""


@unique
class Cadence(StrEnum):
    """How often points are told."""

    MINUTE = "minute"
    """Meters, counters and the weather: each minute."""
    ROOM = "room"
    """Sensors of rooms and plant: each five minutes."""
    CHANGE = "change"
    """States and setpoints: when they change, and at midnight."""


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """The park at moments, as its devices see it."""

    scene: Scene
    ledger: Ledger
    chargers: Chargers
    equipped: NDArray[np.int64]

    @cached_property
    def rooms(self) -> Inside:
        """All rooms that have a device, a row each."""
        return Inside(scene=self.scene, which=self.equipped)

    @cached_property
    def used(self) -> tuple[Floats, Floats]:
        """Rates and sums of all buildings."""
        return self.ledger.at(self.scene.when)

    @cached_property
    def charged(self) -> tuple[Floats, Floats]:
        """Power and energy of each charger."""
        return self.chargers.at(self.scene.when)

    @cached_property
    def before(self) -> View:
        """The park a demand interval earlier."""
        return replace(self, scene=self.scene.shifted(-DEMAND_MIN))

    def of(self, name: str, *, total: bool) -> Floats:
        """Return a rate, or its sum, of each building."""
        return np.asarray(self.used[int(total)][SERIES.index(name)])


Tell = Callable[[View], Floats]


@dataclass(frozen=True, kw_only=True, eq=False)
class Channel:
    """Points of one kind: `tell` returns their values at moments, shape `(n, m)`, before they are rounded."""

    points: tuple[PointId, ...]
    cadence: Cadence
    digits: int
    low: Floats
    high: Floats
    tell: Tell

    def __call__(self, view: View) -> Floats:
        """Return the values, within each point's own range, as devices round them."""
        return np.asarray(np.round(np.clip(self.tell(view), self.low, self.high), self.digits))


@dataclass(frozen=True, kw_only=True, eq=False)
class Park:
    """All that the simulation knows of the park."""

    plan: Plan
    life: Life
    ledger: Ledger
    equipped: NDArray[np.int64]
    chargers: Chargers
    posts: tuple[Spot, ...]

    def row(self, room: int) -> int:
        """Return the row of a room among the equipped."""
        return int(np.searchsorted(self.equipped, room))

    def rows(self, spots: Sequence[Spot]) -> NDArray[np.int64]:
        """Return the rows of the rooms of spots."""
        return np.searchsorted(self.equipped, [spot.room for spot in spots])

    def buildings(self, spots: Sequence[Spot]) -> NDArray[np.int64]:
        """Return the buildings of spots."""
        return np.array([spot.building for spot in spots], np.int64)

    def keys(self, spots: Sequence[Spot]) -> Streams:
        """Return the streams of chance of the points of spots."""
        return streams(self.plan.seed, "point", of=[spot.point.id for spot in spots])

    def view(self, scene: Scene) -> View:
        """Return the park at the moments of a scene."""
        return View(scene=scene, ledger=self.ledger, chargers=self.chargers, equipped=self.equipped)


def channel(spots: Sequence[Spot], cadence: Cadence, digits: int, tell: Tell) -> Channel:
    """Make a channel of spots."""
    low = [-np.inf if spot.point.low is None else spot.point.low for spot in spots]
    high = [np.inf if spot.point.high is None else spot.point.high for spot in spots]
    return Channel(
        points=ids_of(spots),
        cadence=cadence,
        digits=digits,
        low=np.array(low).reshape(-1, 1),
        high=np.array(high).reshape(-1, 1),
        tell=tell,
    )


def park_of(plan: Plan, life: Life) -> Park:
    """Put the park together."""
    equipped = sorted({spot.room for spots in plan.spots.values() for spot in spots if spot.room >= 0})
    posts = plan.of("Electric_Vehicle_Charging_Station", "Electrical_Power_Sensor")
    return Park(
        plan=plan,
        life=life,
        ledger=Ledger(life),
        equipped=np.array(equipped, np.int64),
        chargers=chargers_of(streams(plan.seed, "post", of=[spot.device.id for spot in posts])),
        posts=posts,
    )


def jitter(keys: Streams, view: View, size: float) -> Floats:
    """Return the noise of sensors: another number each minute."""
    return size * bell(keys, np.floor(view.scene.when.at_s / 60).astype(np.int64))


def wander(keys: Streams, view: View, size: float, minutes: float) -> Floats:
    """Return noise that takes some minutes to change."""
    return size * smooth(keys, view.scene.when.at_s, 60 * minutes)
