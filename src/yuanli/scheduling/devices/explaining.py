"""What a plan of devices achieves, and what binds it, in two languages with figures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from yuanli.errors import Text, counted
from yuanli.scheduling.devices.arrays import state_of, tables_of
from yuanli.scheduling.devices.binding import (
    comfort_bound,
    power_bound,
    storages_bound,
    sun_used,
    tasks_bound,
)
from yuanli.scheduling.devices.checking import inside_zones, outside_c, parts_of, temps_of
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem
from yuanli.scheduling.devices.storing import Stores, flows_of
from yuanli.scheduling.devices.telling import tell_slot
from yuanli.solver import Result

PARTS = {
    "energy": Text("电费", "energy"), "starts": Text("启动", "starts"), "carbon": Text("碳", "carbon"),
    "feed_in": Text("上网", "feed-in"), "peak": Text("需量", "peak"), "discomfort": Text("不舒适", "discomfort"),
}  # fmt: skip
TIGHT = 0.02
MOST_ZONES = 3
NEAR_C = 1e-5


def explain_devices(problem: DevicesProblem, result: Result[DevicesPlan]) -> tuple[Text, ...]:
    """Return sentences about a plan: cost and how sure it is, its parts, the peak, what binds."""
    plan = result.best
    if plan is None:
        return ()
    return tuple(_sentences(problem, result, plan))


def _sentences(problem: DevicesProblem, result: Result[DevicesPlan], plan: DevicesPlan) -> Iterator[Text]:
    sure_zh = f"，离下界 {result.bound:,.2f} 至多 {result.gap:.2%}" if np.isfinite(result.gap) else ""
    sure_en = (
        f", at most {result.gap:.2%} above what is possible ({result.bound:,.2f})"
        if np.isfinite(result.gap)
        else ""
    )
    on = int(plan.on.any(axis=1).sum())
    yield Text(
        f"总费用 {result.cost:,.2f}{sure_zh}；{len(plan.on)} 台设备中 {on} 台开过。",
        f"It costs {result.cost:,.2f}{sure_en}; {on} of {counted(len(plan.on), 'device')} "
        f"{'is' if on == 1 else 'are'} on at some time.",
    )
    parts = parts_of(problem, plan)
    yield Text(
        "其中" + "，".join(f"{PARTS[name].zh} {value:,.2f}" for name, value in parts.items()) + "。",
        "Of this " + ", ".join(f"{PARTS[name].en} {value:,.2f}" for name, value in parts.items()) + ".",
    )
    tables, flows = tables_of(problem), flows_of(plan.storage)
    stores = Stores(problem, tables)
    state = state_of(tables, plan.on.astype(np.uint8), stores.power(flows), stores.service(flows))
    net = tables.net + state.load
    at, when = int(np.argmax(net)), partial(tell_slot, problem)
    if problem.peak_price > 0 and net[at] > problem.peak_paid_kw:
        yield Text(
            f"最大需量 {net[at]:,.1f} kW 出现在{when(at).zh}；再高 1 kW 多付 {problem.peak_price:g}。",
            f"The peak is {net[at]:,.1f} kW, {when(at).en}; one kW more would cost {problem.peak_price:g}.",
        )
    if problem.limit_kw is not None:
        tight = np.flatnonzero(net > problem.limit_kw * (1 - TIGHT))
        if len(tight):
            yield Text(
                f"园区功率上限在 {len(tight)} 个时段起作用，最先在{when(int(tight[0])).zh}。",
                f"The power limit of the site binds in {counted(len(tight), 'slot')}, first {when(int(tight[0])).en}.",
            )
    yield from power_bound(problem, plan)
    yield from _zones(problem, state.cover)
    yield from sun_used(problem, net)
    yield from storages_bound(problem, plan)
    yield from tasks_bound(problem, plan)
    yield from _climates(problem, plan)
    yield from comfort_bound(problem, plan)


def _climates(problem: DevicesProblem, plan: DevicesPlan) -> Iterator[Text]:
    """Yield the temperatures of zones: how they run, and how long they are at an edge or outside of the band."""
    warm = [zone for zone in problem.zones if zone.climate is not None]
    inside = inside_zones(problem)
    for zone in warm[:MOST_ZONES]:
        climate, temps = zone.climate, temps_of(problem, zone, plan.on, inside)
        assert climate is not None
        low, high = int(np.argmin(temps)), int(np.argmax(temps))
        hours = float((outside_c(climate, temps) > NEAR_C).sum()) * problem.slot_h
        cold, hot = tell_slot(problem, low), tell_slot(problem, high)
        zh, en = (f"，{hours:g} 小时在舒适范围外", f"; {hours:g} hours are outside the comfort band")
        yield Text(
            f"区域“{zone.name}”温度在 {temps[low]:.1f} °C（{cold.zh}）与 {temps[high]:.1f} °C（{hot.zh}）之间"
            f"{zh if hours else '，始终舒适'}。",
            f"Zone {zone.name} is between {temps[low]:.1f} °C ({cold.en}) and {temps[high]:.1f} °C ({hot.en})"
            f"{en if hours else ', always comfortable'}.",
        )


def _zones(problem: DevicesProblem, cover: np.ndarray) -> Iterator[Text]:
    spare = []
    for z, zone in enumerate(problem.zones):
        asked = zone.demand > 0
        if asked.any():
            tight = int((cover[z] <= zone.demand * (1 + TIGHT))[asked].sum())
            if tight:
                spare.append((-tight, zone.name, float((cover[z] - zone.demand)[asked].mean())))
    for less, name, over in sorted(spare)[:MOST_ZONES]:
        yield Text(
            f"区域“{name}”的需求在 {-less} 个时段几乎用满所开设备，平均富余 {over:,.1f}。",
            f"In zone {name} the demand takes nearly all of what is on in {-less} slots; on average {over:,.1f} "
            f"is spare.",
        )
