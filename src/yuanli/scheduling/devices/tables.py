"""Tables of comma-separated values, read by their headings and refused by line and column."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO

import numpy as np

from yuanli.scheduling.devices.problem import Floats, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns by heading; row `k` is line `k + 2` of the file `name`."""

    name: str
    columns: dict[str, list[str]]
    size: int

    def words(self, heading: str) -> list[str]:
        """Return a column as it is written.

        Raises
        ------
        DevicesProblemError
            It is missing.
        """
        if heading not in self.columns:
            raise refuse(
                f"{self.name}:1",
                f"{self.name} 缺少列“{heading}”。",
                f"{self.name} has no column {heading!r}.",
            )
        return self.columns[heading]

    def numbers(self, heading: str, rows: slice = slice(None)) -> Floats:
        """Return a column's numbers.

        Raises
        ------
        DevicesProblemError
            It is missing, or something in it is no finite number.
        """
        words = self.words(heading)
        return np.array([self.number(heading, k) for k in range(len(words))[rows]], np.float64)

    def number(self, heading: str, row: int) -> float:
        """Return a number of a column.

        Raises
        ------
        DevicesProblemError
            It is none, or not finite.
        """
        word = self.words(heading)[row]
        try:
            value = float(word)
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            at, line = f"{self.name}:{row + 2}", row + 2
            raise refuse(
                at,
                f"{self.name} 第 {line} 行“{heading}”为“{word[:40]}”，应是有限数。",
                f"{self.name}, line {line}: {heading} is {word[:40]!r}; a finite number is needed.",
            )
        return value


def table_of(text: str, name: str) -> Table:
    """Return the table of a text.

    Raises
    ------
    DevicesProblemError
        A line has more or fewer values than the heading.
    """
    try:
        heading, *rows = [row for row in csv.reader(StringIO(text)) if row]
    except csv.Error as error:
        raise refuse(name, f"{name} 不是 CSV：{error}。", f"{name} is no CSV: {error}.") from error
    except ValueError as error:
        raise refuse(f"{name}:1", f"{name} 是空表。", f"{name} is an empty table.") from error
    for k, row in enumerate(rows):
        if len(row) != len(heading):
            raise refuse(
                f"{name}:{k + 2}",
                f"{name} 第 {k + 2} 行有 {len(row)} 个值，应为 {len(heading)} 个。",
                f"{name}, line {k + 2}, has {len(row)} values; it needs {len(heading)}.",
            )
    columns = {title.strip(): [row[j].strip() for row in rows] for j, title in enumerate(heading)}
    return Table(name=name, columns=columns, size=len(rows))
