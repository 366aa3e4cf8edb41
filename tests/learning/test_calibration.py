from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.reporting.predicting import EXAMPLES, GOOD, LABELS

from yuanli.errors import InvalidInputError
from yuanli.learning import fit_temperature, fitted_temperature, tempered
from yuanli.learning.calibration import calibration_of, log_loss, log_scores
from yuanli.learning.metrics import calibration_error


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_the_temperature_that_scores_were_made_with_is_found(temperature: float) -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 2, (20_000, 5))
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    truth = (shares.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1).clip(max=4)
    assert fit_temperature(scores * temperature, truth) == pytest.approx(temperature, rel=0.05)


def test_a_model_too_sure_of_itself_is_calibrated() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 1, (5000, 3))
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    truth = (shares.cumsum(axis=1) < rng.random((5000, 1))).sum(axis=1).clip(max=2)
    sure = tempered(shares, 1 / 4)
    calm = tempered(sure, fit_temperature(log_scores(sure), truth))
    right = sure.argmax(axis=1) == truth
    assert (calm.argmax(axis=1) == sure.argmax(axis=1)).all()
    assert calibration_error(calm.max(axis=1), right) < 0.03 < calibration_error(sure.max(axis=1), right)
    assert log_loss(log_scores(calm), truth) < log_loss(log_scores(sure), truth)


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6), st.floats(0.1, 10))
def test_a_temperature_changes_no_answer(shares: list[float], temperature: float) -> None:
    row = np.array(shares) / sum(shares)
    found = tempered(row, temperature)
    assert found.sum() == pytest.approx(1)
    assert found[row.argmax()] == pytest.approx(found.max())


def test_certainty_of_zero_and_one_stays_finite() -> None:
    assert np.isfinite(tempered(np.array([[1.0, 0.0]]), 0.5)).all()


def test_predictions_have_a_temperature() -> None:
    assert 0.05 <= fitted_temperature(EXAMPLES, GOOD, LABELS) < 1
    assert fitted_temperature([], [], LABELS) == 1.0


@pytest.mark.parametrize(("shape", "count"), [((0, 2), 0), ((3, 2), 2), ((3,), 3)])
def test_scores_that_do_not_fit_the_truth_are_refused(shape: tuple[int, ...], count: int) -> None:
    with pytest.raises(InvalidInputError):
        fit_temperature(np.zeros(shape), np.zeros(count, dtype=np.int64))


def test_bins_hold_what_falls_into_them() -> None:
    found = calibration_of(np.array([0.05, 0.95, 1.0]), np.array([False, True, True]), bins=10)
    assert [(b.low, b.count, b.accuracy) for b in found.bins] == [(0.0, 1, 0.0), (0.9, 2, 1.0)]
