"""The houses and storeys a question speaks of: what is left of `A座3层的报告厅` is 报告厅, in A座, on 3层."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yuanli.campus.features import Building, BuildingId, Feature, FeatureId, Level, LevelId, Venue
from yuanli.campus.labels import level_name, place_level
from yuanli.campus.place import Campus
from yuanli.campus.search.designators import (
    bare_house,
    canonical,
    floor_designator,
    house_designators,
    marked_basements,
    numbered,
)
from yuanli.campus.search.entries import entries_of
from yuanli.campus.search.folding import compact, foldings
from yuanli.campus.search.sounds import acronyms

_FILLER = re.compile(
    r"^(?:(?:of|the|in|at|on|to|a|an|inside|im|in der|der|die|das|near)(?![a-z])|[的在里内去到上那个 ])+"
    r"|(?:(?<![a-z])(?:of|the|in|at|on|inside|im|der)|[的在里内那 ])+$"
)
_FLOOR_SPANS = (
    re.compile(r"(?:地下|负|지하) ?(?P<b>\d+) ?(?:层|楼|층)?"),
    re.compile(r"(?<![a-z0-9])(?P<b>\d+) (?:ug|untergeschoss)(?![a-z])"),
    re.compile(r"(?<![a-z0-9])(?P<x>\d+)(?: ?층| (?:og|obergeschoss|этаж)(?![a-z]))"),
    re.compile(r"(?<![a-z0-9])(?P<x>b? ?\d+) ?(?:层|楼(?!层)|f(?![a-z0-9]))"),
    re.compile(r"(?<![a-z])(?:level|floor|lvl|storey|etage|ebene) (?P<x>b? ?\d+)(?![a-z0-9])"),
    re.compile(r"(?<![a-z0-9])(?P<x>\d+) (?:(?:st|nd|rd|th) )?(?:level|floor|etage)(?![a-z])"),
    re.compile(r"(?<![a-z])basement(?: level| floor)? (?P<b>\d+)(?![a-z0-9])"),
    re.compile(r"(?<![a-z0-9])f (?P<x>\d+)(?![a-z0-9])"),
    re.compile(r"(?<![a-z0-9])(?P<x>b \d+)(?: ?f(?![a-z]))?(?![a-z0-9])"),
    re.compile(
        r"(?<![a-z0-9])(?P<x>eg|erdgeschoss|ground (?:floor|level)|ug|untergeschoss|keller(?:geschoss)?|basement)$"
    ),
    re.compile(r"(?P<x>地下室|지하|底层|首层)$"),
)
_STOREY_WORDS = {
    "eg": "ground", "erdgeschoss": "ground", "groundfloor": "ground", "groundlevel": "ground",
    "ug": "below", "untergeschoss": "below", "keller": "below", "kellergeschoss": "below",
    "basement": "below", "地下室": "below", "지하": "below", "底层": "ground", "首层": "ground",
}  # fmt: skip
_LONGEST_SPAN = 12
_MOST_READINGS = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a question: what is left, and the houses and storeys it must be in."""

    rest: str
    buildings: frozenset[BuildingId] | None = None
    levels: frozenset[LevelId] | None = None

    def admits(self, building_id: BuildingId | None, level_id: LevelId | None) -> bool:
        """Tell whether a place is where the question says."""
        in_house = self.buildings is None or building_id in self.buildings
        return in_house and (self.levels is None or level_id in self.levels)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The houses and storeys of a campus by what people call them."""

    houses: Mapping[str, frozenset[BuildingId]]
    storeys: Mapping[str, frozenset[LevelId]]
    sites: frozenset[str]

    def readings(self, folded: str) -> tuple[Reading, ...]:
        """Return the ways to read a folded question, as it stands first."""
        words = _cells(folded)
        found = [Reading(folded)]
        houses = list(self._house_spans(words))
        for start, end, buildings in houses:
            rest = [*words[:start], " ", *words[end:]]
            found.append(Reading(_trimmed(rest), buildings))
            for left, levels in self._without_storey(_trimmed(rest)):
                found.append(Reading(left, buildings, levels))
        found.extend(Reading(left, None, levels) for left, levels in self._without_storey(folded))
        unique = dict.fromkeys(r for r in found if r.rest or r is found[0])
        return tuple(unique)[:_MOST_READINGS]

    def whole_place(self, folded: str) -> tuple[frozenset[BuildingId], frozenset[LevelId]] | None:
        """Return the houses and storeys where a question names nothing else, as `A座3层`."""
        words = _cells(folded)
        for start, end, buildings in self._house_spans(words):
            for left, levels in self._without_storey(_trimmed([*words[:start], " ", *words[end:]])):
                if not left:
                    return buildings, levels
        return None

    def _house_spans(self, words: list[str]) -> Iterator[tuple[int, int, frozenset[BuildingId]]]:
        """Yield the longest span at each start that names a house or the site."""
        for start in range(len(words)):
            if words[start] == " ":
                continue
            for end in range(min(len(words), start + 2 * _LONGEST_SPAN), start, -1):
                text = "".join(words[start:end])
                if text != text.strip():
                    continue
                keys = (compact(text), *canonical(text), *numbered(text))
                houses = next((found for key in keys if (found := self.houses.get(key))), None)
                if houses:
                    yield start, end, houses
                    break

    def _without_storey(self, folded: str) -> Iterator[tuple[str, frozenset[LevelId]]]:
        for pattern in _FLOOR_SPANS:
            for match in pattern.finditer(folded):
                number = _number(match.groupdict())
                if levels := self.storeys.get(number):
                    yield _trimmed([folded[: match.start()], " ", folded[match.end() :]]), levels


def surroundings(campus: Campus) -> Surroundings:
    """Index the names of houses, storeys and the site."""
    houses: dict[str, set[BuildingId]] = defaultdict(set)
    for building in campus.of(Building):
        for entry in entries_of(campus, building):
            for folded in foldings(entry.text):
                for key in _house_keys(folded):
                    houses[key].add(building.id)
    storeys: dict[str, set[LevelId]] = defaultdict(set)
    for level in campus.of(Level):
        for key in _storey_keys(level):
            storeys[key].add(level.id)
    return Surroundings(
        houses={key: frozenset(ids) for key, ids in houses.items()},
        storeys={key: frozenset(ids) for key, ids in storeys.items()},
        sites=frozenset(_site_keys(campus)),
    )


def _house_keys(folded: str) -> Iterator[str]:
    yield compact(folded)
    yield from (*canonical(folded), *numbered(folded), *acronyms(folded), *house_designators(folded))
    bare = bare_house(folded)
    if bare and not bare.isdigit():
        yield bare  # a number alone is sooner that of a room


def building_of(campus: Campus, feature: Feature) -> BuildingId | None:
    """Return the building a feature is in, or is."""
    return feature.id if isinstance(feature, Building) else campus.building_of(place_level(campus, feature))


def _number(groups: Mapping[str, str | None]) -> str:
    if groups.get("b"):
        return f"b{groups['b']}"
    word = (groups.get("x") or "").replace(" ", "")
    return _STOREY_WORDS.get(word, word)


def _storey_keys(level: Level) -> Iterator[str]:
    if level.ordinal in (0, -1):
        yield "ground" if level.ordinal == 0 else "below"
    named = False
    for text in (*level.name.values(), *level.short_name.values()):
        for folded in foldings(marked_basements(text)):
            if number := floor_designator(folded):
                named = True
                yield number
    if not named and (number := floor_designator(foldings(level_name(level, "en"))[0])):
        yield number


def _site_keys(campus: Campus) -> Iterator[str]:
    names = [campus.name, *(v.name for v in campus.of(Venue)), *(v.alt_name for v in campus.of(Venue))]
    for name in names:
        for text in name.values():
            yield from (compact(folded) for folded in foldings(text))


def _cells(folded: str) -> list[str]:
    """Part a folded text into words, Chinese characters and blanks."""
    return re.findall(r"[\u3400-\u9fff]| |[^\u3400-\u9fff ]+", folded)


def _trimmed(parts: list[str]) -> str:
    text = " ".join("".join(parts).split())
    return _FILLER.sub("", text).strip()


def without_site(folded: str, sites: frozenset[str]) -> str:
    """Return a question without the site's own name before it, unless nothing is left."""
    words = _cells(folded)
    for end in range(len(words), 0, -1):
        if compact("".join(words[:end])) in sites:
            return _trimmed(words[end:]) or folded
    return folded


def feature_ids(campus: Campus, feature: Feature) -> tuple[BuildingId | None, LevelId | None, FeatureId]:
    """Return the building, level and id of a feature."""
    level_id = place_level(campus, feature)
    building_id = feature.id if isinstance(feature, Building) else campus.building_of(level_id)
    return building_id, level_id, FeatureId(feature.id)
