import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanli.forecast import InvalidTreeError, reconciled, summing_matrix

NAMES = ("campus", "north", "south", "a", "b", "c")
PARENTS = {"north": "campus", "south": "campus", "a": "north", "b": "north", "c": "south"}
MATRIX = summing_matrix(NAMES, PARENTS)


def test_each_whole_is_made_of_its_leaves() -> None:
    assert MATRIX.tolist() == [[1, 1, 1], [1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_without_errors_the_parts_are_added_up() -> None:
    means = np.array([[100.0], [1], [1], [1], [2], [4]])
    assert reconciled(means, MATRIX)[:, 0].tolist() == [7, 3, 4, 1, 2, 4]


def test_two_parts_and_a_whole_by_hand() -> None:
    """With equal, unrelated errors each of a, b takes a third of what is missing and the whole gives up a third."""
    rng = np.random.default_rng(0)
    errors = rng.choice([-1.0, 1.0], (3, 100_000))
    matrix = summing_matrix(("ab", "a", "b"), {"a": "ab", "b": "ab"})
    found = reconciled(np.array([[13.0], [4.0], [6.0]]), matrix, errors=errors)
    np.testing.assert_allclose(found[:, 0], [12, 5, 7], atol=0.05)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60))
def test_reconciled_forecasts_add_up_and_coherent_ones_stay(seed: int, n_errors: int) -> None:
    rng = np.random.default_rng(seed)
    means, errors = rng.normal(50, 20, (6, 24)), rng.normal(0, 1, (6, n_errors)) * rng.uniform(0.1, 9, (6, 1))
    errors[rng.random(errors.shape) < 0.1] = np.nan
    found = reconciled(means, MATRIX, errors=errors)
    np.testing.assert_allclose(found, MATRIX @ found[[3, 4, 5]], rtol=1e-6, atol=1e-6)
    whole = MATRIX @ means[[3, 4, 5]]
    np.testing.assert_allclose(reconciled(whole, MATRIX, errors=errors), whole, rtol=1e-6, atol=1e-6)


def test_reconciling_helps_where_the_whole_is_forecast_better() -> None:
    rng = np.random.default_rng(1)
    truth = MATRIX @ rng.normal(100, 20, (3, 400))
    scatter = np.array([1.0, 2, 2, 8, 8, 8])[:, None]
    said = truth + scatter * rng.normal(size=truth.shape)
    past = scatter * rng.normal(size=(6, 300))
    ours, added = (np.abs(reconciled(said, MATRIX, errors=e) - truth).mean(axis=1) for e in (past, None))
    assert (ours < added).all()


@pytest.mark.parametrize(
    "parents", [{"a": "campus", "campus": "a"}, {"a": "a"}, {"x": "campus"}, {"a": "nowhere"}]
)
def test_what_is_no_tree_is_refused(parents: dict[str, str]) -> None:
    with pytest.raises(InvalidTreeError):
        summing_matrix(NAMES, parents)


def test_rows_that_do_not_match_the_tree_are_refused() -> None:
    with pytest.raises(InvalidTreeError, match="5 forecasts"):
        reconciled(np.zeros((5, 24)), MATRIX)
