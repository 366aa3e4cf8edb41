"""Demands in words become rules; what is not understood is given back, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import combinations, product
from statistics import median, median_low
from typing import Any

import cn2an
import yaml
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz, process
from text_to_num import alpha2digit

from yuanli.language import half_width
from yuanli.planning.spaces.problem import LIMITS, PAIRS, WALKED, Rule, RuleKind, SpaceProblem

WEIGHT = 20.0
"""What breaking a soft demand costs; only limits, locks, capacities and demands with “must” are hard."""
ALIKE = 85.0
HAN = re.compile(r"[一-鿿]+")
LONGEST = 5
"""Parts between commas that may belong to one clause: lists of names have commas too."""
SUFFIX = re.compile(r"(?:部门|部|室|组|团队|中心|处|科|\s+(?:team|department|dept|group|room))$", re.I)
CUT = re.compile(
    r"[，。；;：！!？?\n]|,(?!\d{3}(?!\d))|[.:](?=\s|$)|\b(?:so|such) that\b"
    r"|\bwith(?= \w+ (?:on|in|next|near|close|away)\b)",
    re.IGNORECASE,
)
SPLIT = re.compile(r"\s+(?:and|but|then|while)\s+|而且|并且|同时|但是|不过|另外|然后|和|并|但")
FEW_WORDS = {"one": 1, "two": 2, "three": 3}
FEW = re.compile(
    r"\b(?:one|two|three)\b(?= (?:people|persons?|employees?|staff|moves?|teams?|departments?|groups?))", re.I
)
"""Small numbers that `alpha2digit` takes for words."""
ALWAYS_HARD = ("locked", "capacity", *LIMITS)
LEVELS = ("quiet", "secure")
EVERYONE = ""
"""The name of all who are not excepted."""
WHOLE = {"near": RuleKind.ONE_FLOOR, "same_zone": RuleKind.ONE_ZONE}
"""What a rule about two means of a group alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A part of the text that was not understood, with its character offsets."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Clause:
    """A clause with its names replaced: `⟦e0⟧` is the first of `named`, and one of `EVERYONE` means the `others`."""

    template: str
    named: list[tuple[str, str]] = field(default_factory=list)
    others: tuple[str, ...] = ()

    def names(self, said: str | None) -> list[str]:
        """Return the names that stand in a part of the template."""
        found = [self.named[int(i)][1] for i in re.findall(r"⟦\w(\d+)⟧", said or "")]
        return [name for one in found for name in (self.others if one == EVERYONE else (one,))]


def rules_from_words(text: str, problem: SpaceProblem) -> tuple[tuple[Rule, ...], tuple[Unread, ...]]:
    """Return the rules of a text in Chinese or English, and the parts of it that are none.

    Parameters
    ----------
    problem
        Whose entities, groups, rooms, floors, zones, buildings and features may be named; a slip of the keyboard in a
        Latin name is forgiven, a name that could be two is not read.
    """
    text = half_width(text)
    pieces = _pieces(text)
    rules: list[Rule] = []
    unread: list[Unread] = []
    subject = ""
    at = 0
    while at < len(pieces):
        for end in range(min(len(pieces), at + LONGEST), at, -1):
            start, stop = pieces[at][0], pieces[end - 1][1]
            found = _read(text[start:stop], problem, subject)
            if found:
                rules += found.rules
                subject = found.subject
                at = end
                break
        else:
            start, stop = pieces[at]
            part = text[start:stop]
            for read, said in _halves(part, problem) or ((None, part),):
                if read:
                    rules += read.rules
                    subject = read.subject
                else:
                    unread.append(
                        Unread(
                            text=said,
                            start=start + part.index(said),
                            end=start + part.index(said) + len(said),
                        )
                    )
            at += 1
    return tuple(dict.fromkeys(rules)), tuple(unread)


