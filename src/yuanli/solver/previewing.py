"""What moves by hand would cost and break, before they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from yuanli.errors import InvalidInputError, Text
from yuanli.solver.checking import Broken, Checked
from yuanli.solver.kinds import Kind, Row

P = TypeVar("P")
S = TypeVar("S")
Moves = Mapping[str, str | Row]
"""Of what is assigned, by the first column of its row, where it goes: a value of `Kind.moved_by`, or columns."""


class MoveError(InvalidInputError):
    """A plan can't be changed like that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview(Generic[S]):
    """A plan after moves: what its check says, and what changed against the plan before.

    `newly` and `mended` are rules, hard and soft, that the moves break or mend; `rows` are those that differ from
    before, with what follows from the moves, as the times of a tour.
    """

    plan: S
    checked: Checked
    delta: float
    delta_breakdown: Mapping[str, float]
    newly: tuple[Broken, ...]
    mended: tuple[Broken, ...]
    rows: tuple[Row, ...]


def move_rows(kind: Kind[P, S], rows: tuple[Row, ...], moves: Moves) -> tuple[Row, ...]:
    """Return the rows of a plan after moves.

    Raises
    ------
    MoveError
        Something is moved that has no row, or to a column that there is not.
    """
    moved: dict[str, Row] = {str(next(iter(row.values()))): row for row in rows}
    for name, to in moves.items():
        if name not in moved:
            raise MoveError(
                Text(f"方案里没有“{name}”。", f'"{name}" is not in the plan.'), field="moves",
                hint=Text("使用方案第一列的名称。", "Use the names of the plan's first column."),
            )  # fmt: skip
        changes: Row = {kind.moved_by: to} if isinstance(to, str) else to
        unknown = sorted(set(changes) - set(moved[name]))
        if unknown:
            known = "、".join(moved[name])
            raise MoveError(
                Text(f"“{name}”没有“{unknown[0]}”这一列。", f'"{name}" has no column "{unknown[0]}".'), field="moves",
                hint=Text(f"写明要改的列：{known}。", f"Name the columns to change: {known}."),
            )  # fmt: skip
        moved[name] = {**moved[name], **changes}
    return tuple(moved.values())


def preview(
    kind: Kind[P, S], problem: P, plan: S, moves: Moves, *, before: Checked | None = None
) -> Preview[S]:
    """Return what moves would do to a plan; it need not keep the rules, before or after.

    Parameters
    ----------
    before
        What the check says of `plan`, where that is known.

    Raises
    ------
    InvalidInputError
        A name is unknown, or what comes of the moves is no plan.
    """
    was = tuple(kind.rows(problem, plan))
    moved = kind.read_rows(problem, move_rows(kind, was, moves))
    named = {next(iter(row.values())): row for row in was}
    before = before or kind.check(problem, plan)
    after = kind.check(problem, moved)
    old, new = (_by_message(checked) for checked in (before, after))
    return Preview(
        plan=moved, checked=after, delta=after.cost - before.cost,
        delta_breakdown={name: value - before.parts.get(name, 0.0) for name, value in after.parts.items()},
        newly=tuple(one for text, one in new.items() if text not in old),
        mended=tuple(one for text, one in old.items() if text not in new),
        rows=tuple(row for row in kind.rows(problem, moved) if row != named.get(next(iter(row.values())))),
    )  # fmt: skip


def swap_moves(kind: Kind[P, S], problem: P, plan: S, one: str, other: str) -> dict[str, Any]:
    """Return the moves by which two assignments change places.

    Raises
    ------
    MoveError
        One of them is not in the plan.
    """
    rows = {str(next(iter(row.values()))): row for row in kind.rows(problem, plan)}
    move_rows(kind, tuple(rows.values()), {one: {}, other: {}})
    return {one: rows[other][kind.moved_by], other: rows[one][kind.moved_by]}


def _by_message(checked: Checked) -> dict[Text, Broken]:
    return {one.message: one for one in (*checked.broken, *checked.unmet)}
