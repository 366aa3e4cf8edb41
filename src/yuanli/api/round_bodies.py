"""What a draft of rounds is asked with: places by name, staff, and times of day."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from yuanli.api import bodies
from yuanli.api.bodies import Body, Name
from yuanli.api.routing import At
from yuanli.operations import OnDuty, Pause, RoundWish, Visit

Clock = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]|[0-3][0-9]|4[0-7]):[0-5][0-9]$"),
    Field(description="HH:MM; the next day's 02:00 is 26:00, or 02:00 where the shift begins after it"),
]
Minutes = Annotated[float, Field(ge=0, le=24 * 60)]
Amount = Annotated[int, Field(ge=0, le=10**6)]
Skills = Annotated[tuple[Name, ...], Field(max_length=20)]


class Window(Body):
    """When something may begin."""

    earliest: Clock
    latest: Clock


class VisitBody(Body):
    """What is to be done at a place, once or once in each window; `worth_min` lets it be left out.

    `load` is brought there, from `source` where it is given, else from where the tour starts; `collect` is taken back.
    """

    place: bodies.Query
    service_min: Minutes = 0
    windows: Annotated[tuple[Window, ...], Field(max_length=50)] = ()
    skills: Skills = ()
    worth_min: Minutes | None = None
    load: Amount = 0
    collect: Amount = 0
    source: bodies.Query | None = None


class PauseBody(Window):
    """A break, at one of some places, or where the tour starts."""

    minutes: Minutes
    places: Annotated[tuple[bodies.Query, ...], Field(max_length=20)] = ()


class OnDutyBody(Body):
    """Somebody on duty, from where to where (back to the start where no end is given), and what they can carry.

    `reloads` is how often they may come back to the start for more.
    """

    name: Name
    start: bodies.Query
    end: bodies.Query | None = None
    earliest: Clock
    latest: Clock
    skills: Skills = ()
    breaks: Annotated[tuple[PauseBody, ...], Field(max_length=10)] = ()
    max_work_min: Minutes | None = None
    capacity: Amount | None = None
    reloads: Annotated[int, Field(ge=0, le=20)] = 0
    reload_min: Minutes = 0


class RoundWishBody(Body):
    """Whom to send where; `at` tells whose closures hold, `patrol` (say, the date) draws an order hard to foretell."""

    visits: Annotated[tuple[VisitBody, ...], Field(max_length=1000)]
    staff: Annotated[tuple[OnDutyBody, ...], Field(max_length=200)]
    profile: Annotated[str, Field(max_length=40)] = "walk"
    at: At | None = None
    patrol: Name = ""
    language: Annotated[str, Field(pattern="^(zh|en)$")] = "zh"

    def wish(self, roles: frozenset[str]) -> RoundWish:
        """Return the wish of somebody who may enter such areas."""
        return RoundWish(
            visits=tuple(
                Visit(
                    place=one.place, service_s=round(60 * one.service_min), skills=one.skills,
                    windows=tuple((_seconds(w.earliest), _seconds(w.latest)) for w in one.windows),
                    worth_s=None if one.worth_min is None else round(60 * one.worth_min),
                    load=one.load, collect=one.collect, source=one.source,
                )
                for one in self.visits
            ),
            staff=tuple(
                OnDuty(
                    name=one.name, start=one.start, end=one.end, skills=one.skills,
                    earliest_s=_seconds(one.earliest), latest_s=_seconds(one.latest),
                    pauses=tuple(
                        Pause(
                            earliest_s=_seconds(rest.earliest), latest_s=_seconds(rest.latest),
                            duration_s=round(60 * rest.minutes), places=rest.places,
                        )
                        for rest in one.breaks
                    ),
                    max_work_s=None if one.max_work_min is None else round(60 * one.max_work_min),
                    capacity=one.capacity, reloads=one.reloads, reload_s=round(60 * one.reload_min),
                )
                for one in self.staff
            ),
            profile=self.profile, at=self.at, patrol=self.patrol, language=self.language, roles=roles,
        )  # fmt: skip


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes)
