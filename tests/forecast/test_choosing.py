import numpy as np

from yuanli.forecast.choosing import choose_methods
from yuanli.forecast.conformal import adapted, interval_widths


def test_the_k_th_smallest_error_is_the_width() -> None:
    errors = np.arange(1.0, 40.0)[None]  # 39 errors: k = ceil(40 * 0.8) = 32
    groups = np.zeros(39, dtype=np.int64)
    widths = interval_widths(errors, groups, np.array([0, 0]), np.array([0.8]))
    assert widths.tolist() == [[32.0, 32.0]]


def test_groups_have_their_own_width_once_they_have_enough_errors() -> None:
    errors = np.concatenate([np.full(30, 1.0), np.full(30, 9.0), np.full(5, 100.0)])[None]
    groups = np.repeat([0, 1, 2], [30, 30, 5])
    widths = interval_widths(errors, groups, np.array([0, 1, 2]), np.array([0.8]))
    assert widths.tolist() == [[1.0, 9.0, 9.0]]


def test_intervals_that_miss_too_often_are_widened_and_silence_changes_nothing() -> None:
    levels = adapted(np.array([0.8, 0.8, 0.8]), np.array([0.6, 0.0, np.nan]), 0.8)
    assert levels[0] > 0.8 > levels[1]
    assert levels[2] == 0.8


def test_the_best_method_of_each_point_is_chosen_and_ties_go_to_the_plainer() -> None:
    errors = np.array([[10.0, 5.0, 7.0, np.nan], [5.0, 10.0, 7.0, np.nan]])
    assert choose_methods(errors, days=28).tolist() == [1, 0, 0, 1]


def test_a_short_past_is_outweighed_by_what_the_other_points_say() -> None:
    errors = np.array([[10.0] * 20 + [4.8], [5.0] * 20 + [5.0]])
    assert choose_methods(errors, days=1)[-1] == 1
    assert choose_methods(np.array([[10.0] * 20 + [2.0], [5.0] * 20 + [5.0]]), days=28)[-1] == 0


def test_a_method_that_said_nothing_is_never_chosen() -> None:
    assert choose_methods(np.array([[9.0], [np.nan], [8.0]]), days=28).tolist() == [2]
