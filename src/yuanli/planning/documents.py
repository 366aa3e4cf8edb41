"""Files of problems: unpacked, decoded, checked, and refused with the field, the value and the next step."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from yuanli.errors import InvalidInputError, Text

M = TypeVar("M", bound=BaseModel)
Floats = NDArray[np.float64]
MOST_BYTES = 128 * 2**20
GREATEST = 1e12
CHINESE = {
    "missing": "缺少这一项", "extra_forbidden": "没有这一项", "finite_number": "应为有限数",
    "json_invalid": "不是合法的 JSON",
}  # fmt: skip


class InvalidProblemError(InvalidInputError):
    """A file or table of a problem breaks a rule."""


class Document(BaseModel):
    """A part of a problem's own JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def refusal(field: str, zh: str, en: str, *, hint: Text) -> InvalidProblemError:
    """Return the error for a field of a problem."""
    return InvalidProblemError(Text(f"{field}：{zh}。", f"{field}: {en}."), field=field, hint=hint)


def text_of(data: bytes, name: str) -> str:
    """Return the text of a file, unpacked if it is gzip.

    Raises
    ------
    InvalidProblemError
        It is not UTF-8 text, is cut off, or is longer than `MOST_BYTES`.
    """
    hint = Text("请检查文件是否完整。", "Check that the file is whole.")
    if data[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            data = unpacker.decompress(data, MOST_BYTES + 1)
        except zlib.error as error:
            raise refusal(name, "gzip 文件损坏", f"the gzip file is broken ({error})", hint=hint) from error
        if not unpacker.eof and len(data) <= MOST_BYTES:
            raise refusal(name, "gzip 文件不完整", "the gzip file is cut off", hint=hint)
    if len(data) > MOST_BYTES:
        raise refusal(
            name, f"超过 {MOST_BYTES} 字节", f"it is longer than {MOST_BYTES} bytes",
            hint=Text("请拆分问题。", "Split the problem."),
        )  # fmt: skip
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(
            name, f"第 {error.start} 字节不是 UTF-8", f"byte {error.start} is not UTF-8",
            hint=Text("请存为 UTF-8 文本。", "Save it as UTF-8 text."),
        ) from error  # fmt: skip


def parse_document(model: type[M], text: str) -> M:
    """Return what a JSON text holds.

    Raises
    ------
    InvalidProblemError
        It breaks the model's rules; the first broken one is told.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "JSON"
        given = "" if first["type"] in ("missing", "json_invalid") else f" ({str(first['input'])[:60]})"
        what = CHINESE.get(first["type"], "不合规则")
        raise refusal(
            where, f"{what}{given}（{first['msg']}）", f"{first['msg']}{given}",
            hint=Text("对照 --schema 输出的字段说明修改。", "Compare with the fields that --schema prints."),
        ) from error  # fmt: skip


def table(field: str, rows: Sequence[Sequence[float]]) -> Floats:
    """Return rows of equal length as an array.

    Raises
    ------
    InvalidProblemError
        A row is longer or shorter than the first.
    """
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise refusal(
                f"{field}[{i}]", f"有 {len(row)} 个数，第一行有 {len(rows[0])} 个",
                f"it has {len(row)} numbers, the first row has {len(rows[0])}",
                hint=Text("各行一样长。", "Make all rows equally long."),
            )  # fmt: skip
    return np.array(rows, dtype=np.float64)


def checked_numbers(
    field: str, numbers: Floats, *, shape: tuple[int, ...], least: float = -GREATEST
) -> Floats:
    """Return numbers, read-only, that have the shape they must have, none less than `least`.

    Raises
    ------
    InvalidProblemError
        The shape is another, or a number is out of range; rows and columns count from 0.
    """
    found = np.array(numbers, dtype=np.float64)
    if found.shape != shape:
        raise refusal(
            field, f"大小为 {_times(found.shape)}，应为 {_times(shape)}",
            f"it has {_times(found.shape)} numbers, not {_times(shape)}",
            hint=Text("补齐或删去多余的行列。", "Add or remove rows and columns."),
        )  # fmt: skip
    bad = np.argwhere(~((found >= least) & (found <= GREATEST)))
    if len(bad):
        where = f"{field}{''.join(f'[{i}]' for i in bad[0])}"
        value = found[tuple(bad[0])]
        raise refusal(
            where, f"{value} 不在 {least:g} 到 {GREATEST:g} 之间", f"{value} is not from {least:g} to {GREATEST:g}",
            hint=Text("改为范围内的有限数。", "Give a finite number in this range."),
        )  # fmt: skip
    found.flags.writeable = False
    return found


def checked_names(field: str, names: tuple[str, ...], *, most: int) -> dict[str, int]:
    """Return the place of each name.

    Raises
    ------
    InvalidProblemError
        There are none or too many, or one is empty or there twice.
    """
    hint = Text("每个名称非空且只出现一次。", "Every name is there once and not empty.")
    if not 1 <= len(names) <= most:
        raise refusal(
            field,
            f"有 {len(names)} 个，应为 1 至 {most} 个",
            f"{len(names)} given, not 1 to {most}",
            hint=hint,
        )
    places: dict[str, int] = {}
    for name in names:
        if not name or name in places:
            raise refusal(
                field, f"名称“{name}”为空或重复", f"the name “{name}” is empty or there twice", hint=hint
            )
        places[name] = len(places)
    return places


def place_of(field: str, name: str, places: dict[str, int]) -> int:
    """Return the place of a name.

    Raises
    ------
    InvalidProblemError
        It is not among them.
    """
    if name not in places:
        some = "、".join(list(places)[:5])
        raise refusal(
            field, f"没有“{name}”", f"there is no “{name}”",
            hint=Text(f"用已有的名称，如 {some}。", f"Use a name that is there, such as {some}."),
        )  # fmt: skip
    return places[name]


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(str(n) for n in shape) or "1"
