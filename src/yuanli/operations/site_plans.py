"""Where shared things could go, drafted from the map: who is where, places that suit, walks by `routing`'s matrix."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from yuanli.campus import (
    Campus,
    CampusId,
    Feature,
    FeatureId,
    Team,
    Unit,
    Venue,
    category_name,
    facility_kinds,
    kind_of,
    places_of_kind,
)
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.operations.answering.asked import space_of
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.plan_maps import PROFILES, map_told, names_of, place_key, require_profile
from yuanli.operations.readings import Every
from yuanli.operations.round_plans import OutOfReachError
from yuanli.operations.site_capacities import require_room
from yuanli.operations.space_plans import area_m2
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity
from yuanli.planning import SITES, fewest_sites
from yuanli.routing import Stop

SUITED = ("lobby", "walkway", "lounge", "waitingroom", "unenclosedarea")
"""Kinds of space that everybody passes: taken for things that the map knows no kind of."""
UNSEATED = ("elevator", "stairs", "escalator", "ramp", "restroom", "parking", "walkway", "lobby")
"""Kinds of space whose capacity does not say who is there."""
MOST_WALKS = 22_500
"""The matrix of more walks takes too long for an answer."""
MOST_NAMED = 5
OPEN_H = range(9, 18)
WALKED_AT_H = 10
WORKDAYS = 5
WEEK = timedelta(days=7)
LEAST_PEOPLE = 0.05
MINUTE_S = 60.0


class SiteGoal(StrEnum):
    """What is best: least walking in all, least longest walk, most people within reach, or the fewest for everybody."""

    MEDIAN = "median"
    CENTER = "center"
    COVER = "cover"
    ALL = "all"


class SitePeople(StrEnum):
    """Whose walks count: who has a seat in a space, or who usually is there in working hours."""

    SEATS = "seats"
    USUAL = "usual"


class SiteWishError(InvalidInputError):
    """A wish for a plan of sites breaks a rule."""


class NobodyThereError(InfeasibleError):
    """Nobody is known to be there, or no place suits."""


class Usual(Protocol):
    """Tells how many people usually are in spaces in working hours."""

    def __call__(
        self, campus: Campus, places: Sequence[FeatureId], now: datetime
    ) -> Mapping[FeatureId, float]:
        """Return the people by space; those of which nothing is known are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWish:
    """What is to be placed where.

    Parameters
    ----------
    thing
        What it is, such as 急救箱 or lockers: where the map has such things, `keep` counts them as placed already.
    number
        How many more there will be; not for `SiteGoal.ALL`.
    within
        Ids or names of buildings or levels; the whole site where none is given.
    kinds, places
        Candidates: spaces of these kinds within, and places by id or name; where neither is given, those that suit
        the kind of the thing.
    existing
        Where such things are besides those on the map.
    reach_min
        Minutes of walking: what counts as covered, or for the first two goals a limit.
    capacity
        People that one serves at most.
    roles
        Of those who walk, for areas that not everybody may enter.
    """

    thing: str
    number: int = 1
    within: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()
    keep: bool = True
    goal: SiteGoal = SiteGoal.MEDIAN
    reach_min: float | None = None
    capacity: float | None = None
    people: SitePeople = SitePeople.SEATS
    profile: str = "walk"
    roles: frozenset[str] = frozenset()
    language: str = "zh"

    def __post_init__(self) -> None:
        if not self.thing.strip():
            raise SiteWishError(
                Text("没有写明放什么。", "It is not said what is to be placed."), field="thing",
                hint=Text("例如：急救箱。", "Such as: first-aid kits."),
            )  # fmt: skip
        if not 1 <= self.number <= 1000:
            raise SiteWishError(
                Text(f"数量为 {self.number}，应在 1 到 1000 之间。",
                     f"The number is {self.number}; it is from 1 to 1000."),
                field="number",
            )  # fmt: skip
        if self.reach_min is None and self.goal in (SiteGoal.COVER, SiteGoal.ALL):
            raise SiteWishError(
                Text("没有写明几分钟以内。", "It is not said within how many minutes."), field="reach_min",
                hint=Text("例如：3 分钟。", "Such as: 3 minutes."),
            )  # fmt: skip
        for name, value in (("reach_min", self.reach_min), ("capacity", self.capacity)):
            if value is not None and not 0 < value <= 1e5:
                raise SiteWishError(
                    Text(f"{name} 为 {value:g}，应大于 0。", f"{name} is {value:g}; it is more than 0."),
                    field=name,
                )
        require_profile(self.profile, SiteWishError)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDraft:
    """A problem of sites to be confirmed: its document, what it rests on, and how much it has.

    Parameters
    ----------
    number, existing
        How many are placed, and how many of them are there already.
    """

    document: Mapping[str, Any]
    assumed: tuple[Text, ...]
    people: int
    spaces: int
    candidates: int
    number: int
    existing: int


