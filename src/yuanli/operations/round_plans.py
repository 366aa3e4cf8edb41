"""Who could go where, drafted from the map: places by name, staff with shifts, and walks by `routing`'s matrix."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.campus import CampusId
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.operations.guidance import Guidance
from yuanli.operations.plan_maps import (
    PROFILES,
    TourWalk,
    map_told,
    names_of,
    place_key,
    require_profile,
    walk_tours,
)
from yuanli.operations.solving import SolveOrder
from yuanli.routing import Stop
from yuanli.scheduling import ROUNDS
from yuanli.solver import Row

DAY_S = 24 * 3600
MOST_PLACES = 150
"""The matrix of more places takes too long for an answer."""
NO_WAY_S = 10**6
"""Longer than any shift: nobody walks where no way leads."""
Table = Sequence[Sequence[float | None]]


class RoundWishError(InvalidInputError):
    """A wish for rounds breaks a rule."""


class OutOfReachError(InfeasibleError):
    """No way leads to a place, or none back, for anybody who could go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What is to be done at a place: once, or once in each of some windows of seconds since the day began.

    Parameters
    ----------
    place
        An id, a name or coordinates.
    worth_s
        It is left out where walking there costs more than so many seconds; None is never.
    load, collect
        What is brought there, and what is taken from there.
    source
        Where the load is fetched by the same person, before; None brings it from where the tour starts.
    """

    place: str
    service_s: int = 0
    windows: tuple[tuple[int, int], ...] = ()
    skills: tuple[str, ...] = ()
    worth_s: int | None = None
    load: int = 0
    collect: int = 0
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A break within a window, at one of some places; where the tour starts if none is named."""

    earliest_s: int
    latest_s: int
    duration_s: int
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """Somebody on duty, in seconds since the day began; a shift that ends before it begins ends the next day.

    Parameters
    ----------
    end
        Where the tour ends; where it starts if None.
    max_work_s
        The longest time from leaving to coming back.
    capacity
        The most that is carried at once; None is no limit.
    reloads
        How often they may come back for more on the way, each time for `reload_s`.
    """

    name: str
    start: str
    earliest_s: int
    latest_s: int
    end: str | None = None
    skills: tuple[str, ...] = ()
    pauses: tuple[Pause, ...] = ()
    max_work_s: int | None = None
    capacity: int | None = None
    reloads: int = 0
    reload_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundWish:
    """Whom to send where.

    Parameters
    ----------
    profile
        How they move: `walk`, `wheelchair`, a cart; see routing's profiles.
    at
        The moment whose closures and opening hours hold, aware or campus local time; None is now.
    patrol
        A text that differs from day to day, so that the order is hard to foretell; none if empty.
    roles
        Of those who walk, for areas that not everybody may enter.
    language
        Of the names in the plan, `zh` or `en`.
    """

    visits: tuple[Visit, ...]
    staff: tuple[OnDuty, ...]
    profile: str = "walk"
    at: datetime | None = None
    patrol: str = ""
    roles: frozenset[str] = frozenset()
    language: str = "zh"

    def __post_init__(self) -> None:
        for field, zh, count in (("visits", "地点", len(self.visits)), ("staff", "人员", len(self.staff))):
            if not count:
                raise RoundWishError(
                    Text(f"没有{zh}。", f"There are no {field}."), field=field,
                    hint=Text(f"请至少给出一个{zh}。", f"Give one of {field} at least."),
                )  # fmt: skip
        require_profile(self.profile, RoundWishError)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlace:
    """How a place that was asked for was understood."""

    asked: str
    name: str
    id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDraft:
    """A problem of rounds to be confirmed: its document, how places were understood, what is least, and assumed."""

    document: Mapping[str, Any]
    places: tuple[RoundPlace, ...]
    aims: tuple[Text, ...]
    assumed: tuple[Text, ...]
    stops: int
    staff: int


