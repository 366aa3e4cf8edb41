"""Problems of flows drafted from the people of the small campus."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.api.house import CAMPUS, MONDAY, Clock, small_campus
from tests.operations.test_space_plans import OneGuide
from tests.operations.twins import tell, twin_house

from yuanli.campus import Anchor, Campus, FeatureId, Occupant, Team, TeamId, UnitId
from yuanli.operations import (
    FlowDraft,
    FlowDrafts,
    FlowSpot,
    FlowUse,
    FlowWish,
    FlowWishError,
    NobodyComesError,
)
from yuanli.scheduling import FLOWS, FlowsPlan
from yuanli.solver import Search, Stop, make_plan

DAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
LUNCH: dict[str, Any] = {
    "day": DAY,
    "begins": time(11),
    "ends": time(13),
    "place": "room0-0",
    "capacity": 60.0,
}


def campus() -> Campus:
    teams = {
        FeatureId(name): Team(id=TeamId(FeatureId(name)), name={"zh": name, "en": name}, headcount=heads)
        for name, heads in (("lab", 90), ("law", 60), ("ops", 30))
    }
    return small_campus().with_features(teams, small_campus().revision)


def wished(also: tuple[FlowSpot, ...] = (), **wish: Any) -> FlowWish:
    """Return the lunch, changed, and further places."""
    told = LUNCH | wish
    own = {name: told.pop(name) for name in ("day", "slot_min", "move_min", "language") if name in told}
    return FlowWish(**own, spots=(FlowSpot(**told), *also))


def drafted(people: float = 100.0, now: datetime = NOW, **wish: Any) -> FlowDraft:
    def told(
        campus: Campus, place: FeatureId | None, start: datetime, end: datetime, at: datetime
    ) -> Mapping[datetime, float]:
        del campus, place, at
        many = int((end - start) / timedelta(hours=1))
        return {start + timedelta(hours=h): people if h == many // 2 else people / 2 for h in range(many)}

    return FlowDrafts(OneGuide(campus()), told).draft(small_campus().id, wished(**wish), now)  # type: ignore[arg-type]


def test_a_lunch_is_drafted_by_little_s_law_and_solved() -> None:
    draft = drafted(people=200.0, slot_min=15, stay_min=30)
    assert (draft.slots, draft.teams) == (8, 3)
    slots = draft.document["slots"]
    assert (slots[0], slots[-1]) == ("11:00", "12:45")
    groups = draft.document["groups"]
    come = sum(group["size"] * sum(group["uses"][0].get("spread", [1])) for group in groups)
    assert come == pytest.approx(draft.people, abs=len(slots))
    # 100 people until 11:30, 200 at 12:30, a straight line between: 1,150 in the middles of quarters, half of them new
    assert draft.people == 575
    problem = FLOWS.parse(json.dumps(draft.document).encode(), "draft.json")
    plan = make_plan(FLOWS, problem, Search(Stop(time_s=2, gap=0.05)))
    assert plan.cost is not None
    assert "forecast" in draft.assumed[0].en
    measured = drafted(now=NOW + timedelta(days=3))
    assert "measured" in measured.assumed[0].en


def test_known_times_hold_and_who_comes_at_another_time_is_left_out() -> None:
    draft = drafted(times={"lab": time(12, 15), "law": time(18)}, move_min=15)
    (lab,) = [group for group in draft.document["groups"] if group["id"] == "lab"]
    assert (lab["current"], lab["allowed"]) == ("12:15", ["12:00", "12:15", "12:30"])
    assert all(group["id"] != "law" for group in draft.document["groups"])


def test_gates_open_lanes_for_who_arrives() -> None:
    draft = drafted(use=FlowUse.ARRIVE, lanes=4, lane_people=30.0, lane_cost=5.0, capacity=None)
    assert draft.document["passages"][0]["lanes"]["most"] == 4
    # the people rise by 50 between two middles of hours and fall after
    assert draft.people == 50


def test_a_day_s_places_are_drafted_together_and_each_is_relieved() -> None:
    gate = FlowSpot(begins=time(8), ends=time(10), place="room0-1", use=FlowUse.ARRIVE, capacity=9.0)
    lifts = replace(gate, place="room1-0", capacity=8.0, lag_min=15)
    bus = FlowSpot(
        begins=time(16), ends=time(18), place="room1-1", use=FlowUse.LEAVE, vehicles=2, seats=20, round_trip_min=40,
    )  # fmt: skip
    draft = drafted(also=(gate, lifts, bus), place="room0-0", capacity=40.0, language="en")
    told = draft.document
    assert (told["slots"][0], told["slots"][-1], len(told["passages"])) == ("08:00", "17:45", 4)
    assert told["passages"][3]["shuttle"] == {"seats": 20, "vehicles": 2, "round_trip": 3, "cost": 0.0}
    groups = {group["id"]: group for group in told["groups"]}
    arriving = groups["lab · arriving"]
    assert [use["lag"] for use in arriving["uses"]] == [0, 1]
    assert all("08:00" <= slot <= "09:45" for slot in arriving["allowed"])
    assert all("11:00" <= slot <= "12:45" for slot in groups["lab · lunch"]["allowed"])

    problem = FLOWS.parse(json.dumps(told).encode(), "day.json")
    for passage, people in zip(problem.passages, (287.5, 50, 50, 25), strict=True):
        # of lunch, half of those present are new each quarter; else by how much the people rise or fall
        come = sum(
            group.size * sum(use.spread) for group in problem.groups for use in group.uses
            if problem.passages[use.passage] is passage
        )  # fmt: skip
        assert come == pytest.approx(people, abs=8)
    plan = make_plan(FLOWS, problem, Search(Stop(time_s=5, gap=0.02)))
    assert plan.cost is not None
    today = FlowsPlan(
        slots=tuple(g.current or 0 for g in problem.groups), units=((), (), (), (0,) * len(told["slots"]))
    )
    assert plan.cost < FLOWS.check(problem, today).cost
    assert len({one.en for one in draft.assumed if "people of" in one.en.lower()}) == 4


def test_measured_people_are_those_the_twin_counted(tmp_path: Path) -> None:
    house = twin_house(tmp_path, Clock())
    for hour, people in ((4, 10.0), (3, 30.0), (2, 20.0), (1, 20.0)):
        tell(house, MONDAY - timedelta(hours=hour), {"n01": people})
    zone = ZoneInfo(house.places.campus(CAMPUS).time_zone)
    begins, ends = ((MONDAY - timedelta(hours=h)).astimezone(zone) for h in (3, 1))
    wish = wished(
        day=begins.date(), begins=begins.time(), ends=ends.time(), place="room0-1", capacity=20, slot_min=60,
        stay_min=60, language="en",
    )  # fmt: skip
    draft = house.flow_drafts.draft(CAMPUS, wish, MONDAY)
    house.close()
    assert draft.people == 30 + 20
    assert "measured" in draft.assumed[0].en


@pytest.mark.parametrize(
    ("people", "wish", "error", "said"),
    [
        (0.0, {}, NobodyComesError, "Nobody comes to"),
        (50.0, {"use": FlowUse.ARRIVE, "capacity": None}, FlowWishError, "through"),
        (50.0, {"day": DAY + timedelta(days=30)}, FlowWishError, "too far"),
    ],
)
def test_what_can_t_be_drafted_is_told(
    people: float, wish: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        drafted(people, **wish)


def test_a_span_of_too_many_slots_is_refused() -> None:
    with pytest.raises(FlowWishError, match="slots"):
        wished(ends=time(11, 10))
    with pytest.raises(FlowWishError, match="leave with each"):
        wished(vehicles=2)
    with pytest.raises(FlowWishError, match="places"):
        wished(also=(FlowSpot(begins=time(8), ends=time(9)),) * 12)


def test_a_canteen_is_told_by_its_room_and_a_door_by_who_arrives_around_it() -> None:
    base = campus()
    shop = FeatureId("canteen")
    named = {"zh": "食堂", "en": "Canteen"}
    place = base.with_features(
        {
            shop: Occupant(id=shop, name=named, anchor_id=FeatureId("spot")),
            FeatureId("spot"): Anchor(id=FeatureId("spot"), unit_id=UnitId(FeatureId("room0-0"))),
        },
        base.revision,
    )
    asked: list[FeatureId | None] = []

    def told(
        campus: Campus, place: FeatureId | None, start: datetime, end: datetime, at: datetime
    ) -> Mapping[datetime, float]:
        del campus, end, at
        asked.append(place)
        hours = {start + timedelta(hours=h): 30.0 * (h + 1) for h in range(4)}
        return hours if place in ("room0-0", None) else {}

    drafts = FlowDrafts(OneGuide(place), told)  # type: ignore[arg-type]
    lunch = drafts.draft(place.id, wished(place="canteen", language="en"), NOW)
    assert (asked, lunch.document["passages"][0]["id"]) == (["room0-0"], "Canteen")
    asked.clear()
    gate = drafts.draft(place.id, wished(place="entrance-0", use=FlowUse.ARRIVE), NOW)
    assert (gate.people, asked[-1], len(asked)) == (60, None, 3)
