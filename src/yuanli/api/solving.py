"""Problems of scheduling and planning: ordered, followed while they are solved, checked again when edited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Path, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import Field, Json

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import AREAS, CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.events import HEARTBEAT, HEARTBEAT_S, event_of, stream
from yuanli.api.flow_bodies import FlowWishBody
from yuanli.api.reports import MEDIA
from yuanli.api.room_bodies import RoomPlanWishBody
from yuanli.api.round_bodies import RoundWishBody
from yuanli.api.site_bodies import SiteWishBody
from yuanli.bootstrap import House
from yuanli.campus import CampusId, FeatureId
from yuanli.errors import Text
from yuanli.operations import (
    PLANNING_KINDS,
    SCHEDULING_KINDS,
    FlowDraft,
    ReportFormat,
    Right,
    RoomDraft,
    RoundDraft,
    SiteDraft,
    SolveJob,
    SolveOrder,
    SolveState,
    SolveSummary,
    SpaceDraft,
    SpaceWish,
    TourWalk,
    WhyNotTold,
    draft_workbook,
    kind_of,
)
from yuanli.solver import Broken, Stop

router = APIRouter(tags=["solving"])
JobPath = Annotated[str, Path(max_length=100)]
LOOK_S = 0.1
MOST_ROWS = 100_000
MOST_WHY_S = 30.0
ENDED = (SolveState.DONE, SolveState.CANCELLED, SolveState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """A kind of problem, by which method it is solved, and the command that solves it too."""

    name: str
    command: str
    title: Text
    method: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKinds:
    """The kinds of problems there are."""

    kinds: tuple[ProblemKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveList:
    """The problems of a campus, newest first."""

    plans: tuple[SolveSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWalks:
    """The ways that tours of a plan take, each once."""

    walks: tuple[TourWalk, ...]


class SpaceWishBody(Body):
    """What is to be planned of spaces: a building, a level or all, with demands in words.

    `tables` are those of the draft as they were filled in: rooms, entities, flows, periods, weights, rules, walking.
    """

    place: Name | None = None
    demands: Annotated[str, Field(max_length=2000)] = ""
    m2_per_person: float = 8.0
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"
    tables: Annotated[dict[str, Any] | None, Field(max_length=20)] = None

    def wish(self) -> SpaceWish:
        """Return the wish."""
        return SpaceWish(
            place=None if self.place is None else FeatureId(self.place), demands=self.demands,
            m2_per_person=self.m2_per_person, language=self.language, tables=self.tables,
        )  # fmt: skip


class EditedPlan(Body):
    """The rows of a plan that somebody edited."""

    assignments: Annotated[list[dict[str, Any]], Field(max_length=MOST_ROWS)]


class PlanMove(Body):
    """What is moved, by the first column of its row, and where: its room or place, or columns by name."""

    item: Name
    to: Name | dict[str, Any]


class PlanMoves(Body):
    """Moves by hand, on the plan that was found or on the rows of an edited one."""

    moves: Annotated[list[PlanMove], Field(max_length=MOST_ROWS)]
    assignments: Annotated[list[dict[str, Any]] | None, Field(max_length=MOST_ROWS)] = None


class WhyNotBody(PlanMove):
    """What somebody would rather have, and for how many seconds to solve again with it."""

    time_s: Annotated[float, Field(gt=0, le=MOST_WHY_S)] = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPreview:
    """A plan after moves: its cost and hard rules it breaks; the cost added; rules newly broken and mended.

    `newly` and `mended` have soft rules too, which cost but may be broken. `rows` are those of the plan that differ
    from before, with what follows from the moves: of a tour that a row without `begin` belongs to, all times.
    """

    valid: bool
    cost: float
    cost_breakdown: dict[str, float]
    violations: tuple[Broken, ...]
    delta: float
    delta_breakdown: dict[str, float]
    newly: tuple[Broken, ...]
    mended: tuple[Broken, ...]
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVerdict:
    """What the checker says of a plan."""

    valid: bool
    cost: float
    cost_breakdown: dict[str, float]
    broken: tuple[Broken, ...]


@router.get("/problem-kinds", dependencies=[needs(Right.MAKE_PLANS)])
def list_problem_kinds() -> ProblemKinds:
    """Return the kinds of problems of scheduling and planning."""
    return ProblemKinds(
        kinds=tuple(
            ProblemKind(
                name=kind.name, command=f"yuanli {command} {kind.name}", title=kind.title, method=kind.method
            )
            for command, kinds in (("schedule", SCHEDULING_KINDS), ("plan", PLANNING_KINDS))
            for kind in kinds
        )
    )


@router.get("/problem-kinds/{name}", dependencies=[needs(Right.MAKE_PLANS)])
def problem_schema(name: JobPath) -> dict[str, Any]:
    """Return the JSON schema of the documents of a kind of problem."""
    return kind_of(name).schema()


@router.post("/campuses/{campus}/plans", dependencies=[needs(Right.MAKE_PLANS)], status_code=202)
def start_plan(
    campus: CampusPath,
    house: HouseDep,
    caller: CallerDep,
    file: Annotated[UploadFile, File()],
    kind: Annotated[Name, Form()],
    name: Annotated[Name, Form()] = "",
    time_s: Annotated[float, Form(gt=0)] = 30.0,
    cpu_s: Annotated[float | None, Form(gt=0)] = None,
    stale_s: Annotated[float | None, Form(gt=0)] = None,
    gap: Annotated[float, Form(ge=0, le=1)] = 0.0,
    rounds: Annotated[int | None, Form(ge=1)] = None,
    seed: Annotated[int, Form(ge=0, lt=2**31)] = 0,
    start: Annotated[Json[list[dict[str, Any]]], Form()] = [],  # noqa: B006
    locked: Annotated[Json[list[str]], Form()] = [],  # noqa: B006
    max_changes: Annotated[int | None, Form(ge=0)] = None,
    extra: Annotated[float | None, Form(ge=0, le=1)] = None,
) -> SolveSummary:
    """Solve a problem in the background; `start` has the rows of a plan to begin from, `locked` names what stays.

    With `extra`, it is planned anew: of the plans that cost at most this share more than the cheapest, the one with the
    fewest changes from `start` is wanted, which may be from before the problem changed.
    It ends at whatever comes first: seconds, seconds of processors, seconds without a better plan, the gap, rounds.
    Where `rounds` end it, the same problem and seed give the same plan again.
    """
    file_name = file.filename or "problem.json"
    order = SolveOrder(
        kind=kind, name=name or file_name[:100], file_name=file_name, problem=file.file.read(),
        stop=Stop(time_s=time_s, cpu_s=cpu_s, stale_s=stale_s, gap=gap, rounds=rounds), seed=seed, start=tuple(start),
        locked=tuple(locked), max_changes=max_changes, extra=extra,
    )  # fmt: skip
    return house.solving.start(campus, order, caller.name)


@router.post("/campuses/{campus}/plan-drafts/spaces", dependencies=[needs(Right.MAKE_PLANS)])
def draft_spaces(campus: CampusPath, body: SpaceWishBody, house: HouseDep) -> SpaceDraft:
    """Draft who could sit where from the map: rooms, who sits where today, demands in words; nothing is solved."""
    return house.space_drafts.draft(campus, body.wish())


@router.post(
    "/campuses/{campus}/plan-drafts/spaces/workbook",
    dependencies=[needs(Right.MAKE_PLANS)],
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file"}},
)
def draft_spaces_workbook(campus: CampusPath, body: SpaceWishBody, house: HouseDep) -> Response:
    """Draft the same as a workbook, to be filled in and uploaded as a problem; nothing is solved."""
    data = draft_workbook(house.space_drafts.draft(campus, body.wish()).document)
    headers = {"Content-Disposition": "attachment; filename*=UTF-8''spaces.xlsx"}
    return Response(data, media_type=MEDIA[ReportFormat.XLSX], headers=headers)


@router.post("/campuses/{campus}/plan-drafts/rounds", dependencies=[needs(Right.MAKE_PLANS)])
def draft_rounds(campus: CampusPath, body: RoundWishBody, house: HouseDep, caller: CallerDep) -> RoundDraft:
    """Draft who could walk where from the map: places by name, staff, walks by open ways; nothing is solved."""
    return house.round_drafts.draft(campus, body.wish(AREAS[caller.role]))


@router.get("/campuses/{campus}/plans/{job_id}/walks", dependencies=[needs(Right.MAKE_PLANS)])
def plan_walks(campus: CampusPath, job_id: JobPath, house: HouseDep, caller: CallerDep) -> PlanWalks:
    """Return the ways that the tours of a plan of rounds take on the map; none if it was not drafted from it."""
    order, rows = house.solving.problem(campus, job_id), house.solving.look(campus, job_id).shown
    return PlanWalks(walks=house.round_drafts.walks(campus, order, rows, roles=AREAS[caller.role]))


@router.post("/campuses/{campus}/plan-drafts/flows", dependencies=[needs(Right.MAKE_PLANS)])
def draft_flows(campus: CampusPath, body: FlowWishBody, house: HouseDep) -> FlowDraft:
    """Draft who could come when from the people forecast or measured at a place; nothing is solved."""
    return house.flow_drafts.draft(campus, body.wish(), house.now())


@router.post("/campuses/{campus}/plan-drafts/sites", dependencies=[needs(Right.MAKE_PLANS)])
def draft_sites(campus: CampusPath, body: SiteWishBody, house: HouseDep, caller: CallerDep) -> SiteDraft:
    """Draft where shared things could go from the map: people, candidates, those there are; nothing is solved."""
    return house.site_drafts.draft(campus, body.wish(AREAS[caller.role]), house.now())


@router.post("/campuses/{campus}/plan-drafts/rooms", dependencies=[needs(Right.MAKE_PLANS)])
def draft_rooms(campus: CampusPath, body: RoomPlanWishBody, house: HouseDep, caller: CallerDep) -> RoomDraft:
    """Draft which reservation could have which room when; nothing is solved, and no reservation is moved."""
    manages = Right.MANAGE_BOOKINGS in caller.rights
    wish = body.wish(AREAS[caller.role])
    return house.room_drafts.draft(campus, wish, house.now(), who=caller.name, manages=manages)


@router.get("/campuses/{campus}/plans", dependencies=[needs(Right.MAKE_PLANS)])
def list_plans(campus: CampusPath, house: HouseDep) -> SolveList:
    """Return the problems of a campus and where they stand, newest first."""
    return SolveList(plans=house.solving.list(campus))


@router.get("/campuses/{campus}/plans/{job_id}", dependencies=[needs(Right.MAKE_PLANS)])
def get_plan(campus: CampusPath, job_id: JobPath, house: HouseDep) -> SolveJob:
    """Return a problem with its plan, or while it is solved with the best so far and the time that is gone."""
    return house.solving.look(campus, job_id)


@router.get(
    "/campuses/{campus}/plans/{job_id}/problem",
    dependencies=[needs(Right.MAKE_PLANS)],
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file"}},
)
def get_problem_file(campus: CampusPath, job_id: JobPath, house: HouseDep) -> Response:
    """Return the file of a problem as it came."""
    order = house.solving.problem(campus, job_id)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(order.file_name)}"}
    return Response(order.problem, media_type="application/octet-stream", headers=headers)


@router.post("/campuses/{campus}/plans/{job_id}/cancel", dependencies=[needs(Right.MAKE_PLANS)])
def cancel_plan(campus: CampusPath, job_id: JobPath, house: HouseDep) -> SolveSummary:
    """End a search; the best that was found becomes its plan."""
    return house.solving.cancel(campus, job_id)


@router.delete("/campuses/{campus}/plans/{job_id}", dependencies=[needs(Right.MAKE_PLANS)], status_code=204)
def remove_plan(campus: CampusPath, job_id: JobPath, house: HouseDep) -> None:
    """Forget a problem and its plan."""
    house.solving.remove(campus, job_id)


@router.post("/campuses/{campus}/plans/{job_id}/check", dependencies=[needs(Right.MAKE_PLANS)])
def check_plan(campus: CampusPath, job_id: JobPath, body: EditedPlan, house: HouseDep) -> PlanVerdict:
    """Return what an edited plan costs, and which rules it breaks."""
    checked = house.solving.check(campus, job_id, body.assignments)
    return PlanVerdict(
        valid=checked.valid, cost=checked.cost, cost_breakdown=dict(checked.parts), broken=checked.broken
    )


@router.post("/campuses/{campus}/plans/{job_id}/preview", dependencies=[needs(Right.MAKE_PLANS)])
def preview_plan(campus: CampusPath, job_id: JobPath, body: PlanMoves, house: HouseDep) -> PlanPreview:
    """Return what moves by hand would cost and break; nothing is kept."""
    moves = {move.item: move.to for move in body.moves}
    seen = house.solving.preview(campus, job_id, moves, rows=body.assignments)
    return PlanPreview(
        valid=seen.checked.valid, cost=seen.checked.cost, cost_breakdown=dict(seen.checked.parts),
        violations=seen.checked.broken, delta=seen.delta, delta_breakdown=dict(seen.delta_breakdown),
        newly=seen.newly, mended=seen.mended, rows=tuple(dict(row) for row in seen.rows),
    )  # fmt: skip


@router.post("/campuses/{campus}/plans/{job_id}/why-not", dependencies=[needs(Right.MAKE_PLANS)])
def why_not_plan(campus: CampusPath, job_id: JobPath, body: WhyNotBody, house: HouseDep) -> WhyNotTold:
    """Solve again with a wish forced into the plan, and say what it costs or what forbids it; nothing is kept."""
    return house.solving.why_not(campus, job_id, {body.item: body.to}, time_s=body.time_s)


@router.get(
    "/campuses/{campus}/plans/{job_id}/events",
    dependencies=[needs(Right.MAKE_PLANS)],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events `plan`: SolveSummary"}},
)
async def plan_events(
    campus: CampusPath, job_id: JobPath, request: Request, house: HouseDep
) -> StreamingResponse:
    """Send how far a search is, until it ends."""
    await asyncio.to_thread(house.solving.get, campus, job_id)
    return stream(_events(request, house, campus, job_id))


async def _events(
    request: Request, house: House, campus: CampusId, job_id: str
) -> AsyncGenerator[bytes, None]:
    stopping: asyncio.Event = request.app.state.stopping
    sent: SolveSummary | None = None
    quiet_s = 0.0
    while not stopping.is_set():
        now = (await asyncio.to_thread(house.solving.get, campus, job_id)).summary
        if now != sent:
            yield event_of("plan", now)
            sent, quiet_s = now, 0.0
        if now.state in ENDED:
            return
        await asyncio.sleep(LOOK_S)
        quiet_s += LOOK_S
        if quiet_s >= HEARTBEAT_S:
            yield HEARTBEAT
            quiet_s = 0.0
