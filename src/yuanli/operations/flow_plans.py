"""Which teams could come when, drafted from the people forecast or measured at a canteen, a gate, or on the site."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import Campus, CampusId, Feature, FeatureId, Level, Team, Unit, Venue, label_of, name_in
from yuanli.errors import InfeasibleError, Text
from yuanli.operations.answering.asked import space_of
from yuanli.operations.expected_people import LONGEST, PeopleForecasts
from yuanli.operations.flow_groups import document_of
from yuanli.operations.flow_wishes import FlowSpot, FlowUse, FlowWish, FlowWishError, Pass
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.readings import Every
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity
from yuanli.routing import Stop
from yuanli.scheduling import FLOWS

HOUR = timedelta(hours=1)
LEAST_PEOPLE = 1.0


class NobodyComesError(InfeasibleError):
    """Too little is known of the people there, or nobody comes."""


class People(Protocol):
    """Tells how many people are in a place, hour by hour."""

    def __call__(
        self, campus: Campus, place: FeatureId | None, start: datetime, end: datetime, now: datetime
    ) -> Mapping[datetime, float]:
        """Return the people by the hour's beginning; hours of which nothing is known are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDraft:
    """A problem of flows to be confirmed: its document, what is least and assumed, how many come, teams, slots."""

    document: Mapping[str, Any]
    aims: tuple[Text, ...]
    assumed: tuple[Text, ...]
    people: int
    teams: int
    slots: int


class FlowDrafts:
    """Drafts problems of flows from the kept campuses and the people in them."""

    def __init__(self, guidance: Guidance, people: People) -> None:
        self._guidance, self._people = guidance, people

    def draft(self, campus_id: CampusId, wish: FlowWish, now: datetime) -> FlowDraft:
        """Return the problem of who comes when to a place.

        Raises
        ------
        CampusNotFoundError, PlaceNotFoundError
            There is no such campus or place.
        FlowWishError, NobodyComesError
            The time lies too far ahead, no capacity is known, or too little is known of the people there.
        """
        guide = self._guidance.guide(campus_id)
        campus, zone = guide.campus, ZoneInfo(guide.campus.time_zone)
        end = datetime.combine(wish.day, wish.ends, zone)
        if end - now > LONGEST:
            raise FlowWishError(
                Text(f"{wish.day} 太远，只能预计 {LONGEST.days} 天之内。",
                     f"{wish.day} is too far: {LONGEST.days} days ahead are foretold."),
                field="day", hint=Text("选择较近的日期。", "Choose an earlier day."),
            )  # fmt: skip
        teams = [team for team in campus.of(Team) if team.headcount > 0]
        passes: list[Pass] = []
        for spot in wish.spots:
            passes.append(self._pass(guide, wish, spot, now, taken={one.name for one in passes}))
        told = document_of(wish, passes, teams)
        FLOWS.parse(json.dumps(told).encode(), "draft.json")
        return FlowDraft(
            document=told, people=round(sum(sum(one.come) for one in passes)), slots=len(told["slots"]),
            teams=sum(len(group["allowed"]) > 1 for group in told["groups"]),
            assumed=_assumed(passes, measured=end <= now),
            aims=AIMS,
        )  # fmt: skip

    def _pass(self, guide: Guide, wish: FlowWish, spot: FlowSpot, now: datetime, taken: set[str]) -> Pass:
        """Return a place with who comes when, from the counts nearest around it."""
        campus, zone = guide.campus, ZoneInfo(guide.campus.time_zone)
        asked = None if spot.place is None else guide.resolve(spot.place, language=wish.language).stop
        feature = None if asked is None or asked.feature_id is None else space_of(campus, asked.feature_id)
        begin, end = (datetime.combine(wish.day, at, zone) for at in (spot.begins, spot.ends))
        site = campus.venue.name if campus.venue else {}
        around, hours = feature, self._there(campus, feature, begin, end, now)
        while not hours and spot.use is not FlowUse.STAY and around is not None:
            around = _around(campus, around)
            hours = self._there(campus, around, begin, end, now)
        come = arrivals(hours, begin, end, spot, wish.slot_min)
        if sum(come) < LEAST_PEOPLE:
            raise _nobody(wish, spot, label_of(campus, feature.id) if feature else site, known=bool(hours))
        name = (
            name_in(site if asked is None else _called(campus, asked), wish.language) or spot.place or "site"
        )
        if name in taken:
            name = f"{name} {spot.begins:%H:%M}"
        source = label_of(campus, around.id) if around is not None else site
        first = int(
            (begin - datetime.combine(wish.day, wish.begins, zone)) / timedelta(minutes=wish.slot_min)
        )
        return Pass(
            spot=spot, name=name, first=first, come=tuple(come), source=source,
            passage=_passage(spot, wish.slot_min, name, feature),
        )  # fmt: skip

    def _there(
        self, campus: Campus, place: Feature | None, begin: datetime, end: datetime, now: datetime
    ) -> Mapping[datetime, float]:
        told = None if place is None or isinstance(place, Venue) else place.id
        return self._people(campus, told, begin - HOUR, end + HOUR, now)


