"""Files of problems: unpacked, decoded, and checked field by field."""

from __future__ import annotations

import gzip
import json
import zlib
from io import BytesIO
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from yuanli.errors import InvalidInputError, Text

MOST_BYTES = 100_000_000
M = TypeVar("M", bound="Document")


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


def text_of(data: bytes, name: str) -> str:
    """Return the text of a file that may be gzipped.

    Raises
    ------
    InvalidProblemError
        It is empty, too large, or not text.
    """
    try:
        plain = gzip.GzipFile(fileobj=BytesIO(data)).read(MOST_BYTES + 1) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error):
        refuse(f"{name} 不是完整的 gzip 文件。", f"{name} is not a whole gzip file.")
    if len(plain) > MOST_BYTES:
        refuse(
            f"{name} 解开后超过 {MOST_BYTES:,} 字节。", f"{name} has more than {MOST_BYTES:,} bytes unpacked."
        )
    try:
        text = plain.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse(f"{name} 不是 UTF-8 文本。", f"{name} is not UTF-8 text.")
    if not text.strip():
        refuse(f"{name} 是空文件。", f"{name} is empty.")
    return text


def document_of(model: type[M], text: str, name: str) -> M:
    """Return a document of JSON text.

    Raises
    ------
    InvalidProblemError
        It is no JSON, with the line; or a field is missing, unknown or wrong, with its path.
    """
    try:
        return model.model_validate(json.loads(text, parse_constant=_refuse_constant))
    except json.JSONDecodeError as error:
        refuse(
            f"{name} 第 {error.lineno} 行第 {error.colno} 列不是合法的 JSON（{error.msg}）。",
            f"{name}, line {error.lineno}, column {error.colno}, is not JSON ({error.msg}).",
            field=f"line {error.lineno}",
        )
    except RecursionError:
        refuse(f"{name} 嵌套过深。", f"{name} is nested too deep.")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "document"
        value = _short(first["input"])
        refuse(
            f"{name} 的 {field} 为 {value}，不符合要求（{first['msg']}）。",
            f"{name}: {field} is {value}: {first['msg']}.",
            field=field,
        )


def _refuse_constant(value: str) -> NoReturn:
    refuse(f"文件中有 {value}，应是有限的数。", f"The file holds {value}; numbers are finite.", field=value)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