def _pieces(text: str) -> list[tuple[int, int]]:
    """Return where the parts between commas begin and end."""
    found, start = [], 0
    for cut in [*CUT.finditer(text), None]:
        end = len(text) if cut is None else cut.start()
        said = text[start:end]
        if said.strip():
            left = start + len(said) - len(said.lstrip())
            found.append((left, left + len(said.strip())))
        start = len(text) if cut is None else cut.end()
    return found


def _halves(part: str, problem: SpaceProblem) -> tuple[tuple[_Read, str], ...]:
    """Return the rules of a clause that is two, joined by a word; nothing where neither half is read."""
    for joint in SPLIT.finditer(part):
        one, other = part[: joint.start()].strip(), part[joint.end() :].strip()
        if not one or not other:
            continue
        first = _read(one, problem)
        if first and (second := _read(other, problem, first.subject)):
            return (first, one), (second, other)
    return ()


@dataclass(frozen=True, slots=True)
class _Read:
    """The rules of a clause, and who they are about, as it may be left out of the next clause."""

    rules: tuple[Rule, ...]
    subject: str


def _read(said: str, problem: SpaceProblem, subject: str = "") -> _Read | None:
    """Return the rules of a clause, None where no phrase matches it whole; who it is about may be left out."""
    clause = _with_names(said, problem)
    found = None if clause is None else _match(said, clause, problem)
    if found is None and clause is not None and (whole := _with_everyone(clause, problem)) is not None:
        found = _match(said, whole, problem)
    if found is None and subject and (clause := _with_names(f"{subject} {said}", problem)) is not None:
        found = _match(said, clause, problem)
    return found


def _with_everyone(clause: _Clause, problem: SpaceProblem) -> _Clause | None:
    """Return a clause about all, or all but some, as one about these; None where it is about others."""
    for pattern, meant in _table().everyone:
        found = pattern.fullmatch(clause.template)
        if found is None:
            continue
        excepted = {
            place for name in clause.names(found.groupdict().get("x")) for place in problem.members(name)
        }
        others = tuple(one.name for i, one in enumerate(problem.entities) if i not in excepted)
        if not others:
            return None
        template = found.expand(meant.replace("{E}", f"⟦e{len(clause.named)}⟧"))
        return _Clause(template, [*clause.named, ("entities", EVERYONE)], others)
    return None


def _match(said: str, clause: _Clause, problem: SpaceProblem) -> _Read | None:
    table = _table()
    soft = bool(re.search(table.soft, said, re.I))
    hard = bool(re.search(table.hard, said, re.I)) and not soft
    plain = clause.template
    for pattern, meant in table.same:
        plain = pattern.sub(meant, plain)
    template = re.sub(table.drop_en, " ", plain, flags=re.I)
    template = re.sub(r"\s+", " ", re.sub(r"(?<=\W)-(?=\W)|[:：]", " ", template)).strip(" -").lower()
    shorter = re.sub(table.drop_zh, "", template).strip()
    for kind, pattern in table.phrases:
        firm = hard or (kind in ALWAYS_HARD and not (soft and kind == "locked"))
        for candidate in (template, shorter, re.sub(table.drop_en, "", plain, flags=re.I).lower()):
            found = pattern.fullmatch(candidate)
            if found and (rules := tuple(_rules(kind, found, clause, problem, hard=firm))):
                about = () if clause.others else clause.names(found.groupdict().get("a"))
                return _Read(rules, "、".join(about))
    return None


