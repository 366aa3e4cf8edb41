"""University timetables of ITC-2019 and the IST rooms (XML), as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yuanli.errors import Text
from yuanli.scheduling.rooms.tables import (
    Event,
    Placed,
    Room,
    RoomsPlan,
    RoomsProblem,
    RoomWeights,
    Rule,
    Time,
)
from yuanli.solver import MOST_WHOLE, InvalidProblemError, cut_text, find_whole

DAY_MIN = 1440.0
UNCLOSED = re.compile(rb'(="[^"<>\r\n]*)/>')
"""An attribute without its second quote, as the IST files have some."""


def parse_itc2019(data: bytes) -> RoomsProblem:
    """Return the classes with their times and rooms, and the rules between them; students are not assigned.

    A room that only classes name is taken to hold the largest of them. Travel is in slots, and counts for
    `same_attendees` only. Rooms of a competition file are those that a class may have, also where they hold fewer than
    its limit: its size is no larger than the smallest of them. Those of IST have it as it is, as a cost.

    Raises
    ------
    InvalidProblemError
        With line or field.
    """
    root = _root(data, "problem")
    days, slots, weeks = (_whole(root, name) for name in ("nrDays", "slotsPerDay", "nrWeeks"))
    period_min = DAY_MIN / slots if slots > 48 else 30.0
    parts = list(root.iterfind("rooms/room"))
    names = [_text(part, "id") for part in parts]
    rooms = {
        name: Room(
            name=name, capacity=_whole(part, "capacity"),
            features=frozenset({part.attrib["type"]} if "type" in part.attrib else ()),
            closed=tuple(_time(one, weeks=weeks) for one in part.iterfind("unavailable")),
        )
        for name, part in zip(names, parts, strict=True)
    }  # fmt: skip
    for part in root.iterfind("courses/course/config/subpart/class"):
        for name in {_text(one, "id") for one in part.iterfind("room")} - set(names):
            known = rooms[name].capacity if name in rooms else 0
            rooms[name] = Room(name=name, capacity=max(known, _size(part)))
    weights = root.find("optimization")
    worth = {} if weights is None else {key: _whole(weights, key) for key in ("time", "room", "distribution")}
    judged = root.find(".//class/time[@penalty]") is None
    holds = {} if judged else {name: room.capacity for name, room in rooms.items()}
    return RoomsProblem(
        name=root.attrib.get("name", ""), days=days, periods=slots, weeks=weeks, period_min=period_min,
        rooms=tuple(rooms.values()), events=tuple(_events(root, weeks, holds)), rules=tuple(_rules(root)),
        capacity="soft" if judged else "hard",
        walking_s=_walks(parts, list(rooms), period_min * 60), near_min=0.0,
        weights=RoomWeights(
            time=worth.get("time", 1), room=worth.get("room", 1), rules=worth.get("distribution", 1), walking=0,
        ),
    )  # fmt: skip


def parse_itc2019_plan(data: bytes) -> RoomsPlan:
    """Return the times and rooms of a published solution.

    Raises
    ------
    InvalidProblemError
        With line or field.
    """
    placed = {}
    for part in _root(data, "solution").iterfind("class"):
        placed[_text(part, "id")] = part
    return RoomsPlan(
        placed={
            name: Placed(
                time=_time(part, weeks=len(_text(part, "weeks")), length=int(part.attrib.get("length", "1"))),
                room=part.attrib["room"].strip() if part.attrib.get("room") else None,
            )
            for name, part in placed.items()
        }
    )


def _events(root: Element, weeks: int, holds: Mapping[str, int]) -> Iterator[Event]:
    for part in root.iterfind("courses/course/config/subpart/class"):
        name = _text(part, "id")
        length = find_whole(part.attrib.get("length", ""))
        times = {_time(t, weeks=weeks, length=length): _penalty(t) for t in part.iterfind("time")}
        rooms = {_text(r, "id"): _penalty(r) for r in part.iterfind("room")}
        size = min([_size(part), *(holds[room] for room in rooms if room in holds)])
        yield Event(name=name, size=size, times=times, rooms=rooms)


def _rules(root: Element) -> Iterator[Rule]:
    for part in root.iterfind("distributions/distribution"):
        word = _text(part, "type")
        match = re.fullmatch(r"(\w+?)(?:\(([\d,]+)\))?", word)
        if match is None:
            raise _wrong(
                f"distribution type {cut_text(word)!r}",
                "不是 ITC-2019 的规则",
                "it is not a rule of ITC-2019",
            )
        yield Rule(
            kind=re.sub(r"(?<!^)(?=[A-Z])", "_", match[1]).lower(),
            events=tuple(_text(one, "id") for one in part.iterfind("class")),
            penalty=None if part.attrib.get("required") == "true" else _penalty(part),
            values=tuple(int(n) for n in match[2].split(",")) if match[2] else (),
        )


def _walks(
    parts: list[Element], rooms: list[str], period_s: float
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]] | None:
    row = {name: i for i, name in enumerate(rooms)}
    walking_s = np.zeros((len(rooms), len(rooms)))
    for i, part in enumerate(parts):
        for travel in part.iterfind("travel"):
            to = _text(travel, "room")
            if to not in row:
                raise _wrong(f"travel room {cut_text(to)!r}", "没有这个房间", "there is no such room")
            walking_s[i, row[to]] = walking_s[row[to], i] = _whole(travel, "value") * period_s
    return walking_s if walking_s.any() else None


def _time(part: Element, *, weeks: int, length: int | None = None) -> Time:
    mask = _text(part, "weeks")
    if weeks > 1 and len(mask) != weeks:
        raise _wrong(f"weeks {cut_text(mask)!r}", f"应有 {weeks} 位", f"it has {weeks} digits")
    return Time(
        days=_set(part, "days"), weeks=_set(part, "weeks"), start=_whole(part, "start"),
        length=_whole(part, "length") if length is None else length,
    )  # fmt: skip


def _set(part: Element, name: str) -> tuple[int, ...]:
    mask = _text(part, name)
    if not re.fullmatch("[01]+", mask):
        raise _wrong(f"{part.tag} {name} {cut_text(mask)!r}", "应由 0 和 1 组成", "it is of 0 and 1")
    return tuple(i for i, digit in enumerate(mask) if digit == "1")


def _penalty(part: Element) -> float:
    text = part.attrib.get("penalty", "0")
    try:
        return float(text)
    except ValueError:
        raise _wrong(f"{part.tag} penalty {cut_text(text)!r}", "应是数", "it is a number") from None


def _size(part: Element) -> int:
    return _whole(part, "limit") if "limit" in part.attrib else 0


def _whole(part: Element, name: str) -> int:
    text = _text(part, name)
    number = find_whole(text)
    if number is None:
        raise _wrong(
            f"{part.tag} {name} {cut_text(text)!r}",
            f"应是 0 到 {MOST_WHOLE} 的整数",
            f"it is a whole number from 0 to {MOST_WHOLE}",
        )
    return number


def _text(part: Element, name: str) -> str:
    if not part.attrib.get(name, "").strip():
        raise _wrong(f"{part.tag} {name}", "缺少这个属性", "this attribute is missing")
    return part.attrib[name].strip()


def _root(data: bytes, tag: str) -> Element:
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        root: Element = fromstring(data)
    except ParseError as error:
        try:
            root = fromstring(UNCLOSED.sub(rb'\1"/>', data))
        except ParseError:
            line, column = error.position
            raise _wrong(
                f"line {line}, column {column}", "XML 有误", "this is not well-formed XML"
            ) from error
    except DefusedXmlException as error:
        raise _wrong("document", "不接受实体定义", "entities are not accepted") from error
    if root.tag != tag:
        raise _wrong(cut_text(root.tag), f"根元素应是 {tag}", f"the root element is {tag}")
    return root


def _wrong(at: str, zh: str, en: str) -> InvalidProblemError:
    return InvalidProblemError(
        Text(f"{at}：{zh}。", f"{at}: {en}."),
        field=at.split(" ")[0],
        hint=Text("请按 ITC-2019 的 XML 格式改正。", "Correct it, by the XML format of ITC-2019."),
    )
