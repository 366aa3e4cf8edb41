"""What is otherwise than a plan of devices was made for: prices, demand, weather, loads; said with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.operations.device_plans.runs import PlanRun, RunParams, slots_on
from yuanli.scheduling import DevicesProblem

MOST_NAMED = 3
Floats = NDArray[np.float64]


def differences(
    old: DevicesProblem, first: int, fresh: Mapping[str, Any], *, params: RunParams, kept: frozenset[str], zone: tzinfo
) -> tuple[Text, ...]:  # fmt: skip
    """Return what of the slots from `first` on is materially otherwise in a new draft of them.

    Parameters
    ----------
    kept
        What somebody entered by hand: a new draft says nothing about it.
    zone
        Of the clock by which times are told.
    """
    found = (
        *_prices(old, first, fresh, params, kept, zone),
        *_demands(old, first, fresh, params, kept, zone),
        *_weather(old, first, fresh, params, kept, zone),
        *_loads(old, first, fresh, params, kept, zone),
    )
    return tuple(found)


def _prices(
    old: DevicesProblem, first: int, fresh: Mapping[str, Any], params: RunParams, kept: frozenset[str], zone: tzinfo
) -> Iterator[Text]:  # fmt: skip
    pair = _pair(old.price, first, fresh.get("price"))
    if pair is None or "price" in kept:
        return
    before, now = pair
    changed = np.abs(now - before) > params.price_share * np.maximum(np.abs(before), 1e-9)
    if changed.any():
        when, at = _span(old, first, changed, zone)
        yield Text(
            f"电价变了：{when} 由每 kWh {before[at]:g} 变为 {now[at]:g}。",
            f"Prices changed: {when} a kWh costs {now[at]:g} in place of {before[at]:g}.",
        )


def _demands(
    old: DevicesProblem, first: int, fresh: Mapping[str, Any], params: RunParams, kept: frozenset[str], zone: tzinfo
) -> Iterator[Text]:  # fmt: skip
    told = {one["name"]: one["demand"] for one in fresh.get("zones", [])}
    names, shown = [], None
    for one in old.zones:
        pair = _pair(one.demand, first, told.get(one.name))
        if pair is None or f"{one.name}/demand" in kept:
            continue
        before, now = pair
        changed = np.abs(now - before) > params.demand_share * max(float(one.demand.max()), 1e-9)
        if changed.any():
            names.append(one.name)
            shown = shown or (*_span(old, first, changed, zone), before, now)
    if shown is not None:
        when, at, before, now = shown
        yield Text(
            f"预测的需求变了：{_some(names, '、', ' 等 {} 处')} {when} 由 {before[at]:g} 变为 {now[at]:g}。",
            f"The forecast of demand changed: {_some(names, ', ', ' and others ({})')}, {when}, "
            f"{now[at]:g} in place of {before[at]:g}.",
        )


def _weather(
    old: DevicesProblem, first: int, fresh: Mapping[str, Any], params: RunParams, kept: frozenset[str], zone: tzinfo
) -> Iterator[Text]:  # fmt: skip
    air = {one["name"]: one["climate"] for one in fresh.get("zones", []) if one.get("climate")}
    for one in old.zones:
        if one.climate is None or one.name not in air or f"{one.name}/outdoor_c" in kept:
            continue
        pair = _pair(one.climate.outdoor_c, first, air[one.name].get("outdoor_c"))
        if pair is None:
            continue
        before, now = pair
        changed = np.abs(now - before) > params.outdoor_c
        if changed.any():
            when, at = _span(old, first, changed, zone)
            yield Text(
                f"天气预测变了：{when} 室外由 {before[at]:.1f} °C 变为 {now[at]:.1f} °C。",
                f"The weather expected changed: {when} it is {now[at]:.1f} °C outdoors in place of "
                f"{before[at]:.1f} °C.",
            )
            return


def _loads(
    old: DevicesProblem, first: int, fresh: Mapping[str, Any], params: RunParams, kept: frozenset[str], zone: tzinfo
) -> Iterator[Text]:  # fmt: skip
    for name, values, zh, en in (
        ("base_kw", old.base_kw, "其他用电的预测", "What else runs"),
        ("solar_kw", old.solar_kw, "光伏预测", "PV expected"),
    ):
        pair = None if values is None else _pair(values, first, fresh.get(name))
        if values is None or pair is None or name in kept:
            continue
        before, now = pair
        changed = np.abs(now - before) > params.demand_share * max(float(values.max()), 1e-9)
        if changed.any():
            when, at = _span(old, first, changed, zone)
            yield Text(
                f"{zh}变了：{when} 由 {before[at]:.0f} kW 变为 {now[at]:.0f} kW。",
                f"{en} changed: {when} {now[at]:.0f} kW in place of {before[at]:.0f} kW.",
            )


def changes_between(old: PlanRun, new: PlanRun, zone: tzinfo) -> tuple[Text, ...]:
    """Say which devices a plan that follows another has on or off at other times, from its beginning on."""
    begins = max(new.begins_at, new.at)
    shift, first = new.slot_at(begins), old.slot_at(begins)
    before = {one.device_id: slots_on(one.on, old.slots) for one in old.devices if one.left is None}
    found = []
    for device in new.devices:
        if device.left is not None or device.device_id not in before or new.slot != old.slot:
            continue
        now, was = slots_on(device.on, new.slots)[shift:], before[device.device_id][first:]
        size = min(len(now), len(was))
        parts = [
            (_spans(new, shift, flags, zone), zh, en)
            for flags, zh, en in (
                (now[:size] & ~was[:size], "改为开", "on"), (was[:size] & ~now[:size], "改为关", "off"),
            )
            if flags.any()
        ]  # fmt: skip
        if parts:
            zh = "，".join(f"{when} {to}" for when, to, _ in parts)
            en = ", ".join(f"now {to} {when}" for when, _, to in parts)
            found.append(Text(f"{device.name}：{zh}", f"{device.name}: {en}"))
    return tuple(found)


def _spans(run: PlanRun, first: int, flags: NDArray[np.bool_], zone: tzinfo) -> str:
    """Return slots by the clock: 10:00–11:30, 14:00–14:15."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return ", ".join(
        "–".join(f"{(run.begins_at + run.slot * int(first + at)).astimezone(zone):%H:%M}" for at in pair)
        for pair in zip(edges[::2], edges[1::2], strict=True)
    )


def _pair(values: Floats, first: int, now: Any) -> tuple[Floats, Floats] | None:
    """Return what was and what is expected, where both are of the same slots."""
    before = values[first:]
    return (before, np.array(now, float)) if isinstance(now, list) and len(now) == len(before) else None


def _span(old: DevicesProblem, first: int, changed: NDArray[np.bool_], zone: tzinfo) -> tuple[str, int]:
    """Return the first run of changed slots by the clock, and where it begins."""
    at = int(changed.argmax())
    rest = np.flatnonzero(~changed[at:])
    end = at + (int(rest[0]) if len(rest) else len(changed) - at)
    assert old.begins_at is not None
    times: Sequence[datetime] = [
        old.begins_at + timedelta(hours=old.slot_h) * (first + slot) for slot in (at, end)
    ]
    return "–".join(f"{time.astimezone(zone):%H:%M}" for time in times), at


def _some(names: Sequence[str], comma: str, more: str) -> str:
    return comma.join(names[:MOST_NAMED]) + (more.format(len(names)) if len(names) > MOST_NAMED else "")
