"""Plans as tables that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from yuanli.solver import Plan

FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
