"""Problems and their plans, in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import inf
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import delete, insert, select, update

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import SolveJob, SolveOrder, SolveState, SolveSummary
from yuanli.solver import Plan, Row, SearchProgress, Status, Stop
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import SOLVE

SUMMARY = [
    SOLVE.c[name]
    for name in ("id", "campus_id", "kind", "name", "who", "at", "state", "progress", "ended_at", "error")
]


class SqlSolveStore:
    """Fills `SolveStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, summary: SolveSummary, order: SolveOrder) -> None:
        """Keep a new problem."""
        told = asdict(order)
        problem = told.pop("problem")
        with self._database.writing() as connection:
            connection.execute(
                insert(SOLVE).values(problem=problem, order=to_text(told), **_summary(summary))
            )

    def order(self, job_id: str) -> SolveOrder:
        """Return what was ordered."""
        query = select(SOLVE.c.order, SOLVE.c.problem).where(SOLVE.c.id == job_id)
        with self._database.reading() as connection:
            row = connection.execute(query).one()
        told = json.loads(row.order)
        stop, start, locked = Stop(**told.pop("stop")), tuple(told.pop("start")), tuple(told.pop("locked"))
        return SolveOrder(**told, stop=stop, locked=locked, start=start, problem=bytes(row.problem))

    def incumbent(self, job_id: str) -> tuple[Row, ...]:
        """Return the rows of the newest incumbent, none where none was kept."""
        query = select(SOLVE.c.incumbent).where(SOLVE.c.id == job_id)
        with self._database.reading() as connection:
            kept = connection.execute(query).scalar_one()
        return tuple(json.loads(kept)) if kept else ()

    def update(
        self, summary: SolveSummary, *, incumbent: Sequence[Row] | None = None, plan: Plan | None = None
    ) -> None:
        """Keep where it stands, and what is given of the newest incumbent and the plan."""
        values = _summary(summary)
        if incumbent is not None:
            values["incumbent"] = to_text(list(incumbent))
        if plan is not None:
            values["plan"] = to_text(_finite(asdict(plan)))
        with self._database.writing() as connection:
            connection.execute(update(SOLVE).where(SOLVE.c.id == summary.id).values(**values))

    def list(self, campus_id: CampusId) -> tuple[SolveSummary, ...]:
        """Return the problems of a campus, newest first."""
        if find_storable(campus_id) is None:
            return ()
        query = select(*SUMMARY).where(SOLVE.c.campus_id == campus_id).order_by(SOLVE.c.at.desc(), SOLVE.c.id)
        with self._database.reading() as connection:
            return tuple(_read_summary(row) for row in connection.execute(query))

    def get(self, campus_id: CampusId, job_id: str) -> SolveJob | None:
        """Return a problem with its plan, if there is one."""
        if find_storable(job_id) is None or find_storable(campus_id) is None:
            return None
        own = (SOLVE.c.id == job_id) & (SOLVE.c.campus_id == campus_id)
        with self._database.reading() as connection:
            row = connection.execute(select(*[*SUMMARY, SOLVE.c.plan]).where(own)).one_or_none()
        if row is None:
            return None
        return SolveJob(
            summary=_read_summary(row), plan=None if row.plan is None else _plan(json.loads(row.plan))
        )

    def unfinished(self) -> tuple[SolveSummary, ...]:
        """Return what waits or was running, oldest first."""
        states = [SolveState.WAITING.value, SolveState.RUNNING.value]
        query = select(*SUMMARY).where(SOLVE.c.state.in_(states)).order_by(SOLVE.c.at, SOLVE.c.id)
        with self._database.reading() as connection:
            return tuple(_read_summary(row) for row in connection.execute(query))

    def remove(self, campus_id: CampusId, job_id: str) -> bool:
        """Forget a problem and its plan; tell whether there was one."""
        if find_storable(job_id) is None:
            return False
        own = (SOLVE.c.id == job_id) & (SOLVE.c.campus_id == campus_id)
        with self._database.writing() as connection:
            return connection.execute(delete(SOLVE).where(own)).rowcount == 1


def _summary(summary: SolveSummary) -> dict[str, Any]:
    told = asdict(summary)
    for name in ("progress", "error"):
        told[name] = None if told[name] is None else to_text(_finite(told[name]))
    return told | {"state": summary.state.value}


def _read_summary(row: SqlRow[Any]) -> SolveSummary:
    return SolveSummary(
        id=row.id, campus_id=CampusId(row.campus_id), kind=row.kind, name=row.name, who=row.who, at=row.at,
        state=SolveState(row.state), ended_at=row.ended_at,
        progress=None if row.progress is None else _progress(json.loads(row.progress)),
        error=None if row.error is None else Text(**json.loads(row.error)),
    )  # fmt: skip


def _finite(value: Any) -> Any:
    """Return a value with null for what JSON has no number for."""
    if isinstance(value, float) and value in (inf, -inf):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _progress(told: dict[str, Any]) -> SearchProgress:
    return SearchProgress(
        at_s=told["at_s"], rounds=told["rounds"],
        cost=inf if told["cost"] is None else told["cost"], bound=-inf if told["bound"] is None else told["bound"],
    )  # fmt: skip


def _plan(told: dict[str, Any]) -> Plan:
    read: dict[str, Any] = {
        "status": Status(told["status"]),
        "method": Text(**told["method"]),
        "history": tuple(_progress(one) for one in told["history"]),
        "assignments": tuple(told["assignments"]),
        "explanation": tuple(Text(**one) for one in told["explanation"]),
        "conflicts": tuple(Text(**one) for one in told["conflicts"]),
    }
    return Plan(**(told | read))
