from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.reporting.predicting import LABELS, prediction

from yuanli.errors import InvalidInputError
from yuanli.learning import Example, Prediction, explain_by_occlusion, nearest_examples


def predict(texts: Sequence[str]) -> list[Prediction]:
    """Say `book` as soon as a text asks for it."""
    return [
        prediction(0.9, 0.05, 0.05) if "book" in t or "预订" in t else prediction(0.2, 0.7, 0.1)
        for t in texts
    ]


def test_the_word_that_settles_it_weighs_most() -> None:
    found = explain_by_occlusion(predict, "please book room 301")
    assert found.label == LABELS[0]
    assert found.confidence == pytest.approx(0.9)
    weights = {found.text[p.start : p.end]: round(p.weight, 3) for p in found.parts}
    assert weights == {"please": 0, "book": 0.7, "room": 0, "301": 0}


@pytest.mark.parametrize("width", [1, 2])
def test_chinese_characters_weigh_the_mean_of_their_windows(width: int) -> None:
    found = explain_by_occlusion(predict, "帮我预订房间", width=width)
    assert [p.start for p in found.parts] == list(range(6))
    best = sorted(found.parts, key=lambda p: -p.weight)[:2]
    assert {found.text[p.start] for p in best} == {"预", "订"}


@given(st.text(max_size=12), st.integers(1, 3))
def test_any_text_is_explained_part_by_part(text: str, width: int) -> None:
    parts = explain_by_occlusion(predict, text, width=width).parts
    assert all(0 <= a.start < a.end <= len(text) for a in parts)
    assert all(a.end <= b.start for a, b in itertools.pairwise(parts))


def test_only_so_many_words_are_left_out() -> None:
    asked: list[str] = []

    def counted(texts: Sequence[str]) -> list[Prediction]:
        asked.extend(texts)
        return predict(texts)

    found = explain_by_occlusion(counted, "book " * 50, most=3)
    assert (len(asked), [part.end for part in found.parts]) == (4, [4, 9, 14])
    assert explain_by_occlusion(predict, "……", most=3).parts == ()


def test_a_model_without_classes_and_no_width_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="no classes"):
        explain_by_occlusion(lambda texts: [prediction() for _ in texts], "a")
    with pytest.raises(InvalidInputError, match="width is 0"):
        explain_by_occlusion(predict, "a", width=0)


def test_the_nearest_examples_come_first() -> None:
    examples = [Example(text=name) for name in "abc"]
    vectors = np.array([[0, 1], [3, 0], [1, 1]], dtype=np.float32)
    found = nearest_examples(np.array([2, 0], dtype=np.float32), vectors, examples, count=2)
    assert [n.example.text for n in found] == ["b", "c"]
    assert [n.similarity for n in found] == pytest.approx([1, 0.5**0.5])
