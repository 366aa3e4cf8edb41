"""What a move by hand would cost and break, before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yuanli.errors import Text
from yuanli.planning.spaces.checking import check_spaces, tell, violations
from yuanli.planning.spaces.plans import read_space_rows, space_rows
from yuanli.planning.spaces.problem import SpacePlan, SpaceProblem, SpacesError
from yuanli.solver import Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A plan after a move: how each part of the cost changes, hard rules it breaks, what is broken or mended."""

    plan: SpacePlan
    cost: float
    change: float
    parts: Mapping[str, float]
    broken: tuple[Broken, ...]
    newly: tuple[Text, ...]
    mended: tuple[Text, ...]


def preview_moves(problem: SpaceProblem, plan: SpacePlan, moves: Mapping[str, str]) -> Preview:
    """Return what moves would do: the name of an assignment to the name of its new room.

    Raises
    ------
    SpacesError
        A name is unknown.
    """
    rows = {str(row["name"]): dict(row) for row in space_rows(problem, plan)}
    for name, room in moves.items():
        if name not in rows:
            raise SpacesError(
                Text(f"方案里没有“{name}”。", f'"{name}" is not in the plan.'), field="moves",
                hint=Text("使用方案第一列的名称。", "Use the names of the plan's first column."),
            )  # fmt: skip
        rows[name]["room"] = room
    moved = read_space_rows(problem, list(rows.values()))
    before, after = check_spaces(problem, plan), check_spaces(problem, moved)
    old, new = ({tell(one) for one in violations(problem, which)} for which in (plan, moved))
    return Preview(
        plan=moved, cost=after.cost, change=after.cost - before.cost,
        parts={name: after.parts[name] - before.parts[name] for name in after.parts}, broken=after.broken,
        newly=tuple(sorted(new - old, key=str)), mended=tuple(sorted(old - new, key=str)),
    )  # fmt: skip


def preview_swap(problem: SpaceProblem, plan: SpacePlan, one: str, other: str) -> Preview:
    """Return what would happen if two assignments changed rooms."""
    rooms = {str(row["name"]): str(row["room"]) for row in space_rows(problem, plan)}
    moves = {a: rooms[b] for a, b in ((one, other), (other, one)) if b in rooms}
    return preview_moves(problem, plan, moves if len(moves) == 2 else {one: "", other: ""})


def force(
    problem: SpaceProblem, plan: SpacePlan, moves: Mapping[str, str]
) -> tuple[SpacePlan, frozenset[str]]:
    """Return a start and what to lock in it: solved with both, `difference` tells what the moves would cost."""
    forced = preview_moves(problem, plan, moves).plan
    return forced, frozenset(moves)
