from datetime import date

import numpy as np
import pytest

from yuanli.forecast import Calendar, InvalidCalendarError
from yuanli.forecast.calendar import EPOCH, Days, days_of


def days(calendar: Calendar, first: date, count: int) -> Days:
    return days_of(calendar, first.toordinal() - EPOCH, count)


def test_chinese_new_year_is_off_and_the_sunday_worked_for_it_is_not() -> None:
    week = days(Calendar(country="CN"), date(2024, 2, 4), 7)
    assert week.weekday.tolist() == [6, 0, 1, 2, 3, 4, 5]
    assert week.off.tolist() == [False, False, False, False, False, False, True]
    assert week.alike[0] == 4
    assert days(Calendar(country="CN"), date(2024, 2, 12), 1).holiday.all()


def test_a_campus_knows_its_own_closures_terms_and_extra_days_of_work() -> None:
    calendar = Calendar(
        holidays=frozenset({date(2026, 6, 3)}),
        workdays=frozenset({date(2026, 6, 6)}),
        spans={"term": ((date(2026, 6, 1), date(2026, 6, 2)), (date(2026, 6, 5), date(2026, 6, 5)))},
    )
    week = days(calendar, date(2026, 6, 1), 7)
    assert week.off.tolist() == [False, False, True, False, False, False, True]
    assert week.spans.tolist() == [[1, 1, 0, 0, 1, 0, 0]]
    assert week.alike[2] == 6


def test_days_to_a_holiday_and_runs_of_days_off_are_counted() -> None:
    week = days(Calendar(holidays=frozenset({date(2026, 6, 5)})), date(2026, 6, 1), 7)
    assert week.until.tolist()[:5] == [4, 3, 2, 1, 0]
    assert week.since.tolist()[4:] == [0, 1, 2]
    assert week.run.tolist() == [4, 4, 4, 4, 3, 3, 3]


def test_a_day_has_no_memory_of_where_the_calendar_was_opened() -> None:
    calendar = Calendar(country="GB", region="ENG")
    whole, part = days(calendar, date(2021, 11, 1), 90), days(calendar, date(2021, 12, 1), 30)
    for name in ("weekday", "alike", "off", "holiday", "since", "until"):
        np.testing.assert_array_equal(getattr(whole, name)[30:60], getattr(part, name))


@pytest.mark.parametrize("country", ["XX", "Atlantis"])
def test_an_unknown_country_is_named(country: str) -> None:
    with pytest.raises(InvalidCalendarError, match=country):
        Calendar(country=country)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidCalendarError, match="term"):
        Calendar(spans={"term": ((date(2026, 6, 2), date(2026, 6, 1)),)})
