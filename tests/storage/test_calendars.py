"""The port suite of `CalendarStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.api.house import small_campus

from yuanli.campus import CampusId
from yuanli.operations import CalendarSpan, CampusCalendar, CampusNotFoundError, KeptCalendar
from yuanli.storage import Database, SqlCalendarStore, SqlCampusStore

AT = datetime(2026, 5, 1, tzinfo=UTC)
SMALL = CampusId("small")
SPAN = CalendarSpan(name="寒假", first=date(2026, 1, 20), last=date(2026, 2, 20), closed=True)
FULL = CampusCalendar(
    country="CN", region=None, holidays=(date(2026, 9, 18),), workdays=(date(2026, 9, 19),), spans=(SPAN,)
)


@pytest.fixture
def store(database: Database) -> SqlCalendarStore:
    SqlCampusStore(database).add_campus(small_campus(), (), at=AT, who="test", why="test")
    return SqlCalendarStore(database)


def test_a_calendar_is_kept_replaced_and_forgotten(store: SqlCalendarStore) -> None:
    assert store.find_calendar(SMALL) is None
    for calendar in (FULL, CampusCalendar()):
        kept = KeptCalendar(calendar=calendar, changed_at=AT, changed_by="a")
        store.put_calendar(SMALL, kept)
        assert store.find_calendar(SMALL) == kept
    assert store.remove_calendar(SMALL)
    assert not store.remove_calendar(SMALL)


def test_a_campus_that_is_not_there_has_none(store: SqlCalendarStore) -> None:
    with pytest.raises(CampusNotFoundError, match="nowhere"):
        store.put_calendar(CampusId("nowhere"), KeptCalendar(calendar=FULL, changed_at=AT, changed_by="a"))


def test_it_outlives_an_import_and_goes_with_its_campus(store: SqlCalendarStore, database: Database) -> None:
    campuses = SqlCampusStore(database)
    store.put_calendar(SMALL, KeptCalendar(calendar=FULL, changed_at=AT, changed_by="a"))
    campuses.replace_campus(small_campus(), (), at=AT, who="test", why="again")
    assert store.find_calendar(SMALL) is not None
    campuses.remove_campus(SMALL)
    assert store.find_calendar(SMALL) is None
