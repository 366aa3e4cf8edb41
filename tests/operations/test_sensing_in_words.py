"""What more or less of something would change of a plan, asked of the assistant in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.test_device_planning_in_words import heard

from yuanli.bootstrap import House
from yuanli.operations import Asker, Kind, Reply, SolveOrder, find_problem_example, kind_of, reread
from yuanli.operations.answering import outcomes, plan_sensing, plan_wondering
from yuanli.operations.answering.what_if import find_wondered
from yuanli.solver import Resource, Search, Stop, make_plan

KINDS = ("devices", "flows", "projects", "rooms", "rosters", "rounds", "sites", "spaces")
QUICK_S = 0.6


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a house in which somebody has a plan of each kind, and somebody all of them."""
    opened = small_house(tmp_path_factory.mktemp("house"), clock := Clock())
    for name in KINDS:
        content, kind = find_problem_example(name) or b"", kind_of(name)
        plan = make_plan(kind, kind.parse(content, "p.json"), Search(Stop(time_s=QUICK_S)))
        order = SolveOrder(kind=name, name=f"{name} 2026", file_name="p.json", problem=content)
        for user in (name, "all"):
            opened.solving.keep(CAMPUS, order, plan, user)
            clock.forward(60)
    devices = {**json.loads(find_problem_example("devices") or b""), "limit_kw": 40.0}
    content, kind = json.dumps(devices).encode(), kind_of("devices")
    plan = make_plan(kind, kind.parse(content, "p.json"), Search(Stop(time_s=QUICK_S)))
    order = SolveOrder(kind="devices", name="limited 2026", file_name="p.json", problem=content)
    opened.solving.keep(CAMPUS, order, plan, "limited")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_sensing, "CHANGED_S", QUICK_S)
        patch.setattr(plan_sensing, "LISTED_S", 2 * QUICK_S)
        patch.setattr(plan_wondering, "WHY_S", QUICK_S)
        patch.setattr(outcomes, "WHY_S", QUICK_S)
        yield opened
    opened.close()


def talk(house: House, user: str, *turns: str, roles: tuple[str, ...] = ("member", "operator")) -> Reply:
    asker = Asker(campus_id=CAMPUS, user=user, roles=frozenset(roles), conversation=f"{user}{turns}")
    return [house.assistant.ask(text, asker) for text in turns][-1]


@pytest.mark.parametrize(
    ("text", "resource", "by", "share"),
    [
        ("如果多一间会议室会怎样", "rooms", 1, False),
        ("要是会议室少两间会怎么样", "rooms", -2, False),
        ("What would one more guard change?", "people", 1, False),
        ("要是少一个巡逻员会多花多少", "people", -1, False),
        ("what if we lose one guard", "people", -1, False),
        ("再多一块钱电价呢", "price", 1, False),
        ("一度电贵5分会怎样", "price", 0.05, False),
        ("假如电价降两成呢", "price", -0.2, True),
        ("电价翻倍会怎样", "price", 1, True),
        ("if electricity got 15 percent dearer, what happens", "price", 0.15, True),
        ("如果多给10个工位", "seats", 10, False),
        ("少一间会议室呢", "rooms", -1, False),
        ("what if we gave up a room", "rooms", -1, False),
        ("suppose the power limit were 50 kW lower", "power", -50, False),
        ("如果班次延长一小时呢", "hours", 1, False),
        ("What does half an hour more per shift change?", "hours", 0.5, False),
        ("what if they worked 4 hours a week more", "hours", 4, False),
        ("如果室温放宽1度能省多少", "comfort", 1, False),
        ("多开一条通道能少排多少队", "lanes", 1, False),
        ("食堂容量增加百分之二十会怎么样", "through", 0.2, True),
        ("再加两个点位有用吗", "sites", 2, False),
        ("if we allowed five more moves", "moves", 5, False),
        ("多20平米有什么用", "area", 20, False),
    ],
)
def test_what_changes_and_by_how_much_is_read(text: str, resource: str, by: float, share: bool) -> None:
    asked = heard(text, "crowd_forecast")
    found = find_wondered(text, asked.language)
    assert found is not None
    assert found.resource == Resource(resource)
    assert found.change.by == pytest.approx(by)
    assert found.change.share is share
    assert reread(asked, None).intent == "space_info"


@pytest.mark.parametrize(
    "text",
    [
        "帮我订一间会议室，多一个人", "A座高层有哪些房间", "还有多少空房间", "如果明天下雨活动怎么办",
        "把A座温度调高2度",
        "会议室最多能坐多少人", "今天比昨天多用了多少电", "有什么规则要遵守吗", "turn the temperature up by 2 degrees",
        "If I book a room for ten people, can I cancel?", "which room costs most", "电费为什么涨了",
    ],
)  # fmt: skip
def test_other_questions_are_not_read_so(text: str) -> None:
    assert reread(heard(text, "crowd_forecast"), None).intent != "space_info"


