"""What demands in words change in the tables of a draft of spaces: who grows from when, and how much moves weigh."""

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
from yuanli.language import find_number, find_when
from yuanli.planning import SpaceProblem, parse_spaces

FEW_MOVES = 10.0
"""So many times as much as usual a move weighs where few are asked for."""
AMOUNTS = ("to", "up_share", "down_share", "twice", "up", "down")
SHARES = ("up_share", "down_share", "twice")
"""Of several teams that are named together, each grows by it."""
EACH = re.compile(r"各|每个|都|\beach\b", re.IGNORECASE)
JOINT = re.compile(r"\band\b|而且|并且|同时|和", re.IGNORECASE)
JOINED = re.compile(r"(?<=[,，])\s*(?:and|而且|并且|同时|和)\s*(?=[,，])", re.IGNORECASE)
CLAUSE = re.compile(r"[^，,。；;！!？?\n]+")
BEFORE = r"(?:^|(?<=[，,。；;！!？?\n])|\b(?:and|but|while)\b|\s(?=with\b)|而且|并且?|同时|但是?)\s*"
AFTER = r"\s*(?=$|[，,。；;！!？?.\n])"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesRead:
    """A draft with the changes that were told, what is left of the text, and what was understood."""

    document: dict[str, Any]
    rest: str
    told: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Growth:
    """How many people there are of so many: `factor` × those there were + `more`; `to` that number."""

    factor: float = 1.0
    more: float = 0.0
    to: float | None = None

    def of(self, people: float) -> float:
        return self.to if self.to is not None else people * self.factor + self.more


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    text = resources.files("yuanli.operations").joinpath("space_changes.yaml").read_text("utf-8")
    parts: dict[str, str] = yaml.safe_load(text)
    number, people, percent = parts["number"], parts["people"], parts["percent"]
    found = {
        "to": rf"(?:{parts['to']})\s*{number}(?:{people})?",
        "up_share": rf"(?:{parts['up']})\s*{number}{percent}",
        "down_share": rf"(?:{parts['down']})\s*{number}{percent}",
        "twice": parts["twice"],
        "up": rf"(?:{parts['up']})\s*{number}(?:{people})",
        "down": rf"(?:{parts['down']})\s*{number}(?:{people})",
        "fillers": parts["fillers"],
        "few_moves": rf"{BEFORE}(?:{parts['few_moves']}){AFTER}",
    }
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in found.items()}


def read_changes(
    document: Mapping[str, Any],
    text: str,
    *,
    m2_per_person: float,
    language: str,
    now: datetime,
    zone: ZoneInfo,
) -> ChangesRead:
    """Return a draft in which teams grow as a text tells, and moves weigh more where few are asked for.

    A team that grows from a day on needs more m² in the periods from then on, the first of which begins that day; one
    without a day has grown already.
    """
    found: dict[str, Any] = json.loads(json.dumps(document))
    problem = parse_spaces(json.dumps(found).encode(), "draft.json")
    told: list[Text] = []
    gap = " ，" if language == "zh" else " , "
    for clause in CLAUSE.findall(text):
        grown = {clause: _growths(clause, problem, language=language, now=now, zone=zone)}
        if not grown[clause]:
            halves = JOINT.split(clause)
            grown = {half: _growths(half, problem, language=language, now=now, zone=zone) for half in halves}
            if any(not rows and _is_name(half, problem) for half, rows in grown.items()):
                continue  # 研发部和销售部增加5人: whether both or together is not said
        for part, rows in grown.items():
            for name, growth, first in rows:
                members = [problem.entities[place].name for place in problem.members(name)]
                old, new = _grow(found, members, growth, first, now.astimezone(zone).date(), m2_per_person)
                told.append(_told(name, old, new, first))
            text = text.replace(part, gap, 1) if rows else text
    text = JOINED.sub(gap, text)
    few = _patterns()["few_moves"]
    if few.search(text):
        text = few.sub(gap, text)
        weights = found.get("weights") or {}
        found["weights"] = {**weights, "moves": FEW_MOVES * float(weights.get("moves", 1.0))}
        told.append(
            Text(f"尽量少搬：搬动的代价按平常的 {FEW_MOVES:g} 倍计",
                 f"as few moves as possible: a move weighs {FEW_MOVES:g} times as much as usual")
        )  # fmt: skip
    return ChangesRead(document=found, rest=text.strip(" ，,"), told=tuple(told))


def _growths(
    clause: str, problem: SpaceProblem, *, language: str, now: datetime, zone: ZoneInfo
) -> list[tuple[str, _Growth, date | None]]:
    """Return who grows by how much from which day; nothing where a clause says something else, too."""
    left, names = _with_shares(clause, language), []
    for name in sorted({*problem.entity_place, *problem.groups}, key=len, reverse=True):
        if _in(name, left):
            names.append(name)
            left = re.sub(re.escape(name), " ", left, flags=re.IGNORECASE)
    if not names:
        return []
    for kind in AMOUNTS:
        said = _patterns()[kind].search(left)
        if said is None:
            continue
        growth = _read(kind, said.groupdict().get("n"), language)
        rest = left[: said.start()] + " " + left[said.end() :]
        when = re.sub(r"\s+", " ", _patterns()["fillers"].sub(" ", rest)).strip()
        first = _first_day(when, language=language, now=now, zone=zone)
        again = any(_patterns()[other].search(rest) for other in AMOUNTS)
        shared = len(names) > 1 and kind not in SHARES and EACH.search(rest) is None
        if growth is None or again or shared or (first is None and when):
            return []
        today = now.astimezone(zone).date()
        return [(name, growth, first if first is not None and first > today else None) for name in names]
    return []


