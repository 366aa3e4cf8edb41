from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.generated import examples

from yuanli.learning import Example, InvalidExampleError, Span, parse_markup, write_markup

MARKUP = st.text(alphabet="ab[]()> 北门A\\：", max_size=24) | st.lists(
    st.sampled_from(["[北门](origin)", "[a](x)", " >>> ", "去", "[", "](", ")", " ", ">>>", "b"]), max_size=8
).map("".join)


@given(MARKUP)
def test_what_is_parsed_is_written_as_it_was(line: str) -> None:
    try:
        example = parse_markup(line)
    except InvalidExampleError:
        return
    assert parse_markup(write_markup(example)) == example


@given(examples(wild=True))
def test_what_is_written_is_read_back_or_refused(example: Example) -> None:
    try:
        line = write_markup(example)
    except InvalidExampleError:
        return
    read = parse_markup(line)
    assert (read.text, read.spans, read.context) == (example.text, example.spans, example.context)


def test_a_text_that_looks_like_markup_is_not_written_as_markup() -> None:
    with pytest.raises(InvalidExampleError, match="read back"):
        write_markup(Example(text="see [docs](link)"))


@pytest.mark.parametrize("line", ["从[北门](origin到A座", "从[[北门](origin)](x)走", "从北门](origin)走"])
def test_a_bracket_left_over_is_refused_with_the_line_and_the_way_out(line: str) -> None:
    with pytest.raises(InvalidExampleError) as refused:
        parse_markup(line, origin="a.yaml:7")
    assert line in refused.value.message.en
    assert refused.value.field == "a.yaml:7"
    assert refused.value.hint is not None


@pytest.mark.parametrize(
    "spans", [(Span(0, 3, "x"),), (Span(1, 1, "x"),), (Span(-1, 1, "x"),), (Span(0, 2, "x"), Span(1, 2, "y"))]
)
def test_a_span_outside_the_text_empty_or_overlapping_is_refused(spans: tuple[Span, ...]) -> None:
    with pytest.raises(InvalidExampleError):
        Example(text="ab", spans=spans)