def _rules(
    kind: str, found: re.Match[str], clause: _Clause, problem: SpaceProblem, *, hard: bool
) -> Iterator[Rule]:
    groups = found.groupdict()
    one, other, places, features, landmarks = (clause.names(groups.get(key)) for key in "abpfl")
    everyone = bool(clause.others)
    one = [name for name in one if name not in other] if everyone else one
    value = float(groups["n"]) if groups.get("n") else None
    about: dict[str, Any] = {"hard": hard, "weight": WEIGHT}
    if kind == "locked":
        for place in sorted({place for name in one for place in problem.members(name)}):
            entity = problem.entities[place]
            if entity.room is not None:
                yield Rule(kind=RuleKind.IN, entities=(entity.name,), rooms=(entity.room,), **about)
    elif kind in ("away_place", "near_place", "next_place", "not_next_place"):
        yield from _by_place(kind, one, places, problem, about)
    elif kind in WALKED:
        for name in landmarks:
            usual_s = round(median(problem.landmark_s[name]))
            yield Rule(
                kind=RuleKind(kind), entities=tuple(one), landmarks=(name,), value=float(usual_s), **about
            )
    elif kind in LEVELS and value is None:
        level = _usual_level(problem, kind)
        if level is not None:
            yield Rule(kind=RuleKind(kind), entities=tuple(one), value=level, **about)
    elif kind in PAIRS:
        couples = list(product(one, other)) if other else [] if everyone else list(combinations(one, 2))
        if not couples and kind in WHOLE and (everyone or one[0] in problem.groups):
            yield Rule(kind=WHOLE[kind], entities=tuple(one), **about)
        elif not couples and len(one) == 1 and len(problem.groups.get(one[0], ())) > 1:
            couples = [(one[0], one[0])]
        for couple in couples:
            yield Rule(kind=RuleKind(kind), entities=couple, **about)
    elif kind in (RuleKind.IN, RuleKind.NOT_IN):
        fields: dict[str, Any] = {}
        for i in re.findall(r"⟦\w(\d+)⟧", groups.get("p") or ""):
            column, name = clause.named[int(i)]
            fields[column] = (*fields.get(column, ()), name)
        yield Rule(kind=RuleKind(kind), entities=tuple(one), **fields, **about)
    else:
        yield Rule(kind=RuleKind(kind), entities=tuple(one), features=tuple(features), value=value, **about)


def _usual_level(problem: SpaceProblem, kind: str) -> float | None:
    """Return the level that a wish for quiet or secure rooms means: the better half, not all; None if all are alike."""
    told = [room.noise if kind == "quiet" else -room.security for room in problem.rooms]
    levels = sorted(set(told))
    return None if len(levels) < 2 else abs(min(median_low(told), levels[-2]))


def _by_place(
    kind: str, entities: list[str], places: list[str], problem: SpaceProblem, about: dict[str, Any]
) -> Iterator[Rule]:
    """Return rules about rooms: away and near by floor, next to by adjacency."""
    for name in places:
        if name not in problem.room_place:
            continue
        room = problem.rooms[problem.room_place[name]]
        building = (room.building,) if room.building else ()
        close = [one.name for one in problem.rooms if one.name in room.adjacent or name in one.adjacent]
        if kind == "not_next_place":
            yield Rule(kind=RuleKind.NOT_IN, entities=tuple(entities), rooms=(name, *close), **about)
        elif kind == "next_place":
            if close:
                yield Rule(kind=RuleKind.IN, entities=tuple(entities), rooms=tuple(close), **about)
        else:
            yield Rule(
                kind=RuleKind.NOT_IN if kind == "away_place" else RuleKind.IN, entities=tuple(entities),
                floors=(room.floor,), buildings=building, **about,
            )  # fmt: skip


def _with_names(said: str, problem: SpaceProblem) -> _Clause | None:
    """Return a clause with names and numbers replaced; None where a name could be two."""
    clause = _Clause(said)
    for letter, column, spelt, name in _spellings(problem):
        pattern = re.escape(spelt)
        if spelt[:1].isascii() and spelt[:1].isalnum():
            pattern = rf"(?<![A-Za-z0-9⟦]){pattern}(?![A-Za-z0-9⟧])"
        if column == "floors":
            pattern = rf"(?<!同)(?<!security )(?<!noise ){pattern}"
        if re.search(pattern, clause.template, re.I):
            if name is None:
                return None
            clause.named.append((column, name))
            clause.template = re.sub(
                pattern, f"⟦{letter}{len(clause.named) - 1}⟧", clause.template, flags=re.I
            )
    _forgive(clause, problem)
    clause.template = _with_numbers(clause.template)
    return clause


