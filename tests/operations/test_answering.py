"""The assistant answers from meters, sensors and counters, and commands devices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import pi
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.commanding import Loopback
from tests.operations.twins import tell, twin_campus

from yuanli.bootstrap import House
from yuanli.campus import (
    Campus,
    DataPoint,
    Device,
    DeviceId,
    FeatureId,
    Geofence,
    Imported,
    PointId,
    Unit,
)
from yuanli.operations import Asker, OrderState, PlaceMap, Reply
from yuanli.operations.answering.vocabulary import named_in, says
from yuanli.telemetry import Readings

OPERATOR = frozenset({"member", "operator"})
MEMBER = frozenset({"member"})
LAMPS = {"lamp-00": "room0-0", "lamp-01": "room0-1", "lamp-10": "room1-1"}


def park() -> Campus:
    """Return the small building with lamps, a canteen's counter, a second building's meter and a car park."""
    campus = twin_campus()
    features: dict[FeatureId, Device | DataPoint | Geofence] = {}
    for name, room in LAMPS.items():
        device = DeviceId(FeatureId(name))
        features[device] = Device(
            id=device,
            brick_class="Luminaire",
            name={"zh": f"{room}顶灯", "en": f"{room} lamp"},
            space_id=FeatureId(room),
        )
        for end, brick in (("sw", "On_Off_Command"), ("st", "On_Off_Status")):
            point = PointId(FeatureId(f"{name}-{end}"))
            features[point] = DataPoint(
                id=point, brick_class=brick, device_id=device, space_id=FeatureId(room), low=0, high=1
            )
    cars = FeatureId("p1")
    called = {"zh": "地面停车场", "en": "Ground car park"}
    shape = campus.get("room0-0", Unit).geometry
    features[cars] = Geofence(id=cars, category="parking", name=called, geometry=shape)
    for name, brick, kind, unit, at in (
        ("db00", "Sensor_Equipment", "Sound_Level_Sensor", "dB(A)", FeatureId("room0-0")),
        ("haze", "Weather_Station", "PM2.5_Level_Sensor", "µg/m³", None),
    ):
        device = DeviceId(FeatureId(f"{name}-device"))
        features[device] = Device(id=device, brick_class=brick, name={}, space_id=at)
        point = PointId(FeatureId(name))
        features[point] = DataPoint(id=point, brick_class=kind, device_id=device, space_id=at, unit=unit)
    free = PointId(FeatureId("p1-free"))
    features[free] = DataPoint(id=free, brick_class="Parking_Free_Count_Sensor", space_id=cars)
    return campus.with_features(features, campus.revision)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[House]:
    """A week of hours of people and energy, and what sensors say now (Monday, 10:00)."""
    house = small_house(tmp_path_factory.mktemp("answers"), clock)
    house.places.add(Imported(campus=park()), who="test", why="test", replace=True)
    write_weeks(house, clock.now)
    tell(house, clock.now, {
        "t00": 23.4, "sp00": 24.0, "cmd00": 1, "co200": 1240, "h00": 41, "t10": 77, "n01": 7, "t01": 21,
        "lamp-00-st": 1, "lamp-01-st": 0, "lamp-10-st": 1, "p1-free": 12, "pwA": 40, "db00": 58, "haze": 80,
    })  # fmt: skip
    gateway = Loopback()
    house.device_gateways.add("bus", gateway, campus_id=CAMPUS)
    yield house
    house.close()


def write_weeks(house: House, now: datetime) -> None:
    """Write 28 days: an energy register that grows by day more than by night, and people in room 200."""
    hours = 28 * 24
    start = now - timedelta(hours=hours)
    at = (int(start.timestamp()) + 3600 * np.arange(hours + 1)).astype(np.int64) * 1_000_000
    local = (np.arange(hours + 1) + (start.hour + 8)) % 24
    people = np.maximum(0, 40 * np.sin(pi * (local - 7) / 12)) * ((local > 7) & (local < 19))
    energy = 1000 + np.cumsum(10 + 20 * ((local > 8) & (local < 19)))
    for point, values in (("n01", people), ("kwhA", energy.astype(float))):
        number = house.readings.number_points(CAMPUS, [PointId(FeatureId(point))])[0]
        count = len(at)
        house.readings.write(
            Readings(
                point=np.full(count, number, np.int32), at=at, value=values, received=at + 1_000_000,
                told=np.zeros(count, np.uint8),
            )
        )  # fmt: skip


def ask(house: House, text: str, roles: frozenset[str] = OPERATOR, talk: str | None = None) -> Reply:
    return house.assistant.ask(text, Asker(campus_id=CAMPUS, user="operator", roles=roles, conversation=talk))


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("A座昨天用了多少电", "kWh", "kWh"),
        ("how much electricity did block A use last week", "kWh", "last week"),
        ("现在A座的用电功率是多少", "40 kW", "40 kW"),
        ("上周哪栋楼用电最多", "A座", "Block A"),
        ("哪栋楼现在用电最多", "现在用电功率最大的是A座（40 kW）", "The most power now is drawn by Block A (40 kW)."),
        ("功率最大的五台设备", "过去一小时平均用电功率最大的是", "The most mean power of the last hour is drawn by"),
        ("上周哪栋楼电费最高", "费用最高的是A座（", "most cost 23 Feb – 1 Mar: Block A ("),
        ("which building had the highest carbon emissions last week", "排放最高的是A座（", "Mar): Block A ("),
        ("which building uses most power now", "最大的是A座（40 kW）", "drawn by Block A (40 kW)"),
        ("今天到现在哪栋楼用电最多", "kWh", "kWh"),
        ("A座这周用电比上周多多少", "kWh", "kWh"),
        ("这个月电费多少", "示例", "example"),
        ("本月碳排放是多少", "kg", "kg"),
        ("100室现在多少度", "23.4 °C", "23.4 °C"),
        ("哪些房间的二氧化碳超过1000", "100室", "Room 100"),
        ("which room is the warmest", "101室", "Room 101"),
        ("which rooms are too hot now", "高于 26 °C", "above 26 °C"),
        ("哪些房间太冷", "低于 18 °C", "below 18 °C"),
        ("有没有房间CO2超标", "高于 1,000 ppm的有：A座 1层 100室", "above 1,000 ppm: Room 100"),
        ("100室现在吵不吵", "58 dB（有些吵）", "58 dB (rather loud)"),
        ("where is it quiet right now", "噪声最低的是", "noise is lowest in"),
        ("外面空气怎么样", "室外现在PM2.5 80 µg/m³（轻度污染）", "80 µg/m³ (lightly polluted)"),
        ("哪些设备坏了", "没有上报故障的", "none in fault"),
        ("200室现在有多少人", "7 人", "7 people"),
        ("明天200室什么时候人最多", "最挤", "busiest"),
        ("上周200室人流高峰是什么时候", "最多", "fullest"),
        ("100室的空调开着吗", "开着", "on"),
        ("A座的灯都关了吗", "开着 2 台", "2 on"),
        ("还有多少车位", "12", "12"),
        ("are there free parking spaces", "12", "12"),
    ],
)  # fmt: skip
def test_questions_are_answered_with_figures(house: House, text: str, zh: str, en: str) -> None:
    reply = ask(house, text)
    assert reply.error is None, reply.text
    assert (zh in reply.text.zh, en in reply.text.en) == (True, True), reply.text


@pytest.mark.parametrize(
    "text", ["A座昨天用了多少电", "100室现在多少度", "明天200室什么时候人最多", "上周哪栋楼用电最多"]
)
def test_answers_come_with_a_chart(house: House, text: str) -> None:
    charts = [card.chart for card in ask(house, text).cards if card.kind == "chart"]
    (chart,) = charts
    assert chart is not None
    for line in chart.lines:
        assert len(line.values) == max(len(chart.times), len(chart.names))


def test_yesterday_is_the_sum_of_its_hours(house: House) -> None:
    reply = ask(house, "A座昨天用了多少电")
    assert "440 kWh" in reply.text.zh  # 14 hours at 10 and 10 at 30


@pytest.mark.parametrize(
    "text", ["A座昨天用了多少电", "100室现在多少度", "100室的空调开着吗", "200室现在有多少人"]
)
def test_visitors_are_asked_to_sign_in(house: House, text: str) -> None:
    reply = ask(house, text, frozenset())
    assert (reply.error, "登录" in reply.text.zh, reply.cards) == ("forbidden", True, ())


def test_what_it_costs_is_for_operators(house: House) -> None:
    assert ask(house, "这个月电费多少", MEMBER).error == "forbidden"


def test_a_place_without_a_sensor_is_told_as_such(house: House) -> None:
    reply = ask(house, "103室现在多少度")
    assert ("没有" in reply.text.zh, "no sensor" in reply.text.en, reply.cards) == (True, True, ())


def test_discomfort_is_answered_by_what_is_measured_and_what_can_be_done(house: House) -> None:
    reply = ask(house, "100室太热了")
    assert ("23.4" in reply.text.zh, "调低" in reply.suggestions[0].zh) == (True, True)


def test_a_car_or_a_fee_is_not_known(house: House) -> None:
    assert "查不到" in ask(house, "我的车停在哪里").text.zh


def test_a_scene_needs_a_place(house: House) -> None:
    asked = ask(house, "开启节能模式", talk="scene")
    assert (asked.asks, "哪里" in asked.text.zh) == ("place", True)


def test_devices_are_switched_after_they_are_shown_and_confirmed(house: House) -> None:
    shown = ask(house, "把100室的灯关了", talk="off")
    assert (shown.pending is not None, shown.move.value) == (True, "confirm")
    gateway = house.device_gateways.find("bus")
    assert isinstance(gateway, Loopback)
    assert "lamp-00-sw" not in gateway.values
    done = ask(house, "确认", talk="off")
    assert (done.error, gateway.values.get("lamp-00-sw")) == (None, 0.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("把100室的空调调到26度", 26.0),
        ("set the air conditioning in room 100 to 22 degrees", 22.0),
        ("100室空调调低两度", 22.0),
    ],
)  # fmt: skip
def test_a_value_is_set_absolutely_or_by_a_difference(
    house: House, clock: Clock, text: str, value: float
) -> None:
    clock.forward(3600)
    tell(house, clock.now, {"sp00": 24.0})
    assert ask(house, text, talk=text).pending is not None
    reply = ask(house, "是的", talk=text)
    gateway = house.device_gateways.find("bus")
    assert isinstance(gateway, Loopback)
    assert (reply.error, gateway.values.get("sp00")) == (None, value)


def test_a_misspelt_kind_of_device_is_understood(house: House) -> None:
    shown = ask(house, "turn off the ligths in room 100", talk="misspelt")
    assert (shown.pending is not None, "lamp" in shown.text.en) == (True, True), shown.text
    ask(house, "no", talk="misspelt")


def test_faults_are_told_where_they_are_asked_for(house: House) -> None:
    assert "没有上报故障的" in ask(house, "所有灯都正常吗").text.zh


def test_who_asks_for_leaks_is_told_of_leaks_alone() -> None:
    assert (says("哪里漏水", "leaks"), says("用电异常", "leaks")) == (True, False)


def test_only_operators_command_devices(house: House) -> None:
    reply = ask(house, "把100室的灯关了", MEMBER, talk="member")
    assert "运营人员" in reply.text.zh


def test_a_command_for_when_everybody_has_left_waits_until_nobody_is_there(
    house: House, clock: Clock
) -> None:
    tell(house, clock.now, {"n01": 3, "lamp-01-st": 1})
    shown = ask(house, "turn off the lights in room 200 after everyone leaves", talk="later")
    assert "Once nobody" in shown.text.en, shown.text
    ask(house, "yes", talk="later")
    gateway = house.device_gateways.find("bus")
    assert isinstance(gateway, Loopback)
    (order,) = house.standing.list(CAMPUS)
    assert (order.state, "lamp-01-sw" in gateway.values) == (OrderState.WAITING, False)
    for minutes, people in ((10, 1), (10, 0), (5, 0)):
        clock.forward(60 * minutes)
        tell(house, clock.now, {"n01": people})
        assert house.standing.look(clock.now) == ()
    clock.forward(360)
    tell(house, clock.now, {"n01": 0})
    (done,) = house.standing.look(clock.now)
    assert (done.state, gateway.values.get("lamp-01-sw")) == (OrderState.DONE, 0.0)
    assert house.standing.look(clock.now) == ()


def test_a_week_that_is_not_over_is_compared_with_as_much_of_the_last(house: House) -> None:
    reply = ask(house, "A座这周用电比上周多多少")
    assert ("同期" in reply.text.zh, "the same part of" in reply.text.en) == (True, True)


def test_a_floor_is_found_by_its_number_and_building(house: House) -> None:
    reply = ask(house, "how many people are on the second floor of block A")
    assert "Level 2" in reply.text.en


def test_unusual_consumption_is_told_with_what_was_looked_at(house: House) -> None:
    reply = ask(house, "最近一周用电有没有异常")
    assert (reply.error, "异常" in reply.text.zh) == (None, True)
    assert ask(house, "最近一周用电有没有异常", MEMBER).error == "forbidden"


@pytest.mark.parametrize(
    ("said", "intent"), [("还有多少车位", "parking_query"), ("上周哪栋楼用电最多", "energy_compare")]
)
def test_another_question_is_no_change_of_a_command_that_waits(
    house: House, clock: Clock, said: str, intent: str
) -> None:
    tell(house, clock.now, {"p1-free": 12})
    shown = ask(house, "把100室的灯关了", talk=said)
    assert shown.move.value == "confirm"
    reply = ask(house, said, talk=said)
    assert (reply.heard and reply.heard.intent, reply.cards[0].kind) == (intent, "chart")


def test_a_place_that_is_said_while_a_command_waits_changes_it(house: House) -> None:
    ask(house, "把100室的灯关了", talk="change")
    reply = ask(house, "不对，是201室", talk="change")
    assert (reply.move.value, "room1-1" in reply.text.zh) == ("confirm", True)


@pytest.mark.parametrize(
    ("said", "proposed", "times"),
    [
        ("每天晚上10点关掉room0-0的灯", "每天 22:00", ["22:00", "22:00"]),
        ("turn off the lights in room0-0 at 7 pm on weekdays", "every weekday at 19:00", ["19:00", "19:00"]),
        ("明天早上8点打开room0-0的灯", "3月3日 08:00", ["08:00"]),
        ("明天8点到18点打开room0-0的灯", "3月3日 18:00", ["08:00", "18:00"]),
    ],
)
def test_devices_do_something_at_their_time(
    house: House, clock: Clock, said: str, proposed: str, times: list[str]
) -> None:
    talk = f"timed-{said}"
    reply = ask(house, said, talk=talk)
    assert proposed in f"{reply.text}"
    before = {order.id for order in house.standing.list(CAMPUS)}
    assert ask(house, "确认" if said[0] > "z" else "yes", talk=talk).error is None
    made = sorted(
        (order for order in house.standing.list(CAMPUS) if order.id not in before),
        key=lambda o: o.next_at or o.at,
    )
    zone = ZoneInfo("Asia/Shanghai")
    now, done = clock.now.replace(minute=0, second=0), list[str]()
    while len(done) < len(times) and now < clock.now + timedelta(days=4):
        now += timedelta(minutes=5)
        old = {order.id: (order.state, order.next_at) for order in house.standing.list(CAMPUS)}
        house.standing.look(now)
        new = {order.id: (order.state, order.next_at) for order in house.standing.list(CAMPUS)}
        done += [f"{now.astimezone(zone):%H:%M}" for o in made if new[o.id] != old[o.id]]
    assert done == times
    for order in house.standing.list(CAMPUS):
        if order.state is OrderState.WAITING:
            house.standing.cancel(CAMPUS, order.id)


@pytest.mark.parametrize(
    ("said", "told"),
    [("今天早上8点关掉room0-0的灯", "已经过了"), ("每天关掉room0-0的灯", "几点")],
)
def test_a_time_that_can_t_be_is_told(house: House, said: str, told: str) -> None:
    assert told in ask(house, said, talk=f"never-{said}").text.zh


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("A座多少度", "env_query"),
        ("100室几度了", "env_query"),
        ("which ACs are faulty", "device_query"),
        ("哪些灯坏了", "device_query"),
    ],
)
def test_what_is_asked_of_a_place_or_device_is_no_name_and_no_order(
    house: House, text: str, intent: str
) -> None:
    understanding = ask(house, text).understanding
    assert understanding is not None
    assert understanding.intent == intent


@pytest.mark.parametrize("text", ["停车场还有位吗", "地面停车场还有空位吗", "is there room in the car park"])
def test_a_place_with_a_question_is_one_request(house: House, clock: Clock, text: str) -> None:
    tell(house, clock.now, {"p1-free": 12})
    reply = ask(house, text)
    assert (reply.pending, "12" in reply.text.zh, "找哪里" in reply.text.zh) == (None, True, False)


@pytest.mark.parametrize("text", ["how many ppl were here last friday", "上周五这里人流怎么样"])
def test_here_without_a_place_to_stand_is_the_site(house: House, text: str) -> None:
    reply = ask(house, text)
    assert reply.error is None, reply.text


def test_a_date_that_can_t_be_read_is_asked_for(house: House) -> None:
    reply = ask(house, "how many people were there on the 45th of foo")
    assert reply.error == "unreadable_date"
    assert "日期“45th of foo”" in reply.text.zh
    assert "'45th of foo'" in reply.text.en


def test_english_words_may_be_plural() -> None:
    assert named_in("which ACs are faulty", "devices") == "hvac"
    assert named_in("the acsh", "devices") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A座2月30日用了多少电", "2月30日"),
        ("A座11月45日用了多少电", "11月45日"),
        ("A座13月1日用了多少电", "13月1日"),
        ("A座上周八用了多少电", "上周八"),
        ("How much electricity did building A use on Feb 30?", "Feb 30"),
    ],
)
def test_a_date_that_does_not_exist_is_refused_in_both_languages(house: House, text: str, said: str) -> None:
    reply = ask(house, text)
    assert reply.error is not None
    assert f"看不懂日期“{said}”" in reply.text.zh
    assert f"can't read the date '{said}'" in reply.text.en
    assert "kWh" not in reply.text.zh


@pytest.mark.parametrize("text", ["昨天25点A座用了多少电", "How much did building A use yesterday at 25:00?"])
def test_a_time_that_does_not_exist_is_refused(house: House, text: str) -> None:
    reply = ask(house, text)
    assert reply.error is not None
    assert "看不懂" in reply.text.zh
    assert "can't read" in reply.text.en


def map_of(reply: Reply) -> PlaceMap:
    (found,) = [card.map for card in reply.cards if card.map is not None]
    return found


@pytest.mark.parametrize(
    ("text", "layer", "ordinal", "marked"),
    [
        ("上周哪栋楼用电最多", None, None, {"block-a"}),
        ("哪栋楼现在用电最多", "power", None, {"block-a"}),
        ("which room is the warmest", "temperature", 0.0, {"room1-0", "room0-0"}),
        ("100室现在多少度", "temperature", 0.0, {"room0-0"}),
        ("200室现在有多少人", "people", 1.0, {"room0-1"}),
        ("A座二层现在多少人", "people", 1.0, set()),
        ("100室的空调开着吗", "devices", 0.0, {"ahu-0"}),
        ("还有多少车位", None, None, {"p1"}),
    ],
)
def test_answers_on_places_come_with_a_map(
    house: House, clock: Clock, text: str, layer: str | None, ordinal: float | None, marked: set[str]
) -> None:
    tell(
        house,
        clock.now,
        {"t00": 23.4, "t10": 77, "t01": 21, "n01": 7, "cmd00": 1, "p1-free": 12, "pwA": 40},
    )
    shown = map_of(ask(house, text))
    assert (shown.layer, shown.ordinal) == (layer, ordinal)
    assert {place.id for place in shown.places if place.marked} == marked
    west, south, east, north = shown.bounds
    assert all(west <= place.lon <= east and south <= place.lat <= north for place in shown.places)


def test_a_map_has_what_is_told_of_the_rooms_of_one_floor(house: House, clock: Clock) -> None:
    tell(house, clock.now, {"t00": 23.4, "t10": 77, "t01": 21})
    shown = map_of(ask(house, "which room is the warmest"))
    labels = {str(place.id): place.label for place in shown.places}
    assert labels[FeatureId("room0-0")] == "23.4"
    assert "room0-1" not in labels  # on the floor above


def test_a_map_colours_people_by_area_and_tells_their_number(house: House, clock: Clock) -> None:
    clock.forward(60)
    tell(house, clock.now, {"n01": 7})
    shown = map_of(ask(house, "200室现在有多少人"))
    room = next(place for place in shown.places if place.id == "room0-1")
    area = next(p.area_m2 for p in house.twin.state(CAMPUS, clock.now).places if p.id == "room0-1")
    assert room.label == "7"
    assert room.value == pytest.approx(7 / area, abs=0.001)


def test_devices_of_a_building_are_counted_room_by_room(house: House, clock: Clock) -> None:
    clock.forward(60)
    tell(house, clock.now, {"lamp-00-st": 1, "lamp-01-st": 0, "lamp-10-st": 0})
    shown = map_of(ask(house, "A座的灯都关了吗"))
    assert shown.layer == "devices"
    assert shown.ordinal == 1.0  # two of the three lamps are there
    assert {place.id: (place.value, place.label) for place in shown.places} == {
        "room0-1": (0.0, "0/1"),
        "room1-1": (0.0, "0/1"),
    }


def test_without_geometry_there_is_no_map(house: House, clock: Clock) -> None:
    tell(house, clock.now, {"haze": 80})
    assert all(card.map is None for card in ask(house, "外面空气怎么样").cards)
