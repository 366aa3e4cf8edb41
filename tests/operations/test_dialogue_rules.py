"""What holds for every dialogue: nothing raises, and nothing is done without a confirmation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.errors import Text
from yuanli.language import Alternative, Slot, Understanding, language_of
from yuanli.operations import (
    DialogueParams,
    Grounded,
    Kind,
    Move,
    Option,
    Setting,
    State,
    continue_turn,
    load_frames,
    next_turn,
    parse_state,
    split_requests,
    state_document,
)
from yuanli.operations.dialogue import Asks, Said, UnreadableStateError, find_answer, find_choice, holes_of
from yuanli.operations.dialogue.state import DialogueParamsError

NOW = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)
CATALOGUE: Mapping[str, Any] = yaml.safe_load(
    files("yuanli.language").joinpath("intents.yaml").read_text("utf-8")
)
INTENTS, TYPES = list(CATALOGUE["intents"]), list(CATALOGUE["slot_types"])
WORDS = [
    "是的", "不", "取消", "第二个", "2", "the last one", "随便", "都不是", "继续刚才的", "back to the booking",
    "那里",
    "there", "这里", "here", "A301", "不对，是四点", "not Room 2, Room 3", "yes", "ok", "", " ", "明天", "嗯",
    "改到四点", "none of them", "确认", "1", "算了", "🙂", "go ahead", "\0", "然后",
]  # fmt: skip
AMBIGUOUS = (
    Option(value="a", label=Text("甲楼", "Tower A")),
    Option(value="b", label=Text("乙楼", "Tower B")),
)


def said(
    text: str = "x", intent: str = "out_of_scope", confidence: float = 0.9, **values: str
) -> Understanding:
    slots = tuple(Slot(type=name, text=value, start=0, end=0, value=value) for name, value in values.items())
    return Understanding(
        text=text, language=language_of(text), intent=intent, confidence=confidence, slots=slots, model="m"
    )


def ground(slot: Slot, now: datetime) -> Grounded:
    del now
    if slot.value == "there":
        return Grounded(slot=slot, options=AMBIGUOUS)
    if slot.value == "nowhere":
        return Grounded(slot=slot, problem=Text("没有", "None"), error="place_not_found")
    return Grounded(slot=slot)


@st.composite
def understandings(draw: st.DrawFn) -> Understanding:
    text = draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=30)))
    kinds = st.sampled_from([*TYPES, "unheard_of"])
    values = st.sampled_from(["A301", "there", "那里", "here", "这里", "nowhere", "四点", "Room 3", ""])
    spans = st.tuples(kinds, values, st.integers(0, 40), st.integers(0, 40))
    slots = [
        Slot(type=kind, text=value, start=start, end=end, value=value)
        for kind, value, start, end in draw(st.lists(spans, max_size=4))
    ]
    intents = st.sampled_from([*INTENTS, "dialog_inform", "dialog_confirm", "booking_create", "unheard_of"])
    others = draw(st.lists(st.tuples(intents, st.floats(0, 1)), max_size=3))
    return Understanding(
        text=text, language=draw(st.sampled_from(["zh", "en"])), intent=draw(intents),
        confidence=draw(st.floats(0, 1)), alternatives=tuple(Alternative(*other) for other in others),
        slots=tuple(slots), model="random",
    )  # fmt: skip


@settings(max_examples=300)
@given(
    turns=st.lists(
        st.tuples(st.lists(understandings(), min_size=1, max_size=3), st.floats(0, 4000)),
        min_size=1,
        max_size=12,
    ),
    here=st.sampled_from([None, "A301"]),
)
def test_any_turns_give_moves_and_no_act_without_a_confirmation(
    turns: list[tuple[list[Understanding], float]], here: str | None
) -> None:
    """Each move is read through JSON, as after a restart; an act follows only a yes to its own question."""
    setting = Setting(ground=ground, connected=frozenset(INTENTS[:40]), here=here)
    state, now, acted = State(), NOW, set[str]()
    for heard, wait_s in turns:
        now += timedelta(seconds=wait_s)
        outcome: tuple[State, Move] | None = next_turn(state, tuple(heard), now=now, setting=setting)
        first = True
        while outcome is not None:
            before, (state, move) = state, outcome
            if move.kind is Kind.ACT:
                answer = find_answer(heard[0].text)
                assert first
                assert answer is not None
                assert answer.said is Said.YES
                assert before.question is not None
                assert before.question.asks is Asks.CONFIRM
                assert before.active is not None
                assert move.request is not None
                assert move.request.key == before.active.key
                assert move.request.key not in acted
                acted.add(move.request.key)
            assert state.active is None or state.question is not None
            assert len(state.aside) <= 5
            assert parse_state(json.loads(json.dumps(state_document(state)))) == state
            outcome, first = continue_turn(state, now=now, setting=setting), False
        assert state.question is not None or not state.queue


@pytest.mark.parametrize(
    "document",
    [
        None,
        3,
        [],
        {},
        {"version": 0, "state": {}},
        {"version": 1},
        {"version": 1, "state": {"active": 1}},
        "x",
    ],
)
def test_a_state_that_can_not_be_read_is_told(document: object) -> None:
    with pytest.raises(UnreadableStateError):
        parse_state(document)


def test_a_state_with_a_wrong_value_is_refused() -> None:
    document = state_document(State())
    document["state"]["misses"] = "many"
    with pytest.raises(UnreadableStateError):
        parse_state(document)


def test_every_intent_and_slot_of_the_catalogue_has_its_frame_and_name() -> None:
    frames = load_frames()
    assert set(frames.intents) == set(INTENTS)
    assert set(frames.slots) == set(TYPES)
    for frame in frames.intents.values():
        assert frame.family in frames.families
        for name in (*frame.types, *frame.carry, *frame.here):
            assert name in frames.slots, f"{frame.intent}: {name}"
        for language in ("zh", "en"):
            assert set(holes_of(getattr(frame.summary, language))) <= set(frame.types), frame.intent
        assert not frame.act or not frame.carry, frame.intent


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_question_only_speaks_of_what_is_known_by_then(language: str) -> None:
    for frame in load_frames().intents.values():
        known: set[str] = set()
        for need in frame.required:
            assert set(holes_of(getattr(need.ask, language))) <= known, frame.intent
            known |= set(need.types)


def test_acts_are_those_that_change_the_world() -> None:
    acts = {frame.intent for frame in load_frames().intents.values() if frame.act}
    assert acts == {
        "booking_create", "booking_modify", "booking_cancel", "booking_checkin", "device_on", "device_off",
        "device_set", "device_schedule", "device_scene", "space_allocate", "security_report", "security_handle",
        "security_access", "visitor_invite", "visitor_manage", "service_repair", "service_request",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("好的，没问题", Said.YES), ("Yes, please!", Said.YES), ("go ahead", Said.YES), ("确认。", Said.YES),
        ("不对", Said.NO), ("No, that's wrong", Said.NO), ("等一下", Said.NO),
        ("算了吧", Said.CANCEL), ("Never mind", Said.CANCEL), ("取消", Said.CANCEL), ("不用了，谢谢", Said.CANCEL),
        ("cancel that please", Said.CANCEL), ("都不是", Said.NONE), ("none of them", Said.NONE),
        ("随便", Said.ANY), ("either one", Said.ANY), ("继续刚才的", Said.RESUME),
        ("let me think about it", None), ("不要忘了订会议室", None), ("取消明天的预订", None), ("是不是要下雨", None),
        ("好吃吗", None), ("yes but at four", None), ("cancel my booking of A301", None), ("ok" * 60, None),
    ],
)  # fmt: skip
def test_short_answers_are_read_only_where_they_are_the_whole_turn(text: str, expected: Said | None) -> None:
    found = find_answer(text)
    assert (found.said if found else None) is expected


PLACES = tuple(
    Option(value=name, label=Text(f"{name}座 1层 大堂", f"Lobby, Level 1, Tower {name}")) for name in "ABC"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "A"), ("第二个", "B"), ("选第三个", "C"), ("the last one", "C"), ("最后一个", "C"), ("倒数第二个", "B"),
        ("number 2", "B"), ("the second one please", "B"), ("二", "B"), ("B座的那个", "B"), ("tower c", "C"),
        ("the one in Tower A", "A"), ("第四个", None), ("大堂", None), ("我想想", None), ("", None),
    ],
)  # fmt: skip
def test_a_choice_is_read_by_number_ordinal_or_name(text: str, expected: str | None) -> None:
    found = find_choice(text, PLACES)
    assert (found.value if found else None) == expected


def test_a_sentence_is_split_only_where_both_halves_are_sure() -> None:
    known = {
        "关灯": said("关灯", "device_off", device_type="灯"),
        "开空调": said("开空调", "device_on", device_type="空调"),
        "风扇": said("风扇", "device_on", 0.4),
    }

    def understand(text: str) -> Understanding:
        return known.get(text, said(text))

    def split(text: str) -> list[str]:
        parts = split_requests(said(text), understand, answering=False, params=DialogueParams())
        return [part.text for part in parts]

    assert split("关灯，然后开空调") == ["关灯", "开空调"]
    assert split("关灯；开空调；关灯") == ["关灯", "开空调", "关灯"]
    assert split("关灯，然后风扇") == ["关灯，然后风扇"]
    assert split("关灯") == ["关灯"]


def test_demands_are_one_request_with_what_they_are_about_and_another_request_is_not() -> None:
    known = {
        "重新排座": said("重新排座", "space_allocate", place="A座"),
        "研发挨着测试": said("研发挨着测试", "space_allocate", department="研发"),
        "最多搬30人": said("最多搬30人", "service_request", people_count="30人"),
        "关灯": said("关灯", "device_off", device_type="灯"),
    }

    def split(text: str) -> list[str]:
        whole = said(text, "space_allocate", department="研发")
        parts = split_requests(
            whole, lambda part: known.get(part, said(part)), answering=False, params=DialogueParams()
        )
        return [part.text for part in parts]

    whole = "重新排座，研发挨着测试，最多搬30人"
    assert split(whole) == [whole]
    assert split("研发挨着测试，最多搬30人") == ["研发挨着测试，最多搬30人"]
    assert split("研发挨着测试，然后关灯") == ["研发挨着测试", "关灯"]


def test_terms_of_a_plan_are_one_request_with_it_and_a_command_is_not() -> None:
    plan = said("A座空调怎么开最省", "device_schedule", place="A座", device_type="空调", rank="最省")
    known = {
        plan.text: plan,
        "总功率不超过90千瓦": said("总功率不超过90千瓦", "energy_compare", threshold="90千瓦"),
        "明天8点前降到26度": said(
            "明天8点前降到26度", "device_schedule", time="8点前", value="26度", device_type="空调"
        ),
        "8点开灯": said("8点开灯", "device_schedule", time="8点", device_type="灯"),
    }

    def split(text: str) -> list[str]:
        whole = said(text, "device_schedule", place="A座", device_type="空调", rank="最省")
        parts = split_requests(
            whole, lambda part: known.get(part, said(part)), answering=False, params=DialogueParams()
        )
        return [part.text for part in parts]

    for term in ("总功率不超过90千瓦", "明天8点前降到26度"):
        assert split(f"A座空调怎么开最省，{term}") == [f"A座空调怎么开最省，{term}"]
    assert split("A座空调怎么开最省，8点开灯") == ["A座空调怎么开最省", "8点开灯"]


def test_a_way_with_stops_is_one_request() -> None:
    whole = said("先去食堂然后去A座", "guidance_route", waypoint="食堂", destination="A座")
    parts = split_requests(
        whole,
        lambda text: said(text, "guidance_route", destination=text),
        answering=False,
        params=DialogueParams(),
    )
    assert parts == (whole,)


def test_thresholds_out_of_order_are_refused() -> None:
    with pytest.raises(DialogueParamsError):
        DialogueParams(sure=0.1, maybe=0.5)


def test_what_is_connected_no_more_is_not_done() -> None:
    setting = Setting(connected=frozenset({"booking_cancel"}))
    state, move = next_turn(State(), said("x", "booking_cancel", room="A301"), now=NOW, setting=setting)
    assert move.kind is Kind.CONFIRM
    state, move = next_turn(state, said("是的", "dialog_confirm"), now=NOW, setting=Setting())
    assert move.kind is Kind.UNCONNECTED
