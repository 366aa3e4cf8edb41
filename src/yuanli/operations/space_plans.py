"""Who could sit where, drafted from the map: rooms, teams where they sit today, and demands in words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray

from yuanli.campus import (
    Building,
    Campus,
    CampusId,
    FeatureId,
    Level,
    Team,
    Unit,
    Venue,
    facility_kinds,
    name_in,
    places_of_kind,
)
from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.operations.energy import Energy, EnergyPlaceKind
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.space_changes import read_changes
from yuanli.operations.space_leases import read_leases
from yuanli.operations.space_tables import with_tables
from yuanli.planning import (
    OFFICE_KWH_M2,
    Rule,
    RuleKind,
    SpaceProblem,
    parse_spaces,
    rules_from_words,
    tell_rule,
)

SEATED = frozenset({"office", "openoffice", "privateoffice", "workspace", "coworking"})
"""Categories of units in which teams can sit, besides those in which they sit today."""
MOST_WALKED = 150
"""Of more rooms than so many, walks are not reckoned with."""
MOST_LANDMARKED = 4_000
"""Of facilities that make more walks from the rooms than so many, demands can't tell."""
NO_WAY_S = 3_600.0
NEXT_DOOR_M = 0.6
STAND_INS = {"reception": ("information", "lobby"), "information": ("reception",)}
"""Kinds that a kind is where a map has none of it."""
MOST_STAYING = 5
"""Of more who stay where they are, their number is told."""
TOGETHER = 20.0
"""What it costs that a team does not sit on one floor."""


OPEN = frozenset({"openoffice", "workspace", "coworking"})
LOUD = frozenset({
    "foodservice", "kitchen", "lobby", "elevator", "escalator", "auditorium", "classroom", "fitnessroom", "recreation",
    "lounge", "mailroom", "mechanical", "serverroom", "waitingroom",
})  # fmt: skip
"""Kinds of units that are heard next door: a room beside one has a level of noise more."""
SECURITY = {"employeesonly": 1.0, "restricted": 2.0}
"""Levels of security by IMDF's restrictions of units; open ones have 0."""
ROOM_COLUMNS = (
    "zone", "features", "noise", "security", "rent_per_m2", "fit_out_per_m2", "energy_kwh_m2", "lease_end",
)  # fmt: skip
TEAM_COLUMNS = ("lease_end", "move_cost")
MEASURED_DAYS = 28
ENOUGH_READ = 0.9
EnergyUse = Callable[[CampusId], Mapping[FeatureId, float]]
"""Tells what a m² of a campus's buildings was measured to take in a year, kWh, where meters tell."""


def unmeasured(campus_id: CampusId) -> Mapping[FeatureId, float]:
    """Tell of no building."""
    del campus_id
    return {}


def energy_use_of(energy: Energy, clock: Callable[[], datetime]) -> EnergyUse:
    """Return what tells of buildings, from their meters in the last 28 days, where 90 % of these were read."""

    def told(campus_id: CampusId) -> Mapping[FeatureId, float]:
        end = clock().replace(minute=0, second=0, microsecond=0)
        ranking = energy.ranking(
            campus_id, end - timedelta(days=MEASURED_DAYS), end, kind=EnergyPlaceKind.BUILDING, per_m2=True
        )
        scale = 365 / MEASURED_DAYS
        return {
            row.place.id: row.value * scale
            for row in ranking.rows
            if row.value and row.covered >= ENOUGH_READ
        }

    return told


class SpaceWishError(InvalidInputError):
    """A wish for a plan of spaces breaks a rule."""


