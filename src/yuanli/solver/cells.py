"""Rows of plans that people and programs send: what a cell can hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yuanli.errors import Text
from yuanli.solver.documents import SHORT, refuse

MOST_CELL = 1e12
MOST_TEXT = 100_000


def checked_rows(rows: Sequence[Any]) -> Sequence[Any]:
    """Return rows whose cells are text, a number, true, false, nothing, or a list of whole numbers.

    Raises
    ------
    InvalidProblemError
        A cell holds something else, a number that is none or beyond ±1e12, or text that can't be written.
    """
    for i, row in enumerate(rows):
        for column, value in row.items():
            if not (_is_text(column) and _fits(value)):
                shown = ascii(SHORT.repr(value))[1:-1]
                at = f"rows[{i}].{str(column).encode('ascii', 'replace').decode()}"
                refuse(
                    f"{at} 为 {shown}：应是文字、±{MOST_CELL:g} 以内的数、true、false、null 或整数列表。",
                    f"{at} is {shown}: it is text, a number within ±{MOST_CELL:g}, true, false, null, or a list of "
                    "whole numbers.",
                    field=at,
                    hint=Text(
                        "按方案表的列填写后重试。", "Fill it in as the plan's table has it, and try again."
                    ),
                )
    return rows


def _fits(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, list | tuple):
        return all(isinstance(one, int) and abs(one) <= MOST_CELL for one in value)
    return isinstance(value, int | float) and abs(value) <= MOST_CELL


def _is_text(value: object) -> bool:
    """Whether a value is text of a sensible length, without halves of characters, which nothing can write."""
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        return False
    return "\0" not in value and (
        value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
    )
