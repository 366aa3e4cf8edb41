"""Answers in words: a route as a sentence, and what is known of a place."""

from __future__ import annotations

import re
from datetime import datetime

from yuanli.campus import Feature, FeatureId, name_in
from yuanli.errors import Text
from yuanli.operations.guidance import Guide
from yuanli.routing import Route

DAYS = {"Mo": "周一", "Tu": "周二", "We": "周三", "Th": "周四", "Fr": "周五", "Sa": "周六", "Su": "周日",
        "PH": "节假日", "off": "休息", "closed": "休息"}  # fmt: skip


def facts_of(guide: Guide, feature_id: FeatureId, now: datetime) -> list[Text]:
    """Return hours, contacts and accessibility of a feature, as far as they are known."""
    feature: Feature | None = guide.campus.find(feature_id)
    facts = []
    if hours := getattr(feature, "hours", None):
        open_now = guide.wayfinder.is_open(hours, now)
        state = Text("现在开放", "open now") if open_now else Text("现在不开放", "closed now")
        facts.append(Text(f"{state.zh}，开放时间 {_hours_zh(hours)}", f"{state.en}, hours {hours}"))
    for attribute, zh, en in (("phone", "电话", "phone"), ("website", "网址", "website")):
        if value := getattr(feature, attribute, None):
            facts.append(Text(f"{zh} {value}", f"{en} {value}"))
    accessibility = getattr(feature, "accessibility", ())
    if "wheelchair" in accessibility:
        facts.append(Text("轮椅可达", "wheelchair accessible"))
    if "notwheelchair" in accessibility:
        facts.append(Text("轮椅不可达", "not wheelchair accessible"))
    return facts


def _hours_zh(hours: str) -> str:
    if hours.strip() == "24/7":
        return "全天"
    words = re.sub(r"\b(" + "|".join(DAYS) + r")\b", lambda match: DAYS[match[1]], hours)
    return words.replace(";", "；").replace("周一-周日", "每天").replace("-周", "至周")


def say_route(route: Route, *, eta: bool) -> Text:
    """Return a route as one sentence: all its steps, or with `eta` only how long it takes."""
    start, end = route.stops[0].name, route.stops[-1].name
    effort = say_effort(route)
    if eta:
        return Text(
            f"从{name_in(start, 'zh')}到{name_in(end, 'zh')}{effort.zh}。",
            f"From {name_in(start, 'en')} to {name_in(end, 'en')}: {effort.en}.",
        )
    steps_zh = "；".join(step.text.zh for step in route.steps)
    steps_en = "; ".join(step.text.en for step in route.steps)
    return Text(
        f"从{name_in(start, 'zh')}到{name_in(end, 'zh')}，{effort.zh}：{steps_zh}。",
        f"From {name_in(start, 'en')} to {name_in(end, 'en')}, {effort.en}: {steps_en}.",
    )


def say_effort(route: Route) -> Text:
    """Return how long and how far a route is, as people say it."""
    minutes, metres = max(1, round(route.duration_s / 60)), round(route.distance_m, -1)
    return Text(f"约{minutes}分钟（{metres:.0f}米）", f"about {minutes} min ({metres:.0f} m)")
