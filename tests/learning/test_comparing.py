"""What got better and worse between two models, and how far two judges agree."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.conftest import GATE, NAME, example

from yuanli.learning import Model, Registry, cohen_kappa, compare_models


def test_each_example_that_changed_is_told(registry: Registry) -> None:
    first, second = (Model(registry.folder_of(NAME, version)) for version in ("1", "2"))
    lost = compare_models(GATE, first, second)
    assert (lost.before, lost.after, lost.count, lost.both_right, lost.both_wrong) == ("1", "2", 40, 20, 0)
    assert (len(lost.worse), lost.better) == (20, ())
    assert (lost.worse[0].truth, lost.worse[0].after) == (("nearest", ()), ("other", ()))
    assert (lost.comparison.difference, lost.comparison.p_value < 0.01) == (-0.5, True)
    won = compare_models(GATE, second, first)
    assert (len(won.better), won.worse) == (20, ())


def test_a_wrong_span_makes_an_answer_wrong(registry: Registry) -> None:
    model = Model(registry.folder_of(NAME, "1"))
    changed = compare_models([example("[北门](destination) 怎么走", "route")], model, model)
    assert (changed.both_wrong, changed.both_right) == (1, 0)


def test_no_examples_change_nothing(registry: Registry) -> None:
    model = Model(registry.folder_of(NAME, "1"))
    assert compare_models([], model, model).count == 0


def test_kappa_agrees_with_the_case_worked_by_hand() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed 0.7, by chance 0.5."""
    first = "y" * 25 + "n" * 25
    second = "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    assert math.isnan(cohen_kappa("", ""))
    assert cohen_kappa("yy", "yy") == 1.0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_is_symmetric_and_at_most_one(pairs: list[tuple[str, str]]) -> None:
    first, second = zip(*pairs, strict=True)
    kappa = cohen_kappa(first, second)
    assert kappa == pytest.approx(cohen_kappa(second, first))
    assert kappa <= 1
    assert cohen_kappa(first, first) == 1
