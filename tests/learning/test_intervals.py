"""Agreement on intervals, against samples that are counted one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.learning import (
    LabelledWindow,
    TimeSpan,
    cohen_kappa,
    interval_f1,
    interval_iou,
    interval_kappa,
    same_intervals,
)

spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30), st.sampled_from("ab")).map(
        lambda s: TimeSpan(s[0], s[0] + s[1], s[2])
    ),
    max_size=4,
)
windows = st.lists(st.tuples(st.integers(1, 100), spans, spans), min_size=1, max_size=3).map(
    lambda marked: [LabelledWindow(0, end, first, second) for end, first, second in marked]
)


def said(marked: Sequence[TimeSpan], at: int) -> frozenset[str]:
    return frozenset(span.label for span in marked if span.start <= at < span.end)


@given(windows, st.integers(1, 17))
def test_kappa_is_that_of_samples_counted_one_by_one(marked: list[LabelledWindow], step: int) -> None:
    at = [(window, at) for window in marked for at in range(0, window.end, step)]
    first = [said(window.first, moment) for window, moment in at]
    second = [said(window.second, moment) for window, moment in at]
    assert interval_kappa(marked, step) == pytest.approx(cohen_kappa(first, second))


@given(windows)
def test_who_agrees_with_themselves_agrees_wholly(marked: list[LabelledWindow]) -> None:
    same = [LabelledWindow(w.start, w.end, w.first, w.first) for w in marked]
    assert (interval_f1(same), interval_iou(same), interval_kappa(same, 1)) == (1.0, 1.0, 1.0)
    assert all(same_intervals(w.first, w.first, 0) for w in marked)


@given(windows)
def test_it_makes_no_difference_who_is_first(marked: list[LabelledWindow]) -> None:
    other = [LabelledWindow(w.start, w.end, w.second, w.first) for w in marked]
    assert interval_iou(other) == interval_iou(marked)
    assert interval_kappa(other, 3) == pytest.approx(interval_kappa(marked, 3))


def test_an_interval_matches_one_other_at_most() -> None:
    window = LabelledWindow(0, 100, [TimeSpan(0, 10, "a")], [TimeSpan(0, 9, "a"), TimeSpan(1, 10, "a")])
    assert interval_f1([window]) == pytest.approx(2 / 3)
    assert interval_f1([LabelledWindow(0, 9, [TimeSpan(0, 9, "a")], [TimeSpan(0, 9, "b")])]) == 0


def test_of_no_time_nothing_can_be_said() -> None:
    assert math.isnan(interval_kappa([], 60))
    assert interval_f1([]) == interval_iou([]) == 1.0