class SiteDrafts:
    """Drafts problems of sites from the kept campuses and the people in them."""

    def __init__(self, guidance: Guidance, usual: Usual) -> None:
        self._guidance, self._usual = guidance, usual

    def draft(self, campus_id: CampusId, wish: SiteWish, now: datetime) -> SiteDraft:
        """Return the problem of where such things go, with walks by the ways that are open on a working day.

        Raises
        ------
        CampusNotFoundError, PlaceNotFoundError
            There is no such campus or place.
        NobodyThereError, OutOfReachError
            Nobody is known to be there, no place suits, or no way leads to one.
        SiteWishError, InvalidProblemError
            There are too many places, or more things than candidates.
        TooSmallError
            So many of them can't serve everybody.
        """
        guide = self._guidance.guide(campus_id)
        campus = guide.campus
        within = _within(guide, wish)
        people = self._people(campus, within, wish, now)
        sites, kept = _candidates(guide, within, wish)
        by_level = len(people) * len(sites) > MOST_WALKS
        if by_level:
            people = _by_level(campus, people)
        if len(people) * len(sites) > MOST_WALKS:
            raise SiteWishError(
                Text(f"{len(people)} 个楼层、{len(sites)} 个候选点，相乘最多 {MOST_WALKS}。",
                     f"{len(people)} levels times {len(sites)} candidates: at most {MOST_WALKS}."),
                field="within",
                hint=Text("选一栋楼，或少选几类候选点。", "Choose a building, or fewer kinds of candidates."),
            )  # fmt: skip
        at = _working_hour(guide.wayfinder.local(now))
        demands = tuple(people)
        walks = guide.matrix(
            demands, tuple(sites), now=now, profile=wish.profile, at=at, roles=wish.roles
        ).duration_s
        there = {key: guide.resolve(key).stop for key in demands}
        called = names_of(
            {place_key(stop): stop for stop in (*there.values(), *sites.values())}, wish.language
        )
        names = {key: called[place_key(stop)] for key, stop in (*there.items(), *sites.items())}
        lost = [names[key] for key, row in zip(demands, walks, strict=True) if all(s is None for s in row)]
        if len(lost) == len(demands):
            raise _out_of_reach(wish, lost)
        rows = {
            key: [None if s is None else round(s, 1) for s in row]
            for key, row in zip(demands, walks, strict=True) if any(s is not None for s in row)
        }  # fmt: skip
        spots = {
            names[key]: stop for key, stop in (*there.items(), *sites.items()) if key in rows or key in sites
        }
        document: dict[str, Any] = {
            "demands": [{"name": names[key], "people": round(people[key], 1)} for key in rows],
            "sites": [{"name": names[key], "capacity": wish.capacity} for key in sites],
            "seconds": list(rows.values()),
            "fixed": [names[key] for key in kept],
            "on_map": map_told(spots, profile=wish.profile, at=at),
        }
        if wish.capacity is not None and wish.goal is not SiteGoal.COVER:
            most = len(sites) if wish.goal is SiteGoal.ALL else len(kept) + wish.number
            by_space = {demand["name"]: demand["people"] for demand in document["demands"]}
            require_room(by_space, capacity=wish.capacity, most=most, candidates=len(sites))
        document |= _aimed(wish, document)
        problem = SITES.parse(json.dumps(document).encode(), "draft.json")
        return SiteDraft(
            document=document, people=round(float(problem.people.sum())), spaces=len(problem.demands),
            candidates=len(sites), number=problem.count, existing=len(problem.fixed),
            assumed=_assumed(wish, at, lost, list(document["fixed"]), by_level=by_level),
        )  # fmt: skip

    def _people(
        self, campus: Campus, within: frozenset[str], wish: SiteWish, now: datetime
    ) -> dict[FeatureId, float]:
        units = units_within(campus, within)
        found = (
            self._usual(campus, [FeatureId(unit.id) for unit in units], now)
            if wish.people is SitePeople.USUAL
            else seated(campus, units)
        )
        found = {key: people for key, people in found.items() if people >= LEAST_PEOPLE}
        if not found:
            raise NobodyThereError(
                Text("这里没有登记团队或座位，或没有人数数据。",
                     "No teams or seats are registered here, or nobody is counted."),
                field="within",
                hint=Text("换一栋楼，或换一种人数来源。", "Choose another building, or the other source of people."),
            )  # fmt: skip
        return found


def seated(campus: Campus, units: Sequence[Unit]) -> dict[FeatureId, float]:
    """Return the people of spaces: of teams by the sizes of their rooms, elsewhere as many as have seats."""
    known = {FeatureId(unit.id): unit for unit in units}
    found: dict[FeatureId, float] = {}
    for _, rooms in heads_of(campus, set(known)):
        for space, people in rooms.items():
            found[space] = found.get(space, 0.0) + people
    for key, unit in known.items():
        if key not in found and unit.capacity and unit.category.split(".")[0] not in UNSEATED:
            found[key] = float(unit.capacity)
    return found


