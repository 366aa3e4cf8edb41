"""Why a plan is not another one: a wish forced into it, told in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from math import inf
from typing import Any

from yuanli.errors import Text, figured
from yuanli.operations.solving.cells import RUN, Said, cells_of
from yuanli.operations.solving.names import name_of
from yuanli.scheduling import DevicesProblem
from yuanli.solver import Kind, Moves, Row, Search, Status, tell_why_not, why_not

MOST_MOVED = 4
"""Moves that a wish is told by, at most."""
YES, NO = Text("是", "yes"), Text("否", "no")
NOTHING = Text("无", "none")
NOBODY = {"staff": Text("不安排人", "nobody"), "shift": Text("休息", "off")}
"""What no value is called in some columns."""
AS_IT_IS = Text("照旧", "as it is")
NO_FLOW = Text("不充不放", "rests")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNotTold:
    """What a wish forced into a plan means: what the best plan found with it costs more, and how many rows differ.

    `cost` is what the plan costs without it. `delta` and `changes` are None where none was found; `conflicts` then has
    what forbids it, if that is proved.
    """

    wish: Text
    status: Status
    cost: float
    delta: float | None
    changes: int | None
    conflicts: tuple[Text, ...]
    explanation: tuple[Text, ...]
    assignments: tuple[Row, ...]


def ask_why_not(
    kind: Kind[Any, Any],
    problem: Any,
    plan: Any,
    forced: Moves,
    *,
    search: Search[Any],
    bound: float = -inf,
    zone: tzinfo,
) -> WhyNotTold:
    """Solve again with a wish forced into a plan, and say what that means, by the clock of a zone.

    Parameters
    ----------
    bound
        What no plan without the wish costs less than, where it is known.

    Raises
    ------
    InvalidInputError
        The wish names what is not in the plan, or what there is not.
    WrongPlanError
        The checker refuses the plan that was found.
    """
    answer = why_not(kind, problem, plan, forced, search=search, bound=bound)
    what = tell_moves(problem, kind.rows(problem, plan), forced, moved_by=kind.moved_by, zone=zone)
    return WhyNotTold(
        wish=what, cost=answer.cost, status=answer.status,
        delta=None if answer.difference is None else answer.difference.cost,
        changes=None if answer.difference is None else answer.changes, conflicts=answer.conflicts,
        explanation=tell_why_not(answer, what),
        assignments=() if answer.best is None else tuple(kind.rows(problem, answer.best)),
    )  # fmt: skip


def tell_moves(problem: object, rows: Sequence[Row], moves: Moves, *, moved_by: str, zone: tzinfo) -> Text:
    """Say a wish to change the rows of a plan, by the clock of a zone; of devices only when they differ."""
    said = cells_of(problem, zone)
    old = {str(next(iter(row.values()))): row for row in rows}
    told = []
    for name, to in moves.items():
        columns: Row = {moved_by: to} if isinstance(to, str) else to
        if isinstance(problem, DevicesProblem) and isinstance(columns.get("on"), str):
            told.append(_of_device(name, str(old.get(name, {}).get("on", "")), columns["on"], said))
        elif isinstance(problem, DevicesProblem) and isinstance(columns.get("flows"), str):
            told.append(_of_storage(name, str(old.get(name, {}).get("flows", "")), columns["flows"], said))
        else:
            told.append(_of_columns(name, columns, said))
    more = len(told) - MOST_MOVED
    rest = Text(f"等 {len(told)} 项", f" and {more} more") if more > 0 else Text("", "")
    told = told[:MOST_MOVED]
    return Text("、".join(one.zh for one in told) + rest.zh, ", ".join(one.en for one in told) + rest.en)


def _of_device(name: str, before: str, after: str, said: Said) -> Text:
    now, then = _slots(before), _slots(after)
    parts = [
        Text(f"{said('on', _runs(slots))} {word.zh}", f"{word.en} {said('on', _runs(slots))}")
        for slots, word in ((then - now, Text("开", "on")), (now - then, Text("关", "off")))
        if slots
    ] or [AS_IT_IS]
    return Text(
        f"{name} {'、'.join(one.zh for one in parts)}", f"{name} {', '.join(one.en for one in parts)}"
    )


def _of_storage(name: str, before: str, after: str, said: Said) -> Text:
    """Say what a storage takes, gives or leaves where that differs, by slots that are alike."""
    by_flow: dict[float, set[int]] = {}
    for slot, (old, new) in enumerate(zip(before.split(), after.split(), strict=False)):
        if float(old) != float(new):
            by_flow.setdefault(round(float(new), 6), set()).add(slot)
    zh, en = [], []
    for flow, slots in sorted(by_flow.items(), key=lambda one: min(one[1])):
        way = Text("充", "takes") if flow > 0 else Text("放", "gives") if flow < 0 else NO_FLOW
        amount, when = f" {figured(abs(flow))} kW" if flow else "", said("on", _runs(slots))
        zh.append(f"{when} {way.zh}{amount}")
        en.append(f"{way.en}{amount} {when}")
    return Text(f"{name} {'、'.join(zh) or AS_IT_IS.zh}", f"{name} {', '.join(en) or AS_IT_IS.en}")


def _of_columns(name: str, columns: Mapping[str, Any], said: Said) -> Text:
    zh, en = [], []
    for column, value in columns.items():
        title, cell = name_of("column", column), _cell(said(column, value))
        if cell is NOTHING:
            cell = NOBODY.get(column, NOTHING)
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
    text = f"{figured(value)}" if isinstance(value, float) else str(value)
    return Text(text, text)


def _slots(runs: str) -> set[int]:
    return {slot for first, last in RUN.findall(runs) for slot in range(int(first), int(last) + 1)}


def _runs(slots: set[int]) -> str:
    firsts = sorted(slot for slot in slots if slot - 1 not in slots)
    lasts = sorted(slot for slot in slots if slot + 1 not in slots)
    return " ".join(f"{first}-{last}" for first, last in zip(firsts, lasts, strict=True))