class RoundDrafts:
    """Drafts problems of rounds from the kept campuses."""

    def __init__(self, guidance: Guidance, *, clock: Callable[[], datetime]) -> None:
        self._guidance, self._clock = guidance, clock

    def walks(
        self, campus_id: CampusId, order: SolveOrder, rows: Sequence[Row], *, roles: frozenset[str]
    ) -> tuple[TourWalk, ...]:
        """Return the ways of a plan's tours for somebody who may enter such areas; see `walk_tours`."""
        return walk_tours(self._guidance.guide(campus_id), order, rows, now=self._clock(), roles=roles)

    def draft(self, campus_id: CampusId, wish: RoundWish) -> RoundDraft:
        """Return the problem of who walks where, with walks by the ways that are open.

        Raises
        ------
        CampusNotFoundError, PlaceNotFoundError
            There is no such campus or place.
        OutOfReachError
            No way leads to a place and back for anybody who could go; all such places are named.
        RoundWishError, InvalidProblemError
            There are too many places, or a time, name or amount breaks a rule.
        """
        guide = self._guidance.guide(campus_id)
        found: dict[str, Stop] = {}
        for asked in _asked(wish):
            if asked not in found:
                found[asked] = guide.resolve(asked, language=wish.language).stop
        stops = {place_key(stop): stop for stop in found.values()}
        if len(stops) > MOST_PLACES:
            raise RoundWishError(
                Text(f"有 {len(stops)} 个地点，最多 {MOST_PLACES} 个。",
                     f"There are {len(stops)} places; there can be {MOST_PLACES}."),
                field="visits", hint=Text("请分成几个区域。", "Plan parts of the site one by one."),
            )  # fmt: skip
        called = names_of(stops, wish.language)
        names = {asked: called[place_key(stop)] for asked, stop in found.items()}
        ends = {place_key(stop): asked for asked, stop in found.items()}
        asked_once = tuple(ends[key] for key in stops)
        walks = guide.matrix(
            asked_once, asked_once, now=self._clock(), profile=wish.profile, at=wish.at, roles=wish.roles
        ).duration_s
        place = {name: i for i, name in enumerate(called.values())}
        _check_reach(wish, names, place, walks)
        at = self._clock() if wish.at is None else wish.at
        there = dict(zip(place, stops.values(), strict=True))
        document = _document(wish, names, list(place), walks)
        document["on_map"] = map_told(there, profile=wish.profile, at=at)
        problem = ROUNDS.parse(json.dumps(document).encode(), "draft.json")
        return RoundDraft(
            document=document, stops=len(problem.stops), staff=len(problem.staff),
            aims=_aims(wish), assumed=_assumed(wish, at.astimezone(ZoneInfo(guide.campus.time_zone))),
            places=tuple(RoundPlace(asked=a, name=names[a], id=s.feature_id) for a, s in found.items()),
        )  # fmt: skip


def _asked(wish: RoundWish) -> list[str]:
    """Return all places that a wish names, staff first."""
    ends = [p for one in wish.staff for p in (one.start, one.end) if p is not None]
    rests = [p for one in wish.staff for pause in one.pauses for p in pause.places]
    fetched = [visit.source for visit in wish.visits if visit.source is not None]
    return [*ends, *rests, *fetched, *(visit.place for visit in wish.visits)]


def _check_reach(
    wish: RoundWish, names: Mapping[str, str], place: Mapping[str, int], walks: Table
) -> None:  # fmt: skip
    """Refuse visits that none of those with the skills can walk to and come back from."""

    def joined(one: OnDuty, at: int) -> bool:
        start, end = place[names[one.start]], place[names[one.end or one.start]]
        return walks[start][at] is not None and walks[at][end] is not None

    lost = []
    for visit in wish.visits:
        able = [one for one in wish.staff if set(visit.skills) <= set(one.skills)]
        for asked in (visit.place, visit.source):
            if asked is not None and able and not any(joined(one, place[names[asked]]) for one in able):
                lost.append(names[asked])
    if lost:
        listed = list(dict.fromkeys(lost))
        raise OutOfReachError(
            Text(
                f"按出行方式“{PROFILES[wish.profile].zh}”，没有路往返于出发地与：{'、'.join(listed)}。",
                f"By the profile “{PROFILES[wish.profile].en}” no way leads there and back: {', '.join(listed)}.",
            ),
            field="visits",
            hint=Text(
                "请检查封闭、电梯与出入权限，换一种出行方式，或去掉这些地点。",
                "Check closures, lifts and rights to enter, choose another profile, or leave these places out.",
            ),
        )


