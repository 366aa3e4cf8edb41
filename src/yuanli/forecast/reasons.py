"""What a forecast hangs on, in words: each feature of a model belongs to one reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yuanli.errors import Text
from yuanli.forecast.plugins import PLUGIN

SPAN = "span:"
"""Reasons that are spans of a calendar begin with this, and go on with the span's name."""
FEWEST = 0.01
"""Reasons that make less of the movement are not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonKind:
    """One kind of reason: the family it belongs to, its name, and the features that it stands for."""

    family: str
    name: Text
    features: tuple[str, ...]


REASONS: Mapping[str, ReasonKind] = {
    "same_week": ReasonKind(
        family="usual_days", name=Text("上周同一时刻", "the same time last week"), features=("day_7",)
    ),
    "alike_days": ReasonKind(
        family="usual_days", name=Text("最近几个同类日", "recent days of the same kind"),
        features=("like_1", "like_2", "like_3", "like_4", "like_range", "usual_level", "evenness"),
    ),
    "yesterday": ReasonKind(
        family="usual_days", name=Text("前一天同一时刻", "the same time the day before"),
        features=("day_1", "day_1_value"),
    ),
    "days_before": ReasonKind(
        family="usual_days", name=Text("前两三天同一时刻", "the same time two and three days before"),
        features=("day_2", "day_3"),
    ),
    "last_hours": ReasonKind(
        family="recent_level", name=Text("最近几小时的水平", "the level of the last hours"),
        features=("last_hour", "last_hour_value", "last_6_hours", "last_6_hours_value"),
    ),
    "last_day": ReasonKind(
        family="recent_level", name=Text("最近一天的水平", "the level of the last day"),
        features=("last_day", "last_day_value"),
    ),
    "last_days": ReasonKind(
        family="recent_level", name=Text("最近几天的水平", "the level of the last days"),
        features=("last_3_days", "last_week"),
    ),
    "hour": ReasonKind(
        family="calendar", name=Text("一天中的时刻", "the time of day"), features=("steps_ahead", "hour")
    ),
    "weekday": ReasonKind(
        family="calendar", name=Text("星期几", "the day of the week"),
        features=("weekday", "alike", "week_like_lag"),
    ),
    "day_off": ReasonKind(
        family="calendar", name=Text("工作日或休息日", "workday or day off"),
        features=("off", "off_before", "off_after", "off_run", "same_work"),
    ),
    "holiday": ReasonKind(
        family="calendar", name=Text("节假日", "public holidays"),
        features=("since_holiday", "until_holiday", "holidays_in_like"),
    ),
    "season": ReasonKind(
        family="calendar", name=Text("一年中的时节", "the time of year"), features=("year_day", "year")
    ),
    "temperature": ReasonKind(
        family="weather", name=Text("室外气温", "outdoor temperature"),
        features=("weather_0", "weather_0_apart", "weather_0_last_day", "warmth"),
    ),
    "weather": ReasonKind(family="weather", name=Text("日照等天气", "sunshine and other weather"), features=()),
    "bookings": ReasonKind(
        family="bookings", name=Text("房间预订", "room bookings"), features=("booked", "booked_apart")
    ),
    "other_points": ReasonKind(
        family="other_points", name=Text("其他点位的变化", "what other points did"),
        features=("all_day_1", "all_last_day", "all_year"),
    ),
}  # fmt: skip
"""Further weather, and spans of the calendar, are told from their features' names."""
FAMILIES = ("usual_days", "recent_level", "calendar", "weather", "bookings", "other_points")
_REASON_OF = {feature: name for name, kind in REASONS.items() for feature in kind.features}


def reason_of(feature: str, spans: tuple[str, ...]) -> str:
    """Return the reason a feature belongs to; `spans` are the names of the calendar's, in their order."""
    if feature.startswith("span_"):
        return SPAN + spans[int(feature.split("_")[1])]
    return _REASON_OF.get(feature, "weather")


def family_of(reason: str) -> str:
    """Return which of `FAMILIES` a reason belongs to."""
    return "calendar" if reason.startswith(SPAN) else REASONS[reason].family


def reason_name(reason: str) -> Text:
    """Return what people call a reason; a span has the name that it was given."""
    if reason.startswith(SPAN):
        return Text(f"“{reason.removeprefix(SPAN)}”", f'"{reason.removeprefix(SPAN)}"')
    return REASONS[reason].name


def say_reasons(method: str, shares: Mapping[str, float], *, most: int = 3) -> Text:
    """Return a sentence on where a forecast begins and what moves it from there, the strongest first."""
    if method == "last_week":
        return Text("预测就是上周同一时刻的值。", "It says what was at the same time last week.")
    if method.startswith(PLUGIN):
        name = method.removeprefix(PLUGIN)
        return Text(
            f"由基础模型“{name}”给出：它只看过去的数值，在回测中最准。",
            f"It is what the foundation model {name!r} says from the past values alone: it did best on the backtest.",
        )
    ranked = sorted((item for item in shares.items() if item[1] >= FEWEST), key=lambda item: -item[1])[:most]
    if not ranked:
        return Text(
            "预测是最近几个同类日的平均值，没有别的因素改变它。",
            "It says the mean of recent days of the same kind; nothing moves it from there.",
        )
    zh = "、".join(f"{reason_name(name).zh}（{share:.0%}）" for name, share in ranked)
    en = ", ".join(f"{reason_name(name).en} ({share:.0%})" for name, share in ranked)
    return Text(
        f"从最近几个同类日的平均值出发，主要按这些调整：{zh}。",
        f"It starts from the mean of recent days of the same kind and is moved by {en}.",
    )
