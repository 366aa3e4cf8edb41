"""What the shell shows: tables and sentences for people, JSON for machines."""

from __future__ import annotations

import json
import locale
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from yuanli.errors import InfeasibleError, NotFoundError, Text, YuanliError
from yuanli.learning import Example, InvalidExampleError, write_markup

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)
CLOCKED = ("begin", "end")
"""Columns of plans that are seconds of a day."""
MOST_SHORT = 1e6


def language() -> str:
    """Return the shell's language: `zh` where the locale is Chinese, else `en`."""
    for name in ("YUANLI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def said(text: Text) -> str:
    """Return a text in the shell's language."""
    return text.zh if language() == "zh" else text.en


def named(names: Mapping[str, str]) -> str:
    """Return a name in the shell's language, or in any."""
    return names.get(language()) or names.get("en") or names.get("zh") or next(iter(names.values()), "")


def plain(value: Any) -> Any:
    """Turn dataclasses, geometries, times and paths into JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, BaseGeometry):
        return mapping(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def print_json(value: Any) -> None:
    """Print one JSON document on one line."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, allow_nan=False) + "\n")


def print_json_lines(values: Iterable[Any]) -> None:
    """Print JSON Lines."""
    for value in values:
        print_json(value)


def print_table(headers: Sequence[Text], rows: Iterable[Sequence[object]]) -> None:
    """Print a table with its headers in the shell's language."""
    table = Table(*(said(header) for header in headers), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    OUT.print(table)


def shown_cell(cell: Any, *, clock: bool = False) -> Any:
    """Return a plan's cell as it is read: seconds of the day by the clock, a number without digits that tell nothing.

    >>> shown_cell(11.03818643495647), shown_cell(34_200, clock=True)
    ('11.0382', '09:30')
    """
    if clock and isinstance(cell, int):
        minutes, left = divmod(cell, 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{left:02d}" if left else "")
    return f"{cell:.6g}" if isinstance(cell, float) and abs(cell) < MOST_SHORT else cell


def error_json(error: YuanliError) -> dict[str, Any]:
    """Return an error in the shape that the API has too."""
    return {
        "error": error.code,
        "message": plain(error.message),
        "field": error.field,
        "hint": plain(error.hint),
    }


def exit_code(error: YuanliError) -> int:
    """Return 1 where the answer is no, 2 where the input or the installation is wrong."""
    return 1 if isinstance(error, NotFoundError | InfeasibleError) else 2


def print_error(error: YuanliError, *, as_json: bool) -> None:
    """Print an error: on stdout as JSON for machines, on stderr for people."""
    if as_json:
        print_json(error_json(error))
        return
    ERR.print(said(error.message), style="red", markup=False)
    if error.hint is not None:
        ERR.print(said(error.hint), markup=False)


class ImportProgress:
    """A progress bar on stderr, as a context."""

    def __init__(self, *, quiet: bool) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
            console=ERR, transient=True, disable=quiet or not ERR.is_terminal,
        )  # fmt: skip
        self._task: TaskID | None = None

    def __enter__(self) -> ImportProgress:
        self._bar.start()
        self._task = self._bar.add_task("", total=1.0)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, stage: str, share: float) -> None:
        """Show a stage and the share done, 0–1."""
        if self._task is not None:
            self._bar.update(self._task, description=stage, completed=share)


def marked(example: Example) -> str:
    """Return an example in markup, or its text alone where brackets in it would be read as markup."""
    try:
        return write_markup(example)
    except InvalidExampleError:
        return example.text
