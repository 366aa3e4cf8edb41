"""Rounds and flows asked in words: what is such a request, its card, its plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.test_device_planning_in_words import heard, talk
from tests.operations.test_site_plans import WITH_TEAMS

from yuanli.bootstrap import House
from yuanli.campus import Imported
from yuanli.operations import Kind, reread


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    opened = small_house(folder, Clock())
    campus = replace(WITH_TEAMS, id=CAMPUS)
    opened.places.add(Imported(campus=campus), who="test", why="teams", replace=True)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("安排今晚的巡逻路线", "device_schedule"), ("plan tonight's patrol", "guidance_tour"),
        ("帮我排一下3名保安的夜间巡更", "out_of_scope"), ("optimise the guard rounds", "security_event_query"),
        ("错开食堂午餐时间", "crowd_query"), ("stagger lunch so the canteen isn't full", "space_allocate"),
        ("上班时间错峰，电梯别排队", "guidance_nearest"),
        ("can we stagger arrivals at the north gate", "crowd_forecast"),
        ("Plan the cleaning rounds for tomorrow with 4 cleaners", "guidance_tour"),
        ("安排明天4个保洁的路线", "ticket_create"), ("规划一下快递派送路线", "guidance_route"),
        ("schedule the maintenance route on Monday", "guidance_tour"),
    ],
)  # fmt: skip
def test_words_for_rounds_and_flows_are_a_plan_of_people(text: str, intent: str) -> None:
    found = reread(heard(text, intent), None)
    assert (found.intent, found.find("event_name")) == ("space_allocate", text)


@pytest.mark.parametrize(
    "text",
    [
        "昨晚巡逻有什么事件", "who is on patrol", "食堂现在人多吗", "lunch at the canteen",
        "为什么昨天的巡逻路线这么长",
        "where is the north gate", "安排明天的会议室", "安排保洁打扫一下会议室", "please schedule a cleaner for A301",
    ],
)  # fmt: skip
def test_other_words_stay_what_they_are(text: str) -> None:
    asked = heard(text, "security_event_query")
    assert reread(asked, None) == asked


def test_a_card_says_what_is_optimised_and_a_yes_has_it_solved(house: House) -> None:
    asked, done = talk(house, "patrol", "安排今晚3名保安的巡逻路线", "确认")
    assert asked.move is Kind.CONFIRM
    for told in ("22:00–6:00", "3 人", "步行总时间最短", "顺序每天不同"):
        assert told in asked.text.zh
    assert "/plans/" in done.text.zh
    assert [job.kind for job in house.solving.list(CAMPUS)] == ["rounds"]


def test_other_rounds_are_called_so_and_planned_for_the_day_that_is_named(house: House) -> None:
    (reply,) = talk(house, "cleaning", "安排明天4个保洁的路线")
    assert reply.move is Kind.CONFIRM
    tomorrow = (Clock().now.astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)).strftime("%m-%d")
    assert f"{tomorrow} 8:00–18:00 保洁：4 人" in reply.text.zh
    assert "顺序每天不同" not in reply.text.zh


def test_where_nothing_is_known_of_the_people_it_is_told_and_members_plan_nothing(house: House) -> None:
    (reply,) = talk(house, "lunch", "错开room0-1午餐时间")
    assert reply.move is not Kind.CONFIRM
    assert "没有人来" in reply.text.zh or "不知道" in reply.text.zh
    (reply,) = talk(house, "member", "plan tonight's patrol", roles=frozenset({"member"}))
    assert reply.move is not Kind.CONFIRM
