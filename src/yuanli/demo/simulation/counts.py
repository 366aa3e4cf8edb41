"""Counts: people through doors and gates, in halls, on the network; cars at gates and in car parks; the weather."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Geofence
from yuanli.demo.simulation.chance import Floats, draw
from yuanli.demo.simulation.channels import Cadence, Channel, Park, Tell, View, channel, jitter, wander
from yuanli.demo.simulation.flows import Crowd, crowd_of
from yuanli.demo.simulation.moments import FIRST_DAY, Moments
from yuanli.demo.simulation.plan import Spot

M2_A_CAR = 31.0
"""A bay with its part of the lanes."""
ON_FOOT = 0.78
"""The share of people who come through the gates on foot; the others come by car."""
OVERNIGHT = 0.08
PHONES = 0.82
"""Devices on the network for each person; some have two, some none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CarPark:
    """A car park: its bays, and who comes."""

    bays: int
    crowd: Crowd


def counts(park: Park) -> Iterator[Channel]:
    """Yield the channels of all counters."""
    yield from _doors(park)
    yield from _gates(park)
    yield from _parking(park)
    yield from _crowds(park)
    yield from _weather(park)


def passed(crowd: Crowd, when: Moments, *, gates: bool = False) -> tuple[Floats, Floats]:
    """Return how many came in and went out since the counters were put in; with `gates` those from outside the park."""
    entered, left = crowd.gone_through(when, gates=gates)
    last = int(when.day.max(initial=FIRST_DAY))
    before_in, before_out = crowd.by_midnight(last, gates=gates)
    day = np.maximum(when.day - FIRST_DAY, 0)
    return before_in[day] + entered + crowd.resident, before_out[day] + left


def _doors(park: Park) -> Iterator[Channel]:
    plan = park.plan
    for point, end in (("Entering_Count_Sensor", 0), ("Leaving_Count_Sensor", 1)):
        spots = [spot for spot in plan.of("Entry_Exit_Counter", point) if spot.building >= 0]
        at, part = park.buildings(spots), _parts(park, spots)

        yield channel(spots, Cadence.MINUTE, 0, _through(park, at, part, end))


def _through(park: Park, at: NDArray[np.int64], part: Floats, end: int) -> Tell:
    """Return what tells how many passed doors, in (0) or out (1)."""

    def told(view: View) -> Floats:
        total = {b: passed(park.life.crowds[b], view.scene.when)[end] for b in set(at.tolist())}
        return np.asarray(np.floor(part * np.array([total[b] for b in at.tolist()])))

    return told


def _parts(park: Park, spots: Sequence[Spot]) -> Floats:
    """Return which part of its building's people takes each door: most the main one."""
    at = park.buildings(spots)
    main = np.array(["entrance1" in spot.device.id for spot in spots])
    weight = np.where(main, 2.2, 0.6 + 0.5 * draw(park.plan.rooms.streams[:1], np.arange(len(spots)))[0])
    return np.asarray(weight / np.bincount(at, weight, len(park.plan.buildings.ids))[at]).reshape(-1, 1)


def _gates(park: Park) -> Iterator[Channel]:
    plan, seats = park.plan, float(park.plan.buildings.seats.sum())
    drivers = crowd_of("gates by car", "cars", size=0.3 * seats, seed=plan.seed)
    for device, crowds, points, share in (
        ("Entry_Exit_Counter", park.life.crowds, ("Entering_Count_Sensor", "Leaving_Count_Sensor"), ON_FOOT),
        (
            "Vehicle_Counter",
            (drivers,),
            ("Vehicle_Entering_Count_Sensor", "Vehicle_Leaving_Count_Sensor"),
            1.0,
        ),
    ):
        for end, point in enumerate(points):
            spots = [spot for spot in plan.of(device, point) if spot.building < 0]
            weight = np.array([2.0 if "north" in spot.device.id else 1.0 for spot in spots])
            part = (weight / max(weight.sum(), 1)).reshape(-1, 1)

            yield channel(spots, Cadence.MINUTE, 0, _part_of(crowds, share * part, end))


def _part_of(crowds: Sequence[Crowd], part: Floats, end: int) -> Tell:
    """Return what tells a part of all who came to the park, or left it."""
    return lambda view: np.asarray(
        np.floor(part * sum(passed(crowd, view.scene.when, gates=True)[end] for crowd in crowds))
    )


