"""Office space allocation as the University of Nottingham writes it (Ulker and Landa-Silva 2010)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yuanli.errors import Text
from yuanli.planning.spaces.problem import (
    MOST_NUMBER,
    Entity,
    Room,
    Rule,
    RuleKind,
    SpaceProblem,
    SpacesError,
)

HEADS = ("ENTITIES", "ROOMS", "CONSTRAINTS")
FIELDS = {"ENTITIES": 3, "ROOMS": 4, "CONSTRAINTS": 5}
KINDS = {
    0: (RuleKind.IN, 20.0), 1: (RuleKind.NOT_IN, 10.0), 3: (RuleKind.CAPACITY, 10.0),
    4: (RuleKind.SAME_ROOM, 10.0), 5: (RuleKind.NOT_SAME_ROOM, 10.0), 6: (RuleKind.NOT_SHARING, 50.0),
    7: (RuleKind.ADJACENT, 10.0), 8: (RuleKind.NEAR, 10.0), 9: (RuleKind.AWAY, 10.0),
}  # fmt: skip
"""The kind and the penalty by the number of a constraint; 2 (ONEOF) is used by no instance."""
Line = tuple[int, list[float]]


def is_osa(text: str) -> bool:
    """Say whether a text looks like the format."""
    return bool(re.match(r"\s*NoOfEntities\s*:", text, re.IGNORECASE))


def parse_osa(text: str) -> SpaceProblem:
    """Read the format of the sets PNe150 and SVe150; entities and rooms are named by their numbers, `E0` and `R0`.

    Raises
    ------
    SpacesError
        With the number of the line.
    """
    counts: dict[str, int] = {}
    tables: dict[str, list[Line]] = {head: [] for head in HEADS}
    for head, number, line in _lines(text):
        if head is None:
            name, _, value = line.partition(":")
            counts[name.strip().lower()] = int(_numbers(number, value, 1)[0])
        else:
            tables[head].append((number, _numbers(number, line, FIELDS[head])))
    for head, name in (
        ("ENTITIES", "NoOfEntities"),
        ("ROOMS", "NoOfRooms"),
        ("CONSTRAINTS", "NoOfConstraints"),
    ):
        found = len(tables[head])
        if (told := counts.get(name.lower(), found)) != found:
            raise _wrong(
                1, f"{name} 为 {told}，实有 {found} 行", f"{name} is {told}; there are {found} lines"
            )
    entities, rooms = ([int(values[0]) for _, values in tables[head]] for head in ("ENTITIES", "ROOMS"))
    known_entities, known_rooms = set(entities), set(rooms)
    return SpaceProblem(
        rooms=tuple(_room(number, values, known_rooms) for number, values in tables["ROOMS"]),
        entities=tuple(
            Entity(name=f"E{int(eid)}", group=f"G{int(gid)}", need_m2=space)
            for _, (eid, gid, space) in tables["ENTITIES"]
        ),
        rules=tuple(
            _rule(number, values, known_entities, known_rooms) for number, values in tables["CONSTRAINTS"]
        ),
    )


def _lines(text: str) -> Iterator[tuple[str | None, int, str]]:
    head = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().upper() in HEADS:
            head = line.strip().upper()
        elif line.strip():
            yield head, number, line


def _numbers(number: int, line: str, least: int) -> list[float]:
    try:
        values = [float(word) for word in line.split()]
    except ValueError as error:
        raise _wrong(number, f"不是数：{line.strip()[:60]}", f"not numbers: {line.strip()[:60]}") from error
    if not all(abs(value) <= MOST_NUMBER for value in values):
        raise _wrong(
            number,
            f"有数超出 ±{MOST_NUMBER:g}：{line.strip()[:60]}",
            f"a number is beyond ±{MOST_NUMBER:g}: {line.strip()[:60]}",
        )
    if len(values) < least or (least in (3, 5) and len(values) != least):
        raise _wrong(
            number,
            f"应有 {least} 个数，实有 {len(values)}",
            f"{least} numbers are due, {len(values)} are there",
        )
    return values


def _room(number: int, values: list[float], known: set[int]) -> Room:
    rid, fid, space, many, *adjacent = values
    if len(adjacent) != many or not known.issuperset(adjacent):
        raise _wrong(
            number, f"相邻房间应有 {many:g} 个已知编号", f"{many:g} known rooms are due as its neighbours"
        )
    return Room(
        name=f"R{int(rid)}", floor=f"{int(fid)}", capacity_m2=space,
        adjacent=tuple(f"R{int(other)}" for other in adjacent if other != rid),
    )  # fmt: skip


def _rule(number: int, values: list[float], entities: set[int], rooms: set[int]) -> Rule:
    cid, ctype, hard, one, other = (int(value) for value in values)
    if ctype not in KINDS or hard not in (0, 1):
        raise _wrong(number, f"未知的约束 {ctype} {hard}", f"unknown constraint {ctype} {hard}")
    kind, weight = KINDS[ctype]
    about_room = {RuleKind.IN: other, RuleKind.NOT_IN: other, RuleKind.CAPACITY: one}.get(kind)
    about = (
        ()
        if kind is RuleKind.CAPACITY
        else (one,)
        if kind in (RuleKind.IN, RuleKind.NOT_IN, RuleKind.NOT_SHARING)
        else (one, other)
    )
    if not entities.issuperset(about) or (about_room is not None and about_room not in rooms):
        raise _wrong(number, f"没有这个编号：{one} {other}", f"no such number: {one} {other}")
    return Rule(
        kind=kind, entities=tuple(f"E{i}" for i in about), hard=bool(hard), weight=weight, name=f"{cid}",
        rooms=() if about_room is None else (f"R{about_room}",),
    )  # fmt: skip


def _wrong(number: int, zh: str, en: str) -> SpacesError:
    return SpacesError(
        Text(f"第 {number} 行：{zh}。", f"Line {number}: {en}."),
        field=f"line {number}",
        hint=Text("按 FORMAT 说明改正该行。", "Correct that line as the format says."),
    )
