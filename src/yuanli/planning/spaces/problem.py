"""The tables of who sits where: rooms, entities, rules, and a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import product
from math import prod

from yuanli.errors import Text
from yuanli.solver import InvalidProblemError

OFFICE_KWH_M2 = 85.0
"""kWh that a m² of an office takes in a year where nobody measured it: the limit of GB/T 51161-2016 for commercial
offices of class A where summers are hot and winters cold."""
MOST_ENTITIES = 20_000
MOST_ROOMS = 100_000
MOST_CELLS = 20_000_000
MOST_RULES = 20_000
MOST_NUMBER = 1e9
"""The largest area, weight, sum of money and time."""
"""Entities × periods × rooms: beyond, the tables of the search don't fit into memory."""


class SpacesError(InvalidProblemError):
    """The tables of who sits where are not valid."""


class RuleKind(StrEnum):
    """What a rule asks for; the fields of `Rule` that it reads are in `docs/planning.md`."""

    IN = "in"
    NOT_IN = "not_in"
    ACCESSIBLE = "accessible"
    QUIET = "quiet"
    SECURE = "secure"
    FEATURES = "features"
    CLOSE_TO = "close_to"
    FAR_FROM = "far_from"
    SAME_ROOM = "same_room"
    NOT_SAME_ROOM = "not_same_room"
    ADJACENT = "adjacent"
    NOT_ADJACENT = "not_adjacent"
    NEAR = "near"
    AWAY = "away"
    SAME_ZONE = "same_zone"
    OTHER_ZONE = "other_zone"
    NOT_SHARING = "not_sharing"
    ONE_FLOOR = "one_floor"
    ONE_ZONE = "one_zone"
    CAPACITY = "capacity"
    MAX_MOVES = "max_moves"
    MAX_PEOPLE_MOVED = "max_people_moved"
    MAX_RENT = "max_rent"
    MAX_FIT_OUT = "max_fit_out"


