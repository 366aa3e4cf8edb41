"""Labelled intervals, in SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.errors import Text
from yuanli.operations import (
    IntervalAnnotation,
    IntervalKind,
    IntervalLabel,
    IntervalSet,
    IntervalSetExistsError,
    IntervalSetId,
    IntervalSetNotFoundError,
    LabelledIntervals,
    MarkedInterval,
    ProposedInterval,
)
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import INTERVAL_PROPOSAL, INTERVAL_SET, INTERVAL_TASK


class SqlIntervalStore:
    """Fills `IntervalStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_set(self, made: IntervalSet) -> None:
        """Keep a new set."""
        document = asdict(made) | {
            name: getattr(made, name).isoformat() for name in ("start", "end", "made_at")
        }
        values = {
            "id": made.id, "campus_id": made.campus_id, "name": made.name, "made_at": made.made_at,
            "document": to_text(document),
        }  # fmt: skip
        try:
            with self._database.writing() as connection:
                connection.execute(insert(INTERVAL_SET).values(**values))
        except IntegrityError:
            raise IntervalSetExistsError(
                Text(f"已有名为“{made.name}”的标注组。", f"There is a set named {made.name!r} already."),
                field="name",
                hint=Text("换个名称。", "Give it another name."),
            ) from None

    def list_sets(self, campus_id: CampusId) -> tuple[IntervalSet, ...]:
        """Return the sets of a campus, newest first."""
        if find_storable(campus_id) is None:
            return ()
        query = select(INTERVAL_SET).where(INTERVAL_SET.c.campus_id == campus_id)
        query = query.order_by(INTERVAL_SET.c.made_at.desc(), INTERVAL_SET.c.id)
        with self._database.reading() as connection:
            return tuple(_set(row) for row in connection.execute(query))

    def find_set(self, campus_id: CampusId, set_id: str) -> IntervalSet | None:
        """Return a set of a campus, or None."""
        if find_storable(set_id) is None or find_storable(campus_id) is None:
            return None
        own = (INTERVAL_SET.c.campus_id == campus_id) & (INTERVAL_SET.c.id == set_id)
        with self._database.reading() as connection:
            row = connection.execute(select(INTERVAL_SET).where(own)).first()
        return None if row is None else _set(row)

    def remove_set(self, campus_id: CampusId, set_id: str) -> bool:
        """Forget a set with its labels and proposals."""
        if find_storable(set_id) is None or find_storable(campus_id) is None:
            return False
        own = (INTERVAL_SET.c.campus_id == campus_id) & (INTERVAL_SET.c.id == set_id)
        with self._database.writing() as connection:
            return connection.execute(delete(INTERVAL_SET).where(own)).rowcount > 0

    def list_labelled(self, set_id: str) -> tuple[LabelledIntervals, ...]:
        """Return the windows that somebody has labelled, in order."""
        if find_storable(set_id) is None:
            return ()
        query = select(INTERVAL_TASK).where(INTERVAL_TASK.c.set_id == set_id)
        with self._database.reading() as connection:
            return tuple(_task(row) for row in connection.execute(query.order_by(INTERVAL_TASK.c.position)))

    def find_labelled(self, set_id: str, position: int) -> LabelledIntervals:
        """Return a window with its labels; an empty one where nobody has labelled it."""
        if find_storable(set_id) is None:
            return LabelledIntervals(position=position)
        own = (INTERVAL_TASK.c.set_id == set_id) & (INTERVAL_TASK.c.position == position)
        with self._database.reading() as connection:
            row = connection.execute(select(INTERVAL_TASK).where(own)).first()
        return LabelledIntervals(position=position) if row is None else _task(row)

    def change_labelled(
        self, set_id: str, position: int, change: Callable[[LabelledIntervals], LabelledIntervals]
    ) -> LabelledIntervals:
        """Change a window that nobody else changes meanwhile: the row of its set is held."""
        own = (INTERVAL_TASK.c.set_id == set_id) & (INTERVAL_TASK.c.position == position)
        held = select(INTERVAL_SET.c.id).where(INTERVAL_SET.c.id == set_id).with_for_update()
        with self._database.writing() as connection:
            if find_storable(set_id) is None or connection.execute(held).first() is None:
                raise _missing(set_id)
            row = connection.execute(select(INTERVAL_TASK).where(own)).first()
            changed = change(LabelledIntervals(position=position) if row is None else _task(row))
            connection.execute(delete(INTERVAL_TASK).where(own))
            values = {"set_id": set_id, "position": position, "document": _task_text(changed)}
            connection.execute(insert(INTERVAL_TASK).values(**values))
        return changed

    def propose(self, set_id: str, source: str, proposals: Sequence[ProposedInterval]) -> None:
        """Keep a program's intervals in the place of those it proposed before."""
        mine = INTERVAL_PROPOSAL.c.set_id == set_id
        held = select(INTERVAL_SET.c.id).where(INTERVAL_SET.c.id == set_id).with_for_update()
        last = select(INTERVAL_PROPOSAL.c.number).where(mine).order_by(INTERVAL_PROPOSAL.c.number.desc())
        with self._database.writing() as connection:
            if find_storable(set_id) is None or connection.execute(held).first() is None:
                raise _missing(set_id)
            connection.execute(delete(INTERVAL_PROPOSAL).where(mine, INTERVAL_PROPOSAL.c.source == source))
            first = (connection.execute(last.limit(1)).scalar() or 0) + 1
            rows = [asdict(one) | {"set_id": set_id, "number": n} for n, one in enumerate(proposals, first)]
            if rows:
                connection.execute(insert(INTERVAL_PROPOSAL), rows)

    def list_proposals(self, set_id: str, start: datetime, end: datetime) -> tuple[ProposedInterval, ...]:
        """Return what overlaps `[start, end)`, in order of time."""
        if find_storable(set_id) is None:
            return ()
        table = INTERVAL_PROPOSAL.c
        query = select(INTERVAL_PROPOSAL).where(table.set_id == set_id, table.start < end, table.end > start)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(table.start, table.number)).all()
        return tuple(
            ProposedInterval(
                source=row.source, start=row.start, end=row.end, label=row.label, score=row.score
            )
            for row in rows
        )


def _set(row: Row[Any]) -> IntervalSet:
    values = json.loads(row.document)
    times = {name: datetime.fromisoformat(values[name]) for name in ("start", "end", "made_at")}
    lists = {
        "labels": tuple(
            IntervalLabel(name=one["name"], title=Text(**one["title"]), colour=one["colour"])
            for one in values["labels"]
        ),
        "points": tuple(PointId(FeatureId(point)) for point in values["points"]),
        "kind": IntervalKind(values["kind"]),
        "id": IntervalSetId(values["id"]),
        "campus_id": CampusId(values["campus_id"]),
    }
    return IntervalSet(**(values | times | lists))


def _task_text(item: LabelledIntervals) -> str:
    return to_text(
        {
            "annotations": [_said_json(said) for said in item.annotations],
            "decision": None if item.decision is None else _said_json(item.decision),
        }
    )


def _said_json(said: IntervalAnnotation) -> dict[str, object]:
    marked = [[one.start.isoformat(), one.end.isoformat(), one.label] for one in said.intervals]
    return {
        "reviewer": said.reviewer, "version": said.version, "at": said.at.isoformat(), "intervals": marked
    }  # fmt: skip


def _task(row: Row[Any]) -> LabelledIntervals:
    values = json.loads(row.document)
    return LabelledIntervals(
        position=row.position,
        annotations=tuple(_said(said) for said in values["annotations"]),
        decision=None if values["decision"] is None else _said(values["decision"]),
    )


def _said(values: dict[str, Any]) -> IntervalAnnotation:
    return IntervalAnnotation(
        reviewer=values["reviewer"],
        version=values["version"],
        at=datetime.fromisoformat(values["at"]),
        intervals=tuple(
            MarkedInterval(start=datetime.fromisoformat(start), end=datetime.fromisoformat(end), label=label)
            for start, end, label in values["intervals"]
        ),
    )


def _missing(set_id: str) -> IntervalSetNotFoundError:
    return IntervalSetNotFoundError(
        Text(f"没有区间标注组 {set_id!r}。", f"There is no set of intervals {set_id!r}."),
        field="set_id",
        hint=Text("刷新列表后重试。", "Load the list again."),
    )
