"""The rules of a problem in words, with their figures: what could be given up where there is no plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from yuanli.errors import Text, counted
from yuanli.scheduling.devices.problem import Device, DevicesProblem, Floats, Order, Storage
from yuanli.scheduling.devices.telling import tell_end, tell_slot, tell_slots

FEW_SLOTS = 3
MOST_ALIKE = 5
ALIKE = {
    "lock": ("锁定为现有计划", "locks to the plan there is"),
    "demand": ("区域的需求", "demands of zones"),
    "comfort": ("区域的舒适范围", "comfort bands of zones"),
    "zone_limit": ("区域的功率上限", "power limits of zones"),
    "exclusion": ("至多开一台", "exclusions"),
    "needs": ("设备联动", "needs of devices"),
    "order": ("任务先后", "orders of tasks"),
    "storage_target": ("储能末存量", "contents of storages in the end"),
    "held": ("尚须保持的状态", "states to be kept for now"),
    "minimum": ("最短启停时间", "least times on and off"),
    "target": ("末时段状态", "states in the last slot"),
    "task": ("任务", "tasks"),
    "must_be_on": ("锁定为开", "states locked on"),
    "must_be_off": ("锁定为关", "states locked off"),
}
"""What rules of a part are called where there are too many to tell each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A rule that could be given up: of a device, of a zone, or of the site; in which slots where it is one by slot."""

    part: str
    subject: str
    text: Text
    slots: tuple[int, ...] = ()


def rule(part: str, subject: str, zh: str, en: str) -> BrokenRule:
    """Return a rule with its sentence."""
    return BrokenRule(part=part, subject=subject, text=Text(f"{zh}。", f"{en[0].upper()}{en[1:]}."))


def told_rules(rules: Sequence[BrokenRule]) -> tuple[Text, ...]:
    """Return rules in words: of more than five of a kind the first, and how many more there are."""
    kinds: dict[str, list[BrokenRule]] = {}
    for one in rules:
        kinds.setdefault(one.part, []).append(one)
    told: list[Text] = []
    for part, ones in kinds.items():
        if len(ones) <= MOST_ALIKE:
            told += [one.text for one in ones]
            continue
        more, (zh, en) = len(ones) - FEW_SLOTS, ALIKE[part]
        told += [one.text for one in ones[:FEW_SLOTS]]
        told.append(Text(f"另有同类规则 {more} 条（{zh}）。", f"And {more} more of this kind ({en})."))
    return tuple(told)


def subject_of(names: Sequence[str]) -> str:
    """Return the subject of a rule about several devices."""
    return "\n".join(names)


def order_subject(order: Order) -> str:
    """Return the subject of an order, its lag with it."""
    return subject_of((order.before, order.after, str(order.lag)))


def lock_rule(name: str) -> BrokenRule:
    """Return that a device or a storage is locked to today's plan."""
    return rule("lock", name, f"“{name}”锁定为现有计划", f"{name} is locked to the plan there is")


def change_rule(most: int) -> BrokenRule:
    """Return how many may change."""
    return rule("max_changes", "plan", f"至多改动 {most} 台", f"at most {most} may change")


def device_rules(problem: DevicesProblem, device: Device) -> Iterator[BrokenRule]:
    """Yield what a device alone is bound by."""
    name = device.name
    state_zh, state_en = ("开", "on") if device.on else ("关", "off")
    left = (device.min_up if device.on else device.min_down) - device.held
    if left > 0:
        yield rule(
            "held",
            name,
            f"“{name}”还须保持{state_zh} {left} 个时段",
            f"{name} stays {state_en} for {counted(left, 'slot')} more",
        )
    if device.min_up > 1 or device.min_down > 1:
        yield rule(
            "minimum",
            name,
            f"“{name}”至少开 {device.min_up}、关 {device.min_down} 个时段",
            f"{name} stays on for {counted(device.min_up, 'slot')} and off for {device.min_down} at least",
        )
    if device.target is not None:
        target_zh, target_en = ("开", "on") if device.target else ("关", "off")
        yield rule(
            "target", name, f"“{name}”末时段须{target_zh}", f"{name} is to be {target_en} in the last slot"
        )
    task = device.task
    if task is not None:
        yield rule(
            "task",
            name,
            f"“{name}”在 {tell_slots(problem, task.first, task.last).zh} 内须开 {task.slots} 个时段",
            f"{name} is to be on for {counted(task.slots, 'slot')} {tell_slots(problem, task.first, task.last).en}",
        )
    for part, locked, zh, en in (
        ("must_be_on", device.must_be_on, "锁定为开", "locked on"), ("must_be_off", device.must_be_off,
        "锁定为关", "locked off"),
    ):  # fmt: skip
        if locked:
            yield rule(
                part,
                name,
                f"“{name}”在 {tell_slots(problem, min(locked), max(locked)).zh} {zh}",
                f"{name} is {en} {tell_slots(problem, min(locked), max(locked)).en}",
            )


