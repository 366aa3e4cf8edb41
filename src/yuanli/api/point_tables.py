"""Points of a campus as a table: brought by people, checked, and kept as a revision that can be undone."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile

from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.api.campus import CampusPath
from yuanli.api.uploads import keep_upload, not_kept, upload_folder
from yuanli.campus import Change
from yuanli.devices import table_cells
from yuanli.errors import Text
from yuanli.operations import POINT_COLUMNS, Right, point_rows_of
from yuanli.telemetry import MessageTooLargeError, RefusedRowsError, RowFault

router = APIRouter(prefix="/campuses/{campus}/points/table", tags=["points"])
MOST_ROWS = 50_000
MOST_TOLD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PointChange:
    """A point that a table makes or changes."""

    point: str
    made: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PointTableReport:
    """What a table of points does.

    Parameters
    ----------
    rows
        Rows below the headers.
    made, changed, points
        How many points are new and changed, and the first of them; of the same table again none.
    faults
        What is wrong, at most 100 of them; nothing is kept while there is one.
    revision
        The revision that keeps it; None where nothing is kept.
    """

    rows: int
    made: int = 0
    changed: int = 0
    points: tuple[PointChange, ...] = ()
    faults: tuple[RowFault, ...] = ()
    revision: int | None = None


@router.post("", dependencies=[needs(Right.IMPORT_PLACE)])
def bring_points(
    campus: CampusPath,
    house: HouseDep,
    caller: CallerDep,
    file: Annotated[UploadFile, File()],
    check: Annotated[bool, Form()] = False,
) -> PointTableReport:
    """Make or change points by a table, all or none, as a revision; with `check` only tell what it would do."""
    house.places.campus(campus)
    folder = upload_folder(house)
    try:
        path = keep_upload(file, folder / "points")
        cells = _cells(islice(table_cells(path), MOST_ROWS + 2))
    except OSError as error:
        raise not_kept(error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows = max(0, sum(any(cell not in (None, "") for cell in row) for row in cells) - 1)
    if check:
        try:
            changes = house.places.point_changes(campus, cells)
        except RefusedRowsError as error:
            return PointTableReport(rows=rows, faults=error.faults)
        return _report(rows, changes, None)
    revision = house.places.add_points(campus, cells, who=caller.name, why=path.name)
    return _report(rows, revision.changes if revision else (), revision.number if revision else None)


@router.get("", dependencies=[needs(Right.SEE_READINGS)], response_class=Response)
def table_of_points(campus: CampusPath, house: HouseDep) -> Response:
    """Return the points of a campus as the CSV table that can be brought back changed."""
    text = io.StringIO()
    csv.writer(text).writerows([POINT_COLUMNS, *point_rows_of(house.places.campus(campus))])
    headers = {"Content-Disposition": 'attachment; filename="points.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cells(found: islice[Sequence[object]]) -> list[Sequence[object]]:
    cells = list(found)
    if len(cells) > MOST_ROWS + 1:
        raise MessageTooLargeError(
            Text(f"点位表超过 {MOST_ROWS} 行。", f"The table has more than {MOST_ROWS} rows."),
            field="file",
            hint=Text("请拆分文件。", "Split the file."),
        )
    return cells


def _report(rows: int, changes: Sequence[Change], revision: int | None) -> PointTableReport:
    made = sum(change.before is None for change in changes)
    return PointTableReport(
        rows=rows,
        made=made,
        changed=len(changes) - made,
        points=tuple(
            PointChange(point=change.feature_id, made=change.before is None) for change in changes[:MOST_TOLD]
        ),
        revision=revision,
    )
