"""Plans as tables."""

from __future__ import annotations

from collections.abc import Sequence

from yuanli.errors import Text
from yuanli.planning.spaces.problem import SpacePlan, SpaceProblem, SpacesError
from yuanli.solver import Row


def row_name(problem: SpaceProblem, period: int, entity: int) -> str:
    """Return the name of an assignment: the entity's, with `@period` where there are several."""
    name = problem.entities[entity].name
    return name if len(problem.periods) == 1 else f"{name}@{problem.periods[period].name}"


def space_rows(problem: SpaceProblem, plan: SpacePlan) -> list[Row]:
    """Return a plan as rows: name, room, building, floor, and the period where there are several."""
    rows: list[Row] = []
    for p, row in enumerate(plan.rooms):
        for e, r in enumerate(row):
            if r >= 0:
                room = problem.rooms[r]
                place = {"room": room.name, "building": room.building, "floor": room.floor}
                when = {"period": problem.periods[p].name} if len(problem.periods) > 1 else {}
                rows.append({"name": row_name(problem, p, e), **place, **when})
    return rows


def read_space_rows(problem: SpaceProblem, rows: Sequence[Row]) -> SpacePlan:
    """Return the plan of rows; only name and room are read.

    Raises
    ------
    SpacesError
        A name or room is unknown or comes twice, or somebody who is there has no row.
    """
    places = {
        row_name(problem, p, e): (p, e)
        for p, period in enumerate(problem.periods)
        for e, entity in enumerate(problem.entities)
        if problem.need_m2(period, entity) > 0
    }
    table = [[-1] * len(problem.entities) for _ in problem.periods]
    for i, row in enumerate(rows):
        name, room = str(row.get("name")), str(row.get("room"))
        if name not in places:
            raise _wrong(
                f"rows[{i}].name",
                f"{name}",
                "没有这个单位，或出现了两次",
                "no such entity, or it comes twice",
            )
        if room not in problem.room_place:
            raise _wrong(f"rows[{i}].room", f"{room}", "没有这个房间", "there is no such room")
        p, e = places.pop(name)
        table[p][e] = problem.room_place[room]
    if places:
        raise _wrong("rows", next(iter(places)), "缺少这一行", "its row is missing")
    return SpacePlan(rooms=tuple(map(tuple, table)))


def carried_rows(problem: SpaceProblem, rows: Sequence[Row]) -> list[Row]:
    """Return rows of a plan made before a change for the problem as it is now.

    Who is gone, and rooms that are, are left out; who is new, or whose room is gone, has today's room, else the one
    with the most m² left. A period that is new begins as the entity is in another one.
    """
    told = {str(row.get("name")): str(row.get("room")) for row in rows}
    anywhere = {name.rpartition("@")[0] or name: room for name, room in told.items()}
    found: list[Row] = []
    for p, period in enumerate(problem.periods):
        left_m2 = {room.name: room.capacity_m2 for room in problem.rooms}
        open_rooms = [
            r.name
            for r in problem.rooms
            if not (r.lease_end and period.starts and r.lease_end < period.starts)
        ]
        homeless: list[tuple[str, float]] = []
        for e, entity in enumerate(problem.entities):
            need = problem.need_m2(period, entity)
            if need <= 0:
                continue
            name = row_name(problem, p, e)
            wanted = (told.get(name), anywhere.get(entity.name), entity.room)
            room = next((one for one in wanted if one in left_m2), None)
            if room is None:
                homeless.append((name, need))
                continue
            left_m2[room] -= need
            found.append({"name": name, "room": room})
        for name, need in homeless:
            room = max(open_rooms or left_m2, key=lambda one: left_m2[one])
            left_m2[room] -= need
            found.append({"name": name, "room": room})
    return found


def today(problem: SpaceProblem) -> SpacePlan | None:
    """Return today's plan, kept in each period; None where somebody has no room today."""
    rooms = [problem.room_place.get(entity.room or "", -1) for entity in problem.entities]
    if any(r < 0 for r in rooms):
        return None
    return SpacePlan(rooms=tuple(
        tuple(r if problem.need_m2(period, e) > 0 else -1 for e, r in zip(problem.entities, rooms, strict=True))
        for period in problem.periods
    ))  # fmt: skip


def _wrong(at: str, value: str, zh: str, en: str) -> SpacesError:
    return SpacesError(
        Text(f"{at} 的值“{value}”有误：{zh}。", f'{at} is "{value}": {en}.'),
        field=at,
        hint=Text("按问题中的名称改正。", "Use the names of the problem."),
    )
