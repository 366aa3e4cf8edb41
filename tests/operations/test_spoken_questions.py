"""What people say beside the plain question: places that are none, words for all of a kind, what waits, what was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import resources

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.commanding import Loopback
from tests.operations.test_answering import ask, park, write_weeks
from tests.operations.twins import tell

from yuanli.bootstrap import House
from yuanli.campus import DataPoint, FeatureId, Geofence, Imported, PointId
from yuanli.errors import Text
from yuanli.language import Slot, Understanding, language_of
from yuanli.operations import OrderState, RoomSize, SizeCurve, SizeThing, reread
from yuanli.operations.answering.how_many import thing_asked
from yuanli.operations.answering.usage import told_sizes
from yuanli.operations.replies import Reply


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[House]:
    """The small building with two car parks, the second underground; yesterday one of them was nearly full."""
    house = small_house(tmp_path_factory.mktemp("spoken"), clock)
    campus = park()
    cars, free = FeatureId("p2"), PointId(FeatureId("p2-free"))
    second = Geofence(
        id=cars, category="parking", name={"zh": "东停车场", "en": "East car park"},
        geometry=campus.get("p1", Geofence).geometry,
    )  # fmt: skip
    point = DataPoint(id=free, brick_class="Parking_Free_Count_Sensor", space_id=cars)
    house.places.add(
        Imported(campus=campus.with_features({cars: second, free: point}, campus.revision)),
        who="test", why="test", replace=True,
    )  # fmt: skip
    write_weeks(house, clock.now)
    for hours, p1, p2 in ((22, 40, 30), (21, 3, 1), (20, 25, 10)):
        tell(
            house,
            clock.now - timedelta(hours=hours),
            {"p1-free": p1, "p2-free": p2, "t00": 30.0, "t01": 18.0},
        )
    tell(house, clock.now, {
        "t00": 23.4, "sp00": 24.0, "cmd00": 1, "t10": 77, "n01": 3, "t01": 21, "p1-free": 12, "p2-free": 8,
        "lamp-00-st": 0, "lamp-01-st": 0, "lamp-10-st": 0, "pwA": 40,
    })  # fmt: skip
    house.device_gateways.add("bus", Loopback(), campus_id=CAMPUS)
    yield house
    house.close()


def said(reply: Reply, language: str) -> str:
    return reply.text.zh if language == "zh" else reply.text.en


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("停车场还有多少空位", "共有 20 个空车位"),
        ("还有车库能停车吗", "共有 20 个空车位"),
        ("parking lot availability", "20 parking spaces are free"),
        ("哪个停车场最空", "地面停车场最空（12 个空车位）"),
        ("which car park is the fullest", "East car park is the fullest (8 free)"),
        ("东停车场还有车位吗", "东停车场现在有 8 个空车位"),
        ("昨天停车场满了吗", "空车位最少时"),
        ("明天早上停车场会满吗", "还不能预测"),
        ("哪台设备最费电", "kWh"),
        ("2099年用了多少电", "14 天"),
        ("哪些房间超过23度", "100室"),
        ("rooms above 23 degrees", "Room 100"),
        ("100室热不热", "23.4 °C"),
        ("昨天哪个房间最热", "平均温度最高的是A座 1层 100室（30 °C）"),
        ("昨天100室最高温度是多少", "最高 30 °C"),
        ("200室现在有几个人", "3 人"),
    ],
)
def test_what_is_said_of_all_of_a_kind_or_of_another_time(house: House, text: str, told: str) -> None:
    reply = ask(house, text)
    assert told in said(reply, "en" if text.isascii() else "zh"), reply.text


@pytest.mark.parametrize(
    "text",
    [
        "Q座用了多少电", "turn off the lights in building Q", "Q座的灯关掉", "A座999室现在多少度",
    ],
)  # fmt: skip
def test_a_place_that_is_only_called_alike_is_not_taken_for_the_one_that_was_named(
    house: House, text: str
) -> None:
    assert ask(house, text).error == "place_not_found"


@pytest.mark.parametrize(("text", "language"), [("Q座用了多少电", "zh"), ("power use of building Q", "en")])
def test_a_building_that_is_not_there_suggests_buildings(house: House, text: str, language: str) -> None:
    reply = said(ask(house, text), language)
    assert ("A座" if language == "zh" else "Block A") in reply, reply


@pytest.mark.parametrize(
    ("text", "language"), [("地下车库还有位子吗", "zh"), ("is there space in the underground car park", "en")]
)
def test_only_car_parks_underground_are_told_where_that_is_asked(
    house: House, text: str, language: str
) -> None:
    reply = said(ask(house, text), language)
    assert ("地下没有车位数据" if language == "zh" else "No underground car park") in reply, reply


@pytest.mark.parametrize(
    ("there", "zh", "en"), [(3, "够用：", "There are enough:"), (1, "不够：", "too few")]
)
def test_enough_rooms_are_told_by_how_many_are_needed(there: int, zh: str, en: str) -> None:
    size = RoomSize(
        seats=8, number=there, larger=there, bookings=50, at_once=2, enough=2, chances=(0.3, 0.04)
    )
    curve = SizeCurve(
        thing=SizeThing.ROOMS, chances=size.chances, number=there, enough=2, method=Text("", ""),
        sources=(Text("近 4 周。", "The last 4 weeks."),), sizes=(size,),
    )  # fmt: skip
    told = told_sizes(curve)
    assert (zh in told.zh, en in told.en) == (True, True), told
    assert (f"需要 2 间，现有 {there} 间" in told.zh, f"2 are needed, {there} are there" in told.en) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("text", "value", "time"),
    [("set A301 to 23 from 8 to 10", "23", "8 to 10"), ("8点到10点把A301调到23度", "23度", "8点到10点")],
)
def test_a_number_that_a_room_is_set_to_at_a_time_is_its_temperature(
    text: str, value: str, time: str
) -> None:
    slots = tuple(
        Slot(type=kind, text=words, start=text.index(words), end=text.index(words) + len(words), value=words)
        for kind, words in (("place", "A301"), ("value", value), ("time", time))
    )
    heard = Understanding(
        text=text,
        language=language_of(text),
        intent="device_schedule",
        confidence=0.6,
        slots=slots,
        model="test",
    )
    assert reread(heard, None).find("device_type") in ("空调", "air conditioning")
    assert reread(replace(heard, intent="device_set"), None).find("attribute") in (
        "温度",
        "temperature",
        "度",
    )


def test_an_unknown_meter_is_told_as_such(house: House) -> None:
    reply = ask(house, "A座电表EM-9999昨天用了多少电")
    assert "EM-9999" in reply.text.zh
    assert "日期" not in reply.text.zh


def test_two_questions_of_one_family_are_not_asked_apart(house: House) -> None:
    assert ask(house, "今天有多少人来园区").options == ()


@pytest.mark.parametrize(
    "text", ["等200室人都走了再关灯", "turn off the lights in room 200 after everyone leaves"]
)
def test_a_command_waits_though_all_is_off_by_now(house: House, text: str) -> None:
    assert "10 分钟" in ask(house, text, talk=text).text.zh
    noted = ask(house, "是" if "等" in text else "yes", talk=text)
    order = house.standing.list(CAMPUS)[0]
    until = order.until + timedelta(hours=8)
    assert (order.state, f"{until:%H:%M}" in noted.text.zh) == (OrderState.WAITING, True), noted.text


def test_all_that_can_be_switched_is_a_scene_and_warmer_is_of_the_temperature(
    house: House, clock: Clock
) -> None:
    tell(house, clock.now, {"lamp-00-st": 1})
    assert "全" in ask(house, "turn off everything in room 100", talk="all").text.zh
    assert "温度调高 1 °C" in ask(house, "make room 100 a bit warmer", talk="warm").text.zh


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("上周哪栋楼用电最多", "A座呢", "A座上周"),
        ("A座昨天用了多少电", "那上周呢", "A座上周"),
        ("how much electricity did block A use yesterday", "what about last week", "last week"),
        ("A座2楼现在多少人", "昨天下午三点呢", "A座 2层"),
        ("200室现在有几个人", "昨天呢", "200室昨天"),
        ("100室现在多少度", "那101室呢", "101室现在温度 25 °C"),
    ],
)
def test_a_few_words_ask_the_last_question_of_another_place_or_time(
    house: House, first: str, then: str, told: str
) -> None:
    ask(house, first, talk=first + then)
    reply = ask(house, then, talk=first + then)
    assert told in said(reply, "en" if then.isascii() else "zh"), (reply.text, reply.heard)


def test_who_may_not_command_is_not_asked_what_to_change(house: House) -> None:
    reply = ask(house, "打开100室的灯", roles=frozenset({"member"}), talk="tenant")
    assert (reply.error, reply.options, "改哪" in reply.text.zh) == ("not_allowed", (), False)


def test_a_mode_is_no_step_of_the_temperature(house: House) -> None:
    reply = ask(house, "100室空调设成制冷", talk="mode")
    assert "制冷" in reply.text.zh
    assert "调低 1" not in reply.text.zh


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("工位够用吗", SizeThing.DESKS), ("How many desks do we need?", SizeThing.DESKS),
        ("200人需要多少工位", SizeThing.DESKS), ("我们需要几间会议室", SizeThing.ROOMS),
        ("两百人要配几个厕所", SizeThing.TOILETS), ("are there enough lifts in tower B?", SizeThing.LIFTS),
        ("需要多少车位", SizeThing.PARKING), ("停车位够不够", None), ("A座到停车场需要多少时间", None),
        ("停车位要多少钱", None), ("电梯坏了几部", None), ("给20人的团队找够用的工位", None), ("工位有多少", None),
    ],
)  # fmt: skip
def test_it_is_read_of_what_the_number_is_asked(text: str, thing: SizeThing | None) -> None:
    heard = Understanding(
        text=text, language="zh", intent="faq_policy", confidence=0.5, slots=(), alternatives=(), model="test"
    )
    assert thing_asked(heard) is thing


def test_the_number_that_is_needed_is_told_with_what_it_is_reckoned_from(house: House) -> None:
    told = ask(house, "200人需要多少工位")
    assert told.understanding is not None
    assert told.understanding.intent == "space_utilization"
    assert "个工位，不够的概率至多 5%" in said(told, "zh")
    assert "人数为填写值" in said(told, "zh")
    assert "enough, short with a chance of at most 5%" in said(
        ask(house, "how many desks do 80 people need?"), "en"
    )
    assert "请选一栋楼" in said(ask(house, "电梯够用吗"), "zh")


def test_a_confirmation_of_nothing_is_told_so(house: House) -> None:
    assert said(ask(house, "确认"), "zh") == "现在没有等您确认的事。"


def test_no_list_of_words_is_told_twice() -> None:
    told = resources.files("yuanli.operations.answering").joinpath("words.yaml").read_text("utf-8")
    names = re.findall(r"^([\w']+):", told, re.MULTILINE)
    assert len(names) == len(set(names))
