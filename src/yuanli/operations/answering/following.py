"""What a few words mean after an answer: “B座呢”, “and yesterday?” ask the last question of another place or time."""

from __future__ import annotations

import re
from dataclasses import replace

from yuanli.language import Slot, Understanding
from yuanli.operations.answering.vocabulary import find_word
from yuanli.operations.dialogue import Request

ELLIPSIS = re.compile(
    r"\s*(?:那么?)?\s*(?P<zh>[^，。？?！!]{1,16}?)\s*(?:呢|又?怎么样|又如何)\s*[?？。]?\s*"
    r"|\s*(?:and\s+)?(?:and|what about|how about)\s+(?P<en>[^?.!,]{1,40}?)\s*[?.]?\s*",
    re.IGNORECASE,
)
FILLERS = re.compile(r"的|在|\b(?:the|in|of|for|on|at)\b|\s", re.IGNORECASE)
FLOOR = re.compile(
    r"(?:\d+|[一二三四五六七八九十]+)\s*[楼层]|\b(?:floor|level)\s+\w+|\b\w+\s+(?:floor|level)\b", re.I
)
FAMILIES = frozenset({"energy", "env", "crowd", "parking", "device"})
MEASURED = {"energy": "energy", "env": "environment"}
PLACES = frozenset({"place", "room", "destination", "origin", "poi_type"})
ANSWER, SURE = "dialog_inform", 0.8


def follow_up(heard: Understanding, last: Request) -> Understanding:
    """Return a turn that only names another place, time or quantity as a change of the question answered last."""
    match = ELLIPSIS.fullmatch(heard.text)
    if match is None or last.frame.act or last.frame.family not in FAMILIES:
        return heard
    core = match["zh"] or match["en"]
    slots = tuple(
        replace(slot, type="place") if slot.type in PLACES else slot
        for slot in heard.slots
        if slot.type in PLACES or slot.type in last.frame.types
    )
    part = MEASURED.get(last.frame.family)
    if not slots and part is not None and (found := find_word(core, part)):
        word, start = core[slice(*found)], heard.text.index(core) + found[0]
        slots = (Slot(type="metric", text=word, start=start, end=start + len(word), value=word),)
        core = core.replace("用", "")
    for slot in slots:
        core = core.replace(slot.text, "").replace(slot.text.removeprefix("用"), "")
    if not slots or FILLERS.sub("", core):
        return heard
    slots = tuple(_same_building(slot, last) for slot in slots)
    return replace(heard, intent=ANSWER, confidence=max(heard.confidence, SURE), alternatives=(), slots=slots)


def _same_building(slot: Slot, last: Request) -> Slot:
    """Return a bare floor as that of the building that was asked about."""
    before = next((filled.slot.text for filled in last.of(("place",))), "")
    if slot.type != "place" or FLOOR.fullmatch(slot.text) is None or FLOOR.search(before) is None:
        return slot
    return replace(slot, value=FLOOR.sub(slot.text, before, count=1))
