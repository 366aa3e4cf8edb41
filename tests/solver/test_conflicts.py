from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.solver import minimal_conflict


@given(st.lists(st.sets(st.integers(0, 11), min_size=1, max_size=4), max_size=4))
def test_what_is_found_conflicts_and_nothing_of_it_can_go(clashes: list[set[int]]) -> None:
    def feasible(rules: Sequence[int]) -> bool:
        return not any(clash <= set(rules) for clash in clashes)

    found = minimal_conflict(range(12), feasible)
    if not clashes:
        assert found == ()
        return
    assert not feasible(found)
    assert all(feasible([rule for rule in found if rule != gone]) for gone in found)


def test_important_rules_are_kept_out_of_it() -> None:
    assert minimal_conflict([0, 1, 2, 3], lambda rules: not ({0, 1} <= set(rules) or {2, 3} <= set(rules))) in (
        (0, 1), (2, 3),
    )  # fmt: skip


def test_it_asks_seldom() -> None:
    asked = 0

    def feasible(rules: Sequence[int]) -> bool:
        nonlocal asked
        asked += 1
        return not {100, 900} <= set(rules)

    assert minimal_conflict(range(1000), feasible) == (100, 900)
    assert asked < 50


def test_a_background_that_can_t_be_is_told() -> None:
    with pytest.raises(ValueError, match="background"):
        minimal_conflict([1], lambda rules: 0 not in rules, background=[0])
