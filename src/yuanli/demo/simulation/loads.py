"""What buildings use: electricity by what it is for, water, gas; and what their roofs generate.

Rates are worked out each half hour and lie on straight lines between; counters are exactly the area beneath, since the
meters were put in. Sums up to each midnight are kept, so that any later time needs one day.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from threading import Lock

import numpy as np

from yuanli.demo.simulation.chance import Floats, smooth, stream
from yuanli.demo.simulation.moments import DAY_S, FIRST_DAY, OFFSET_S, Moments
from yuanli.demo.simulation.scene import Life, Scene

SERIES = ("lighting", "hvac", "plug", "lift", "special", "water", "gas", "pv")
"""Rates in kW; water and gas in m³/h."""
POWERS = SERIES[:5]
STEP_S = 1800
NODES = DAY_S // STEP_S
CHUNK_D = 32
SPECIAL_W_M2 = {"office": 1.6, "event": 0.8, "canteen": 2.0, "home": 0.6, "shops": 1.2}
OTHER_W_M2 = 0.7
LABORATORY_W_M2 = 6.5
KITCHEN_KW = {"canteen": 85.0, "home": 14.0, "shops": 48.0}
GAS_M3_H = {"canteen": 34.0, "home": 6.0, "shops": 22.0}
MEALS = ((7.2, 0.9, 0.5), (11.0, 1.5, 1.0), (17.2, 1.3, 0.8))
"""When kitchens work: middle, hours on each side, how hard."""
PV_W_M2 = 70.0
"""Peak of a roof that is half covered."""


def rates_of(scene: Scene) -> Floats:
    """Return all rates, shape `(n_series, n_buildings, m)`."""
    buildings, weather, when = scene.life.plan.buildings, scene.weather, scene.when
    area, kinds = buildings.floor_m2[:, None], np.array(buildings.kind)
    full = np.clip(scene.fullness, 0, 1.3)
    lit = 1 - np.exp(-3.2 * full)
    awake = np.where((kinds == "home")[:, None], 0.12 + 0.88 * _ramp(np.abs(when.hour - 2.5), 3.2, 5.0), 1.0)
    day = np.clip(weather.sun_w_m2 / 500, 0, 1)
    lighting = area * 0.0062 * (0.07 + 0.93 * lit * awake * (1 - 0.22 * day))
    plug = area * 0.0013 + 0.105 * scene.inside * np.where((kinds == "home")[:, None], 1.6 * awake, 1.0)
    cold = np.clip((13.5 - weather.mild_c) / 14, 0, 1.3)
    warm = np.clip((0.6 * weather.mild_c + 0.4 * weather.temp_c - 18.5) / 12, 0, 1.4)
    start = _ramp(when.hour, 7.2, 8.0) * (1 - _ramp(when.hour, 8.6, 9.6)) * when.works
    runs = np.maximum(lit, 0.75 * start * (kinds == "office")[:, None])
    runs = np.where((kinds == "garage")[:, None], 0.12, runs)
    hvac = area * (0.0006 + runs * (0.0042 + 0.030 * warm + 0.019 * cold))
    lifts = buildings.lifts[:, None]
    lift = lifts * (0.35 + 7.5 * (1 - np.exp(-scene.traffic / (260 * np.maximum(lifts, 1)))))
    special = _special(scene, kinds)
    water = (
        0.02
        + area * 1.3e-5
        + 0.25 * (kinds == "canteen")[:, None]
        + scene.inside * 0.0034
        + scene.meals * 0.011
        + _washing(scene, kinds)
    )
    gas = _by_kind(GAS_M3_H, kinds)[:, None] * _cooking(when, scene)
    kwp = buildings.roof_m2[:, None] * PV_W_M2 / 1000
    pv = kwp * weather.sun_w_m2 / 1000 * 0.84 * (1 - 0.0038 * np.maximum(weather.temp_c - 15, 0))
    rates = np.stack([lighting, hvac, plug, lift, special, water, gas, np.broadcast_to(pv, lighting.shape)])
    for number in range(4):
        wander = smooth(stream(scene.life.plan.seed, "load", number), when.at_s, 5 * 3600)
        rates[number] *= 1 + 0.03 * wander
    return rates


def _special(scene: Scene, kinds: np.ndarray) -> Floats:
    watts = np.maximum(_by_kind(SPECIAL_W_M2, kinds), OTHER_W_M2)
    watts = np.where(np.array(scene.life.plan.buildings.ids) == "building-r", LABORATORY_W_M2, watts)
    area = scene.life.plan.buildings.floor_m2[:, None]
    servers = area * watts[:, None] / 1000 * (0.85 + 0.15 * np.clip(scene.fullness, 0, 1))
    return np.asarray(servers + _by_kind(KITCHEN_KW, kinds)[:, None] * _cooking(scene.when, scene))


def _cooking(when: Moments, scene: Scene) -> Floats:
    """Return how hard kitchens work, 0–1.2."""
    hard = sum(how * _bump(when.hour, middle, wide) for middle, wide, how in MEALS)
    return np.asarray(hard * np.where(when.works, 1.0, 0.45) + 0 * scene.fullness)


def _washing(scene: Scene, kinds: np.ndarray) -> Floats:
    """Return the water of showers at home, m³/h."""
    hour = scene.when.hour
    often = 0.9 * _bump(hour, 7.3, 1.2) + 1.2 * _bump(hour, 21.6, 1.9) + 0.1
    return np.asarray((kinds == "home")[:, None] * scene.inside * 0.009 * often)


def _by_kind(table: Mapping[str, float], kinds: np.ndarray) -> Floats:
    return np.array([table.get(str(kind), 0.0) for kind in kinds])


def _ramp(hour: Floats, begin: float, end: float) -> Floats:
    return np.clip((hour - begin) / (end - begin), 0, 1)


def _bump(hour: Floats, middle: float, wide: float) -> Floats:
    return np.asarray(np.cos(np.pi / 2 * np.clip((hour - middle) / wide, -1, 1)) ** 2)


class Ledger:
    """What was used at any time, and since the meters were put in. Safe for threads."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._lock = Lock()
        n_buildings = len(life.plan.buildings.ids)
        self._midnights = np.zeros((1, len(SERIES), n_buildings))
        self._day = lru_cache(maxsize=48)(self._worked_out)

    def at(self, when: Moments) -> tuple[Floats, Floats]:
        """Return rates and sums (kWh, m³), each of shape `(n_series, n_buildings, m)`."""
        shape = (len(SERIES), self._midnights.shape[2], len(when.hour))
        rates, sums = np.empty(shape), np.empty(shape)
        for day in np.unique(when.day).tolist():
            here = when.day == day
            before = self._until(day)
            nodes, areas = self._day(day)
            place = when.hour[here] * 3600 / STEP_S
            index = np.minimum(place.astype(np.int64), NODES - 1)
            share = place - index
            left, right = nodes[:, :, index], nodes[:, :, index + 1]
            rates[:, :, here] = left + (right - left) * share
            part = (left + (right - left) * share / 2) * share * (STEP_S / 3600)
            sums[:, :, here] = before[:, :, None] + areas[:, :, index] + part
        return rates, sums

    def _worked_out(self, day: int) -> tuple[Floats, Floats]:
        """Return the rates of a day at each half hour, and the sums since midnight."""
        nodes = self._nodes(day, 1)
        parts = (nodes[:, :, :-1] + nodes[:, :, 1:]) / 2 * (STEP_S / 3600)
        areas = np.concatenate([np.zeros((*parts.shape[:2], 1)), np.cumsum(parts, axis=2)], axis=2)
        return nodes, areas

    def _nodes(self, day: int, n_days: int) -> Floats:
        """Return the rates at each half hour of days; the last midnight belongs to the day before and the next."""
        at_s = day * DAY_S - OFFSET_S + STEP_S * np.arange(NODES * n_days + 1, dtype=np.float64)
        return rates_of(self._life.at_seconds(at_s))

    def _until(self, day: int) -> Floats:
        """Return the sums up to the midnight at which a day begins."""
        with self._lock:
            while len(self._midnights) <= day - FIRST_DAY:
                first = FIRST_DAY + len(self._midnights) - 1
                nodes = self._nodes(first, CHUNK_D)
                parts = (nodes[:, :, :-1] + nodes[:, :, 1:]) / 2 * (STEP_S / 3600)
                days = parts.reshape(*parts.shape[:2], CHUNK_D, NODES).sum(axis=3)
                grown = self._midnights[-1] + np.cumsum(days.transpose(2, 0, 1), axis=0)
                self._midnights = np.concatenate([self._midnights, grown])
            return np.asarray(self._midnights[day - FIRST_DAY])
