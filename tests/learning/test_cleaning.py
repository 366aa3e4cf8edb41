from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.generated import examples

from yuanli.errors import InvalidInputError
from yuanli.learning import Action, CleaningParams, Example, FindingKind, Span, clean

LOOSE = CleaningParams(least_examples=1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (" \u3000", FindingKind.EMPTY),
        ("\x00\x07", FindingKind.EMPTY),
        ("ä½\xa0å¥½", FindingKind.DAMAGED),
        ("itâ€™s cold", FindingKind.DAMAGED),
        ("浣犲ソ锟斤拷", FindingKind.DAMAGED),
        ("去\ufffd座", FindingKind.DAMAGED),
        ("很" * 513, FindingKind.TOO_LONG),
    ],
)
def test_a_text_that_cannot_be_learnt_from_is_left_out(text: str, kind: FindingKind) -> None:
    cleaned = clean([Example(text=text, origin="a:1")], LOOSE)
    assert cleaned.kept == ()
    (finding,) = cleaned.findings
    assert (finding.kind, finding.action, finding.origin) == (kind, Action.DROPPED, "a:1")
    assert finding.remedy.zh != finding.remedy.en


@pytest.mark.parametrize("text", ["？？", "🙂", "où est l'hôtel", "Ça va, señor? naïve café", "26°C"])
def test_what_only_looks_odd_is_kept(text: str) -> None:
    assert clean([Example(text=text)], LOOSE).findings == ()


def test_control_characters_become_blanks_and_spans_stay() -> None:
    cleaned = clean([Example(text="去\x00A座\u200b吧", spans=(Span(2, 4, "place"),))], LOOSE)
    assert (cleaned.kept[0].text, cleaned.kept[0].values()) == ("去 A座 吧", (("place", "A座"),))
    assert [f.kind for f in cleaned.findings] == [FindingKind.CONTROL]


def test_a_span_loses_blanks_and_punctuation_at_its_edges() -> None:
    cleaned = clean([Example(text="去 A座， p.m.", spans=(Span(1, 6, "place"), Span(6, 10, "time")))], LOOSE)
    assert cleaned.kept[0].values() == (("place", "A座"), ("time", "p.m."))
    assert [(f.kind, f.action) for f in cleaned.findings] == [(FindingKind.SPAN_EDGES, Action.REPAIRED)]


def test_a_repetition_is_left_out_and_a_variant_is_kept() -> None:
    texts = ["开灯", "开灯", "開燈", "开灯！"]
    cleaned = clean([Example(text=t, label="on", origin=f"a:{i}") for i, t in enumerate(texts)], LOOSE)
    assert [e.text for e in cleaned.kept] == ["开灯", "開燈", "开灯！"]
    assert [(f.kind, f.origin) for f in cleaned.findings] == [(FindingKind.DUPLICATE, "a:1")]
    assert "a:0" in cleaned.findings[0].message.en


def test_the_majority_decides_between_labels_and_nobody_does_in_a_tie() -> None:
    rows = [("开灯", "on"), ("開燈", "on"), ("开灯。", "off"), ("关灯", "on"), ("关灯！", "off")]
    cleaned = clean(
        [Example(text=t, label=label, origin=f"a:{i}") for i, (t, label) in enumerate(rows)], LOOSE
    )
    assert [e.origin for e in cleaned.kept] == ["a:0", "a:1"]
    assert [(f.kind, f.origin) for f in cleaned.findings] == [
        (FindingKind.LABEL_CONFLICT, origin) for origin in ("a:2", "a:3", "a:4")
    ]


def test_the_same_text_marked_in_two_ways_is_left_out() -> None:
    twice = [Example(text="去A座", label="go", spans=spans) for spans in ((), (Span(1, 3, "place"),))]
    assert [f.kind for f in clean(twice, LOOSE).findings] == [FindingKind.SPAN_CONFLICT] * 2


def test_the_same_words_after_another_question_may_mean_something_else() -> None:
    said = [
        Example(text="三点", label="start", context="开始？"),
        Example(text="三点", label="end", context="结束？"),
    ]
    assert clean(said, LOOSE).findings == ()


def test_a_label_with_few_examples_is_told_and_kept() -> None:
    cleaned = clean(
        [Example(text="a", label="x"), Example(text="b", label="x")], CleaningParams(least_examples=3)
    )
    assert len(cleaned.kept) == 2
    assert [(f.kind, f.action) for f in cleaned.findings] == [(FindingKind.RARE_LABEL, Action.KEPT)]


@given(st.lists(examples(wild=True), max_size=8))
def test_what_was_cleaned_is_clean(made: list[Example]) -> None:
    cleaned = clean(made, LOOSE)
    again = clean(cleaned.kept, LOOSE)
    assert again.kept == cleaned.kept
    assert again.findings == ()
    dropped = sum(f.action is Action.DROPPED for f in cleaned.findings)
    assert len(cleaned.kept) + dropped == len(made)


@pytest.mark.parametrize("name", ["most_characters", "least_examples"])
def test_limits_are_at_least_one(name: str) -> None:
    with pytest.raises(InvalidInputError, match=name):
        CleaningParams(**{name: 0})
