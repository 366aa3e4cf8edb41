"""Answers on devices: whether they run, what they are set to, and whether something is wrong with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yuanli.campus import Campus, Device, DeviceId, Feature, FeatureId, name_in
from yuanli.errors import NotFoundError, Text
from yuanli.language import Understanding
from yuanli.operations.answering.asked import (
    SIGN_IN,
    Where,
    feature_name,
    figure,
    is_member,
    listed,
    refused,
    text_of,
    where_of,
)
from yuanli.operations.answering.maps import device_map
from yuanli.operations.answering.vocabulary import is_one_of, named_in, nearly_named_in, says
from yuanli.operations.command_rules import CommandRules, fits
from yuanli.operations.command_targets import stands_in
from yuanli.operations.guidance import Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import DeviceState
from yuanli.telemetry import quantities

SHOWN = 5
NUMBER = re.compile(r"\d+")
FILLERS = re.compile(r"[\d\s#第号台]|\b(?:no|number|unit)\b\.?")


class NoSuchDeviceError(NotFoundError):
    """No device of the place is meant by these words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The devices that words mean, the kind of the table of commands where they name one, and the place."""

    devices: tuple[Device, ...]
    kind: str | None
    where: Where
    named: bool


def meant_devices(guide: Guide, understanding: Understanding, asker: Asker, rules: CommandRules) -> Meant:
    """Return the devices that a request means: one by its name, else those of a kind in a place.

    Raises
    ------
    NoSuchDeviceError
        There are none.
    """
    name = understanding.find("device_name")
    where = where_of(guide, understanding, asker)
    if name is not None and (found := _called(guide.campus, name, rules, where.id)):
        return Meant(devices=found, kind=None, where=where, named=True)
    said = " ".join((*understanding.values("device_type"), *([name] if name else [])))
    kind = named_in(said or understanding.text, "devices") or (
        nearly_named_in(said, "devices") if said else None
    )
    if kind is None and understanding.intent == "device_set":
        attribute = named_in(" ".join(understanding.values("attribute")) or understanding.text, "attributes")
        kind = {"temperature": "hvac", "speed": "hvac", "brightness": "lighting"}.get(attribute or "")
    place: Feature | None = None if where.id is None else guide.campus.find(where.id)
    classes = None if kind is None else rules.classes_of(kind)
    asks = understanding.intent == "device_query"
    devices = tuple(
        device
        for device in guide.campus.of(Device)
        if (place is None or stands_in(guide.campus, device, place))
        and (
            fits(device.brick_class, classes)
            if classes is not None
            else (asks and is_one_of(said, "any_device")) or (bool(said) and _is_called(device, said))
        )
    )
    if not devices:
        what = said or "设备"
        raise NoSuchDeviceError(
            Text(
                f"{where.name.zh}没有登记“{what}”。",
                f"No {said or 'device'} is registered in {where.name.en}.",
            ),
            field="device",
            hint=Text("请换个说法，或给出房间、楼层。", "Say it differently, or name the room or floor."),
        )
    return Meant(devices=devices, kind=kind, where=where, named=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAnswers:
    """Answers questions on devices from the twin."""

    twin: Twin
    rules: CommandRules

    def query(self, guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
        """Say whether devices run, and what they are set to."""
        if not is_member(asker):
            return refused(understanding, SIGN_IN)
        meant = meant_devices(guide, understanding, asker, self.rules)
        wanted = {device.id: device for device in meant.devices}
        states = [s for s in self.twin.state(guide.campus.id, now).devices if s.id in wanted]
        what, judged = self._what(guide, meant), says(understanding.text, "faults")
        text = _one(what, states[0]) if len(states) == 1 else _many(guide.campus, what, states, judged=judged)
        if not judged and len(states) <= SHOWN and all(s.on is None for s in states):
            told = [one for s in states if (one := self._measured(guide, s, now)) is not None]
            text = Text("".join((text.zh, *(t.zh for t in told))), " ".join((text.en, *(t.en for t in told))))
        cards = device_map(guide, states, meant.where.id, judged=judged)
        return Reply(text=text, understanding=understanding, cards=cards)

    def _measured(self, guide: Guide, state: DeviceState, now: datetime) -> Text | None:
        """Return what the points of a device tell that tells no switch."""
        details = self.twin.place(guide.campus.id, state.place, now).devices
        points = next((detail.points for detail in details if detail.state.id == state.id), ())
        known = [
            (measured, figure(point.value, point.unit or measured.unit or ""))
            for point in points
            if point.value is not None and point.quantity and (measured := quantities().get(point.quantity))
        ]
        if not known:
            return None
        name = feature_name(guide.campus, state.id)
        zh, en = (
            "，".join(f"{one.zh} {value}" for one, value in known[:SHOWN]),
            ", ".join(f"{one.en} {value}" for one, value in known[:SHOWN]),
        )
        return Text(f"{name.zh}：{zh}。", f"{name.en}: {en}.")

    def _what(self, guide: Guide, meant: Meant) -> Text:
        if len(meant.devices) == 1:
            device = meant.devices[0]
            return (
                text_of(device.name, device.id)
                if name_in(device.name, "zh")
                else feature_name(guide.campus, device.id)
            )
        known = self.rules.kinds.get(meant.kind or "")
        kind = known.text if known is not None else Text("设备", "devices")
        return Text(f"{meant.where.name.zh}的{kind.zh}", f"the {kind.en} of {meant.where.name.en}")


def _one(what: Text, state: DeviceState) -> Text:
    parts: list[Text] = []
    if state.on is not None:
        parts.append(Text("开着", "on") if state.on else Text("关着", "off"))
    if state.setpoint is not None:
        parts.append(Text(f"设定 {figure(state.setpoint)}", f"set to {figure(state.setpoint)}"))
    if state.fault:
        parts.append(Text("有故障", "in fault"))
    if not parts:
        return Text(f"{what.zh}没有上报状态。", f"{what.en} does not tell its state.")
    return Text(
        f"{what.zh}{'，'.join(p.zh for p in parts)}。", f"{what.en} is {', '.join(p.en for p in parts)}."
    )


def _many(campus: Campus, what: Text, states: Sequence[DeviceState], *, judged: bool) -> Text:
    on = [s for s in states if s.on]
    off = sum(s.on is False for s in states)
    faults = [s for s in states if s.fault]
    untold = len(states) - len(on) - off
    zh = [f"{what.zh}共 {len(states)} 台，开着 {len(on)} 台，关着 {off} 台"]
    en = [f"{what.en[:1].upper()}{what.en[1:]}: {len(states)} in all, {len(on)} on, {off} off"]
    if untold:
        zh.append(f"{untold} 台没有上报开关")
        en.append(f"{untold} do not tell")
    if faults:
        names = listed([_name(campus, s.id) for s in faults[:SHOWN]])
        zh.append(f"{len(faults)} 台有故障：{names.zh}")
        en.append(f"{len(faults)} in fault: {names.en}")
    elif judged:
        zh.append("没有上报故障的")
        en.append("none in fault")
    elif len(on) > SHOWN:
        parts = Counter(_around(campus, s) for s in on).most_common(SHOWN + 1)
        if len(parts) > 1:
            told = listed([Text(f"{name.zh} {n} 台", f"{n} in {name.en}") for name, n in parts[:SHOWN]])
            zh.append(f"开着的在{told.zh}{'等' if len(parts) > SHOWN else ''}")
            en.append(f"on are {told.en}{' and more' if len(parts) > SHOWN else ''}")
    elif 0 < len(on) <= SHOWN:
        names = listed([_name(campus, s.id) for s in on])
        zh.append(f"开着的是{names.zh}")
        en.append(f"on are {names.en}")
    return Text(f"{'，'.join(zh)}。", f"{', '.join(en)}.")


def _around(campus: Campus, state: DeviceState) -> Text:
    """Return the building that a device stands in, or the place where it is in none."""
    spot = campus.spot(state.place)
    return feature_name(campus, (spot and spot.building_id) or state.place)


def _name(campus: Campus, device_id: DeviceId) -> Text:
    device = campus.find(device_id)
    return text_of(device.name, device_id) if isinstance(device, Device) else Text(device_id, device_id)


def require_devices(campus: Campus, name: str) -> tuple[Device, ...]:
    """Return the devices of a name.

    Raises
    ------
    NoSuchDeviceError
        There are none.
    """
    if found := _called(campus, name):
        return found
    raise NoSuchDeviceError(
        Text(f"没有登记“{name}”这台设备或表。", f"No device or meter is called {name!r}."),
        field="device",
        hint=Text("请核对名称或编号。", "Check its name or number."),
    )


def _called(
    campus: Campus, name: str, rules: CommandRules | None = None, place_id: FeatureId | None = None
) -> tuple[Device, ...]:
    """Return the devices of exactly this id or name, else those whose name holds it, or its number, where few."""
    folded = name.casefold().strip()
    exact = [
        d for d in campus.of(Device) if folded in {d.id.casefold(), *(n.casefold() for n in d.name.values())}
    ]
    if exact:
        return tuple(exact)
    holding = [d for d in campus.of(Device) if any(folded in n.casefold() for n in d.name.values())]
    if 0 < len(holding) <= SHOWN:
        return tuple(holding)
    kind, number = named_in(name, "devices"), NUMBER.findall(name)
    if rules is None or kind is None or not number:
        return ()
    classes = rules.classes_of(kind)
    place = None if place_id is None else campus.find(place_id)
    counted = [
        d
        for d in campus.of(Device)
        if fits(d.brick_class, classes)
        and any(NUMBER.findall(n)[-1:] == number[-1:] for n in d.name.values())
        and (place is None or stands_in(campus, d, place))
    ]
    alike = [d for d in counted if any(_abbreviates(name, n) for n in d.name.values())] or counted
    return tuple(alike) if len(alike) <= SHOWN else ()


def _abbreviates(said: str, name: str) -> bool:
    """Whether the letters of what was said stand in a name in their order: 1号冷机 for 冷水机组1."""
    rest = iter(name.casefold())
    return all(letter in rest for letter in FILLERS.sub("", said.casefold()))


def _is_called(device: Device, said: str) -> bool:
    return any(said.casefold() in name.casefold() for name in device.name.values())
