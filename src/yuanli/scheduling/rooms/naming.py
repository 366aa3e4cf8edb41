"""Rules between events in words."""

from __future__ import annotations

import re
from typing import Final

from yuanli.errors import Text
from yuanli.scheduling.rooms.tables import Rule

RULE_NAMES: Final = {
    "same_start": Text("同时开始", "start at the same time of day"),
    "same_time": Text("时间相同", "at the same time of day"),
    "different_time": Text("时间不同", "at different times of day"),
    "same_days": Text("在相同的日子", "on the same days"),
    "different_days": Text("在不同的日子", "on different days"),
    "same_weeks": Text("在相同的周", "in the same weeks"),
    "different_weeks": Text("在不同的周", "in different weeks"),
    "overlap": Text("时间重叠", "overlapping"),
    "not_overlap": Text("时间不重叠", "not overlapping"),
    "same_room": Text("在同一房间", "in the same room"),
    "different_room": Text("在不同房间", "in different rooms"),
    "same_attendees": Text("同一批人都能参加", "such that the same people can attend all"),
    "precedence": Text("依次先后进行", "one after the other"),
    "work_day": Text("一天内从头到尾不超过 {} 个时段", "within {} periods of a day"),
    "min_gap": Text("间隔至少 {} 个时段", "at least {} periods apart"),
    "max_days": Text("最多占 {} 天", "on at most {} days"),
    "max_day_load": Text("每天合计不超过 {} 个时段", "at most {} periods a day in all"),
    "max_breaks": Text(
        "每天最多 {} 次间断（间隔超过 {} 个时段）", "at most {} breaks a day (gaps over {} periods)"
    ),
    "max_block": Text(
        "连续不超过 {} 个时段（间隔不超过 {}）", "at most {} periods at a stretch (gaps up to {})"
    ),
}
ONE = re.compile(r"\b1 (period|day|break)s\b")
SHOWN = 4
"""Events whose names are told."""


def tell_rule(rule: Rule) -> Text:
    """Say what a rule between events asks for, with its numbers."""
    name, more = RULE_NAMES[rule.kind], len(rule.events) - SHOWN
    zh, en = "”“".join(rule.events[:SHOWN]), ", ".join(map(repr, rule.events[:SHOWN]))
    zh, en = (f"{zh}”等 {len(rule.events)} 个活动", f"{en} and {more} more") if more > 0 else (f"{zh}”", en)
    asked = ONE.sub(r"1 \1", name.en.format(*rule.values))
    return Text(f"“{zh}{name.zh.format(*rule.values)}", f"{en} {asked}")
