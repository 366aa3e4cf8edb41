"""From words to times, lengths, recurrences and numbers: tables of expressions, and what must always hold."""

import time
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.grounding_tables import ZONE, Case, cases, expected_of, grounded, held_out_cases
from tests.pace import within

from yuanli.errors import InvalidInputError
from yuanli.language import (
    Grain,
    NotGroundedError,
    find_duration,
    find_number,
    find_quantity,
    find_recurrence,
    find_threshold,
    find_when,
    ground_duration,
    ground_number,
    ground_quantity,
    ground_recurrence,
    ground_threshold,
    ground_when,
    half_width,
    occurrences,
)

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=ZONE)
SECONDS_FOR_A_LONG_TEXT = 2.0
HELD_OUT_TO_KEEP = 0.9


def name_of(case: Case) -> str:
    return "-".join(case[:2]) + f"-{case[2]}-{case[4]}"


@pytest.mark.parametrize("case", [pytest.param(case, id=name_of(case)) for case in cases()])
def test_an_expression_grounds_to_what_it_means(case: Case) -> None:
    assert grounded(case) == expected_of(case)


def test_the_tables_are_large_and_in_both_languages() -> None:
    when = [case for case in cases() if case[0] == "when"]
    assert len(when) >= 400
    assert min(sum(case[1] == language for case in when) for language in ("zh", "en")) >= 200


def test_expressions_held_out_keep_their_score() -> None:
    results = [grounded(case) == expected_of(case) for case in held_out_cases()]
    assert len(results) >= 120
    assert sum(results) / len(results) >= HELD_OUT_TO_KEEP


WORDS = st.sampled_from(
    [
        "明天",
        "下午",
        "三点",
        "到",
        "五点半",
        "周五",
        "下下周",
        "两个小时",
        "半",
        "之前",
        "以后",
        "每",
        "月底",
        "国庆",
        "-",
        "/",
        ":",
        ".",
        "3",
        "12",
        "45",
        "2026",
        "tomorrow",
        "next",
        "friday",
        "at",
        "to",
        "pm",
        "half",
        "past",
        "in",
        "an",
        "hour",
        "every",
        "other",
        "month",
        "before",
        "between",
        "and",
        "the",
        "1st",
        "march",
        "of",
        "ago",
        "last",
        "%",
        "度",
        "超过",
        "几",
        "百",
        "万",
        "点",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=2000),
    st.lists(WORDS, max_size=60).map(" ".join),
    st.lists(WORDS, max_size=60).map("".join),
)
NOWS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Apia"]).map(ZoneInfo)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["zh", "en"]), NOWS, ZONES, st.sampled_from(["future", "past"]))
def test_any_text_grounds_to_a_span_in_order_or_to_none(
    text: str, language: str, now: datetime, zone: ZoneInfo, prefer: str
) -> None:
    with within(SECONDS_FOR_A_LONG_TEXT, time.perf_counter):
        span = find_when([text], [], [text], language=language, now=now, zone=zone, prefer=prefer)
    if span is not None:
        assert span.start <= span.end
        assert span.start.tzinfo is not None
        assert span.end.astimezone(UTC) >= span.start.astimezone(UTC)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["zh", "en"]))
def test_any_text_gives_a_number_or_none(text: str, language: str) -> None:
    with within(5 * SECONDS_FOR_A_LONG_TEXT, time.perf_counter):
        number = find_number(text, language=language)
        if number is not None and number.high is not None:
            assert number.low <= number.high
        find_quantity(text, language=language)
        find_threshold(text, language=language)
        length = find_duration(text, language=language)
        assert length is None or length > 0
        recurrence = find_recurrence(text, language=language)
        if recurrence is not None:
            first = occurrences(recurrence.rule, NOW, 3)
            assert all(earlier < later for earlier, later in pairwise(first))


