"""A problem's own tables as plain JSON, whatever format its file had: what pictures of a plan are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from math import isfinite
from typing import Any, TypeVar

import numpy as np

from yuanli.errors import Text
from yuanli.operations.solving.jobs import SolveOrder, SolveOrderError
from yuanli.operations.solving.kinds import kind_of
from yuanli.planning import (
    SITES,
    SPACES,
    Charge,
    Move,
    PlannedUse,
    SitesProblem,
    SpacePlan,
    SpaceProblem,
    charges_of,
    moves_of,
    served_rows,
    today,
    use_of,
)
from yuanli.solver import Kind, Row

P = TypeVar("P")
MOST_VALUES = 400_000
"""Values in one table; beyond, a browser would not draw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemTables:
    """The tables of a problem by name; `left_out` names those that are too large to be drawn."""

    kind: str
    tables: dict[str, Any]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorUse:
    """How much of a floor is used in a period, in m² and people; `share` is above 1 where it is overfull.

    `energy_kwh` is a year's, nothing where nobody sits.
    """

    period: str
    building: str
    floor: str
    capacity_m2: float
    used_m2: float
    people: float
    share: float
    energy_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceView:
    """A plan of spaces as people look at it: moves, use of floors now (where all sit) and then, charges."""

    moves: tuple[Move, ...]
    before: tuple[FloorUse, ...]
    after: tuple[FloorUse, ...]
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedDemand:
    """Where a demand is sent, and how far; no site where it is out of reach."""

    demand: str
    people: float
    site: str | None
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """A plan of sites as people look at it: each demand with its site."""

    served: tuple[ServedDemand, ...]


def problem_tables(order: SolveOrder) -> ProblemTables:
    """Return the tables of an ordered problem.

    Raises
    ------
    InvalidInputError
        Its file can't be read.
    """
    problem = kind_of(order.kind).parse(order.problem, order.file_name)
    tables: dict[str, Any] = {}
    left_out: list[str] = []
    for one in fields(problem):
        try:
            tables[one.name] = _plain(getattr(problem, one.name), [MOST_VALUES])
        except _TooLargeError:
            left_out.append(one.name)
    return ProblemTables(kind=order.kind, tables=tables, left_out=tuple(left_out))


def space_view(order: SolveOrder, rows: tuple[Row, ...]) -> SpaceView:
    """Return what people look at of a plan of spaces.

    Raises
    ------
    SolveOrderError, SpacesError
        The problem is of another kind; the rows are no plan of it.
    """
    problem, plan = spaces_of(order, rows)
    now = today(problem)
    return SpaceView(
        moves=moves_of(problem, plan),
        before=() if now is None else _floors(use_of(problem, now)),
        after=_floors(use_of(problem, plan)),
        charges=charges_of(problem, plan),
    )


def site_view(order: SolveOrder, rows: tuple[Row, ...]) -> SiteView:
    """Return which site each demand is sent to by a plan of sites.

    Raises
    ------
    SolveOrderError, InvalidProblemError
        The problem is of another kind; the rows are no plan of it.
    """
    problem = _problem_of(order, SitesProblem, SITES)
    served = served_rows(problem, SITES.read_rows(problem, rows)) if rows else ()
    return SiteView(
        served=tuple(
            ServedDemand(demand=row["demand"], people=float(people), site=row["site"], seconds=row["seconds"])
            for row, people in zip(served, problem.people, strict=False)
        )
    )


def spaces_of(order: SolveOrder, rows: tuple[Row, ...]) -> tuple[SpaceProblem, SpacePlan]:
    """Return a problem of spaces and the plan of its rows.

    Raises
    ------
    SolveOrderError, SpacesError
        The problem is of another kind; the rows are no plan of it.
    """
    problem = _problem_of(order, SpaceProblem, SPACES)
    return problem, SPACES.read_rows(problem, rows)


def _problem_of(order: SolveOrder, wanted: type[P], seen: Kind[Any, Any]) -> P:
    """Return the ordered problem, which is of the kind that is looked at in such a way."""
    kind = kind_of(order.kind)
    problem = kind.parse(order.problem, order.file_name)
    if isinstance(problem, wanted):
        return problem
    raise SolveOrderError(
        Text(
            f"“{order.name}”是{kind.title.zh}，这个视图只属于{seen.title.zh}。",
            f"{order.name!r} is a plan of {kind.name!r}; only one of {seen.name!r} is looked at like that.",
        ),
        field="job",
        hint=Text(f"请打开{seen.title.zh}方案。", f"Open a plan of {seen.name!r}."),
    )


def _floors(uses: tuple[PlannedUse, ...]) -> tuple[FloorUse, ...]:
    return tuple(
        FloorUse(
            period=use.period, building=use.building, floor=use.floor, capacity_m2=use.capacity_m2,
            used_m2=use.used_m2, people=use.people, share=use.share, energy_kwh=use.energy_kwh,
        )
        for use in uses
    )  # fmt: skip


class _TooLargeError(Exception):
    """A table holds more values than are shown."""


def _plain(value: Any, left: list[int]) -> Any:
    """Return a value as JSON has it; numbers that are not finite are null, tables by time or place are left out."""
    left[0] -= 1
    if left[0] < 0:
        raise _TooLargeError
    if isinstance(value, np.ndarray):
        if value.size > left[0]:
            raise _TooLargeError
        return _plain(value.tolist(), left)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        shown = {one.name: getattr(value, one.name) for one in fields(value)}
        return {name: _plain(item, left) for name, item in shown.items() if _shown(item)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, left) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return [_plain(item, left) for item in sorted(value)]
    if isinstance(value, list | tuple):
        return [_plain(item, left) for item in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, np.generic):
        return _plain(value.item(), left)
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: Any) -> bool:
    """Whether a field is a table that JSON can hold: not one whose keys are things."""
    return not (isinstance(value, Mapping) and any(not isinstance(key, str) for key in value))
