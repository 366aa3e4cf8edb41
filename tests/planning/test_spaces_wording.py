"""Demands in words: read whole or given back."""

from dataclasses import replace

import pytest

from yuanli.planning import Entity, Landmark, Room, Rule, RuleKind, SpaceProblem, rules_from_words, tell_rule

ROOMS = (
    Room(name="101", capacity_m2=40, floor="1", building="A座", zone="north", adjacent=("102",)),
    Room(name="102", capacity_m2=40, floor="1", building="A座", zone="north", features=("投影",)),
    Room(name="201", capacity_m2=40, floor="2", building="A座", zone="south", features=("projector",)),
    Room(name="大会议室", capacity_m2=60, floor="3", building="B座", zone="south"),
)
TEAMS = (
    "研发部",
    "测试部",
    "财务部",
    "前台",
    "市场部",
    "人事部",
    "Finance",
    "Reception",
    "R&D",
    "QA",
    "Sales",
    "Legal",
    "Design",
)
PLACE = SpaceProblem(
    rooms=ROOMS,
    entities=(
        *(Entity(name=name, need_m2=10, room="101") for name in TEAMS),
        Entity(name="甲", need_m2=5, group="客服中心"), Entity(name="乙", need_m2=5, group="客服中心"),
    ),
)  # fmt: skip


def said(rule: Rule) -> str:
    where = [*rule.rooms, *rule.floors, *rule.zones, *rule.buildings, *rule.features, *rule.landmarks]
    value = "" if rule.value is None else f" {rule.value:g}"
    return f"{rule.kind} {'+'.join(rule.entities)}{' @' + '+'.join(where) if where else ''}{value}".replace(
        "  ", " "
    )


