"""What a plan of devices costs and breaks, recomputed from the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp

import numpy as np

from yuanli.errors import Text, counted, figured
from yuanli.scheduling.devices.problem import (
    Climate,
    Device,
    DevicesPlan,
    DevicesProblem,
    Flags,
    Floats,
    Storage,
    Zone,
)
from yuanli.scheduling.devices.telling import tell_end, tell_slot, tell_slots
from yuanli.solver import Broken, Checked

TOLERANCE = 1e-6


def check_devices(problem: DevicesProblem, plan: DevicesPlan) -> Checked:
    """Return the cost of a plan by parts, and the rules it breaks."""
    shapes = (len(problem.devices), problem.slots), (len(problem.storages), problem.slots)
    if (plan.on.shape, plan.storage.shape) != shapes:
        message = Text("计划与设备表大小不符。", "The plan is not of the size of the tables.")
        return Checked(parts={}, broken=(Broken(rule="size", subject="plan", amount=1.0, message=message),))
    devices_kw, net = _powers(problem, plan)
    switches = switches_of(plan.on)
    broken = [
        *(b for i, d in enumerate(problem.devices) for b in _device(problem, d, plan.on[i], switches[i])),
        *_zones(problem, plan),
        *_site(problem, devices_kw, net),
        *_climates(problem, plan.on),
        *_relations(problem, plan.on),
        *_storages(problem, plan),
    ]
    return Checked(parts=_parts(problem, plan, net), broken=tuple(broken))


def parts_of(problem: DevicesProblem, plan: DevicesPlan) -> dict[str, float]:
    """Return the cost of a plan by parts."""
    return _parts(problem, plan, _powers(problem, plan)[1])


def _powers(problem: DevicesProblem, plan: DevicesPlan) -> tuple[Floats, Floats]:
    """Return by slot the power of all devices, and what the site takes from the grid."""
    devices_kw = np.array([d.power_kw for d in problem.devices]) @ plan.on
    net = devices_kw + _or_zero(problem, problem.base_kw) - _or_zero(problem, problem.solar_kw)
    for storage, row in zip(problem.storages, plan.storage, strict=True):
        net = net + (np.maximum(row, 0.0) if storage.zone is not None else row)
    return devices_kw, net


def _or_zero(problem: DevicesProblem, values: Floats | None) -> Floats:
    return np.zeros(problem.slots) if values is None else values


def _parts(problem: DevicesProblem, plan: DevicesPlan, net: Floats) -> dict[str, float]:
    bought_kwh = np.maximum(net, 0.0) * problem.slot_h
    fed_kwh = np.maximum(-net, 0.0) * problem.slot_h
    carbon = _or_zero(problem, problem.carbon_price)
    paid = np.minimum(problem.price + carbon, 0.0) if problem.feed_in is None else problem.feed_in
    before = np.column_stack([np.array([d.on for d in problem.devices], np.bool_), plan.on[:, :-1]])
    begun = (plan.on.astype(np.bool_) & ~before.astype(np.bool_)).sum(axis=1)
    starts = float(np.array([d.start_cost for d in problem.devices]) @ begun)
    parts = {"energy": float(problem.price @ bought_kwh), "starts": starts}
    if problem.carbon_price is not None:
        parts["carbon"] = float(carbon @ bought_kwh)
    if problem.solar_kw is not None or problem.storages:
        parts["feed_in"] = 0.0 - round(float(paid @ fed_kwh), 9)  # what is fed in by rounding is nothing
    inside = inside_zones(problem)
    uneasy = [
        (zone.climate.discomfort_price, outside_c(zone.climate, temps_of(problem, zone, plan.on, inside)))
        for zone in problem.zones
        if zone.climate is not None and zone.climate.discomfort_price is not None
    ]
    if uneasy:
        parts["discomfort"] = sum(price * float(c.sum()) for price, c in uneasy) * problem.slot_h
    if problem.peak_price:
        parts["peak"] = problem.peak_price * max(0.0, float(net.max()) - problem.peak_paid_kw)
    return parts


def _device(problem: DevicesProblem, device: Device, on: Flags, switches: list[int]) -> Iterator[Broken]:
    n, name, firsts = len(on), device.name, [0, *switches]
    states = [bool(on[0]) != bool(k % 2) for k in range(len(firsts))]
    runs = list(zip(states, firsts, [first - 1 for first in (*switches, n)], strict=True))
    if states[0] == device.on:
        held = device.held + runs[0][2] + 1
        runs = runs[1:]
    else:
        held = device.held
    least = device.min_up if device.on else device.min_down
    if runs and held < least:
        yield _broken(
            "minimum",
            name,
            least - held,
            f"初始状态只保持了 {held} 个时段，至少 {least} 个",
            f"its first state lasts {counted(held, 'slot')}, not {least}",
        )
    for state, first, last in runs:
        least, length = (device.min_up if state else device.min_down), last - first + 1
        if length < least and last < n - 1:
            when, zh, en = tell_slots(problem, first, last), "开" if state else "关", "on" if state else "off"
            yield _broken(
                "minimum", name, least - length, f"{when.zh} 只{zh}了 {length} 个时段，至少 {least} 个",
                f"it is {en} for {counted(length, 'slot')} {when.en}, not {least}",
            )  # fmt: skip
    if device.target is not None and bool(on[-1]) != device.target:
        yield _broken("target", name, 1, "末时段状态不是目标", "its last state is not its target")
    if device.task is not None:
        inside, total = int(on[device.task.first : device.task.last + 1].sum()), int(on.sum())
        if inside != device.task.slots or total != device.task.slots:
            yield _broken(
                "task", name, abs(inside - device.task.slots),
                f"窗口内开 {inside}、总共开 {total} 个时段，应为 {device.task.slots}",
                f"it is on for {counted(inside, 'slot')} in its window and {total} in all, not {device.task.slots}",
            )  # fmt: skip
    wrong = [t for t in device.must_be_on if not on[t]] + [t for t in device.must_be_off if on[t]]
    if wrong:
        yield _broken(
            "locked",
            name,
            len(wrong),
            f"{tell_slot(problem, min(wrong)).zh} 的锁定状态被改",
            f"its locked state {tell_slot(problem, min(wrong)).en} is changed",
        )


def switches_of(on: Flags) -> list[list[int]]:
    """Return by device the slots in which its state is another than in the one before."""
    devices, slots = np.nonzero(on[:, 1:] != on[:, :-1])
    ends, at = np.searchsorted(devices, np.arange(len(on) + 1)).tolist(), (slots + 1).tolist()
    return [at[first:end] for first, end in pairwise(ends)]


def _broken(rule: str, subject: str, amount: float, zh: str, en: str) -> Broken:
    return Broken(
        rule=rule,
        subject=subject,
        amount=float(amount),
        message=Text(f"{subject}：{zh}。", f"{subject}: {en}."),
    )


def _zones(problem: DevicesProblem, plan: DevicesPlan) -> Iterator[Broken]:
    inside = inside_zones(problem)
    for zone in problem.zones:
        given, power = np.zeros(problem.slots), np.zeros(problem.slots)
        here = inside.get(zone.name, [])
        given = given + np.array([problem.devices[i].service for i in here]) @ plan.on[here]
        power = power + np.array([problem.devices[i].power_kw for i in here]) @ plan.on[here]
        for storage, row in zip(problem.storages, plan.storage, strict=True):
            if storage.zone == zone.name:
                given = given + np.maximum(-row, 0.0)
        short = zone.demand - given
        if (at := int(np.argmax(short))) >= 0 and short[at] > TOLERANCE * max(1.0, zone.demand[at]):
            yield _broken(
                "demand",
                zone.name,
                short[at],
                f"{tell_slot(problem, at).zh} 需 {figured(zone.demand[at])}，只供 {figured(given[at])}",
                f"{tell_slot(problem, at).en} it needs {figured(zone.demand[at])} and gets {figured(given[at])}",
            )
        if zone.limit_kw is not None:
            over = power - zone.limit_kw
            if over[at := int(np.argmax(over))] > TOLERANCE * max(1.0, zone.limit_kw[at]):
                yield _broken(
                    "zone_limit",
                    zone.name,
                    over[at],
                    f"{tell_slot(problem, at).zh} 用电 {figured(power[at])} kW，上限 {figured(zone.limit_kw[at])}",
                    f"{tell_slot(problem, at).en} it takes {figured(power[at])} kW, "
                    f"its limit is {figured(zone.limit_kw[at])}",
                )


def inside_zones(problem: DevicesProblem) -> dict[str | None, list[int]]:
    """Return the numbers of the devices of each zone that has some."""
    inside: dict[str | None, list[int]] = {}
    for i, device in enumerate(problem.devices):
        inside.setdefault(device.zone, []).append(i)
    return inside


def temps_of(
    problem: DevicesProblem,
    zone: Zone,
    on: Flags,
    inside: Mapping[str | None, Sequence[int]] | None = None,
) -> Floats:
    """Return the temperature of a zone with a climate after each slot, °C; who has many zones tells who is inside."""
    climate = zone.climate
    assert climate is not None
    here = list((inside_zones(problem) if inside is None else inside).get(zone.name, ()))
    heat_kw = climate.gains_kw + np.array([problem.devices[i].heat_kw for i in here]) @ on[here]
    settled = climate.outdoor_c + climate.resistance_c_per_kw * heat_kw
    fades = exp(-problem.slot_h / (climate.resistance_c_per_kw * climate.capacity_kwh_per_c))
    temp, temps = climate.temp_c, []
    for towards in settled.tolist():
        temp = towards + (temp - towards) * fades
        temps.append(temp)
    return np.array(temps)


def outside_c(climate: Climate, temps: Floats) -> Floats:
    """Return by how many °C temperatures are outside the comfort band, by slot."""
    outside = np.zeros(len(temps))
    if climate.low_c is not None:
        outside = np.maximum(outside, climate.low_c - temps)
    if climate.high_c is not None:
        outside = np.maximum(outside, temps - climate.high_c)
    return outside


def _climates(problem: DevicesProblem, on: Flags) -> Iterator[Broken]:
    inside = inside_zones(problem)
    for zone in problem.zones:
        if zone.climate is None or zone.climate.discomfort_price is not None:
            continue
        temps = temps_of(problem, zone, on, inside)
        outside = outside_c(zone.climate, temps)
        if outside[at := int(np.argmax(outside))] > TOLERANCE:
            yield _broken(
                "comfort",
                zone.name,
                outside[at],
                f"{tell_end(problem, at).zh}温度 {temps[at]:.2f} °C，超出舒适范围 {outside[at]:.2f} °C",
                f"{tell_end(problem, at).en} it has {temps[at]:.2f} °C, {outside[at]:.2f} °C outside its comfort band",
            )


def _site(problem: DevicesProblem, devices_kw: Floats, net: Floats) -> Iterator[Broken]:
    if problem.limit_kw is not None:
        over = net - problem.limit_kw
        if over[at := int(np.argmax(over))] > TOLERANCE * max(1.0, problem.limit_kw[at]):
            yield _broken(
                "limit",
                "site",
                over[at],
                f"{tell_slot(problem, at).zh} 用电 {figured(net[at])} kW，上限 {figured(problem.limit_kw[at])}",
                f"{tell_slot(problem, at).en} it takes {figured(net[at])} kW, "
                f"its limit is {figured(problem.limit_kw[at])}",
            )
    if problem.ramp_kw is not None:
        before = sum(d.power_kw for d in problem.devices if d.on)
        steps = np.abs(np.diff(np.concatenate([[before], devices_kw])))
        if steps[at := int(np.argmax(steps))] > problem.ramp_kw + TOLERANCE * max(1.0, problem.ramp_kw):
            yield _broken(
                "ramp",
                "site",
                steps[at] - problem.ramp_kw,
                f"{tell_slot(problem, at).zh} 变化 {figured(steps[at])} kW，上限 {figured(problem.ramp_kw)}",
                f"{tell_slot(problem, at).en} its power changes by {figured(steps[at])} kW, "
                f"the limit is {figured(problem.ramp_kw)}",
            )


def _relations(problem: DevicesProblem, on: Flags) -> Iterator[Broken]:
    place = {d.name: i for i, d in enumerate(problem.devices)}
    for group in problem.exclusions:
        many = np.sum([on[place[name]] for name in group], axis=0)
        if many.size and many.max() > 1:
            at = int(np.argmax(many))
            yield _broken(
                "exclusion",
                "、".join(group),
                many[at] - 1,
                f"{tell_slot(problem, at).zh} 有 {many[at]} 台同时开",
                f"{many[at]} of them are on {tell_slot(problem, at).en}",
            )
    for device, other in problem.needs:
        alone = on[place[device]] & ~on[place[other]]
        if alone.any():
            yield _broken(
                "needs",
                device,
                int(alone.sum()),
                f"{tell_slot(problem, int(np.argmax(alone))).zh} 开着而“{other}”没开",
                f"it is on {tell_slot(problem, int(np.argmax(alone))).en} without {other}",
            )
    for order in problem.orders:
        before, after = np.flatnonzero(on[place[order.before]]), np.flatnonzero(on[place[order.after]])
        if before.size and after.size and after[0] < before[-1] + 1 + order.lag:
            yield _broken(
                "order",
                order.after,
                before[-1] + 1 + order.lag - after[0],
                f"{tell_slot(problem, after[0]).zh} 开始，早于“{order.before}”结束后 {order.lag} 个时段",
                f"it starts {tell_slot(problem, after[0]).en}, earlier than "
                f"{counted(order.lag, 'slot')} after {order.before}",
            )


def contents_of(storage: Storage, flows: Floats, slot_h: float) -> Floats:
    """Return what is in a storage after each slot."""
    content, contents = storage.content, np.zeros(len(flows))
    for t, power in enumerate(flows):
        gained = power * storage.charge_efficiency if power > 0 else power / storage.discharge_efficiency
        content = contents[t] = content * (1.0 - storage.loss) + gained * slot_h
    return contents


def _storages(problem: DevicesProblem, plan: DevicesPlan) -> Iterator[Broken]:
    for storage, row in zip(problem.storages, plan.storage, strict=True):
        name = storage.name
        if (
            not np.isfinite(row).all()
            or row.max() > storage.charge_kw + TOLERANCE
            or -row.min() > storage.discharge + TOLERANCE
        ):
            yield _broken("storage_power", name, 1, "充放功率超限", "it takes or gives more than it can")
            continue
        for t, flow in storage.held.items():
            if abs(row[t] - flow) > TOLERANCE * max(1.0, abs(flow)):
                yield _broken(
                    "storage_held", name, abs(row[t] - flow),
                    f"{tell_slot(problem, t).zh} 充放 {figured(row[t])} kW，应为 {figured(flow)} kW",
                    f"{tell_slot(problem, t).en} its flow is {figured(row[t])}, not {figured(flow)} kW",
                )  # fmt: skip
        content = storage.content
        for t, content in enumerate(contents_of(storage, row, problem.slot_h)):
            if (
                not -TOLERANCE * max(1.0, storage.capacity)
                <= content
                <= storage.capacity + TOLERANCE * max(1.0, storage.capacity)
            ):
                yield _broken(
                    "storage_content",
                    name,
                    1,
                    f"{tell_slot(problem, t).zh} 存量 {figured(content)} 不在 0 与 {figured(storage.capacity)} 之间",
                    f"{tell_slot(problem, t).en} it holds {figured(content)}, "
                    f"not from 0 to {figured(storage.capacity)}",
                )
                break
        else:
            if content < storage.target - TOLERANCE * max(1.0, storage.capacity):
                yield _broken(
                    "storage_target",
                    name,
                    storage.target - content,
                    f"末存量 {figured(content)}，应不少于 {figured(storage.target)}",
                    f"in the end it holds {figured(content)}, not {figured(storage.target)}",
                )
