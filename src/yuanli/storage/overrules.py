"""What people say of readings, in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.errors import Text
from yuanli.operations import KeptOverrule, OverruleNotFoundError, ReadingVerdict, RuleFlags
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import OVERRULE


class SqlOverruleStore:
    """Fills `OverruleStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_overrule(self, overrule: KeptOverrule) -> KeptOverrule:
        """Keep a new word; return it with the number that it got."""
        values = asdict(overrule)
        del values["number"]
        values["flags"] = None if overrule.flags is None else to_text(asdict(overrule.flags))
        with self._database.writing() as connection:
            done = connection.execute(insert(OVERRULE).values(**values))
            (number,) = done.inserted_primary_key or (0,)
        return replace(overrule, number=int(number))

    def list_overrules(
        self, campus_id: CampusId, points: Sequence[PointId] = (), *, undone: bool = False
    ) -> tuple[KeptOverrule, ...]:
        """Return what holds of points, or of all, ascending by number."""
        wanted = [point for point in points if find_storable(point) is not None]
        if find_storable(campus_id) is None or (points and not wanted):
            return ()
        query = select(OVERRULE).where(OVERRULE.c.campus_id == campus_id).order_by(OVERRULE.c.number)
        if points:
            query = query.where(OVERRULE.c.point.in_(wanted))
        if not undone:
            query = query.where(OVERRULE.c.undone_at.is_(None))
        with self._database.reading() as connection:
            return tuple(_overrule(row) for row in connection.execute(query))

    def note_flags(self, number: int, flags: RuleFlags) -> None:
        """Keep what the rules found when they were overruled."""
        here = update(OVERRULE).where(OVERRULE.c.number == number)
        with self._database.writing() as connection:
            connection.execute(here.values(flags=to_text(asdict(flags))))

    def undo_overrule(
        self, campus_id: CampusId, point: PointId, number: int, *, who: str, at: datetime
    ) -> KeptOverrule:
        """Take a word back, which stays kept; one that was taken back before is returned as it is."""
        own = _own(campus_id, point, number)
        with self._database.writing() as connection:
            kept = _found(connection, campus_id, point, number)
            if not kept.holds:
                return kept
            connection.execute(update(OVERRULE).where(own).values(undone_by=who, undone_at=at))
        return replace(kept, undone_by=who, undone_at=at)

    def review_overrule(
        self, campus_id: CampusId, point: PointId, number: int, *, who: str, agreed: bool, at: datetime
    ) -> KeptOverrule:
        """Keep what a second person says of a word; the last who looked at it counts."""
        with self._database.writing() as connection:
            kept = _found(connection, campus_id, point, number)
            said = {"reviewed_by": who, "reviewed_at": at, "agreed": agreed}
            connection.execute(update(OVERRULE).where(_own(campus_id, point, number)).values(**said))
        return replace(kept, reviewed_by=who, reviewed_at=at, agreed=agreed)


def _own(campus_id: CampusId, point: PointId, number: int) -> ColumnElement[bool]:
    return (OVERRULE.c.campus_id == campus_id) & (OVERRULE.c.point == point) & (OVERRULE.c.number == number)


def _found(connection: Connection, campus_id: CampusId, point: PointId, number: int) -> KeptOverrule:
    """Return a word that is about to be changed; `OverruleNotFoundError` where there is none."""
    storable = find_storable(campus_id) is not None and find_storable(point) is not None
    query = select(OVERRULE).where(_own(campus_id, point, number)).with_for_update()
    row = connection.execute(query).first() if storable else None
    if row is None:
        raise OverruleNotFoundError(
            Text(f"点位“{point}”没有第 {number} 号人工判定。", f"The point {point!r} has no overrule {number}."),
            field="number",
            hint=Text("刷新列表后重试。", "Load the list again."),
        )  # fmt: skip
    return _overrule(row)


def _overrule(row: Row[Any]) -> KeptOverrule:
    return KeptOverrule(
        number=row.number,
        campus_id=CampusId(row.campus_id),
        point=PointId(FeatureId(row.point)),
        start=row.start,
        end=row.end,
        verdict=ReadingVerdict(row.verdict),
        value=row.value,
        note=row.note,
        who=row.who,
        at=row.at,
        flags=None if row.flags is None else _flags(json.loads(row.flags)),
        undone_by=row.undone_by,
        undone_at=row.undone_at,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        agreed=row.agreed,
    )


def _flags(told: dict[str, Any]) -> RuleFlags:
    return RuleFlags(**{**told, "tunings": tuple(told.get("tunings", ()))})
