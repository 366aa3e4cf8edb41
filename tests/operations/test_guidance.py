"""Ways by name on the demo park: closures, lifts, undo, errors that say what to do."""

import pytest
from shapely.geometry import Point
from tests.operations.parks import MONDAY_MORNING, PARK

from yuanli.bootstrap import House
from yuanli.campus import ClosureRequest, FeatureId, FeaturePatch, Level, Unit, point_of
from yuanli.operations import BadRouteRequestError, PlaceNotFoundError, RouteRequest
from yuanli.routing import Route


def routes(house: House, origin: str, destination: str, **how: object) -> tuple[Route, ...]:
    request = RouteRequest(origin=origin, destination=destination, **how)  # type: ignore[arg-type]
    return house.guidance.guide(PARK).routes(request, now=MONDAY_MORNING)


def test_the_readme_question_has_a_step_free_answer(house: House) -> None:
    route = routes(house, "北门", "A座301", profile="wheelchair")[0]
    assert not {leg.mode for leg in route.legs} & {"stairs", "escalator"}
    assert route.stops[-1].level == 2
    assert sum(leg.distance_m for leg in route.legs) == pytest.approx(route.distance_m, abs=1)
    assert sum(leg.duration_s for leg in route.legs) == pytest.approx(route.duration_s, abs=1)


def test_ids_names_and_coordinates_name_the_same_place(house: House) -> None:
    guide = house.guidance.guide(PARK)
    stop = guide.resolve("A座301").stop
    assert stop.feature_id is not None
    assert guide.resolve(stop.feature_id).stop == stop
    at = guide.resolve(f"{stop.lon},{stop.lat},{stop.level}").stop
    assert (at.lon, at.lat, at.level) == (stop.lon, stop.lat, stop.level)


def test_a_closed_lift_is_avoided_and_the_first_answer_returns_when_it_opens(house: House) -> None:
    before = routes(house, "北门", "A座301", profile="wheelchair")[0]
    ridden = next(leg for leg in before.legs if leg.mode == "elevator")
    campus = house.places.campus(PARK)
    lon, lat = ridden.geometry["coordinates"][0][:2]
    lifts = [(point_of(u), u) for u in campus.of(Unit) if u.category == "elevator"]
    _, lift = min(lifts, key=lambda row: row[0].distance(Point(lon, lat)) if row[0] else 1.0)
    closure = house.places.close(
        PARK, ClosureRequest(feature_ids=(FeatureId(lift.id),)), who="test", why="maintenance"
    )
    try:
        during = routes(house, "北门", "A座301", profile="wheelchair")[0]
        assert during.geometry != before.geometry
    finally:
        house.places.reopen(PARK, closure.id, who="test", why="repaired")
    after = routes(house, "北门", "A座301", profile="wheelchair")[0]
    assert (after.geometry, after.duration_s) == (before.geometry, before.duration_s)


def test_a_closure_keeps_the_network_and_a_changed_opening_hour_makes_a_new_one(house: House) -> None:
    network = house.guidance.guide(PARK).wayfinder.network
    hall = FeatureId(house.places.campus(PARK).of(Unit)[0].id)
    closure = house.places.close(PARK, ClosureRequest(feature_ids=(hall,)), who="test", why="")
    assert house.guidance.guide(PARK).wayfinder.network is network
    house.places.reopen(PARK, closure.id, who="test", why="")
    edit = house.places.edit(PARK, hall, FeaturePatch(hours="Mo-Fr 09:00-10:00"), who="test", why="")
    assert house.guidance.guide(PARK).wayfinder.network is not network
    house.places.undo(PARK, edit.number, who="test", why="")


def test_a_new_name_keeps_the_network_and_is_said_at_once(house: House) -> None:
    network = house.guidance.guide(PARK).wayfinder.network
    room = FeatureId("a-3f-a301")
    edit = house.places.edit(
        PARK, room, FeaturePatch(name={"zh": "望湖阁", "en": "Lake View Room"}), who="test", why=""
    )
    assert house.guidance.guide(PARK).wayfinder.network is network
    route = routes(house, "北门", "望湖阁")[0]
    assert "望湖阁" in route.steps[-1].text.zh
    assert "Lake View Room" in route.steps[-1].text.en
    house.places.undo(PARK, edit.number, who="test", why="")


def test_hours_keep_the_search_index_and_an_id_is_found_first(house: House) -> None:
    index = house.places.index(PARK)
    room = FeatureId("a-3f-a301")
    edit = house.places.edit(PARK, room, FeaturePatch(hours="Mo-Fr 09:00-10:00"), who="test", why="")
    assert house.places.index(PARK) is index
    house.places.undo(PARK, edit.number, who="test", why="")
    assert house.places.search(PARK, "a-3f-a301").hits[0].feature_id == room


def test_a_destination_that_is_a_kind_is_the_nearest_of_it(house: House) -> None:
    route = routes(house, "A座301", "洗手间")[0]
    assert route.stops[-1].level == route.stops[0].level


def test_a_place_that_is_not_there_is_an_error_that_says_what_may_be_meant(house: House) -> None:
    with pytest.raises(PlaceNotFoundError) as missing:
        routes(house, "北门", "qqqqzzzz 不存在的地方")
    assert missing.value.hint is not None


@pytest.mark.parametrize("how", [{"profile": "rocket"}, {"order": "random"}, {"alternatives": 9}])
def test_a_request_that_breaks_a_rule_is_refused(house: House, how: dict[str, object]) -> None:
    with pytest.raises(BadRouteRequestError):
        routes(house, "北门", "A座301", **how)


def test_undo_takes_a_name_back_and_refuses_what_changed_since(house: House) -> None:
    level = FeatureId(house.places.campus(PARK).of(Level)[0].id)
    name = house.places.campus(PARK).get(level, Level).name
    first = house.places.edit(PARK, level, FeaturePatch(name={"zh": "甲"}), who="test", why="a")
    second = house.places.edit(PARK, level, FeaturePatch(name={"zh": "乙"}), who="test", why="b")
    with pytest.raises(Exception, match="changed again"):
        house.places.undo(PARK, first.number, who="test", why="")
    house.places.undo(PARK, second.number, who="test", why="")
    house.places.undo(PARK, first.number, who="test", why="")
    assert house.places.campus(PARK).get(level, Level).name == name
    assert (
        house.places.search(PARK, "甲").hits == ()
        or house.places.search(PARK, "甲").hits[0].feature_id != level
    )
