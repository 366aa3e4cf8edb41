"""How often: `每周一三五`, `first Monday of each month`, as an RFC 5545 recurrence rule."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from zoneinfo import ZoneInfo

from yuanli.errors import InvalidInputError, Text
from yuanli.language.grounding.folding import folded
from yuanli.language.grounding.lexing import pieces_of
from yuanli.language.grounding.numerals import digits_of
from yuanli.language.grounding.pieces import ClockPiece, PartPiece
from yuanli.language.grounding.recurrence_text import recurrence_text
from yuanli.language.grounding.spans import NoSuchTimeError, NotGroundedError, anchored, check_language
from yuanli.language.grounding.tables import rules, table
from yuanli.language.grounding.times import find_when

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_EVENLY = {1: (0,), 2: (0, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4), 6: (0, 1, 2, 3, 4, 5)}
"""The weekdays of so many times a week, where none are named."""
_HOURS = {1: "9", 2: "9,15", 3: "9,13,17", 4: "9,12,15,18"}
_MOST_OCCURRENCES = 1000
_HALF_OF = {
    "DAILY": "FREQ=HOURLY;INTERVAL=12",
    "MONTHLY": "FREQ=MONTHLY;BYMONTHDAY=1,15",
    "YEARLY": "FREQ=MONTHLY;INTERVAL=6",
}
_NO_WEEKDAY = re.compile(r"每1?个?(?:周|星期|礼拜)的?[0789](?![\d点:时分天个次回趟遍])")
"""每周八: the week has no eighth day."""
_EXCEPT = re.compile(r"(?:除了?|不包括|except|but not|excluding|apart from)(?: on)?(?P<days>.{2,30})")
Groups = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A recurrence as an RFC 5545 RRULE without its name, and as people read it.

    Parameters
    ----------
    assumed
        The words left days open (`twice a week`) that the rule had to choose.
    """

    rule: str
    text: Text
    assumed: bool = False


def ground_recurrence(text: str, *, language: str) -> Recurrence:
    """Return the recurrence a text says.

    Raises
    ------
    NotGroundedError
        The text says nothing that comes again.
    """
    found = find_recurrence(text, language=language)
    if found is None:
        raise NotGroundedError(
            Text(
                f"没看懂频率“{text}”，例如：每周一上午九点。",
                f"No recurrence in {text!r}; say for example every Monday at 9.",
            ),
            field="frequency",
        )
    return found


def find_recurrence(text: str, *, language: str) -> Recurrence | None:
    """Return the recurrence a text says, or None where nothing comes again, or only on a day that never comes."""
    check_language(language)
    try:
        return _recurrence(text, language)
    except NoSuchTimeError:
        return None


def _recurrence(text: str, language: str) -> Recurrence | None:
    plain = digits_of(folded(text, language), language)
    if _NO_WEEKDAY.search(plain):
        return None
    for kind, pattern in rules("recurrence", language):
        if match := pattern.search(plain):
            groups = {name: said for name, said in match.groupdict().items() if said is not None}
            rule = _KINDS[kind](groups, language)
            if rule is None:
                continue
            rest = f"{plain[: match.start()]} {plain[match.end() :]}"
            rule = _without_exceptions(rule, plain[match.end() :], language)
            timed = "BYHOUR" in rule or "MINUTELY" in rule or "HOURLY" in rule
            whole = rule if timed else rule + _time_of(rest, language)
            return Recurrence(
                rule=whole, text=recurrence_text(whole), assumed=kind == "times_a" and "BY" in rule
            )
    return None


def occurrences(rule: str, start: datetime, count: int) -> tuple[datetime, ...]:
    """Return the first times of a rule from an aware start on, at most a thousand.

    Raises
    ------
    InvalidInputError
        The rule is not an RFC 5545 RRULE, or `start` is naive.
    """
    from dateutil.rrule import rrulestr

    if start.tzinfo is None:
        raise InvalidInputError(
            Text(f"开始时间 {start} 没有时区。", f"The start {start} has no time zone; give an aware one."),
            field="start",
        )
    try:
        times = rrulestr(rule, dtstart=start)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInputError(
            Text(f"重复规则“{rule}”不合 RFC 5545：{error}。", f"{rule!r} is no RFC 5545 rule: {error}."),
            field="rule",
        ) from error
    return tuple(islice(times, max(0, min(count, _MOST_OCCURRENCES))))


def _without_exceptions(rule: str, rest: str, language: str) -> str:
    """Take out the weekdays of `every weekday except Friday`."""
    excepted = _EXCEPT.search(rest)
    if excepted is None or "BYDAY=" not in rule or "MONTHLY" in rule:
        return rule
    out = {DAYS[day] for day in _weekdays(excepted["days"], language)}
    head, days = rule.split("BYDAY=")
    kept = [day for day in days.split(",") if day not in out]
    return f"{head}BYDAY={','.join(kept)}" if kept else rule


def _time_of(rest: str, language: str) -> str:
    """Return the hour and minute that the words beside a recurrence say, as parts of the rule."""
    zone = ZoneInfo("UTC")
    now = datetime(2024, 1, 1, tzinfo=zone)
    if not any(
        isinstance(p, ClockPiece | PartPiece)
        for p in pieces_of(rest, anchored(now, zone, language, "future"))
    ):
        return ""
    span = find_when((), (rest,), language=language, now=now, zone=zone)
    if span is None or span.grain not in ("minute", "part_of_day"):
        return ""
    at = span.end if span.open_start else span.start
    return f";BYHOUR={at.hour};BYMINUTE={at.minute}"


