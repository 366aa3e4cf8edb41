"""Devices and points of one file brought onto a campus that is there already: places are found by id or name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from yuanli.campus.features import (
    Alias,
    Building,
    DataPoint,
    Device,
    Feature,
    FeatureId,
    Geofence,
    Level,
    Section,
    Unit,
    Venue,
)
from yuanli.campus.findings import Finding
from yuanli.campus.geojson.repairs import repaired, summed_up
from yuanli.campus.imported import Imported, refused
from yuanli.campus.place import Campus, level_of
from yuanli.campus.revisions import Change
from yuanli.campus.search.folding import fold
from yuanli.errors import Text

PLACES = (Venue, Building, Level, Unit, Section, Geofence)
THINGS = (Device, DataPoint, Alias)


def join_equipment(campus: Campus, imported: Imported) -> tuple[tuple[Change, ...], tuple[Finding, ...]]:
    """Return the changes that bring devices and points onto a campus, and what could not be placed.

    A place of the file is the campus's place of the same id, else the only one of the same name on the same floor
    or in the same building; a thing whose place is not found goes to the nearest place around it that is. The same
    file again changes nothing.

    Raises
    ------
    ImportRefusedError
        The file has no devices or points, or one of its ids is taken by something else.
    """
    places = _Places(campus, imported.campus)
    findings: list[Finding] = []
    changes: list[Change] = []
    for thing in _things(imported.campus):
        before = campus.find(thing.id)
        if before is not None and type(before) is not type(thing):
            raise refused(
                f"编号 {thing.id!r} 在园区里已是别的要素。",
                f"The id {thing.id!r} is another kind of feature on the campus.",
                field=thing.id,
                hint=Text("在文件里换一个编号。", "Give it another id in the file."),
            )
        placed = places.put(thing, findings)
        if before != placed:
            changes.append(Change(feature_id=thing.id, before=before, after=placed))
    return tuple(changes), summed_up((*imported.repairs, *findings))


def _things(campus: Campus) -> Iterator[Device | DataPoint | Alias]:
    found = [f for f in campus.features.values() if isinstance(f, THINGS)]
    if not found:
        raise refused(
            "文件里没有设备或点位。",
            "The file has no devices or points.",
            field="file",
            hint=Text("不加 --into 可作为新园区导入。", "Import it as a campus of its own, without --into."),
        )
    yield from sorted(found, key=lambda f: THINGS.index(type(f)))


class _Places:
    """Finds the campus's places that a file's places are."""

    def __init__(self, campus: Campus, file: Campus) -> None:
        self.campus, self.file = campus, file
        self.named: Mapping[tuple[type, str], list[FeatureId]] = _by_name(campus)
        self.known: dict[str, FeatureId | None] = {}

    def put(self, thing: Device | DataPoint | Alias, findings: list[Finding]) -> Feature:
        if isinstance(thing, Alias) or thing.space_id is None:
            return thing
        place: FeatureId | None = thing.space_id
        while place is not None and (found := self.find(place)) is None:
            place = self._around(place)
        if place != thing.space_id:
            there = found if place is not None else None
            findings.append(
                repaired(
                    "unknown_place",
                    f"地图上没有 {thing.space_id}，{thing.id} {f'放在 {there}' if there else '没有位置'}。",
                    f"{thing.space_id} is not on the map; {thing.id} "
                    f"{f'was put at {there}' if there else 'has no place'}.",
                    feature_id=thing.id,
                    remedy=Text(
                        "在地图上补画，或改名后再导入。", "Draw it, or correct its name, and import again."
                    ),
                )
            )
        return replace(thing, space_id=found if place is not None else None)

    def find(self, place: FeatureId) -> FeatureId | None:
        if place not in self.known:
            self.known[place] = None
            self.known[place] = self._look(place)
        return self.known[place]

    def _look(self, place: FeatureId) -> FeatureId | None:
        own = self.file.find(place)
        there = self.campus.find(place)
        if own is None or (there is not None and isinstance(there, PLACES)):
            return None if there is None else place
        if isinstance(own, Venue) and self.campus.venue is not None:
            return self.campus.venue.id
        kinds = (Unit, Section, Geofence) if isinstance(own, Unit | Section) else (type(own),)
        around = self._around(place)
        inside = self.find(around) if around is not None else None
        for text in getattr(own, "name", {}).values():
            same = [i for kind in kinds for i in self.named.get((kind, fold(text)), [])]
            near = [i for i in same if self._within(i, inside)] if inside is not None else same
            if len(near) == 1:
                return near[0]
        if isinstance(own, Level) and inside is not None:
            levels = [
                lv for lv in self.campus.of(Level) if inside in lv.building_ids and lv.ordinal == own.ordinal
            ]
            if len(levels) == 1:
                return levels[0].id
        return None

    def _within(self, place: FeatureId, inside: FeatureId) -> bool:
        feature = self.campus.find(place)
        if feature is None or place == inside or isinstance(self.campus.find(inside), Venue):
            return feature is not None
        level = level_of(feature)
        building = self.campus.building_of(level)
        return inside in (level, building, *getattr(feature, "building_ids", ()))

    def _around(self, place: FeatureId) -> FeatureId | None:
        feature = self.file.find(place)
        if isinstance(feature, Unit | Section):
            return feature.level_id
        if isinstance(feature, Level) and feature.building_ids:
            return feature.building_ids[0]
        venue = self.file.venue
        return venue.id if venue is not None and place != venue.id and feature is not None else None


def _by_name(campus: Campus) -> Mapping[tuple[type, str], list[FeatureId]]:
    named: dict[tuple[type, str], list[FeatureId]] = defaultdict(list)
    for place in campus.features.values():
        if isinstance(place, PLACES):
            refs = {place.ref} if isinstance(place, Unit) and place.ref else set()
            others = {alias.text for alias in campus.aliases_by_feature.get(place.id, ())}
            texts = (*place.name.values(), *getattr(place, "alt_name", {}).values(), *refs, *others)
            for text in {fold(one) for one in texts}:
                named[type(place), text].append(place.id)
    return named
