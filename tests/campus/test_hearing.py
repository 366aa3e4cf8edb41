"""Names that were misheard are written as the campus writes them, and other words are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.house import small_campus

from yuanli.campus import Campus, HeardNames, correct_heard, heard_names, spoken_names
from yuanli.demo import demo_campus


@pytest.fixture(scope="module")
def park() -> Campus:
    return demo_campus()


@pytest.fixture(scope="module")
def names(park: Campus) -> HeardNames:
    return heard_names(park)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("抱告厅怎么走", "报告厅怎么走"),
        ("去宝高厅", "去报告厅"),
        ("報告廳在哪裡", "报告厅在哪里"),
        ("从北门到石堂", "从北门到食堂"),
        ("石探在哪", "石探在哪"),
        ("食堂几点开门", "食堂几点开门"),
        ("最近的洗手间在哪", "最近的洗手间在哪"),
        ("", ""),
        ("hello, where is the gate?", "hello, where is the gate?"),
    ],
)
def test_a_misheard_name_is_put_right(names: HeardNames, heard: str, meant: str) -> None:
    assert correct_heard(heard, names) == meant


def test_every_name_is_right_as_it_is(park: Campus, names: HeardNames) -> None:
    for name in spoken_names(park, "zh", most_characters=10_000):
        assert correct_heard(name, names) == name


@given(st.text(max_size=40))
def test_any_text_is_borne(text: str) -> None:
    names = heard_names(small_campus())
    once = correct_heard(text, names)
    assert correct_heard(once, names) == once


def test_a_recogniser_expects_the_most_important_names(park: Campus) -> None:
    zh, en = spoken_names(park, "zh"), spoken_names(park, "en")
    assert "报告厅" in spoken_names(park, "zh", most_characters=10_000)
    assert sum(map(len, zh)) <= 240
    assert "Tower A" in en
    assert not any("一" <= c <= "鿿" for name in en for c in name)
    assert not any(c.isdigit() for name in (*zh, *en) for c in name)
    assert len(set(zh)) == len(zh)
