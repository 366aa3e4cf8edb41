"""How rules are called when they are told to people."""

from __future__ import annotations

from typing import Final

from yuanli.errors import Text
from yuanli.planning.spaces.problem import WALKED, Rule, RuleKind

RULE_NAMES: Final = {
    RuleKind.IN: Text("在指定位置", "in the given place"),
    RuleKind.NOT_IN: Text("不在指定位置", "not in the given place"),
    RuleKind.ACCESSIBLE: Text("无障碍", "accessible"),
    RuleKind.QUIET: Text("安静", "quiet enough"),
    RuleKind.SECURE: Text("安全等级", "secure enough"),
    RuleKind.FEATURES: Text("设施齐全", "has the features"),
    RuleKind.CLOSE_TO: Text("离该处步行不超过", "a walk away of at most"),
    RuleKind.FAR_FROM: Text("离该处步行不少于", "a walk away of at least"),
    RuleKind.SAME_ROOM: Text("同一房间", "in the same room"),
    RuleKind.NOT_SAME_ROOM: Text("不同房间", "in different rooms"),
    RuleKind.ADJACENT: Text("相邻", "adjacent"),
    RuleKind.NOT_ADJACENT: Text("不相邻", "not adjacent"),
    RuleKind.NEAR: Text("同一楼层", "on the same floor"),
    RuleKind.AWAY: Text("不同楼层", "on different floors"),
    RuleKind.SAME_ZONE: Text("同一区域", "in the same zone"),
    RuleKind.OTHER_ZONE: Text("不同区域", "in different zones"),
    RuleKind.NOT_SHARING: Text("独用房间", "shares no room"),
    RuleKind.ONE_FLOOR: Text("全组同层", "all on one floor"),
    RuleKind.ONE_ZONE: Text("全组同区", "all in one zone"),
    RuleKind.CAPACITY: Text("不超容量", "not beyond its capacity"),
    RuleKind.MAX_MOVES: Text("搬动次数上限", "limit of moves"),
    RuleKind.MAX_PEOPLE_MOVED: Text("搬动人数上限", "limit of people moved"),
    RuleKind.MAX_RENT: Text("租金预算", "budget of rent"),
    RuleKind.MAX_FIT_OUT: Text("装修预算", "budget of fit-out"),
}


def tell_rule(rule: Rule) -> Text:
    """Say a rule with its values."""
    name = RULE_NAMES[rule.kind]
    where = (*rule.rooms, *rule.floors, *rule.zones, *rule.buildings, *rule.features, *rule.landmarks)
    value = "" if rule.value is None else f" {rule.value:g}"
    unit = Text(" 秒", " s") if rule.kind in WALKED else Text("", "")
    zh = (
        "、".join(rule.entities) + f"{name.zh}{value}{unit.zh}" + (f"（{'、'.join(where)}）" if where else "")
    )
    en = (
        ", ".join(rule.entities) + f" {name.en}{value}{unit.en}" + (f" ({', '.join(where)})" if where else "")
    )
    label = f"[{rule.name}] " if rule.name else ""
    return Text(label + zh, label + en.strip())
