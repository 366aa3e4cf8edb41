"""Personal data is replaced by data of the same shape, and spans stay where they are."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.learning import Example, Personal, Span, mask, parse_markup

KINDS = {"phone": Personal.PHONE, "plate_number": Personal.PLATE, "person": Personal.PERSON}
SHAPES = {
    "我的电话是13812345678": r"我的电话是1[3-9]\d{9}",
    "call 138 1234 5678 please": r"call 1[3-9]\d \d{4} \d{4} please",
    "给沪A12345开门": r"给[一-鿿][A-Z]\d{5}开门",
    "京AD12345，新能源": r"[一-鿿][A-Z]{2}\d{5}，新能源",
    "让粤B·1234警进来": r"让[一-鿿][A-Z]·\d{4}警进来",
    "身份证11010519491231002X": r"身份证\d{17}X",
    "办公室021-66554433": r"办公室\d{3}-\d{8}",
    "mail li.ming@example.com now": r"mail [a-z]{2}\.[a-z]{4}@[a-z]{7}\.com now",
    "幺三八零零一三八零零零": r"[零一二三四五六七八九]{11}",
}


@pytest.mark.parametrize("text", SHAPES)
def test_personal_data_is_found_by_its_shape(text: str) -> None:
    masked = mask(Example(text=text), Random(0)).text
    assert masked != text
    assert re.fullmatch(SHAPES[text], masked)


@pytest.mark.parametrize(
    "text", ["去A座301怎么走", "2026年3月1日下午两点半，B1层12号", "room 301 at 14:30", "order 123456"]
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask(Example(text=text), Random(0), KINDS).text == text


@pytest.mark.parametrize(
    ("markup", "pattern"),
    [
        ("通知[张总](person)", r"通知[一-鿿]总"),
        ("[王小明](person)在吗", r"[一-鿿]{3}在吗"),
        ("tell [Anna Bell](person)", r"tell [A-Z][a-z]{3} [A-Z][a-z]{3}"),
        ("分机[8012](phone)", r"分机\d{4}"),
        ("open for [ABC 1234](plate_number)", r"open for [A-Z]{3} \d{4}"),
        ("[plate 88-XY](plate_number)", r"plate \d\d-[A-Z]{2}"),
    ],
)
def test_personal_data_is_found_by_its_type(markup: str, pattern: str) -> None:
    example = parse_markup(markup)
    masked = mask(example, Random(0), KINDS)
    assert masked.text != example.text
    assert re.fullmatch(pattern, masked.text)
    assert masked.spans == example.spans


def test_a_value_is_replaced_by_the_same_one_everywhere() -> None:
    text = "13812345678，再说一遍13812345678"
    example = Example(text=text, context="张伟的电话是13812345678吗？", spans=(Span(0, 11, "phone"),))
    masked = mask(example, Random(0), KINDS)
    numbers = re.findall(r"\d{11}", masked.text + str(masked.context))
    assert (len(numbers), len(set(numbers)), "13812345678" in numbers) == (3, 1, False)


def test_a_name_in_a_span_is_replaced_in_the_context_too() -> None:
    masked = mask(Example(text="张伟", spans=(Span(0, 2, "person"),), context="您找张伟？"), Random(0), KINDS)
    assert masked.context == f"您找{masked.text}？"
    assert masked.text != "张伟"


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*SHAPES, "张伟", "A座301", " ", "，"]),
            st.text(alphabet="ab1零沪@.- ", max_size=12),
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 2**32),
)
def test_length_and_spans_never_change(parts: list[str], seed: int) -> None:
    text, spans = "".join(parts), []
    at = 0
    for number, part in enumerate(parts):
        if part:
            spans.append(Span(at, at + len(part), ("phone", "person", "place", "plate_number")[number % 4]))
        at += len(part)
    if not text:
        return
    masked = mask(Example(text=text, spans=tuple(spans)), Random(seed), KINDS)
    assert len(masked.text) == len(text)
    assert masked.spans == tuple(spans)
