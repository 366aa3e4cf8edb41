"""Reports: defined, made now or by the clock, and their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse
from pydantic import Field

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.campus import FeatureId
from yuanli.operations import (
    USUAL_SECTIONS,
    ReportDefinition,
    ReportFormat,
    ReportPeriod,
    ReportRun,
    ReportSection,
    Right,
)

router = APIRouter(tags=["reports"])
ReportPath = Annotated[str, Path(max_length=100)]
MEDIA = {
    ReportFormat.PDF: "application/pdf",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.CSV: "text/csv",
}


class ReportBody(Body):
    """A report as somebody defines it; with an `hour` it is made each time its period is over."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    period: ReportPeriod = ReportPeriod.WEEK
    sections: Annotated[tuple[ReportSection, ...], Field(min_length=1, max_length=20)] = USUAL_SECTIONS
    formats: Annotated[tuple[ReportFormat, ...], Field(min_length=1, max_length=3)] = (ReportFormat.PDF,)
    place: Name | None = None
    hour: Annotated[int | None, Field(ge=0, le=23)] = None

    def definition(self, campus: CampusPath, who: str, report_id: str = "") -> ReportDefinition:
        """Return what it defines."""
        return ReportDefinition(
            id=report_id, campus_id=campus, name=self.name, language=self.language, period=self.period,
            sections=self.sections, formats=self.formats, who=who, hour=self.hour,
            place=None if self.place is None else FeatureId(self.place),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportList:
    """The reports of a campus, by name."""

    reports: tuple[ReportDefinition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRuns:
    """What was made of a report, newest first."""

    runs: tuple[ReportRun, ...]


@router.get("/campuses/{campus}/reports", dependencies=[needs(Right.SEE_REPORTS)])
def list_reports(campus: CampusPath, house: HouseDep) -> ReportList:
    """Return the reports that are defined."""
    return ReportList(reports=house.reports.list(campus))


@router.post("/campuses/{campus}/reports", dependencies=[needs(Right.SEE_REPORTS)], status_code=201)
def add_report(campus: CampusPath, body: ReportBody, house: HouseDep, caller: CallerDep) -> ReportDefinition:
    """Define a report."""
    return house.reports.add(body.definition(campus, caller.name))


@router.put("/campuses/{campus}/reports/{report}", dependencies=[needs(Right.SEE_REPORTS)])
def change_report(
    campus: CampusPath, report: ReportPath, body: ReportBody, house: HouseDep, caller: CallerDep
) -> ReportDefinition:
    """Define a report anew."""
    return house.reports.change(body.definition(campus, caller.name, report))


@router.delete(
    "/campuses/{campus}/reports/{report}", dependencies=[needs(Right.SEE_REPORTS)], status_code=204
)
def remove_report(campus: CampusPath, report: ReportPath, house: HouseDep) -> None:
    """Forget a report and all its files."""
    house.reports.remove(campus, report)


@router.get("/campuses/{campus}/reports/{report}/runs", dependencies=[needs(Right.SEE_REPORTS)])
def list_report_runs(campus: CampusPath, report: ReportPath, house: HouseDep) -> ReportRuns:
    """Return what was made of a report: its spans, its files, or why it failed."""
    return ReportRuns(runs=house.reports.runs(campus, report))


@router.post(
    "/campuses/{campus}/reports/{report}/runs", dependencies=[needs(Right.SEE_REPORTS)], status_code=201
)
def make_report(campus: CampusPath, report: ReportPath, house: HouseDep) -> ReportRun:
    """Make a report of the last day, week or month that is over."""
    return house.reports.make(campus, report)


@router.get(
    "/campuses/{campus}/reports/{report}/runs/{run}/{form}",
    dependencies=[needs(Right.SEE_REPORTS)],
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file"}},
)
def get_report_file(
    campus: CampusPath, report: ReportPath, run: ReportPath, form: ReportFormat, house: HouseDep
) -> FileResponse:
    """Return a file of a report."""
    path = house.reports.file(campus, report, run, form)
    made = next(one for one in house.reports.runs(campus, report) if one.id == run)
    name = f"{house.reports.get(campus, report).name} {made.start:%Y-%m-%d}.{form.value}"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return FileResponse(path, media_type=MEDIA[form], headers=headers)
