"""A wish to change a plan, in words: who or what, and which columns of its row become what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.errors import Text
from yuanli.operations.solving.cells import RUN, Said, cells_of
from yuanli.operations.solving.names import name_of
from yuanli.scheduling import DevicesProblem
from yuanli.solver import Moves, Row

YES, NO = Text("是", "yes"), Text("否", "no")
NOTHING = Text("无", "none")


def tell_moves(problem: object, rows: Sequence[Row], moves: Moves, *, moved_by: str, zone: ZoneInfo) -> Text:
    """Say a wish to change the rows of a plan, by the clock of a zone; of devices only when they differ."""
    said = cells_of(problem, zone)
    old = {str(next(iter(row.values()))): row for row in rows}
    told = []
    for name, to in moves.items():
        columns: Row = {moved_by: to} if isinstance(to, str) else to
        if isinstance(problem, DevicesProblem) and isinstance(columns.get("on"), str):
            told.append(_of_device(name, str(old.get(name, {}).get("on", "")), columns["on"], said))
        else:
            told.append(_of_columns(name, columns, said))
    return Text("、".join(one.zh for one in told), ", ".join(one.en for one in told))


def _of_device(name: str, before: str, after: str, said: Said) -> Text:
    now, then = _slots(before), _slots(after)
    parts = [
        Text(f"{said('on', _runs(slots))} {word.zh}", f"{word.en} {said('on', _runs(slots))}")
        for slots, word in ((then - now, Text("开", "on")), (now - then, Text("关", "off")))
        if slots
    ] or [Text("照旧", "as it is")]
    return Text(
        f"{name} {'、'.join(one.zh for one in parts)}", f"{name} {', '.join(one.en for one in parts)}"
    )


def _of_columns(name: str, columns: Mapping[str, Any], said: Said) -> Text:
    zh, en = [], []
    for column, value in columns.items():
        title, cell = name_of("column", column), _cell(said(column, value))
        zh.append(f"{title.zh} {cell.zh}")
        en.append(f"{title.en} {cell.en}")
    return Text(f"{name} → {'，'.join(zh)}", f"{name} → {', '.join(en)}")


def _cell(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, bool):
        return YES if value else NO
    if value is None or value == "":
        return NOTHING
    if isinstance(value, list | tuple):
        return Text("、".join(map(str, value)), ", ".join(map(str, value)))
    text = f"{value:,.6g}" if isinstance(value, float) else str(value)
    return Text(text, text)


def _slots(runs: str) -> set[int]:
    return {slot for first, last in RUN.findall(runs) for slot in range(int(first), int(last) + 1)}


def _runs(slots: set[int]) -> str:
    firsts = sorted(slot for slot in slots if slot - 1 not in slots)
    lasts = sorted(slot for slot in slots if slot + 1 not in slots)
    return " ".join(f"{first}-{last}" for first, last in zip(firsts, lasts, strict=True))
