"""The kinds of problems there are, an example of each, and what is prepared before one is solved."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from yuanli import planning, scheduling
from yuanli.errors import Text
from yuanli.operations.solving.jobs import UnknownKindError
from yuanli.solver import Kind, MissingSolverError, Search, Stop, make_plan

SCHEDULING_KINDS: tuple[Kind[Any, Any], ...] = scheduling.KINDS
PLANNING_KINDS: tuple[Kind[Any, Any], ...] = planning.KINDS
WARM_ROUNDS = 30


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


def find_problem_example(name: str) -> bytes | None:
    """Return a small problem of a kind, in its own JSON, where there is one."""
    for package in (scheduling, planning):
        file = resources.files(package).joinpath("examples", f"{name}.json")
        if file.is_file():
            return file.read_bytes()
    return None


@cache
def warm_up(name: str) -> None:
    """Solve the example of a kind once, and rehearse what it is solved without.

    So compiling takes nothing of the time that a problem is given.
    """
    example = find_problem_example(name)
    if example is None:
        return
    kind = kind_of(name)
    problem = kind.parse(example, f"{name}.json")
    try:
        make_plan(kind, problem, Search[Any](Stop(time_s=None, rounds=WARM_ROUNDS)))
        if kind.rehearse is not None:
            kind.rehearse(problem)
    except MissingSolverError:
        return  # the problem itself will say so
