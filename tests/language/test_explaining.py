"""Which words an understanding hangs on, by whoever understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.language.test_second_opinion import UNCLEAR, Said, labels
from tests.learning.tiny import tiny_model

from yuanli.errors import Text, UnavailableError
from yuanli.language import LargeModel, ModelUnderstander, SecondOpinion
from yuanli.learning import Model

KNOWN = "gate toilet"


@pytest.fixture
def reader(tmp_path: Path) -> ModelUnderstander:
    return ModelUnderstander(Model(tiny_model(tmp_path / "model")), knows=lambda name: name == "gate")


def test_the_words_are_spans_of_the_text_in_order(reader: ModelUnderstander) -> None:
    found = reader.explain(KNOWN, context="hello")
    assert (found.intent, found.understanding) == ("nearest", reader.understand(KNOWN, context="hello"))
    weights = {KNOWN[word.start : word.end]: round(word.weight, 2) for word in found.words}
    assert weights["toilet"] > 0.5 > abs(weights["gate"])


def test_a_bare_name_keeps_what_the_model_made_of_it(reader: ModelUnderstander) -> None:
    found = reader.explain("gate")
    assert (found.understanding.intent, found.intent) == ("guidance_locate", "other")


@pytest.mark.parametrize("text", ["", " ", "……", "词" * 5000])
def test_any_text_is_explained_in_bounded_time(reader: ModelUnderstander, text: str) -> None:
    found = reader.explain(text)
    assert len(found.words) <= 129
    assert found.understanding.text == text


@pytest.mark.parametrize(
    ("answer", "intent", "explained"),
    [
        (labels("device_set"), "device_set", False),
        (UnavailableError(Text("不在", "away")), "other", True),
    ],
)
def test_the_reading_of_a_larger_model_is_not_explained(
    reader: ModelUnderstander, answer: Any, intent: str, explained: bool
) -> None:
    found = SecondOpinion(reader, LargeModel(Said(answer))).explain(UNCLEAR)
    assert (found.understanding.intent, bool(found.words)) == (intent, explained)
    assert SecondOpinion(reader, None).explain(KNOWN) == reader.explain(KNOWN)
