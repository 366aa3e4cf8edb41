"""Problems of sites drafted from the map of the small campus."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from tests.api.house import small_campus
from tests.operations.test_space_plans import OneGuide

from yuanli.campus import Amenity, Campus, FeatureId, LevelId, Team, TeamId, Unit, UnitId
from yuanli.errors import YuanliError
from yuanli.operations import (
    NobodyThereError,
    SiteDraft,
    SiteDrafts,
    SiteGoal,
    SitePeople,
    SiteWish,
    SiteWishError,
)
from yuanli.operations.plan_maps import PROFILES
from yuanli.operations.round_plans import OutOfReachError
from yuanli.operations.site_capacities import TooSmallError
from yuanli.planning import SITES, fewest_sites
from yuanli.routing import load_profiles
from yuanli.solver import Plan, Search, Stop, make_plan

NOW = datetime(2026, 3, 6, 2, tzinfo=UTC)
HOUSE = small_campus()
WITH_TEAMS = HOUSE.with_features(
    {
        FeatureId("lab"): Team(
            id=TeamId(FeatureId("lab")), name={"zh": "实验部", "en": "Lab"}, headcount=40,
            space_ids=(UnitId(FeatureId("room0-0")), UnitId(FeatureId("room1-0"))),
        ),
        FeatureId("law"): Team(
            id=TeamId(FeatureId("law")), name={"zh": "法务部", "en": "Law"}, headcount=10,
            space_ids=(UnitId(FeatureId("room3-1")),),
        ),
        FeatureId("kit"): Amenity(
            id=FeatureId("kit"), category="firstaid", name={"zh": "一号急救箱", "en": "Kit 1"},
            unit_ids=(UnitId(FeatureId("room3-1")),), level_id=LevelId(FeatureId("level-1")),
            geometry=HOUSE.frame.geographic(shapely.Point(17.5, 5.0)),
        ),
    },
    HOUSE.revision,
)  # fmt: skip
ROOMS = tuple(f"room{i}-{floor}" for floor in (0, 1) for i in range(4))


def drafted(campus: Campus = WITH_TEAMS, **wish: Any) -> SiteDraft:
    def usual(place: Campus, places: Sequence[FeatureId], now: datetime) -> Mapping[FeatureId, float]:
        del place, now
        return {key: 3.0 for key in places if key == "room2-0"}

    asked = SiteWish(**{"thing": "储物柜", "language": "en"} | wish)
    return SiteDrafts(OneGuide(campus), usual).draft(campus.id, asked, NOW)  # type: ignore[arg-type]


def solved(draft: SiteDraft) -> Plan:
    return make_plan(
        SITES, SITES.parse(json.dumps(draft.document).encode(), "draft.json"), Search(Stop(time_s=5))
    )


def chosen(draft: SiteDraft) -> list[str]:
    return [str(row["site"]) for row in solved(draft).assignments if row["chosen"]]


def test_people_of_teams_walk_to_corridors_on_the_map() -> None:
    draft = drafted(kinds=("walkway",))
    people = sorted(demand["people"] for demand in draft.document["demands"])
    # the rooms of the lab are alike, so half of its people sit in each
    assert (people, draft.people, draft.candidates) == ([10.0, 20.0, 20.0], 50, 2)
    spots = draft.document["on_map"]["spots"]
    assert {one["name"] for one in (*draft.document["demands"], *draft.document["sites"])} == set(spots)
    assert "2026-03-09T10:00" in draft.document["on_map"]["at"]
    assert len(chosen(draft)) == 1


def test_things_on_the_map_are_kept_and_one_more_goes_where_most_people_are() -> None:
    draft = drafted(thing="first-aid kit", places=("room0-0", "room2-1"))
    assert (draft.existing, draft.number) == (1, 2)
    assert any("Kit 1" in text.en for text in draft.assumed)
    (kit,) = draft.document["fixed"]
    lab = next(site["name"] for site in draft.document["sites"] if "Room 100" in site["name"])
    assert sorted(chosen(draft)) == sorted([kit, lab])
    assert drafted(thing="first-aid kit", keep=False, places=("room0-0",)).existing == 0


def test_usual_people_are_those_that_were_counted() -> None:
    draft = drafted(people=SitePeople.USUAL, kinds=("office",))
    assert (draft.people, draft.spaces, draft.candidates) == (3, 1, 8)
    assert "last week" in draft.assumed[0].en


def test_a_floor_has_its_own_people_and_seats_count_where_no_team_sits() -> None:
    room = HOUSE.features[FeatureId("room1-1")]
    assert isinstance(room, Unit)
    seats = WITH_TEAMS.with_features({room.id: replace(room, capacity=6)}, WITH_TEAMS.revision)
    draft = drafted(seats, within=("level-1",), kinds=("walkway",))
    assert (draft.people, draft.candidates) == (16, 1)


def test_the_fewest_that_leave_nobody_too_far_are_counted_and_proved() -> None:
    near = drafted(goal=SiteGoal.ALL, reach_min=0.05, places=ROOMS)
    far = drafted(goal=SiteGoal.ALL, reach_min=10, places=ROOMS)
    # nobody sits in a room of somebody else's: within 3 s each of the three rooms needs its own
    assert (near.number, far.number) == (3, 1)
    problem = SITES.parse(json.dumps(near.document).encode(), "draft.json")
    assert fewest_sites(problem) == 3
    assert solved(near).status == "optimal"


def test_most_people_within_reach_and_capacities() -> None:
    cover = drafted(goal=SiteGoal.COVER, reach_min=0.05, places=ROOMS, number=2)
    assert solved(cover).cost == pytest.approx(10)
    assert solved(drafted(places=ROOMS, number=2, capacity=25)).cost is None
    assert solved(drafted(places=ROOMS, number=3, capacity=25)).cost == pytest.approx(0)


def test_a_wheelchair_takes_the_lift() -> None:
    walk, wheels = (drafted(profile=one, places=("room3-0",)) for one in ("walk", "wheelchair"))
    assert solved(wheels).cost > solved(walk).cost  # type: ignore[operator]


@pytest.mark.parametrize(
    ("wish", "error", "said"),
    [
        ({"kinds": ("auditorium",)}, NobodyThereError, "office"),
        ({"within": ("stairs-0",)}, NobodyThereError, "No teams"),
        ({"number": 9, "kinds": ("walkway",)}, YuanliError, "not from 1 to 2"),
        ({"goal": SiteGoal.ALL, "reach_min": 0.01, "places": ("room2-0",)}, OutOfReachError, "within 0.01"),
    ],
)
def test_what_can_t_be_drafted_is_told(wish: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error) as told:
        drafted(**wish)
    assert isinstance(told.value, YuanliError)
    hint = told.value.hint
    assert said in f"{told.value} {'' if hint is None else hint.en}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"thing": " "},
        {"number": 0},
        {"goal": SiteGoal.COVER},
        {"reach_min": -1.0},
        {"capacity": 0.0},
        {"profile": "rocket"},
    ],
)
def test_a_wish_that_breaks_a_rule_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SiteWishError) as told:
        SiteWish(**{"thing": "lockers"} | wrong)
    assert told.value.field in wrong or told.value.field == "reach_min"


def test_every_traveller_has_a_name() -> None:
    assert set(PROFILES) == set(load_profiles())


def test_a_lake_is_not_placed_and_what_the_map_does_not_know_is_told() -> None:
    with pytest.raises(SiteWishError, match="pond"):
        drafted(thing="pond")
    told = drafted(thing="coffee robot", places=("room0-0", "room1-0")).assumed
    assert any("knows no such kind of facility: coffee robot" in one.en for one in told)


@pytest.mark.parametrize(
    ("wish", "said", "remedy"),
    [
        ({"number": 2, "capacity": 20, "kinds": ("office",)}, "2 that serve 20 people each serve 40, and 50 are here: "
         "at least 3 are needed.", "Place 3, with those there are. Or: Let 2 serve 25 people each."),
        ({"number": 2, "capacity": 20, "kinds": ("walkway",)}, "at least 3 are needed.",
         "Let 2 serve 25 people each, or add candidates."),
        ({"number": 2, "capacity": 5, "kinds": ("walkway",)}, "has 20: 5 each is too few.",
         "Let 2 serve 25 people each, or add candidates."),
        ({"goal": SiteGoal.ALL, "reach_min": 9, "capacity": 20, "kinds": ("walkway",)}, "at least 3 are needed.",
         "Let 2 serve 25 people each, or add candidates."),
    ],
)  # fmt: skip
def test_things_that_cannot_serve_everybody_are_refused_before_a_plan_is_sought(
    wish: dict[str, Any], said: str, remedy: str
) -> None:
    with pytest.raises(TooSmallError) as caught:
        drafted(**wish)
    assert caught.value.hint is not None
    assert said in caught.value.message.en
    assert caught.value.hint.en == remedy


def test_as_many_as_were_said_to_be_needed_serve_everybody() -> None:
    assert solved(drafted(number=3, capacity=20, kinds=("office",))).cost is not None
    assert drafted(number=1, capacity=5, kinds=("walkway",), goal=SiteGoal.COVER, reach_min=2).number == 1
