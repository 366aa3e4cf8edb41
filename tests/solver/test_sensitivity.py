"""What one more of something changes, and which rule costs what, on a toy."""

from dataclasses import replace

import pytest
from tests.solver.toys import TOY, Chosen, Problem, solve

from yuanli.errors import Text, figured
from yuanli.solver import (
    Change,
    Effect,
    Relaxation,
    Result,
    Search,
    Sort,
    Stop,
    Wish,
    WrongPlanError,
    sensitivity,
    without,
)

STOP = Stop(time_s=5)


def relaxations(problem: Problem, plan: Chosen) -> list[Relaxation[Problem, Chosen]]:
    del plan
    numbers, least = problem
    more: Relaxation[Problem, Chosen] = Relaxation(
        name=Text("多一个数", "One more number"),
        sort=Sort.RESOURCE,
        problem=((*numbers, 2), least),
        wider=True,
    )
    dear: Relaxation[Problem, Chosen] = Relaxation(
        name=Text("多一个大数", "A large number more"), sort=Sort.RESOURCE, problem=((*numbers, 9), least)
    )
    fewer: Relaxation[Problem, Chosen] = Relaxation(
        name=without("至少选 2 个", "at least 2"), sort=Sort.RULE, problem=(numbers, least - 1)
    )
    added: Relaxation[Problem, Chosen] = Relaxation(
        name=Text("多选一个", "One more to choose"), sort=Sort.RULE, problem=(numbers, least + 1), wider=False,
        carry=lambda plan: (*plan, 5),
    )  # fmt: skip
    return [more, dear, fewer, added]


def unproved(problem: Problem, search: Search[Chosen], wish: Wish[Chosen]) -> Result[Chosen]:
    found = solve(problem, search, wish)
    return replace(found, bound=float("-inf"))


def test_savings_are_told_from_none_proved_and_from_dearer() -> None:
    kind = replace(TOY, relaxations=relaxations)
    told = sensitivity(kind, ((5, 1, 3), 2), (1, 3), stop=Stop(time_s=0.5))
    found = {one.name.en: (one.effect, one.saving, one.at_least, one.at_most) for one in told.senses}
    assert found["One more number"] == (Effect.CHEAPER, 1, 1, 1)
    assert found["A large number more"] == (Effect.NONE_PROVED, 0, 0, 0)
    assert found['Without "at least 2"'][:2] == (Effect.CHEAPER, 3)
    assert found["One more to choose"][:2] == (Effect.DEARER, -5)
    assert [one.saving for one in told.senses] == [3, 1, 0, -5]
    texts = {one.name.en: one.text for one in told.senses}
    assert texts["One more number"].en == "One more number: saves 1 (proved), with 2 changes."
    assert texts["A large number more"].zh == "多一个大数：已证明不会更省。"
    assert (told.better, told.left_out) == (0, 0)


def test_none_found_is_not_none_proved() -> None:
    kind = replace(TOY, relaxations=lambda problem, plan: relaxations(problem, plan)[1:2], solve=unproved)
    (one,) = sensitivity(kind, ((5, 1, 3), 2), (1, 3), stop=STOP).senses
    assert (one.effect, one.at_most) == (Effect.NONE_FOUND, None)
    assert one.text.en == (
        "A large number more: no saving was found within 5 s (but that there is none is not proved)."
    )
    (one,) = sensitivity(kind, ((5, 1, 3), 2), (1, 3), stop=STOP, bound=3.5).senses
    assert (one.effect, one.at_most) == (
        Effect.NONE_FOUND,
        None,
    )  # a bound of the narrower one says nothing here


def test_what_a_longer_search_finds_is_no_saving() -> None:
    kind = replace(TOY, relaxations=lambda problem, plan: relaxations(problem, plan)[1:2])
    told = sensitivity(kind, ((5, 1, 3), 2), (5, 1), stop=STOP)
    assert (told.better, told.senses[0].effect, told.senses[0].saving) == (2, Effect.NONE_PROVED, 0)


def test_locks_are_kept_and_their_price_is_told() -> None:
    wish: Wish[Chosen] = Wish(start=(5, 1), locked={"5"})
    told = sensitivity(
        replace(TOY, relaxations=relaxations), ((5, 1, 3), 2), (5, 1), stop=STOP, wish=wish, most=2
    )
    found = {one.name.en: one.saving for one in told.senses}
    assert told.better == 0
    assert found == {'Without "1 that were locked"': 2, "One more number": 0}
    assert told.left_out == 3


def test_a_plan_at_fault_is_never_told() -> None:
    def lying(problem: Problem, search: Search[Chosen], wish: Wish[Chosen]) -> Result[Chosen]:
        if len(problem[0]) == 3:
            return solve(problem, search, wish)
        search.offer((1,), 0.5)
        return search.result()

    with pytest.raises(WrongPlanError, match="too few"):
        sensitivity(replace(TOY, relaxations=relaxations, solve=lying), ((5, 1, 3), 2), (1, 3), stop=STOP)


def test_a_kind_without_changed_problems_has_none() -> None:
    assert sensitivity(TOY, ((5, 1, 3), 2), (1, 3), stop=STOP).senses == ()


def test_figures_are_told_with_as_many_digits_as_people_read() -> None:
    hours = Change(by=1 / 3, share=True).name("电价", "Price")
    assert (hours.zh, hours.en) == ("电价 +33.3 %", "Price +33.3 %")
    assert [figured(x) for x in (25.5999, 0.00312, 12345.678, -4.0, 0.0)] == [
        "25.60",
        "0.0031",
        "12,346",
        "-4",
        "0",
    ]
