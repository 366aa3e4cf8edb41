"""Places, devices and points as a file of the field names them, put together as a campus."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from shapely.geometry import Point

from yuanli.campus.equipment.classes import EQUIPMENT, LOCATION, POINT, is_kind_of
from yuanli.campus.features import (
    NOTHING,
    Alias,
    Building,
    BuildingId,
    DataPoint,
    Device,
    DeviceId,
    Extra,
    Feature,
    FeatureId,
    Geofence,
    LanguageMap,
    Level,
    LevelId,
    PointId,
    Section,
    Unit,
    UnitId,
    Venue,
)
from yuanli.campus.findings import Finding
from yuanli.campus.geojson.repairs import repaired, summed_up
from yuanli.campus.imdf.ordinals import storey_of
from yuanli.campus.imported import Imported, refused
from yuanli.campus.place import Campus, CampusId, by_id
from yuanli.errors import Text

VENUE = ("Site", "Region")
OUTDOORS = "Outdoor_Area"
LEVEL = ("Floor", "Storey", "Basement", "Rooftop", "Parking_Level")
ZONES = ("Zone", "Wing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing of a file: a place, a device or a point. References are keys of other things.

    Parameters
    ----------
    key
        What the file calls it; unique.
    inside
        The places and devices that it is in or part of, the nearest first where the file tells.
    names_of_feed
        What its readings are called by whoever sends them.
    """

    key: str
    kind: str
    brick_class: str
    name: LanguageMap = NOTHING
    inside: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    names_of_feed: tuple[str, ...] = ()
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    capacity: int | None = None
    ordinal: float | None = None
    spot: Point | None = None
    extra: Extra = NOTHING


def assemble(
    things: Sequence[Thing], *, campus_id: CampusId, name: LanguageMap, source: str, repairs: list[Finding],
    time_zone: str | None = None,
) -> Imported:  # fmt: skip
    """Return the campus of these things: places without shapes, devices, points, and what feeds call them.

    Raises
    ------
    ImportRefusedError
        There is no place, device or point among them.
    """
    if not things:
        raise refused(
            "文件里没有空间、设备或点位。",
            "The file has no places, devices or points.",
            field=source,
            hint=Text(
                "检查文件是否完整、命名空间是否为 Brick。", "Check that it is whole and of Brick or Haystack."
            ),
        )
    draft = _Draft(things, repairs)
    venue = next((t for t in draft.of(LOCATION) if t.brick_class in VENUE), None)
    campus = Campus(
        id=campus_id,
        name=name or (venue.name if venue else NOTHING),
        features=by_id(draft.features()),
        source=source,
        time_zone=time_zone or "Asia/Shanghai",
    )
    return Imported(campus=campus, repairs=summed_up(repairs))


