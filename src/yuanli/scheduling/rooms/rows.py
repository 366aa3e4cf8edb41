"""A plan of rooms and times as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yuanli.errors import Text
from yuanli.scheduling.rooms.tables import MOST_NUMBER, Placed, RoomsPlan, RoomsProblem, Time
from yuanli.solver import InvalidProblemError, Row


def plan_rows(problem: RoomsProblem, plan: RoomsPlan) -> list[Row]:
    """Return event, days, weeks, start, length and room of each event, in the problem's order."""
    return [
        {
            "event": event.name, "days": list(where.time.days), "weeks": list(where.time.weeks),
            "start": where.time.start, "length": where.time.length, "room": where.room,
        }
        for event in problem.events
        if (where := plan.placed.get(event.name)) is not None
    ]  # fmt: skip


def read_plan(problem: RoomsProblem, rows: Sequence[Row]) -> RoomsPlan:
    """Return the plan of a table.

    Raises
    ------
    InvalidProblemError
        A row names no event of the problem, or one twice, or a value is not of its kind.
    """
    events = {event.name for event in problem.events}
    placed: dict[str, Placed] = {}
    for i, row in enumerate(rows):
        name = str(row.get("event", ""))
        if name not in events or name in placed:
            raise _wrong(
                i, "event", name, "没有这个活动，或重复", "there is no such event, or it is there twice"
            )
        try:
            time = Time(
                days=_numbers(row["days"]), start=_whole(row["start"]), length=_whole(row["length"]),
                weeks=_numbers(row.get("weeks", [0])),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise _wrong(
                i, "days/weeks/start/length", dict(row), "缺少或不是整数", "a value is missing or not whole"
            ) from error
        room = row.get("room")
        placed[name] = Placed(time=time, room=None if room in (None, "") else str(room))
    return RoomsPlan(placed=placed)


def carried_rooms(problem: RoomsProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now: what is new has no room and time yet."""
    events = {event.name for event in problem.events}
    return [row for row in rows if row.get("event") in events]


def _numbers(value: Any) -> tuple[int, ...]:
    if isinstance(value, int):
        return (_whole(value),)
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    return tuple(sorted({_whole(part) for part in parts}))


def _whole(value: Any) -> int:
    number = int(value)
    if not 0 <= number <= MOST_NUMBER:
        raise ValueError("not in any timetable")
    return number


def _wrong(row: int, field: str, value: object, zh: str, en: str) -> InvalidProblemError:
    return InvalidProblemError(
        Text(f"第 {row + 1} 行 {field} 为 {value}：{zh}。", f"Row {row + 1}, {field} is {value}: {en}."),
        field=field,
        hint=Text("请改正这一行。", "Correct this row."),
    )