CASES = {
    "研发部和测试部挨着": ["adjacent 研发部+测试部"],
    "研发和测试要挨着": ["adjacent 研发部+测试部"],
    "请把研发部放在测试部旁边": ["adjacent 研发部+测试部"],
    "市场部紧挨着人事部": ["adjacent 市场部+人事部"],
    "财务离前台远一点": ["away 财务部+前台"],
    "财务部远离前台": ["away 财务部+前台"],
    "市场部和人事部不要在同一层": ["away 市场部+人事部"],
    "市场部和人事部分开": ["away 市场部+人事部"],
    "最多搬30个人": ["max_people_moved 30"],
    "最多搬三十个人": ["max_people_moved 30"],
    "搬动不超过12人": ["max_people_moved 12"],
    "最多动5个部门": ["max_moves 5"],
    "搬迁次数不超过3次": ["max_moves 3"],
    "研发部、测试部和市场部在同一层": ["near 研发部+测试部", "near 研发部+市场部", "near 测试部+市场部"],
    "财务靠近人事": ["near 财务部+人事部"],
    "客服中心都在同一层": ["one_floor 客服中心"],
    "研发部和测试部在同一区域": ["same_zone 研发部+测试部"],
    "客服中心都在同一区": ["one_zone 客服中心"],
    "财务部和市场部不要在同一个区域": ["other_zone 财务部+市场部"],
    "研发部和测试部共用一间": ["same_room 研发部+测试部"],
    "研发部和测试部不要在同一个房间": ["not_same_room 研发部+测试部"],
    "财务部单独一间": ["not_sharing 财务部"],
    "财务部不与别人共用": ["not_sharing 财务部"],
    "市场部搬到2楼": ["in 市场部 @2"],
    "市场部放在三层": ["in 市场部 @3"],
    "市场部在B座": ["in 市场部 @B座"],
    "前台留在101": ["in 前台 @101"],
    "财务部不能在101": ["not_in 财务部 @101"],
    "财务部离大会议室远一点": ["not_in 财务部 @3+B座"],
    "前台不动": ["in 前台 @101"],
    "别动财务部": ["in 财务部 @101"],
    "租金不超过12万元": ["max_rent 120000"],
    "装修费用控制在5000元以内": ["max_fit_out 5000"],
    "人事部需要无障碍办公室": ["accessible 人事部"],
    "市场部要有投影": ["features 市场部 @投影"],
    "研发部噪声不超过2级": ["quiet 研发部 2"],
    "财务部安全等级不低于3": ["secure 财务部 3"],
    "房间不能超员": ["capacity"],
    "每个房间都不能超过容量": ["capacity"],
    "市场部和人事部不能共用办公室": ["not_same_room 市场部+人事部"],
    "市场部不要和人事部同层": ["away 市场部+人事部"],
    "财务不跟市场坐同一层": ["away 财务部+市场部"],
    "财务别靠近前台": ["away 财务部+前台"],
    "财务部与市场部不相邻": ["not_adjacent 财务部+市场部"],
    "研发部和市场部不要挨着": ["not_adjacent 研发部+市场部"],
    "财务不要紧挨前台": ["not_adjacent 财务部+前台"],
    "财务不能挨着市场部": ["not_adjacent 财务部+市场部"],
    "不要让研发部和市场部挨在一起": ["not_adjacent 研发部+市场部"],
    "市场部和人事部不要坐在一起": ["not_adjacent 市场部+人事部"],
    "研发部别在市场部隔壁": ["not_adjacent 研发部+市场部"],
    "别把研发部放在市场部旁边": ["not_adjacent 研发部+市场部"],
    "研发部和市场部分开，不要挨着": ["not_adjacent 研发部+市场部"],
    "财务部、市场部、人事部互相不要做邻居": [
        "not_adjacent 财务部+市场部", "not_adjacent 财务部+人事部", "not_adjacent 市场部+人事部",
    ],
    "研发部和市场部之间至少隔一间": ["not_adjacent 研发部+市场部"],
    "研发部离市场部远一点，不要挨着": ["not_adjacent 研发部+市场部"],
    "研发部与市场部的办公室不能相邻": ["not_adjacent 研发部+市场部"],
    "财务部旁边不要安排市场部": ["not_adjacent 财务部+市场部"],
    "客服中心不要互相挨着": ["not_adjacent 客服中心+客服中心"],
    "财务部不要挨着102": ["not_in 财务部 @102+101"],
    "能不能让市场部离财务部近一点": ["near 市场部+财务部"],
    "把市场部调到财务部隔壁": ["adjacent 市场部+财务部"],
    "研发部和侧试部挨着": ["adjacent 研发部+测试部"],
    "市场部放在一楼或者二楼": ["in 市场部 @1+2"],
    "财务部要独立办公": ["not_sharing 财务部"],
    "不能搬超过十二个人": ["max_people_moved 12"],
    "搬的人不要超过三十个": ["max_people_moved 30"],
    "最多只能有二十个人搬家": ["max_people_moved 20"],
    "租金每月不超过 30,000 元": ["max_rent 30000"],
    "租金控制在每月三万五以内": ["max_rent 35000"],
    "keep finance away from reception": ["away Finance+Reception"],
    "move at most 30 people": ["max_people_moved 30"],
    "no more than thirty people may move": ["max_people_moved 30"],
    "at most 4 moves": ["max_moves 4"],
    "R&D and QA next to each other": ["adjacent R&D+QA"],
    "Put sales beside design": ["adjacent Sales+Design"],
    "The design team should sit near the sales team": ["near Design+Sales"],
    "Sales, design and legal on the same floor": ["near Sales+Design", "near Sales+Legal", "near Design+Legal"],
    "Legal must have its own room": ["not_sharing Legal"],
    "legal does not share a room": ["not_sharing Legal"],
    "QA and R&D share a room": ["same_room QA+R&D"],
    "Sales and legal in different rooms": ["not_same_room Sales+Legal"],
    "Put Sales on floor 2": ["in Sales @2"],
    "Keep legal out of 101": ["not_in Legal @101"],
    "don't move reception": ["in Reception @101"],
    "Reception stays where it is": ["in Reception @101"],
    "keep fniance away from reception": ["away Finance+Reception"],
    "Sales needs projector": ["features Sales @projector"],
    "rent at most 50,000 yuan": ["max_rent 50000"],
    "Keep sales and legal on different floors": ["away Sales+Legal"],
    "Keep sales and legal in different zones": ["other_zone Sales+Legal"],
    "Put sales and legal in the same zone": ["same_zone Sales+Legal"],
    "Sales and legal must not share a room": ["not_same_room Sales+Legal"],
    "Design shouldn't be in the same room as sales": ["not_same_room Design+Sales"],
    "Legal needs its own office": ["not_sharing Legal"],
    "Legal can't share with anyone": ["not_sharing Legal"],
    "legl must have its own office": ["not_sharing Legal"],
    "Sales must not sit next to legal or design": ["not_adjacent Sales+Legal", "not_adjacent Sales+Design"],
    "keep R&D and QA apart, not next to each other": ["not_adjacent R&D+QA"],
    "legal must not be adjacent to sales": ["not_adjacent Legal+Sales"],
    "R&D and QA are not to be neighbours": ["not_adjacent R&D+QA"],
    "don't seat sales next door to legal": ["not_adjacent Sales+Legal"],
    "We don't want sales beside legal": ["not_adjacent Sales+Legal"],
    "keep at least one room between sales and legal": ["not_adjacent Sales+Legal"],
    "Sales and legal should not be in adjoining rooms": ["not_adjacent Sales+Legal"],
    "Sales shouldn't be adjacent to either legal or design": ["not_adjacent Sales+Legal", "not_adjacent Sales+Design"],
    "separate sales and legal by at least one room": ["not_adjacent Sales+Legal"],
    "Sales not next to 102": ["not_in Sales @102+101"],
    "Sales not near legal": ["away Sales+Legal"],
    "keep sales and legal apart": ["away Sales+Legal"],
    "Sales can’t be on the ground floor": ["not_in Sales @1"],
    "Leave Sales where they are": ["in Sales @101"],
    "Nobody from legal may move": ["in Legal @101"],
    "don't move more than 12 people": ["max_people_moved 12"],
    "no more than two teams should move": ["max_moves 2"],
    "limit moves to five": ["max_moves 5"],
    "rent below 30k a month": ["max_rent 30000"],
    "Legal needs security level 2": ["secure Legal 2"],
    "Put Sales together with Design": ["near Sales+Design"],
    "keep rooms within capacity": ["capacity"],
}  # fmt: skip


