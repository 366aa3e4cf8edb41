"""Answers on devices: whether they run, what they are set to, and whether something is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yuanli.campus import Campus, Device, DeviceId, Feature, name_in
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

SHOWN = 5


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
    if name is not None and (found := _called(guide.campus, name)):
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
        cards = device_map(guide, states, meant.where.id, judged=judged)
        return Reply(text=text, understanding=understanding, cards=cards)

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
    elif 0 < len(on) <= SHOWN:
        names = listed([_name(campus, s.id) for s in on])
        zh.append(f"开着的是{names.zh}")
        en.append(f"on are {names.en}")
    return Text(f"{'，'.join(zh)}。", f"{', '.join(en)}.")


def _name(campus: Campus, device_id: DeviceId) -> Text:
    device = campus.find(device_id)
    return text_of(device.name, device_id) if isinstance(device, Device) else Text(device_id, device_id)


def _called(campus: Campus, name: str) -> tuple[Device, ...]:
    """Return the devices of exactly this id or name, else those whose name holds it where they are few."""
    folded = name.casefold().strip()
    exact = [
        d for d in campus.of(Device) if folded in {d.id.casefold(), *(n.casefold() for n in d.name.values())}
    ]
    if exact:
        return tuple(exact)
    holding = [d for d in campus.of(Device) if any(folded in n.casefold() for n in d.name.values())]
    return tuple(holding) if 0 < len(holding) <= SHOWN else ()


def _is_called(device: Device, said: str) -> bool:
    return any(said.casefold() in name.casefold() for name in device.name.values())
