"""What PV gives in each slot: as the map's meters let expect, or by a clear sky and the sunshine of the last days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from yuanli.operations.device_plans.means import slot_means
from yuanli.operations.device_plans.scenes import Scene
from yuanli.operations.device_plans.wishes import SLOT
from yuanli.telemetry import Series

Floats = NDArray[np.float64]
PERFORMANCE = 0.8
"""Share of the rated power under 1 kW/m² that arrives as alternating current (IEC 61724, usual 0.75–0.85)."""
CLEARNESS = 0.6
"""Of a clear sky's sunshine, on average, where none is measured."""
PAST = timedelta(days=14)
LEAST = 100
"""Slots with the sun up and measured, at least."""


def clear_sky(times: Sequence[datetime], *, lon: float, lat: float) -> Floats:
    """Return the sunshine on level ground under a clear sky, W/m² (Haurwitz 1945).

    The sun stands by Spencer's series (1971), true to half a degree.
    """
    utc = [time.astimezone(UTC) for time in times]
    day = 2 * np.pi * np.array([t.timetuple().tm_yday - 1 for t in utc]) / 365
    hour = np.array([t.hour + t.minute / 60 + t.second / 3600 for t in utc])
    declination = (
        0.006918 - 0.399912 * np.cos(day) + 0.070257 * np.sin(day) - 0.006758 * np.cos(2 * day)
        + 0.000907 * np.sin(2 * day) - 0.002697 * np.cos(3 * day) + 0.00148 * np.sin(3 * day)
    )  # fmt: skip
    minutes = 229.18 * (
        0.000075 + 0.001868 * np.cos(day) - 0.032077 * np.sin(day)
        - 0.014615 * np.cos(2 * day) - 0.040849 * np.sin(2 * day)
    )  # fmt: skip
    angle = np.radians(15 * (hour + minutes / 60 - 12) + lon)
    up = np.sin(np.radians(lat)) * np.sin(declination)
    height = up + np.cos(np.radians(lat)) * np.cos(declination) * np.cos(angle)
    low = np.maximum(height, 1e-6)
    return np.where(height > 0, 1098 * low * np.exp(-0.057 / low), 0.0)


def clearness(scene: Scene, sunshine: Series | None) -> float | None:
    """Return the share of a clear sky's sunshine that was measured, W/m²; None where too little was."""
    if sunshine is None:
        return None
    begin = scene.now - PAST
    times = [begin + SLOT * i for i in range(PAST // SLOT)]
    measured, clear = slot_means(sunshine, times, SLOT), _sky(scene, times)
    known = np.isfinite(measured) & (clear > 50)
    if known.sum() < LEAST:
        return None
    return float(np.clip(measured[known].sum() / clear[known].sum(), 0.0, 1.2))


def solar_of_map(scene: Scene, hours: Mapping[datetime, float]) -> Floats | None:
    """Return what the meters of PV let expect, kW by slot; None where that is not known."""
    told = [hours.get(at.replace(minute=0, second=0, microsecond=0)) for at in scene.times]
    if not told or any(value is None for value in told):
        return None
    found: Floats = np.maximum(np.array(told, float), 0.0)
    if found.max() <= 0:
        return None
    scene.told.assume(
        f"光伏：按实测历史预测，最高 {found.max():,.0f} kW。",
        f"PV is as its meters let expect: {found.max():,.0f} kW at most.",
    )
    return found


def solar_of_peak(scene: Scene, kwp: float, sunshine: Series | None) -> Floats:
    """Return what PV of a peak power gives, kW by slot."""
    share = clearness(scene, sunshine)
    found: Floats = (
        kwp * PERFORMANCE * _sky(scene, scene.times) / 1000 * (CLEARNESS if share is None else share)
    )
    if share is None:
        scene.told.assume(
            f"光伏：{kwp:g} kWp 按晴空辐照的 {CLEARNESS:.0%} 计（没有实测辐照度）。",
            f"PV: {kwp:g} kWp under {CLEARNESS:.0%} of a clear sky (no irradiance is measured).",
        )
    else:
        scene.told.assume(
            f"光伏：{kwp:g} kWp，按过去 {PAST.days} 天实测辐照度为晴空的 {share:.0%} 计。",
            f"PV: {kwp:g} kWp under {share:.0%} of a clear sky, as was measured in the last {PAST.days} days.",
        )
    return found


def _sky(scene: Scene, times: Sequence[datetime]) -> Floats:
    frame = scene.campus.frame
    return clear_sky([time + SLOT / 2 for time in times], lon=frame.lon, lat=frame.lat)
