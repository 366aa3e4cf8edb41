"""A campus's calendar: whose holidays hold, its own days off and of work, terms and closures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from yuanli.api.bodies import Body
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.operations import CalendarSpan, CampusCalendar, Right, ToldCalendar

router = APIRouter(tags=["calendar"])
PATH = "/campuses/{campus}/calendar"
Dates = Annotated[list[date], Field(default_factory=list, max_length=1000)]


class SpanBody(Body):
    """Named days in a row, the last included."""

    name: Annotated[str, Field(max_length=200)]
    first: date
    last: date
    closed: bool = False


class CalendarBody(Body):
    """A campus's calendar."""

    country: Annotated[str, Field(max_length=10)] | None = None
    region: Annotated[str, Field(max_length=10)] | None = None
    holidays: Dates
    workdays: Dates
    spans: Annotated[list[SpanBody], Field(default_factory=list, max_length=1000)]


@router.get(PATH, dependencies=[needs(Right.SEE_REPORTS)])
def campus_calendar(campus: CampusPath, house: HouseDep) -> ToldCalendar:
    """Return the calendar that forecasts go by, and the days ahead that are unlike others."""
    return house.calendars.told(campus)


@router.put(PATH, dependencies=[needs(Right.EDIT_PLACE)])
def replace_campus_calendar(
    campus: CampusPath, house: HouseDep, caller: CallerDep, body: CalendarBody
) -> ToldCalendar:
    """Keep the campus's own calendar; forecasts made from now on know it."""
    spans = tuple(CalendarSpan(name=s.name, first=s.first, last=s.last, closed=s.closed) for s in body.spans)
    calendar = CampusCalendar(
        country=body.country or None, region=body.region or None, holidays=tuple(sorted(set(body.holidays))),
        workdays=tuple(sorted(set(body.workdays))), spans=spans,
    )  # fmt: skip
    return house.calendars.replace(campus, calendar, caller.name)


@router.delete(PATH, dependencies=[needs(Right.EDIT_PLACE)])
def reset_campus_calendar(campus: CampusPath, house: HouseDep) -> ToldCalendar:
    """Forget the campus's own calendar: the holidays of its map's country hold again."""
    return house.calendars.reset(campus)
