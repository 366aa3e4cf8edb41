"""Requests in a person's own words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from yuanli.api.bodies import PRINTABLE, Body, Name
from yuanli.api.callers import AREAS, CallerDep, HouseDep, needs
from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations import Asker, CampusNotFoundError, Reply, Right

router = APIRouter(tags=["assistant"])
Utterance = Annotated[str, Field(min_length=1, max_length=1000, pattern=PRINTABLE)]


class UnderstandBody(Body):
    """A request, the system's turn before it, and the campus whose names it may use."""

    text: Utterance
    context: Annotated[str, Field(max_length=1000)] | None = None
    campus: Annotated[str, Field(max_length=200)] | None = None


class AskBody(Body):
    """One turn of a conversation; `here` is where the person stands: `lon,lat[,level]` or a name."""

    text: Utterance
    campus: Annotated[str, Field(max_length=200)] | None = None
    conversation: Name | None = None
    here: Name | None = None


@router.post("/understand", dependencies=[needs(Right.ASK_ASSISTANT)])
def understand(body: UnderstandBody, house: HouseDep) -> Understanding:
    """Return what a request wants: its intent, and its slots with character offsets."""
    campus_id = CampusId(body.campus) if body.campus else None
    return house.assistant.understand(body.text, campus_id=campus_id, context=body.context)


@router.post("/ask", dependencies=[needs(Right.ASK_ASSISTANT)])
def ask(body: AskBody, house: HouseDep, caller: CallerDep) -> Reply:
    """Answer one turn; without a campus it is about the newest one that is kept."""
    conversation = body.conversation and f"{caller.name}/{body.conversation}"
    asker = Asker(
        campus_id=CampusId(body.campus) if body.campus else _newest(house),
        conversation=conversation,
        here=body.here,
        roles=AREAS[caller.role],
    )
    return house.assistant.ask(body.text, asker)


def _newest(house: House) -> CampusId:
    summaries = house.places.summaries()
    if not summaries:
        raise CampusNotFoundError(
            Text("还没有导入园区。", "No campus is kept yet."),
            field="campus",
            hint=Text("请管理员先导入园区地图。", "Have an administrator import a map first."),
        )
    return summaries[-1].id
