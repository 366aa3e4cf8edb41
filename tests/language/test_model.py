"""What the shipped model makes of requests, in both languages."""

from __future__ import annotations

import time
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.reading import FOLDER, built_in, reader
from tests.pace import slowness, within

from yuanli.language import catalogue
from yuanli.learning import Model, evaluate, load_examples

GATE = Path(str(files("yuanli.language"))) / "utterances" / "gate.jsonl"
LEAST_INTENT, LEAST_SLOTS = 0.82, 0.70
CASES = {
    "从北门到A座301怎么走，我坐轮椅": (
        "guidance_route", {"origin": "北门", "destination": "A座301", "route_pref": "wheelchair"}),
    "最近的厕所在哪": ("guidance_nearest", {"poi_type": "厕所"}),
    "食堂几点开门": ("guidance_place_info", {"place": "食堂"}),
    "从北门到A座要走多久": ("guidance_eta", {"origin": "北门", "destination": "A座"}),
    "帮我订明天下午三点到五点的会议室": (
        "booking_create", {"date": "明天", "time": "下午三点到五点", "room_type": "会议室"}),
    "把三楼会议室的空调调到26度": (
        "device_set", {"place": "三楼会议室", "device_type": "空调", "value": "26度"}),
    "你好": ("chat_smalltalk", {}),
    "How do I get from the north gate to room A301?": (
        "guidance_route", {"origin": "north gate", "destination": "room A301"}),
    "where is the libary": ("guidance_locate", {"place": "libary"}),
    "book Room 204 for tomorrow 2 to 4pm": (
        "booking_create", {"room": "Room 204", "date": "tomorrow", "time": "2 to 4pm"}),
    "turn off the lights on floor 5": ("device_off", {"device_type": "lights", "place": "floor 5"}),
    "what's the capital of France": ("out_of_scope", {}),
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_a_request_is_understood(text: str) -> None:
    understanding = reader().understand(text)
    slots = {slot.type: slot.value for slot in understanding.slots}
    assert (understanding.intent, slots) == CASES[text]


def test_requests_that_it_was_not_steered_by_are_understood() -> None:
    examples = load_examples(GATE)
    model = built_in()
    said = model.predict([e.text for e in examples], [e.context for e in examples])
    scores = evaluate(examples, said).scores
    assert scores["accuracy"].value > LEAST_INTENT
    assert scores["spans"].value > LEAST_SLOTS


def test_the_model_says_what_the_catalogue_holds() -> None:
    assert set(built_in().facts.labels) == set(catalogue().intents)
    assert {tag[2:] for tag in built_in().facts.tags if tag != "O"} == set(catalogue().slot_types)


def test_the_question_before_decides_what_an_answer_is() -> None:
    answer = reader().understand("三点到四点半", context="您需要几点的会议室？")
    assert (answer.intent, answer.find("time")) == ("dialog_inform", "三点到四点半")
    assert reader().understand("是的", context="取消明天的预订，确认吗？").intent == "dialog_confirm"


def test_a_bare_name_is_looked_for_where_the_campus_knows_it() -> None:
    found = reader(lambda name: name == "揽月阁").understand("揽月阁")
    assert (found.intent, found.find("place")) == ("guidance_locate", "揽月阁")


def test_many_together_are_understood_as_one_by_one() -> None:
    texts = list(CASES)
    together = reader().understand_many([(text, None) for text in texts])
    alone = [reader().understand(text) for text in texts]
    alike = [(a.intent, a.slots) == (b.intent, b.slots) for a, b in zip(together, alone, strict=True)]
    assert np.mean(alike) > 0.8  # the scales of 8-bit activations depend on what is read together


@settings(max_examples=150)
@given(st.text(max_size=300), st.none() | st.text(max_size=50))
def test_slots_are_spans_of_any_text(text: str, context: str | None) -> None:
    understanding = reader(lambda name: True).understand(text, context=context)
    assert all(text[s.start : s.end] == s.text and s.text.strip() for s in understanding.slots)
    assert 0 <= understanding.confidence <= 1


@pytest.mark.parametrize(
    "text", ["从" * 65_000, "from " * 13_000, "🙂" * 16_000, "\x00" * 64_000, "[a](b)" * 9_000]
)
def test_sixty_four_thousand_characters_are_read_in_bounded_time(text: str) -> None:
    with within(2):
        reader().understand(text)


def test_the_model_is_small_quick_and_needs_no_torch() -> None:
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    assert size <= 45e6
    with within(2):
        model = Model(FOLDER)
    times = []
    for text in list(CASES) * 8:
        began = time.process_time()
        model.predict([text])
        times.append(time.process_time() - began)
    assert np.median(times) < 0.03 * slowness()