@pytest.mark.parametrize("words", CASES)
def test_a_demand_becomes_a_rule(words: str) -> None:
    rules, unread = rules_from_words(words, PLACE)
    assert ([said(rule).strip() for rule in rules], unread) == (CASES[words], ())


@pytest.mark.parametrize(
    ("words", "kind", "place", "left_out"),
    [
        ("除了市场部都搬到2楼", "in", "2", {"市场部"}),
        ("除了市场部和客服中心，其他人都在A座", "in", "A座", {"市场部", "甲", "乙"}),
        ("所有团队都在同一层", "one_floor", "", set()),
        ("Put everyone except Sales on floor 2", "in", "2", {"Sales"}),
        ("Except for Sales and Legal, all teams go to floor 2", "in", "2", {"Sales", "Legal"}),
        ("everybody goes to floor 2, except Sales", "in", "2", {"Sales"}),
    ],
)
def test_all_but_some_are_all_the_others(words: str, kind: str, place: str, left_out: set[str]) -> None:
    (rule,), unread = rules_from_words(words, PLACE)
    assert (str(rule.kind), "".join((*rule.floors, *rule.buildings)), unread) == (kind, place, ())
    assert {one.name for one in PLACE.entities} - set(rule.entities) == left_out


@pytest.mark.parametrize("words", ["除了财务部，其他人都不动", "everyone but 财务部 stays put"])
def test_all_but_some_stay_where_they_are(words: str) -> None:
    rules, unread = rules_from_words(words, PLACE)
    seated = {one.name for one in PLACE.entities if one.room is not None}
    assert ({name for rule in rules for name in rule.entities}, unread) == (seated - {"财务部"}, ())


@pytest.mark.parametrize(
    ("words", "hard"),
    [
        ("财务部不要挨着市场部", False),
        ("财务部不能挨着市场部", True),
        ("Sales must not be adjacent to Legal", True),
    ],
)
def test_not_beside_is_not_adjacent_and_hard_where_it_must_be(words: str, hard: bool) -> None:
    (rule,), _ = rules_from_words(words, PLACE)
    assert (rule.kind, rule.hard, tell_rule(rule).zh.endswith("不相邻")) == (
        RuleKind.NOT_ADJACENT,
        hard,
        True,
    )


