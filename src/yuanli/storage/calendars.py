"""Each campus's own calendar."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import CalendarSpan, CampusCalendar, CampusNotFoundError, KeptCalendar
from yuanli.storage.database import Database
from yuanli.storage.documents import to_text
from yuanli.storage.tables import CAMPUS, CAMPUS_CALENDAR


class SqlCalendarStore:
    """Calendars in the database; fills `CalendarStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_calendar(self, campus_id: CampusId) -> KeptCalendar | None:
        """Return a campus's own calendar, or None."""
        with self._database.reading() as connection:
            query = select(CAMPUS_CALENDAR).where(CAMPUS_CALENDAR.c.campus_id == campus_id)
            row = connection.execute(query).first()
        if row is None:
            return None
        return KeptCalendar(
            calendar=_calendar_of(json.loads(row.document)),
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        )

    def put_calendar(self, campus_id: CampusId, kept: KeptCalendar) -> None:
        """Keep a campus's calendar in the place of the one before."""
        with self._database.writing() as connection:
            if connection.execute(select(CAMPUS.c.id).where(CAMPUS.c.id == campus_id)).first() is None:
                raise CampusNotFoundError(
                    Text(f"没有编号为“{campus_id}”的园区。", f"There is no campus {campus_id!r}."),
                    field="campus",
                )
            connection.execute(delete(CAMPUS_CALENDAR).where(CAMPUS_CALENDAR.c.campus_id == campus_id))
            connection.execute(
                insert(CAMPUS_CALENDAR).values(
                    campus_id=campus_id, document=to_text(_document_of(kept.calendar)), changed_at=kept.changed_at,
                    changed_by=kept.changed_by,
                )
            )  # fmt: skip

    def remove_calendar(self, campus_id: CampusId) -> bool:
        """Forget a campus's own calendar; return whether there was one."""
        with self._database.writing() as connection:
            gone = delete(CAMPUS_CALENDAR).where(CAMPUS_CALENDAR.c.campus_id == campus_id)
            return connection.execute(gone).rowcount > 0


def _document_of(calendar: CampusCalendar) -> dict[str, Any]:
    return {
        "country": calendar.country, "region": calendar.region,
        "holidays": [day.isoformat() for day in calendar.holidays],
        "workdays": [day.isoformat() for day in calendar.workdays],
        "spans": [
            {"name": s.name, "first": s.first.isoformat(), "last": s.last.isoformat(), "closed": s.closed}
            for s in calendar.spans
        ],
    }  # fmt: skip


def _calendar_of(told: dict[str, Any]) -> CampusCalendar:
    return CampusCalendar(
        country=told["country"], region=told["region"],
        holidays=tuple(date.fromisoformat(day) for day in told["holidays"]),
        workdays=tuple(date.fromisoformat(day) for day in told["workdays"]),
        spans=tuple(
            CalendarSpan(
                name=s["name"], first=date.fromisoformat(s["first"]), last=date.fromisoformat(s["last"]),
                closed=s["closed"],
            )
            for s in told["spans"]
        ),
    )  # fmt: skip
