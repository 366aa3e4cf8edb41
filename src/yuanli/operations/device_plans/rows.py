"""The devices of a draft as rows of its document: power, least times, how they stand, how they usually run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import ceil
from typing import Any

import numpy as np

from yuanli.campus import FeatureId
from yuanli.operations.device_plans.equipment import (
    PowerSource,
    defaults_of,
    place_of_device,
    power_of,
    states_at,
    usual_states,
)
from yuanli.operations.device_plans.runs import spans_of
from yuanli.operations.device_plans.scenes import Scene, area_m2, device_names, zone_names
from yuanli.operations.device_plans.wishes import SLOT

HELD_MOST = 96


def rows_of(
    scene: Scene, need: Mapping[FeatureId, list[float]]
) -> tuple[list[dict[str, Any]], dict[str, str], dict[str, str]]:
    """Return the rows of the devices, how each usually runs, and where its power is known from."""
    called, zones = device_names(scene), zone_names(scene)
    beside = Counter(place_of_device(item.device) for item in scene.items)
    sources: dict[str, str] = {}
    usual, known, rows = {}, 0, []
    recent = [scene.now - SLOT * i for i in range(HELD_MOST)]
    for item in scene.items:
        place, row = place_of_device(item.device), defaults_of(item.device.brick_class)
        meter = None if item.meter is None else scene.series.get(item.meter.id)
        power, source = power_of(item, meter, area_m2(scene.campus, place) / beside[place])
        sources[called[item.device.id]] = source.value
        told = scene.series[item.told_by.id]
        states = states_at(told, recent)
        on = bool(states[0] == 1)
        same = np.flatnonzero(~((states == 1) == on))
        running = usual_states(told, scene.times)
        known += bool(np.isfinite(running).mean() > 0.5)
        demanded = np.array(need[place]) > 0
        usual[called[item.device.id]] = spans_of(np.where(np.isfinite(running), running >= 0.5, demanded))
        rows.append(
            {
                "name": called[item.device.id], "device_id": item.device.id, "power_kw": power, "zone": zones[place],
                "service": ceil(1000 / beside[place]) / 10, "start_cost": row.start_cost, "on": on,
                "min_up": ceil(row.min_up_min * 60 / SLOT.total_seconds()),
                "min_down": ceil(row.min_down_min * 60 / SLOT.total_seconds()),
                "held": int(same[0]) - 1 if len(same) and scene.times[0] - scene.now < SLOT else HELD_MOST,
            }
        )  # fmt: skip
    _tell_sources(scene, Counter(map(PowerSource, sources.values())), known)
    return rows, usual, sources


def _tell_sources(scene: Scene, sources: Mapping[PowerSource, int], known: int) -> None:
    told = scene.told
    told.assume(
        f"功率：{sources[PowerSource.MAP]} 台来自地图，{sources[PowerSource.MEASURED]} 台来自实测，"
        f"{sources[PowerSource.TABLE]} 台来自默认表（defaults.csv）。",
        f"Power: {sources[PowerSource.MAP]} by the map, {sources[PowerSource.MEASURED]} as measured, "
        f"{sources[PowerSource.TABLE]} by the table of defaults (defaults.csv).",
    )
    told.assume(
        f"最短开停机时间来自默认表；基准：{known} 台按过去四周同一时刻的状态，其余按开放时间一直开。",
        f"Least times by the table of defaults; the baseline of {known} is how they ran at that time in the last four "
        "weeks, of the others always on while open.",
    )
    unknown = sum(not np.isfinite(states_at(scene.series[i.told_by.id], [scene.now]))[0] for i in scene.items)
    if unknown:
        told.assume(
            f"{unknown} 台的当前状态未知，按关机计。", f"The state of {unknown} is not known: off is taken."
        )
