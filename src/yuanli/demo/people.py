"""Who is in the park: tenants and departments with their rooms, shops and services, things looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from shapely.geometry import Point

from yuanli.campus import Amenity, Anchor, Feature, FeatureId, LanguageMap, Occupant, Team, TeamId
from yuanli.demo.buildings import Built, Space
from yuanli.demo.tables import load_table


def own_names() -> dict[str, list[LanguageMap]]:
    """Return the own names that meeting rooms, halls and dining halls get, by kind of room."""
    names = load_table("people")["own"]
    meeting = [{"zh": f"{zh}会议室", "en": f"{en} Room"} for zh, en in names["meeting"]]
    halls = {
        kind: [{"zh": zh, "en": en} for zh, en in rows] for kind, rows in names.items() if kind != "meeting"
    }
    return {"meeting": [*meeting], **{kind: [*rows] for kind, rows in halls.items()}}


def settle(built: Built, rng: Random) -> Iterator[Feature]:
    """Yield teams, occupants with their anchors, and amenities indoors."""
    table = load_table("people")
    yield from _teams(built, table["firms"], table["departments"], rng)
    free = list(built.spaces)
    for i, (zh, en, category, building, kind, hours) in enumerate(table["occupants"], start=1):
        space = _take(free, building, kind)
        if space is not None:
            yield from _occupant(i, space, {"zh": zh, "en": en}, category, hours)
    for i, (category, zh, en, building, ordinal, kind) in enumerate(table["things"], start=1):
        here = [s for s in built.spaces if (s.spec.id, s.ordinal, s.kind.name) == (building, ordinal, kind)]
        if here:
            yield Amenity(
                id=FeatureId(f"amenity-{i}"),
                category=category,
                name={"zh": zh, "en": en},
                geometry=_beside(here[0], i),
                level_id=here[0].unit.level_id,
                unit_ids=(here[0].unit.id,),
            )


def _beside(space: Space, i: int) -> Point:
    """Return a spot in a room, off its middle so that things don't stand on one another."""
    middle = space.unit.display_point
    assert middle is not None
    spot = Point(middle.x + 1.5 * (i % 5 - 2), middle.y + 1.2 * (i % 3 - 1))
    return spot if space.shape.contains(spot) else middle


def _take(free: list[Space], building: str, kind: str) -> Space | None:
    for i, space in enumerate(free):
        if space.spec.id == building and space.kind.name == kind:
            return free.pop(i)
    return None


def _occupant(i: int, space: Space, name: LanguageMap, category: str, hours: str) -> Iterator[Feature]:
    anchor = Anchor(
        id=FeatureId(f"anchor-{i}"),
        geometry=space.unit.display_point,
        unit_id=space.unit.id,
        address_id=FeatureId(f"address-{space.spec.id}"),
    )
    yield anchor
    yield Occupant(
        id=FeatureId(f"occupant-{i}"),
        category=category,
        name=name,
        anchor_id=anchor.id,
        hours=hours,
        phone=f"+86 571 5550 {1000 + i}",
    )


def _teams(
    built: Built,
    firms: list[tuple[str, str, int]],
    departments: list[tuple[str, str, int, str, str]],
    rng: Random,
) -> Iterator[Team]:
    """Yield tenants that fill the rooms floor by floor, and the park's own departments."""
    rooms = [s for s in built.spaces if s.kind.team_space]
    order = list(firms)
    rng.shuffle(order)
    places = iter(_shares(rooms, [people for _, _, people in order]))
    for i, (zh, en, people) in enumerate(order, start=1):
        spaces = next(places)
        yield Team(
            id=TeamId(FeatureId(f"team-{i}")),
            name={"zh": zh, "en": en},
            category="tenant",
            headcount=people,
            space_ids=tuple(s.unit.id for s in spaces),
            phone=f"+86 571 5551 {1000 + i}",
        )
    park = TeamId(FeatureId("team-park"))
    yield Team(id=park, name={"zh": "云谷园区管理公司", "en": "Yungu Park Management"}, category="operator")
    by_place: Mapping[tuple[str, str], Space] = {(s.kind.name, s.spec.id): s for s in reversed(built.spaces)}
    for i, (zh, en, people, kind, building) in enumerate(departments, start=1):
        home = by_place.get((kind, building))
        yield Team(
            id=TeamId(FeatureId(f"department-{i}")),
            name={"zh": zh, "en": en},
            category="department",
            parent_id=park,
            headcount=people,
            space_ids=(home.unit.id,) if home else (),
            phone=f"+86 571 5552 {1000 + i}",
        )


def _shares(rooms: list[Space], people: list[int]) -> Iterator[list[Space]]:
    """Yield rooms for each tenant, in order of building and floor, until all its people have a seat."""
    waiting = iter(rooms)
    for needed in people:
        taken: list[Space] = []
        seats = 0
        while seats < needed and (room := next(waiting, None)) is not None:
            taken.append(room)
            seats += room.unit.capacity or 1
        yield taken