def relation_rules(problem: DevicesProblem) -> Iterator[BrokenRule]:
    """Yield what binds devices to each other, and the contents that storages are to end with."""
    for group in problem.exclusions:
        yield rule(
            "exclusion",
            subject_of(group),
            f"{'、'.join(f'“{name}”' for name in group)} 至多开一台",
            f"at most one of {', '.join(group)} is on",
        )
    for device, other in problem.needs:
        yield rule(
            "needs",
            subject_of((device, other)),
            f"“{device}”只有在“{other}”开着时才能开",
            f"{device} is on only while {other} is",
        )
    for order in problem.orders:
        later = order.lag > 0
        yield rule(
            "order",
            order_subject(order),
            f"“{order.after}”最早在“{order.before}”结束{f' {order.lag} 个时段' if later else ''}后开始",
            f"{order.after} starts at the earliest {counted(order.lag, 'slot') + ' ' if later else ''}"
            f"after {order.before} has ended",
        )
    if problem.ramp_kw is not None:
        before = sum(d.power_kw for d in problem.devices if d.on)
        yield rule(
            "ramp",
            "site",
            f"设备总功率每个时段至多变化 {problem.ramp_kw:g} kW（起始 {before:g} kW）",
            f"the power of all devices changes by at most {problem.ramp_kw:g} kW from slot to slot (from "
            f"{before:g} kW)",
        )
    for storage in problem.storages:
        if storage.held:
            first, last = min(storage.held), max(storage.held)
            when, flows = tell_slots(problem, first, last), list(storage.held.values())
            low, high = min(flows), max(flows)
            amount = f"{low:g}" if low == high else f"{low:g} ~ {high:g}"
            yield rule(
                "storage_held",
                storage.name,
                f"“{storage.name}”在 {when.zh} 充放 {amount} kW",
                f"{storage.name} is to have a flow of {amount} kW {when.en}",
            )
        if storage.target > 0:
            most = _most_content(problem, storage)
            yield rule(
                "storage_target",
                storage.name,
                f"“{storage.name}”末存量不少于 {storage.target:g}（起始 {storage.content:g}，一直充入可达 "
                f"{most:g}）",
                f"{storage.name} is to hold {storage.target:g} in the end (it begins at {storage.content:g} and "
                f"reaches {most:g} if it always takes)",
            )


def _most_content(problem: DevicesProblem, storage: Storage) -> float:
    content = storage.content
    gained = storage.charge_kw * storage.charge_efficiency * problem.slot_h
    for _ in range(problem.slots):
        content = min(storage.capacity, content * (1.0 - storage.loss) + gained)
    return content


def shared_rules(problem: DevicesProblem, slots: Sequence[int]) -> Iterator[BrokenRule]:
    """Yield what devices share in some slots: demands, comfort, limits, exclusions."""
    for zone in problem.zones:
        if any(zone.demand[at] > 0 for at in slots):
            yield slots_rule(problem, "demand", zone.name, slots)
        if zone.climate is not None and zone.climate.discomfort_price is None:
            yield slots_rule(problem, "comfort", zone.name, slots)
        if zone.limit_kw is not None:
            yield slots_rule(problem, "zone_limit", zone.name, slots)
    if problem.limit_kw is not None:
        yield slots_rule(problem, "limit", "site", slots)
    yield from (one for one in relation_rules(problem) if one.part == "exclusion")


