"""Reads problems of who sits where: our JSON, Excel, the Nottingham format; each may be gzipped."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from yuanli.errors import Text
from yuanli.planning.spaces.osa import is_osa, parse_osa
from yuanli.planning.spaces.problem import (
    MOST_ENTITIES,
    MOST_ROOMS,
    MOST_RULES,
    Entity,
    Flow,
    Landmark,
    Period,
    Room,
    Rule,
    RuleKind,
    SpaceProblem,
    SpacesError,
    Weights,
)  # fmt: skip
from yuanli.planning.spaces.workbook import parse_spaces_excel
from yuanli.solver import Document, document_of, text_of, unpacked

WORKBOOKS = (".xlsx", ".xlsm")
MOST_NAMED = 5_000
"""Entities that a rule names, groups counted once; and landmarks."""


class RoomDocument(Document):
    """A room or desk."""

    name: str = Field(min_length=1, description="unique name")
    capacity_m2: float = Field(ge=0, description="m² that can be used")
    floor: str = Field("", description="floor; rooms of one floor of one building are near each other")
    building: str = ""
    zone: str = ""
    features: tuple[str, ...] = ()
    noise: float = Field(0, ge=0, description="level of noise, compared with `quiet` rules")
    security: float = Field(0, ge=0, description="level of security, compared with `secure` rules")
    accessible: bool = True
    rent_per_m2: float = Field(0, ge=0, description="rent in a period, money per m²")
    fit_out_per_m2: float = Field(0, ge=0, description="fit-out for who moves in, money per m² of need")
    energy_kwh_m2: float | None = Field(
        None, ge=0, description="kWh a m² takes in a year while its floor is in use; 85 where it is left out"
    )
    lease_end: date | None = Field(None, description="last day on which the room can be used")
    adjacent: tuple[str, ...] = Field((), description="names of adjacent rooms; it holds both ways")


class EntityDocument(Document):
    """A team, person, tenant or function."""

    name: str = Field(min_length=1, description="unique name")
    need_m2: float = Field(ge=0, description="m² it needs")
    headcount: float = Field(1, ge=0, description="people")
    kind: str = Field("team", description="team, person, tenant, function")
    group: str = Field("", description="group that rules may name")
    room: str | None = Field(None, description="room today")
    locked: bool = Field(False, description="stays in its room of today")
    lease_end: date | None = Field(None, description="last day on which it is there")
    move_cost: float = Field(0, ge=0, description="cost of a move")


class RuleDocument(Document):
    """A rule; which fields it reads depends on its kind."""

    kind: RuleKind
    entities: tuple[str, ...] = Field(
        (), max_length=MOST_NAMED, description="entities or groups; two for rules about two"
    )
    rooms: tuple[str, ...] = ()
    floors: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    buildings: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    value: float | None = Field(None, ge=0, description="level, seconds, number of moves or people, or money")
    hard: bool = True
    weight: float = Field(10, ge=0, description="cost of breaking it where it is soft")
    name: str = ""


class WalkingDocument(Document):
    """Walking times between rooms."""

    rooms: tuple[str, ...] = Field(description="each room once, in the order of the matrix")
    seconds: tuple[tuple[float, ...], ...] = Field(description="seconds from row to column")


class LandmarkDocument(Document):
    """A place where nobody sits, such as a front desk."""

    name: str = Field(min_length=1, description="unique name")
    seconds: tuple[float, ...] = Field(description="walking from each room, in the order of rooms")


class FlowDocument(Document):
    """Walks between two entities."""

    origin: str
    destination: str
    trips: float = Field(ge=0, description="trips in a period, both ways together")


class PeriodDocument(Document):
    """A time with its own plan."""

    name: str
    starts: date | None = None
    needs_m2: dict[str, float] = Field({}, description="needs that differ, m²; 0 where it is not there")
    headcounts: dict[str, float] = Field({}, description="headcounts that differ")


class WeightsDocument(Document):
    """What a unit of each part costs."""

    waste: float = Field(1, ge=0, description="m² that nobody uses")
    overuse: float = Field(2, ge=0, description="m² beyond the capacity")
    walking: float = Field(0.01, ge=0, description="trip·second")
    moves: float = Field(1, ge=0, description="unit of move_cost")
    rent: float = Field(0, ge=0, description="money of rent of the rooms in use")
    fit_out: float = Field(0, ge=0, description="money of fit-out")
    fairness: float = Field(0, ge=0, description="m² of the standard deviation of m² per person")


class SpacesDocument(Document):
    """A problem of who sits where."""

    rooms: tuple[RoomDocument, ...] = Field(max_length=MOST_ROOMS)
    entities: tuple[EntityDocument, ...] = Field(max_length=MOST_ENTITIES)
    rules: tuple[RuleDocument, ...] = Field((), max_length=MOST_RULES)
    walking: WalkingDocument | None = None
    landmarks: tuple[LandmarkDocument, ...] = Field((), max_length=MOST_NAMED)
    flows: tuple[FlowDocument, ...] = ()
    periods: tuple[PeriodDocument, ...] = ()
    weights: WeightsDocument = Field(default_factory=lambda: WeightsDocument.model_validate({}))


def schema_spaces() -> dict[str, Any]:
    """Return the JSON schema of a problem."""
    return SpacesDocument.model_json_schema()


def parse_spaces(data: bytes, name: str) -> SpaceProblem:
    """Read a problem: JSON, Excel (`.xlsx`), or the Nottingham format; told apart by content.

    Raises
    ------
    InvalidProblemError
        With the line, the field, or the sheet and cell of what is wrong.
    """
    data = unpacked(data, name)
    if data[:2] == b"PK" or name.lower().removesuffix(".gz").endswith(WORKBOOKS):
        return parse_spaces_excel(data, name)
    text = text_of(data, name)
    return parse_osa(text) if is_osa(text) else problem_of(document_of(SpacesDocument, text, name))


def problem_of(document: SpacesDocument) -> SpaceProblem:
    """Return the checked problem of a document."""

    def plain(one: BaseModel) -> dict[str, Any]:
        return {key: getattr(one, key) for key in type(one).model_fields}

    rooms = tuple(Room(**plain(room)) for room in document.rooms)
    return SpaceProblem(
        rooms=rooms,
        entities=tuple(Entity(**plain(entity)) for entity in document.entities),
        rules=tuple(Rule(**plain(rule)) for rule in document.rules),
        walk_s=() if document.walking is None else _walking(document.walking, [room.name for room in rooms]),
        landmarks=tuple(Landmark(**plain(one)) for one in document.landmarks),
        flows=tuple(Flow(**plain(flow)) for flow in document.flows),
        periods=tuple(Period(**plain(period)) for period in document.periods) or (Period(name=""),),
        weights=Weights(**plain(document.weights)),
    )


def _walking(walking: WalkingDocument, rooms: list[str]) -> tuple[tuple[float, ...], ...]:
    size = len(rooms)
    if sorted(walking.rooms) != sorted(rooms) or [len(row) for row in walking.seconds] != [size] * size:
        raise _wrong("walking", f"应列出全部 {size} 个房间及 {size}×{size} 个时间",
                     f"it lists all {size} rooms and {size} × {size} times")  # fmt: skip
    place = {name: i for i, name in enumerate(walking.rooms)}
    return tuple(tuple(walking.seconds[place[a]][place[b]] for b in rooms) for a in rooms)


def _wrong(at: str, zh: str, en: str) -> SpacesError:
    return SpacesError(
        Text(f"{at}：{zh}。", f"{at}: {en}."),
        field=at,
        hint=Text("按文件格式说明改正。", "Correct it as the page of the format says."),
    )