def heads_of(campus: Campus, spaces: Set[FeatureId]) -> list[tuple[Team, dict[FeatureId, float]]]:
    """Return teams that sit in some spaces, with their people in each by its size."""
    found = []
    for team in campus.of(Team):
        sizes = {space: area_m2(campus, space) for space in team.space_ids}
        whole = sum(sizes.values())
        own = {
            space: team.headcount * (area / whole if whole else 1 / len(sizes))
            for space, area in sizes.items()
            if space in spaces and team.headcount > 0
        }
        if own:
            found.append((team, own))
    return found


def units_within(campus: Campus, within: Set[str]) -> list[Unit]:
    """Return the spaces in some buildings or levels, all where none is given."""
    return [u for u in campus.of(Unit) if u.geometry is not None and _inside(campus, FeatureId(u.id), within)]


def _by_level(campus: Campus, people: Mapping[FeatureId, float]) -> dict[FeatureId, float]:
    """Return the people of levels by those of their spaces."""
    found: dict[FeatureId, float] = {}
    for key, many in people.items():
        unit = campus.find(key)
        if isinstance(unit, Unit):
            level = FeatureId(unit.level_id)
            found[level] = found.get(level, 0.0) + many
    return found


def usual_of(twin: Twin) -> Usual:
    """Return who tells the people that usually are in spaces: the twin, by the working hours of the last week."""

    def usual(campus: Campus, places: Sequence[FeatureId], now: datetime) -> dict[FeatureId, float]:
        told = twin.history(
            campus.id, TwinQuantity.PEOPLE, now - WEEK, now, every=Every.HOUR, places=frozenset(places)
        )
        open_ = [at.weekday() < WORKDAYS and at.hour in OPEN_H for at in told.times]
        found = {}
        for key in places:
            row = told.values.get(key, ())
            counted = [v for v, hour in zip(row, open_, strict=False) if hour and v is not None]
            if counted:
                found[key] = sum(counted) / len(counted)
        return found

    return usual


def _within(guide: Guide, wish: SiteWish) -> frozenset[str]:
    """Return the ids of the places that are meant; none for the whole site."""
    found = set()
    for said in wish.within:
        asked = guide.resolve(said, language=wish.language).stop.feature_id
        space = None if asked is None else space_of(guide.campus, asked)
        if space is None or isinstance(space, Venue):
            return frozenset()
        found.add(str(space.id))
    return frozenset(found)


def _inside(campus: Campus, key: FeatureId, within: Set[str]) -> bool:
    if not within:
        return True
    spot = campus.spot(key)
    return spot is not None and not within.isdisjoint({key, spot.level_id, spot.building_id})


def _candidates(
    guide: Guide, within: frozenset[str], wish: SiteWish
) -> tuple[dict[str, Stop], tuple[str, ...]]:
    """Return the places where things can go or are, by what they are resolved by, and those where they are."""
    campus = guide.campus

    def stops(asked: Sequence[str]) -> dict[str, Stop]:
        found = (guide.resolve(text, language=wish.language).stop for text in asked)
        return {place_key(stop): stop for stop in found}

    kind = kind_of(wish.thing) if wish.keep else None
    had: Sequence[Feature] = () if kind is None else places_of_kind(campus, kind)
    here = [str(f.id) for f in had if campus.spot(f.id) and _inside(campus, f.id, within)]
    kept = stops((*here, *wish.existing))
    kinds = wish.kinds or (() if wish.places else _suited(wish.thing))
    units = units_within(campus, within)
    suited = [
        str(u.id) for u in units if any(u.category == k or u.category.startswith(f"{k}.") for k in kinds)
    ]
    found = kept | stops((*suited, *wish.places))
    if len(found) == len(kept):
        known = sorted({u.category.split(".")[0] for u in units} - set(UNSEATED[:4]))
        told = [category_name(one) or Text(one, one) for one in known]
        raise NobodyThereError(
            Text("这里没有这几类空间可作候选点。", "No space of these kinds is here."), field="kinds",
            hint=Text(f"这里有：{'、'.join(one.zh for one in told)}。", f"Here are: {', '.join(known)}."),
        )  # fmt: skip
    return found, tuple(kept)


def _suited(thing: str) -> tuple[str, ...]:
    """Return the kinds of space where more of a thing could go.

    Raises
    ------
    SiteWishError
        It is known, and can't be placed, as a lake.
    """
    kind = kind_of(thing)
    if kind is None:
        return SUITED
    if not facility_kinds()[kind].sites:
        raise SiteWishError(
            Text(f"“{thing}”不能这样选址。", f"{thing!r} is nothing to place so."), field="thing",
            hint=Text("换一种设施，或指定候选空间类型或地点。",
                      "Take another facility, or choose kinds of space or places as candidates."),
        )  # fmt: skip
    return facility_kinds()[kind].sites