def test_several_demands_in_one_sentence() -> None:
    rules, unread = rules_from_words("研发部和测试部挨着，财务离前台远一点，最多搬30个人", PLACE)
    assert [rule.kind for rule in rules] == ["adjacent", "away", "max_people_moved"]
    assert unread == ()
    rules, unread = rules_from_words("keep finance away from reception and move at most 30 people.", PLACE)
    assert ([rule.kind for rule in rules], unread) == (["away", "max_people_moved"], ())


@pytest.mark.parametrize(
    ("text", "said_rules"),
    [
        ("财务部必须在二楼，不能和市场部同屋", ["in 财务部 @2", "not_same_room 财务部+市场部"]),
        ("研发部靠近测试部，搬到2楼", ["near 研发部+测试部", "in 研发部 @2"]),
        ("Legal must be on floor 2 and not share a room with Sales", ["in Legal @2", "not_same_room Legal+Sales"]),
        ("Seat us so that sales is near design: legal on floor 2", ["near Sales+Design", "in Legal @2"]),
    ],
)  # fmt: skip
def test_who_a_clause_is_about_may_be_said_in_the_one_before(text: str, said_rules: list[str]) -> None:
    assert [said(rule) for rule in rules_from_words(text, PLACE)[0]] == said_rules


@pytest.mark.parametrize(
    "words",
    [
        "让大家都开心一点",
        "财务部挨着火星部",
        "make everyone happy",
        "finance near the moon",
        "财务部安静一点",
        "最多搬人",
        "finance or not",
    ],
)
def test_what_is_not_understood_is_given_back(words: str) -> None:
    rules, unread = rules_from_words(f"市场部搬到2楼，{words}", PLACE)
    assert [rule.kind for rule in rules] == ["in"]
    assert [(one.text, one.start) for one in unread] == [(words, 8)]


@pytest.mark.parametrize(
    ("words", "hard"),
    [
        ("财务部必须远离前台", True), ("财务部最好远离前台", False), ("财务部远离前台", False),
        ("finance must be next to legal", True), ("财务部和市场部不能同屋", True), ("财务部最好别动", False),
        ("finance can't share a room with legal", True), ("legal shouldn't share", False), ("别动财务部", True),
    ],
)  # fmt: skip
def test_must_is_hard_and_a_wish_is_soft(words: str, hard: bool) -> None:
    assert [rule.hard for rule in rules_from_words(words, PLACE)[0]] == [hard]


def test_a_name_that_could_be_two_is_not_read() -> None:
    twice = SpaceProblem(rooms=ROOMS, entities=(
        Entity(name="销售部", need_m2=1), Entity(name="销售组", need_m2=1), Entity(name="财务部", need_m2=1),
    ))  # fmt: skip
    rules, unread = rules_from_words("销售离财务远一点", twice)
    assert (rules, [one.text for one in unread]) == ((), ["销售离财务远一点"])


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("财务离服务台远一点", ["far_from 财务部 @服务台 90"]),
        ("研发部和测试部尽量靠近服务台", ["close_to 研发部+测试部 @服务台 90"]),
        ("keep finance away from the reception desk", ["far_from Finance @reception desk 40"]),
        ("Legal must sit near the reception desk", ["close_to Legal @reception desk 40"]),
        ("财务离前台远一点", ["away 财务部+前台"]),
    ],
)
def test_a_place_where_nobody_sits_is_near_or_far_by_the_walk(text: str, rules: list[str]) -> None:
    desks = (
        Landmark(name="服务台", seconds=(60.0, 90.0, 90.0, 300.0)),
        Landmark(name="reception desk", seconds=(10.0, 40.0, 40.0, 80.0)),
    )
    found, unread = rules_from_words(text, replace(PLACE, landmarks=desks))
    assert ([said(rule) for rule in found], unread) == (rules, ())
    assert all(rule.hard == ("must" in text) for rule in found)


def test_full_width_digits_and_letters_of_demands_are_read() -> None:
    plain, unread = rules_from_words("研发部在2楼，最多搬30个人", PLACE)
    assert len(plain) == 2
    assert rules_from_words("研发部在２楼，最多搬３０个人", PLACE) == (plain, unread)
