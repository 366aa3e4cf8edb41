"""The tables of the canonical model: IMDF 1.0.0 for space, GTFS-Pathways for ways, Brick for things.

Geometry is WGS 84 `(lon, lat)` in degrees, as shapely objects. `extra` keeps what a file says
beyond the model, so that a round trip loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType
from typing import Any, NewType

from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

FeatureId = NewType("FeatureId", str)
LevelId = NewType("LevelId", FeatureId)
UnitId = NewType("UnitId", FeatureId)
BuildingId = NewType("BuildingId", FeatureId)
OpeningId = NewType("OpeningId", FeatureId)
NodeId = NewType("NodeId", FeatureId)
PathwayId = NewType("PathwayId", FeatureId)
DeviceId = NewType("DeviceId", FeatureId)
PointId = NewType("PointId", FeatureId)
TeamId = NewType("TeamId", FeatureId)

LanguageMap = Mapping[str, str]
"""A name by language tag, as IMDF LABELS: `{"zh": "报告厅", "en": "Lecture hall"}`.
The tag `und` is a name whose language the source does not tell."""

Extra = Mapping[str, Any]
"""What the source says beyond the model, as JSON."""


class _Nothing(dict[str, Any]):
    """An empty map that stays empty; hashable, so that dataclasses take it as a default (Python 3.11)."""

    def __hash__(self) -> int:  # type: ignore[override]
        return 0

    def __setitem__(self, key: str, value: Any) -> None:
        raise TypeError(f"can't set {key!r}: this map stays empty")

    def __reduce__(self) -> str:
        return "NOTHING"


NOTHING: Mapping[str, Any] = _Nothing()


class PathwayMode(IntEnum):
    """GTFS-Pathways `pathway_mode`, with 8 to 10 of our own."""

    WALKWAY = 1
    STAIRS = 2
    MOVING_WALKWAY = 3
    ESCALATOR = 4
    ELEVATOR = 5
    FARE_GATE = 6
    EXIT_GATE = 7
    RAMP = 8
    OUTDOOR = 9
    DOOR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """The whole site: one a campus."""

    id: FeatureId
    category: str = "businesscampus"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    geometry: BaseGeometry | None = None
    display_point: Point | None = None
    address_id: FeatureId | None = None
    restriction: str | None = None
    hours: str | None = None
    phone: str | None = None
    website: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address that other features point to."""

    id: FeatureId
    address: str = ""
    unit: str | None = None
    locality: str = ""
    province: str | None = None
    country: str = ""
    postal_code: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A building; `geometry` is its outline where the source gives one."""

    id: BuildingId
    category: str = "unspecified"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    geometry: BaseGeometry | None = None
    display_point: Point | None = None
    address_id: FeatureId | None = None
    restriction: str | None = None
    hours: str | None = None
    phone: str | None = None
    website: str | None = None
    accessibility: tuple[str, ...] = ()
    height_m: float | None = None
    storeys: float | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What a building covers: `ground`, `aerial` or `subterranean`."""

    id: FeatureId
    category: str = "ground"
    name: LanguageMap = NOTHING
    geometry: BaseGeometry | None = None
    building_ids: tuple[BuildingId, ...] = ()
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A storey. `ordinal` is what is compared (0 is the ground, 0.5 a mezzanine); names are shown."""

    id: LevelId
    ordinal: float
    category: str = "unspecified"
    name: LanguageMap = NOTHING
    short_name: LanguageMap = NOTHING
    geometry: BaseGeometry | None = None
    display_point: Point | None = None
    address_id: FeatureId | None = None
    building_ids: tuple[BuildingId, ...] = ()
    outdoor: bool = False
    restriction: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A space on one level: a room, a corridor (`walkway`), a lift or a flight of stairs.

    `category` is an IMDF unit category or whatever the source says; `ref` is the number on the door;
    `accessibility` lists IMDF values (`wheelchair`, `notwheelchair`, `tactilepaving`, …).
    A shaft that serves several levels is one unit on each of them.
    """

    id: UnitId
    level_id: LevelId
    category: str = "unspecified"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    ref: str | None = None
    geometry: BaseGeometry | None = None
    display_point: Point | None = None
    restriction: str | None = None
    accessibility: tuple[str, ...] = ()
    hours: str | None = None
    capacity: int | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What fills an opening: IMDF `door`."""

    type: str | None = None
    material: str | None = None
    automatic: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A door, gate or gap between two units, or between a unit and the outside."""

    id: OpeningId
    level_id: LevelId
    category: str = "pedestrian"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    geometry: LineString | Point | None = None
    display_point: Point | None = None
    door: Door | None = None
    accessibility: tuple[str, ...] = ()
    access_control: tuple[str, ...] = ()
    restriction: str | None = None
    hours: str | None = None
    width_m: float | None = None
    ref: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Amenity:
    """A thing people look for, at a point: a toilet, a cash machine, a bus stop, a gate."""

    id: FeatureId
    category: str = "unspecified"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    geometry: Point | None = None
    level_id: LevelId | None = None
    unit_ids: tuple[UnitId, ...] = ()
    address_id: FeatureId | None = None
    accessibility: tuple[str, ...] = ()
    hours: str | None = None
    phone: str | None = None
    website: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A point in a unit where occupants are found."""

    id: FeatureId
    geometry: Point | None = None
    unit_id: UnitId | None = None
    address_id: FeatureId | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupant:
    """A business, an office or a service that occupies a unit."""

    id: FeatureId
    category: str = "unspecified"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    anchor_id: FeatureId | None = None
    hours: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    correlation_id: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Kiosk:
    """A free-standing stand on a level; it is an obstacle to walk around."""

    id: FeatureId
    level_id: LevelId
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    geometry: BaseGeometry | None = None
    display_point: Point | None = None
    anchor_id: FeatureId | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a level that groups units: a wing, a department, a parking zone."""

    id: FeatureId
    level_id: LevelId
    category: str = "unspecified"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    geometry: BaseGeometry | None = None
    display_point: Point | None = None
    address_id: FeatureId | None = None
    restriction: str | None = None
    accessibility: tuple[str, ...] = ()
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """A built-in thing on a level (wall, desk, vegetation, water); it is an obstacle."""

    id: FeatureId
    level_id: LevelId
    category: str = "obstruction"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    geometry: BaseGeometry | None = None
    display_point: Point | None = None
    anchor_id: FeatureId | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A line that is only drawn."""

    id: FeatureId
    level_id: LevelId | None = None
    category: str = "unspecified"
    geometry: BaseGeometry | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Geofence:
    """A zone, indoors or out: a lawn, water, a car park (`parking`), a paid area, a patrol sector."""

    id: FeatureId
    category: str = "geofence"
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    geometry: BaseGeometry | None = None
    display_point: Point | None = None
    building_ids: tuple[BuildingId, ...] = ()
    level_ids: tuple[LevelId, ...] = ()
    parents: tuple[FeatureId, ...] = ()
    accessibility: tuple[str, ...] = ()
    restriction: str | None = None
    hours: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """How features belong together, as `stairs`, `elevator`, `escalator`, `ramp` or `traversal` do."""

    id: FeatureId
    category: str
    direction: str = "undirected"
    geometry: BaseGeometry | None = None
    origin: FeatureId | None = None
    intermediary: tuple[FeatureId, ...] = ()
    destination: FeatureId | None = None
    hours: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A point of a drawn walking network. Outdoors `level_id` is None and `ordinal` as drawn.

    `feature_ids` are the units, occupants, openings, buildings that are reached here.
    """

    id: NodeId
    geometry: Point
    level_id: LevelId | None = None
    ordinal: float = 0.0
    category: str | None = None
    name: LanguageMap = NOTHING
    feature_ids: tuple[FeatureId, ...] = ()
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """A drawn way between two nodes, with GTFS-Pathways fields.

    `geometry` runs from `from_node_id` to `to_node_id`; `length_m` and `traversal_time_s` override
    what the geometry says. `max_slope` is a ratio, `min_width_m` metres. `foot` and `bicycle` say who
    may pass. A one-way escalator has `is_bidirectional` False.
    """

    id: PathwayId
    from_node_id: NodeId
    to_node_id: NodeId
    mode: PathwayMode = PathwayMode.OUTDOOR
    is_bidirectional: bool = True
    geometry: LineString | None = None
    level_id: LevelId | None = None
    name: LanguageMap = NOTHING
    length_m: float | None = None
    traversal_time_s: float | None = None
    stair_count: int | None = None
    max_slope: float | None = None
    min_width_m: float | None = None
    hours: str | None = None
    restriction: str | None = None
    accessibility: tuple[str, ...] = ()
    surface: str | None = None
    foot: bool = True
    bicycle: bool = False
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Features, or an area on one ordinal (all ordinals if None), that nobody can pass for a time.

    Closing one unit of a lift shaft closes the lift.
    """

    id: FeatureId
    feature_ids: tuple[FeatureId, ...] = ()
    geometry: BaseGeometry | None = None
    ordinal: float | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: LanguageMap = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowding:
    """Features or an area where walking takes `factor` times as long, for a time."""

    id: FeatureId
    factor: float
    feature_ids: tuple[FeatureId, ...] = ()
    geometry: BaseGeometry | None = None
    ordinal: float | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A piece of equipment, with its Brick class (`VAV`, `Luminaire`, `Elevator`, …)."""

    id: DeviceId
    brick_class: str
    name: LanguageMap = NOTHING
    space_id: FeatureId | None = None
    geometry: Point | None = None
    feeds: tuple[FeatureId, ...] = ()
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPoint:
    """A Brick Point: what a device measures, is told or reports (`Zone_Air_Temperature_Sensor`).

    `unit` is a QUDT unit symbol as displayed (`°C`, `kWh`, `ppm`).
    """

    id: PointId
    brick_class: str
    device_id: DeviceId | None = None
    space_id: FeatureId | None = None
    name: LanguageMap = NOTHING
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group of people that sits together: a tenant or a department."""

    id: TeamId
    name: LanguageMap = NOTHING
    alt_name: LanguageMap = NOTHING
    category: str = "department"
    parent_id: TeamId | None = None
    headcount: int = 0
    space_ids: tuple[FeatureId, ...] = ()
    phone: str | None = None
    extra: Extra = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of a feature: `kind` is `alias`, `former`, `short` or `ref`; weight 0–1."""

    id: FeatureId
    feature_id: FeatureId
    language: str
    text: str
    weight: float = 1.0
    kind: str = field(default="alias")


Feature = (
    Venue
    | Address
    | Building
    | Footprint
    | Level
    | Unit
    | Opening
    | Amenity
    | Anchor
    | Occupant
    | Kiosk
    | Section
    | Fixture
    | Detail
    | Geofence
    | Relationship
    | Node
    | Pathway
    | Closure
    | Crowding
    | Device
    | DataPoint
    | Team
    | Alias
)

TABLES: Mapping[str, type[Feature]] = MappingProxyType(
    {
        "venue": Venue,
        "address": Address,
        "building": Building,
        "footprint": Footprint,
        "level": Level,
        "unit": Unit,
        "opening": Opening,
        "amenity": Amenity,
        "anchor": Anchor,
        "occupant": Occupant,
        "kiosk": Kiosk,
        "section": Section,
        "fixture": Fixture,
        "detail": Detail,
        "geofence": Geofence,
        "relationship": Relationship,
        "node": Node,
        "pathway": Pathway,
        "closure": Closure,
        "crowding": Crowding,
        "device": Device,
        "point": DataPoint,
        "team": Team,
        "alias": Alias,
    }
)
TABLE_OF: Mapping[type[Any], str] = MappingProxyType({kind: name for name, kind in TABLES.items()})
