"""Plans as tables that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from typing import Any

from yuanli.solver import Plan, Row

FLAGS = {str(flag): flag for flag in (True, False)}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def plan_table(plan: Plan) -> str:
    """Return the assignments of a plan as CSV; text that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    if plan.assignments:
        names = list(dict.fromkeys(name for row in plan.assignments for name in row))
        writer = csv.writer(out)
        writer.writerow(names)
        writer.writerows([_cell(row.get(name)) for name in names] for row in plan.assignments)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def read_plan_table(text: str) -> list[Row]:
    """Return the rows that `plan_table` wrote; numbers stay text, as names of rooms may be numbers.

    Raises
    ------
    csv.Error
        The text is no table.
    """
    return [
        {name: _value(cell) for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def _value(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    if cell in FLAGS:
        return FLAGS[cell]
    if cell.startswith("["):
        with suppress(ValueError):
            return json.loads(cell)
    return cell[1:] if cell.startswith(tuple(f"'{sign}" for sign in FORMULA)) else cell
