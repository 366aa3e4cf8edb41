"""Decoded rows: what a message or a file says, before names become points of a campus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry.quality import Quality

SHOWN_CHARACTERS = 80
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One reading as it was sent.

    Parameters
    ----------
    point
        Its name in the field; empty where only the topic tells it.
    at
        When it was measured (µs); None where the sender has no clock.
    value
        Not a number where the device said "no value".
    number
        Where it stands in its message or file, from 1.
    received
        When it came (µs), where a recording tells that.
    """

    point: str
    at: int | None
    value: float
    unit: str | None = None
    quality: Quality | None = None
    device: str | None = None
    number: int = 1
    received: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """Why one row is refused: its number, the field, the value shortened, and the rule in words."""

    row: int
    field: str
    value: str
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What a message or a file says: its good rows in order, and what is wrong with the others."""

    rows: tuple[Row, ...]
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeParams:
    """How much a message may hold, and the zone of times that tell none.

    Parameters
    ----------
    zone
        Times without a zone are refused where this is None.
    """

    zone: tzinfo | None = None
    most_bytes: int = 2_000_000
    most_rows: int = 100_000
    most_columns: int = 10_000
    most_depth: int = 8
    longest_name: int = 200

    def __post_init__(self) -> None:
        if min(self.most_bytes, self.most_rows, self.most_columns, self.most_depth, self.longest_name) < 1:
            raise ValueError("limits are at least 1")


class UnreadableMessageError(InvalidInputError):
    """A message is not in its format at all: nothing of it is used."""


class MessageTooLargeError(InvalidInputError):
    """A message has more bytes, rows or levels than a message may have."""

    status = 413


class RefusedRowsError(InvalidInputError):
    """Rows break rules, and all were wanted or none: nothing is kept. `faults` tells each.

    Where `partly` the same rows can be taken without the wrong ones, and the hint tells so.
    """

    def __init__(self, faults: Sequence[RowFault], *, partly: bool = True) -> None:
        told = faults[:MOST_TOLD]
        more = f"\n… +{len(faults) - MOST_TOLD}" if len(faults) > MOST_TOLD else ""
        zh = "\n".join(
            f"第 {fault.row} 行 {fault.field}“{fault.value}”：{fault.message.zh}" for fault in told
        )
        en = "\n".join(
            f"row {fault.row}, {fault.field} {fault.value!r}: {fault.message.en}" for fault in told
        )
        super().__init__(
            Text(f"{len(faults)} 行有误，全部未保存：\n{zh}{more}",
                 f"{len(faults)} rows are wrong, and nothing was kept:\n{en}{more}"),
            field=faults[0].field if faults else None,
            hint=Text(
                "改正这些行后重发" + ("；或允许部分保存。" if partly else "。"),
                "Correct these rows and send again" + (", or allow a partial intake." if partly else "."),
            ),
        )  # fmt: skip
        self.faults = tuple(faults)


class FaultyValueError(ValueError):
    """A value breaks a rule; becomes the fault of its row."""

    def __init__(self, field: str, value: object, message: Text) -> None:
        super().__init__(message.en)
        self.field, self.value, self.message = field, value, message

    def at(self, row: int) -> RowFault:
        """Return the fault of a row."""
        return RowFault(row=row, field=self.field, value=shorten(self.value), message=self.message)


def shorten(value: object) -> str:
    """Return a value in a form that can be shown: printable, of a line's length."""
    text = value if isinstance(value, str) else repr(value)
    kept = "".join(c if c.isprintable() else "�" for c in text[:SHOWN_CHARACTERS])
    return kept + "…" if len(text) > SHOWN_CHARACTERS else kept


def too_large(what: Text, most: int) -> MessageTooLargeError:
    """Return the error of a message that holds too much."""
    return MessageTooLargeError(
        Text(f"{what.zh}超过上限 {most}。", f"It has more than {most} {what.en}."),
        field="body",
        hint=Text("请拆分后再发。", "Split it and send the parts."),
    )


def check_size(size: int, params: DecodeParams) -> None:
    """Refuse what has too many bytes."""
    if size > params.most_bytes:
        raise too_large(Text("字节数", "bytes"), params.most_bytes)


def check_rows(count: int, params: DecodeParams) -> None:
    """Refuse what has too many rows."""
    if count > params.most_rows:
        raise too_large(Text("行数", "rows"), params.most_rows)


def unreadable(format: str, why: str, *, hint: Text) -> UnreadableMessageError:
    """Return the error of a message that is not in its format."""
    return UnreadableMessageError(
        Text(f"不是 {format}：{shorten(why)}", f"This is no {format}: {shorten(why)}"),
        field="body",
        hint=hint,
    )


def decode_text(content: bytes | str, format: str) -> str:
    """Return UTF-8 text, without a byte order mark."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(format, str(error), hint=Text("请用 UTF-8 编码。", "Send it in UTF-8.")) from error
