"""How many people are in a space: told by what there is, from head counters to the air they breathe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

import numpy as np
from numpy.typing import NDArray

from yuanli.telemetry.readings import Times, Values

HOUR_S = 3600.0
MICROSECONDS = 1e6
LEAST_RATIO, MOST_RATIO = 0.2, 3.0
"""People a connected device."""


@unique
class OccupancySource(StrEnum):
    """What told how many people there are, the surest first."""

    COUNT = "count"
    """A camera or a ceiling sensor counts heads."""
    COUNTERS = "counters"
    """Counters at the doors: who came in, less who left."""
    WIFI = "wifi"
    """Devices that are connected."""
    CO2 = "co2"
    """What people breathe out."""
    PRESENCE = "presence"
    """A sensor that only tells whether somebody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyParams:
    """What people breathe out, how rooms are aired, and how much each way of counting errs (80 of 100 times).

    Parameters
    ----------
    co2_m3h
        What a person at a desk breathes out: 0.0188 m³/h (0.0052 L/s at 1.2 met: Persily and de Jonge 2017,
        doi:10.1111/ina.12383).
    outdoor_ppm
        CO₂ outdoors.
    air_changes_h
        How often an hour the air of a room is renewed: 2 is usual for offices; nobody measures it, which is why the
        estimate is wide.
    height_m
        Of a room, where no map tells it.
    wifi_ratio
        People a connected device; see `fit_wifi_ratio`.
    presence_share
        The share of the seats that are taken where somebody is.
    least_m2
        Of floor a person: a crowd standing.
    count_error, counters_error, wifi_error, co2_error
        Relative.
    co2_least
        In people: a CO₂ sensor is 50 ppm wide.
    """

    co2_m3h: float = 0.0188
    outdoor_ppm: float = 420.0
    air_changes_h: float = 2.0
    height_m: float = 2.8
    wifi_ratio: float = 0.8
    presence_share: float = 0.4
    least_m2: float = 0.5
    count_error: float = 0.05
    counters_error: float = 0.1
    wifi_error: float = 0.3
    co2_error: float = 0.5
    co2_least: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """How many people there are, and between which numbers 80 of 100 times; columns of one shape.

    Not a number where nothing tells; never below nought.
    """

    people: Values
    low: Values
    high: Values


def counted(registers: Values, resets: NDArray[np.bool_]) -> Values:
    """Return how much registers counted since the last reset; shape `(n, t)`.

    A register that goes down has begun again from nought. A column without a reading tells what was known before.

    Parameters
    ----------
    resets
        Shape `(t,)`: whether counting begins anew at a column, whose reading is the base. The first is a base always.
    """
    total = np.zeros(registers.shape)
    running = np.zeros(registers.shape[0])
    last = np.full(registers.shape[0], np.nan)
    for i in range(registers.shape[1]):
        now = registers[:, i]
        step = np.where(now >= last, now - last, now)
        known = np.isfinite(now)
        running = np.where(known & np.isfinite(last), running + np.nan_to_num(step), running)
        if resets[i]:
            running = np.zeros_like(running)
        last = np.where(known, now, last)
        total[:, i] = np.where(np.isfinite(last), running, np.nan)
    return total


def people_counted(heads: Values, params: OccupancyParams = OccupancyParams()) -> People:
    """Return what head counters tell."""
    return _about(heads, params.count_error, 0.0)


def people_from_counters(
    entered: Values, left: Values, params: OccupancyParams = OccupancyParams()
) -> People:
    """Return who came in less who left since the last reset, at night, when a place is empty.

    Counters miss people; the error grows with how many passed (each misses about 2 %), and the drift of a day is gone
    with the next reset. Fewer than nobody is nobody.
    """
    passed = np.sqrt(np.maximum(entered + left, 0)) + 0.02 * np.maximum(entered + left, 0)
    return _about(entered - left, params.counters_error, np.nan_to_num(passed / 4))


def people_from_wifi(devices: Values, params: OccupancyParams = OccupancyParams()) -> People:
    """Return what connected devices tell, at so many people a device."""
    return _about(devices * params.wifi_ratio, params.wifi_error, 1.0)


def fit_wifi_ratio(devices: Values, people: Values, params: OccupancyParams = OccupancyParams()) -> float:
    """Return people a device where both are known, by least squares through nought; the usual one from fewer than ten.

    Pairs beyond 0.2 to 3 people a device aren't of the same people, and are left out: where some sleep the doors don't
    count them, and where nobody is only things are connected.
    """
    both = np.isfinite(devices) & np.isfinite(people) & (devices > 0)
    both &= (people >= LEAST_RATIO * devices) & (people <= MOST_RATIO * devices)
    if both.sum() < 10:
        return params.wifi_ratio
    return float((devices[both] * people[both]).sum() / (devices[both] ** 2).sum())


def people_from_co2(
    co2: Values, at: Times, area_m2: Values, params: OccupancyParams = OccupancyParams()
) -> People:
    """Return how many people keep the air of rooms as it is: the mass balance of CO₂.

    V dC/dt = G·N − Q (C − C₀) solved for N, with Q = air changes × V (Persily 1997, ASHRAE Transactions 103;
    doi:10.1111/ina.12383 for G). The change is that from column to column where they are at most half an hour apart;
    else the air is taken as steady.

    Parameters
    ----------
    co2, at
        ppm and µs, shape `(n, t)`.
    area_m2
        Of the floor, shape `(n,)`.
    """
    volume = np.maximum(area_m2, 1.0)[:, None] * params.height_m
    slope = np.zeros(co2.shape)
    if co2.shape[1] > 1:
        hours = np.diff(at, axis=1) / MICROSECONDS / HOUR_S
        near = (hours > 0.02) & (hours <= 0.5) & np.isfinite(co2[:, 1:] - co2[:, :-1])
        slope[:, 1:] = np.where(near, (co2[:, 1:] - co2[:, :-1]) / np.where(near, hours, 1.0), 0.0)
    excess = co2 - params.outdoor_ppm
    people = volume * 1e-6 * (slope + params.air_changes_h * excess) / params.co2_m3h
    sensor = volume * 1e-6 * params.air_changes_h * 50 / params.co2_m3h
    most = np.maximum(area_m2, 1.0)[:, None] / params.least_m2
    return _about(np.minimum(people, most), params.co2_error, np.maximum(sensor, params.co2_least))


def people_from_presence(
    present: Values, seats: Values, params: OccupancyParams = OccupancyParams()
) -> People:
    """Return nobody, or so many as usually sit there: at least one, at most all seats.

    Parameters
    ----------
    present
        0–1: the share of the time in which somebody was there.
    seats
        Shape `(n,)`; not a number where nobody knows.
    """
    room = np.where(np.isfinite(seats), np.maximum(seats, 1.0), 1.0)[:, None]
    share = np.clip(present, 0, 1)
    there = share > 0
    return People(
        people=np.where(np.isfinite(present), share * np.maximum(1.0, room * params.presence_share), np.nan),
        low=np.where(np.isfinite(present), np.minimum(share, 1.0), np.nan),
        high=np.where(np.isfinite(present), np.where(there, room, 0.0), np.nan),
    )


def _about(people: Values, relative: float, least: Values | float) -> People:
    known = np.where(np.isfinite(people), np.maximum(people, 0.0), np.nan)
    width = known * relative + least
    return People(people=known, low=np.maximum(known - width, 0.0), high=known + width)