def _with_numbers(template: str) -> str:
    """Return a text with numbers in digits: 三十, thirty, 12万."""
    parts = re.split(r"(⟦\w\d+⟧)", template)
    for i in range(0, len(parts), 2):
        part = re.sub(r"(?<=\d),(?=\d{3})", "", parts[i])
        part = re.sub(
            r"(?:[零一二三四五六七八九十百千万两]|半(?=[零一二三四五六七八九十百千万两]))+(?=个(?:人|员工|团队|部门|单位|小组|组|$)|名|位|人|元|块|支|家|次|级|团|部|以内|之内|$)",
            _digits,
            part,
        )
        part = re.sub(r"(\d+(?:\.\d+)?)\s*万", lambda found: f"{float(found[1]) * 10_000:.10g}", part)
        part = re.sub(
            r"(\d+(?:\.\d+)?)\s?k\b", lambda found: f"{float(found[1]) * 1_000:.10g}", part, flags=re.I
        )
        part = FEW.sub(lambda found: str(FEW_WORDS[found[0].lower()]), part)
        parts[i] = alpha2digit(part, "en") if re.search(r"[a-z]{3}", part, re.I) else part
    return "".join(parts)


def _digits(found: re.Match[str]) -> str:
    try:
        return str(cn2an.cn2an(found[0], "smart"))
    except ValueError:
        return found[0]


def _forgive(clause: _Clause, problem: SpaceProblem) -> None:
    """Replace words that sound like a Chinese name, or are nearly a Latin one, where no other name is as near."""
    _forgive_sounds(clause, problem)
    names = {
        name.lower(): ("e", "entities", name)
        for name in (*problem.entity_place, *problem.groups)
        if name.isascii()
    }
    names |= {
        name.lower(): ("p", "rooms", name)
        for name in problem.room_place
        if name.isascii() and name.lower() not in names
    }
    names = {name: value for name, value in names.items() if len(name) >= 5 and not re.search(r"\d", name)}
    for word in re.findall(r"(?<![⟦\w])[A-Za-z]{4,}(?![⟧\w])", clause.template):
        near = process.extract(word.lower(), list(names), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2)
        if near and (len(near) == 1 or near[0][1] > near[1][1]):
            letter, column, name = names[near[0][0]]
            clause.named.append((column, name))
            clause.template = re.sub(rf"\b{word}\b", f"⟦{letter}{len(clause.named) - 1}⟧", clause.template)


def _forgive_sounds(clause: _Clause, problem: SpaceProblem) -> None:
    """Replace Chinese words that sound like the name of one who sits there: 侧试部."""
    found: dict[tuple[str, ...], set[str]] = {}
    for name in (*problem.entity_place, *problem.groups):
        for spelt in {name, SUFFIX.sub("", name)}:
            if len(spelt) >= 2 and HAN.fullmatch(spelt):
                found.setdefault(tuple(lazy_pinyin(spelt)), set()).add(name)
    for size in sorted({len(sound) for sound in found}, reverse=True):
        at = 0
        while at + size <= len(clause.template):
            word = clause.template[at : at + size]
            names = found.get(tuple(lazy_pinyin(word)), ()) if HAN.fullmatch(word) else ()
            if len(names) == 1:
                clause.named.append(("entities", next(iter(names))))
                clause.template = clause.template.replace(word, f"⟦e{len(clause.named) - 1}⟧")
            at += 1


