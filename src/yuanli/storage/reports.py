"""Reports and what was made of them, in SQL."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, insert, select

from yuanli.campus import CampusId, FeatureId
from yuanli.errors import Text
from yuanli.operations import (
    ReportDefinition,
    ReportFormat,
    ReportPeriod,
    ReportRun,
    ReportSection,
)
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import REPORT, REPORT_RUN


class SqlReportStore:
    """Fills `ReportStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_report(self, report: ReportDefinition) -> None:
        """Keep a report in place of the one of its id."""
        told = asdict(report)
        values = {
            "id": report.id,
            "campus_id": report.campus_id,
            "name": report.name,
            "document": to_text(
                {
                    key: told[key]
                    for key in ("language", "period", "sections", "formats", "who", "place", "hour")
                }
            ),
        }
        with self._database.writing() as connection:
            connection.execute(delete(REPORT).where(REPORT.c.id == report.id))
            connection.execute(insert(REPORT).values(**values))

    def list_reports(self, campus_id: CampusId | None = None) -> tuple[ReportDefinition, ...]:
        """Return the reports of a campus, or all, by name."""
        if campus_id is not None and find_storable(campus_id) is None:
            return ()
        query = select(REPORT).order_by(REPORT.c.name, REPORT.c.id)
        if campus_id is not None:
            query = query.where(REPORT.c.campus_id == campus_id)
        with self._database.reading() as connection:
            return tuple(_report(row) for row in connection.execute(query))

    def remove_report(self, campus_id: CampusId, report_id: str) -> bool:
        """Forget a report and its runs; tell whether there was one."""
        if find_storable(report_id) is None:
            return False
        own = (REPORT.c.id == report_id) & (REPORT.c.campus_id == campus_id)
        with self._database.writing() as connection:
            if connection.execute(delete(REPORT).where(own)).rowcount != 1:
                return False
            connection.execute(delete(REPORT_RUN).where(REPORT_RUN.c.report_id == report_id))
        return True

    def add_run(self, run: ReportRun) -> None:
        """Keep a run."""
        values = {
            "id": run.id, "report_id": run.report_id, "campus_id": run.campus_id, "at": run.at, "start": run.start,
            "end": run.end, "files": to_text([form.value for form in run.files]),
            "error": None if run.error is None else to_text(asdict(run.error)),
        }  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(insert(REPORT_RUN).values(**values))

    def list_runs(self, campus_id: CampusId, report_id: str) -> tuple[ReportRun, ...]:
        """Return the runs of a report, newest first."""
        if find_storable(report_id) is None:
            return ()
        own = (REPORT_RUN.c.report_id == report_id) & (REPORT_RUN.c.campus_id == campus_id)
        query = select(REPORT_RUN).where(own).order_by(REPORT_RUN.c.at.desc(), REPORT_RUN.c.id)
        with self._database.reading() as connection:
            return tuple(_run(row) for row in connection.execute(query))

    def remove_run(self, run_id: str) -> None:
        """Forget a run."""
        with self._database.writing() as connection:
            connection.execute(delete(REPORT_RUN).where(REPORT_RUN.c.id == run_id))


def _report(row: Row[Any]) -> ReportDefinition:
    told = json.loads(row.document)
    return ReportDefinition(
        id=row.id, campus_id=CampusId(row.campus_id), name=row.name, language=told["language"],
        period=ReportPeriod(told["period"]), sections=tuple(ReportSection(one) for one in told["sections"]),
        formats=tuple(ReportFormat(one) for one in told["formats"]), who=told["who"],
        place=None if told["place"] is None else FeatureId(told["place"]), hour=told["hour"],
    )  # fmt: skip


def _run(row: Row[Any]) -> ReportRun:
    return ReportRun(
        id=row.id, report_id=row.report_id, campus_id=CampusId(row.campus_id), at=row.at, start=row.start, end=row.end,
        files=tuple(ReportFormat(one) for one in json.loads(row.files)),
        error=None if row.error is None else Text(**json.loads(row.error)),
    )  # fmt: skip
