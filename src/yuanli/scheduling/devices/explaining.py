"""What a plan of devices achieves, and what binds it, in two languages with figures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from yuanli.errors import Text
from yuanli.scheduling.devices.arrays import state_of, tables_of
from yuanli.scheduling.devices.checking import check_devices
from yuanli.scheduling.devices.problem import DevicesPlan, DevicesProblem
from yuanli.scheduling.devices.storing import Stores, flows_of
from yuanli.solver import Result

PARTS = {
    "energy": Text("电费", "energy"), "starts": Text("启动", "starts"), "carbon": Text("碳", "carbon"),
    "feed_in": Text("上网", "feed-in"), "peak": Text("需量", "peak"),
}  # fmt: skip
TIGHT = 0.02
MOST_ZONES = 3


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
        f"It costs {result.cost:,.2f}{sure_en}; {on} of {len(plan.on)} devices are on at some time.",
    )
    parts = check_devices(problem, plan).parts
    yield Text(
        "其中" + "，".join(f"{PARTS[name].zh} {value:,.2f}" for name, value in parts.items()) + "。",
        "Of this " + ", ".join(f"{PARTS[name].en} {value:,.2f}" for name, value in parts.items()) + ".",
    )
    tables, flows = tables_of(problem), flows_of(plan.storage)
    stores = Stores(problem, tables)
    state = state_of(tables, plan.on.astype(np.uint8), stores.power(flows), stores.service(flows))
    net = tables.net + state.load
    at = int(np.argmax(net))
    if problem.peak_price > 0 and net[at] > problem.peak_paid_kw:
        yield Text(
            f"最大需量 {net[at]:,.1f} kW 出现在时段 {at}；再高 1 kW 多付 {problem.peak_price:g}。",
            f"The peak is {net[at]:,.1f} kW, in slot {at}; one kW more would cost {problem.peak_price:g}.",
        )
    if problem.limit_kw is not None:
        tight = np.flatnonzero(net > problem.limit_kw * (1 - TIGHT))
        if len(tight):
            yield Text(
                f"园区功率上限在 {len(tight)} 个时段起作用，最先是时段 {tight[0]}。",
                f"The power limit of the site binds in {len(tight)} slots, first in slot {tight[0]}.",
            )
    yield from _zones(problem, state.cover)


def _zones(problem: DevicesProblem, cover: np.ndarray) -> Iterator[Text]:
    spare = []
    for z, zone in enumerate(problem.zones):
        asked = zone.demand > 0
        if asked.any():
            tight = int((cover[z] <= zone.demand * (1 + TIGHT))[asked].sum())
            spare.append((-tight, zone.name, float((cover[z] - zone.demand)[asked].mean())))
    for less, name, over in sorted(spare)[:MOST_ZONES]:
        yield Text(
            f"区域“{name}”的需求在 {-less} 个时段几乎用满所开设备，平均富余 {over:,.1f}。",
            f"In zone {name} the demand takes nearly all of what is on in {-less} slots; on average {over:,.1f} "
            f"is spare.",
        )