@dataclass
class _Draft:
    things: Sequence[Thing]
    repairs: list[Finding]
    by_key: Mapping[str, Thing] = field(init=False)
    ids: Mapping[str, FeatureId] = field(init=False)

    def __post_init__(self) -> None:
        self.by_key = {thing.key: thing for thing in self.things}
        self.ids = _ids(self.things)
        self.implied: dict[str, LevelId] = {}

    def of(self, kind: str) -> list[Thing]:
        return [thing for thing in self.things if thing.kind == kind]

    def features(self) -> Iterator[Feature]:
        places = [self._place(thing) for thing in self.of(LOCATION)]
        yield from self._implied_levels()
        yield from (place for place in places if place is not None)
        for thing in self.of(EQUIPMENT):
            yield Device(
                id=DeviceId(self.ids[thing.key]), brick_class=thing.brick_class, name=thing.name,
                space_id=self._space(thing), geometry=thing.spot, extra=thing.extra,
                feeds=tuple(self.ids[key] for key in thing.feeds if key in self.ids),
            )  # fmt: skip
        for thing in self.of(POINT):
            yield from self._point(thing)

    def _point(self, thing: Thing) -> Iterator[Feature]:
        point_id = PointId(self.ids[thing.key])
        device = next((k for k in thing.inside if self._kind(k) == EQUIPMENT), None)
        yield DataPoint(
            id=point_id, brick_class=thing.brick_class, name=thing.name, unit=thing.unit,
            low=thing.low, high=thing.high, extra=thing.extra,
            device_id=DeviceId(self.ids[device]) if device else None, space_id=self._space(thing),
        )  # fmt: skip
        for number, text in enumerate(dict.fromkeys(thing.names_of_feed), start=1):
            if text != point_id:
                alias_id = FeatureId(f"{point_id}-ref{number}")
                yield Alias(id=alias_id, feature_id=point_id, language="und", text=text, kind="ref")

    def _place(self, thing: Thing) -> Feature | None:
        own, name, extra = self.ids[thing.key], thing.name, thing.extra
        kind = thing.brick_class
        if kind in VENUE:
            return Venue(id=own, name=name, display_point=thing.spot, extra=extra)
        if _is_building(kind):
            category = "parking" if kind == "Parking_Structure" else "unspecified"
            return Building(
                id=BuildingId(own), category=category, name=name, display_point=thing.spot, extra=extra
            )
        if kind in LEVEL:
            building = self._building(thing)
            return Level(
                id=LevelId(own), ordinal=self._ordinal(thing), name=name, extra=extra,
                building_ids=(BuildingId(self.ids[building]),) if building else (),
            )  # fmt: skip
        if kind == OUTDOORS:
            return Geofence(id=own, category=kind.lower(), name=name, display_point=thing.spot, extra=extra)
        level_id = self._level(thing)
        if level_id is None:
            self._lost(thing)
            return None
        if any(is_kind_of(kind, zone) for zone in ZONES):
            return Section(id=own, level_id=level_id, category=kind.lower(), name=name, extra=extra)
        return Unit(
            id=UnitId(own), level_id=level_id, category=category_of(kind), name=name, capacity=thing.capacity,
            display_point=thing.spot, extra=extra,
        )  # fmt: skip

    def _level(self, thing: Thing) -> LevelId | None:
        """Return the level that a room is on; one that has to be made where only the building is known."""
        level = next((k for k in self._above(thing) if self.by_key[k].brick_class in LEVEL), None)
        if level is not None:
            return LevelId(self.ids[level])
        building = self._building(thing)
        if building is None:
            return None
        return self.implied.setdefault(building, LevelId(FeatureId(f"{self.ids[building]}-level")))

    def _implied_levels(self) -> Iterator[Level]:
        for building, level_id in self.implied.items():
            self.repairs.append(
                repaired(
                    "missing_level",
                    f"{self.ids[building]} 有房间没写楼层，已放在一个新建的楼层里。",
                    f"Rooms of {self.ids[building]} name no floor; one was made for them.",
                    feature_id=level_id,
                )
            )
            yield Level(id=level_id, ordinal=0.0, building_ids=(BuildingId(self.ids[building]),))

    def _lost(self, thing: Thing) -> None:
        self.repairs.append(
            repaired(
                "missing_building",
                f"{thing.key} 不在任何楼层或建筑内，已略过。",
                f"{thing.key} is in no floor or building and was left out.",
            )
        )

    def _ordinal(self, thing: Thing) -> float:
        if thing.ordinal is not None:
            return thing.ordinal
        if thing.brick_class == "Basement":
            return -1.0
        found = (storey_of(text) or storey_of(text.rpartition(" ")[2]) for text in thing.name.values())
        storey = next((s for s in found if s is not None), None)
        if storey is None:
            self.repairs.append(
                repaired(
                    "missing_ordinal",
                    f"楼层 {thing.key} 的名称看不出是几层，按首层处理。",
                    f"The name of floor {thing.key} does not tell its storey; it was taken as the ground.",
                    feature_id=self.ids[thing.key],
                )
            )
            return 0.0
        number, _ = storey
        return float(number - 1 if number > 0 else number)

    def _space(self, thing: Thing) -> FeatureId | None:
        """Return the nearest place that a thing is in, which is kept."""
        for key in self._above(thing):
            place = self.by_key[key]
            if place.kind == LOCATION and (
                place.brick_class in (*VENUE, *LEVEL, OUTDOORS) or self._keeps(place)
            ):
                return self.ids[key]
        return None

    def _keeps(self, place: Thing) -> bool:
        return _is_building(place.brick_class) or self._level(place) is not None

    def _building(self, thing: Thing) -> str | None:
        """Return the nearest building that a thing is in."""
        return next((k for k in self._above(thing) if _is_building(self.by_key[k].brick_class)), None)

    def _above(self, thing: Thing) -> Iterator[str]:
        """Yield all that a thing is in, nearest first; circles end."""
        seen, waiting = {thing.key}, [k for k in thing.inside if k in self.by_key]
        while waiting:
            key = waiting.pop(0)
            if key not in seen:
                seen.add(key)
                yield key
                waiting += [k for k in self.by_key[key].inside if k in self.by_key]

    def _kind(self, key: str) -> str | None:
        return self.by_key[key].kind if key in self.by_key else None


def _is_building(brick_class: str) -> bool:
    return brick_class == "Parking_Structure" or is_kind_of(brick_class, "Building")


def category_of(brick_class: str) -> str:
    """Return the category of a room: IMDF's where it has one, else the class in small letters."""
    return ROOMS.get(brick_class, brick_class.lower())


ROOMS = {
    "Room": "room", "Space": "room", "Conference_Room": "conferenceroom", "Team_Room": "conferenceroom",
    "Meeting_Room": "conferenceroom",
    "Office": "office", "Enclosed_Office": "office", "Private_Office": "office", "Open_Office": "office",
    "Shared_Office": "office", "Restroom": "restroom", "Rest_Room": "restroom", "Hallway": "walkway",
    "Lobby": "lobby", "Staircase": "stairs", "Elevator_Shaft": "elevator", "Elevator_Space": "elevator",
    "Library": "library", "Laboratory": "laboratory", "Auditorium": "auditorium", "Cafeteria": "foodservice",
    "Mechanical_Room": "nonpublic", "Electrical_Room": "nonpublic", "Storage_Room": "storage",
    "Break_Room": "lounge", "Breakroom": "lounge", "Server_Room": "serverroom", "Parking_Space": "parking",
    "Mail_Room": "mailroom", "Lounge": "lounge", "Reception": "lobby", "First_Aid_Room": "firstaid",
}  # fmt: skip


def _ids(things: Iterable[Thing]) -> Mapping[str, FeatureId]:
    """Return the ids of things: the last part of each key where that is unique, else all of it."""
    by_last: dict[str, list[str]] = defaultdict(list)
    for thing in things:
        by_last[_plain(unquote(re.split(r"[#/]", thing.key.rstrip("#/"))[-1]))].append(thing.key)
    ids: dict[str, FeatureId] = {}
    for last, keys in by_last.items():
        for number, key in enumerate(sorted(keys)):
            ids[key] = FeatureId(last if number == 0 else f"{last}-{number + 1}")
    return ids


def _plain(text: str) -> str:
    return re.sub(r"[\s\"'<>`{}|\\^]+", "-", text).strip("-") or "thing"