def _nobody(wish: FlowWish, spot: FlowSpot, place: Mapping[str, str], *, known: bool) -> NobodyComesError:
    zh, en = (name_in(place, language) or site for language, site in (("zh", "全园"), ("en", "the site")))
    span = f"{wish.day} {spot.begins:%H:%M}–{spot.ends:%H:%M}"
    return NobodyComesError(
        Text(f"“{zh}”在 {span} 没有人来。", f"Nobody comes to {en} on {span}.") if known else
        Text(f"不知道“{zh}”在 {span} 有多少人：没有实测，也没有预测。",
             f"It is not known how many people are in {en} on {span}: neither measured nor forecast."),
        field="place",
        hint=Text("换一个有人数统计的地点或时间。", "Choose a place where people are counted, or another time."),
    )  # fmt: skip


def people_of(twin: Twin, forecasts: PeopleForecasts) -> People:
    """Return who tells the people of a place: the twin for what is over, forecasts for what is to come."""

    def people(
        campus: Campus, place: FeatureId | None, start: datetime, end: datetime, now: datetime
    ) -> dict[datetime, float]:
        found: dict[datetime, float] = {}
        wanted = place or (campus.venue.id if campus.venue is not None else FeatureId("site"))
        if start < now:
            told = twin.history(
                campus.id, TwinQuantity.PEOPLE, start, min(end, now), every=Every.HOUR, places={wanted}
            )
            values = told.values.get(wanted, ())
            found = {at: value for at, value in zip(told.times, values, strict=False) if value is not None}
        if end > now:
            expected = forecasts.expected(campus, place, end - now, now)
            found |= {
                hour.at: hour.mean
                for hour in expected.hours
                if start <= hour.at < end and hour.at not in found
            }
        return found

    return people