def _spellings(problem: SpaceProblem) -> list[tuple[str, str, str, str | None]]:
    """Return how things may be called, longest first: letter, column, spelling, name; no name where it could be two."""
    found: dict[str, tuple[str, str, set[str]]] = {}

    def add(letter: str, column: str, spelt: str, name: str) -> None:
        spelt = spelt.strip().lower()
        if spelt and (known := found.setdefault(spelt, (letter, column, set())))[:2] == (letter, column):
            known[2].add(name)

    for name in (*problem.entity_place, *problem.groups):
        add("e", "entities", name, name)
    for name in problem.room_place:
        add("p", "rooms", name, name)
    for column in ("building", "zone"):
        for name in dict.fromkeys(getattr(room, column) for room in problem.rooms):
            add("p", f"{column}s", name, name)
            if column == "zone" and name.isascii():
                add("p", "zones", f"zone {name}", name)
                add("p", "zones", f"{name} zone", name)
    for name in dict.fromkeys(room.floor for room in problem.rooms):
        for spelt in _floor_spellings(name):
            add("p", "floors", spelt, name)
    for name in dict.fromkeys(feature for room in problem.rooms for feature in room.features):
        add("f", "features", name, name)
    for name in problem.landmark_s:
        add("l", "landmarks", name, name)
    exact = set(found)
    for name in (*problem.entity_place, *problem.groups):
        short = SUFFIX.sub("", name)
        if len(short) >= 2 and short.lower() not in exact:
            add("e", "entities", short, name)
    ordered = sorted(found.items(), key=lambda item: -len(item[0]))
    return [
        (letter, column, spelt, next(iter(names)) if len(names) == 1 else None)
        for spelt, (letter, column, names) in ordered
    ]


def _floor_spellings(name: str) -> list[str]:
    bare = re.sub(r"^F|F$|层$|楼$", "", name, flags=re.I)
    spelt = [f"{bare}层", f"{bare}楼", f"floor {bare}", f"level {bare}", f"{bare}f", f"f{bare}"]
    if bare.isdigit():
        spelt += [f"{cn2an.an2cn(bare)}{word}" for word in ("层", "楼")]
        ordinal = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth"}.get(
            int(bare), ""
        )
        spelt += [f"{ordinal} floor", f"{ordinal} level"] if ordinal else []
    if bare.lower() in ("0", "1", "g"):
        spelt.append("ground floor")
    return spelt if bare != name or len(name) < 2 or name.isdigit() else [name, *spelt]


@dataclass(frozen=True, slots=True)
class _Table:
    soft: str
    hard: str
    drop_zh: str
    drop_en: str
    same: tuple[tuple[re.Pattern[str], str], ...]
    everyone: tuple[tuple[re.Pattern[str], str], ...]
    phrases: tuple[tuple[str, re.Pattern[str]], ...]


@cache
def _table() -> _Table:
    data = yaml.safe_load((files("yuanli.planning.spaces") / "wording.yaml").read_text("utf-8"))
    join = data["join"]
    named = {
        key: rf"(?P<{group}>⟦{letter}\d+⟧(?:{join}⟦{letter}\d+⟧)*)"
        for key, group, letter in (
            ("{A}", "a", "e"), ("{B}", "b", "e"), ("{P}", "p", "p"), ("{F}", "f", "f"), ("{L}", "l", "l"),
        )
    } | {"{N}": r"(?P<n>\d+(?:\.\d+)?)"}  # fmt: skip
    phrases = []
    for phrase in data["phrases"]:
        for pattern in (*phrase["zh"], *phrase["en"]):
            for key, value in named.items():
                pattern = pattern.replace(key, rf"\s*{value}\s*")
            pattern = pattern.replace(" \\s*", "\\s*").replace("\\s* ", "\\s*")
            phrases.append((phrase["kind"], re.compile(rf"\s*{pattern}\s*", re.I)))
    same = tuple((re.compile(said, re.IGNORECASE), meant) for said, meant in data["same"])
    some = rf"(?P<x>⟦e\d+⟧(?:{join}⟦e\d+⟧)*)"
    everyone = tuple(
        (re.compile(said.replace("{X}", rf"\s*{some}\s*"), re.IGNORECASE), meant)
        for said, meant in data["everyone"]
    )
    return _Table(
        data["soft"], data["hard"], data["drop"]["zh"], data["drop"]["en"], same, everyone, tuple(phrases),
    )  # fmt: skip
