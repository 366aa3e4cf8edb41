"""What a turn means for devices, where the words tell more than the model heard."""

from __future__ import annotations

import re
from dataclasses import replace

from yuanli.language import Kind, Slot, Understanding, find_quantity
from yuanli.operations.answering.vocabulary import find_word, named_in, names_in, says, unit_of

SURE = 0.8
UNITS = {"zh": "空调", "en": "air conditioning"}
LAMPS = {"zh": "灯", "en": "lights"}
DEGREES = {"zh": "温度", "en": "temperature"}
SET_BY = {"temperature": UNITS, "brightness": LAMPS}
COMFORT_C = (10.0, 35.0)
"""A number between them, said without a unit of what a room is set to, is a temperature."""
NAMES = {"zh": "设备", "en": "devices"}
MISHEARD = frozenset(
    {"security_event_query", "energy_anomaly", "service_repair", "ticket_status", "device_query"}
)
"""Intents that a question about which devices are out of order is taken for."""
SWITCHES = {"off": "device_off", "on": "device_on"}
WAITING = re.compile(r"^[等待]+(?:到)?|(?:的?人.*)?$")
"""What stands around a place that a command waits for: 等5楼人都走了."""
IDENTIFIER = re.compile(
    r"[A-Za-z]{1,6}[-_]?\d{2,}(?:[-_.][A-Za-z0-9]+)*|[A-Za-z]+(?:[-_][A-Za-z0-9]+)+", re.ASCII
)
SAID_WHEN = ("date", "time")


def of_devices(heard: Understanding) -> Understanding:
    """Return a turn about devices as what it asks of them."""
    return _attribute(_kind(_everything(_identifiers(_faults(_after_leaving(heard))))))


def _after_leaving(heard: Understanding) -> Understanding:
    """Return "once everybody has left floor 5, turn off the lights" as a command, whatever it was taken for."""
    text, ways = heard.text, names_in(heard.text, "switching")
    if not says(text, "after_leaving") or not ways or heard.intent.startswith("dialog_"):
        return heard
    bare = [slot for slot in map(_bare_place, heard.slots) if slot is not None]
    if heard.intent.startswith("device_"):
        return replace(heard, slots=tuple(bare))
    slots = [slot for slot in bare if slot.type == "place"]
    word = find_word(text, "devices")
    if word is None:
        return heard
    start, end = word
    slots.append(Slot(type="device_type", text=text[start:end], start=start, end=end, value=text[start:end]))
    way = "off" if "off" in ways else "on"
    return replace(
        heard,
        intent=SWITCHES[way],
        confidence=max(heard.confidence, SURE),
        alternatives=(),
        slots=tuple(slots),
    )


def _bare_place(slot: Slot) -> Slot | None:
    """Return a place without the words of waiting around it; None where nothing is left of it."""
    bare = WAITING.sub("", WAITING.sub("", slot.text)).strip()
    if slot.type != "place" or bare == slot.text:
        return slot
    if not bare:
        return None
    start = slot.start + slot.text.index(bare)
    return replace(slot, text=bare, value=bare, start=start, end=start + len(bare))


def _faults(heard: Understanding) -> Understanding:
    """Return a question about which devices are out of order as one about devices."""
    text = heard.text
    which = says(text, "whereabouts") and named_in(text, "ranked") == "device"
    if heard.intent in MISHEARD and which and says(text, "faults"):
        heard = replace(heard, intent="device_query", confidence=max(heard.confidence, SURE), alternatives=())
        if not heard.find("device_type") and not heard.find("device"):
            every = Slot(type="device_type", text=text, start=0, end=len(text), value=NAMES[heard.language])
            heard = replace(heard, slots=(*heard.slots, every))
    return heard


def _identifiers(heard: Understanding) -> Understanding:
    """Return a number such as EM-9999, taken for a day, as the name of a device that it is."""
    slots = tuple(
        replace(slot, type="device_name")
        if slot.type in SAID_WHEN and IDENTIFIER.fullmatch(slot.text.strip())
        else slot
        for slot in heard.slots
    )
    return heard if slots == heard.slots else replace(heard, slots=slots)


def _everything(heard: Understanding) -> Understanding:
    """Return "turn everything off" as the scene in which all is off."""
    if heard.intent != "device_off" or heard.find("device_name") or not says(heard.text, "everything"):
        return heard
    start, end = find_word(heard.text, "everything") or (0, len(heard.text))
    said = heard.text[start:end]
    slots = tuple(slot for slot in heard.slots if slot.type != "device_type")
    scene = Slot(type="scene", text=said, start=start, end=end, value="全关")
    return replace(heard, intent="device_scene", slots=(*slots, scene))


def _kind(heard: Understanding) -> Understanding:
    """Return a command with the kind of device that it says, where the model left that out."""
    word = find_word(heard.text, "devices")
    told = any(heard.find(kind) for kind in ("device_type", "device_name", "attribute"))
    if heard.intent not in SWITCHES.values() or told or word is None:
        return heard
    start, end = word
    said = heard.text[start:end]
    return replace(
        heard, slots=(*heard.slots, Slot(type="device_type", text=said, start=start, end=end, value=said))
    )


def is_temperature(said: str, language: str) -> bool:
    """Whether a value is a temperature that a room can be set to: 26度, 23."""
    found = find_quantity(said, language=language) if said else None
    low, high = COMFORT_C
    return (
        found is not None and found.kind is Kind.ABSOLUTE and low <= found.value <= high
        and (not found.unit or unit_of(found.unit) == "°C")
    )  # fmt: skip


def _attribute(heard: Understanding) -> Understanding:
    """Return "make A301 warmer", or "set A301 to 23 at 8", with what is to be set, which needs not be asked for."""
    kinds = ("device_type", "device_name", "attribute", "scene")
    if heard.intent not in ("device_set", "device_schedule") or any(heard.find(kind) for kind in kinds):
        return heard
    said = heard.find("value") or ""
    if find_word(heard.text, "attributes") is None and is_temperature(said, heard.language):
        type_, name = ("device_type", UNITS) if heard.intent == "device_schedule" else ("attribute", DEGREES)
        word_ = name[heard.language]
        return replace(heard, slots=(*heard.slots, Slot(type=type_, text=word_, start=0, end=0, value=word_)))
    if heard.intent == "device_schedule":
        of = named_in(heard.text, "attributes") if said else None
        if of not in SET_BY:
            return heard
        word_ = SET_BY[of][heard.language]
        return replace(
            heard, slots=(*heard.slots, Slot(type="device_type", text=word_, start=0, end=0, value=word_))
        )
    word = find_word(heard.text, "attributes")
    if word is None:
        return heard
    start, end = word
    said = heard.text[start:end]
    return replace(
        heard, slots=(*heard.slots, Slot(type="attribute", text=said, start=start, end=end, value=said))
    )