def _with_shares(clause: str, language: str) -> str:
    """Return a clause with 百分之二十 and 两成 as 20%."""

    def percent(said: re.Match[str]) -> str:
        number = find_number(said[1], language=language)
        times = 10 if said[0].endswith("成") else 1
        return said[0] if number is None or number.low is None else f"{number.low * times:g}%"

    return re.sub(
        r"([一二两三四五六七八九])成",
        percent,
        re.sub(r"百分之([\d.零一二两三四五六七八九十百]+)", percent, clause),
    )


def _is_name(said: str, problem: SpaceProblem) -> bool:
    bare = said.strip().casefold()
    return any(bare == name.casefold() for name in (*problem.entity_place, *problem.groups))


def _in(name: str, clause: str) -> bool:
    edge = (
        r"(?<![A-Za-z0-9])" if name[:1].isascii() else "",
        r"(?![A-Za-z0-9])" if name[-1:].isascii() else "",
    )
    return re.search(f"{edge[0]}{re.escape(name)}{edge[1]}", clause, re.IGNORECASE) is not None


def _read(kind: str, said: str | None, language: str) -> _Growth | None:
    if kind == "twice":
        return _Growth(factor=2.0)
    ways = (language, "en" if language == "zh" else "zh")
    number = next((n for way in ways if said and (n := find_number(said, language=way))), None)
    value = None if number is None else number.low if number.low is not None else number.high
    if value is None:
        return None
    if kind == "to":
        return _Growth(to=float(value))
    sign = 1 if kind.startswith("up") else -1
    if kind.endswith("share"):
        return _Growth(factor=1 + sign * value / 100) if sign > 0 or value < 100 else None
    return _Growth(more=sign * float(value))


def _first_day(said: str, *, language: str, now: datetime, zone: ZoneInfo) -> date | None:
    """Return from which day on; of "by June" its last day."""
    ways = (language, "en" if language == "zh" else "zh")
    span = next(
        (s for way in ways if said and (s := find_when([said], language=way, now=now, zone=zone))), None
    )
    if span is None:
        return None
    at = span.end - timedelta(seconds=1) if span.open_start and span.end is not None else span.start
    return at.astimezone(zone).date()


def _grow(
    document: dict[str, Any], members: list[str], growth: _Growth, first: date | None, today: date, m2: float
) -> tuple[float, float]:
    """Write what members need from a day on, or all along; return how many people they were and become."""
    entities = {one["name"]: one for one in document["entities"] if one["name"] in members}
    periods = _begin(document, first, today) if first is not None else document.get("periods") or []
    own = {name: float(entities[name].get("headcount", 1.0)) for name in members}
    later = [p for p in periods if first is None or (p.get("starts") or "") >= first.isoformat()]
    told: tuple[float, float] | None = None
    for period in later if first is not None else [None, *later]:
        heads = {} if period is None else period.get("headcounts") or {}
        needs = {} if period is None else period.get("needs_m2") or {}
        before = {name: float(heads.get(name, own[name])) for name in members}
        whole = sum(before.values())
        after = max(0.0, growth.of(whole))
        told = told or (whole, after)
        for name in members:
            people = after * (before[name] / whole if whole else 1 / len(members))
            need = float(needs.get(name, entities[name]["need_m2"]))
            need = need * people / before[name] if before[name] else people * m2
            if period is None:
                entities[name] |= {"headcount": round(people, 1), "need_m2": round(need, 1)}
            elif first is not None or name in heads or name in needs:
                period["headcounts"] = {**(period.get("headcounts") or {}), name: round(people, 1)}
                period["needs_m2"] = {**(period.get("needs_m2") or {}), name: round(need, 1)}
    return told or (0.0, 0.0)


def _begin(document: dict[str, Any], first: date, today: date) -> list[dict[str, Any]]:
    """Return the periods of a draft, one of which begins on a day; it is as the one before."""
    periods = document.get("periods") or [{"name": today.isoformat(), "starts": today.isoformat()}]
    day = first.isoformat()
    if not any(one.get("starts") == day for one in periods):
        at = sum((one.get("starts") or "") < day for one in periods)
        kept = {
            key: dict(periods[at - 1][key]) for key in ("needs_m2", "headcounts") if periods[at - 1].get(key)
        }
        periods = [*periods[:at], {**kept, "name": day, "starts": day}, *periods[at:]]
    document["periods"] = periods
    return list(periods)


def _told(name: str, old: float, new: float, first: date | None) -> Text:
    if first is None:
        return Text(
            f"{name}按 {new:.4g} 人计（原 {old:.4g} 人）", f"{name} counts {new:.4g} people (was {old:.4g})"
        )
    return Text(
        f"{name}从 {first} 起 {new:.4g} 人（原 {old:.4g} 人）",
        f"{name} has {new:.4g} people from {first} on (was {old:.4g})",
    )
