"""A route that stays true: sent again whenever a closure, a lift or opening hours change it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from yuanli.api.callers import HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.closures import is_active
from yuanli.api.events import HEARTBEAT, HEARTBEAT_S, Changes, event_of, stream
from yuanli.api.problems import Problem, problem_of
from yuanli.api.routing import RouteRequestDep
from yuanli.bootstrap import House
from yuanli.campus import CampusId, Closure, FeatureId, name_in
from yuanli.errors import Text, YuanliError
from yuanli.operations import Right, RouteRequest
from yuanli.routing import Route

router = APIRouter(tags=["routing"])
Closed = dict[FeatureId, Closure]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRoute:
    """The way as it is now; without routes, `problem` says why there is none."""

    routes: tuple[Route, ...]
    changed: bool
    why: Text | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    answer: LiveRoute
    closed: Closed


@router.get(
    "/campuses/{campus}/route/live",
    dependencies=[needs(Right.ASK_WAY)],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events `route`: LiveRoute"}},
)
async def live_route(
    campus: CampusPath, request: Request, house: HouseDep, asked: RouteRequestDep
) -> StreamingResponse:
    """Send the best way, and again when a closure, a lift state, crowding or hours change it."""
    first = await run_in_threadpool(_look, house, campus, asked, None)
    return stream(_events(request, house, campus, asked, first))


async def _events(
    request: Request, house: House, campus: CampusId, asked: RouteRequest, seen: _Seen
) -> AsyncGenerator[bytes, None]:
    stopping: asyncio.Event = request.app.state.stopping
    changes = Changes(house, campus, stopping)
    try:
        yield event_of("route", seen.answer)
        while not stopping.is_set():
            heard = await changes.wait(HEARTBEAT_S)
            if stopping.is_set():
                return
            after = await run_in_threadpool(_look, house, campus, asked, seen)
            if _differ(seen.answer, after.answer):
                yield event_of("route", after.answer)
                seen = after
            elif not heard:
                yield HEARTBEAT
    finally:
        changes.stop()


def _look(house: House, campus_id: CampusId, asked: RouteRequest, before: _Seen | None) -> _Seen:
    """Ask for the way now. The first time an error is the answer, later it is told in the stream."""
    now = house.now()
    routes: tuple[Route, ...] = ()
    problem, closed = None, before.closed if before else {}
    try:
        guide = house.guidance.guide(campus_id)
        closed = {c.id: c for c in guide.campus.of(Closure) if is_active(c, now)}
        routes = guide.routes(asked, now=now)
    except YuanliError as error:
        if before is None and error.status != 409:
            raise
        problem = problem_of(error)
    why = _why(before.closed, closed) if before else None
    return _Seen(LiveRoute(routes=routes, changed=before is not None, why=why, problem=problem), closed)


def _differ(one: LiveRoute, other: LiveRoute) -> bool:
    return _trace(one) != _trace(other)


def _trace(answer: LiveRoute) -> object:
    ways = tuple((route.geometry, route.warnings, round(route.duration_s)) for route in answer.routes)
    return ways, answer.problem and answer.problem.message


def _why(before: Closed, after: Closed) -> Text:
    """Return what changed the way: a closure that began or ended, else opening hours or crowding."""
    begun = [closure for closure_id, closure in after.items() if closure_id not in before]
    if begun:
        reason = Text(_reason(begun[0], "zh"), _reason(begun[0], "en"))
        return Text(
            f"有新的封闭{reason.zh}，路线已更新。", f"Something was closed{reason.en}; the way has changed."
        )
    if before.keys() - after.keys():
        return Text("封闭已解除，路线已更新。", "Something was re-opened; the way has changed.")
    return Text(
        "开放时间、人流或地图有变化，路线已更新。",
        "Opening hours, crowding or the map changed; so has the way.",
    )


def _reason(closure: Closure, language: str) -> str:
    said = name_in(closure.reason, language)
    if not said:
        return ""
    return f"（{said}）" if language == "zh" else f" ({said})"
