"""States: lights, presence, doors, alarms, lifts; and what people have set."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yuanli.campus import BuildingId, FeatureId
from yuanli.demo.simulation.chance import Floats, draw
from yuanli.demo.simulation.channels import Cadence, Channel, Park, Tell, View, channel
from yuanli.demo.simulation.commands import AIR_UNITS

CHANGE = Cadence.CHANGE
ALWAYS_LIT = ("hall", "garage", "none")
RIDE_S = 60.0
IDLE, NORMAL = 0, 1
LATE_H, EARLY_H = 22.5, 6.2


def states(park: Park) -> Iterator[Channel]:
    """Yield the channels of states and setpoints."""
    plan = park.plan
    lamps = plan.of("Luminaire", "On_Off_Command")
    rows, at = park.rows(lamps), park.buildings(lamps)
    public = np.isin(plan.rooms.use[[spot.room for spot in lamps]], ALWAYS_LIT)[:, None]

    def lit(view: View) -> Floats:
        busy = (view.scene.fullness > 0.02)[at]
        return np.where(public, busy, view.rooms.lit[rows]).astype(np.float64)

    yield channel(lamps, CHANGE, 0, lit)
    for unit in AIR_UNITS:
        yield from _served_air(park, unit)
    seen = plan.of("Occupancy_Sensor_Equipment", "Occupancy_Sensor")
    seen_rows = park.rows(seen)
    yield channel(seen, CHANGE, 0, lambda v: (v.rooms.people[seen_rows] > 0).astype(np.float64))
    locks = plan.of("Access_Reader", "Access_Status")
    lock_at = park.buildings(locks)
    yield channel(locks, CHANGE, 0, lambda v: v.scene.open[lock_at])
    for device, point, value in (
        ("Surveillance_Camera", "Online_Status", 1.0),
        ("Leak_Detector", "Water_Leak_Alarm", 0.0),
        ("Smoke_Detector", "Smoke_Alarm", 0.0),
    ):
        still = plan.of(device, point)
        yield channel(still, CHANGE, 0, _always(value, len(still)))
    yield from _lifts(park)


def _served_air(park: Park, unit: str) -> Iterator[Channel]:
    """Yield what units that serve a room are set to, and whether they run: as long as their building is open."""
    setpoints = park.plan.of(unit, "Zone_Air_Temperature_Setpoint")
    rows = park.rows(setpoints)
    yield channel(setpoints, CHANGE, 1, lambda v: v.rooms.setpoint_c[rows])
    switches = park.plan.of(unit, "On_Off_Command")
    at = park.buildings(switches)
    yield channel(switches, CHANGE, 0, lambda v: (v.scene.open[at] > 0.5).astype(np.float64))


def _always(value: float, count: int) -> Tell:
    return lambda view: np.full((count, len(view.scene.when.hour)), value)


def _lifts(park: Park) -> Iterator[Channel]:
    plan = park.plan
    lifts = plan.of("Elevator", "Position_Sensor")
    keys, at = park.keys(lifts), park.buildings(lifts)
    low, high = _served(park, at)
    ground = np.clip(0, low, high)

    def floor(view: View) -> Floats:
        ride = np.floor(view.scene.when.at_s / RIDE_S).astype(np.int64)
        rides = draw(keys, ride) < np.clip(view.scene.traffic[at] / 150, 0.02, 0.9)
        where = np.floor(low + (high - low + 1) * draw(keys, ride + 1_000_003))
        return np.where(rides, np.minimum(where, high), ground)

    def mode(view: View) -> Floats:
        hour = view.scene.when.hour
        night = (hour >= LATE_H) | (hour < EARLY_H)
        return np.tile(np.where(night, IDLE, NORMAL), (len(keys), 1)).astype(np.float64)

    yield channel(lifts, CHANGE, 0, floor)
    yield channel(plan.of("Elevator", "Operating_Mode_Status"), CHANGE, 0, mode)
    stairs = plan.of("Escalator", "On_Off_Status")
    stair_at = park.buildings(stairs)
    yield channel(stairs, CHANGE, 0, lambda v: (v.scene.fullness[stair_at] > 0.03).astype(np.float64))


def _served(park: Park, at: np.ndarray) -> tuple[Floats, Floats]:
    """Return the lowest and the highest level of the buildings of lifts, as columns."""
    levels = park.plan.campus.levels_by_building
    homes = [BuildingId(FeatureId(park.plan.buildings.ids[number])) for number in at.tolist()]
    ends = [[level.ordinal for level in levels.get(home, ())] or [0.0] for home in homes]
    low, high = (np.array([pick(one) for one in ends]).reshape(-1, 1) for pick in (min, max))
    return low, high