PLACES = (RuleKind.IN, RuleKind.NOT_IN)
WALKED = (RuleKind.CLOSE_TO, RuleKind.FAR_FROM)
"""Rules about the walk from a room to a landmark."""
SUITED = (RuleKind.ACCESSIBLE, RuleKind.QUIET, RuleKind.SECURE, RuleKind.FEATURES, *WALKED)
ALONE = (*PLACES, *SUITED, RuleKind.NOT_SHARING)
"""Rules about each entity by itself."""
PAIRS = (
    RuleKind.SAME_ROOM, RuleKind.NOT_SAME_ROOM, RuleKind.ADJACENT, RuleKind.NOT_ADJACENT, RuleKind.NEAR, RuleKind.AWAY,
    RuleKind.SAME_ZONE, RuleKind.OTHER_ZONE,
)  # fmt: skip
APART = (RuleKind.NOT_SAME_ROOM, RuleKind.NOT_ADJACENT, RuleKind.AWAY, RuleKind.OTHER_ZONE)
"""Rules about two that want something not to be so."""
TOGETHER = (RuleKind.ONE_FLOOR, RuleKind.ONE_ZONE)
"""Rules about many at once."""
ZONAL = (RuleKind.SAME_ZONE, RuleKind.OTHER_ZONE, RuleKind.ONE_ZONE)
LIMITS = (RuleKind.MAX_MOVES, RuleKind.MAX_PEOPLE_MOVED, RuleKind.MAX_RENT, RuleKind.MAX_FIT_OUT)
VALUED = (RuleKind.QUIET, RuleKind.SECURE, *WALKED, *LIMITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room, or a desk: its capacity in m²; noise and security as levels that only are compared.

    Rent is per period, in the currency of the budgets; after `lease_end` it can't be used. `energy_kwh_m2` is what a
    m² takes in a year while its floor is in use, `OFFICE_KWH_M2` where it is None. One without a `zone` is in none:
    nothing else is in its zone.
    """

    name: str
    capacity_m2: float
    floor: str = ""
    building: str = ""
    zone: str = ""
    features: tuple[str, ...] = ()
    noise: float = 0.0
    security: float = 0.0
    accessible: bool = True
    rent_per_m2: float = 0.0
    fit_out_per_m2: float = 0.0
    energy_kwh_m2: float | None = None
    lease_end: date | None = None
    adjacent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A team, person, tenant or function; `room` is where it sits today, after `lease_end` it is gone."""

    name: str
    need_m2: float
    headcount: float = 1.0
    kind: str = "team"
    group: str = ""
    room: str | None = None
    locked: bool = False
    lease_end: date | None = None
    move_cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A hard rule, or a soft one that costs `weight` where it is broken; `entities` also names groups."""

    kind: RuleKind
    entities: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    floors: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    buildings: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    value: float | None = None
    hard: bool = True
    weight: float = 10.0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """A place where nobody sits, such as a front desk, and the seconds of walking from each room, in their order."""

    name: str
    seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Walks between two entities in a period, both ways together."""

    origin: str
    destination: str
    trips: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time with its own plan; needs and headcounts that differ from the entity's, 0 m² where it is not there."""

    name: str
    starts: date | None = None
    needs_m2: Mapping[str, float] = field(default_factory=dict)
    headcounts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a unit of each part costs: m² of waste or overuse, trip·second of walking, a move, money, m² of spread."""

    waste: float = 1.0
    overuse: float = 2.0
    walking: float = 0.01
    moves: float = 1.0
    rent: float = 0.0
    fit_out: float = 0.0
    fairness: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacePlan:
    """The room of each entity by period, shape `(periods, entities)`: places in `rooms`, −1 where it is not there."""

    rooms: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class SpaceProblem:
    """Who could sit where, checked: ids are known, numbers finite.

    Parameters
    ----------
    walk_s
        Seconds from room to room, in the order of `rooms`; empty where nobody counts walking.
    """

    rooms: tuple[Room, ...]
    entities: tuple[Entity, ...]
    rules: tuple[Rule, ...] = ()
    walk_s: tuple[tuple[float, ...], ...] = ()
    landmarks: tuple[Landmark, ...] = ()
    flows: tuple[Flow, ...] = ()
    periods: tuple[Period, ...] = (Period(name=""),)
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        check_tables(self)

    @cached_property
    def room_place(self) -> dict[str, int]:
        """The place of each room by its name."""
        return {room.name: i for i, room in enumerate(self.rooms)}

    @cached_property
    def entity_place(self) -> dict[str, int]:
        """The place of each entity by its name."""
        return {entity.name: i for i, entity in enumerate(self.entities)}

    @cached_property
    def groups(self) -> dict[str, tuple[int, ...]]:
        """The places of the members of each group."""
        members: dict[str, list[int]] = {}
        for i, entity in enumerate(self.entities):
            if entity.group:
                members.setdefault(entity.group, []).append(i)
        return {name: tuple(places) for name, places in members.items()}

    @cached_property
    def landmark_s(self) -> dict[str, tuple[float, ...]]:
        """The seconds of walking from each room to a landmark, by its name."""
        return {one.name: one.seconds for one in self.landmarks}

    def members(self, name: str) -> tuple[int, ...]:
        """Return the places of an entity, or of a group's members."""
        place = self.entity_place.get(name)
        return (place,) if place is not None else self.groups[name]

    def need_m2(self, period: Period, entity: Entity) -> float:
        """Return what an entity needs in a period, 0 where it is not there."""
        if period.starts and entity.lease_end and entity.lease_end < period.starts:
            return 0.0
        return period.needs_m2.get(entity.name, entity.need_m2)

    def pairs(self, rule: Rule) -> list[tuple[int, int]]:
        """Return whom a rule about two sides compares; each pair has its share of the weight."""
        one, other = (self.members(name) for name in rule.entities)
        return [(a, b) for a, b in product(one, other) if a != b]

    def matches(self, rule: Rule, room: Room) -> bool:
        """Say whether a room is one that the rule's place names: in each column that is not empty."""
        asked = (
            (rule.rooms, room.name), (rule.floors, room.floor),
            (rule.zones, room.zone), (rule.buildings, room.building),
        )  # fmt: skip
        return all(not names or name in names for names, name in asked)

    def suits(self, rule: Rule, room: Room) -> bool:
        """Say whether a room keeps a rule about the room of an entity."""
        value = rule.value or 0.0
        return {
            RuleKind.IN: lambda: self.matches(rule, room),
            RuleKind.NOT_IN: lambda: not self.matches(rule, room),
            RuleKind.ACCESSIBLE: lambda: room.accessible,
            RuleKind.QUIET: lambda: room.noise <= value,
            RuleKind.SECURE: lambda: room.security >= value,
            RuleKind.FEATURES: lambda: set(rule.features) <= set(room.features),
            RuleKind.CLOSE_TO: lambda: max(self._walks(rule, room)) <= value,
            RuleKind.FAR_FROM: lambda: min(self._walks(rule, room)) >= value,
        }[rule.kind]()

    def _walks(self, rule: Rule, room: Room) -> list[float]:
        place = self.room_place[room.name]
        return [self.landmark_s[name][place] for name in rule.landmarks]


def check_tables(problem: SpaceProblem) -> None:
    """Check names, numbers and sizes.

    Raises
    ------
    SpacesError
        With the field, the value, the rule, and what to do.
    """
    sizes = (len(problem.entities), len(problem.periods), len(problem.rooms))
    for table, size in zip(("entities", "periods", "rooms"), sizes, strict=True):
        _ask(size > 0, table, "0", "至少要有一个房间、一个单位和一个时期",
             "there is at least one room, one entity and one period")  # fmt: skip
    _ask(sizes[0] <= MOST_ENTITIES and prod(sizes) <= MOST_CELLS, "entities", f"{' × '.join(map(str, sizes))}",
         f"单位最多 {MOST_ENTITIES} 个，单位×时期×房间最多 {MOST_CELLS}",
         f"at most {MOST_ENTITIES} entities, and {MOST_CELLS} entities × periods × rooms")  # fmt: skip
    _ask(len(problem.rules) <= MOST_RULES, "rules", f"{len(problem.rules)}", f"规则最多 {MOST_RULES} 条",
         f"there are {MOST_RULES} rules at most")  # fmt: skip
    for table, names in (
        ("rooms", [room.name for room in problem.rooms]),
        ("entities", [entity.name for entity in problem.entities]),
        ("periods", [period.name for period in problem.periods]),
        ("landmarks", [one.name for one in problem.landmarks]),
    ):
        _unique(table, names)
    clash = problem.entity_place.keys() & problem.groups.keys()
    _ask(
        not clash,
        "entities.group",
        ", ".join(sorted(clash)),
        "组名不能与单位同名",
        "a group is not named like an entity",
    )
    _check_rooms(problem)
    _check_entities(problem)
    for i, rule in enumerate(problem.rules):
        _check_rule(problem, rule, f"rules[{i}]")
    for name in Weights.__slots__:
        _number(f"weights.{name}", getattr(problem.weights, name))
    _check_walking(problem)


def _check_rooms(problem: SpaceProblem) -> None:
    for i, room in enumerate(problem.rooms):
        for name in ("capacity_m2", "noise", "security", "rent_per_m2", "fit_out_per_m2"):
            _number(f"rooms[{i}].{name}", getattr(room, name))
        if room.energy_kwh_m2 is not None:
            _number(f"rooms[{i}].energy_kwh_m2", room.energy_kwh_m2)
        _known(f"rooms[{i}].adjacent", room.adjacent, problem.room_place, "房间", "room")


def _check_entities(problem: SpaceProblem) -> None:
    for i, entity in enumerate(problem.entities):
        for name in ("need_m2", "headcount", "move_cost"):
            _number(f"entities[{i}].{name}", getattr(entity, name))
        if entity.room is not None:
            _known(f"entities[{i}].room", (entity.room,), problem.room_place, "房间", "room")
        _ask(not (entity.locked and entity.room is None), f"entities[{i}].locked", entity.name,
             "锁定的单位要写明现在的房间", "what is locked has a room today")  # fmt: skip
    for i, period in enumerate(problem.periods):
        for table in ("needs_m2", "headcounts"):
            changes: Mapping[str, float] = getattr(period, table)
            _known(f"periods[{i}].{table}", changes, problem.entity_place, "单位", "entity")
            for name, value in changes.items():
                _number(f"periods[{i}].{table}.{name}", value)


def _check_rule(problem: SpaceProblem, rule: Rule, at: str) -> None:
    _number(f"{at}.weight", rule.weight)
    sides = 2 if rule.kind in PAIRS else 1 if rule.kind in (*ALONE, *TOGETHER) else 0
    many = len(rule.entities)
    _ask(many == sides if sides != 1 else many > 0, f"{at}.entities", f"{many}",
         f"{rule.kind} 规则{'写两个' if sides == 2 else '至少写一个' if sides else '不写'}单位或组",
         f"a rule {rule.kind} names {'two' if sides == 2 else 'at least one' if sides else 'no'} entities or groups",
         )  # fmt: skip
    _known(
        f"{at}.entities",
        rule.entities,
        {**problem.entity_place, **problem.groups},
        "单位或组",
        "entity or group",
    )
    if rule.kind in PAIRS:
        one, other = rule.entities
        _ask(
            one != other or len(problem.members(one)) > 1,
            f"{at}.entities",
            one,
            "两边要不同",
            "the two differ",
        )
    _known(f"{at}.rooms", rule.rooms, problem.room_place, "房间", "room")
    for name, known in (
        ("floors", {room.floor for room in problem.rooms}),
        ("zones", {room.zone for room in problem.rooms}),
        ("buildings", {room.building for room in problem.rooms}),
    ):
        _known(f"{at}.{name}", getattr(rule, name), known, "房间表中的值", "value of the rooms")
    if rule.kind in PLACES:
        _ask(bool(rule.rooms or rule.floors or rule.zones or rule.buildings), f"{at}.rooms", "", "要写明地点",
             "it names rooms, floors, zones or buildings")  # fmt: skip
    if rule.kind is RuleKind.FEATURES:
        _ask(bool(rule.features), f"{at}.features", "", "要写明设施", "it names features")
    _known(f"{at}.landmarks", rule.landmarks, problem.landmark_s, "地标", "landmark")
    if rule.kind in WALKED:
        _ask(bool(rule.landmarks), f"{at}.landmarks", "", "要写明地标", "it names landmarks")
    if rule.kind in VALUED:
        _number(f"{at}.value", rule.value)
    _ask(rule.kind not in ZONAL or any(room.zone for room in problem.rooms), f"{at}.kind", rule.kind,
         "没有房间写明区域，请填写房间的 zone", "no room has a zone; give the rooms theirs")  # fmt: skip


def _check_walking(problem: SpaceProblem) -> None:
    size = len(problem.rooms)
    if problem.walk_s:
        shape = {len(row) for row in problem.walk_s} | {len(problem.walk_s)}
        _ask(
            shape == {size},
            "walking",
            f"{sorted(shape)}",
            f"步行时间表应为 {size}×{size}",
            f"it is {size} × {size}",
        )
        for i, row in enumerate(problem.walk_s):
            for j, value in enumerate(row):
                if not 0 <= value <= MOST_NUMBER:
                    _number(f"walking[{i}][{j}]", value)
    for i, landmark in enumerate(problem.landmarks):
        at = f"landmarks[{i}].seconds"
        many = len(landmark.seconds)
        _ask(many == size, at, f"{many}", f"每个房间一个，共 {size} 个", f"it has {size}, one a room")
        for value in landmark.seconds:
            _number(at, value)
    for i, flow in enumerate(problem.flows):
        _number(f"flows[{i}].trips", flow.trips)
        _known(f"flows[{i}]", (flow.origin, flow.destination), problem.entity_place, "单位", "entity")
    _ask(bool(problem.walk_s) or not problem.flows, "walking", "", "有人流就要有步行时间表",
         "flows need walking times")  # fmt: skip


def _unique(table: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        _ask(name not in seen, f"{table}.name", name, "名称不能重复", "names are unique")
        seen.add(name)


def _known(at: str, names: Iterable[str], known: Iterable[str], zh: str, en: str) -> None:
    for name in names:
        _ask(name in known, at, name, f"没有这个{zh}", f"there is no such {en}")


def _number(at: str, value: float | None) -> None:
    _ask(
        value is not None and 0 <= value <= MOST_NUMBER,
        at,
        f"{value}",
        f"应是 0 到 {MOST_NUMBER:g} 之间的数",
        f"it is a number from 0 to {MOST_NUMBER:g}",
    )


def _ask(holds: bool, at: str, value: str, zh: str, en: str) -> None:
    if not holds:
        raise SpacesError(
            Text(f"{at} 的值“{value}”有误：{zh}。", f'{at} is "{value}": {en}.'),
            field=at,
            hint=Text(f"改正 {at} 后再试。", f"Correct {at} and try again."),
        )
