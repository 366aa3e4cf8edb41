"""Files of problems: unpacked, decoded, checked, and refused with the line or field, the value and the next step."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from yuanli.errors import InvalidInputError, Text

MOST_BYTES = 200_000_000
GZIP = b"\x1f\x8b"
CHINESE = {
    "missing": "缺少这一项", "extra_forbidden": "没有这一项", "finite_number": "应为有限数",
    "float_type": "应为数字", "int_type": "应为整数", "string_type": "应为文字", "list_type": "应为列表",
}  # fmt: skip
D = TypeVar("D", bound="Document")


class InvalidProblemError(InvalidInputError):
    """A problem's file or tables break a rule."""


class Document(BaseModel):
    """A part of our own JSON: unknown fields and numbers that are none are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def refuse(zh: str, en: str, *, field: str | None = None) -> NoReturn:
    """Refuse a value; both sentences name it and the rule.

    Raises
    ------
    InvalidProblemError
        Always.
    """
    raise InvalidProblemError(
        Text(zh, en),
        field=field,
        hint=Text("请改正文件中的这一处后重试。", "Correct this place of the file and try again."),
    )


def unpacked(data: bytes, name: str) -> bytes:
    """Return the bytes of a file that may be gzipped.

    Raises
    ------
    InvalidProblemError
        It is cut off, damaged, or has more than `MOST_BYTES`.
    """
    if data[:2] == GZIP:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            data = unpacker.decompress(data, MOST_BYTES + 1)
        except zlib.error:
            refuse(f"{name} 的 gzip 已损坏。", f"{name} is a damaged gzip file.", field=name)
        if not unpacker.eof and len(data) <= MOST_BYTES:
            refuse(f"{name} 不是完整的 gzip 文件。", f"{name} is not a whole gzip file.", field=name)
    if len(data) > MOST_BYTES:
        refuse(
            f"{name} 解开后超过 {MOST_BYTES:,} 字节。",
            f"{name} has more than {MOST_BYTES:,} bytes unpacked.",
            field=name,
        )
    return data


def text_of(data: bytes, name: str) -> str:
    """Return the text of a file that may be gzipped.

    Raises
    ------
    InvalidProblemError
        It can't be unpacked, is not UTF-8, or is empty.
    """
    try:
        text = unpacked(data, name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(
            f"{name} 不是 UTF-8 文本（第 {error.start} 字节）。",
            f"{name} is not UTF-8 text (byte {error.start}).",
            field=name,
        )
    if not text.strip():
        refuse(f"{name} 是空文件。", f"{name} is empty.", field=f"{name}:1")
    return text


def document_of(model: type[D], text: str, name: str) -> D:
    """Return a document of JSON text.

    Raises
    ------
    InvalidProblemError
        It is no JSON, with the line; or a field is missing, unknown or wrong, with its path.
    """
    document = json_of(text, name)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        # a field of several forms fails once a form: the one that came furthest is what was meant
        first = max((e for e in wrong if e["loc"][:1] == wrong[0]["loc"][:1]), key=lambda e: len(e["loc"]))
        field = _path(document, first["loc"]) or "document"
        rule = CHINESE.get(first["type"], "不符合要求")
        value = "" if first["type"] == "missing" else _short(first["input"])
        refuse(
            f"{name} 的 {field}{value and f' 为 {value}'}：{rule}（{first['msg']}）。",
            f"{name}: {field}{value and f' is {value}'}: {first['msg']}.",
            field=field,
        )


def json_of(text: str, name: str) -> Any:
    """Return what JSON text says.

    Raises
    ------
    InvalidProblemError
        It is no JSON, with the line. NaN and infinity pass: a `Document` refuses them with their field.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        refuse(
            f"{name} 第 {error.lineno} 行第 {error.colno} 列不是合法的 JSON（{error.msg}）。",
            f"{name}, line {error.lineno}, column {error.colno}, is not JSON ({error.msg}).",
            field=f"{name}:{error.lineno}",
        )
    except RecursionError:
        refuse(f"{name} 嵌套过深。", f"{name} is nested too deep.", field=name)
    except ValueError:  # a whole number of more digits than Python reads
        refuse(f"{name} 中有过长的整数。", f"{name} holds a whole number that is too long.", field=name)


def _path(value: Any, place: Sequence[int | str]) -> str:
    """Return a place of a document without the names of forms that pydantic puts in between."""
    path: list[str] = []
    for i, part in enumerate(place):
        within = value if isinstance(value, dict | list) else ()
        known = part in within if isinstance(within, dict) else isinstance(part, int)
        if not (known or (isinstance(within, dict) and i == len(place) - 1)):
            continue
        path.append(str(part))
        value = within.get(part) if isinstance(within, dict) else _item(within, part)
    return ".".join(path)


def _item(items: Any, at: Any) -> Any:
    return items[at] if isinstance(at, int) and at < len(items) else None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
