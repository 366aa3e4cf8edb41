"""Buildings as features: levels, units, openings, shafts. Geometry in metres in the park's frame."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from yuanli.campus import (
    BuildingId,
    Door,
    Feature,
    FeatureId,
    LanguageMap,
    Level,
    LevelId,
    Opening,
    OpeningId,
    Unit,
    UnitId,
)
from yuanli.demo.doors import OPPOSITE, Doorway, door_outside, doors_of, joining_doors
from yuanli.demo.kinds import DoorKind, Fills, Kind
from yuanli.demo.naming import RoomNames, level_names, room_number
from yuanli.demo.placing import direction, place
from yuanli.demo.plates import Plate, Room, lay_out
from yuanli.demo.shells import inside, relationships, shells
from yuanli.demo.specs import BuildingSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A unit with what it is and where: what teams and equipment are given to."""

    unit: Unit
    kind: Kind
    spec: BuildingSpec
    ordinal: int
    strip: str
    shape: Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOutside:
    """An entrance at ground level: its middle and the direction out of it, metres in the park's frame."""

    opening_id: OpeningId
    at: Point
    out: tuple[float, float]
    steps: bool
    automobile: bool


@dataclass(slots=True)
class Built:
    """All buildings: their features, spaces and doors to the outside, in order."""

    features: list[Feature] = field(default_factory=list)
    spaces: list[Space] = field(default_factory=list)
    doors: list[DoorOutside] = field(default_factory=list)


ENTRANCE_DOORS = {
    "pedestrian.principal": DoorKind(type="sliding", width_m=2.4, automatic=True, material="glass"),
    "pedestrian": DoorKind(type="sliding", width_m=1.6, automatic=True, material="glass"),
    "service": DoorKind(type="sliding", width_m=2.0, automatic=True, material="metal"),
    "emergencyexit": DoorKind(type="swinging", width_m=1.0, automatic=False, material="metal"),
    "automobile": DoorKind(type="open", width_m=5.0, automatic=None),
}
CORRIDOR_END_M = 1.0
"""Clear width of a door at the end of a corridor 2.4 m wide."""


def build_all(
    specs: Iterable[BuildingSpec], *, kinds: Mapping[str, Kind], fills: Fills, names: RoomNames, rng: Random
) -> Built:
    """Lay out every building."""
    built = Built()
    for spec in specs:
        shafts: dict[tuple[str, tuple[float, ...]], list[Unit]] = defaultdict(list)
        outlines: dict[int, Polygon] = {}
        numbers: Counter[str] = Counter()
        named: dict[tuple[str, tuple[float, ...]], int] = {}
        for ordinal in spec.ordinals:
            floor = spec.floor(ordinal)
            plate = lay_out(spec.strips, floor, kinds=kinds, fills=fills, corner_m=spec.corner_m, rng=rng)
            rooms = tuple(r for r in plate.rooms if _stands(spec, r, ordinal))
            shapes = place(spec, [plate.outline, *(room.shape for room in rooms)])
            outlines[ordinal] = _polygon(shapes[0])
            level_id = LevelId(FeatureId(f"{spec.id}-{level_names(ordinal).short['en'].lower()}"))
            built.features.append(_level(spec, level_id, ordinal, outlines[ordinal], floor.category))
            taken: Counter[str] = Counter()
            serials = _serials(rooms)
            for room, shape, serial in zip(rooms, shapes[1:], serials, strict=True):
                shaft = (room.kind.name, tuple(round(v, 2) for v in room.shape.bounds))
                if room.kind.shaft and shaft not in named:
                    numbers[room.kind.name] += 1
                    named[shaft] = numbers[room.kind.name]
                unit = _unit(
                    spec,
                    room,
                    _polygon(shape),
                    level_id=level_id,
                    ordinal=ordinal,
                    serial=serial,
                    shaft=named.get(shaft, 0),
                    taken=taken,
                    names=names,
                )
                if room.kind.shaft:
                    shafts[shaft].append(unit)
                built.features.append(unit)
                built.spaces.append(
                    Space(
                        unit=unit,
                        kind=room.kind,
                        spec=spec,
                        ordinal=ordinal,
                        strip=room.strip,
                        shape=_polygon(shape),
                    )
                )
            built.features += _openings(spec, plate, rooms, level_id, ordinal)
            if ordinal == 0:
                for opening, door in _entrances(spec, plate, level_id):
                    built.features.append(opening)
                    built.doors.append(door)
        built.features += shells(spec, outlines)
        built.features += relationships(shafts)
    return built


def _stands(spec: BuildingSpec, room: Room, ordinal: int) -> bool:
    if room.kind.category == "opentobelow":
        return False
    low, high = spec.escalators.get(room.strip, (ordinal, ordinal))
    return low <= ordinal <= high


def _polygon(shape: BaseGeometry) -> Polygon:
    assert isinstance(shape, Polygon), f"A room or floor came out as {shape.geom_type}."
    return shape


