from __future__ import annotations

import gzip

import pytest
from pydantic import Field
from tests.pace import within

from yuanli.solver import Document, InvalidProblemError, document_of, find_whole, json_of, text_of, unpacked


class Seat(Document):
    size: int = Field(ge=1)


class Hall(Document):
    seats: tuple[Seat, ...] = Field(max_length=9)
    wide_m: float = 1.0
    price: float | tuple[float, ...] = 0.0
    walks_s: tuple[tuple[float | None, ...], ...] = ()
    needs: dict[str, int] = Field(default={})
    open: bool = True
    name: str = ""
    door: Seat | Hall | None = None


def test_a_document_is_read_plain_packed_and_with_a_byte_order_mark() -> None:
    plain = b'{"seats": [{"size": 2}], "wide_m": 3}'
    for data in (plain, gzip.compress(plain, mtime=0), b"\xef\xbb\xbf" + plain):
        assert document_of(Hall, text_of(data, "h.json"), "h.json") == Hall(seats=(Seat(size=2),), wide_m=3)


@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        (b'{"seats": []\n,}', "h.json:2", "line 2, column 2, is not JSON"),
        (b'{"seats": [{"size": 0}]}', "seats.0.size", "seats.0.size is 0"),
        (b'{"seats": [], "wide_m": NaN}', "wide_m", "finite"),
        (b'{"seats": [], "wide_m": 1e999}', "wide_m", "finite"),
        (b'{"seats": [], "colour": "red"}', "colour", "colour is 'red'"),
        (b'{"seats": [], "price": [1, NaN]}', "price.1", "price.1 is nan.*finite"),
        (b'{"seats": [], "price": "x"}', "price", "price is 'x'"),
        (b'{"seats": [], "door": {"seats": [{"size": 0}]}}', "door.seats.0.size", "size is 0"),
        (b"{}", "seats", "Field required"),
        (b"[]", "document", "is \\[\\]"),
        (b'{"seats": [' + b"[" * 100_000, "h.json", "nested too deep"),
        (b'{"seats": [{"size": ' + b"9" * 9999 + b"}]}", "h.json", "too long"),
        (b'{"seats": [{"size": true}]}', "seats.0.size", "size is True: it is a number, not true or false"),
        (b'{"seats": [], "price": [1, true]}', "price.1", "price.1 is True: it is a number, not true or false"),
        (b'{"seats": [], "price": false}', "price", "price is False: it is a number, not true or false"),
        (b'{"seats": [], "walks_s": [[0, 1], [null, true]]}', "walks_s.1.1", "walks_s.1.1 is True: it is a number"),
        (b'{"seats": [], "needs": {"crew": true}}', "needs.crew", "needs.crew is True: it is a number, not"),
        (b'{"seats": [], "name": "' + b"x" * 201 + b'"}', "name", "name is .x{27}...x{28}.: it has at most 200"),
        (b'{"seats": [{"size": 1.5}]}', "seats.0.size", "size is 1.5: it is a whole number"),
        (b'{"seats": [' + b'{"size": 1},' * 9 + b'{"size": 1}]}', "seats", "seats has 10 items: it has at most 9"),
        (b'{"seats": [],\n"door": "\\ud83d"}', "h.json:2", "line 2: .ud83d is not a whole character"),
        (b'{"seats": [], "door": "\\u0000"}', "h.json:1", "line 1: .u0000 is not a whole character"),
        ('{"seats": []}'.encode("utf-16-le"), "h.json:1", "line 1, holds a zero byte"),
        (b" \n", "h.json:1", "empty"),
        (b"{\xff}", "h.json", "byte 1"),
        (gzip.compress(b"{}", mtime=0)[:-9], "h.json", "not a whole gzip"),
        (b"\x1f\x8bxx", "h.json", "damaged gzip"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_line_or_field(data: bytes, field: str, said: str) -> None:
    with pytest.raises(InvalidProblemError, match=said) as caught:
        document_of(Hall, text_of(data, "h.json"), "h.json")
    assert caught.value.field == field
    assert caught.value.hint
    assert "h.json" in caught.value.message.zh


def test_the_place_of_a_long_name_is_cut_short() -> None:
    for text in (f'{{"seats": [], "{"x" * 300}": 1}}', f'{{"seats": [], "needs": {{"{"x" * 190}": true}}}}'):
        with pytest.raises(InvalidProblemError) as caught:
            document_of(Hall, text, "h.json")
        assert str(caught.value.field).endswith("x" * 59 + "…")
        assert len(caught.value.message.en) < 200


def test_true_is_read_where_it_is_asked_for_and_numbers_as_text_are_numbers() -> None:
    read = document_of(Hall, '{"seats": [], "open": false, "price": ["1.5", 2]}', "h.json")
    assert (read.open, read.price) == (False, (1.5, 2.0))


def test_a_whole_character_written_as_two_escapes_is_read() -> None:
    assert json_of(r'["\ud83d\ude00", "\\\\ud83d"]', "h.json") == ["😀", r"\\ud83d"]


@pytest.mark.parametrize(("word", "number"), [("0", 0), ("999999999", 999_999_999), ("1000000000", None),
                                              ("-1", None), ("1.0", None), ("²", None), ("", None)])  # fmt: skip
def test_whole_numbers_of_files_have_nine_digits_at_most(word: str, number: int | None) -> None:
    assert find_whole(word) == number


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"seats": [], "price": [' + b'"x",' * 300_000 + b'"x"]}', "price.0 is 'x': it is a number"),
        (
            b'{"seats": [' + b'{"size": 1},' * 500_000 + b"{}]}",
            "holds some 500,002 objects; at most 500,000 are",
        ),
        (b'{"seats": [],' + b",".join(b'"%d": 1' % i for i in range(300_000)) + b"}", "too many fields"),
    ],
)
def test_many_wrong_things_are_not_all_kept(data: bytes, said: str) -> None:
    with within(3), pytest.raises(InvalidProblemError, match=said):
        document_of(Hall, data.decode(), "h.json")


def test_what_is_too_large_unpacked_is_refused_before_it_fills_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("yuanli.solver.documents.MOST_BYTES", 1000)
    assert len(unpacked(gzip.compress(b"x" * 1000, mtime=0), "x")) == 1000
    with pytest.raises(InvalidProblemError, match="more than 1,000 bytes"):
        unpacked(gzip.compress(b"x" * 1_000_000, mtime=0), "x")
