"""Plans looked at and changed: their tables, what is made of a change, plans side by side, workbooks and PDF."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Query, Response, UploadFile
from pydantic import Field

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import AREAS, CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.reports import MEDIA
from yuanli.api.solving import MOST_ROWS, MOST_WHY_S, EditedPlan, JobPath, PlanWalks
from yuanli.operations import (
    PlanAgain,
    PlanChange,
    PlanComparison,
    ProblemTables,
    ReportFormat,
    Right,
    SiteView,
    SolveSummary,
    SpaceView,
    WorkbookCheck,
    check_space_workbook,
    compare_scenarios,
    comparison_file,
    plan_file,
    problem_tables,
    site_view,
    space_template,
    space_view,
)
from yuanli.solver import Plan, Sensitivity

router = APIRouter(tags=["solving"])
LONGEST_S = 10.0
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file"}
}
MAKES = [needs(Right.MAKE_PLANS)]


class ChangedPlan(Body):
    """A plan as somebody changed it: names in `locked` stay, the rest is solved anew within `time_s` seconds."""

    assignments: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_ROWS)]
    locked: Annotated[tuple[str, ...], Field(max_length=MOST_ROWS)] = ()
    max_changes: Annotated[int | None, Field(ge=0)] = None
    extra: Annotated[float | None, Field(ge=0, le=1)] = None
    time_s: Annotated[float, Field(gt=0, le=LONGEST_S)] = 0.8

    def change(self) -> PlanChange:
        """Return the change."""
        return PlanChange(
            rows=tuple(self.assignments), locked=self.locked, max_changes=self.max_changes, extra=self.extra,
            time_s=self.time_s,
        )  # fmt: skip


class AgainBody(Body):
    """A plan to be made anew with few changes: of `document`, the problem as it is after a change, where one is given.

    `extra` is the share of the cost that fewer changes may cost. Without a name it has that of the plan, which says in
    `language` that it was solved again.
    """

    document: dict[str, Any] | None = None
    name: Annotated[str, Field(max_length=120)] = ""
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    locked: Annotated[tuple[str, ...], Field(max_length=MOST_ROWS)] = ()
    max_changes: Annotated[int | None, Field(ge=0)] = None
    extra: Annotated[float, Field(ge=0, le=1)] = 0.005
    time_s: Annotated[float, Field(gt=0)] = 20.0

    def wish(self) -> PlanAgain:
        """Return what is wanted."""
        return PlanAgain(
            document=self.document, name=self.name, language=self.language, locked=self.locked,
            max_changes=self.max_changes, extra=self.extra, time_s=self.time_s,
        )  # fmt: skip


class SensitivityBody(Body):
    """How many changes of a problem are looked at, and for how many seconds together."""

    time_s: Annotated[float, Field(gt=0, le=MOST_WHY_S)] = 10.0
    most: Annotated[int, Field(ge=1, le=40)] = 8


class NamedPlan(EditedPlan):
    """A plan to be kept under a name."""

    name: Annotated[str, Field(min_length=1, max_length=120)]


@router.get("/campuses/{campus}/plans/compare", dependencies=MAKES)
def compare_plans(
    campus: CampusPath, ids: Annotated[list[Name], Query(min_length=1, max_length=20)], house: HouseDep
) -> PlanComparison:
    """Return plans of one kind side by side; the first is what the others are measured against."""
    return compare_scenarios(house.solving, campus, ids)


@router.get(
    "/campuses/{campus}/plans/compare/report", dependencies=MAKES, response_class=Response, responses=FILE
)
def get_comparison_report(
    campus: CampusPath,
    ids: Annotated[list[Name], Query(min_length=1, max_length=20)],
    house: HouseDep,
    language: Annotated[str, Query(pattern="^(zh|en)$")] = "zh",
    form: ReportFormat = ReportFormat.PDF,
) -> Response:
    """Return plans of one kind side by side as PDF, as a workbook, or as CSV."""
    data = comparison_file(
        house.solving, campus, ids, form, language=language,
        time_zone=house.places.campus(campus).time_zone, made_at=house.now(),
    )  # fmt: skip
    return _file(data, f"{'方案对比' if language == 'zh' else 'plans compared'}.{form.value}", MEDIA[form])


@router.get("/campuses/{campus}/plans/{job_id}/tables", dependencies=MAKES)
def get_problem_tables(campus: CampusPath, job_id: JobPath, house: HouseDep) -> ProblemTables:
    """Return the tables of a problem as JSON, whatever format its file has."""
    return problem_tables(house.solving.problem(campus, job_id))


@router.get("/campuses/{campus}/plans/{job_id}/spaces", dependencies=MAKES)
def get_space_view(campus: CampusPath, job_id: JobPath, house: HouseDep) -> SpaceView:
    """Return moves, use of floors and chargeback of a plan of spaces."""
    return space_view(house.solving.problem(campus, job_id), house.solving.look(campus, job_id).shown)


@router.get("/campuses/{campus}/plans/{job_id}/sites", dependencies=MAKES)
def get_site_view(campus: CampusPath, job_id: JobPath, house: HouseDep) -> SiteView:
    """Return which site each demand is sent to by a plan of sites, and how far."""
    return site_view(house.solving.problem(campus, job_id), house.solving.look(campus, job_id).shown)


@router.post("/campuses/{campus}/plans/{job_id}/walks", dependencies=MAKES)
def edited_plan_walks(
    campus: CampusPath, job_id: JobPath, body: EditedPlan, house: HouseDep, caller: CallerDep
) -> PlanWalks:
    """Return the ways that the tours of an edited plan of rounds would take on the map; nothing is kept."""
    order, rows = house.solving.problem(campus, job_id), tuple(body.assignments)
    return PlanWalks(walks=house.round_drafts.walks(campus, order, rows, roles=AREAS[caller.role]))


@router.post("/campuses/{campus}/plans/{job_id}/sites", dependencies=MAKES)
def edited_site_view(campus: CampusPath, job_id: JobPath, body: EditedPlan, house: HouseDep) -> SiteView:
    """Return which site each demand would be sent to by the rows of an edited plan of sites; nothing is kept."""
    return site_view(house.solving.problem(campus, job_id), tuple(body.assignments))


@router.post("/campuses/{campus}/plans/{job_id}/replan", dependencies=MAKES)
def replan(campus: CampusPath, job_id: JobPath, body: ChangedPlan, house: HouseDep) -> Plan:
    """Solve the rest of a changed plan anew, at once; nothing is kept."""
    return house.changing.replan(campus, job_id, body.change())


@router.post("/campuses/{campus}/plans/{job_id}/again", dependencies=MAKES, status_code=202)
def plan_again(
    campus: CampusPath, job_id: JobPath, body: AgainBody, house: HouseDep, caller: CallerDep
) -> SolveSummary:
    """Plan anew in the background with few changes from a plan, for its problem or for one that has changed since."""
    return house.changing.again(campus, job_id, body.wish(), caller.name)


@router.post("/campuses/{campus}/plans/{job_id}/sensitivity", dependencies=MAKES)
def tell_sensitivity(
    campus: CampusPath, job_id: JobPath, body: SensitivityBody, house: HouseDep
) -> Sensitivity:
    """Return what one more of something would change of a plan, and which rule costs what; nothing is kept."""
    return house.sensing.sensitivity(campus, job_id, time_s=body.time_s, most=body.most)


@router.post("/campuses/{campus}/plans/{job_id}/scenarios", dependencies=MAKES, status_code=201)
def keep_scenario(
    campus: CampusPath, job_id: JobPath, body: NamedPlan, house: HouseDep, caller: CallerDep
) -> SolveSummary:
    """Keep a changed plan under a name of its own; one that breaks rules is refused."""
    return house.changing.keep(campus, job_id, body.assignments, name=body.name, who=caller.name)


@router.get(
    "/campuses/{campus}/plans/{job_id}/report", dependencies=MAKES, response_class=Response, responses=FILE
)
def get_plan_report(
    campus: CampusPath,
    job_id: JobPath,
    house: HouseDep,
    language: Annotated[str, Query(pattern="^(zh|en)$")] = "zh",
    form: ReportFormat = ReportFormat.PDF,
) -> Response:
    """Return a plan as PDF, as a workbook (of spaces: one that can be read in again), or as CSV."""
    job = house.solving.get(campus, job_id)
    data = plan_file(
        job, house.solving.problem(campus, job_id), form, language=language,
        time_zone=house.places.campus(campus).time_zone, made_at=house.now(),
    )  # fmt: skip
    return _file(data, f"{job.summary.name}.{form.value}", MEDIA[form])


@router.get("/problem-workbooks/spaces", dependencies=MAKES, response_class=Response, responses=FILE)
def get_space_template() -> Response:
    """Return an empty workbook of who sits where, to be filled in."""
    return _file(space_template(), "spaces.xlsx", MEDIA[ReportFormat.XLSX])


@router.post("/problem-workbooks/spaces", dependencies=MAKES)
def check_workbook(file: Annotated[UploadFile, File()]) -> WorkbookCheck:
    """Read a workbook of who sits where, and tell each wrong cell; nothing is kept or solved."""
    return check_space_workbook(file.file.read(), file.filename or "spaces.xlsx")


def _file(data: bytes, name: str, media: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type=media, headers=headers)
