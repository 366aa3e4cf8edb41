"""What every way to change an example keeps, and what each does."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.generated import examples

from yuanli.errors import InvalidInputError
from yuanli.learning import AUGMENTERS, Example, Span, Tables, augment, paraphrased, parse_markup, tables_of
from yuanli.learning.augmentation import augmenter_of
from yuanli.learning.augmentation.pieces import pieces_of, words
from yuanli.learning.augmentation.sounds import common_characters, homophones
from yuanli.learning.examples import write_markup

VALUES = Tables(
    values={
        ("place", "zh"): ("西门", "图书馆"),
        ("place", "en"): ("the gym", "B12"),
        ("time", "en"): ("noon",),
    }
)
LEAVE_SPANS = ("synonym", "drop", "swap", "filler", "ellipsis", "punctuation")
NAMES = st.sampled_from(sorted(AUGMENTERS))
SEEDS = st.integers(0, 10_000)


def changed(example: Example, name: str, seed: int = 0) -> Example:
    return augmenter_of([(name, 1.0)], VALUES)(example, Random(seed))


def outcomes(text: str, name: str, language: str = "") -> set[str]:
    example = Example(text=text, language=language) if "[" not in text else parse_markup(text)
    return {changed(example, name, seed).text for seed in range(60)}


@given(examples(), NAMES, SEEDS)
def test_every_change_keeps_the_spans_in_type_and_order_and_is_labelled(
    example: Example, name: str, seed: int
) -> None:
    new = changed(example, name, seed)
    assert [s.type for s in new.spans] == [s.type for s in example.spans]
    assert all(value.strip() == value and value for _, value in new.values())
    assert (new.label, new.context, new.origin) == (example.label, example.context, example.origin)
    assert (new.made_by == name) if new is not example else (new.made_by == "")
    assert new.text.strip() or new is example


def test_a_whole_sentence_may_be_said_after_anything() -> None:
    asked = Example(text="三点", context="几点开始？", language="zh")
    tables = tables_of([asked], [])
    aside = augmenter_of([("aside", 1.0)], tables)
    whole = aside(parse_markup("[报告厅](place)在几楼"), Random(0))
    assert (whole.context, whole.made_by) == ("几点开始？", "aside")
    for kept in (asked, Example(text="两点半"), Example(text="how do I get to the lab", language="en")):
        assert aside(kept, Random(0)) is kept


@given(examples(), st.sampled_from(LEAVE_SPANS), SEEDS)
def test_what_must_not_touch_the_spans_leaves_them(example: Example, name: str, seed: int) -> None:
    assert changed(example, name, seed).values() == example.values()


@given(examples(wild=True), NAMES, SEEDS)
def test_no_text_however_strange_breaks_a_change(example: Example, name: str, seed: int) -> None:
    assert [s.type for s in changed(example, name, seed).spans] == [s.type for s in example.spans]


@given(examples(), SEEDS)
def test_a_seeded_run_is_repeated_exactly(example: Example, seed: int) -> None:
    shares = [(name, 0.4) for name in AUGMENTERS]
    runs = [augment([example], shares, times=4, seed=seed, tables=VALUES) for _ in range(2)]
    assert runs[0] == runs[1]
    assert all(new.made_by and new.text != example.text for new in runs[0])


@given(examples())
def test_pieces_joined_are_the_text(example: Example) -> None:
    assert "".join(piece.text for piece in pieces_of(example)) == example.text


def test_changes_after_each_other_are_all_named() -> None:
    new = augmenter_of([("punctuation", 1), ("case", 1)])(Example(text="Book a room, now!"), Random(1))
    assert (new.text, new.made_by) == ("book a room now", "punctuation+case")


def test_an_unknown_change_is_refused_with_those_known() -> None:
    with pytest.raises(InvalidInputError, match="'shout'") as refused:
        augmenter_of([("shout", 0.5)])
    assert refused.value.hint is not None
    assert "synonym" in refused.value.hint.en


def test_a_language_without_tables_is_left_as_it_is() -> None:
    example = Example(text="où est la salle", language="fr")
    assert all(changed(example, name) is example for name in ("synonym", "drop", "filler", "ellipsis"))


def test_the_language_is_seen_where_it_is_not_said() -> None:
    assert "請問北門怎麼走" in outcomes("请问北门怎么走", "script")


@pytest.mark.parametrize(
    ("text", "name", "never"),
    [
        ("我要请假", "ellipsis", "假"),
        ("我要请假", "drop", "我要假"),
        ("怎样申请了解", "drop", "怎样申了解"),
        ("你在干什么", "synonym", "什吗"),
        ("这里没有人", "synonym", "没有有"),
        ("预订一间", "synonym", "预预"),
        ("history of the site", "ellipsis", "story"),
        ("附近有没有网吧", "ellipsis", "网。"),
    ],
)
def test_a_word_inside_another_word_is_left_alone(text: str, name: str, never: str) -> None:
    assert not any(never in new and new != text for new in outcomes(text, name))


def test_a_request_is_shortened_at_its_ends() -> None:
    assert outcomes("请帮我打开灯，谢谢", "ellipsis") == {"打开灯"}
    assert outcomes("Could you please open the gate, thanks!", "ellipsis") == {"open the gate"}


def test_one_word_is_replaced_by_another_of_its_row() -> None:
    row = next(row for row in words()["synonyms"]["zh"] if "怎么走" in row)
    assert outcomes("北门怎么走", "synonym") == {f"北门{word}" for word in row if word != "怎么走"}


def test_mixing_goes_from_chinese_to_english_only() -> None:
    assert outcomes("[空调](device)坏了", "mixing") == {"AC坏了"}
    assert outcomes("lift 坏了", "mixing", "zh") == {"lift 坏了"}


def test_a_value_is_replaced_by_one_of_its_type() -> None:
    example = Example(text="去北门", spans=(Span(1, 3, "place"),), language="zh")
    made = {changed(example, "value", seed).text for seed in range(60)}
    assert made == {"去北门", "去西门", "去图书馆"}


def test_values_of_one_group_of_types_stand_for_each_other() -> None:
    said = [
        Example(text="去A座", spans=(Span(1, 3, "place"),)),
        Example(text="从北门", spans=(Span(1, 3, "origin"),), language="zh-CN"),
        Example(text="三点", spans=(Span(0, 2, "time"),)),
    ]
    assert tables_of(said, [("place", "origin")]).values == {
        ("place", "zh"): ("A座", "北门"),
        ("origin", "zh"): ("A座", "北门"),
    }


def test_every_word_of_the_tables_is_text() -> None:
    def leaves(node: object) -> list[object]:
        if isinstance(node, dict):
            return [*node, *(leaf for value in node.values() for leaf in leaves(value))]
        return [leaf for value in node for leaf in leaves(value)] if isinstance(node, list) else [node]

    assert [leaf for leaf in leaves(dict(words())) if not isinstance(leaf, str)] == []


def test_full_and_half_width_go_both_ways() -> None:
    assert outcomes("A座301", "width", "zh") == {"Ａ座３０１"}
    assert outcomes("Ａ座３０１", "width", "zh") == {"A座301"}


def test_digits_are_never_mistyped() -> None:
    assert all("301" in new for new in outcomes("room 301 please", "typo"))


def test_homophones_sound_alike_and_are_in_daily_use() -> None:
    assert len(common_characters()) == 3755
    assert "式" in homophones("室")
    assert "室" not in homophones("室")
    assert set(homophones("室")) <= set(common_characters())


class Speaker:
    """A paraphraser that says fixed lines."""

    name = "speaker"

    def __init__(self, *lines: str) -> None:
        self.lines = lines

    def paraphrase(self, markup: str, *, language: str, count: int) -> Sequence[str]:
        assert (language, count) == ("zh", 3)
        assert "[北门](place)" in markup
        return self.lines


def test_a_paraphrase_counts_only_with_all_its_spans() -> None:
    example = parse_markup("[北门](place)怎么走")
    speaker = Speaker(
        "怎么去[北门](place)", "怎么去北门", "[北门](place)怎么走", "怎么去[南门](place)", "[北门](place"
    )
    (new,) = paraphrased(example, speaker, count=3)
    assert (write_markup(new), new.made_by) == ("怎么去[北门](place)", "speaker")


def test_what_cannot_be_marked_is_not_paraphrased() -> None:
    assert paraphrased(Example(text="[a](b)"), Speaker(), count=3) == ()
