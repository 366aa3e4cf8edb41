"""Tables and names of problems: checked, and refused with the field, the value and the next step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.solver import InvalidProblemError

Floats = NDArray[np.float64]
GREATEST = 1e12


def refusal(field: str, zh: str, en: str, *, hint: Text) -> InvalidProblemError:
    """Return the error for a field of a problem."""
    return InvalidProblemError(Text(f"{field}：{zh}。", f"{field}: {en}."), field=field, hint=hint)


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