def slots_rule(problem: DevicesProblem, part: str, subject: str, slots: Sequence[int]) -> BrokenRule:
    """Return a rule that holds slot by slot, as it is in some slots."""
    if part == "limit":
        assert problem.limit_kw is not None
        when = _figures(problem, problem.limit_kw, slots, "kW")
        base = np.zeros(problem.slots) if problem.base_kw is None else problem.base_kw
        most = max(float(base[t]) for t in slots)
        zh, en = (f"，其中基础负荷 {most:g} kW", f", with a base load of {most:g} kW") if most else ("", "")
        return rule(
            part, subject, f"园区功率上限（{when.zh}{zh}）", f"the power limit of the site ({when.en}{en})"
        )
    zone = next(z for z in problem.zones if z.name == subject)
    if part == "demand":
        inside = [d for d in problem.devices if d.zone == subject]
        given = sum(d.service for d in inside)
        stored = sum(s.discharge for s in problem.storages if s.zone == subject)
        when = _figures(problem, zone.demand, slots, "")
        zh, en = (f"，储能至多 {stored:g}", f", its storages at most {stored:g}") if stored else ("", "")
        return rule(
            part, subject, f"区域“{subject}”的需求（{when.zh}，其 {len(inside)} 台设备全开共 {given:g}{zh}）",
            f"the demand of zone {subject} ({when.en}; its {counted(len(inside), 'device gives', 'devices give')} "
            f"{given:g} all on{en})",
        )  # fmt: skip
    if part == "zone_limit":
        assert zone.limit_kw is not None
        when = _figures(problem, zone.limit_kw, slots, "kW")
        return rule(
            part,
            subject,
            f"区域“{subject}”的功率上限（{when.zh}）",
            f"the power limit of zone {subject} ({when.en})",
        )
    when = _bands(problem, subject, slots)
    return rule(
        part, subject, f"区域“{subject}”的舒适范围（{when.zh}）", f"the comfort band of zone {subject} ({when.en})"
    )  # fmt: skip


def _figures(problem: DevicesProblem, values: Floats, slots: Sequence[int], unit: str) -> Text:
    """Return values with when they are: one after another where they are few, else from the least to the most."""
    space = f" {unit}" if unit else ""
    if len(slots) <= FEW_SLOTS:
        when = [(tell_slot(problem, t), values[t]) for t in slots]
        return Text(
            "、".join(f"{at.zh} 为 {value:g}{space}" for at, value in when),
            ", ".join(f"{value:g}{space} {at.en}" for at, value in when),
        )
    here, during = values[list(slots)], tell_slots(problem, slots[0], slots[-1])
    low, high = float(here.min()), float(here.max())
    amount = f"{low:g}" if low == high else f"{low:g}–{high:g}"
    return Text(f"{during.zh} 为 {amount}{space}", f"{amount}{space} {during.en}")


def _bands(problem: DevicesProblem, subject: str, slots: Sequence[int]) -> Text:
    """Return the comfort bands of a zone after some slots; of many, the first ones."""
    climate = next(z.climate for z in problem.zones if z.name == subject)
    assert climate is not None
    zh, en = [], []
    for t in slots[:FEW_SLOTS]:
        low = "−∞" if climate.low_c is None else f"{climate.low_c[t]:g}"
        end, high = tell_end(problem, t), "∞" if climate.high_c is None else f"{climate.high_c[t]:g}"
        zh.append(f"{end.zh}为 {low} 至 {high} °C")
        en.append(f"{low} to {high} °C {end.en}")
    more = len(slots) - FEW_SLOTS
    if more > 0:
        zh.append(f"另 {more} 个时段")
        en.append(f"{counted(more, 'slot')} more")
    return Text(
        f"{'、'.join(zh)}，起始 {climate.temp_c:g} °C", f"{', '.join(en)}, from {climate.temp_c:g} °C"
    )
