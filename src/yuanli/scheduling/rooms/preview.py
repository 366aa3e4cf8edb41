"""What moving one event would do, while it is dragged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from yuanli.errors import Text
from yuanli.scheduling.rooms.checking import check_rooms
from yuanli.scheduling.rooms.tables import Placed, RoomsPlan, RoomsProblem
from yuanli.solver import Broken, InvalidProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePreview:
    """What a move changes: cost by parts, the rules it would break, and those it would mend."""

    parts: Mapping[str, float]
    breaks: tuple[Broken, ...]
    mends: tuple[Broken, ...]

    @property
    def cost(self) -> float:
        """The change of cost."""
        return sum(self.parts.values())


def preview_move(problem: RoomsProblem, plan: RoomsPlan, event: str, placed: Placed) -> MovePreview:
    """Return what changes if one event moves; only what it touches is looked at.

    Raises
    ------
    InvalidProblemError
        The event is not in the plan.
    """
    moved = next((one for one in problem.events if one.name == event), None)
    if moved is None or event not in plan.placed:
        raise InvalidProblemError(
            Text(f"计划里没有“{event}”。", f"There is no {event!r} in the plan."), field="event",
            hint=Text("请选择计划里的活动。", "Choose an event of the plan."),
        )  # fmt: skip
    rules = tuple(rule for rule in problem.rules if event in rule.events)
    ruled = {name for rule in rules for name in rule.events}
    people, rooms = set(moved.people), {plan.placed[event].room, placed.room} - {None}
    near = tuple(
        one
        for one in problem.events
        if one.name in plan.placed
        and (
            one.name in ruled
            or (one.course is not None and one.course == moved.course)
            or plan.placed[one.name].room in rooms
            or not people.isdisjoint(one.people)
            or one.name == event
        )
    )
    courses = tuple(course for course in problem.courses if course.name in {one.course for one in near})
    part = replace(problem, events=near, rules=rules, courses=courses, curricula=problem.curricula & people)
    before = {one.name: plan.placed[one.name] for one in near}
    old, new = (check_rooms(part, RoomsPlan(placed=at)) for at in (before, before | {event: placed}))
    return MovePreview(
        parts={name: new.parts[name] - old.parts[name] for name in new.parts},
        breaks=tuple(one for one in new.broken if one not in old.broken),
        mends=tuple(one for one in old.broken if one not in new.broken),
    )
