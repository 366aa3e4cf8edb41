"""Why a plan of devices is not otherwise, asked of the assistant in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.test_device_planning_in_words import heard

from yuanli.bootstrap import House
from yuanli.operations import Asker, Reply, SolveOrder, reread
from yuanli.operations.answering.device_wondering import says_on
from yuanli.operations.solving.wondering import tell_moves
from yuanli.planning import SPACES
from yuanli.scheduling import DEVICES
from yuanli.solver import Search, Stop, make_plan

HALL = [0] * 8 + [1] * 10 + [0] * 6
DOCUMENT: dict[str, Any] = {
    "kind": "devices", "slots": 24, "slot_minutes": 60, "begins_at": "2026-03-03T00:00:00+08:00",
    "price": [0.3] * 7 + [1.0] * 4 + [0.6] * 11 + [0.3] * 2, "zones": [{"name": "大厅", "demand": HALL}],
    "devices": [
        {"name": "冷机1", "power_kw": 20, "zone": "大厅", "service": 2},
        {"name": "冷机2", "power_kw": 30, "zone": "大厅", "service": 2, "start_cost": 1},
        {"name": "电动车", "power_kw": 7, "task": {"first": 0, "last": 23, "slots": 3}},
    ],
    "storages": [{"name": "蓄电池", "capacity": 50, "charge_kw": 10, "discharge": 10}],
    "drafted": {"wish": {"kind": "plant"}},
}  # fmt: skip
"""A day: a chiller that is on from 8 to 18 and a dearer one that isn't, a car and a battery, cheap nights."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = small_house(tmp_path_factory.mktemp("house"), Clock())
    content = json.dumps(DOCUMENT).encode()
    plan = make_plan(DEVICES, DEVICES.parse(content, "devices.json"), Search(Stop(time_s=2)))
    order = SolveOrder(kind="devices", name="明天冷源", file_name="devices.json", problem=content)
    opened.solving.keep(CAMPUS, order, plan, "boss")
    yield opened
    opened.close()


def ask(
    house: House, text: str, *, user: str = "boss", roles: tuple[str, ...] = ("member", "operator")
) -> Reply:
    return house.assistant.ask(
        text, Asker(campus_id=CAMPUS, user=user, roles=frozenset(roles), conversation=f"{user} {text}")
    )


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("为什么不把冷机2安排在傍晚运行？", "冷机2 on 17:00–19:00"),
        ("为啥清晨不先开二号冷机", "冷机2 on 05:00–08:00"),
        ("冷机1怎么不在13点到15点停", "冷机1 off 13:00–15:00"),
        ("how come chiller no. 2 isn't running from 9am to 11am", "冷机2 on 09:00–11:00"),
        ("why didn't you schedule chiller #2 for the afternoon", "冷机2 on 12:00–18:00"),
        ("why is chiller 1 switched on between 14:00 and 16:00?", "冷机1 off 14:00–16:00"),
        ("为何不等到23:00再给汽车充电", "电动车 on"),
    ],
)
def test_a_wish_in_words_is_solved_with_and_priced(house: House, text: str, wish: str) -> None:
    told = ask(house, text)
    assert wish in told.text.en, told.text.en
    assert "costs" in told.text.en
    assert "多花" in told.text.zh


def test_a_battery_is_charged_at_the_time_that_is_asked_for(house: House) -> None:
    told = ask(house, "why aren't the batteries topped up in the evening?").text
    assert "18:00–24:00" in told.en
    assert "蓄电池 takes 10 kW 18:00–23:00" in told.en
    assert "电动车" not in told.en
    free = ask(house, "为什么蓄电池不在凌晨充电").text
    assert "本来就是这样" in free.zh


def test_a_wish_for_many_is_told_by_the_first_and_how_many() -> None:
    rows = [{"device": f"fan{n}", "on": ""} for n in range(9)]
    wish = tell_moves(
        None, rows, {f"fan{n}": {"on": "0-1"} for n in range(9)}, moved_by="", zone=ZoneInfo("UTC")
    )
    assert wish.zh.endswith("等 9 项")
    assert wish.en.endswith("and 5 more")
    assert "fan4" not in wish.en
    told = tell_moves(None, [], {"gate": {"staff": None}}, moved_by="", zone=ZoneInfo("UTC"))
    assert told.en == "gate → Staff nobody"


def test_what_can_not_be_is_told_with_its_reason(house: House) -> None:
    told = ask(house, "为什么不让所有冷机在上午都关掉").text
    assert "大厅" in told.zh
    assert "不能" in told.zh


@pytest.mark.parametrize(
    ("text", "intent", "last", "meant"),
    [
        ("为什么中午要关掉新风", "device_off", None, True),
        ("why don't we ventilate at night", "device_on", None, True),
        ("干嘛不通宵开", "out_of_scope", "device_schedule", True),
        ("干嘛不通宵开", "out_of_scope", "parking_query", False),
        ("为什么昨晚空调没关", "energy_anomaly", None, False),
        ("why was the heating on last night", "energy_anomaly", None, False),
        ("A座空调为什么晚上老是报警", "service_repair", None, False),
        ("晚上空调为什么这么冷", "env_feedback", None, False),
        ("为什么会议室晚上订不了", "booking_query", None, False),
        ("明天晚上开空调", "device_schedule", None, False),
    ],
)
def test_only_why_of_a_plan_is_read_so(text: str, intent: str, last: str | None, meant: bool) -> None:
    asked = heard(text, intent)
    assert (reread(asked, last).intent == "space_info") is meant


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("为什么不开", True), ("为什么不关", False), ("为什么要开", False), ("为什么要关", True),
        ("why is it off", True), ("why isn't it off", False), ("why not on", True), ("why is it running", False),
    ],
)  # fmt: skip
def test_on_and_off_are_read_with_their_negation(text: str, on: bool) -> None:
    assert says_on(text) is on


def test_who_may_not_plan_and_who_has_no_plan_are_told(house: House) -> None:
    text = "为什么不在晚上开冷机2"
    assert "没有做过方案" in ask(house, text, user="other").text.zh
    assert ask(house, text, roles=("member",)).error is not None
    assert "没有您问的设备" in ask(house, "为什么晚上不开灯").text.zh


def test_a_time_outside_what_can_be_read_is_asked_for(house: House) -> None:
    assert "什么时间" in ask(house, "冷机2为什么不早点开").text.zh


def test_a_team_that_is_named_is_asked_of_the_plan_in_which_it_sits(tmp_path: Path) -> None:
    house = small_house(tmp_path, clock := Clock())
    rooms = [{"name": name, "capacity_m2": 20, "floor": name[0]} for name in ("101", "201")]
    teams = [{"name": name, "need_m2": 18, "headcount": 2} for name in ("研发部", "财务部")]
    content = json.dumps({"rooms": rooms, "entities": teams}).encode()
    plan = make_plan(SPACES, SPACES.parse(content, "p.json"), Search(Stop(time_s=None, rounds=2)))
    for kind, data, made in (("spaces", content, plan), ("devices", json.dumps(DOCUMENT).encode(), None)):
        order = SolveOrder(kind=kind, name=kind, file_name="p.json", problem=data)
        found = made or make_plan(DEVICES, DEVICES.parse(data, "p.json"), Search(Stop(time_s=1)))
        house.solving.keep(CAMPUS, order, found, "boss")
        clock.forward(60)
    told = ask(house, "为什么不把研发部和财务部放在一层").text.zh
    house.close()
    assert "“研发部" in told, told
