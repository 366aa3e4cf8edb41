"""Nothing that identifies a person leaves, and every span finds its way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.language import redact

HIDDEN = [
    ("打13800138000找我", "13800138000", "PHONE_1"),
    ("打 138 0013-8000 找我", "138 0013-8000", "PHONE_1"),
    ("手机１３８００１３８０００", "１３８００１３８０００", "PHONE_1"),
    ("+86 13800138000 please", "+86 13800138000", "PHONE_1"),
    ("call +44 20 7946 0958 now", "+44 20 7946 0958", "PHONE_1"),
    ("call (415) 555-0132 now", "(415) 555-0132", "PHONE_1"),
    ("座机010-62781234转接", "010-62781234", "PHONE_1"),
    ("客服400-820-8820", "400-820-8820", "PHONE_1"),
    ("车牌沪A12345进不来", "沪A12345", "PLATE_1"),
    ("粤BD12345的车", "粤BD12345", "PLATE_1"),
    ("京·A88888", "京·A88888", None),
    ("身份证11010519491231002X办卡", "11010519491231002X", "ID_1"),
    ("护照E12345678", "E12345678", "ID_1"),
    ("卡号6222 0212 3456 7890 123", "6222 0212 3456 7890 123", "NUMBER_1"),
    ("发到zhang.san@example.com吧", "zhang.san@example.com", "EMAIL_1"),
    ("mail li+x@mail.example.co.uk", "li+x@mail.example.co.uk", "EMAIL_1"),
]


@pytest.mark.parametrize(("text", "value", "placeholder"), [row for row in HIDDEN if row[2]])
def test_what_identifies_somebody_is_hidden(text: str, value: str, placeholder: str) -> None:
    redacted = redact(text)
    assert redacted.text == text.replace(value, placeholder)
    start = redacted.text.index(placeholder)
    span = redacted.find_original(start, start + len(placeholder))
    assert span is not None
    assert text[slice(*span)] == value


@pytest.mark.parametrize(
    "text",
    [
        "从北门到A座301怎么走",
        "预订2026-03-02 14:00到16:00的301会议室，十个人",
        "把空调调到26度，风速3档",
        "工单20260302001处理了吗",
        "Book room 1204 from 2 to 4 pm on 3 March 2026",
        "CO2 above 1000 ppm on floor 12",
    ],
)
def test_places_times_and_amounts_stay(text: str) -> None:
    assert redact(text).text == text


def test_a_name_is_hidden_wherever_it_stands_and_is_the_same_word_each_time() -> None:
    redacted = redact("张三要来，请给张三开门，李四不用", names=[("PERSON", "张三"), ("PERSON", "李四")])
    assert redacted.text == "PERSON_1要来，请给PERSON_1开门，PERSON_2不用"


def test_a_placeholder_that_was_said_is_not_used_again() -> None:
    assert redact("PHONE_1 是 13800138000").text == "PHONE_1 是 PHONE_2"


def test_a_span_that_cuts_a_placeholder_has_no_original() -> None:
    redacted = redact("打13800138000找我")
    assert redacted.find_original(0, 3) is None
    assert redacted.find_original(0, 8) == (0, 12)


@given(st.text(max_size=60), st.lists(st.sampled_from([row[1] for row in HIDDEN]), max_size=3))
def test_all_pieces_together_are_the_original(text: str, values: list[str]) -> None:
    said = text.join(["", *values, ""]) if values else text
    redacted = redact(said)
    pieces = redacted.pieces
    assert "".join(said[piece.original_start : piece.original_end] for piece in pieces) == said
    assert "".join(redacted.text[piece.start : piece.end] for piece in pieces) == redacted.text
    if redacted.text:
        assert redacted.find_original(0, len(redacted.text)) == (0, len(said))
