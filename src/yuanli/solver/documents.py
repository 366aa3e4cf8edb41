"""Files of problems: unpacked, decoded, checked, and refused with the line or field, the value and the next step."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from reprlib import Repr
from typing import Any, NoReturn, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from yuanli.errors import InvalidInputError, Text

MOST_BYTES = 200_000_000
MOST_OBJECTS = 500_000
"""Of a text of JSON: a gigabyte of memory; no problem that is planned needs as many."""
MOST_FIELDS = 1_000
MOST_LETTERS = 200
"""Of a text in a document: most are names, which refusals repeat."""
LISTS = ("list", "tuple", "set", "frozenset")
NUMBERS = ("int", "float")
GZIP = b"\x1f\x8b"
MOST_WHOLE = 999_999_999
NOT_TEXT = Text(
    "请另存为 UTF-8 文本，或确认文件类型。", "Save it as UTF-8 text, or check what kind of file it is."
)
NEXT_STEP = Text("请改正文件中的这一处后重试。", "Correct this place of the file and try again.")
RULES = {
    "missing": Text("缺少这一项", "Field required"),
    "extra_forbidden": Text("没有这一项，请检查拼写", "there is no such field; check its spelling"),
    "finite_number": Text("应为有限数", "it is a finite number"),
    "greater_than": Text("应大于 {gt}", "it is greater than {gt}"),
    "greater_than_equal": Text("应不小于 {ge}", "it is at least {ge}"),
    "less_than": Text("应小于 {lt}", "it is less than {lt}"),
    "less_than_equal": Text("应不大于 {le}", "it is at most {le}"),
    "too_long": Text("最多 {max_length} 项", "it has at most {max_length} items"),
    "too_short": Text("至少 {min_length} 项", "it has at least {min_length} items"),
    "string_too_long": Text("最多 {max_length} 个字符", "it has at most {max_length} characters"),
    "string_too_short": Text("至少 {min_length} 个字符", "it has at least {min_length} characters"),
    "string_pattern_mismatch": Text("格式应符合 {pattern}", "it matches {pattern}"),
    "literal_error": Text("可用：{expected}", "use one of {expected}"),
    "enum": Text("可用：{expected}", "use one of {expected}"),
    "timezone_aware": Text("时间应带时区，如 +08:00", "the time needs its zone, such as +08:00"),
    "string_unicode": Text("含无法编码的字符", "it holds a character that no text can hold"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
                    Text("应为整数", "it is a whole number")),
    **dict.fromkeys(("float_type", "float_parsing"), Text("应为数字", "it is a number")),
    **dict.fromkeys(("bool_type", "bool_parsing"), Text("应为 true 或 false", "it is true or false")),
    **dict.fromkeys(("list_type", "tuple_type", "frozen_set_type", "set_type"), Text("应为列表", "it is a list")),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "dataclass_type"), Text("应为对象", "it is an object")),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        Text("应为日期，如 2026-03-01", "it is a date, such as 2026-03-01"),
    ),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "datetime_object_invalid"),
        Text("应为时间，如 2026-03-01T08:30:00+08:00", "it is a time, such as 2026-03-01T08:30:00+08:00"),
    ),
    "string_type": Text("应为文字", "it is text"),
    "too_many_fields": Text("字段过多", "it has too many fields"),
    "truth": Text("应为数字，不是 true 或 false", "it is a number, not true or false"),
}  # fmt: skip
"""What a value has to be, by the `type` of what pydantic finds wrong."""
ESCAPES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u(?P<lone>[dD][89a-fA-F][0-9a-fA-F]{2}|0000)|.)",
    re.DOTALL,
)
MOST_SHOWN = 60
SHORT = Repr()
"""Shows the beginning of a value, however large it is."""
SHORT.maxlist = SHORT.maxdict = SHORT.maxlevel = 4
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = MOST_SHOWN
TRUTH = PydanticCustomError("truth", "it is a number, not true or false")
D = TypeVar("D", bound="Document")


class InvalidProblemError(InvalidInputError):
    """A problem's file or tables break a rule."""


def _no_truth(value: Any) -> Any:
    """Refuse true and false for a number, which Python reads as 1 and 0."""
    if isinstance(value, bool):
        raise TRUTH
    return value


def _no_truths(values: Any) -> Any:
    """Refuse them in a list of numbers, at once: it may have millions."""
    if isinstance(values, list | tuple) and bool in set(map(type, values)):
        at = next(i for i, one in enumerate(values) if isinstance(one, bool))
        wrong = InitErrorDetails(type=TRUTH, loc=(at,), input=values[at])
        raise ValidationError.from_exception_data("list", [wrong])
    return values


def _guarded(schema: Any) -> Any:
    """Return a schema of pydantic's core whose lists stop at their first wrong item, whose numbers are not true."""
    if isinstance(schema, list):
        return [_guarded(part) for part in schema]
    if not isinstance(schema, dict) or _guards(schema):
        return schema
    found = {key: _guarded(part) for key, part in schema.items()}
    kind = found.get("type")
    if kind in NUMBERS:
        return no_info_before_validator_function(_no_truth, found)
    if kind not in LISTS:
        return found
    found["fail_fast"] = True
    items, guarded = _bare(found.get("items_schema"))
    found["items_schema"] = items
    return no_info_before_validator_function(_no_truths, found) if guarded else found


def _guards(schema: Any) -> bool:
    """Say whether a schema is one of ours already, as those of documents in documents are."""
    return schema.get("type") == "function-before" and schema["function"]["function"] in (
        _no_truth,
        _no_truths,
    )


