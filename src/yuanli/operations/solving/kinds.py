"""The kinds of problems there are."""

from __future__ import annotations

from typing import Any

from yuanli import planning, scheduling
from yuanli.errors import Text
from yuanli.operations.solving.jobs import UnknownKindError
from yuanli.solver import Kind

SCHEDULING_KINDS: tuple[Kind[Any, Any], ...] = scheduling.KINDS
PLANNING_KINDS: tuple[Kind[Any, Any], ...] = planning.KINDS


def find_kind(name: str) -> Kind[Any, Any] | None:
    """Return the kind of this name, if there is one."""
    return next((kind for kind in SCHEDULING_KINDS + PLANNING_KINDS if kind.name == name), None)


def kind_of(name: str) -> Kind[Any, Any]:
    """Return the kind of this name.

    Raises
    ------
    UnknownKindError
        There is none.
    """
    kind = find_kind(name)
    if kind is None:
        known = ", ".join(one.name for one in SCHEDULING_KINDS + PLANNING_KINDS)
        raise UnknownKindError(
            Text(f"没有名为 {name!r} 的问题类型。", f"There is no kind of problem {name!r}."),
            field="kind",
            hint=Text(f"可用：{known}。", f"Known: {known}."),
        )
    return kind
