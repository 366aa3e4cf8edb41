"""Reports: defined once, made on demand or by the clock, kept as files."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from yuanli.campus import CampusId, name_in
from yuanli.errors import Text, UnavailableError, YuanliError
from yuanli.operations.places import Places
from yuanli.operations.reports.blocks import Document
from yuanli.operations.reports.definitions import (
    ReportDefinition,
    ReportFormat,
    ReportNotFoundError,
    ReportRun,
    ReportStore,
    last_span,
)
from yuanli.operations.reports.pages import as_pdf
from yuanli.operations.reports.sections import Sections
from yuanli.operations.reports.sheets import as_csv, as_workbook
from yuanli.operations.reports.subject import Subject

WRITERS: Mapping[ReportFormat, Callable[[Document], bytes]] = {
    ReportFormat.PDF: as_pdf, ReportFormat.XLSX: as_workbook, ReportFormat.CSV: as_csv,
}  # fmt: skip
KEPT_RUNS = 60
"""Runs of a report that are kept; older ones are removed with their files."""
log = logging.getLogger(__name__)


class Reports:
    """Defines, makes and keeps reports. Safe for threads.

    Parameters
    ----------
    folder
        Where their files are.
    """

    def __init__(
        self, store: ReportStore, places: Places, sections: Sections, *, folder: Path,
        clock: Callable[[], datetime], new_id: Callable[[], str],
    ) -> None:  # fmt: skip
        self._store, self._places, self._sections = store, places, sections
        self._folder, self._clock, self._new_id = folder, clock, new_id
        self._lock = Lock()

    def list(self, campus_id: CampusId) -> tuple[ReportDefinition, ...]:
        """Return the reports of a campus, by name."""
        self._places.campus(campus_id)
        return self._store.list_reports(campus_id)

    def get(self, campus_id: CampusId, report_id: str) -> ReportDefinition:
        """Return a report; `ReportNotFoundError` where there is none."""
        found = next((r for r in self.list(campus_id) if r.id == report_id), None)
        if found is None:
            raise ReportNotFoundError(
                Text(f"没有报表 {report_id!r}。", f"There is no report {report_id!r}."),
                field="report", hint=Text("报表列表见 reports。", "GET …/reports lists them."),
            )  # fmt: skip
        return found

    def add(self, report: ReportDefinition) -> ReportDefinition:
        """Keep a new report, under an id of its own."""
        self._check(report)
        kept = replace(report, id=self._new_id())
        self._store.put_report(kept)
        return kept

    def change(self, report: ReportDefinition) -> ReportDefinition:
        """Keep a report in place of the one of its id."""
        self.get(report.campus_id, report.id)
        self._check(report)
        self._store.put_report(report)
        return report

    def remove(self, campus_id: CampusId, report_id: str) -> None:
        """Forget a report, its runs and its files."""
        self.get(campus_id, report_id)
        self._store.remove_report(campus_id, report_id)
        shutil.rmtree(self._folder / report_id, ignore_errors=True)

    def runs(self, campus_id: CampusId, report_id: str) -> tuple[ReportRun, ...]:
        """Return what was made of a report, newest first."""
        self.get(campus_id, report_id)
        return self._store.list_runs(campus_id, report_id)

    def file(self, campus_id: CampusId, report_id: str, run_id: str, form: ReportFormat) -> Path:
        """Return a file that was made; `ReportNotFoundError` where there is none."""
        run = next((run for run in self.runs(campus_id, report_id) if run.id == run_id), None)
        path = self._path(report_id, run_id, form)
        if run is None or form not in run.files or not path.is_file():
            raise ReportNotFoundError(
                Text("没有这个报表文件。", "There is no such file of a report."),
                field="run", hint=Text("它可能已被较新的取代。", "Newer ones may have taken its place."),
            )  # fmt: skip
        return path

    def make(self, campus_id: CampusId, report_id: str, now: datetime | None = None) -> ReportRun:
        """Make a report of the last period that is over; a failure is kept with its reason and raised."""
        report, now = self.get(campus_id, report_id), now or self._clock()
        start, end = last_span(report.period, now, ZoneInfo(self._places.campus(campus_id).time_zone))
        run = ReportRun(
            id=self._new_id(),
            report_id=report.id,
            campus_id=campus_id,
            at=now,
            start=start,
            end=end,
            files=report.formats,
        )
        try:
            document = self.document(report, start, end, now)
            for form in report.formats:
                _write(self._path(report.id, run.id, form), WRITERS[form](document))
        except YuanliError as error:
            self._store.add_run(replace(run, files=(), error=error.message))
            raise
        except OSError as error:
            message = Text(
                f"报表写不下来：{error.strerror}", f"The report can't be written: {error.strerror}"
            )
            self._store.add_run(replace(run, files=(), error=message))
            raise UnavailableError(
                message, hint=Text("检查磁盘空间。", "Check the free space of the disk.")
            ) from error
        self._store.add_run(run)
        self._forget_old(report)
        return run

    def document(self, report: ReportDefinition, start: datetime, end: datetime, now: datetime) -> Document:
        """Return a report's content of `[start, end)`."""
        campus = self._places.campus(report.campus_id)
        zone = ZoneInfo(campus.time_zone)
        subject = Subject(
            campus=campus, place=report.place, start=start, end=end, now=now, language=report.language
        )
        venue = campus.venue.name if campus.venue is not None and campus.venue.name else campus.name
        where = (
            subject.name(report.place)
            if report.place is not None
            else name_in(venue, report.language) or campus.id
        )
        last = (end - timedelta(seconds=1)).astimezone(zone)
        begun = start.astimezone(zone)
        span = f"{begun:%Y-%m-%d}" + (f" – {last:%Y-%m-%d}" if last.date() != begun.date() else "")
        blocks = tuple(
            block for section in report.sections for block in self._sections.blocks(section, subject)
        )
        return Document(
            title=report.name, subtitle=f"{where} · {span}", language=report.language, time_zone=campus.time_zone,
            made_at=now, blocks=blocks,
        )  # fmt: skip

    def make_due(self) -> tuple[ReportRun, ...]:
        """Make the reports whose hour has come since their period ended, once each; failures are logged."""
        made: list[ReportRun] = []
        now = self._clock()
        with self._lock:
            for report in self._store.list_reports():
                try:
                    if self._is_due(report, now):
                        made.append(self.make(report.campus_id, report.id, now))
                except YuanliError as error:
                    log.warning("Report %s of %s failed: %s", report.id, report.campus_id, error)
        return tuple(made)

    def _is_due(self, report: ReportDefinition, now: datetime) -> bool:
        if report.hour is None:
            return False
        zone = ZoneInfo(self._places.campus(report.campus_id).time_zone)
        _, end = last_span(report.period, now, zone)
        if now.astimezone(zone) < end.astimezone(zone).replace(hour=report.hour):
            return False
        return all(run.end != end for run in self._store.list_runs(report.campus_id, report.id))

    def _check(self, report: ReportDefinition) -> None:
        campus = self._places.campus(report.campus_id)
        if report.place is not None and campus.find(report.place) is None:
            raise ReportNotFoundError(
                Text(f"园区里没有 {report.place!r}。", f"The campus has no {report.place!r}."),
                field="place", hint=Text("给出楼宇或楼层的编号。", "Give the id of a building or level."),
            )  # fmt: skip

    def _forget_old(self, report: ReportDefinition) -> None:
        for old in self._store.list_runs(report.campus_id, report.id)[KEPT_RUNS:]:
            self._store.remove_run(old.id)
            for form in ReportFormat:
                self._path(report.id, old.id, form).unlink(missing_ok=True)

    def _path(self, report_id: str, run_id: str, form: ReportFormat) -> Path:
        return self._folder / report_id / f"{run_id}.{form.value}"


def _write(path: Path, content: bytes) -> None:
    """Write a file; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
