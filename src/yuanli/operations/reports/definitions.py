"""What reports there are, when they are made, and what became of them; the port that keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from yuanli.campus import CampusId, FeatureId
from yuanli.errors import InvalidInputError, NotFoundError, Text

LONGEST_NAME = 120


class ReportNotFoundError(NotFoundError):
    """The campus has no such report, or it made no such file."""


class ReportError(InvalidInputError):
    """A report breaks a rule."""


class ReportPeriod(StrEnum):
    """What a report is about: the last day, week (from Monday) or month that is over."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ReportSection(StrEnum):
    """One part of a report."""

    ENERGY = "energy"
    COST = "cost"
    RANKING = "ranking"
    AIR = "air"
    PEOPLE = "people"
    DEVICES = "devices"
    QUALITY = "quality"
    ANOMALIES = "anomalies"
    SAVINGS = "savings"
    FORECAST = "forecast"


USUAL_SECTIONS = (ReportSection.ENERGY, ReportSection.COST, ReportSection.RANKING, ReportSection.ANOMALIES)
"""What a report has where nobody chooses: alarms are in every report unless somebody leaves them out."""


class ReportFormat(StrEnum):
    """What a report is written as."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDefinition:
    """A report that can be made again and again.

    Parameters
    ----------
    place
        A building or level; the whole site where None.
    sections
        In the order in which they are shown.
    hour
        The hour of the clock of the park at which it is made by itself once its period is over; never where None.
    """

    id: str
    campus_id: CampusId
    name: str
    language: str
    period: ReportPeriod
    sections: tuple[ReportSection, ...]
    formats: tuple[ReportFormat, ...]
    who: str
    place: FeatureId | None = None
    hour: int | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise _wrong(
                "name",
                f"报表名称需 1–{LONGEST_NAME} 字。",
                f"A report's name has 1 to {LONGEST_NAME} characters.",
            )
        if self.language not in ("zh", "en"):
            raise _wrong(
                "language", f"语言 {self.language!r} 不可用。", f"There is no language {self.language!r}."
            )
        if not self.sections or len(set(self.sections)) != len(self.sections):
            raise _wrong("sections", "至少选一节，且不重复。", "Choose at least one section, each once.")
        if not self.formats or len(set(self.formats)) != len(self.formats):
            raise _wrong("formats", "至少选一种格式，且不重复。", "Choose at least one format, each once.")
        if self.hour is not None and not 0 <= self.hour <= 23:
            raise _wrong(
                "hour", f"钟点 {self.hour} 不在 0–23。", f"The hour {self.hour} is not within 0 and 23."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRun:
    """A report that was made of `[start, end)`: its files by format, or why it failed."""

    id: str
    report_id: str
    campus_id: CampusId
    at: datetime
    start: datetime
    end: datetime
    files: tuple[ReportFormat, ...] = ()
    error: Text | None = None


class ReportStore(Protocol):
    """Keeps reports and their runs."""

    def put_report(self, report: ReportDefinition) -> None:
        """Keep a report in place of the one of its id."""

    def list_reports(self, campus_id: CampusId | None = None) -> tuple[ReportDefinition, ...]:
        """Return the reports of a campus, or all, by name."""

    def remove_report(self, campus_id: CampusId, report_id: str) -> bool:
        """Forget a report and its runs; tell whether there was one."""

    def add_run(self, run: ReportRun) -> None:
        """Keep a run."""

    def list_runs(self, campus_id: CampusId, report_id: str) -> tuple[ReportRun, ...]:
        """Return the runs of a report, newest first."""

    def remove_run(self, run_id: str) -> None:
        """Forget a run."""


def last_span(period: ReportPeriod, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the last day, week or month that is over by the clock of a park.

    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> [str(t.date()) for t in last_span(ReportPeriod.WEEK, datetime(2026, 3, 4, 9, tzinfo=zone), zone)]
    ['2026-02-23', '2026-03-02']
    """
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if period is ReportPeriod.DAY:
        return today - timedelta(days=1), today
    if period is ReportPeriod.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(days=7), monday
    first = today.replace(day=1)
    return (first - timedelta(days=1)).replace(day=1), first


def _wrong(field: str, zh: str, en: str) -> ReportError:
    return ReportError(Text(zh, en), field=field, hint=Text("改正后再保存。", "Correct it and save again."))