def _weekdays(text: str, language: str) -> tuple[int, ...]:
    words = table("recurrence")[language]["words"]["weekday"]
    if language == "zh":
        said = re.sub("星期|礼拜|周", "", text)
        return tuple(sorted({int(words[c]) for c in said if c in words}))
    return tuple(sorted({int(words[word]) for word in re.findall(r"[a-z]+", text) if word in words}))


def _by_day(days: tuple[int, ...]) -> str:
    return ";BYDAY=" + ",".join(DAYS[day] for day in days) if days else ""


def _weekly(groups: Groups, language: str) -> str:
    return "FREQ=WEEKLY" + _by_day(_weekdays(groups.get("days", ""), language))


def _fortnightly(groups: Groups, language: str) -> str:
    return "FREQ=WEEKLY;INTERVAL=2" + _by_day(_weekdays(groups.get("days", ""), language))


def _weekday_span(groups: Groups, language: str) -> str:
    first, last = (_weekdays(groups[end], language)[0] for end in ("from", "until"))
    days = tuple(sorted((first + step) % 7 for step in range((last - first) % 7 + 1)))
    return "FREQ=WEEKLY" + _by_day(days)


def _monthly_nth(groups: Groups, language: str) -> str | None:
    nths = ["-1"] if "last" in groups else re.findall(r"\d", groups.get("nths") or groups["nth"])
    day = DAYS[_weekdays(groups["weekday"], language)[0]]
    if not all(nth in ("-1", "1", "2", "3", "4", "5") for nth in nths):
        return None
    return "FREQ=MONTHLY;BYDAY=" + ",".join(f"{nth}{day}" for nth in nths)


def _monthly_day(groups: Groups, _: str) -> str | None:
    days = [int(day) for day in re.findall(r"\d{1,2}", groups["monthdays"])]
    return (
        f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, days))}" if all(1 <= day <= 31 for day in days) else None
    )


def _yearly(groups: Groups, _: str) -> str | None:
    if "day" not in groups:
        return "FREQ=YEARLY"
    words = table("dates")["en"]["words"]["month"]
    month, day = int(groups.get("month") or words[groups["monthword"]]), int(groups["day"])
    return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}" if 1 <= day <= _longest(month) else None


def _longest(month: int) -> int:
    return monthrange(2024, month)[1] if 1 <= month <= 12 else 0


def _skipped(groups: Groups, _: str) -> str:
    frequency = _frequency(groups["unit"])[0]
    return f"FREQ={frequency};INTERVAL={int(groups.get('skip', 1)) + 1}"


def _frequency(unit: str) -> tuple[str, int]:
    """Return the frequency of a unit, and how many of it the unit is."""
    for words, frequency, factor in (
        ("分钟 minute min", "MINUTELY", 1), ("刻钟", "MINUTELY", 15), ("小时 钟头 hour", "HOURLY", 1),
        ("天 日 day daily", "DAILY", 1), ("周 星期 礼拜 week weekly", "WEEKLY", 1), ("月 month monthly", "MONTHLY", 1),
        ("季 季度 quarter", "MONTHLY", 3),
    ):  # fmt: skip
        if unit in words.split():
            return frequency, factor
    return "YEARLY", 1


def _interval(groups: Groups, _: str) -> str | None:
    frequency, factor = _frequency(groups["unit"])
    every = int(groups.get("every", 1)) * factor
    if "half" in groups:
        if frequency != "HOURLY":
            return _HALF_OF.get(frequency)
        frequency, every = "MINUTELY", 30 if "every" not in groups else every * 60 + 30
    return f"FREQ={frequency}" + (f";INTERVAL={every}" if every > 1 else "") if every else None


def _times_a(groups: Groups, _: str) -> str | None:
    count = next((n for n, word in enumerate(("once", "twice", "thrice"), 1) if word in groups), 0)
    count = count or "0123456789零一二三四五六".index(groups["count"]) % 10
    frequency, factor = _frequency(groups["unit"])
    if frequency == "WEEKLY" and count in _EVENLY:
        return "FREQ=WEEKLY" + (_by_day(_EVENLY[count]) if count > 1 else "")
    if frequency == "DAILY" and count in _HOURS:
        return "FREQ=DAILY" + (f";BYHOUR={_HOURS[count]};BYMINUTE=0" if count > 1 else "")
    if frequency == "MONTHLY" and count == 2:
        return "FREQ=MONTHLY;BYMONTHDAY=1,15"
    return f"FREQ={frequency}" + (f";INTERVAL={factor}" if factor > 1 else "") if count == 1 else None


def _always(rule: str) -> Callable[[Groups, str], str | None]:
    return lambda groups, language: rule


_KINDS: Mapping[str, Callable[[Groups, str], str | None]] = MappingProxyType(
    {
        "daily": _always("FREQ=DAILY"),
        "fortnightly": _fortnightly,
        "hourly": _always("FREQ=HOURLY"),
        "interval": _interval,
        "monthly": _always("FREQ=MONTHLY"),
        "monthly_day": _monthly_day,
        "monthly_first": _always("FREQ=MONTHLY;BYMONTHDAY=1"),
        "monthly_last": _always("FREQ=MONTHLY;BYMONTHDAY=-1"),
        "monthly_nth": _monthly_nth,
        "quarterly": _always("FREQ=MONTHLY;INTERVAL=3"),
        "skipped": _skipped,
        "times_a": _times_a,
        "weekday_span": _weekday_span,
        "weekends": _always("FREQ=WEEKLY;BYDAY=SA,SU"),
        "weekly": _always("FREQ=WEEKLY"),
        "weekly_days": _weekly,
        "workdays": _always("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        "yearly": _yearly,
    }
)
