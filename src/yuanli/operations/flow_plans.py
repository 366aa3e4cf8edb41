"""Which teams could come when, drafted from the people forecast or measured at a canteen, a gate, or on the site."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from yuanli.campus import Campus, CampusId, Feature, FeatureId, Level, Team, Unit, Venue, label_of, name_in
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.operations.answering.asked import space_of
from yuanli.operations.expected_people import LONGEST, PeopleForecasts
from yuanli.operations.guidance import Guidance
from yuanli.operations.readings import Every
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity
from yuanli.routing import Stop
from yuanli.scheduling import FLOWS

HOUR = timedelta(hours=1)
MOST_SLOTS = 96
LEAST_PEOPLE = 1.0
AWAY = -1


class FlowUse(StrEnum):
    """What people do at a place: stay for a while, arrive, or leave."""

    STAY = "stay"
    ARRIVE = "arrive"
    LEAVE = "leave"


class FlowWishError(InvalidInputError):
    """A wish for a plan of flows breaks a rule."""


class NobodyComesError(InfeasibleError):
    """Too little is known of the people there, or nobody comes."""


class People(Protocol):
    """Tells how many people are in a place, hour by hour."""

    def __call__(
        self, campus: Campus, place: FeatureId | None, start: datetime, end: datetime, now: datetime
    ) -> Mapping[datetime, float]:
        """Return the people by the hour's beginning; hours of which nothing is known are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowWish:
    """What is to be planned.

    Parameters
    ----------
    place
        An id or a name; the whole site where None.
    day, begins, ends
        The span, in the campus's time; forecast if it is to come, measured if it is over.
    stay_min
        How long somebody stays, for `FlowUse.STAY`.
    move_min
        By how much a team's time may be moved.
    capacity
        People that get through in a slot; of a place where people stay, its seats' share if None.
    lanes, lane_people, lane_cost
        Lanes there are, if how many open when is to be chosen; people through each in a slot; cost of one in a slot.
    times
        When teams come today, where that is known, by their names.
    """

    day: date
    begins: time
    ends: time
    place: str | None = None
    use: FlowUse = FlowUse.STAY
    slot_min: int = 15
    stay_min: float = 30.0
    move_min: float = 30.0
    capacity: float | None = None
    lanes: int = 0
    lane_people: float = 0.0
    lane_cost: float = 0.0
    times: Mapping[str, time] = field(default_factory=dict)
    language: str = "zh"

    def __post_init__(self) -> None:
        span = datetime.combine(self.day, self.ends) - datetime.combine(self.day, self.begins)
        slots = span / timedelta(minutes=self.slot_min) if 5 <= self.slot_min <= 60 else 0
        if not 2 <= slots <= MOST_SLOTS:
            raise FlowWishError(
                Text(
                    f"{self.begins:%H:%M}–{self.ends:%H:%M} 按 {self.slot_min} 分钟分段，"
                    f"应为 2–{MOST_SLOTS} 段，每段 5–60 分钟。",
                    f"{self.begins:%H:%M}–{self.ends:%H:%M} in slots of {self.slot_min} minutes: there are 2 to "
                    f"{MOST_SLOTS} slots of 5 to 60 minutes.",
                ),
                field="slot_min", hint=Text("调整起止时间或时段长度。", "Change the times or the length of a slot."),
            )  # fmt: skip
        for name, value, least in (("stay_min", self.stay_min, 1), ("move_min", self.move_min, 0)):
            if not least <= value <= 24 * 60:
                raise FlowWishError(
                    Text(f"{name} 为 {value:g}，应在 {least} 到 1440 分钟之间。",
                         f"{name} is {value:g}; it is {least} to 1440 minutes."),
                    field=name,
                )  # fmt: skip
        if self.lanes and self.lane_people <= 0:
            raise FlowWishError(
                Text("写明每条通道每时段通过的人数。", "Say how many get through a lane in a slot."),
                field="lane_people",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDraft:
    """A problem of flows to be confirmed: its document, what it rests on, how many come, teams, and slots."""

    document: Mapping[str, Any]
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
        asked = None if wish.place is None else guide.resolve(wish.place, language=wish.language).stop
        feature = None if asked is None or asked.feature_id is None else space_of(campus, asked.feature_id)
        begin, end = (datetime.combine(wish.day, at, zone) for at in (wish.begins, wish.ends))
        if end - now > LONGEST:
            raise FlowWishError(
                Text(f"{wish.day} 太远，只能预计 {LONGEST.days} 天之内。",
                     f"{wish.day} is too far: {LONGEST.days} days ahead are foretold."),
                field="day", hint=Text("选择较近的日期。", "Choose an earlier day."),
            )  # fmt: skip
        site = campus.venue.name if campus.venue else {}
        taken, hours = feature, self._there(campus, feature, begin, end, now)
        while not hours and wish.use is not FlowUse.STAY and taken is not None:
            taken = _around(campus, taken)
            hours = self._there(campus, taken, begin, end, now)
        come = arrivals(hours, begin, end, wish)
        if sum(come) < LEAST_PEOPLE:
            raise _nobody(wish, label_of(campus, feature.id) if feature else site, known=bool(hours))
        name = (
            name_in(site if asked is None else _called(campus, asked), wish.language) or wish.place or "site"
        )
        source = label_of(campus, taken.id) if taken is not None else site
        teams = [team for team in campus.of(Team) if team.headcount > 0]
        told = _document(wish, name, come, teams, _passage(wish, name, feature))
        FLOWS.parse(json.dumps(told).encode(), "draft.json")
        return FlowDraft(
            document=told, people=round(sum(come)), slots=len(come),
            teams=sum(len(group["allowed"]) > 1 for group in told["groups"]),
            assumed=_assumed(wish, source, measured=end <= now, timed=len(wish.times)),
        )  # fmt: skip

    def _there(
        self, campus: Campus, place: Feature | None, begin: datetime, end: datetime, now: datetime
    ) -> Mapping[datetime, float]:
        told = None if place is None or isinstance(place, Venue) else place.id
        return self._people(campus, told, begin - HOUR, end + HOUR, now)


def _nobody(wish: FlowWish, place: Mapping[str, str], *, known: bool) -> NobodyComesError:
    zh, en = (name_in(place, language) or site for language, site in (("zh", "全园"), ("en", "the site")))
    span = f"{wish.day} {wish.begins:%H:%M}–{wish.ends:%H:%M}"
    return NobodyComesError(
        Text(f"“{zh}”在 {span} 没有人来。", f"Nobody comes to {en} in {span}.") if known else
        Text(f"不知道“{zh}”在 {span} 有多少人：没有实测，也没有预测。",
             f"It is not known how many people are in {en} in {span}: neither measured nor forecast."),
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


def arrivals(hours: Mapping[datetime, float], begin: datetime, end: datetime, wish: FlowWish) -> list[float]:
    """Return who comes in each slot.

    Where people stay, by Little's law (1961, doi:10.1287/opre.9.3.383): present × slot / stay. Where they arrive or
    leave, by how much the people rise or fall between the middles of hours.
    """
    slot = timedelta(minutes=wish.slot_min)
    known = sorted(hours.items())
    if not known:
        return []
    middles = [(hour + HOUR / 2 - begin) / slot for hour, _ in known]
    many = int((end - begin) // slot)
    values = [max(0.0, value) for _, value in known]
    if wish.use is FlowUse.STAY:
        present = np.interp(np.arange(many) + 0.5, middles, values)
        return [float(people) * wish.slot_min / wish.stay_min for people in present]
    change = np.diff(np.interp(np.arange(many + 1), middles, values))
    return [max(0.0, float(people)) for people in (change if wish.use is FlowUse.ARRIVE else -change)]


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


def _passage(wish: FlowWish, name: str, feature: Any) -> dict[str, Any]:
    if wish.lanes:
        lanes = {"people": wish.lane_people, "most": wish.lanes, "least": 1, "cost": wish.lane_cost}
        return {"id": name, "capacity": wish.capacity or 0.0, "lanes": lanes}
    capacity = wish.capacity
    if capacity is None and wish.use is FlowUse.STAY and isinstance(feature, Unit) and feature.capacity:
        capacity = feature.capacity * wish.slot_min / wish.stay_min
    if capacity is None:
        raise FlowWishError(
            Text("不知道每个时段能通过多少人。", "It is not known how many get through in a slot."), field="capacity",
            hint=Text("填写通过能力，或在地图上登记座位数。", "Give the capacity, or register the seats on the map."),
        )  # fmt: skip
    return {"id": name, "capacity": capacity}


def _document(
    wish: FlowWish, name: str, come: Sequence[float], teams: Sequence[Team], passage: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the problem as `FLOWS` reads it."""
    first = datetime.combine(wish.day, wish.begins)
    slots = [f"{first + timedelta(minutes=i * wish.slot_min):%H:%M}" for i in range(len(come))]
    coming = [
        (team, _slot_of(wish, wish.times.get(name_in(team.name, wish.language)), len(come))) for team in teams
    ]
    coming = [(team, at) for team, at in coming if at != AWAY]
    heads = sum(team.headcount for team, _ in coming)
    share = min(1.0, sum(come) / heads) if heads else 0.0
    left = list(come)
    reach = int(wish.move_min // wish.slot_min)
    groups: list[dict[str, Any]] = []
    taken: set[str] = set()
    for team, at in sorted(coming, key=lambda one: (one[1] is None, -one[0].headcount, one[0].id)):
        called = name_in(team.name, wish.language) or team.id
        called = called if called not in taken else f"{called} ({team.id})"
        taken.add(called)
        slot = max(range(len(come)), key=left.__getitem__) if at is None else at
        left[slot] -= share * team.headcount
        groups.append({
            "id": called, "size": team.headcount, "current": slots[slot],
            "allowed": slots[max(0, slot - reach) : slot + reach + 1],
            "uses": [{"passage": name, "spread": [share]}],
        })  # fmt: skip
    # who is beyond the teams comes where the teams leave most open
    open_ = np.maximum(left, 0.0)
    beyond = (sum(come) - share * heads) / open_.sum() if open_.sum() > 0 else 0.0
    others = {"zh": "其他人", "en": "others"}[wish.language]
    for at, people in enumerate(open_ * beyond):
        if round(people) > 0:
            groups.append({
                "id": f"{others} {slots[at]}", "size": round(people), "current": slots[at], "allowed": [slots[at]],
                "uses": [{"passage": name}],
            })  # fmt: skip
    return {"slots": slots, "slot_min": wish.slot_min, "passages": [dict(passage)], "groups": groups}


def _slot_of(wish: FlowWish, at: time | None, slots: int) -> int | None:
    """Return the slot of a time, `AWAY` where it is not in the span, None where it isn't known."""
    if at is None:
        return None
    since = datetime.combine(wish.day, at) - datetime.combine(wish.day, wish.begins)
    slot = int(since // timedelta(minutes=wish.slot_min))
    return slot if 0 <= slot < slots else AWAY


def _assumed(wish: FlowWish, of: Mapping[str, str], *, measured: bool, timed: int) -> tuple[Text, ...]:
    zh, en = (name_in(of, language) or site for language, site in (("zh", "全园"), ("en", "the site")))
    source = Text(
        f"人数取自{zh}，为{'当天实测' if measured else '预测'}。",
        f"The people are those {'measured' if measured else 'forecast'} in {en}.",
    )
    law = {
        FlowUse.STAY: Text(
            f"到达人数＝在场人数×时段÷停留 {wish.stay_min:g} 分钟（利特尔法则）。",
            f"Who comes is present × slot / stay of {wish.stay_min:g} minutes (Little's law).",
        ),
        FlowUse.ARRIVE: Text("到达人数按在场人数的增加推算。", "Who arrives is by how much the people rise."),
        FlowUse.LEAVE: Text("离开人数按在场人数的减少推算。", "Who leaves is by how much the people fall."),
    }[wish.use]
    spread = Text(
        f"{timed} 个团队的目前时间为已知，其余按到达人数推算；请核对。",
        f"The present times of {timed} teams are given, those of the others follow from who comes: please check them.",
    ) if timed else Text(
        "各团队的目前时间按到达人数推算；请核对。",
        "The present times of teams follow from who comes: please check them.",
    )  # fmt: skip
    return (source, law, spread)