def _document(wish: RoundWish, names: Mapping[str, str], places: list[str], walks: Table) -> dict[str, Any]:
    """Return the problem as `ROUNDS` reads it."""
    first = min(one.earliest_s for one in wish.staff)
    told: dict[str, Any] = {
        "places": places,
        "walking_s": [[NO_WAY_S if s is None else round(s) for s in row] for row in walks],
        "stops": _stops(wish, names, first),
        "staff": [_staff(one, names) for one in wish.staff],
    }
    return told | ({"patrol": {"day": wish.patrol}} if wish.patrol else {})


def _stops(wish: RoundWish, names: Mapping[str, str], first: int) -> list[dict[str, Any]]:
    """Return a stop for each window of each visit, numbered where a place has several."""
    often = Counter(names[v.place] for v in wish.visits for _ in v.windows or ((0, 0),))
    taken = {one.name for one in wish.staff}
    number: Counter[str] = Counter()
    told = []
    for visit in wish.visits:
        name = names[visit.place]
        for window in visit.windows or (None,):
            number[name] += 1
            single = often[name] == 1 and name not in taken
            stop: dict[str, Any] = {
                "id": name if single else f"{name} #{number[name]}", "place": name,
                "service_s": visit.service_s, "skills": sorted(visit.skills), "prize": visit.worth_s,
                "load": visit.load, "collect": visit.collect,
            }  # fmt: skip
            if visit.source is not None:
                fetch = {
                    "id": f"{names[visit.source]} → {stop['id']}", "place": names[visit.source],
                    "service_s": visit.service_s, "skills": sorted(visit.skills),
                    "prize": None if visit.worth_s is None else 0,
                }  # fmt: skip
                told.append(fetch)
                stop["from"] = fetch["id"]
            if window is not None:
                stop["earliest"], stop["latest"] = _next_day(*window, first=first)
            told.append(stop)
    return told


def _staff(one: OnDuty, names: Mapping[str, str]) -> dict[str, Any]:
    late = one.latest_s + (DAY_S if one.latest_s < one.earliest_s else 0)
    breaks = []
    for pause in one.pauses:
        begin, end = _next_day(pause.earliest_s, pause.latest_s, first=one.earliest_s)
        places = list(dict.fromkeys(names[p] for p in pause.places))
        breaks.append({"earliest": begin, "latest": end, "duration_s": pause.duration_s, "places": places})
    return {
        "id": one.name, "start": names[one.start], "end": names[one.end or one.start],
        "earliest": one.earliest_s, "latest": late, "skills": sorted(one.skills), "breaks": breaks,
        "max_work_s": one.max_work_s, "capacity": one.capacity,
        **({"reload": {"most": one.reloads, "duration_s": one.reload_s}} if one.reloads else {}),
    }  # fmt: skip


def _aims(wish: RoundWish) -> tuple[Text, ...]:
    """Say what is made least, and what may be given up for it."""
    said = [Text("所有人的步行总时间最短。", "The time that all of them walk is least.")]
    if any(visit.worth_s is not None for visit in wish.visits):
        said.append(
            Text(
                "可放弃的点：绕过去比其价值还费时就不去。",
                "Optional stops are left out where going there costs more than they are worth.",
            )
        )
    if wish.patrol:
        said.append(
            Text(
                "顺序每天不同，多走不超过两成。",
                "The order differs from day to day, at a fifth more walking at most.",
            )
        )
    if any(one.reloads for one in wish.staff):
        said.append(
            Text(
                "装不下时回出发地再装，多走的路计入。",
                "Who can't carry all comes back for more; that walk counts.",
            )
        )
    return tuple(said)


def _assumed(wish: RoundWish, at: datetime) -> tuple[Text, ...]:
    """Say by which ways and at which moment walks were reckoned."""
    profile = PROFILES[wish.profile]
    return (
        Text(
            f"步行时间按出行方式“{profile.zh}”和 {at:%m-%d %H:%M} 开放的通道计算。",
            f"Walks are by the profile “{profile.en}” and the ways that are open on {at:%m-%d at %H:%M}.",
        ),
        Text("时间窗与休息都须遵守。", "Windows and breaks are kept."),
    )


def _next_day(earliest: int, latest: int, *, first: int) -> tuple[int, int]:
    """Return a window, over midnight where it ends before it begins, and on the next day if it is over by `first`."""
    if latest < earliest:
        return earliest, latest + DAY_S
    return (earliest + DAY_S, latest + DAY_S) if latest < first else (earliest, latest)
