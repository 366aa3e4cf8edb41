"""A campus's calendar: what it holds, what it refuses, and that forecasts go by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.api.house import CAMPUS, Clock, small_house

from yuanli.bootstrap import House
from yuanli.forecast import Calendar, InvalidCalendarError, days_of
from yuanli.forecast.calendar import EPOCH
from yuanli.operations import CalendarSpan, CampusCalendar, DayKind, ToldCalendar

TERM = CalendarSpan(name="学期", first=date(2026, 3, 2), last=date(2026, 6, 30))
CLOSED = CalendarSpan(name="停业", first=date(2026, 3, 9), last=date(2026, 3, 11), closed=True)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return small_house(tmp_path, Clock())


def kinds(told: ToldCalendar) -> dict[date, DayKind]:
    return {one.day: one.kind for one in told.ahead}


def test_a_campus_has_the_holidays_of_its_country_until_somebody_sets_its_calendar(house: House) -> None:
    campus = house.places.campus(CAMPUS)
    told = house.calendars.told(CAMPUS)
    assert (told.own, told.calendar.country, told.changed_by) == (False, None, None)
    own = CampusCalendar(
        country="CN", holidays=(date(2026, 3, 20),), workdays=(date(2026, 3, 10), date(2026, 3, 14)),
        spans=(TERM, CLOSED),
    )  # fmt: skip
    told = house.calendars.replace(CAMPUS, own, "chen")
    assert (told.own, told.calendar, told.changed_by) == (True, own, "chen")
    days = kinds(told)
    assert days[date(2026, 3, 20)] is DayKind.OFF
    assert days[date(2026, 3, 14)] is DayKind.WORKED
    assert days[date(2026, 3, 9)] is DayKind.OFF
    assert date(2026, 3, 10) not in days
    assert days[date(2026, 5, 1)] is DayKind.OFF
    known = house.calendars.of(campus)
    assert known is not None
    assert set(known.spans) == {"学期", "停业"}
    assert not house.calendars.reset(CAMPUS).own


def test_a_closed_span_is_a_run_of_days_off_and_a_thing_to_learn_from() -> None:
    days = days_of(CampusCalendar(spans=(CLOSED,)).known(), date(2026, 3, 8).toordinal() - EPOCH, 6)
    assert days.off.tolist() == [True, True, True, True, False, False]
    assert days.spans.tolist() == [[0, 1, 1, 1, 0, 0]]
    assert days.names == ("停业",)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda: CampusCalendar(country="XX"), "country"),
        (lambda: CampusCalendar(country="GB", region="ZZZ"), "country"),
        (lambda: CampusCalendar(region="ENG"), "country"),
        (lambda: CampusCalendar(holidays=(date(2026, 1, 1),), workdays=(date(2026, 1, 1),)), "workdays"),
        (lambda: CampusCalendar(holidays=(date(26, 1, 1),)), "holidays"),
        (lambda: CalendarSpan(name="x", first=date(2026, 2, 2), last=date(2026, 2, 1)), "spans"),
        (lambda: CalendarSpan(name="x", first=date(2020, 2, 2), last=date(2026, 2, 1)), "spans"),
        (lambda: CalendarSpan(name=" ", first=date(2026, 2, 2), last=date(2026, 2, 2)), "spans"),
        (lambda: CampusCalendar(spans=tuple(
            CalendarSpan(name=f"n{i}", first=date(2026, 2, 2), last=date(2026, 2, 2)) for i in range(21)
        )), "spans"),
    ],
)  # fmt: skip
def test_a_calendar_that_can_not_be_says_why(wrong: object, field: str) -> None:
    assert callable(wrong)
    with pytest.raises(InvalidCalendarError) as refused:
        wrong()
    assert refused.value.field == field
    assert refused.value.hint


def test_all_that_forecasts_go_by_the_calendar_that_was_set(house: House) -> None:
    campus = house.places.campus(CAMPUS)
    end = datetime(2026, 3, 2, tzinfo=UTC)
    house.calendars.replace(CAMPUS, CampusCalendar(country="GB", region="SCT", spans=(TERM,)), "chen")
    expected = Calendar(country="GB", region="SCT", spans={"学期": ((TERM.first, TERM.last),)})
    assert house.outlooks.of(campus, end - timedelta(days=30), end).calendar == expected
