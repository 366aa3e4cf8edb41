"""Leaks and splits, against a plain second implementation and at full size."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pace import within

from yuanli.errors import InvalidInputError
from yuanli.learning import Example, LeakKind, NoSplitError, augment, find_leaks, split
from yuanli.learning.alike import SIMILARITY, alike_of, normalised
from yuanli.learning.examples import language_of
from yuanli.learning.leaks import groups_of

WORDS = [
    "北门",
    "南门",
    "食堂",
    "怎么走",
    "在哪",
    "请问",
    "会议室",
    "的",
    "去",
    "A座301",
    "最近",
    "开",
    "关",
    "灯",
]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map("".join) | st.sampled_from(
    [
        "turn on the light",
        "turn on the lights",
        "Turn on the light!",
        "switch it off",
        "book a room for three people",
    ]
)


def jaccard(a: str, b: str) -> float:
    return len(grams(a) & grams(b)) / len(grams(a) | grams(b))


def grams(text: str) -> set[str]:
    padded, size = f"\x02{normalised(text)}\x03", 2 if language_of(normalised(text)) == "zh" else 3
    return {padded[i : i + size] for i in range(max(1, len(padded) - size + 1))}


@given(st.lists(TEXTS, min_size=1, max_size=14), st.sampled_from([0.5, 0.8, 1.0]))
def test_the_prefix_filter_misses_no_near_duplicate(texts: list[str], similarity: float) -> None:
    alike = alike_of([Example(text=text) for text in texts], similarity)
    found = {(int(alike.first[i]), i) for i in range(len(texts)) if alike.first[i] != i}
    found |= set(zip(alike.left.tolist(), alike.right.tolist(), strict=True))
    firsts = [i for i in range(len(texts)) if alike.first[i] == i]
    expected = {
        (a, b) for a, b in combinations(firsts, 2) if jaccard(texts[a], texts[b]) >= similarity - 1e-9
    }
    expected |= {(a, i) for i in range(len(texts)) if (a := int(alike.first[i])) != i}
    assert found == expected
    for a, b, share in zip(alike.left, alike.right, alike.similarity, strict=True):
        assert share == pytest.approx(jaccard(texts[a], texts[b]))


@given(st.lists(TEXTS, min_size=8, max_size=40), st.integers(0, 5))
def test_a_split_never_leaks_and_loses_nothing(texts: list[str], seed: int) -> None:
    examples = [
        Example(text=t, label=t[:1], origin=f"a:{i}", language=language_of(t)) for i, t in enumerate(texts)
    ]
    examples += augment(examples, [("typo", 0.5), ("script", 0.5)], times=1, seed=seed)
    try:
        parts = split(examples, seed=seed, dev=0.2, test=0.2)
    except NoSplitError:
        return
    assert find_leaks(parts.train, [*parts.dev, *parts.test]) == ()
    assert find_leaks(parts.dev, parts.test) == ()
    whole = [*parts.train, *parts.dev, *parts.test]
    assert sorted(map(repr, whole)) == sorted(map(repr, examples))
    assert split(examples, seed=seed, dev=0.2, test=0.2) == parts


def test_a_split_keeps_the_shares_of_each_label() -> None:
    rng = Random(0)
    examples = [
        Example(text="".join(rng.choices("天地玄黄宇宙洪荒日月盈昃", k=12)), label=label)
        for label, count in (("a", 100), ("b", 50), ("c", 10))
        for _ in range(count)
    ]
    parts = split(examples, dev=0.1, test=0.2, seed=3)
    counted = {
        label: tuple(sum(e.label == label for e in part) for part in (parts.train, parts.dev, parts.test))
        for label in "abc"
    }
    assert counted == {"a": (70, 10, 20), "b": (35, 5, 10), "c": (7, 1, 2)}


def test_each_leak_is_told_with_its_kind_and_the_example_it_is_most_like() -> None:
    train = [
        Example(text="请问食堂怎么走", origin="t:1"),
        Example(text="how do i get to the north gate", origin="t:2"),
        Example(text="how do I get to the north gate now", origin="t:3"),
        Example(text="打开会议室的灯", origin="t:4"),
    ]
    other = [
        Example(text="请问食堂怎么走", origin="o:1"),
        Example(text="請問，食堂 怎麼走？", origin="o:2"),
        Example(text="How do I get to the North Gates?", origin="o:3"),
        Example(text="开灯", origin="t:4", made_by="ellipsis"),
        Example(text="订一间会议室", origin="o:5"),
    ]
    leaks = find_leaks(train, other)
    assert [(leak.kind, leak.train.origin, leak.other.origin) for leak in leaks] == [
        (LeakKind.EXACT, "t:1", "o:1"), (LeakKind.NORMALISED, "t:1", "o:2"),
        (LeakKind.NEAR, "t:2", "o:3"), (LeakKind.DERIVED, "t:4", "t:4"),
    ]  # fmt: skip
    assert leaks[2].similarity == pytest.approx(jaccard(train[1].text, other[2].text))
    assert find_leaks(other, []) == find_leaks([], other) == ()


def test_a_duplicate_within_the_other_part_is_a_leak_too() -> None:
    train = [Example(text="how do i get to the north gate")]
    other = [
        Example(text="How do I get to the north gate?!s"),
        Example(text="how do i get to the north gates"),
    ]
    assert [leak.kind for leak in find_leaks(train, other)] == [LeakKind.NEAR, LeakKind.NEAR]


def test_a_short_answer_to_another_question_is_another_example() -> None:
    train, other = Example(text="三点", context="几点开始？"), Example(text="三点", context="几点结束？")
    assert find_leaks([train], [other]) == ()
    assert [leak.kind for leak in find_leaks([train], [train])] == [LeakKind.EXACT]


@pytest.mark.parametrize(("dev", "test"), [(-0.1, 0.1), (0.5, 0.5), (0.9, 0.2)])
def test_shares_that_leave_nothing_to_train_on_are_refused(dev: float, test: float) -> None:
    with pytest.raises(InvalidInputError):
        split([Example(text="a")], dev=dev, test=test)


def test_examples_that_are_all_alike_cannot_be_split() -> None:
    examples = [Example(text=f"请问从北门走到图书馆东边的第二食堂要多久{c}") for c in "啊呀吗呢"]
    assert set(groups_of(examples).tolist()) == {0}
    with pytest.raises(NoSplitError, match="too alike"):
        split(examples)


def test_thirty_thousand_examples_are_checked_in_half_a_minute() -> None:
    rng = Random(0)
    places = [f"{letter}座{number}" for letter in "ABCDEFGH" for number in range(101, 160)]
    tails = [
        "怎么走",
        "在哪里",
        "现在有人吗",
        "空调坏了麻烦来修",
        "预订到下午三点",
        "的投影仪打不开",
        "太热了调低一点",
    ]
    heads = ["", "请问", "你好，", "帮我看看", "我想知道", "麻烦问下", "那个"]
    examples = [
        Example(text=rng.choice(heads) + rng.choice(places) + rng.choice(tails)) for _ in range(30_000)
    ]
    with within(30):
        leaks = find_leaks(examples[:27_000], examples[27_000:])
    assert len(leaks) > 2_000


def test_similarity_is_what_the_docs_say() -> None:
    assert SIMILARITY == 0.8