def arrivals(
    hours: Mapping[datetime, float], begin: datetime, end: datetime, spot: FlowSpot, slot_min: int
) -> list[float]:
    """Return who comes in each slot.

    Where people stay, by Little's law (1961, doi:10.1287/opre.9.3.383): present × slot / stay. Where they arrive or
    leave, by how much the people rise or fall between the middles of hours.
    """
    slot = timedelta(minutes=slot_min)
    known = sorted(hours.items())
    if not known:
        return []
    middles = [(hour + HOUR / 2 - begin) / slot for hour, _ in known]
    many = int((end - begin) // slot)
    values = [max(0.0, value) for _, value in known]
    if spot.use is FlowUse.STAY:
        present = np.interp(np.arange(many) + 0.5, middles, values)
        return [float(people) * slot_min / spot.stay_min for people in present]
    change = np.diff(np.interp(np.arange(many + 1), middles, values))
    return [max(0.0, float(people)) for people in (change if spot.use is FlowUse.ARRIVE else -change)]


def _called(campus: Campus, asked: Stop) -> Mapping[str, str]:
    """Return the short name of a place where it has one, else the long one."""
    found = None if asked.feature_id is None else campus.find(asked.feature_id)
    own: Mapping[str, str] = getattr(found, "name", {})
    return own or asked.name


def _around(campus: Campus, place: Feature) -> Feature | None:
    """Return the level of a room, the building of a level, else None for the site."""
    match place:
        case Unit():
            return campus.find(place.level_id)
        case Level() if place.building_ids:
            return campus.find(place.building_ids[0])
    return None


def _passage(spot: FlowSpot, slot_min: int, name: str, feature: Any) -> dict[str, Any]:
    if spot.lanes:
        lanes = {"people": spot.lane_people, "most": spot.lanes, "least": 1, "cost": spot.lane_cost}
        return {"id": name, "capacity": spot.capacity or 0.0, "lanes": lanes}
    if spot.vehicles:
        trip = max(1, ceil(spot.round_trip_min / slot_min))
        shuttle = {
            "seats": spot.seats,
            "vehicles": spot.vehicles,
            "round_trip": trip,
            "cost": spot.departure_cost,
        }
        return {"id": name, "shuttle": shuttle, "capacity": spot.capacity or 0.0}
    capacity = spot.capacity
    if capacity is None and spot.use is FlowUse.STAY and isinstance(feature, Unit) and feature.capacity:
        capacity = feature.capacity * slot_min / spot.stay_min
    if capacity is None:
        raise FlowWishError(
            Text(f"不知道“{name}”每个时段能通过多少人。", f"It is not known how many get through {name!r} in a slot."),
            field="capacity",
            hint=Text("填写通过能力，或在地图上登记座位数。", "Give the capacity, or register the seats on the map."),
        )  # fmt: skip
    return {"id": name, "capacity": capacity}


AIMS = (
    Text("排队等待最少；", "People wait least;"),
    Text(
        "少调整、少挪动，最远的一个也尽量少挪。",
        "few teams are moved, by little, and the farthest move is short.",
    ),
)


def _assumed(passes: Sequence[Pass], *, measured: bool) -> tuple[Text, ...]:
    said = []
    for one in passes:
        zh, en = (
            name_in(one.source, language) or site for language, site in (("zh", "全园"), ("en", "the site"))
        )
        where, where_en = (
            (f"“{one.name}”的人数", f"The people of {one.name}")
            if len(passes) > 1
            else ("人数", "The people")
        )
        said.append(
            Text(
                f"{where}取自{zh}，为{'当天实测' if measured else '预测'}。",
                f"{where_en} are those {'measured' if measured else 'forecast'} in {en}.",
            )
        )
    stays = sorted({one.spot.stay_min for one in passes if one.spot.use is FlowUse.STAY})
    laws = {
        FlowUse.STAY: Text(
            f"到达人数＝在场人数×时段÷停留 {'、'.join(f'{s:g}' for s in stays)} 分钟（利特尔法则）。",
            f"Who comes is present × slot / stay of {', '.join(f'{s:g}' for s in stays)} minutes (Little's law).",
        ),
        FlowUse.ARRIVE: Text("到达人数按在场人数的增加推算。", "Who arrives is by how much the people rise."),
        FlowUse.LEAVE: Text("离开人数按在场人数的减少推算。", "Who leaves is by how much the people fall."),
    }
    said += [law for use, law in laws.items() if any(one.spot.use is use for one in passes)]
    timed = len({team for one in passes for team in one.spot.times})
    said.append(
        Text(
            f"{timed} 个团队的目前时间为已知，其余按到达人数推算；请核对。",
            f"The present times of {timed} teams are given, others follow from who comes: please check them.",
        )
        if timed
        else Text(
            "各团队的目前时间按到达人数推算；请核对。",
            "The present times of teams follow from who comes: please check them.",
        )
    )
    return tuple(dict.fromkeys(said))
