"""Sensors of rooms and of the air handling that serves them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from yuanli.demo.simulation.chance import Floats, Streams, draw
from yuanli.demo.simulation.channels import Cadence, Channel, Park, Tell, View, channel, jitter, wander
from yuanli.demo.simulation.noise import loudness
from yuanli.demo.simulation.plan import Spot
from yuanli.demo.simulation.weather import usual_c

ROOM = Cadence.ROOM
DUCTS_MIN = (10, 20, 35, 50, 70, 95, 120)
MOST_FLOW_M3_H_M2 = 14.0


def sensors(park: Park) -> Iterator[Channel]:
    """Yield the channels of sensors in rooms and plant rooms."""
    yield from _zones(park)
    yield from _air(park)
    yield from _handling(park)
    plan = park.plan
    fumes = plan.of("CO_Sensor_Equipment", "CO_Level_Sensor")
    keys, at = park.keys(fumes), park.buildings(fumes)

    def fume(view: View) -> Floats:
        cars = view.scene.traffic[at] / np.maximum(park.life.busiest[at][:, None], 1)
        return 0.7 + 3.5 * np.clip(cars, 0, 3) + wander(keys, view, 0.4, 30) + jitter(keys, view, 0.12)

    yield channel(fumes, ROOM, 1, fume)
    pumps = plan.of("Fire_Pump", "Water_Pressure_Sensor")
    pump_keys = park.keys(pumps)
    yield channel(
        pumps,
        ROOM,
        4,
        lambda v: (
            0.62 + 0.05 * draw(pump_keys, 1) + wander(pump_keys, v, 0.008, 70) + jitter(pump_keys, v, 0.0015)
        ),
    )


def _zones(park: Park) -> Iterator[Channel]:
    for device in ("Fan_Coil_Unit", "VAV"):
        spots = park.plan.of(device, "Zone_Air_Temperature_Sensor")
        yield channel(spots, ROOM, 2, _warmth(park, spots))
    flows = park.plan.of("VAV", "Supply_Air_Flow_Sensor")
    rows, keys, at = park.rows(flows), park.keys(flows), park.buildings(flows)
    m2 = np.array([park.plan.rooms.area_m2[spot.room] for spot in flows]).reshape(-1, 1)
    most = np.clip(m2 * MOST_FLOW_M3_H_M2, 250, 2600) * (0.9 + 0.2 * draw(keys, 1))

    def blown(view: View) -> Floats:
        away = np.abs(view.rooms.temp_c - view.rooms.setpoint_c)[rows]
        people = view.rooms.people[rows] / park.plan.rooms.capacity[view.equipped][rows][:, None]
        need = np.clip(0.28 + 0.3 * away + 0.35 * people, 0.2, 1)
        moving = 1 + wander(keys, view, 0.05, 14) + jitter(keys, view, 0.01)
        return np.asarray(view.scene.open[at] * most * need * moving)

    yield channel(flows, ROOM, 0, blown)


def _warmth(park: Park, spots: Sequence[Spot]) -> Tell:
    """Return what tells the temperature at sensors: of their rooms, each a little off."""
    rows, keys = park.rows(spots), park.keys(spots)
    off = 0.5 * (draw(keys, 1) - 0.5)
    return lambda view: view.rooms.temp_c[rows] + off + jitter(keys, view, 0.035)


def _air(park: Park) -> Iterator[Channel]:
    spots = park.plan.of("Sensor_Equipment", "CO2_Level_Sensor")
    rows, keys = park.rows(spots), park.keys(spots)
    yield channel(spots, ROOM, 0, lambda v: v.rooms.co2_ppm[rows] + jitter(keys, v, 4.0))
    damp = park.plan.of("Sensor_Equipment", "Zone_Air_Humidity_Sensor")
    yield channel(damp, ROOM, 1, lambda v: v.rooms.humidity[rows] + jitter(keys, v, 0.15))
    light = park.plan.of("Sensor_Equipment", "Illuminance_Sensor")
    yield channel(light, ROOM, 0, lambda v: v.rooms.lux(v.rooms.lit)[rows] * (1 + jitter(keys, v, 0.006)))
    dust = park.plan.of("Sensor_Equipment", "PM2.5_Level_Sensor")
    dusty, dust_keys = park.rows(dust), park.keys(dust)
    bias = 0.94 + 0.12 * draw(dust_keys, 1)
    yield channel(
        dust, ROOM, 1, lambda v: v.rooms.dust_ug_m3[dusty] * bias * (1 + jitter(dust_keys, v, 0.025))
    )
    sound = park.plan.of("Sensor_Equipment", "Sound_Level_Sensor")
    yield channel(sound, ROOM, 1, loudness(park, sound))


def _handling(park: Park) -> Iterator[Channel]:
    """Yield air handling units: outdoor and return air are mixed, then cooled or heated to the setpoint."""
    units = park.plan.of("Air_Handling_Unit", "Supply_Air_Temperature_Sensor")
    keys, at = park.keys(units), park.buildings(units)
    lag = park.keys(units) + np.uint64(17)

    def runs(view: View) -> Floats:
        return np.asarray(view.scene.open[at])

    def setpoint(view: View) -> Floats:
        held = np.round(2 * np.clip(22.5 - 0.55 * (usual_c(view.scene.when) - 12), 14, 26)) / 2
        return np.tile(held, (len(keys), 1))

    def back(view: View) -> Floats:
        warm = _house_temp(view)[at]
        return np.asarray(warm + 0.4 + wander(keys, view, 0.3, 50))

    def damper(view: View) -> Floats:
        free = np.clip(1 - np.abs(view.scene.weather.temp_c - setpoint(view)) / 9, 0, 1)
        return np.asarray(runs(view) * (22 + 70 * free + wander(keys, view, 2.5, 20)))

    def mixed(view: View) -> Floats:
        part = np.clip(damper(view) / 100, 0.03, 1)
        return part * view.scene.weather.temp_c + (1 - part) * back(view)

    def valve(view: View, *, hot: bool) -> Floats:
        away = setpoint(view) - mixed(view)
        need = np.clip((away if hot else -away) - 0.3, 0, None) * (6.5 if hot else 7.5)
        return np.asarray(runs(view) * np.clip(need * (1 + wander(lag, view, 0.08, 15)), 0, 97))

    def supply(view: View) -> Floats:
        held = setpoint(view) + wander(lag, view, 0.45, 18)
        on = _lately(view, at)
        return on * held + (1 - on) * (0.93 * back(view) + 0.07 * view.scene.weather.mild_c)

    def fan(view: View) -> Floats:
        return np.asarray(runs(view) * np.round(45 + 45 * np.clip(view.scene.fullness[at], 0, 1)))

    for name, cadence, digits, tell, noise in (
        ("Supply_Air_Temperature_Sensor", ROOM, 2, supply, 0.06),
        ("Fan_Speed_Command", Cadence.CHANGE, 0, fan, 0.0),
        ("Supply_Air_Temperature_Setpoint", Cadence.CHANGE, 1, setpoint, 0.0),
        ("Return_Air_Temperature_Sensor", ROOM, 2, back, 0.05),
        ("Mixed_Air_Temperature_Sensor", ROOM, 2, mixed, 0.07),
        ("Chilled_Water_Valve_Position_Sensor", ROOM, 1, lambda v: valve(v, hot=False), 0.0),
        ("Hot_Water_Valve_Position_Sensor", ROOM, 1, lambda v: valve(v, hot=True), 0.0),
        ("Outside_Air_Damper_Position_Sensor", ROOM, 1, damper, 0.0),
    ):
        spots = park.plan.of("Air_Handling_Unit", name)
        yield channel(spots, cadence, digits, _noisy(tell, keys, noise))


def _noisy(tell: Tell, keys: Streams, noise: float) -> Tell:
    return lambda view: tell(view) + jitter(keys, view, noise)


def _lately(view: View, at: NDArray[np.int64]) -> Floats:
    """Return how much the air of ducts is that of running units, 0–1: it follows within two hours."""
    before = [view.scene.shifted(-minutes).open[at] for minutes in DUCTS_MIN]
    return np.asarray(np.mean([view.scene.open[at], *before], axis=0))


def _house_temp(view: View) -> Floats:
    """Return the mean temperature of the equipped rooms of each building."""
    home = view.rooms.building
    n_buildings = len(view.scene.inside)
    total = np.zeros((n_buildings, len(view.scene.when.hour)))
    np.add.at(total, home, view.rooms.temp_c)
    count = np.bincount(home, minlength=n_buildings)
    return np.asarray(np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], 21.0))