def _aimed(wish: SiteWish, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is least, and how many there are with those that are there already."""
    reach_s = None if wish.reach_min is None else wish.reach_min * MINUTE_S
    count = len(document["fixed"]) + wish.number
    if wish.goal is SiteGoal.COVER:
        return {"count": count, "aim": "cover", "radius_s": reach_s}
    if wish.goal is not SiteGoal.ALL:
        return {"count": count, "aim": wish.goal.value, "limit_s": reach_s}
    assert reach_s is not None
    all_ = {"count": len(document["sites"]), "aim": "median", "limit_s": reach_s}
    fewest = fewest_sites(SITES.parse(json.dumps({**document, **all_}).encode(), "draft.json"))
    if fewest is None:
        far = [
            demand["name"]
            for demand, row in zip(document["demands"], document["seconds"], strict=True)
            if min((s for s in row if s is not None), default=reach_s + 1) > reach_s
        ]
        raise _out_of_reach(wish, far)
    return all_ | {"count": fewest}


def _out_of_reach(wish: SiteWish, names: Sequence[str]) -> OutOfReachError:
    zh, en = _listed(names)
    near = "" if wish.reach_min is None else f"{wish.reach_min:g} 分钟以内"
    near_en = "" if wish.reach_min is None else f" within {wish.reach_min:g} minutes"
    return OutOfReachError(
        Text(
            f"按出行方式“{PROFILES[wish.profile].zh}”，从这些地方{near}到不了任何候选点：{zh}。",
            f"By the profile “{PROFILES[wish.profile].en}” no candidate is reached{near_en} from: {en}.",
        ),
        field="places",
        hint=Text("增加候选点，放宽时间，或换一种出行方式。", "Add candidates, allow longer, or take another profile."),
    )  # fmt: skip


def _listed(names: Sequence[str]) -> tuple[str, str]:
    """Return the first of some names, and how many more there are."""
    first, more = names[:MOST_NAMED], len(names) - MOST_NAMED
    return "、".join(first) + (f" 等 {len(names)} 处" if more > 0 else ""), ", ".join(first) + (
        f" and {more} more" if more > 0 else ""
    )


def _assumed(
    wish: SiteWish, at: datetime, lost: Sequence[str], kept: Sequence[str], *, by_level: bool
) -> tuple[Text, ...]:
    told = [
        Text(
            "人数为近一周工作时间（9–18 时）的平均在场人数，实测或估算。",
            "The people are those present on average in working hours (9–18) of the last week, counted or estimated.",
        )
        if wish.people is SitePeople.USUAL
        else Text(
            "人数按团队人数（以房间面积分摊），没有团队的空间按座位数。",
            "The people are those of teams, by the sizes of their rooms, and seats where no team sits.",
        ),
        Text(
            f"步行时间按{at.month}月{at.day}日 {at:%H:%M} 开放的路，出行方式“{PROFILES[wish.profile].zh}”。",
            f"Walks are by the ways open on {at:%-d %b at %H:%M}, by the profile “{PROFILES[wish.profile].en}”.",
        ),
    ]
    if by_level:
        told.append(
            Text("空间太多，人数按楼层合计，从楼层中心起步。",
                 "There are so many spaces that people are summed by level, and walk from its middle.")
        )  # fmt: skip
    if wish.goal is SiteGoal.ALL:
        told.append(
            Text("数量是让所有人都在时限内的最少数量。", "The number is the fewest that leave nobody too far.")
        )  # fmt: skip
    if kept:
        zh, en = _listed(kept)
        told.append(Text(f"保留已有：{zh}。", f"Kept where they are: {en}."))
    elif wish.keep and (kind := kind_of(wish.thing)) is None:
        told.append(
            Text(f"地图上没有“{wish.thing}”这类设施，不计已有的。",
                 f"The map knows no such kind of facility: {wish.thing}. None is counted as there.")
        )  # fmt: skip
    elif wish.keep and kind is not None:
        name = facility_kinds()[kind].name
        told.append(Text(f"地图上这里没有已有的“{name.zh}”。", f"The map has none here yet of: {name.en}."))
    if lost:
        zh, en = _listed(lost)
        told.append(Text(f"到不了任何候选点，未计入：{zh}。", f"Left out, as no candidate is reached: {en}."))
    return tuple(told)


def _working_hour(local: datetime) -> datetime:
    """Return ten o'clock of the next working day."""
    at = local.replace(hour=WALKED_AT_H, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while at.weekday() >= WORKDAYS:
        at += timedelta(days=1)
    return at