@pytest.mark.parametrize(
    ("user", "text", "told"),
    [
        ("devices", "what if prices rose by 10 %", "Price of power +10 %: costs"),
        ("devices", "电价降两成呢", "Price of power -20 %: saves"),
        ("devices", "功率上限再放宽20千瓦能省多少", "has no power limit to change"),
        ("flows", "容量增加20%能少排多少队", "People through 食堂 +20 %"),
        ("projects", "如果多一个班组人员会怎样", "+1: saves 3 (proved)"),
        ("rooms", "如果多一间会议室会怎样", "Rooms +1 (like Birch, 8 people)"),
        ("rooms", "要是少一间会议室呢", "Rooms -1 (without Aspen)"),
        ("rosters", "少一名护士会怎样", "People -1 (without"),
        ("rounds", "What would one more guard change?", "Staff +1 (like wang)"),
        ("sites", "再加一个点位有用吗", "Sites +1: saves 4,800 (proved), with 1 change"),
        ("spaces", "如果多给10个工位", "Seats in 101 +10 (7.33 m² each)"),
        ("spaces", "少一间会议室呢", "Rooms -1 (without 102)"),
        ("spaces", "what if we gave up room 101?", "Rooms -1 (without 101)"),
        ("spaces", "如果退租房间101会怎样", "Rooms -1 (without 101)"),
        ("spaces", "哪些规则最贵", "Without \"研发部, 测试部 adjacent\""),
        ("spaces", "which constraints hold back most", "Without \"研发部, 测试部 adjacent\""),
    ],
)  # fmt: skip
def test_it_is_answered_from_the_plan_solved_again(house: House, user: str, text: str, told: str) -> None:
    reply = talk(house, user, text)
    assert told in reply.text.en, reply.text.en
    assert f"{user} 2026" in reply.text.zh
    assert re.search(r"\d\.\d{3}", f"{reply.text}") is None


def test_without_a_plan_it_is_said_which_to_make(house: House) -> None:
    assert "plan tonight's patrol" in talk(house, "nobody", "多一个保安能省多少").text.en
    assert "plan tomorrow's air conditioning" in talk(house, "nobody", "电价涨一成会怎样").text.en
    other = talk(house, "sites", "如果多一间会议室会怎样").text.en
    assert "no rooms to change" in other
    assert "sites" in other
    assert talk(house, "rooms", "如果多一间会议室会怎样", roles=("member",)).error is not None


def test_of_several_plans_the_one_that_is_meant_is_asked_for(house: House) -> None:
    question = talk(house, "all", "如果多一个人会怎样")
    assert question.move is Kind.ASK
    assert [option.value for option in question.options] == ["rounds 2026", "rosters 2026", "projects 2026"]
    assert "Staff +1" in talk(house, "all", "如果多一个人会怎样", "第一个").text.en
    assert "'rosters 2026'" in talk(house, "all", "如果多一个人会怎样", "rosters 2026").text.en


def test_of_what_is_asked_for_where_it_is_not_said(house: House) -> None:
    assert "More or less of what" in talk(house, "devices", "方案结果怎么样", "如果再多一个呢").text.en
    assert "Price of power +1" in talk(house, "devices", "方案结果怎么样", "如果再多一个呢", "电价").text.en
    assert "Area of 101 +20" in talk(house, "spaces", "方案结果怎么样", "少一个呢", "多20平米呢").text.en


@pytest.mark.parametrize(
    ("user", "text", "told"),
    [
        ("sites", "再加一个能省多少", "Sites +1: saves 4,800"),
        ("sites", "one more, how much would that save?", "Sites +1: saves 4,800"),
        ("sites", "多放一个能省多少", "Sites +1: saves 4,800"),
        ("rounds", "再加一个能省多少", "Staff +1"),
        ("rooms", "and one less?", "Rooms -1 (without Aspen)"),
        ("rooms", "what about one more?", "Rooms +1"),
        ("rosters", "少一个呢", "People -1"),
        ("spaces", "再加一个能省多少", "Rooms +1 (like 101"),
        ("spaces", "少一个会多花多少", "Rooms -1 (without"),
        ("limited", "再加一个能省多少", "Power limit of the site +10 %"),
    ],
)
def test_right_after_an_outcome_one_more_is_of_what_such_a_plan_is_made_of(
    house: House, user: str, text: str, told: str
) -> None:
    reply = talk(house, user, "方案结果怎么样", text)
    assert told in reply.text.en, reply.text.en


@pytest.mark.parametrize(
    ("user", "text", "told"),
    [
        ("rooms", "why isn't the review in Aspen", "'review' has 6 people, 'Aspen' holds 4"),
        ("rooms", "为什么review不在Birch", "already"),
        ("flows", "why isn't team 1 at 11:30?", "team 1 → Slot 11:30"),
        ("rounds", "为什么不让wang去poster", "already"),
        ("sites", "为什么不选D", "D → Chosen yes\" costs 10,450 more"),
        ("spaces", "为什么研发部不在2楼", "研发部 in the given place (2)"),
        ("spaces", "why isn't 财务部 on floor 2", "财务部 in the given place (2)"),
        ("spaces", "why is 财务部 not next to 测试部", "财务部, 测试部 adjacent"),
        ("devices", "why not start the fans at 6", "with 06:00–07:00 on"),
    ],
)  # fmt: skip
def test_why_not_is_answered_for_each_kind_of_plan(house: House, user: str, text: str, told: str) -> None:
    reply = talk(house, user, "方案结果怎么样", text)
    assert told in reply.text.en, reply.text.en


def test_changes_are_those_of_a_problem_with_just_that() -> None:
    content = json.dumps({**json.loads(find_problem_example("sites") or b""), "count": 2}).encode()
    kind = kind_of("sites")
    plan = make_plan(kind, kind.parse(content, "p.json"), Search(Stop(time_s=1)))
    one = make_plan(kind, kind.parse(find_problem_example("sites") or b"", "p.json"), Search(Stop(time_s=1)))
    assert (one.cost or 0) - (plan.cost or 0) == pytest.approx(4_800)