class NobodySeatedError(InfeasibleError):
    """There are no rooms or no teams to plan for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A team that does not sit here yet."""

    name: str
    people: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceWish:
    """What is to be planned.

    Parameters
    ----------
    place
        A building or level; the whole site where None.
    demands
        In words, such as 研发部和测试部挨着，最多搬30个人.
    language
        Of the names in the plan, `zh` or `en`.
    newcomers
        Teams that need a place besides those that sit there.
    tables
        Tables of the draft as they were filled in, by their names in the file of a problem; None where the map's hold.
    """

    place: FeatureId | None = None
    demands: str = ""
    m2_per_person: float = 8.0
    language: str = "zh"
    newcomers: tuple[Newcomer, ...] = ()
    tables: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.m2_per_person <= 100:
            raise SpaceWishError(
                Text(
                    f"每人 {self.m2_per_person:g} m²，应在 1 与 100 之间。",
                    f"{self.m2_per_person:g} m² a person are not between 1 and 100.",
                ),
                field="m2_per_person",
                hint=Text("办公室通常 6–12 m²。", "Offices usually have 6 to 12 m²."),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceDraft:
    """A problem of spaces to be confirmed: its document, the demands as they were understood, and what was not."""

    document: Mapping[str, Any]
    rules: tuple[Text, ...]
    unread: tuple[str, ...]
    rooms: int
    teams: int
    people: int
    assumed: tuple[Text, ...] = ()


class SpaceDrafts:
    """Drafts problems of spaces from the kept campuses."""

    def __init__(
        self, guidance: Guidance, *, clock: Callable[[], datetime], energy: EnergyUse = unmeasured
    ) -> None:
        self._guidance, self._clock, self._energy = guidance, clock, energy

    def draft(self, campus_id: CampusId, wish: SpaceWish) -> SpaceDraft:
        """Return the problem of a place: its rooms, who sits there today, and what is demanded.

        Raises
        ------
        CampusNotFoundError, FeatureNotFoundError, NobodySeatedError
            There is no such campus or place, or nobody sits there.
        """
        guide = self._guidance.guide(campus_id)
        campus = guide.campus
        if wish.place is not None and campus.find(wish.place) is None:
            campus.get(wish.place, Building)
        units = _units(campus, wish.place)
        teams = [t for t in campus.of(Team) if t.headcount > 0 and any(s in units for s in t.space_ids)]
        if not units or not teams:
            raise NobodySeatedError(
                Text("这里没有登记办公房间或团队。", "No offices or no teams are registered here."),
                field="place",
                hint=Text("请选择有团队的楼宇或楼层。", "Choose a building or level where teams sit."),
            )
        called = _unique({key: _label(unit, wish.language) for key, unit in units.items()})
        rooms = _rooms(campus, units, called, wish.language)
        assumed = _with_energy(rooms, units, self._energy(campus_id), campus)
        entities, rules = _seated(campus, teams, units, called, wish)
        entities += [_new(one, wish) for one in wish.newcomers]
        document: dict[str, Any] = {"rooms": rooms, "entities": entities, "rules": rules}
        if len(units) <= MOST_WALKED:
            ids = tuple(units)
            walks = guide.matrix(ids, ids, now=self._clock()).duration_s
            seconds = [[NO_WAY_S if s is None else s for s in row] for row in walks]
            document["walking"] = {"rooms": [called[key] for key in ids], "seconds": seconds}
            document["flows"] = _flows(entities)
        if wish.tables is not None:
            document, notes = with_tables(document, wish.tables)
            assumed += notes
            rules = list(document["rules"])
            parse_spaces(json.dumps(document).encode(), "draft.json")
        zone = ZoneInfo(campus.time_zone)
        leases = read_leases(document, wish.demands, language=wish.language, now=self._clock(), zone=zone)
        changes = read_changes(
            leases.document, leases.rest, m2_per_person=wish.m2_per_person, language=wish.language,
            now=self._clock(), zone=zone,
        )  # fmt: skip
        document, rooms, entities = changes.document, changes.document["rooms"], changes.document["entities"]
        document["landmarks"] = _landmarks(guide, wish, called, rooms, entities, self._clock())
        problem = parse_spaces(json.dumps(document).encode(), "draft.json")
        demanded, unread = rules_from_words(changes.rest, problem)
        demanded = _newest_limits(demanded)
        named = {name for rule in demanded for name in rule.landmarks}
        document["landmarks"] = [one for one in document["landmarks"] if one["name"] in named]
        document["rules"] = rules + [_plain(asdict(rule)) for rule in demanded]
        return SpaceDraft(
            document=document, rules=(*leases.told, *changes.told, *_tell(demanded, problem)),
            unread=tuple(part.text for part in unread), rooms=len(rooms),
            teams=len({one.group or one.name for one in problem.entities}),
            people=round(sum(one.headcount for one in problem.entities)), assumed=tuple(assumed),
        )  # fmt: skip


def _landmarks(
    guide: Guide,
    wish: SpaceWish,
    called: Mapping[FeatureId, str],
    seated: Sequence[Mapping[str, Any]],
    entities: Sequence[Mapping[str, Any]],
    now: datetime,
) -> list[dict[str, Any]]:
    """Return the facilities that demands name, such as 前台, with the walk from each room to the nearest of them."""
    text = wish.demands
    for name in (
        *called.values(),
        *(one[key] for one in entities for key in ("name", "group") if one.get(key)),
    ):
        text = text.replace(name, " ")
    rooms = tuple(called)
    found: list[dict[str, Any]] = []
    for said, kind in _kinds_said(text):
        kinds = (kind, *STAND_INS.get(kind, ()))
        there = next((places for one in kinds if (places := places_of_kind(guide.campus, one))), ())
        ends = tuple(f.id for f in there if guide.campus.spot(f.id) is not None)
        if not ends or len(rooms) * len(ends) > MOST_LANDMARKED:
            continue
        walks = guide.matrix(rooms, ends, now=now).duration_s
        nearest = {
            called[room]: min((s for s in row if s is not None), default=NO_WAY_S)
            for room, row in zip(rooms, walks, strict=True)
        }
        usual = median(nearest.values())
        found.append({"name": said, "seconds": [round(nearest.get(one["name"], usual), 1) for one in seated]})
    return found


def _kinds_said(text: str) -> list[tuple[str, str]]:
    """Return the words of a text that name a kind of facility, the longest first, each with its kind."""
    found: list[tuple[str, str]] = []
    left = text.casefold()
    words = {word.casefold(): kind.id for kind in facility_kinds().values() for word in kind.words}
    for word in sorted(words, key=len, reverse=True):
        edge = r"\b" if word.isascii() else ""
        spoken = re.compile(f"{edge}{re.escape(word)}{edge}")
        if spoken.search(left):
            found.append((word, words[word]))
            left = spoken.sub(" ", left)
    return found


def _units(campus: Campus, place: FeatureId | None) -> dict[FeatureId, Unit]:
    """Return the units of a place in which teams sit or can sit."""
    levels = {level.id for level in campus.of(Level)}
    if place is not None and not isinstance(campus.find(place), Venue):
        building = campus.find(place)
        inside = isinstance(building, Building)
        levels = {
            level.id
            for level in campus.of(Level)
            if (place in level.building_ids if inside else level.id == place)
        }
    seated = {space for team in campus.of(Team) if team.headcount > 0 for space in team.space_ids}
    return {
        unit.id: unit
        for unit in campus.of(Unit)
        if unit.level_id in levels
        and unit.geometry is not None
        and (unit.id in seated or unit.category in SEATED)
    }


def _rooms(
    campus: Campus, units: Mapping[FeatureId, Unit], called: Mapping[FeatureId, str], language: str
) -> list[dict[str, Any]]:
    ids = list(units)
    shapes = np.array([campus.frame.metric(units[key].geometry) for key in ids], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=NEXT_DOOR_M)
    loud = _loud(campus, units, shapes)
    beside: dict[int, list[str]] = {}
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        if a < b and units[ids[a]].level_id == units[ids[b]].level_id:
            beside.setdefault(a, []).append(called[ids[b]])
    levels = {level.id: level for level in campus.of(Level)}
    buildings = {b.id: b for b in campus.of(Building)}
    found = []
    for i, key in enumerate(ids):
        level = levels[units[key].level_id]
        building = next((buildings[b] for b in level.building_ids if b in buildings), None)
        found.append(
            {
                "name": called[key],
                "capacity_m2": round(float(shapes[i].area), 1),
                "floor": name_in(level.name, language) or f"{level.ordinal:g}",
                "building": "" if building is None else name_in(building.name, language) or building.id,
                "accessible": "notwheelchair" not in units[key].accessibility,
                "noise": (2.0 if units[key].category in OPEN else 1.0) + float(i in loud),
                "security": SECURITY.get(units[key].restriction or "", 0.0),
                "adjacent": beside.get(i, []),
                **_told(units[key].extra, ROOM_COLUMNS),
            }
        )
    return found


def _loud(campus: Campus, units: Mapping[FeatureId, Unit], shapes: NDArray[np.object_]) -> frozenset[int]:
    """Return the places of rooms next to where people talk, eat or wait, or machines run."""
    loud: dict[FeatureId, list[Any]] = {}
    for unit in campus.of(Unit):
        if unit.category.partition(".")[0] in LOUD and unit.geometry is not None and unit.id not in units:
            loud.setdefault(unit.level_id, []).append(campus.frame.metric(unit.geometry))
    return frozenset(
        i for i, (unit, shape) in enumerate(zip(units.values(), shapes, strict=True))
        if any(shapely.dwithin(shape, other, NEXT_DOOR_M) for other in loud.get(unit.level_id, ()))
    )  # fmt: skip


def _told(extra: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """Return what the map itself tells of a room or team in columns of the problem."""
    return {name: extra[name] for name in columns if extra.get(name) not in (None, "")}


def _with_energy(
    rooms: Sequence[dict[str, Any]], units: Mapping[FeatureId, Unit], measured: Mapping[FeatureId, float],
    campus: Campus,
) -> list[Text]:  # fmt: skip
    """Give rooms what a m² of their building was measured to take in a year, and say what holds of the others."""
    levels = {level.id: level for level in campus.of(Level)}
    unknown = 0
    for room, unit in zip(rooms, units.values(), strict=True):
        found = next((measured[b] for b in levels[unit.level_id].building_ids if b in measured), None)
        if room.get("energy_kwh_m2") is None and found is not None:
            room["energy_kwh_m2"] = round(found, 1)
        unknown += room.get("energy_kwh_m2") is None
    return [Text(
        f"{unknown} 间房所在楼宇没有电表读数，耗电按每年 {OFFICE_KWH_M2:g} kWh/m² 计。",
        f"No meter tells of the buildings of {unknown} rooms: {OFFICE_KWH_M2:g} kWh per m² and year are assumed.",
    )] if unknown else []  # fmt: skip


def _seated(
    campus: Campus, teams: Sequence[Team], units: Mapping[FeatureId, Unit], called: Mapping[FeatureId, str],
    wish: SpaceWish,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:  # fmt: skip
    """Return a part of a team for each of its rooms, by their sizes, and the rules that keep its parts together."""
    names = _unique({team.id: name_in(team.name, wish.language) or team.id for team in teams})
    entities: list[dict[str, Any]] = []
    rules: list[dict[str, Any]] = []
    for team in teams:
        sizes = {s: area_m2(campus, s) for s in team.space_ids if s in units}
        elsewhere = sum(area_m2(campus, s) for s in team.space_ids if s not in units)
        whole = sum(sizes.values()) + elsewhere
        for number, (space, area) in enumerate(sizes.items(), 1):
            people = team.headcount * area / whole if whole else team.headcount / len(sizes)
            single = len(sizes) == 1
            entities.append(
                {
                    "name": names[team.id] if single else f"{names[team.id]} {number}",
                    "need_m2": round(people * wish.m2_per_person, 1),
                    "headcount": round(people, 1),
                    "kind": "tenant" if team.category == "tenant" else "team",
                    "group": "" if single else names[team.id],
                    "room": called[space],
                    "move_cost": round(people, 1),
                    **_told(team.extra, TEAM_COLUMNS),
                }
            )
        if len(sizes) > 1:
            rules.append(
                {"kind": "one_floor", "entities": [names[team.id]], "hard": False, "weight": TOGETHER}
            )
    return entities, rules


def _new(one: Newcomer, wish: SpaceWish) -> dict[str, Any]:
    return {
        "name": one.name, "need_m2": round(one.people * wish.m2_per_person, 1), "headcount": one.people, "kind": "team",
        "group": "",
    }  # fmt: skip


def _tell(rules: Sequence[Rule], problem: SpaceProblem) -> Iterator[Text]:
    """Say rules; of many who stay where they are, how many, and who may move."""
    stay = [rule for rule in rules if _stays(rule, problem)]
    many = len(stay) > MOST_STAYING
    for rule in rules:
        if not many or rule not in stay:
            yield tell_rule(rule)
    if many:
        names = {name for rule in stay for name in rule.entities}
        free = [one.name for one in problem.entities if one.name not in names]
        shown, more = free[:MOST_STAYING], len(free) > MOST_STAYING
        zh = f"可以搬的：{'、'.join(shown)}{f'等 {len(free)} 个' if more else ''}" if free else "没有可以搬的"
        en = f"free to move: {', '.join(shown)}{f' and {len(free) - MOST_STAYING} more' if more else ''}"
        yield Text(
            f"{len(names)} 个单位留在现在的房间（{zh}）",
            f"{len(names)} entities stay where they are ({en if free else 'nobody is free to move'})",
        )


def _stays(rule: Rule, problem: SpaceProblem) -> bool:
    return rule.kind is RuleKind.IN and len(rule.entities) == 1 and rule.entities[0] in problem.entity_place and (
        rule.rooms == (problem.entities[problem.entity_place[rule.entities[0]]].room,)
    )  # fmt: skip


def _newest_limits(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules of which a limit that was said again holds as it was said last."""
    last = {rule.kind: i for i, rule in enumerate(rules) if rule.kind.startswith("max_")}
    return tuple(rule for i, rule in enumerate(rules) if last.get(rule.kind, i) == i)


def area_m2(campus: Campus, space: FeatureId) -> float:
    """Return the size of a room, 0 where it has no shape."""
    unit = campus.find(space)
    if not isinstance(unit, Unit) or unit.geometry is None:
        return 0.0
    return float(campus.frame.metric(unit.geometry).area)


def _flows(entities: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a walk a person between the parts of a team that follow each other."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for entity in entities:
        if entity["group"]:
            groups.setdefault(entity["group"], []).append(entity)
    return [
        {"origin": a["name"], "destination": b["name"], "trips": min(a["headcount"], b["headcount"])}
        for parts in groups.values()
        for a, b in pairwise(parts)
    ]


def _label(unit: Unit, language: str) -> str:
    return unit.ref or name_in(unit.name, language) or unit.id


def _unique(names: Mapping[FeatureId, str]) -> dict[FeatureId, str]:
    """Return names that differ: those that are there twice get their ids."""
    often = Counter(names.values())
    return {key: name if often[name] == 1 else f"{name} ({key})" for key, name in names.items()}


def _plain(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in rule.items()}
