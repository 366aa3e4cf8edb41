"""What of a drafted problem of devices somebody entered by hand: a new draft never takes its place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from yuanli.errors import Text

SITE = ("price", "limit_kw", "base_kw", "solar_kw")
STATE = "temp_c"
"""Of the air of a room: as it stands, not as somebody wants it."""
MOST_NAMED = 3
SERIES = {
    "price": Text("电价", "prices"),
    "limit_kw": Text("功率上限", "the limit of power"),
    "base_kw": Text("其他用电", "what else runs"),
    "solar_kw": Text("光伏", "PV"),
}


def marked_draft(document: dict[str, Any], kept: frozenset[str] = frozenset()) -> None:
    """Note in a document what it was drafted with, all but what is kept as somebody entered it."""
    found = {name: mark_of(value) for name, value in _values(document).items() if name not in kept}
    document["drafted"] = {**(document.get("drafted") or {}), "marks": found}


def entered_in(document: Mapping[str, Any]) -> frozenset[str]:
    """Return what is not as it was drafted: `price`, `Hall/demand`; nothing where the draft noted nothing."""
    marks = (document.get("drafted") or {}).get("marks")
    if not isinstance(marks, dict):
        return frozenset()
    return frozenset(name for name, value in _values(document).items() if marks.get(name) != mark_of(value))


def told_entered(document: Mapping[str, Any]) -> tuple[Text, ...]:
    """Say what was entered by hand and stays so when the rest is planned anew."""
    found = entered_in(document)
    names = [SERIES[name] for name in SITE if name in found]
    rooms = list(dict.fromkeys(name.rpartition("/")[0] for name in sorted(found) if "/" in name))
    if rooms:
        n, first = len(rooms), rooms[:MOST_NAMED]
        zh, en = "、".join(first), ", ".join(first)
        names.append(
            Text(
                f"{zh}{f' 等 {n} 处' if n > MOST_NAMED else ''}的需求",
                f"the demand of {en}{f' and {n - MOST_NAMED} more' if n > MOST_NAMED else ''}",
            )
        )
    if not names:
        return ()
    zh, en = "、".join(one.zh for one in names), ", ".join(one.en for one in names)
    return (
        Text(
            f"手工填写、重排时保持不变：{zh}。",
            f"Entered by hand, and kept when the rest is planned anew: {en}.",
        ),
    )


def mark_of(value: Any) -> str:
    """Return what tells numbers from others, however they are written (`100` and `100.0` are the same)."""
    numbers = [float(x) for x in value] if isinstance(value, list) else [float(value)]
    return hashlib.sha256(repr(numbers).encode()).hexdigest()[:10]


def _values(document: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: document[name] for name in SITE if document.get(name) is not None}
    lowered = (document.get("drafted") or {}).get("lowered") or {}
    for zone in document.get("zones", []):
        demand, told = zone.get("demand", 0.0), lowered.get(zone["name"])
        found[f"{zone['name']}/demand"] = (
            told["wanted"] if told and told["mark"] == mark_of(demand) else demand
        )
        for name, value in (zone.get("climate") or {}).items():
            if name != STATE and value is not None:
                found[f"{zone['name']}/{name}"] = value
    return found
