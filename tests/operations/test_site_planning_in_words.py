"""Where shared things should go, asked in words: what is such a request, its card, its plan."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.test_device_planning_in_words import heard, talk
from tests.operations.test_site_plans import WITH_TEAMS
from tests.solving import LONGEST_S, solver_of

from yuanli.bootstrap import House
from yuanli.campus import Imported
from yuanli.language import Slot
from yuanli.operations import Kind, SiteGoal, reread
from yuanli.operations.answering.site_planning import things_of
from yuanli.operations.answering.site_words import Limits, find_things, limits_of
from yuanli.operations.dialogue.state import Filled, Request


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    opened = small_house(folder, Clock())
    campus = replace(WITH_TEAMS, id=CAMPUS)
    opened.places.add(Imported(campus=campus), who="test", why="teams", replace=True)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "slots", "item"),
    [
        ("在A座放3个急救箱，放哪里最好", {"place": "A座"}, "3个急救箱"),
        ("两台打印机应该放在哪里", {}, "两台打印机"),
        ("where should 4 lockers go", {}, "4 lockers"),
        (
            "where should we put two first-aid kits in block A?",
            {"destination": "block A"},
            "two first-aid kits",
        ),
        ("what is the best place for a vending machine", {}, "a vending machine"),
    ],
)
def test_words_for_places_of_things_are_a_plan_of_sites(text: str, slots: dict[str, str], item: str) -> None:
    found = reread(heard(text, "guidance_nearest", **slots), None)
    assert (found.intent, found.find("item")) == ("space_allocate", item)
    assert found.values("place") == tuple(slots.values())


@pytest.mark.parametrize(
    ("text", "language", "thing", "number", "limits"),
    [
        ("在园区放4个自动体外除颤器，任何人3分钟能到", "zh", "自动体外除颤器", 4, Limits(reach_min=3.0)),
        ("在B座放两台打印机，每台最多服务80人，放哪里最合适", "zh", "打印机", 2, Limits(capacity=80.0)),
        ("where should we put 3 lockers, each for at most 60 people?", "en", "lockers", 3, Limits(capacity=60.0)),
        ("where do two guard posts go so that nobody walks more than 5 minutes?", "en", "guard posts", 2,
         Limits(reach_min=5.0)),
        ("要让所有人2分钟内走到急救箱，至少要放几个", "zh", "急救箱", None, Limits(reach_min=2.0, goal=SiteGoal.ALL)),
        ("how many defibrillators do we need so everyone reaches one within 3 minutes?", "en", "defibrillators", None,
         Limits(reach_min=3.0, goal=SiteGoal.ALL)),
        ("让尽量多的人90秒内走到，2个饮水机放在哪里", "zh", "饮水机", 2, Limits(reach_min=1.5, goal=SiteGoal.COVER)),
        ("放2个充电桩，每个最多服务5人", "zh", "充电桩", 2, Limits(capacity=5.0)),
        ("install 3 lockers, each for at most 60 people", "en", "lockers", 3, Limits(capacity=60.0)),
        ("充电桩应该设在哪里，要6个", "zh", "充电桩", 6, Limits()),
        ("食堂建在哪里最好", "zh", "食堂", None, Limits()),
        ("where should printers go", "en", "printers", None, Limits()),
        ("3个AED放在哪里，坐轮椅半分钟能到", "zh", "AED", 3, Limits(reach_min=0.5, profile="wheelchair")),
        ("园区放3个AED，放哪里，500米以内", "zh", "AED", 3, Limits(metres="500米")),
    ],
)  # fmt: skip
def test_what_is_demanded_of_the_places_is_read(
    text: str, language: str, thing: str, number: int | None, limits: Limits
) -> None:
    found = find_things(text, language)
    assert found is not None
    assert (found.thing, found.known, found.number) == (thing, True, number)
    assert limits_of(text, language, number=number) == limits


@pytest.mark.parametrize(
    ("text", "language", "thing"),
    [
        ("where should 4 fishponds go", "en", "fishponds"),
        ("where should we put two ponds", "en", "ponds"),
        ("在A座放3个鱼塘，放哪里最好", "zh", "鱼塘"),
    ],
)
def test_what_cannot_be_placed_is_known_as_such(text: str, language: str, thing: str) -> None:
    found = find_things(text, language)
    assert found is not None
    assert (found.thing, found.known) == (thing, False)


def test_who_would_place_a_fishpond_is_told_what_can_be_placed(house: House) -> None:
    (reply,) = talk(house, "pond", "where should we put 2 fishponds in Block A")
    assert reply.move is not Kind.CONFIRM
    assert "'fishponds' is no facility" in reply.text.en
    assert "Lockers" in reply.text.en


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where should I go for a printer", "en"), ("急救箱放在哪里", "zh"), ("走到最近的打印机要几分钟", "zh"),
        ("book 3 meeting rooms for everyone for 30 minutes", "en"), ("where should 3 new teams go", "en"),
        ("给所有人预订3个会议室，30分钟", "zh"), ("加2个团队，每个12人", "zh"),
        ("安排5个会议室，每个坐10个人", "zh"), ("where can everyone park within 5 minutes", "en"),
    ],
)  # fmt: skip
def test_who_asks_for_something_else_places_nothing(text: str, language: str) -> None:
    assert find_things(text, language) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("哪里有储物柜", "guidance_nearest"), ("where are the 2 lifts", "guidance_nearest"),
        ("where is a printer", "guidance_nearest"), ("where should 4 people sit", "space_allocate"),
        ("最近的急救箱在哪里", "guidance_nearest"), ("where can I find two toilets", "guidance_nearest"),
    ],
)  # fmt: skip
def test_who_looks_for_a_thing_is_shown_the_way(text: str, intent: str) -> None:
    asked = heard(text, intent)
    assert reread(asked, None) == asked


def test_a_card_says_what_is_placed_and_a_yes_has_it_solved(house: House) -> None:
    asked, done = talk(house, "kits", "在A座放1个储物柜，放哪里最好", "确认")
    assert asked.move is Kind.CONFIRM
    assert "“储物柜”选 1 处" in asked.text.zh
    assert "50 人" in asked.text.zh
    assert "/plans/" in done.text.zh
    (job,) = house.solving.list(CAMPUS)
    assert (job.kind, job.name) == ("sites", "储物柜 · A座")


def test_a_card_tells_limits_that_were_said_in_full_width_digits(house: House) -> None:
    (asked,) = talk(house, "limits", "在A座放１个储物柜，任何人３分钟能到，每个服务１００人")
    assert asked.move is Kind.CONFIRM
    assert "每个人 3 分钟内走到。每处最多服务 100 人" in asked.text.zh


def test_too_few_are_told_instead_of_a_card(house: House) -> None:
    (reply,) = talk(house, "few", "在A座放2个储物柜，每个最多服务5人，放哪里最好")
    assert reply.move is not Kind.CONFIRM
    assert "共 10 人；这里有 50 人，至少要 10 处" in reply.text.zh


def test_members_place_nothing(house: House) -> None:
    (reply,) = talk(house, "member", "where should 1 lockers go", roles=frozenset({"member"}))
    assert reply.move is not Kind.CONFIRM
    assert len(house.solving.list(CAMPUS)) <= 1


@pytest.mark.parametrize(("item", "sites"), [("两台打印机", True), ("打印机", False), ("工位", False)])
def test_only_a_number_of_a_known_thing_is_placed(item: str, sites: bool) -> None:
    slot = Slot(type="item", text=item, start=0, end=len(item), value=item)
    request = Request(
        id=1, intent="space_allocate", text=item, language="zh", confidence=0.9, model="test", at=Clock().now,
        filled=(Filled(slot=slot),),
    )  # fmt: skip
    assert (things_of(request) is not None) is sites


def test_why_not_another_place_is_answered_by_what_it_would_cost(house: House) -> None:
    talk(house, "why", "在A座放1个储物柜，放哪里最好", "确认")
    job = house.solving.list(CAMPUS)[0]
    with solver_of(house):
        deadline = time.monotonic() + LONGEST_S
        while (found := house.solving.get(CAMPUS, job.id)).plan is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    rows = {str(row["site"]): row["chosen"] for row in found.plan.assignments}
    other = next(name for name, chosen in rows.items() if not chosen)
    there = next(name for name, chosen in rows.items() if chosen)
    reply, known = talk(house, "why", f"为什么不放在{other}", f"为什么不放在{there}")
    assert f"“{other} → 选中 是”" in reply.text.zh
    assert known.text.zh == f"方案里已选用“{there}”。"
