"""The weather of a humid subtropical place: seasons, fronts, days and nights, clouds, rain and haze."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.demo.simulation.chance import Floats, bell, smooth, step, stream
from yuanli.demo.simulation.moments import Moments

LATITUDE, LONGITUDE = 30.3318, 120.0712
YEAR_D = 365.2425
HOUR_S = 3600.0
MEAN_C, SWING_C, COLDEST = 17.4, 12.3, 23
"""Of a year: the mean outdoor temperature, half its range, and the coldest day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Weather at moments; arrays of one length.

    `mild_c` is the outdoor temperature as walls feel it: without its hours.
    """

    temp_c: Floats
    mild_c: Floats
    humidity: Floats
    dew_c: Floats
    sun_w_m2: Floats
    wind_m_s: Floats
    wind_from: Floats
    haze_ug_m3: Floats
    rain_mm: Floats
    pressure_kpa: Floats


def weather_of(when: Moments, seed: int) -> Weather:
    """Return the weather; the climate is Hangzhou's (means of 1991–2020: 4.9 °C in January, 29.3 °C in July)."""
    at_s = when.at_s
    fronts = smooth(stream(seed, "fronts"), at_s, 4.1 * 24 * HOUR_S)
    days = smooth(stream(seed, "days"), at_s, 1.6 * 24 * HOUR_S)
    season = np.cos(2 * np.pi * (when.day + when.hour / 24 - COLDEST) / YEAR_D)
    clouds = np.clip(0.5 + 0.45 * days + 0.3 * smooth(stream(seed, "clouds"), at_s, 5 * HOUR_S), 0.02, 0.98)
    mild_c = MEAN_C - SWING_C * season - 4.2 * fronts - 1.4 * days
    swing = 4.6 * (1.05 - 0.6 * clouds)
    temp_c = mild_c + swing * np.cos(2 * np.pi * (when.hour - 14.8) / 24)
    temp_c += 0.25 * smooth(stream(seed, "gusts"), at_s, 900)
    dryness = 3.2 + 3.0 * (1 - clouds) + 1.5 * smooth(stream(seed, "dry"), at_s, 30 * HOUR_S)
    dew_c = mild_c - 2.0 - dryness
    humidity = _humidity(temp_c, dew_c)
    wind = np.exp(0.75 + 0.45 * smooth(stream(seed, "wind"), at_s, 9 * HOUR_S))
    wind *= 1 + 0.25 * np.sin(np.pi * np.clip((when.hour - 8) / 12, 0, 1))
    wind += 0.35 * smooth(stream(seed, "puffs"), at_s, 300)
    rain = step((clouds - 0.86) / 0.12) * np.exp(
        1.0 + 1.2 * smooth(stream(seed, "rain"), at_s, 2 * HOUR_S) - 0.5 * season
    )
    haze = np.exp(3.25 + 0.45 * season + 0.55 * smooth(stream(seed, "haze"), at_s, 50 * HOUR_S))
    haze *= 1.15 - 0.25 * np.minimum(wind / 5, 1)
    return Weather(
        temp_c=temp_c,
        mild_c=mild_c,
        humidity=humidity,
        dew_c=dew_c,
        sun_w_m2=_sun(when, clouds, smooth(stream(seed, "shade"), at_s, 1500)),
        wind_m_s=np.maximum(wind, 0.15),
        wind_from=(160 + 130 * smooth(stream(seed, "from"), at_s, 20 * HOUR_S)) % 360,
        haze_ug_m3=haze + 0.6 * bell(stream(seed, "dust"), np.floor(at_s / 60).astype(np.int64)),
        rain_mm=np.where(rain > 0.05, rain, 0.0),
        pressure_kpa=101.6 + 0.85 * season + 0.5 * fronts,
    )


def usual_c(when: Moments) -> Floats:
    """Return the usual outdoor temperature of the time of year: what caretakers change over by."""
    return np.asarray(MEAN_C - SWING_C * np.cos(2 * np.pi * (when.day - COLDEST) / YEAR_D))


def _humidity(temp_c: Floats, dew_c: Floats) -> Floats:
    """Return relative humidity, % (Magnus formula; Alduchov and Eskridge 1996)."""
    dew_c = np.minimum(dew_c, temp_c - 0.3)
    full = np.exp(17.625 * dew_c / (243.04 + dew_c) - 17.625 * temp_c / (243.04 + temp_c))
    return np.asarray(np.clip(100 * full, 12, 99.5))


def _sun(when: Moments, clouds: Floats, shade: Floats) -> Floats:
    """Return global irradiance: the height of the sun (Spencer 1971), dimmed by clouds (Kasten and Czeplak 1980)."""
    year = 2 * np.pi * (when.day - 10_957 + 10) / YEAR_D
    declination = np.radians(-23.44) * np.cos(year)
    hours = np.radians(15 * (when.hour - 12) + (LONGITUDE - 120))
    place = np.radians(LATITUDE)
    height = np.sin(place) * np.sin(declination) + np.cos(place) * np.cos(declination) * np.cos(hours)
    clear = 1060 * np.maximum(height, 0) ** 1.16
    cover = np.clip(clouds + 0.18 * shade, 0, 1)
    return np.asarray(clear * (1 - 0.75 * cover**3.0))
