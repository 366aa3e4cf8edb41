"""Problems of rounds drafted from the map of the demo park."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.operations.parks import MONDAY_MORNING, PARK

from yuanli.bootstrap import House
from yuanli.campus import ClosureRequest, FeatureId, Unit
from yuanli.operations import (
    OnDuty,
    OutOfReachError,
    Pause,
    PlaceNotFoundError,
    RoundDrafts,
    RoundWish,
    RoundWishError,
    SolveOrder,
    Visit,
)
from yuanli.scheduling import ROUNDS, InvalidProblemError
from yuanli.solver import Search, Stop, make_plan

FLOOR = ("a-3f-a301", "a-3f-a302")
GUARD = OnDuty(name="王", start="北门", earliest_s=22 * 3600, latest_s=6 * 3600)


@pytest.fixture(scope="module")
def drafts(house: House) -> RoundDrafts:
    return RoundDrafts(house.guidance, clock=lambda: MONDAY_MORNING)


def test_a_night_s_patrol_by_names_and_ids_walks_as_the_way_does(house: House, drafts: RoundDrafts) -> None:
    visits = (
        Visit(place="A座301", service_s=120, windows=((23 * 3600, 24 * 3600), (2 * 3600, 3 * 3600))),
        Visit(place="a-3f-a301", service_s=60, skills=("keys",)),
        Visit(place="B座", service_s=300, worth_s=4 * 3600),
    )
    pause = Pause(earliest_s=3600, latest_s=4 * 3600, duration_s=1800)
    guards = (replace(GUARD, pauses=(pause,)), replace(GUARD, name="李", skills=("keys",)))
    draft = drafts.draft(PARK, RoundWish(visits=visits, staff=guards, patrol="2026-03-02"))
    assert [p.asked for p in draft.places] == ["北门", "A座301", "a-3f-a301", "B座"]
    assert draft.places[1].name == draft.places[2].name
    assert (draft.stops, draft.staff, len(draft.document["places"])) == (4, 2, 3)
    seconds = house.guidance.guide(PARK).matrix(("北门",), ("A座301",), now=MONDAY_MORNING).duration_s[0][0]
    assert seconds is not None
    assert draft.document["walking_s"][0][1] == round(seconds)

    problem = ROUNDS.parse(json.dumps(draft.document).encode(), "night.json")
    plan = make_plan(ROUNDS, problem, Search(Stop(time_s=None, rounds=100)))
    rows = {row["stop"]: row for row in plan.assignments}
    name = draft.places[1].name
    assert 23 * 3600 <= rows[f"{name} #1"]["begin"] <= 24 * 3600
    assert 26 * 3600 <= rows[f"{name} #2"]["begin"] <= 27 * 3600
    assert rows[f"{name} #3"]["staff"] == "李"

    gate = draft.document["on_map"]["spots"][draft.places[0].name]
    assert (gate["ref"], gate["level"]) == (draft.places[0].id, 0)
    order = SolveOrder(
        kind="rounds", name="night", file_name="night.json", stop=Stop(),
        problem=json.dumps(draft.document).encode(),
    )  # fmt: skip
    walks = drafts.walks(PARK, order, plan.assignments, roles=frozenset())
    up = next(w for w in walks if (w.origin, w.destination) == (draft.places[0].name, name))
    assert round(up.duration_s) == draft.document["walking_s"][0][1]
    assert up.legs[-1].to_level == 2


def test_a_closed_lift_leaves_a_wheelchair_no_way_up_and_the_places_are_named(
    house: House, drafts: RoundDrafts
) -> None:
    wish = RoundWish(visits=tuple(Visit(place=p) for p in FLOOR), staff=(GUARD,), profile="wheelchair")
    open_ = drafts.draft(PARK, wish).document["walking_s"]
    campus = house.places.campus(PARK)
    lifts = tuple(FeatureId(u.id) for u in campus.of(Unit) if u.category == "elevator")
    closure = house.places.close(PARK, ClosureRequest(feature_ids=lifts), who="test", why="maintenance")
    try:
        with pytest.raises(OutOfReachError, match="301") as caught:
            drafts.draft(PARK, wish)
        assert "302" in str(caught.value)
        assert drafts.draft(PARK, replace(wish, profile="walk")).stops == 2
    finally:
        house.places.reopen(PARK, closure.id, who="test", why="repaired")
    assert drafts.draft(PARK, wish).document["walking_s"] == open_


def test_parcels_are_fetched_and_carts_come_back_for_more(drafts: RoundDrafts) -> None:
    visits = (
        Visit(place="A座301", load=6),
        Visit(place="A座302", load=6, collect=1),
        Visit(place="B座", load=3, source="南门", worth_s=3600, service_s=30),
    )
    cart = replace(GUARD, capacity=8, reloads=2, reload_s=120, max_work_s=4 * 3600)
    draft = drafts.draft(PARK, RoundWish(visits=visits, staff=(cart,), language="en"))
    assert "come" in " ".join(aim.en for aim in draft.aims)
    fetch, brought = draft.document["stops"][2:]
    assert (fetch["id"], brought["from"], fetch["prize"]) == (
        f"{fetch['place']} → {brought['id']}",
        fetch["id"],
        0,
    )
    plan = make_plan(
        ROUNDS,
        ROUNDS.parse(json.dumps(draft.document).encode(), "cart.json"),
        Search(Stop(time_s=None, rounds=200)),
    )
    orders = {row["stop"]: row["order"] for row in plan.assignments}
    assert orders[fetch["id"]] < orders[brought["id"]]
    assert "王/reload 1" in orders
    with pytest.raises(PlaceNotFoundError, match="Atlantis"):
        drafts.draft(PARK, RoundWish(visits=(replace(visits[2], source="Atlantis"),), staff=(cart,)))


def test_what_is_ill_put_is_told(drafts: RoundDrafts) -> None:
    wish = RoundWish(visits=(Visit(place="北门"),), staff=(GUARD,))
    with pytest.raises(PlaceNotFoundError, match="Atlantis"):
        drafts.draft(PARK, replace(wish, visits=(Visit(place="Atlantis"),)))
    with pytest.raises(InvalidProblemError) as caught:
        drafts.draft(PARK, replace(wish, staff=(GUARD, GUARD)))
    assert caught.value.field == "stops"
    with pytest.raises(RoundWishError, match="no staff"):
        replace(wish, staff=())
    with pytest.raises(RoundWishError, match="'broom'"):
        replace(wish, profile="broom")
