"""Which rules hold a plan of devices where it is: those that have no room left, and when."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yuanli.errors import Text, counted
from yuanli.scheduling.devices.checking import contents_of, inside_zones, temps_of
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem, Flags, Floats, Storage
from yuanli.scheduling.devices.telling import tell_slot, tell_slots

TIGHT = 0.02
MOST_TOLD = 3
NEAR_C = 0.2


def power_bound(problem: DevicesProblem, plan: DevicesPlan) -> Iterator[Text]:
    """Yield the zones whose cap of power is reached, and where the power of devices changes as fast as it may."""
    power = np.array([device.power_kw for device in problem.devices])[:, None] * plan.on
    members = inside_zones(problem)
    stores = {storage.zone: plan.storage[i] for i, storage in enumerate(problem.storages) if storage.zone}
    for zone in problem.zones:
        if zone.limit_kw is None:
            continue
        taken = power[members.get(zone.name, [])].sum(axis=0) + np.maximum(stores.get(zone.name, 0.0), 0.0)
        tight = (taken >= zone.limit_kw * (1 - TIGHT)) & (taken > 0)
        if tight.any():
            zh, en = _when(problem, tight)
            yield Text(
                f"区域“{zone.name}”的功率上限在 {int(tight.sum())} 个时段用满（{zh}）。",
                f"The cap of zone {zone.name} is reached in {counted(int(tight.sum()), 'slot')} ({en}).",
            )
    if problem.ramp_kw is not None and problem.slots > 1:
        steps = np.abs(np.diff(power.sum(axis=0)))
        tight = np.concatenate([[False], steps >= problem.ramp_kw * (1 - TIGHT)])
        if tight.any():
            zh, en = _when(problem, tight)
            yield Text(
                f"功率变化上限 {problem.ramp_kw:g} kW 在 {int(tight.sum())} 处用满（{zh}）。",
                f"Power changes by all of the {problem.ramp_kw:g} kW that it may "
                f"{counted(int(tight.sum()), 'time')} ({en}).",
            )


def storages_bound(problem: DevicesProblem, plan: DevicesPlan) -> Iterator[Text]:
    """Yield what storages take and give and when they are full or empty."""
    for storage, flows in list(zip(problem.storages, plan.storage, strict=True))[:MOST_TOLD]:
        taken = float(np.maximum(flows, 0).sum()) * problem.slot_h
        given = float(np.maximum(-flows, 0).sum()) * problem.slot_h
        unit, unit_en = (
            ("kWh", "kWh") if storage.zone is None else (f"→ “{storage.zone}”", f"to {storage.zone}")
        )
        if taken + given < 1e-6:
            yield Text(
                f"储能“{storage.name}”不用：价差抵不过损耗。",
                f"{storage.name} is not used: prices differ by less than it loses.",
            )
            continue
        contents = contents_of(storage, flows, problem.slot_h)
        edges_zh, edges_en = _edges(problem, storage, flows, contents)
        yield Text(
            f"储能“{storage.name}”充 {taken:,.1f} kWh、放 {given:,.1f} {unit}{edges_zh}。",
            f"{storage.name} takes {taken:,.1f} kWh and gives {given:,.1f} {unit_en}{edges_en}.",
        )


def sun_used(problem: DevicesProblem, net: Floats) -> Iterator[Text]:
    """Yield how much of what PV makes is used on the site."""
    if problem.solar_kw is None or not problem.solar_kw.any():
        return
    made = float(problem.solar_kw.sum()) * problem.slot_h
    over = float(np.minimum(np.maximum(-net, 0.0), problem.solar_kw).sum()) * problem.slot_h
    yield Text(
        f"光伏 {made:,.1f} kWh，就地用掉 {1 - over / made:.0%}{'' if over < 0.05 else f'，余 {over:,.1f} kWh 上网'}。",
        f"PV makes {made:,.1f} kWh, of which {1 - over / made:.0%} is used here"
        f"{'' if over < 0.05 else f'; {over:,.1f} kWh are fed in'}.",
    )


def tasks_bound(problem: DevicesProblem, plan: DevicesPlan) -> Iterator[Text]:
    """Yield how many tasks there are, and which have no slot to spare."""
    tasks = [
        (device, row) for device, row in zip(problem.devices, plan.on, strict=True) if device.task is not None
    ]
    if not tasks:
        return
    price = problem.price + (0.0 if problem.carbon_price is None else problem.carbon_price)
    paid = sum(float(price[row].sum()) * d.power_kw * problem.slot_h for d, row in tasks)
    kwh = sum(int(row.sum()) * d.power_kw * problem.slot_h for d, row in tasks)
    full = [d.name for d, _ in tasks if d.task is not None and d.task.last - d.task.first + 1 == d.task.slots]
    told, more = full[:MOST_TOLD], len(full) > MOST_TOLD
    zh = f"；没有余地：{'、'.join(told)}{' 等' if more else ''}" if full else ""
    en = f"; no slot to spare have {', '.join(told)}{' and others' if more else ''}" if full else ""
    mean = paid / kwh if kwh else 0.0
    many, takes = ("1 task", "takes") if len(tasks) == 1 else (f"{len(tasks)} tasks", "take")
    yield Text(
        f"{len(tasks)} 项任务（充电等）用电 {kwh:,.1f} kWh，均价 {mean:.3f}{zh}。",
        f"{many} (charging and others) {takes} {kwh:,.1f} kWh at {mean:.3f} on average{en}.",
    )


def comfort_bound(problem: DevicesProblem, plan: DevicesPlan) -> Iterator[Text]:
    """Yield the zones that an edge of their comfort band holds, and when."""
    inside = inside_zones(problem)
    for zone in [one for one in problem.zones if one.climate is not None][:MOST_TOLD]:
        climate = zone.climate
        assert climate is not None
        temps = temps_of(problem, zone, plan.on, inside)
        near = np.zeros(problem.slots, np.bool_)
        for band, side in ((climate.low_c, 1.0), (climate.high_c, -1.0)):
            if band is not None:
                near |= (side * (temps - band)) < NEAR_C
        if near.any():
            zh, en = _when(problem, near)
            yield Text(
                f"区域“{zone.name}”的舒适范围在 {int(near.sum())} 个时段起作用（{zh}）。",
                f"The comfort band holds zone {zone.name} in {counted(int(near.sum()), 'slot')} ({en}).",
            )


def _edges(problem: DevicesProblem, storage: Storage, flows: Floats, contents: Floats) -> tuple[str, str]:
    zh, en = [], []
    at = contents >= storage.capacity * (1 - 1e-3)
    if at.any():
        when = tell_slot(problem, int(np.argmax(at)))
        zh.append(f"{when.zh} 充满")
        en.append(f"full {when.en}")
    empty = contents <= storage.capacity * 1e-3
    if empty.any():
        when = tell_slot(problem, int(np.argmax(empty)))
        zh.append(f"{when.zh} 放空")
        en.append(f"empty {when.en}")
    fast = (flows >= storage.charge_kw * (1 - 1e-3)) | (-flows >= storage.discharge * (1 - 1e-3))
    if fast.any():
        zh.append(f"{int(fast.sum())} 个时段用满功率")
        en.append(f"at full power in {counted(int(fast.sum()), 'slot')}")
    if storage.target > 0 and contents[-1] <= storage.target * (1 + 1e-3):
        zh.append("末存量目标起作用")
        en.append("held by its content in the end")
    return ("，" + "，".join(zh) if zh else "", ", " + ", ".join(en) if en else "")


def _when(problem: DevicesProblem, tight: Flags) -> tuple[str, str]:
    """Say the first spans of slots."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], tight.astype(np.int8), [0]])))
    spans = [tell_slots(problem, int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    more = len(spans) > MOST_TOLD
    zh = "、".join(one.zh for one in spans[:MOST_TOLD]) + (" 等" if more else "")
    en = ", ".join(one.en for one in spans[:MOST_TOLD]) + (" and others" if more else "")
    return zh, en