@pytest.mark.parametrize(
    "unit",
    [
        "半",
        "3点",
        "1",
        "1 ",
        "1-",
        "a ",
        "and a half ",
        "周一、",
        "mon,",
        "下",
        "next ",
        "百分之",
        "quarter ",
        "1/",
        ":",
        "每",
        "two hundred ",
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_word_said_over_and_over_costs_no_more_than_its_length(unit: str, language: str) -> None:
    text = (unit * 2000)[:2000]
    with within(SECONDS_FOR_A_LONG_TEXT, time.perf_counter):
        find_when([text], language=language, now=NOW, zone=ZONE)
        find_recurrence(text, language=language)
        find_quantity(text, language=language)


def test_an_expression_takes_under_a_millisecond_on_the_whole() -> None:
    every = [case for case in cases() if case[0] == "when"]
    for case in every[:50]:
        grounded(case)
    with within(0.003 * len(every)):  # measured 0.4 ms each; machines that test are busy
        for case in every:
            grounded(case)


def test_what_is_not_understood_is_told_with_the_words() -> None:
    with pytest.raises(NotGroundedError, match="blue") as caught:
        ground_when(["blue"], language="en", now=NOW, zone=ZONE)
    assert caught.value.status == 422
    assert "blue" in caught.value.message.zh
    for ground in (ground_number, ground_quantity, ground_recurrence, ground_threshold):
        with pytest.raises(NotGroundedError, match="blue"):
            ground("blue", language="en")
    with pytest.raises(NotGroundedError, match="blue"):
        ground_duration(["blue"], language="en")


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.integers(2020, 2099), st.integers(0, 14), st.integers(0, 60), NOWS, st.sampled_from(["future", "past"])
)
def test_a_day_is_the_one_that_is_named_or_none(
    year: int, month: int, day: int, now: datetime, prefer: str
) -> None:
    """By the calendar of the standard library: each day it has is read as that day, no other is read at all."""
    said = {
        f"{year}年{month}月{day}日": "zh", f"{year}-{month:02}-{day:02}": "zh",
        f"{year}年{month}月{day}号下午三点": "zh", f"{year}-{month:02}-{day:02} at 3 pm": "en",
    }  # fmt: skip
    if 1 <= month <= 12:
        said[f"{day} {MONTHS[month - 1]} {year}"] = said[f"{MONTHS[month - 1]} {day}, {year}"] = "en"
    try:
        expected = date(year, month, day)
    except ValueError:
        expected = None
    for text, language in said.items():
        span = find_when([text], language=language, now=now, zone=ZONE, prefer=prefer)
        assert (span and span.start.date()) == expected, text


@given(st.integers(1, 12), st.integers(1, 40), NOWS, st.sampled_from(["future", "past"]))
def test_a_day_without_its_year_is_in_a_year_that_has_it(
    month: int, day: int, now: datetime, prefer: str
) -> None:
    exists = day <= monthrange(2024, month)[1]
    for text, language in ((f"{month}月{day}号", "zh"), (f"{MONTHS[month - 1][:3]} {day}", "en")):
        span = find_when([text], language=language, now=now, zone=ZONE, prefer=prefer)
        assert (span and (span.start.month, span.start.day)) == ((month, day) if exists else None), text


@given(st.integers(0, 99), st.integers(0, 99), NOWS)
def test_a_time_is_the_one_of_the_clock_or_none(hour: int, minute: int, now: datetime) -> None:
    exists = (hour < 24 and minute < 60) or (hour, minute) == (24, 0)
    for text, language in ((f"明天{hour}:{minute:02}", "zh"), (f"tomorrow at {hour}:{minute:02}", "en")):
        span = find_when([text], language=language, now=now, zone=ZONE)
        assert (span is not None) == exists, text
        if span is not None and (hour == 0 or hour > 12):
            assert (span.start.hour, span.start.minute) == (hour % 24, minute)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("二月三十号", "zh"), ("45号", "zh"), ("100号", "zh"), ("13月", "zh"), ("25点", "zh"), ("明天25点", "zh"),
        ("100点", "zh"), ("星期八", "zh"), ("下周八", "zh"), ("这周九下午", "zh"), ("礼拜七", "zh"), ("第五季度", "zh"),
        ("2/30", "zh"), ("11月31号到12月2号", "zh"), ("今年2月第六个周一", "zh"), ("the 32nd", "en"),
        ("25 pm", "en"), ("25 o'clock", "en"), ("12:75", "en"), ("June 31st", "en"), ("Feb 30 to March 2", "en"),
        ("2/30", "en"),
    ],
)  # fmt: skip
def test_what_no_calendar_and_no_clock_has_is_not_read_as_something_else(text: str, language: str) -> None:
    assert find_when([text], language=language, now=NOW, zone=ZONE) is None


