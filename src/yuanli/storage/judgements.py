"""Which rules judged which readings, in the database."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, or_, select

from yuanli.operations import AppliedRules, JudgedSpan, JudgementRun
from yuanli.storage.database import Database
from yuanli.storage.tables import JUDGED_SPAN, JUDGEMENT_RUN
from yuanli.telemetry import Window

AT_ONCE = 500
"""Points in one question to the database."""


class SqlJudgementLog:
    """Spans of time in the database; fills `JudgementLog`. A span takes the place of those that it covers.

    Neighbours of one run are one row, so that a point has a row or two a day at most.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def put_judged(self, points: Sequence[int], window: Window, rules: AppliedRules) -> None:
        """Note that the readings of points in a window were judged now."""
        with self._database.writing() as connection:
            run = self._run(connection, rules)
            for first in range(0, len(points), AT_ONCE):
                _replace(connection, points[first : first + AT_ONCE], window, run)

    def list_judged(self, points: Sequence[int], window: Window) -> tuple[JudgedSpan, ...]:
        """Return who judged the readings of points in a window, by point and time."""
        spans: list[JudgedSpan] = []
        with self._database.reading() as connection:
            for first in range(0, len(points), AT_ONCE):
                near = and_(JUDGED_SPAN.c.start < window.end, JUDGED_SPAN.c.end > window.start)
                rows = connection.execute(
                    select(JUDGED_SPAN)
                    .where(JUDGED_SPAN.c.point.in_(points[first : first + AT_ONCE]), near)
                    .order_by(JUDGED_SPAN.c.point, JUDGED_SPAN.c.start)
                )
                spans += (JudgedSpan(point=r.point, start=r.start, end=r.end, run=r.run) for r in rows)
        return tuple(spans)

    def list_runs(self, ids: Sequence[int]) -> tuple[JudgementRun, ...]:
        """Return runs, by id."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(JUDGEMENT_RUN).where(JUDGEMENT_RUN.c.id.in_(ids)).order_by(JUDGEMENT_RUN.c.id)
            )
            return tuple(
                JudgementRun(
                    id=row.id, judged_on=row.judged_on, version=row.version, rules=tuple(json.loads(row.rules)),
                    parameters=json.loads(row.parameters),
                )
                for row in rows
            )  # fmt: skip

    def _run(self, connection: Connection, rules: AppliedRules) -> int:
        told = {
            "judged_on": self._clock().date(), "version": rules.version,
            "rules": json.dumps(rules.rules), "parameters": json.dumps(rules.parameters, sort_keys=True),
        }  # fmt: skip
        same = and_(*(JUDGEMENT_RUN.c[name] == value for name, value in told.items()))
        found = connection.execute(select(JUDGEMENT_RUN.c.id).where(same)).scalar()
        if found is None:
            made = connection.execute(insert(JUDGEMENT_RUN).values(**told).returning(JUDGEMENT_RUN.c.id))
            found = made.scalar_one()
        return int(found)


def _replace(connection: Connection, points: Sequence[int], window: Window, run: int) -> None:
    """Put a span in the place of what overlaps it, and join it to its neighbours of the same run."""
    touching = and_(
        JUDGED_SPAN.c.point.in_(points),
        or_(
            and_(JUDGED_SPAN.c.start < window.end, JUDGED_SPAN.c.end > window.start),
            and_(JUDGED_SPAN.c.run == run, JUDGED_SPAN.c.start <= window.end, JUDGED_SPAN.c.end >= window.start),
        ),
    )  # fmt: skip
    before: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for row in connection.execute(select(JUDGED_SPAN).where(touching)):
        before[row.point].append((row.start, row.end, row.run))
    added: list[dict[str, int]] = []
    removed: list[tuple[int, int]] = []
    for point in points:
        start, end = window.start, window.end
        rest: list[tuple[int, int, int]] = []
        for first, last, of in before[point]:
            if of == run:
                start, end = min(start, first), max(end, last)
            else:
                rest += [(first, window.start, of)] if first < window.start else []
                rest += [(window.end, last, of)] if last > window.end else []
        after = [*rest, (start, end, run)]
        if set(after) != set(before[point]):
            removed += [(point, first) for first, _, _ in before[point]]
            added += [{"point": point, "start": a, "end": b, "run": of} for a, b, of in after]
    for point, first in removed:
        connection.execute(
            delete(JUDGED_SPAN).where(JUDGED_SPAN.c.point == point, JUDGED_SPAN.c.start == first)
        )
    if added:
        connection.execute(insert(JUDGED_SPAN), added)
