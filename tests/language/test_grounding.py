"""From words to times, lengths, recurrences and numbers: tables of expressions, and what must always hold."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.grounding_tables import ZONE, Case, cases, expected_of, grounded, held_out_cases

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
    began = time.perf_counter()
    span = find_when([text], [], [text], language=language, now=now, zone=zone, prefer=prefer)
    assert time.perf_counter() - began < SECONDS_FOR_A_LONG_TEXT
    if span is not None:
        assert span.start <= span.end
        assert span.start.tzinfo is not None
        assert span.end.astimezone(UTC) >= span.start.astimezone(UTC)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["zh", "en"]))
def test_any_text_gives_a_number_or_none(text: str, language: str) -> None:
    began = time.perf_counter()
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
    assert time.perf_counter() - began < 5 * SECONDS_FOR_A_LONG_TEXT


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
    began = time.perf_counter()
    find_when([text], language=language, now=NOW, zone=ZONE)
    find_recurrence(text, language=language)
    find_quantity(text, language=language)
    assert time.perf_counter() - began < SECONDS_FOR_A_LONG_TEXT


def test_an_expression_takes_under_a_millisecond_on_the_whole() -> None:
    every = [case for case in cases() if case[0] == "when"]
    for case in every[:50]:
        grounded(case)
    began = time.process_time()
    for case in every:
        grounded(case)
    assert (time.process_time() - began) / len(every) < 0.003  # measured 0.4 ms; machines that test are busy


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


@pytest.mark.parametrize("text", ["每个月第九个周一", "每年2月30号", "每月45号"])
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