def test_hours_of_a_week_and_counts_are_no_weekdays_that_do_not_exist() -> None:
    for text in ("本周8点", "下周7号", "周1上午"):
        assert find_when([text], language="zh", now=NOW, zone=ZONE) is not None
    assert ground_recurrence("每周八点", language="zh").rule == "FREQ=WEEKLY;BYHOUR=8;BYMINUTE=0"


def test_a_naive_now_and_an_unknown_language_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="no time zone"):
        find_when(["明天"], language="zh", now=datetime(2026, 3, 4), zone=ZONE)
    with pytest.raises(InvalidInputError, match="'fr'"):
        find_when(["demain"], language="fr", now=NOW, zone=ZONE)
    with pytest.raises(InvalidInputError, match="future or past"):
        find_when(["明天"], language="zh", now=NOW, zone=ZONE, prefer="soon")


def test_now_is_told_in_the_time_zone_of_the_campus() -> None:
    late_in_utc = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    span = ground_when(["今天"], language="zh", now=late_in_utc, zone=ZONE)
    assert span.start == datetime(2026, 3, 5, tzinfo=ZONE)


def test_a_length_runs_across_a_clock_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 3, 29, 0, 30, tzinfo=zone)
    span = ground_when([], ["in 2 hours"], language="en", now=now, zone=zone)
    assert span.start.astimezone(UTC) - now.astimezone(UTC) == timedelta(hours=2)
    assert span.start.hour == 3


def test_a_part_of_a_day_with_a_length_keeps_both() -> None:
    span = ground_when(["明天"], ["下午"], ["两小时"], language="zh", now=NOW, zone=ZONE)
    assert (span.grain, span.duration_s) == (Grain.PART, 7200)
    assert span.end - span.start == timedelta(hours=6)


def test_a_length_alone_says_no_when() -> None:
    assert find_when([], [], ["两小时"], language="zh", now=NOW, zone=ZONE) is None


def test_occurrences_of_the_first_monday() -> None:
    rule = ground_recurrence("每个月第一个周一上午九点", language="zh").rule
    days = [at.strftime("%m-%d %H:%M") for at in occurrences(rule, NOW, 3)]
    assert days == ["04-06 09:00", "05-04 09:00", "06-01 09:00"]


def test_a_recurrence_reads_as_people_say_it() -> None:
    text = ground_recurrence("every other Friday at 3pm", language="en").text
    assert (text.zh, text.en) == ("每两周的周五 15:00", "every other week on Friday at 15:00")
    assert ground_recurrence("一周两次", language="zh").assumed
    assert not ground_recurrence("每周一", language="zh").assumed


@pytest.mark.parametrize("text", ["每个月第九个周一", "每年2月30号", "每月45号", "每周八晚上十点"])
def test_a_day_that_never_comes_is_no_recurrence_on_it(text: str) -> None:
    found = find_recurrence(text, language="zh")
    assert found is None or found.rule in ("FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=WEEKLY;BYDAY=MO")


@pytest.mark.parametrize("text", ["1几", "8到3", "少于0", "9多"])
def test_a_range_of_numbers_is_in_order(text: str) -> None:
    number = ground_number(text, language="zh")
    assert number.high is None or number.low <= number.high


def test_a_rule_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="RFC 5545"):
        occurrences("FREQ=SOMETIMES", NOW, 3)
    with pytest.raises(InvalidInputError, match="no time zone"):
        occurrences("FREQ=DAILY", datetime(2026, 1, 1), 3)


def test_full_width_letters_and_digits_are_read_as_usual_ones_in_their_place() -> None:
    text = "Ａ座放３个ＡＥＤ，１４：３０前；２０％？：１．５"
    assert half_width(text) == "A座放3个AED，14:30前；20%？：1.5"
    assert len(half_width(text)) == len(text)
    assert half_width("。、“”（）：") == "。、“”（）："