def _level(spec: BuildingSpec, level_id: LevelId, ordinal: int, outline: Polygon, category: str) -> Level:
    names = level_names(ordinal)
    return Level(
        id=level_id,
        ordinal=float(ordinal),
        category=category,
        name=names.full,
        short_name=names.short,
        geometry=outline,
        building_ids=(BuildingId(FeatureId(f"building-{spec.id}")),),
        address_id=FeatureId(f"address-{spec.id}"),
    )


def _serials(rooms: Sequence[Room]) -> list[int]:
    """Number the rooms of a floor: those where people work come first, then what serves them."""
    numbered = [i for i, room in enumerate(rooms) if not room.kind.shaft and room.strip != ""]
    ranked = sorted(numbered, key=lambda i: not rooms[i].kind.team_space)
    place = {i: serial for serial, i in enumerate(ranked, start=1)}
    return [place.get(i, 0) for i in range(len(rooms))]


def _unit(
    spec: BuildingSpec,
    room: Room,
    shape: Polygon,
    *,
    level_id: LevelId,
    ordinal: int,
    serial: int,
    shaft: int,
    taken: Counter[str],
    names: RoomNames,
) -> Unit:
    kind = room.kind
    number = room_number(spec.letter, ordinal, serial)
    numbered = kind.shaft is None and room.strip != ""
    suffix = number.lower() if numbered else (f"{kind.name}{shaft}" if kind.shaft else "hall")
    name = names.name_of(kind, spec, ordinal=ordinal, number=number, shaft=shaft, taken=taken)
    people = kind.capacity or (max(1, round(shape.area / kind.m2_per_person)) if kind.m2_per_person else None)
    typed = kind.name_rule == "number" or kind.name_rule == "own"
    return Unit(
        id=UnitId(FeatureId(f"{level_id}-{suffix}")),
        level_id=level_id,
        category=kind.category,
        name=name,
        alt_name=kind.label if typed and kind.name_rule == "number" and not kind.occupied else {},
        ref=number if numbered else None,
        geometry=shape,
        display_point=inside(shape),
        restriction=kind.restriction,
        accessibility=kind.accessibility,
        hours=kind.hours,
        capacity=people,
        extra={"features": list(kind.features)} if kind.features else {},
    )


def _openings(
    spec: BuildingSpec, plate: Plate, rooms: tuple[Room, ...], level_id: LevelId, ordinal: int
) -> Iterator[Opening]:
    doors: list[Doorway] = []
    for room in rooms[1:]:
        doors += doors_of(plate, room, _sides(spec, room, ordinal))
    doors += joining_doors(plate)
    lines = place(spec, [door.line for door in doors])
    for i, (door, line) in enumerate(zip(doors, lines, strict=True), start=1):
        yield _opening(f"{level_id}-door{i}", level_id, door.kind, line, "pedestrian", {})


def _sides(spec: BuildingSpec, room: Room, ordinal: int) -> tuple[str, ...]:
    """Return where a moving stair or ramp is entered: at one end below, at the other above."""
    side = next((s.door for s in spec.strips if s.name == room.strip), "")
    if room.kind.shaft == "ramp":
        return side, OPPOSITE[side]
    if room.kind.shaft == "escalator":
        return (side,) if spec.escalators[room.strip][0] == ordinal else (OPPOSITE[side],)
    return ()


def _opening(
    opening_id: str, level_id: LevelId, kind: DoorKind, line: BaseGeometry, category: str, name: LanguageMap
) -> Opening:
    assert isinstance(line, LineString)
    return Opening(
        id=OpeningId(FeatureId(opening_id)),
        level_id=level_id,
        category=category,
        name=name,
        geometry=line,
        door=Door(type=kind.type, material=kind.material, automatic=kind.automatic),
        accessibility=("wheelchair",),
        access_control=kind.access_control,
        width_m=round(line.length, 2),
    )


def _entrances(spec: BuildingSpec, plate: Plate, level_id: LevelId) -> Iterator[tuple[Opening, DoorOutside]]:
    for i, entrance in enumerate(spec.entrances, start=1):
        kind = ENTRANCE_DOORS[entrance.category]
        if not any(
            shapely.dwithin(Point(entrance.x, entrance.y), r.shape, 0.01) and _is_wide(r) for r in plate.rooms
        ):
            kind = DoorKind(
                type=kind.type, width_m=CORRIDOR_END_M, automatic=kind.automatic, material=kind.material
            )
        door, out = door_outside(plate, entrance, kind)
        middle = door.line.interpolate(0.5, normalized=True)
        line, at = place(spec, [door.line, middle])
        opening = _opening(f"{level_id}-entrance{i}", level_id, kind, line, entrance.category, entrance.name)
        assert isinstance(at, Point)
        yield (
            opening,
            DoorOutside(
                opening_id=opening.id,
                at=at,
                out=direction(spec, (middle.x, middle.y), out),
                steps=spec.steps and entrance.category == "pedestrian.principal",
                automobile=entrance.category == "automobile",
            ),
        )


def _is_wide(room: Room) -> bool:
    return room.kind.name != "corridor"
