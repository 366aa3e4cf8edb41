"""Meters: electricity of buildings, uses and floors, generation, water, gas, and the plant behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from yuanli.campus import Device
from yuanli.demo.simulation.chance import Floats, Streams, draw, streams
from yuanli.demo.simulation.channels import (
    DEMAND_MIN,
    Cadence,
    Channel,
    Park,
    Tell,
    View,
    channel,
    jitter,
    wander,
)
from yuanli.demo.simulation.loads import POWERS
from yuanli.demo.simulation.plan import Spot

POWER, ENERGY = "Electrical_Power_Sensor", "Electrical_Energy_Sensor"
FLOOR = "floor"
Register = Callable[[View], Floats]
"""Returns what the registers of meters stand at."""
Make = Callable[[Park, Sequence[Spot]], Register]


def meters(park: Park) -> Iterator[Channel]:
    """Yield the channels of all meters."""
    yield from _both(park, "Building_Electrical_Meter", _mains)
    for use in POWERS:
        yield from _both(park, "Electrical_Meter", _of_use(use), only=use)
    yield from _both(park, "Electrical_Meter", _floors, only=FLOOR)
    yield from _both(park, "PV_Array", _generated)
    posts = park.plan.of("Electric_Vehicle_Charging_Station", ENERGY)
    yield channel(park.posts, Cadence.MINUTE, 2, lambda view: view.charged[0])
    yield channel(posts, Cadence.MINUTE, 2, lambda view: view.charged[1])
    water = park.plan.of("Building_Water_Meter", "Water_Usage_Sensor")
    yield channel(water, Cadence.MINUTE, 3, lambda v: v.of("water", total=True)[park.buildings(water)])
    gas = park.plan.of("Building_Gas_Meter", "Natural_Gas_Usage_Sensor")
    yield channel(gas, Cadence.MINUTE, 2, lambda v: v.of("gas", total=True)[park.buildings(gas)])
    yield from _plant(park)


def charging_of(park: Park, view: View, *, total: bool) -> Floats:
    """Return what the chargers of each building take."""
    at = park.buildings(park.posts)
    taken = np.zeros((len(park.plan.buildings.ids), len(view.scene.when.hour)))
    np.add.at(taken, at[at >= 0], view.charged[int(total)][at >= 0])
    return taken


def _both(park: Park, device: str, made: Make, *, only: str | None = None) -> Iterator[Channel]:
    """Yield the power and the energy of a class of meters."""
    for point, total in ((POWER, False), (ENERGY, True)):
        spots = [s for s in park.plan.of(device, point) if only is None or _use(s.device) == only]
        if not spots:
            continue
        tell = _measured(made(park, spots), total=total, keys=park.keys(spots))
        yield channel(spots, Cadence.MINUTE, 3, tell)


def _measured(register: Register, *, total: bool, keys: Streams) -> Tell:
    """Return what a meter tells: its register, or how fast that grew in the demand interval, with noise."""

    def told(view: View) -> Floats:
        if total:
            return register(view)
        demand = (register(view) - register(view.before)) * (60 / DEMAND_MIN)
        return demand * (1 + jitter(keys, view, 0.003) + wander(keys, view, 0.005, 9))

    return told


def _use(device: Device) -> str | None:
    use = device.extra.get("use")
    return str(use) if use is not None else None


def _mains(park: Park, spots: Sequence[Spot]) -> Register:
    at = park.buildings(spots)

    def register(view: View) -> Floats:
        parts = sum(view.of(name, total=True) for name in POWERS)
        return np.asarray((parts + charging_of(park, view, total=True))[at])

    return register


def _of_use(use: str) -> Make:
    def made(park: Park, spots: Sequence[Spot]) -> Register:
        at = park.buildings(spots)

        def register(view: View) -> Floats:
            values = view.of(use, total=True)
            return (values + charging_of(park, view, total=True) if use == "special" else values)[at]

        return register

    return made


def _generated(park: Park, spots: Sequence[Spot]) -> Register:
    at = park.buildings(spots)
    return lambda view: view.of("pv", total=True)[at]


def _floors(park: Park, spots: Sequence[Spot]) -> Register:
    """Each floor's meter counts its part of lighting and sockets, by area; so does a shop's."""
    at, plan = park.buildings(spots), park.plan
    keys = streams(plan.seed, "floor", of=[spot.device.id for spot in spots])
    shops = [plan.buildings.kind[spot.building] == "shops" for spot in spots]
    area = np.array([
        plan.rooms.area_m2[spot.room] if shop else plan.level_m2.get(spot.level, 0.0)  # type: ignore[arg-type]
        for spot, shop in zip(spots, shops, strict=True)
    ])  # fmt: skip
    weight = area * (0.85 + 0.3 * draw(keys, 1)[:, 0])
    own = np.bincount(at, weight, len(plan.buildings.ids))
    part = (weight / np.maximum(own, plan.buildings.floor_m2)[at])[:, None]

    def register(view: View) -> Floats:
        return np.asarray(part * (view.of("lighting", total=True) + view.of("plug", total=True))[at])

    return register


def _plant(park: Park) -> Iterator[Channel]:
    """Yield transformers, chillers and uninterruptible supplies."""
    plan, life = park.plan, park.life
    transformers = plan.of("Transformer", POWER)
    heated = plan.of("Transformer", "Temperature_Sensor")
    keys = park.keys(transformers)
    share = (0.9 + 0.2 * draw(keys, 1)) / max(len(transformers), 1)

    def load(view: View) -> Floats:
        park_kw = sum(view.of(name, total=False).sum(axis=0) for name in POWERS)
        park_kw = park_kw + charging_of(park, view, total=False).sum(axis=0)
        return np.asarray(share * park_kw)

    def winding(view: View) -> Floats:
        return 24 + 0.45 * view.scene.weather.mild_c + 0.075 * load(view) + wander(keys, view, 1.2, 40)

    yield channel(transformers, Cadence.MINUTE, 2, lambda v: load(v) * (1 + jitter(keys, v, 0.006)))
    yield channel(heated, Cadence.ROOM, 2, lambda v: winding(v) + jitter(keys, v, 0.12))
    chillers = plan.of("Chiller", POWER)
    at = park.buildings(chillers)
    each = np.array([1 / max(int((at == one).sum()), 1) for one in at]).reshape(-1, 1)

    def cooling(view: View) -> Floats:
        warm = np.clip((view.scene.weather.temp_c - 19) / 8, 0, 1)
        hvac = view.of("hvac", total=False)[at] - 0.006 * life.plan.buildings.floor_m2[at][:, None]
        return np.asarray(np.maximum(each * 0.58 * hvac * warm, 0))

    cold = plan.of("Chiller", "Leaving_Chilled_Water_Temperature_Sensor")
    chill_keys = park.keys(chillers)

    def leaving(view: View) -> Floats:
        runs = np.clip(cooling(view) / 12, 0, 1)
        rest = 14.5 + 0.12 * view.scene.weather.mild_c + wander(chill_keys, view, 0.8, 180)
        return runs * (7.0 + wander(chill_keys, view, 0.35, 25)) + (1 - runs) * rest

    yield channel(chillers, Cadence.MINUTE, 2, lambda v: cooling(v) * (1 + jitter(chill_keys, v, 0.008)))
    yield channel(cold, Cadence.ROOM, 2, lambda v: leaving(v) + jitter(chill_keys, v, 0.06))
    supplies = plan.of("UPS", POWER)
    ups_keys = park.keys(supplies)
    size = 0.9 + 5.5 * draw(ups_keys, 2) ** 2
    full = park.buildings(supplies)

    def output(view: View) -> Floats:
        busy = 0.84 + 0.16 * np.clip(view.scene.fullness[full], 0, 1)
        return size * busy * (1 + wander(ups_keys, view, 0.02, 12) + jitter(ups_keys, view, 0.005))

    yield channel(supplies, Cadence.MINUTE, 3, output)
    warm_rooms = plan.of("UPS", "Temperature_Sensor")
    yield channel(
        warm_rooms,
        Cadence.ROOM,
        2,
        lambda v: (
            22.6 + 2 * (draw(ups_keys, 3) - 0.5) + wander(ups_keys, v, 0.7, 55) + jitter(ups_keys, v, 0.06)
        ),
    )
