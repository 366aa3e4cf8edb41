"""Plans as files to print and to reckon with; workbooks of spaces, checked cell by cell."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations.reports import ReportFormat, as_csv, as_pdf, as_workbook
from yuanli.operations.solving.cells import cells_of
from yuanli.operations.solving.comparing import comparison_document
from yuanli.operations.solving.jobs import SolveJob, SolveOrder
from yuanli.operations.solving.printing import plan_document
from yuanli.operations.solving.scenarios import compare_scenarios
from yuanli.operations.solving.showing import spaces_of
from yuanli.operations.solving.solving import Solving
from yuanli.planning import SheetsError, SpacesError, parse_spaces, write_spaces_excel


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """What is wrong in a workbook, by sheet and cell, like `Rooms!B3`."""

    at: str
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookCheck:
    """How much a workbook of spaces holds; nothing where cells are wrong."""

    rooms: int = 0
    teams: int = 0
    people: float = 0.0
    rules: int = 0
    faults: tuple[CellFault, ...] = ()


def plan_file(
    job: SolveJob, order: SolveOrder, form: ReportFormat, *, language: str, time_zone: str, made_at: datetime
) -> bytes:
    """Return a plan as a file; a workbook of spaces has the sheets that can be read in again.

    Raises
    ------
    SolveNotFoundError
        The problem has no plan yet.
    """
    document = plan_document(job, order, language=language, time_zone=time_zone, made_at=made_at)
    if form is ReportFormat.PDF:
        return as_pdf(document)
    if form is ReportFormat.CSV:
        return as_csv(document)
    if order.kind == "spaces" and job.plan is not None and job.plan.assignments:
        return write_spaces_excel(*spaces_of(order, job.plan.assignments))
    return as_workbook(document)


def comparison_file(
    solving: Solving, campus_id: CampusId, ids: Sequence[str], form: ReportFormat, *, language: str, time_zone: str,
    made_at: datetime,
) -> bytes:  # fmt: skip
    """Return plans side by side as a file.

    Raises
    ------
    SolveNotFoundError, SolveOrderError
        There is no such plan; they are too few, too many, of several kinds, or one has no assignments.
    """
    told = compare_scenarios(solving, campus_id, ids)
    _, problem = solving.read(solving.get(campus_id, ids[0]).summary)
    said = cells_of(problem, ZoneInfo(time_zone))
    document = comparison_document(told, said, language=language, time_zone=time_zone, made_at=made_at)
    if form is ReportFormat.PDF:
        return as_pdf(document)
    return as_csv(document) if form is ReportFormat.CSV else as_workbook(document)


def space_template() -> bytes:
    """Return an empty workbook of who sits where."""
    return write_spaces_excel()


def draft_workbook(document: Mapping[str, Any]) -> bytes:
    """Return a draft of spaces as a workbook to be filled in and read again.

    Raises
    ------
    InvalidInputError
        The document is no problem of spaces.
    """
    return write_spaces_excel(parse_spaces(json.dumps(document).encode(), "draft.json"))


def check_space_workbook(data: bytes, name: str) -> WorkbookCheck:
    """Read a workbook of who sits where, and tell each cell that is wrong."""
    try:
        problem = parse_spaces(data, name)
    except SheetsError as error:
        return WorkbookCheck(faults=tuple(CellFault(at=at, message=said) for at, said in error.faults))
    except SpacesError as error:
        return WorkbookCheck(faults=(CellFault(at=error.field or name, message=error.message),))
    return WorkbookCheck(
        rooms=len(problem.rooms), teams=len(problem.entities),
        people=round(sum(one.headcount for one in problem.entities), 1), rules=len(problem.rules),
    )  # fmt: skip
