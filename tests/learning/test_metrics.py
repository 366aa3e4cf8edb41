from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.learning.metrics import (
    accuracy,
    bootstrap,
    calibration_error,
    class_scores,
    compare,
    confusion,
    macro_f1,
    recall_at_false_rejection,
    share,
    span_counts,
    span_f1,
)

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=30)


@given(PAIRS)
def test_class_scores_agree_with_the_confusion_matrix(pairs: list[tuple[str, str]]) -> None:
    truth, said = [a for a, _ in pairs], [b for _, b in pairs]
    names, counts = confusion(truth, said)
    assert [[pairs.count((a, b)) for b in names] for a in names] == counts.tolist()
    hits, true, guessed = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    for score, hit, t, g in zip(class_scores(truth, said), hits, true, guessed, strict=True):
        assert (score.precision, score.recall) == (hit / max(g, 1), hit / max(t, 1))
        harmonic = 2 * score.precision * score.recall / max(score.precision + score.recall, 1e-9)
        assert score.f1 == pytest.approx(harmonic)
        assert score.support == t
    assert macro_f1(truth, said) == pytest.approx(
        np.mean([2 * hits / (true + guessed)], axis=0)[true > 0].mean()
    )
    assert accuracy(truth, said) == pytest.approx(np.trace(counts) / len(pairs))


def test_spans_are_right_with_type_and_surface_as_often_as_they_stand() -> None:
    truth = [("place", "A"), ("place", "A"), ("time", "3")]
    assert span_counts(truth, [("place", "A"), ("time", "4")]) == (1, 2, 3)
    assert span_f1(np.array([(1, 2, 3), (0, 0, 0)])) == pytest.approx(0.4)
    assert span_f1(np.array([(0, 0, 0)])) == 1.0


def test_the_interval_of_a_share_is_as_wide_as_the_normal_one() -> None:
    right = np.arange(1000) % 10 < 8
    found = bootstrap(right, share)
    half = 1.96 * np.sqrt(0.8 * 0.2 / 1000)
    assert found.value == pytest.approx(0.8)
    assert found.high - found.low == pytest.approx(2 * half, rel=0.15)
    assert bootstrap(right, share) == found
    assert bootstrap(right[:0], share).count == 0


def test_a_model_is_not_better_than_itself() -> None:
    right = np.arange(100) % 3 == 0
    found = compare(right, right, share)
    assert (found.difference, found.p_value) == (0.0, 1.0)


def test_a_clear_gain_is_significant_and_a_small_one_is_not() -> None:
    first = np.arange(200) % 2 == 0
    much, little = first.copy(), first.copy()
    much[1:80:2], little[1] = True, True
    clear, doubtful = compare(first, much, share), compare(first, little, share)
    assert clear.p_value < 0.01
    assert clear.low > 0
    assert doubtful.p_value > 0.5


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False])
    assert calibration_error(confidence, right, bins=10) == pytest.approx(0.5 * 0.05 + 0.5 * 0.05)
    assert calibration_error(np.ones(3), np.ones(3, bool)) == 0.0
    assert calibration_error(np.zeros(0), np.zeros(0, bool)) == 0.0


@given(
    st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1), st.sampled_from([0.0, 0.05, 0.3, 1.0])
)
def test_no_more_in_scope_is_rejected_than_allowed(rows: list[tuple[int, bool]], most: float) -> None:
    doubt, outside = np.array([d for d, _ in rows], float), np.array([o for _, o in rows], bool)
    recall, threshold = recall_at_false_rejection(doubt, outside, most=most)
    assert share(doubt[~outside] > threshold) <= most
    assert recall == share(doubt[outside] > threshold)
