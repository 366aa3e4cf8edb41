"""When devices shall run at least cost, asked in words: what is such a request, its card, its answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.commanding import fitted_campus

from yuanli.bootstrap import House
from yuanli.campus import Imported
from yuanli.language import Slot, Understanding, language_of
from yuanli.operations import Asker, Kind, Reply, reread
from yuanli.operations.answering.device_planning import told_plan
from yuanli.operations.answering.device_wishes import comfort_in
from yuanli.operations.device_plans.climates import band_from
from yuanli.scheduling import DEVICES
from yuanli.solver import Search, Stop, make_plan

OPERATOR = frozenset({"member", "operator"})


def heard(text: str, intent: str, **slots: str) -> Understanding:
    given = tuple(
        Slot(type=kind, text=value, start=text.index(value), end=text.index(value) + len(value), value=value)
        for kind, value in slots.items()
    )
    return Understanding(
        text=text, language=language_of(text), intent=intent, confidence=0.6, slots=given, model="test"
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    opened = small_house(folder, Clock())
    opened.places.add(Imported(campus=fitted_campus()), who="test", why="devices", replace=True)
    yield opened
    opened.close()


def talk(house: House, name: str, *turns: str, roles: frozenset[str] = OPERATOR) -> list[Reply]:
    asker = Asker(campus_id=CAMPUS, user="boss", roles=roles, conversation=name)
    return [house.assistant.ask(text, asker) for text in turns]


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("安排明天的空调最省钱", "device_schedule", {"date": "明天", "device_type": "空调"}),
        ("plan tomorrow's air conditioning at least cost", "crowd_forecast", {"date": "tomorrow"}),
        ("明天A座的风机怎么开最省电", "out_of_scope", {"date": "明天", "place": "A座"}),
        ("明天B座空调怎么排最便宜", "crowd_forecast", {"metric": "空调", "place": "B座", "date": "明天"}),
        ("帮我优化一下今天的空调运行", "out_of_scope", {}),
        ("明天的设备怎么开最省电", "energy_anomaly", {"date": "明天"}),
        ("明天A座按最少碳排放安排设备", "energy_query", {"place": "A座", "date": "明天"}),
        ("8点前降到26度，怎么开最省", "device_schedule", {"time": "8点前", "value": "26度"}),
        ("明天空调怎么开最省，但冷水机必须一直开着", "device_schedule", {"date": "明天", "device_type": "空调"}),
        ("今晚电动车怎么充最划算", "out_of_scope", {}),
        ("明天用电高峰能不能削一削", "energy_anomaly", {"date": "明天"}),
        ("can you shave the peak tomorrow", "energy_forecast", {"date": "tomorrow"}),
        ("charge the cars as cheaply as you can tonight", "parking_query", {"time": "tonight"}),
        ("what is the cheapest way to run the AC in block A tomorrow", "guidance_route", {"destination": "block A"}),
    ],
)  # fmt: skip
def test_words_for_least_cost_are_a_plan_of_devices(text: str, intent: str, slots: dict[str, str]) -> None:
    found = reread(heard(text, intent, **slots), None)
    assert (found.intent, found.confidence) == ("device_schedule", 0.9)
    assert all(found.find(kind) for kind in ("device_type", "date", "rank"))
    assert (found.find("place") is None) is not any(key in slots for key in ("place", "destination"))


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("每天22:00关闭A座的灯", "device_schedule", {"frequency": "每天", "time": "22:00"}),
        ("明天8点打开A座空调", "device_schedule", {"time": "8点", "date": "明天"}),
        ("哪台空调最省电", "energy_compare", {}),
        ("昨天A座空调用了多少电", "energy_query", {"date": "昨天"}),
        ("今天排风最省电的楼是哪座", "energy_compare", {}),
        ("关掉A座空调省电", "device_off", {"device_type": "空调"}),
        ("how much did running the air conditioning cost", "energy_query", {}),
        ("plan the seating of tower B, as cheap as possible", "space_allocate", {}),
    ],
)
def test_a_command_at_a_time_and_a_question_stay_what_they_are(
    text: str, intent: str, slots: dict[str, str]
) -> None:
    asked = heard(text, intent, **slots)
    assert reread(asked, None) == asked


@pytest.mark.parametrize(
    ("text", "intent", "meant"),
    [
        ("哪个会议室最紧张", "space_info", "space_utilization"),
        ("有多少预订没人来", "booking_query", "space_utilization"),
        ("A101最近用得多吗", "guidance_nearest", "space_utilization"),
        ("which room is the hardest to get", "crowd_query", "space_utilization"),
        ("do we have enough meeting rooms", "booking_search", "space_utilization"),
        ("Which rooms could we give up?", "space_allocate", "space_utilization"),
        ("哪些房间可以腾出来", "booking_search", "space_utilization"),
        ("各楼层怎么排座最省租金", "space_utilization", "space_allocate"),
        ("天籁声学和洛书量化相邻", "guidance_locate", "space_allocate"),
        ("让市场部和财务部坐在一起", "guidance_locate", "space_allocate"),
        ("A座和B座相邻吗", "guidance_locate", "guidance_locate"),
        ("how busy is the canteen", "crowd_query", "crowd_query"),
        ("我有哪些预订", "booking_query", "booking_query"),
    ],
)
def test_use_of_rooms_and_who_sits_together_are_read(text: str, intent: str, meant: str) -> None:
    assert reread(heard(text, intent), None).intent == meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("今晚3辆车每辆充30度，22点到6点，怎么充最省", "3 辆车，每辆 30 kWh、7 kW，22:00 到 06:00 停放"),
        ("charge 3 cars tonight as cheaply as possible, 30 kWh each", "3 cars, 30 kWh and 7 kW each, there from 18:00"),
        ("明天空调怎么开最省，但冷水机必须一直开着", "冷热源不在本方案内，方案不会关它"),
        ("plan tomorrow's air conditioning at least cost but keep the air conditioning on", "stay on all the time"),
    ],
)  # fmt: skip
def test_cars_and_what_stays_on_are_on_the_card(house: House, text: str, told: str) -> None:
    (card,) = talk(house, text, text)
    assert (card.move, card.understanding.intent) == (Kind.CONFIRM, "device_schedule"), card.text
    assert told.casefold() in f"{card.text.zh}{card.text.en}".casefold(), card.text


@pytest.mark.parametrize(
    ("text", "day", "stay"),
    [
        ("给10辆车充电，7点前充满", "今晚", "18:00 到 07:00"),
        ("前7点把5辆车充满", "今晚", "18:00 到 07:00"),
        ("给8台电动车充电，明早六点半前要走", "今晚", "18:00 到 06:30"),
        ("charge 5 cars before 7", "tonight", "18:00 to 07:00"),
        ("charge 6 EVs by 6:30 tomorrow", "tonight", "18:00 to 06:30"),
        ("明天下午5点前把20辆电动车充满", "明天", "08:00 到 17:00"),
        ("charge 12 cars, done by 5 pm", "tomorrow", "08:00 to 17:00"),
    ],
)
def test_by_when_cars_are_charged_is_when_they_leave(house: House, text: str, day: str, stay: str) -> None:
    asked = reread(heard(text, "out_of_scope"), None)
    assert (asked.intent, asked.find("date")) == ("device_schedule", day)
    (card,) = talk(house, text, text)
    assert stay in card.text.zh + card.text.en


@pytest.mark.parametrize(
    "text", ["充电桩8点前能用吗", "关掉3台充电桩", "can I charge my car before 7?", "充电桩坏了，8点前修好"]
)
def test_a_question_about_charging_and_a_switch_are_no_plan_of_cars(text: str) -> None:
    assert reread(heard(text, "out_of_scope"), None).intent == "out_of_scope"


def test_a_temperature_by_a_time_after_a_comma_is_a_part_of_the_plan(house: House) -> None:
    text = "A座空调怎么开最省，明天8点前降到26度"
    replies = talk(house, "comma", text)
    assert replies[0].move in (Kind.CONFIRM, Kind.CHANGE)
    assert len(replies[0].why) == 1
    assert replies[0].understanding.text == text


@pytest.mark.parametrize(
    ("text", "low", "high", "by", "day"),
    [
        ("明天8点前降到24度，空调怎么开最省", 22, 24, "08:00", "tomorrow"),
        ("cool block A to 24 by 8 am as cheaply as possible", 22, 24, "08:00", "tomorrow"),
        ("晚上7点半前加热到20度，怎么开最省", 20, 22, "19:30", "today"),
        ("heat the hall to 20 by 19:30 as cheaply as possible", 20, 22, "19:30", "today"),
    ],
)
def test_a_temperature_by_a_time_is_a_band_from_then_on(
    text: str, low: float, high: float, by: str, day: str
) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    now = datetime(2026, 3, 2, 15, tzinfo=zone)
    found = comfort_in(text, language=language_of(text), now=now, zone=zone)
    assert found is not None
    assert (found.low_c, found.high_c, found.by, found.day) == (low, high, by, day)
    assert reread(heard(text, "device_set"), None).intent == "device_schedule"


def test_a_room_is_in_its_band_from_the_time_that_was_said() -> None:
    times = ["06:00", "07:00", "08:00", "09:00", "10:00"]
    opens_late, opens_early = (np.array([t >= at for t in times]) for at in ("09:00", "06:00"))
    assert band_from("08:00", times, opens_late).tolist() == [False, False, True, True, True]
    assert band_from("08:00", times, opens_early).tolist() == [False, False, True, True, True]
    assert band_from("08:00", times, np.zeros(5, np.bool_)).tolist() == [False, False, True, False, False]


def test_cars_charge_past_midnight_until_they_leave(house: House) -> None:
    _, done = talk(house, "cars", "今晚3辆车每辆充30度，怎么充最省", "是的")
    assert "/plans/" in done.text.zh
    job = next(one for one in house.solving.list(CAMPUS) if "充电" in one.name)
    order = house.solving.problem(CAMPUS, job.id)
    problem = DEVICES.parse(order.problem, order.file_name)
    assert [one.task is not None for one in problem.devices] == [True] * 3
    assert max(one.task.last for one in problem.devices if one.task) == problem.slots - 1


def test_how_many_cars_is_asked_where_nothing_tells(house: House) -> None:
    (reply,) = talk(house, "unknown", "今晚电动车怎么充最划算")
    assert "充电桩" in reply.text.zh


def test_too_many_cars_are_refused(house: House) -> None:
    (reply,) = talk(house, "many", "今晚900000000辆车怎么充最划算")
    assert "最多 500 辆" in reply.text.zh


def test_the_card_tells_what_is_optimised_and_the_answer_what_it_saves(house: House) -> None:
    card, done = talk(house, "zh", "安排明天的空调最省钱", "是的")
    assert (card.move, card.understanding.intent) == (Kind.CONFIRM, "device_schedule")
    for said in ("2 台设备", "电费与启动费用最低", "假设：", "需在方案页批准"):
        assert said in card.text.zh
    assert done.move is Kind.ACT
    (job,) = (one for one in house.solving.list(CAMPUS) if "空调" in one.name)
    assert f"/plans/{job.id}" in done.text.en
    assert "The bound is" in done.text.en
    assert house.solving.get(CAMPUS, job.id).plan is not None
    assert house.plan_runs.list(CAMPUS) == (), "nothing is carried out before it is approved"


def test_another_day_and_a_member_are_refused(house: House) -> None:
    (later,) = talk(house, "later", "安排3月9日的空调怎么开最省钱")
    assert "今天或明天" in later.text.zh
    (member,) = talk(house, "member", "安排明天的空调最省钱", roles=frozenset({"member"}))
    assert member.error == "forbidden" or member.move is not Kind.CONFIRM


def test_cost_saving_and_bound_are_told_as_worked_by_hand() -> None:
    """One device of 2 kW is needed in the two cheap hours of four; usually it runs in all: 2·(1+1) and 2·(1+1+3+3)."""
    document = {
        "kind": "devices", "slots": 4, "slot_minutes": 60, "begins_at": "2026-03-03T00:00:00+08:00",
        "price": [1, 1, 3, 3], "zones": [{"name": "hall", "demand": [100, 100, 0, 0]}],
        "devices": [{"name": "fan", "device_id": "fan", "power_kw": 2, "zone": "hall", "service": 100}],
        "drafted": {"usual": {"fan": "0-3"}},
    }  # fmt: skip
    problem = DEVICES.parse(json.dumps(document).encode(), "devices.json")
    told = told_plan(problem, make_plan(DEVICES, problem, Search(Stop(time_s=2, gap=0.0))), "CNY")
    assert told.en == (
        "Planned: energy and starts cost 4.00 CNY, as usual 16.00: 75.0% less. "
        "The bound is 4.00: no plan can be cheaper by more than 0.0%."
    )
    assert "平常运行 16.00，节省 75.0%" in told.zh
