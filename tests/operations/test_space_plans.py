"""Problems of spaces drafted from the map of the demo park."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yuanli.campus import Campus, FeatureId
from yuanli.demo import demo_campus
from yuanli.operations import NobodySeatedError, SpaceDrafts, SpaceWish, SpaceWishError, campus_guide
from yuanli.planning import SPACES, parse_spaces, today
from yuanli.solver import Search, Stop, make_plan

WISH = SpaceWish(place=FeatureId("building-c"))
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


class OneGuide:
    """Guides one campus that is kept in memory."""

    def __init__(self, campus: Campus) -> None:
        self._guide = campus_guide(campus)

    def guide(self, campus_id: object) -> object:
        del campus_id
        return self._guide


@pytest.fixture(scope="module")
def campus() -> Campus:
    return demo_campus()


@pytest.fixture(scope="module")
def drafts(campus: Campus) -> SpaceDrafts:
    return SpaceDrafts(OneGuide(campus), clock=lambda: NOW)  # type: ignore[arg-type]


def test_a_building_is_drafted_as_it_is_today_and_solved(drafts: SpaceDrafts, campus: Campus) -> None:
    draft = drafts.draft(campus.id, SpaceWish(place=FeatureId("building-a"), demands="最多搬20个人，唱首歌"))
    problem = parse_spaces(json.dumps(draft.document).encode(), "draft.json")
    assert (len(problem.rooms), draft.unread) == (draft.rooms, ("唱首歌",))
    assert "20" in draft.rules[0].zh
    assert today(problem) is not None
    assert sum(entity.headcount for entity in problem.entities) == pytest.approx(draft.people, abs=1)
    assert any(room.adjacent for room in problem.rooms)
    plan = make_plan(SPACES, problem, Search(Stop(time_s=3)))
    assert plan.cost is not None
    moved = {e.name: e.headcount for e in problem.entities}
    rooms = {e.name: e.room for e in problem.entities}
    assert sum(moved[str(r["name"])] for r in plan.assignments if rooms[str(r["name"])] != r["room"]) <= 20


def test_a_front_desk_is_a_place_to_be_far_from(drafts: SpaceDrafts, campus: Campus) -> None:
    teams = [str(entity["name"]) for entity in drafts.draft(campus.id, WISH).document["entities"]]
    asked = replace(WISH, demands=f"{teams[0]}离前台远一点，{teams[1]}靠近月球")
    draft = drafts.draft(campus.id, asked)
    (rule,) = draft.rules
    assert "步行不少于" in rule.zh
    assert "前台" in rule.zh
    assert len(draft.unread) == 1
    (desk,) = draft.document["landmarks"]
    assert len(desk["seconds"]) == draft.rooms
    assert min(desk["seconds"]) < max(desk["seconds"]) < 3600


def test_a_place_where_nobody_sits_is_told(drafts: SpaceDrafts, campus: Campus) -> None:
    with pytest.raises(NobodySeatedError):
        drafts.draft(campus.id, SpaceWish(place=FeatureId("a-2f-a201")))


@pytest.mark.parametrize("value", [0, 101, float("nan")])
def test_room_for_a_person_is_within_reason(value: float) -> None:
    with pytest.raises(SpaceWishError, match="m²"):
        SpaceWish(m2_per_person=value)
