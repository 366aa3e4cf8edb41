from __future__ import annotations

import gzip

import pytest
from pydantic import Field

from yuanli.solver import Document, InvalidProblemError, document_of, text_of, unpacked


class Seat(Document):
    size: int = Field(ge=1)


class Hall(Document):
    seats: tuple[Seat, ...]
    wide_m: float = 1.0
    price: float | tuple[float, ...] = 0.0
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


def test_what_is_too_large_unpacked_is_refused_before_it_fills_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("yuanli.solver.documents.MOST_BYTES", 1000)
    assert len(unpacked(gzip.compress(b"x" * 1000, mtime=0), "x")) == 1000
    with pytest.raises(InvalidProblemError, match="more than 1,000 bytes"):
        unpacked(gzip.compress(b"x" * 1_000_000, mtime=0), "x")
