"""Commands: what devices were told, and what rooms make of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from yuanli.campus import DeviceId, PointId
from yuanli.demo.simulation.chance import Floats
from yuanli.demo.simulation.moments import DAY_S, OFFSET_S, moments_of
from yuanli.demo.simulation.plan import Plan, Spot
from yuanli.demo.simulation.weather import usual_c
from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry import Times

RELEASED_H = 4
"""At this hour of the park's day everything goes by itself again."""
MOST_ORDERS = 20_000
FOLLOWS_S = 3_000.0
"""How fast a room follows another setpoint."""
COOLS_S, WARMS_S = 4 * 3_600.0, 4_000.0
"""How fast a room leaves what it was held at when its air conditioning goes off, and comes back when it goes on."""
TELLS = ("_Command", "_Setpoint")
AIR_UNITS = ("Fan_Coil_Unit", "VAV")
LAMPS_LX = 400.0
LEAST_FLOW_M3_H = 180.0


class CommandRefusedError(InvalidInputError):
    """The point can't be told anything, or not this value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a point was told at a time (µs); None lets it go by itself again. `usual` is what it would be by itself."""

    point: PointId
    value: float | None
    at: int
    usual: float

    @property
    def until(self) -> int:
        """When it goes by itself again: at four in the morning."""
        local_s = self.at // 1_000_000 + OFFSET_S - RELEASED_H * 3600
        return ((local_s // DAY_S + 1) * DAY_S + RELEASED_H * 3600 - OFFSET_S) * 1_000_000


class Commands:
    """Keeps orders, newest last, and applies them. Safe for threads."""

    def __init__(self, plan: Plan) -> None:
        self._lock = Lock()
        self._count = 0
        self._orders: dict[PointId, list[Order]] = defaultdict(list)
        self._spots = {
            spot.point.id: spot
            for spots in plan.spots.values()
            for spot in spots
            if spot.point.brick_class.endswith(TELLS)
        }
        self._warmed = _beside(plan, "Zone_Air_Temperature_Sensor", by_room=False)
        self._blown = _beside(plan, "Supply_Air_Flow_Sensor", by_room=False)
        self._lit = _beside(plan, "Illuminance_Sensor", by_room=True)

    def take(self, order: Order) -> None:
        """Keep an order.

        Raises
        ------
        CommandRefusedError
            Its point measures, or the value is outside of its range.
        """
        spot = self._spots.get(order.point)
        low, high = (spot.point.low, spot.point.high) if spot is not None else (None, None)
        value = order.value
        if spot is None or (
            value is not None
            and not (low if low is not None else -np.inf) <= value <= (high if high is not None else np.inf)
        ):
            raise CommandRefusedError(
                Text(f"点位 {order.point} 不能设为 {value}。", f"{order.point} can't be set to {value}."),
                field="value",
                hint=Text(f"仅设定值和指令可写：{low}–{high}。", f"Setpoints and commands take {low} to {high}."),
            )  # fmt: skip
        with self._lock:
            self._orders[order.point].append(order)
            self._count += 1
            if self._count > MOST_ORDERS:
                self._forget(order.at)

    def obeyed(self, points: Sequence[PointId], at: Times, value: Floats) -> Floats:
        """Return values as they are with all orders: of what was told, and of the rooms around."""
        if not self._orders:
            return value
        with self._lock:
            orders = {point: tuple(kept) for point, kept in self._orders.items()}
        rows = {point: row for row, point in enumerate(points)}
        for point, kept in orders.items():
            told = _held(kept, at)
            row = rows.get(point)
            if row is not None:
                value[row] = np.where(np.isnan(told), value[row], told)
            spot = self._spots[point]
            if "Temperature_Setpoint" in spot.point.brick_class:
                for other in self._warmed.get(spot.device.id, ()):
                    if other in rows:
                        value[rows[other]] += _warming(kept, at)
            elif spot.device.brick_class in AIR_UNITS:
                for other in self._warmed.get(spot.device.id, ()):
                    if other in rows:
                        value[rows[other]] = _conditioned(kept, at, value[rows[other]])
                for other in self._blown.get(spot.device.id, ()):
                    if other in rows:
                        value[rows[other]] = _blowing(told, value[rows[other]])
            if spot.device.brick_class == "Luminaire":
                for other in self._lit.get(spot.room, ()):
                    if other in rows:
                        value[rows[other]] = _lighting(told, value[rows[other]])
        return value

    def _forget(self, now: int) -> None:
        for point, kept in list(self._orders.items()):
            self._orders[point] = [order for order in kept if order.until > now - 2 * DAY_S * 1_000_000]
            if not self._orders[point]:
                del self._orders[point]
        self._count = sum(map(len, self._orders.values()))


def _held(orders: Sequence[Order], at: Times) -> Floats:
    """Return what holds at times; not a number where a point goes by itself."""
    held = np.full(len(at), np.nan)
    for order in orders:
        held = np.where(
            (at >= order.at) & (at < order.until), np.nan if order.value is None else order.value, held
        )
        held = np.where(at >= order.until, np.nan, held)
    return held


def _warming(orders: Sequence[Order], at: Times) -> Floats:
    """Return by how much a room is warmer for what was set: it follows, and forgets when it is let go."""
    change = np.zeros(len(at))
    for order in orders:
        share = 1 - np.exp(-np.maximum((at - order.at) / 1e6, 0) / FOLLOWS_S)
        after = np.exp(-np.maximum((at - order.until) / 1e6, 0) / FOLLOWS_S)
        wished = 0.0 if order.value is None else 0.85 * (order.value - order.usual)
        change = np.where(at >= order.at, change + (wished - change) * share, change) * after
    return change


def _conditioned(orders: Sequence[Order], at: Times, value: Floats) -> Floats:
    """Return the warmth of a room whose air conditioning was told on or off, other than it would be by itself."""
    usual = usual_c(moments_of(at))
    by_itself, held = 0.42 * usual + 13.5, np.where(usual > 19.5, 25.5, np.where(usual < 13.5, 21.0, 23.0))
    change = np.zeros(len(at))
    for order in orders:
        runs = order.value is not None and order.value > 0.5
        turned = order.value is not None and runs != (order.usual > 0.5)
        wished = ((held if runs else by_itself) - value) if turned else 0.0
        pace = COOLS_S if turned and not runs else WARMS_S
        share = 1 - np.exp(-np.maximum((at - order.at) / 1e6, 0) / pace)
        after = np.exp(-np.maximum((at - order.until) / 1e6, 0) / WARMS_S)
        change = np.where(at >= order.at, change + (wished - change) * share, change) * after
    return value + change


def _blowing(told: Floats, value: Floats) -> Floats:
    """Return the air that a box blows that was told on or off."""
    return np.where(np.isnan(told), value, np.where(told > 0.5, np.maximum(value, LEAST_FLOW_M3_H), 0.0))


def _lighting(told: Floats, value: Floats) -> Floats:
    """Return the light of a room whose lamps were told on or off."""
    off = np.where(value > LAMPS_LX * 0.8, value - LAMPS_LX, value * 0.4)
    on = np.maximum(value, LAMPS_LX)
    return np.where(np.isnan(told), value, np.where(told > 0.5, on, np.maximum(off, 0)))


def _beside(plan: Plan, brick: str, *, by_room: bool) -> dict[DeviceId | int, tuple[PointId, ...]]:
    found: dict[DeviceId | int, list[PointId]] = defaultdict(list)
    spots: list[Spot] = [s for (_, point), kept in plan.spots.items() if point == brick for s in kept]
    for spot in spots:
        found[spot.room if by_room else spot.device.id].append(spot.point.id)
    return {key: tuple(points) for key, points in found.items()}