def _parking(park: Park) -> Iterator[Channel]:
    plan = park.plan
    spots = plan.of("Parking_Guidance_System", "Parking_Occupied_Count_Sensor")
    free = plan.of("Parking_Guidance_System", "Parking_Free_Count_Sensor")
    places = [_car_park(park, spot) for spot in spots]

    def taken(view: View) -> Floats:
        inside = np.array([np.minimum(one.crowd.inside(view.scene.when), one.bays) for one in places])
        return np.round(inside)

    def left_over(view: View) -> Floats:
        return np.asarray(np.array([one.bays for one in places]).reshape(-1, 1) - taken(view))

    yield channel(spots, Cadence.MINUTE, 0, taken)
    yield channel(free, Cadence.MINUTE, 0, left_over)
    for end, point in enumerate(("Vehicle_Entering_Count_Sensor", "Vehicle_Leaving_Count_Sensor")):
        entrances = [spot for spot in plan.of("Vehicle_Counter", point) if spot.building >= 0]
        inside = [
            [one.crowd for one, spot in zip(places, spots, strict=True) if spot.building == door.building]
            for door in entrances
        ]

        yield channel(entrances, Cadence.MINUTE, 0, _driven(inside, end))


def _driven(inside: Sequence[Sequence[Crowd]], end: int) -> Tell:
    """Return what tells how many cars passed entrances, of the crowds of the car parks behind each."""
    return lambda view: np.array([
        np.floor(sum(passed(crowd, view.scene.when)[end] for crowd in crowds)) for crowds in inside
    ])  # fmt: skip


def _car_park(park: Park, spot: Spot) -> CarPark:
    zone = park.plan.campus.find(spot.device.space_id or "")
    if isinstance(zone, Geofence) and zone.geometry is not None:
        area = float(park.plan.campus.frame.metric(zone.geometry).area)
    else:
        area = float(park.plan.rooms.area_m2[spot.room])
    bays = max(int(area / M2_A_CAR), 4)
    crowd = crowd_of(spot.device.id, "cars", size=0.95 * bays, seed=park.plan.seed)
    return CarPark(bays=bays, crowd=replace(crowd, resident=round(OVERNIGHT * bays)))


def _crowds(park: Park) -> Iterator[Channel]:
    plan = park.plan
    counters = plan.of("People_Counter", "Occupancy_Count_Sensor")
    rows = park.rows(counters)
    yield channel(counters, Cadence.MINUTE, 0, lambda view: view.rooms.people[rows])
    radios = plan.of("Wireless_Access_Point", "WiFi_Occupant_Count_Sensor")
    at, keys = park.buildings(radios), park.keys(radios)
    area = np.array([plan.level_m2.get(spot.level, 0.0) for spot in radios])  # type: ignore[arg-type]
    part = (area / np.maximum(np.bincount(at, area, len(plan.buildings.ids))[at], 1)).reshape(-1, 1)
    habit = PHONES * (0.85 + 0.3 * draw(keys, 1))

    def connected(view: View) -> Floats:
        people = view.scene.inside[at] * part * habit * (1 + wander(keys, view, 0.1, 35))
        things = 1 + np.floor(4 * draw(keys, 2))
        return np.asarray(np.floor(people + things + 0.5 + jitter(keys, view, 0.3)))

    yield channel(radios, Cadence.MINUTE, 0, connected)


def _weather(park: Park) -> Iterator[Channel]:
    def one(name: str, digits: int, tell: object) -> Channel:
        assert callable(tell)
        spots = park.plan.of("Weather_Station", name)
        return channel(spots, Cadence.MINUTE, digits, lambda view: np.tile(tell(view), (len(spots), 1)))

    noise = park.plan.rooms.streams[:1]
    yield one(
        "Outside_Air_Temperature_Sensor", 2, lambda v: v.scene.weather.temp_c + jitter(noise, v, 0.05)[0]
    )
    yield one("Outside_Air_Humidity_Sensor", 1, lambda v: v.scene.weather.humidity + jitter(noise, v, 0.3)[0])
    yield one("Solar_Irradiance_Sensor", 1, lambda v: v.scene.weather.sun_w_m2)
    yield one("Wind_Speed_Sensor", 2, lambda v: v.scene.weather.wind_m_s)
    yield one("Wind_Direction_Sensor", 0, lambda v: v.scene.weather.wind_from)
    yield one("PM2.5_Level_Sensor", 1, lambda v: v.scene.weather.haze_ug_m3)
    yield one("Rain_Sensor", 1, lambda v: v.scene.weather.rain_mm)
    yield one(
        "Atmospheric_Pressure_Sensor", 3, lambda v: v.scene.weather.pressure_kpa + jitter(noise, v, 0.004)[0]
    )
