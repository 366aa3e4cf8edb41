"""A recurrence rule as people read it, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from yuanli.errors import Text

_ZH_DAYS = {"MO": "一", "TU": "二", "WE": "三", "TH": "四", "FR": "五", "SA": "六", "SU": "日"}
_EN_DAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday",
            "SA": "Saturday", "SU": "Sunday"}  # fmt: skip
_UNITS = {"MINUTELY": ("分钟", "minute"), "HOURLY": ("小时", "hour"), "DAILY": ("天", "day"), "WEEKLY": ("周", "week"),
          "MONTHLY": ("个月", "month"), "YEARLY": ("年", "year")}  # fmt: skip
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}


def recurrence_text(rule: str) -> Text:
    """Return a rule made by this package in words: `每周一、三 9:00`, `every Monday and Wednesday at 9:00`."""
    parts = dict(part.split("=") for part in rule.split(";"))
    zh, en = _days(parts)
    times = _times(parts)
    return Text(
        zh + (f" {'、'.join(times)}" if times else ""), en + (f" at {_listed(times)}" if times else "")
    )


def _times(parts: Mapping[str, str]) -> list[str]:
    minute = int(parts.get("BYMINUTE", 0))
    return [f"{int(hour)}:{minute:02}" for hour in parts.get("BYHOUR", "").split(",") if hour]


def _every(parts: Mapping[str, str]) -> tuple[str, str]:
    zh, en = _UNITS[parts["FREQ"]]
    interval = int(parts.get("INTERVAL", 1))
    if interval == 1:
        return f"每{zh}", f"every {en}"
    return (
        f"每{'两' if interval == 2 else interval}{zh}",
        f"every {'other' if interval == 2 else interval} {en}{'s' * (interval > 2)}",
    )


def _days(parts: Mapping[str, str]) -> tuple[str, str]:
    zh, en = _every(parts)
    if by_month_day := parts.get("BYMONTHDAY"):
        return _month_days(by_month_day.split(","), parts, zh, en)
    days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    if parts["FREQ"] == "MONTHLY" and days:
        pairs = [_nth_day(day, zh, en) for day in days]
        return "、".join(pair[0] for pair in pairs), _listed([pair[1] for pair in pairs])
    if days == ["MO", "TU", "WE", "TH", "FR"] and "INTERVAL" not in parts:
        return "每个工作日", "every weekday"
    if not days:
        return zh, en
    names = _listed([_EN_DAYS[day] for day in days])
    zh_days = "周" + "、".join(_ZH_DAYS[day] for day in days)
    return (f"每{zh_days}", f"every {names}") if zh == "每周" else (f"{zh}的{zh_days}", f"{en} on {names}")


def _nth_day(day: str, zh: str, en: str) -> tuple[str, str]:
    nth, name = int(day[:-2]), day[-2:]
    zh_nth = "最后一个" if nth < 0 else f"第{'一二三四五'[nth - 1] if nth < 6 else nth}个"
    return (
        f"{zh}的{zh_nth}周{_ZH_DAYS[name]}",
        f"the {_ORDINALS.get(nth, f'{nth}th')} {_EN_DAYS[name]} of {en}",
    )


def _month_days(days: list[str], parts: Mapping[str, str], zh: str, en: str) -> tuple[str, str]:
    if days == ["-1"]:
        return f"{zh}的最后一天", f"the last day of {en}"
    if month := parts.get("BYMONTH"):
        return f"{zh} {month} 月 {days[0]} 日", f"{en} on {month}/{days[0]}"
    return f"{zh} {'、'.join(days)} 日", f"day {_listed(days)} of {en}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
