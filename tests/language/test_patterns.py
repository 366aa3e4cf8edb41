"""What the first understander makes of requests, in both languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.language import PatternUnderstander

CASES = {
    "从北门到A座301怎么走，我坐轮椅": (
        "guidance_route", {"origin": "北门", "destination": "A座301", "route_pref": "wheelchair"}),
    "请问从东门去图书馆怎么走": ("guidance_route", {"origin": "东门", "destination": "图书馆"}),
    "我在食堂，想去报告厅": ("guidance_route", {"origin": "食堂", "destination": "报告厅"}),
    "A座301怎么走": ("guidance_route", {"destination": "A座301"}),
    "怎么去B座会议室": ("guidance_route", {"destination": "B座会议室"}),
    "带我去展厅": ("guidance_route", {"destination": "展厅"}),
    "从北门经过食堂到A座怎么走": (
        "guidance_route", {"origin": "北门", "waypoint": "食堂", "destination": "A座"}),
    "推着婴儿车从南门去健身房怎么走": (
        "guidance_route", {"route_pref": "stroller", "origin": "南门", "destination": "健身房"}),
    "不坐电梯从A座301到B座205怎么走": (
        "guidance_route", {"route_pref": "no_lifts", "origin": "A座301", "destination": "B座205"}),
    "从北门骑车到C座怎么走": (
        "guidance_route", {"travel_mode": "bike", "origin": "北门", "destination": "C座"}),
    "去员工食堂怎么走": ("guidance_route", {"destination": "员工食堂"}),
    "明天早上八点从北门去食堂": (
        "guidance_route", {"time": "said", "origin": "北门", "destination": "食堂"}),
    "从北门去食堂 下午3:30出发": (
        "guidance_route", {"time": "said", "origin": "北门", "destination": "食堂"}),
    "how do I get from the gate to the canteen at 8 am tomorrow": (
        "guidance_route", {"time": "said", "origin": "gate", "destination": "canteen"}),
    "骑车去商业街": ("guidance_route", {"travel_mode": "bike", "destination": "商业街"}),
    "从正门到A座大堂，三点前要到": (
        "guidance_route", {"origin": "正门", "destination": "A座大堂", "time": "said"}),
    "下雨了，从A座去食堂能不淋雨吗": (
        "guidance_route", {"origin": "A座", "destination": "食堂", "route_pref": "indoors"}),
    "最近的厕所在哪": ("guidance_nearest", {"poi_type": "厕所"}),
    "附近有没有充电桩": ("guidance_nearest", {"poi_type": "充电桩"}),
    "离报告厅最近的咖啡店在哪": ("guidance_nearest", {"place": "报告厅", "poi_type": "咖啡店"}),
    "食堂几点开门": ("guidance_place_info", {"place": "食堂"}),
    "诊所的电话是多少": ("guidance_place_info", {"place": "诊所"}),
    "报告厅在哪里": ("guidance_locate", {"place": "报告厅"}),
    "从北门到A座要走多久": ("guidance_eta", {"origin": "北门", "destination": "A座"}),
    "A座离食堂多远": ("guidance_eta", {"origin": "A座", "destination": "食堂"}),
    "你好": ("chat_smalltalk", {}),
    "把空调调到26度": ("out_of_scope", {}),
    "How do I get from the north gate to room A301? I'm in a wheelchair": (
        "guidance_route", {"origin": "north gate", "destination": "room A301", "route_pref": "wheelchair"}),
    "I'm at the canteen, how do I get to the lecture hall?": (
        "guidance_route", {"origin": "canteen", "destination": "lecture hall"}),
    "way to the server room without stairs": (
        "guidance_route", {"destination": "server room", "route_pref": "wheelchair"}),
    "I want to go from A to B via C": (
        "guidance_route", {"origin": "A", "destination": "B", "waypoint": "C"}),
    "where is the libary": ("guidance_locate", {"place": "libary"}),
    "nearest toilet": ("guidance_nearest", {"poi_type": "toilet"}),
    "where can I find a coffee shop near building B": (
        "guidance_nearest", {"poi_type": "coffee shop", "place": "building B"}),
    "how long does it take to walk from gate 1 to the canteen": (
        "guidance_eta", {"origin": "gate 1", "destination": "canteen"}),
    "when does the clinic open": ("guidance_place_info", {"place": "clinic"}),
    "Is the gym open now?": ("guidance_place_info", {"place": "gym"}),
    "thanks": ("chat_smalltalk", {}),
    "turn off the lights on floor 5": ("out_of_scope", {}),
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_a_request_is_understood(text: str) -> None:
    understanding = PatternUnderstander().understand(text)
    slots = {slot.type: slot.value for slot in understanding.slots}
    assert (understanding.intent, slots) == CASES[text]


def test_several_places_are_a_tour_in_either_language() -> None:
    understander = PatternUnderstander()
    chinese = understander.understand("先去A座、食堂和健身房怎么走最顺")
    english = understander.understand("visit the canteen, the gym and the clinic")
    assert (chinese.intent, chinese.values("waypoint")) == ("guidance_tour", ("A座", "食堂", "健身房"))
    assert (english.intent, english.values("waypoint")) == ("guidance_tour", ("canteen", "gym", "clinic"))


def test_places_in_the_order_that_is_said_are_one_route_in_either_language() -> None:
    understander = PatternUnderstander()
    chinese = understander.understand("从东门出发，先去食堂再去诊所最后到北门")
    english = understander.understand("first to the canteen, then the clinic and finally the north gate")
    assert (chinese.intent, chinese.find("origin")) == ("guidance_route", "东门")
    assert (chinese.values("waypoint"), chinese.find("destination")) == (("食堂", "诊所"), "北门")
    assert (english.intent, english.values("waypoint")) == ("guidance_route", ("canteen", "clinic"))
    assert english.find("destination") == "north gate"


@pytest.mark.parametrize("text", ["北门 → 食堂", "北门->食堂", "北门到食堂"])
def test_an_arrow_between_known_names_is_a_route(text: str) -> None:
    understood = PatternUnderstander(knows=lambda name: True).understand(text)
    assert (understood.find("origin"), understood.find("destination")) == ("北门", "食堂")


def test_a_bare_name_is_a_request_only_where_the_campus_knows_it() -> None:
    assert PatternUnderstander().understand("A座301").intent == "out_of_scope"
    knowing = PatternUnderstander(knows=lambda name: name in ("A座301", "北门"))
    assert knowing.understand("A座301").intent == "guidance_locate"
    assert knowing.understand("北门到A座301").intent == "guidance_route"
    assert knowing.understand("空调调到26度").intent == "out_of_scope"


def test_an_answer_to_a_question_is_an_answer() -> None:
    answer = PatternUnderstander(knows=lambda name: True).understand("北门", context="您从哪里出发？")
    assert (answer.intent, answer.find("place")) == ("dialog_inform", "北门")


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_slots_are_spans_of_any_text(text: str) -> None:
    understanding = PatternUnderstander(knows=lambda name: True).understand(text)
    assert all(text[s.start : s.end] == s.text and s.value for s in understanding.slots)


def test_long_text_is_read_in_bounded_time() -> None:
    for text in ("从" * 5000, "from " * 5000, "去、" * 3000, "a to b, " * 900):
        PatternUnderstander(knows=lambda name: True).understand(text)
