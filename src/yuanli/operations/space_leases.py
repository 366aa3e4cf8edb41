"""Leases in words, “A座租约六月底到期，到期前搬出”, become days in the tables of a draft of spaces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from yuanli.errors import Text
from yuanli.language import find_when
from yuanli.planning import RuleKind, SpaceProblem, parse_spaces, rules_from_words


@cache
def _phrases() -> tuple[re.Pattern[str], ...]:
    text = resources.files("yuanli.operations").joinpath("space_leases.yaml").read_text("utf-8")
    told: dict[str, Any] = yaml.safe_load(text)
    parts = {f"{{{name}}}": value for name, value in told["parts"].items()}
    found = []
    for phrase in told["phrases"]:
        for name, value in parts.items():
            phrase = phrase.replace(name, value)
        found.append(re.compile(phrase, re.IGNORECASE))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasesRead:
    """A draft with the leases that were told, what is left of the text, and what was understood."""

    document: dict[str, Any]
    rest: str
    told: tuple[Text, ...]


def tells_lease(text: str) -> bool:
    """Say whether a text tells when a lease ends.

    >>> tells_lease("A座租约六月底到期，到期前搬出"), tells_lease("研发部和测试部挨着")
    (True, False)
    """
    return any(phrase.search(text) for phrase in _phrases())


def read_leases(
    document: Mapping[str, Any], text: str, *, language: str, now: datetime, zone: ZoneInfo
) -> LeasesRead:
    """Return a draft whose rooms, or tenants, have the ends of leases that a text tells.

    Rooms can't be used from the next day on, so the plan gets a period that begins then; a tenant is gone then.
    """
    found = json.loads(json.dumps(document))
    told: list[Text] = []
    for phrase in _phrases():
        for said in list(phrase.finditer(text)):
            problem = parse_spaces(json.dumps(found).encode(), "draft.json")
            for place, when in _splits(said):
                end = _last_day(when, language=language, now=now, zone=zone)
                one = end and (_tenant(found, problem, place, end) or _rooms(found, problem, place, end))
                if end and one:
                    break
            else:
                continue
            told.append(one)
            _begin_after(found, end, now.astimezone(zone).date())
            text = text.replace(said[0], " ，" if language == "zh" else " , ", 1)
    return LeasesRead(document=found, rest=text.strip(" ，,"), told=tuple(told))


def _splits(said: re.Match[str]) -> list[tuple[str, str]]:
    """Return the place and the time of a phrase; where nothing parts them, all ways to part them."""
    both = said["place"] + said["when"]
    if said.end("place") != said.start("when"):
        return [(said["place"].strip(), said["when"].strip())]
    return [(both[:i].strip(), both[i:].strip()) for i in range(len(both) - 1, 0, -1)]


def _last_day(said: str, *, language: str, now: datetime, zone: ZoneInfo) -> date | None:
    span = find_when([said.strip()], language=language, now=now, zone=zone)
    if span is None:
        span = find_when([said.strip()], language="en" if language == "zh" else "zh", now=now, zone=zone)
    return (
        None
        if span is None or span.end is None
        else (span.end - timedelta(seconds=1)).astimezone(zone).date()
    )


def _tenant(document: dict[str, Any], problem: SpaceProblem, said: str, end: date) -> Text | None:
    """Note that somebody is gone after a day, where the words name somebody who sits there."""
    names = {name.casefold(): name for name in (*problem.entity_place, *problem.groups)}
    name = names.get(said.casefold())
    if name is None:
        return None
    members = {problem.entities[place].name for place in problem.members(name)}
    for entity in document["entities"]:
        if entity["name"] in members:
            entity["lease_end"] = end.isoformat()
    return Text(f"{name}的租约到 {end}，此后不在", f"the lease of {name} ends on {end}; it is gone then")


def _rooms(document: dict[str, Any], problem: SpaceProblem, said: str, end: date) -> Text | None:
    """Note that rooms can't be used after a day, where the words name rooms, floors, zones or buildings."""
    somebody = problem.entities[0].name
    for asked in (f"{somebody}不在{said}", f"keep {somebody} out of {said}"):
        rules, unread = rules_from_words(asked, problem)
        if not unread and len(rules) == 1 and rules[0].kind is RuleKind.NOT_IN:
            break
    else:
        return None
    names = {room.name for room in problem.rooms if problem.matches(rules[0], room)}
    for room in document["rooms"]:
        if room["name"] in names:
            room["lease_end"] = end.isoformat()
    return Text(
        f"{said}（{len(names)} 间）的租约到 {end}，此后不能使用",
        f"the lease of {said} ({len(names)} rooms) ends on {end}; nobody sits there then",
    )


def _begin_after(document: dict[str, Any], end: date, today: date) -> None:
    """Give the plan a period that begins after a day, where none does."""
    periods = document.get("periods") or [{"name": today.isoformat(), "starts": today.isoformat()}]
    first = (end + timedelta(days=1)).isoformat()
    if not any(str(one.get("starts") or "") >= first for one in periods):
        last = periods[-1]
        kept = {key: dict(last[key]) for key in ("needs_m2", "headcounts") if key in last}
        periods = [*periods, {**kept, "name": first, "starts": first}]
    document["periods"] = periods
