"""Problems of spaces drafted from the map of the demo park."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yuanli.campus import Campus, FeatureId, FeatureNotFoundError
from yuanli.demo import demo_campus
from yuanli.errors import InvalidInputError
from yuanli.operations import (
    NobodySeatedError,
    SpaceDrafts,
    SpaceWish,
    SpaceWishError,
    campus_guide,
    check_space_workbook,
    draft_workbook,
)
from yuanli.operations.space_tables import SpaceTablesError
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


@pytest.mark.parametrize(
    ("language", "said", "wanted", "unread"),
    [
        ("zh", "A座租约六月底到期，到期前搬出，最多搬30个人", "2026-06-30", 0),
        ("zh", "B座年底前要搬空", "2026-12-31", 0),
        ("en", "Tower A's lease expires on 30 June and we must move out by then", "2026-06-30", 0),
        ("en", "vacate Tower B by the end of the year, sing a song", "2026-12-31", 1),
        ("zh", "月球租约六月底到期", "", 1),
    ],
)
def test_a_lease_that_ends_closes_rooms_from_a_period_on(
    drafts: SpaceDrafts, campus: Campus, language: str, said: str, wanted: str, unread: int
) -> None:
    draft = drafts.draft(campus.id, SpaceWish(demands=said, language=language))
    ends = {room.get("lease_end", "") for room in draft.document["rooms"]}
    assert (ends - {""}, len(draft.unread)) == ({wanted} - {""}, unread)
    if wanted:
        last = draft.document["periods"][-1]["starts"]
        assert last > wanted
        assert wanted in draft.rules[0].zh
        assert wanted in draft.rules[0].en


@pytest.mark.parametrize(
    ("language", "said", "factor", "more", "starts"),
    [
        ("zh", "{}明年增长20%", 1.2, 0, "next year"), ("en", "{} grows by 20 % next year", 1.2, 0, "next year"),
        ("zh", "{}明年再加8个人", 1, 8, "next year"), ("en", "next year {} hires eight more people", 1, 8, "next year"),
        ("zh", "{}扩编两成", 1.2, 0, None), ("en", "{} shrinks by 5 people", 1, -5, None),
    ],
)  # fmt: skip
def test_a_team_that_grows_needs_more_from_a_period_on(
    drafts: SpaceDrafts,
    campus: Campus,
    language: str,
    said: str,
    factor: float,
    more: float,
    starts: str | None,
) -> None:
    plain = drafts.draft(campus.id, replace(WISH, language=language)).document
    team = max((one for one in plain["entities"] if not one["group"]), key=lambda one: one["headcount"])
    draft = drafts.draft(campus.id, replace(WISH, language=language, demands=said.format(team["name"])))
    people = team["headcount"] * factor + more
    (told,) = draft.rules
    assert (draft.unread, f"{people:.4g}" in told.zh, f"{people:.4g}" in told.en) == ((), True, True)
    if starts is None:
        (grown,) = (one for one in draft.document["entities"] if one["name"] == team["name"])
        assert grown["headcount"] == pytest.approx(people, abs=0.1)
        return
    first, second = parse_spaces(json.dumps(draft.document).encode(), "draft.json").periods
    assert second.starts is not None
    assert (second.starts.year, second.starts.month, team["name"] in first.needs_m2) == (
        NOW.year + 1,
        1,
        False,
    )
    need = team["need_m2"] * people / team["headcount"]
    assert second.needs_m2[team["name"]] == pytest.approx(need, rel=0.01)


def test_growth_that_is_not_clear_is_given_back(drafts: SpaceDrafts, campus: Campus) -> None:
    one, other = [t["name"] for t in drafts.draft(campus.id, WISH).document["entities"] if not t["group"]][:2]
    for said in (f"{one}和{other}明年增加5人", f"{one}在很久很久以后增长20%", f"{one}增长120块钱"):
        draft = drafts.draft(campus.id, replace(WISH, demands=said))
        assert (draft.rules, draft.unread) == ((), (said,))


@pytest.mark.parametrize(("language", "said"), [("zh", "尽量少搬"), ("en", "as few moves as possible")])
def test_few_moves_weigh_more(drafts: SpaceDrafts, campus: Campus, language: str, said: str) -> None:
    draft = drafts.draft(campus.id, replace(WISH, language=language, demands=said))
    assert (draft.document["weights"]["moves"], draft.unread, len(draft.rules)) == (10.0, (), 1)


@pytest.mark.parametrize(
    ("language", "said", "told"),
    [("zh", "除了{}，其他人都不动", "可以搬的：{}"), ("en", "everyone but {} stays put", "free to move: {}")],
)
def test_who_stays_is_told_by_who_may_move(
    drafts: SpaceDrafts, campus: Campus, language: str, said: str, told: str
) -> None:
    plain = drafts.draft(campus.id, replace(WISH, language=language)).document["entities"]
    name = next(one["name"] for one in plain if not one["group"])
    draft = drafts.draft(campus.id, replace(WISH, language=language, demands=said.format(name)))
    (rule,) = draft.rules
    assert (told.format(name) in getattr(rule, language), draft.unread) == (True, ())
    assert str(len(plain) - 1) in rule.zh


@pytest.mark.parametrize(
    ("language", "said", "kind"),
    [("zh", "{}要安静的房间", "quiet"), ("en", "{} needs a quiet room", "quiet"),
     ("zh", "{}要安全的办公室", "secure"), ("en", "put {} in a quiet office", "quiet")],
)  # fmt: skip
def test_quiet_and_secure_rooms_are_wished_for_by_the_map(
    drafts: SpaceDrafts, campus: Campus, language: str, said: str, kind: str
) -> None:
    team = drafts.draft(campus.id, SpaceWish(language=language)).document["entities"][0]
    name = team["group"] or team["name"]
    draft = drafts.draft(campus.id, SpaceWish(language=language, demands=said.format(name)))
    problem = parse_spaces(json.dumps(draft.document).encode(), "draft.json")
    (rule,) = [rule for rule in problem.rules if rule.kind == kind]
    fit = [problem.suits(rule, room) for room in problem.rooms]
    assert any(fit)
    assert not all(fit)


def test_tables_that_were_filled_in_hold_and_new_rooms_count_with_the_median_walk(
    campus: Campus,
) -> None:
    measured = {FeatureId("building-c"): 120.0}
    drafts = SpaceDrafts(OneGuide(campus), clock=lambda: NOW, energy=lambda _: measured)  # type: ignore[arg-type]
    first = drafts.draft(campus.id, WISH).document
    assert {room["energy_kwh_m2"] for room in first["rooms"]} == {120.0}
    rooms = [{**room, "rent_per_m2": 3.0} for room in first["rooms"]]
    rooms.append({"name": "新翼", "capacity_m2": 500, "lease_end": "2027-12-31"})
    entities = [*first["entities"], {"name": "新部门", "need_m2": 40, "headcount": 5}]
    groups = [entity["group"] for entity in entities if entity.get("group")]
    flows = [{"origin": "新部门", "destination": groups[0], "trips": 6}]
    tables = {"rooms": rooms, "entities": entities, "flows": flows, "weights": {"rent": 1}}
    draft = drafts.draft(campus.id, replace(WISH, tables=tables, demands="新部门在新翼"))
    problem = parse_spaces(json.dumps(draft.document).encode(), "draft.json")
    assert (problem.rooms[0].rent_per_m2, problem.weights.rent, draft.rooms) == (3.0, 1.0, len(rooms))
    assert sum(flow.trips for flow in problem.flows) == pytest.approx(6, abs=0.01)
    assert {flow.origin for flow in problem.flows} == {"新部门"}
    assert 0 < problem.walk_s[0][-1] < 3600
    assert any("新翼" in note.zh for note in draft.assumed)
    assert "新部门" in draft.rules[0].zh
    with pytest.raises(SpaceTablesError, match="roms"):
        drafts.draft(campus.id, replace(WISH, tables={"roms": []}))


def test_a_draft_goes_out_as_a_workbook_and_comes_in_as_the_same_problem(
    drafts: SpaceDrafts, campus: Campus
) -> None:
    first = drafts.draft(campus.id, WISH).document
    teams = [entity["name"] for entity in first["entities"]]
    rooms = [
        {**room, "rent_per_m2": 2.5, "fit_out_per_m2": 300, "security": i % 2, "zone": "east"}
        for i, room in enumerate(first["rooms"])
    ]
    periods = [
        {"name": "2027", "starts": "2027-01-01", "headcounts": {teams[0]: 3}, "needs_m2": {teams[0]: 24}}
    ]
    flows = [{"origin": teams[0], "destination": teams[1], "trips": 7}]
    tables = {"rooms": rooms, "flows": flows, "periods": periods, "weights": {"rent": 0.5, "fit_out": 0.1}}
    said = f"{teams[0]}离前台远一点，{teams[1]}要安全的办公室，最多搬30个人"
    document = drafts.draft(campus.id, replace(WISH, tables=tables, demands=said)).document
    assert document["landmarks"]
    problem = parse_spaces(json.dumps(document).encode(), "draft.json")
    assert parse_spaces(draft_workbook(document), "draft.xlsx") == problem
    assert (problem.weights.rent, problem.rooms[0].fit_out_per_m2, len(problem.flows)) == (0.5, 300, 1)
    told = check_space_workbook(draft_workbook(document), "draft.xlsx")
    assert (told.rooms, told.rules, told.faults) == (len(rooms), len(problem.rules), ())
    with pytest.raises(InvalidInputError, match="entities"):
        draft_workbook({"rooms": []})


def test_a_place_where_nobody_sits_is_told(drafts: SpaceDrafts, campus: Campus) -> None:
    with pytest.raises(NobodySeatedError):
        drafts.draft(campus.id, SpaceWish(place=FeatureId("a-2f-a201")))
    with pytest.raises(FeatureNotFoundError, match="block-z"):
        drafts.draft(campus.id, SpaceWish(place=FeatureId("block-z")))


@pytest.mark.parametrize("value", [0, 101, float("nan")])
def test_room_for_a_person_is_within_reason(value: float) -> None:
    with pytest.raises(SpaceWishError, match="m²"):
        SpaceWish(m2_per_person=value)
