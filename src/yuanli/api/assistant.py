"""Requests in a person's own words."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from yuanli.api.bodies import PRINTABLE, Body, Name
from yuanli.api.callers import AREAS, CallerDep, HouseDep, needs
from yuanli.api.campuses import newest_campus
from yuanli.api.events import event_of, stream
from yuanli.api.problems import problem_of
from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.errors import YuanliError
from yuanli.language import Explanation, Understanding
from yuanli.operations import Asker, Caller, History, Reply, Right, Terms, load_terms

router = APIRouter(tags=["assistant"])
ID_BYTES = 12
EVENTS = "text/event-stream"
Owner = Annotated[str | None, Query(max_length=200, description="Whose; by default one's own.")]
Utterance = Annotated[str, Field(min_length=1, max_length=1000, pattern=PRINTABLE)]


class UnderstandBody(Body):
    """A request, the system's turn before it, and the campus whose names it may use."""

    text: Utterance
    context: Annotated[str, Field(max_length=1000)] | None = None
    campus: Annotated[str, Field(max_length=200)] | None = None


class AskBody(Body):
    """One turn of a conversation; `here` is where the person stands: `lon,lat[,level]` or a name.

    Without a conversation a new one begins: its id comes back with the reply.
    """

    text: Utterance
    campus: Annotated[str, Field(max_length=200)] | None = None
    conversation: Name | None = None
    here: Name | None = None


@router.post("/understand", dependencies=[needs(Right.ASK_ASSISTANT)])
def understand(body: UnderstandBody, house: HouseDep) -> Understanding:
    """Return what a request wants: its intent, and its slots with character offsets."""
    campus_id = CampusId(body.campus) if body.campus else None
    return house.assistant.understand(body.text, campus_id=campus_id, context=body.context)


@router.post("/explain", dependencies=[needs(Right.ASK_ASSISTANT)])
def explain(body: UnderstandBody, house: HouseDep) -> Explanation:
    """Return what a request wants, and which of its first 128 words the intent hangs on, where that can be told."""
    campus_id = CampusId(body.campus) if body.campus else None
    return house.assistant.explain(body.text, campus_id=campus_id, context=body.context)


@router.get("/catalogue", dependencies=[needs(Right.ASK_ASSISTANT)])
def show_catalogue() -> Terms:
    """Return the intents and types of slot there are: what each is called and means, in both languages."""
    return load_terms()


@router.post(
    "/ask",
    dependencies=[needs(Right.ASK_ASSISTANT)],
    response_model=Reply,
    responses={
        200: {"content": {EVENTS: {}}, "description": "As a stream: `heard`, then `reply` or `problem`"}
    },
)
async def ask(
    body: AskBody, house: HouseDep, caller: CallerDep, request: Request
) -> Reply | StreamingResponse:
    """Answer one turn; without a campus it is about the newest one that is kept.

    To `Accept: text/event-stream` it sends what it understood before it begins to answer.
    """
    asker = Asker(
        campus_id=CampusId(body.campus) if body.campus else await run_in_threadpool(newest_campus, house),
        user=caller.name,
        conversation=body.conversation or secrets.token_urlsafe(ID_BYTES),
        here=body.here,
        roles=AREAS[caller.role],
    )
    if EVENTS not in request.headers.get("accept", ""):
        return await run_in_threadpool(house.assistant.ask, body.text, asker)
    told = _told(house, body.text, asker)
    first = await anext(told)
    return stream(_after(first, told))


@router.get("/conversations/{conversation}", dependencies=[needs(Right.OWN_ACCOUNT)])
def show_conversation(conversation: str, house: HouseDep, caller: CallerDep, user: Owner = None) -> History:
    """Return one of one's own conversations with its turns; an administrator may see anybody's."""
    return house.assistant.history(_owner(caller, user), conversation)


@router.delete("/conversations/{conversation}", dependencies=[needs(Right.OWN_ACCOUNT)], status_code=204)
def forget_conversation(conversation: str, house: HouseDep, caller: CallerDep, user: Owner = None) -> None:
    """Forget one of one's own conversations; an administrator may forget anybody's."""
    house.assistant.forget(_owner(caller, user), conversation)


def _owner(caller: Caller, user: str | None) -> str:
    if user is None or user == caller.name:
        return caller.name
    caller.require(Right.MANAGE_USERS)
    return user


async def _told(house: House, text: str, asker: Asker) -> AsyncGenerator[bytes, None]:
    """Send what was understood, then the reply; an error before anything is sent is raised."""
    loop, events = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()

    def hear(requests: tuple[Understanding, ...]) -> None:
        loop.call_soon_threadsafe(events.put_nowait, event_of("heard", requests))

    answer = asyncio.ensure_future(run_in_threadpool(house.assistant.ask, text, asker, hear=hear))
    answer.add_done_callback(lambda _: events.put_nowait(None))
    told = False
    while event := await events.get():
        yield event
        told = True
    try:
        yield event_of("reply", await answer)
    except YuanliError as error:
        if not told:
            raise
        yield event_of("problem", problem_of(error))


async def _after(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    yield first
    async for event in rest:
        yield event