def _bare(items: Any) -> tuple[Any, bool]:
    """Return the schema of a list's items without the guard of each number, and whether there was one."""
    if isinstance(items, list) and len(items) == 1:
        bare, guarded = _bare(items[0])
        return [bare], guarded
    if isinstance(items, dict) and items.get("type") == "nullable":
        bare, guarded = _bare(items["schema"])
        return {**items, "schema": bare}, guarded
    if isinstance(items, dict) and _guards(items) and items["schema"]["type"] in NUMBERS:
        return items["schema"], True
    return items, False


class Document(BaseModel):
    """A part of our own JSON: unknown fields and numbers that are none are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_max_length=MOST_LETTERS)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let lists stop at their first wrong item: a million wrong ones would fill memory with errors."""
        schema: CoreSchema = _guarded(handler(source))
        return schema

    @model_validator(mode="before")
    @classmethod
    def _few_fields(cls, value: Any) -> Any:
        if isinstance(value, dict) and len(value) > MOST_FIELDS:
            raise PydanticCustomError("too_many_fields", "it has too many fields")
        return value


def refuse(zh: str, en: str, *, field: str | None = None, hint: Text = NEXT_STEP) -> NoReturn:
    """Refuse a value; both sentences name it and the rule.

    Raises
    ------
    InvalidProblemError
        Always.
    """
    raise InvalidProblemError(
        Text(zh, en),
        field=field,
        hint=hint,
    )


def find_whole(word: str) -> int | None:
    """Return the whole number from 0 to `MOST_WHOLE` that a word of a file is; None where it is none."""
    return int(word) if word.isdecimal() and len(word) <= len(str(MOST_WHOLE)) else None


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
            hint=Text("请拆分成几个问题。", "Divide it into several problems."),
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
            hint=NOT_TEXT,
        )
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        refuse(
            f"{name} 第 {line} 行有零字节，不是文本。",
            f"{name}, line {line}, holds a zero byte: it is no text.",
            field=f"{name}:{line}",
            hint=NOT_TEXT,
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
    return document_from(model, json_of(text, name), name)


def document_from(model: type[D], document: Any, name: str) -> D:
    """Return a document of what JSON says.

    Raises
    ------
    InvalidProblemError
        A field is missing, unknown or wrong, with its path.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        # a field of several forms fails once a form: the one that came furthest is what was meant
        first = max((e for e in wrong if e["loc"][:1] == wrong[0]["loc"][:1]), key=lambda e: len(e["loc"]))
        field = _path(document, first["loc"]) or "document"
        rule = RULES.get(first["type"], Text(f"不符合要求（{first['msg']}）", first["msg"]))
        limits = first.get("ctx", {})
        shown = _shown(first["type"], first["input"])
        refuse(
            f"{name} 的 {field}{shown.zh}：{rule.zh.format_map(limits)}。",
            f"{name}: {field}{shown.en}: {rule.en.format_map(limits)}.",
            field=field,
        )


def json_of(text: str, name: str) -> Any:
    """Return what JSON text says.

    Raises
    ------
    InvalidProblemError
        It is no JSON, with the line, or too large. NaN and infinity pass: a `Document` refuses them with their field.
    """
    if "\\u" in text:
        _refuse_half_characters(text, name)
    many = text.count("{")
    if many > MOST_OBJECTS:
        refuse(
            f"{name} 约有 {many:,} 个对象，最多 {MOST_OBJECTS:,} 个。",
            f"{name} holds some {many:,} objects; at most {MOST_OBJECTS:,} are read.",
            field=name,
            hint=Text("请拆分成几个问题。", "Divide it into several problems."),
        )
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


def _refuse_half_characters(text: str, name: str) -> None:
    """Refuse an escape of half a character (a lone surrogate) or of none: not every screen or store can hold it."""
    for escape in ESCAPES.finditer(text):
        if escape["lone"]:
            line = text.count("\n", 0, escape.start()) + 1
            refuse(
                f"{name} 第 {line} 行的 {escape[0]} 不是完整的字符，无法保存和显示。",
                f"{name}, line {line}: {escape[0]} is not a whole character, which can't be kept or shown.",
                field=f"{name}:{line}",
            )


def _path(value: Any, place: Sequence[int | str]) -> str:
    """Return a place of a document without the names of forms that pydantic puts in between."""
    path: list[str] = []
    for i, part in enumerate(place):
        within = value if isinstance(value, dict | list) else ()
        known = part in within if isinstance(within, dict) else isinstance(part, int)
        if not (known or (isinstance(within, dict) and i == len(place) - 1)):
            continue
        path.append(cut_text(str(part)))
        value = within.get(part) if isinstance(within, dict) else _item(within, part)
    return ".".join(path)


def _item(items: Any, at: Any) -> Any:
    return items[at] if isinstance(at, int) and at < len(items) else None


def _shown(kind: str, value: Any) -> Text:
    """Return the words that show a wrong value; nothing where it is missing, and how many where they are too many."""
    if kind == "missing":
        return Text("", "")
    if kind in ("too_long", "too_short") and isinstance(value, list | dict):
        return Text(f" 有 {len(value)} 项", f" has {len(value)} items")
    text = cut_text(SHORT.repr(value))
    return Text(f" 为 {text}", f" is {text}")


def cut_text(text: str) -> str:
    """Return text of a file as a refusal shows it: only its beginning where it is long."""
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
