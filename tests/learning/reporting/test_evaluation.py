from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from tests.learning.reporting.predicting import BAD, EXAMPLES, GOOD, LABELS, prediction

from yuanli.errors import InvalidInputError
from yuanli.learning import (
    EvaluationParams,
    Example,
    InvalidEvaluationError,
    Prediction,
    compare_outcomes,
    evaluate,
    load_evaluation,
    save_evaluation,
)
from yuanli.learning.metrics import accuracy, macro_f1
from yuanli.learning.reporting.scoring import measures_of, spearman

PARAMS = EvaluationParams(labels=LABELS, rounds=200)


def test_the_scores_by_hand() -> None:
    found = evaluate(EXAMPLES, GOOD, model="m", data="d", params=PARAMS)
    assert {name: score.value for name, score in found.scores.items()} == {
        "accuracy": 1.0, "macro_f1": 1.0, "spans": 0.5, "exact": 0.8
    }  # fmt: skip
    assert all(score.low <= score.value <= score.high for score in found.scores.values())
    assert [(s.label, s.f1, s.support) for s in found.span_types] == [("place", 0.5, 2)]
    assert found.worst == (1,)
    assert found.outcomes[1].said_values == (("place", "B"),)
    assert {(s.kind, s.name): s.count for s in found.slices} == {
        ("language", "zh"): 2, ("language", "en"): 3, ("condition", "typo"): 1,
        ("length", "≤ 8"): 2, ("length", "≤ 16"): 3,
    }  # fmt: skip


def test_errors_are_listed_the_surest_first_and_confusions_counted() -> None:
    found = evaluate(EXAMPLES, BAD, params=PARAMS)
    assert found.worst == (4, 2, 0, 3)
    assert found.confusions == (("book", "go", 2), ("go", "book", 1), ("out_of_scope", "book", 1))


def test_recall_on_what_is_out_of_scope() -> None:
    good, bad = (evaluate(EXAMPLES, said, params=PARAMS).out_of_scope for said in (GOOD, BAD))
    assert good is not None
    assert bad is not None
    assert (good.recall, bad.recall, good.count) == (1.0, 0.0, 1)
    assert evaluate(EXAMPLES[:4], GOOD[:4], params=PARAMS).out_of_scope is None


def test_calibration_is_told_with_the_likelihood() -> None:
    found = evaluate(EXAMPLES, GOOD, params=PARAMS).calibration
    assert found is not None
    assert found.log_loss == pytest.approx(-np.mean(np.log([0.8, 0.8, 0.9, 0.8, 0.5])))
    assert sum(part.count for part in found.bins) == 5


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=20))
def test_the_fast_scores_agree_with_the_plain_ones(pairs: list[tuple[str, str]]) -> None:
    examples = [Example(text=f"{i}", label=a) for i, (a, _) in enumerate(pairs)]
    none = np.zeros(0, np.float32)
    said = [Prediction(label=b, confidence=0.5, probabilities=none, spans=(), vector=none) for _, b in pairs]
    found = evaluate(examples, said, params=EvaluationParams(rounds=4)).scores
    truth, guessed = [a for a, _ in pairs], [b for _, b in pairs]
    assert found["accuracy"].value == pytest.approx(accuracy(truth, guessed))
    assert found["macro_f1"].value == pytest.approx(macro_f1(truth, guessed))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=20))
def test_spearman_agrees_with_scipy(rows: list[tuple[int, int]]) -> None:
    pairs = np.array(rows, dtype=float)
    if len(set(pairs[:, 0])) == 1 or len(set(pairs[:, 1])) == 1:
        assert spearman(pairs) == 0.0
    else:
        assert spearman(pairs) == pytest.approx(float(spearmanr(pairs[:, 0], pairs[:, 1]).statistic))


def test_regression_by_hand() -> None:
    examples = [Example(text=str(i), target=float(i)) for i in (1, 2, 4)]
    found = evaluate(examples, [prediction(number=n) for n in (1, 4, 4)], params=PARAMS)
    scores = {name: score.value for name, score in found.scores.items()}
    assert scores["rmse"] == pytest.approx((4 / 3) ** 0.5)
    assert scores["mae"] == pytest.approx(2 / 3)
    assert scores["spearman"] == pytest.approx(0.866, abs=1e-3)
    assert found.worst == (1,)


def test_retrieval_by_hand() -> None:
    examples = [Example(text=str(i), pair=pair) for i, pair in enumerate(["a", "b", "a"])]
    vectors = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32)
    said = [prediction(vector=v) for v in ((1, 0), (1, 0.5), (0.5, 0.5))]
    found = evaluate(examples, said, pair_vectors=vectors, params=PARAMS)
    assert [o.rank for o in found.outcomes] == [1, 2, 2]
    assert found.scores["recall_at_1"].value == pytest.approx(1 / 3)
    assert found.scores["recall_at_5"].value == 1.0
    assert found.scores["mrr"].value == pytest.approx(2 / 3)


def test_equal_vectors_earn_nothing() -> None:
    examples = [Example(text=str(i), pair=str(i)) for i in range(10)]
    found = evaluate(examples, [prediction()] * 10, pair_vectors=np.ones((10, 2), np.float32), params=PARAMS)
    assert found.scores["recall_at_5"].value == 0.0


def test_two_models_are_compared_on_each_score() -> None:
    good, bad = (evaluate(EXAMPLES * 20, said * 20, params=PARAMS) for said in (GOOD, BAD))
    found = compare_outcomes(bad.outcomes, good.outcomes, rounds=200)
    assert found["accuracy"].difference == pytest.approx(0.8)
    assert found["accuracy"].p_value < 0.01
    assert found["spans"].difference == pytest.approx(0.5 - 2 / 3)


def test_models_evaluated_on_different_examples_are_not_compared() -> None:
    a, b = evaluate(EXAMPLES, GOOD, params=PARAMS), evaluate(EXAMPLES[::-1], GOOD[::-1], params=PARAMS)
    with pytest.raises(InvalidInputError, match="different examples"):
        compare_outcomes(a.outcomes, b.outcomes)


def test_an_evaluation_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = evaluate(EXAMPLES, BAD, model="m", data="d", params=PARAMS)
    save_evaluation(found, tmp_path / "metrics.json")
    assert load_evaluation(tmp_path / "metrics.json") == found
    assert [p.name for p in tmp_path.iterdir()] == ["metrics.json"]


@pytest.mark.parametrize("content", ["", "{", '{"model": "x"}', "[]"])
def test_what_is_no_evaluation_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "metrics.json").write_text(content)
    with pytest.raises(InvalidEvaluationError):
        load_evaluation(tmp_path / "metrics.json")
    with pytest.raises(InvalidEvaluationError):
        load_evaluation(tmp_path / "none.json")


@pytest.mark.parametrize("count", [0, 4])
def test_predictions_must_be_as_many_as_examples(count: int) -> None:
    with pytest.raises(InvalidInputError, match="predictions"):
        evaluate(EXAMPLES[:0] if not count else EXAMPLES, GOOD[:count])


@pytest.mark.parametrize("wrong", [{"false_rejection": 1.0}, {"rounds": 0}, {"bins": 0}])
def test_params_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInputError):
        EvaluationParams(**wrong)  # type: ignore[arg-type]


def test_only_what_has_a_truth_is_scored() -> None:
    found = evaluate([Example(text="a")], [prediction(0.2, 0.7, 0.1)], params=PARAMS)
    assert (dict(found.scores), measures_of(found.outcomes)) == ({}, {})
    assert found.worst == ()
