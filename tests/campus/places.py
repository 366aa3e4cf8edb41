"""Small campuses for tests, drawn in metres."""

from __future__ import annotations

from collections.abc import Iterable

from shapely.geometry import LineString, Polygon, box

from yuanli.campus import (
    Building,
    BuildingId,
    Campus,
    CampusId,
    Feature,
    FeatureId,
    Frame,
    LanguageMap,
    Level,
    LevelId,
    Opening,
    OpeningId,
    Unit,
    UnitId,
    by_id,
)

FRAME = Frame(120.0, 30.0)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Polygon:
    return FRAME.geographic(box(x0, y0, x1, y1))


def line(*points: tuple[float, float]) -> LineString:
    return FRAME.geographic(LineString(points))


def campus_of(*features: Feature) -> Campus:
    return Campus(id=CampusId("test"), name={"zh": "测试园", "en": "Test park"}, features=by_id(features))


def changed(campus: Campus, *features: Feature) -> Campus:
    return campus.with_features({FeatureId(f.id): f for f in features}, campus.revision + 1)


def without(campus: Campus, *ids: str) -> Campus:
    return campus.with_features({FeatureId(i): None for i in ids}, campus.revision + 1)


def house(
    building_id: str, name: LanguageMap, *, x: float = 0.0, ordinals: Iterable[int] = (0,)
) -> tuple[Feature, ...]:
    """A house of 30 × 12 m: a corridor along its south, two rooms and a stair on each level."""
    features: list[Feature] = [
        Building(
            id=BuildingId(FeatureId(building_id)),
            category="office",
            name=name,
            geometry=rectangle(x, 0, x + 30, 12),
        )
    ]
    for ordinal in ordinals:
        key = f"{building_id}-{ordinal}"
        level_id = LevelId(FeatureId(key))
        number = ordinal + 1
        features.append(
            Level(
                id=level_id,
                ordinal=ordinal,
                name={"zh": f"{number}层", "en": f"Level {number}"},
                short_name={"und": f"{number}F"},
                geometry=rectangle(x, 0, x + 30, 12),
                building_ids=(BuildingId(FeatureId(building_id)),),
            )
        )
        rooms = (
            ("walk", "walkway", 0, 0, 30, 4),
            ("1", "office", 0, 4, 12, 12),
            ("2", "office", 12, 4, 24, 12),
        )
        stair = ("stair", "stairs", 24, 4, 30, 12)
        for room, category, x0, y0, x1, y1 in (*rooms, stair):
            features.append(
                Unit(
                    id=UnitId(FeatureId(f"{key}-{room}")),
                    level_id=level_id,
                    category=category,
                    name={"und": f"{number}0{room}"} if room in "12" else {},
                    geometry=rectangle(x + x0, y0, x + x1, y1),
                )
            )
        doors = {"d1": (5, 4, 6, 4), "d2": (17, 4, 18, 4), "d3": (26, 4, 27, 4)}
        if ordinal == 0:
            doors["in"] = (14, 0, 16, 0)
        for door, (x0, y0, x1, y1) in doors.items():
            features.append(
                Opening(
                    id=OpeningId(FeatureId(f"{key}-{door}")),
                    level_id=level_id,
                    category="pedestrian.principal" if door == "in" else "pedestrian",
                    geometry=line((x + x0, y0), (x + x1, y1)),
                )
            )
    return tuple(features)


def two_room_house() -> Campus:
    """One house A座 with two levels, each of a corridor, rooms `N01` and `N02`, and a stair."""
    return campus_of(*house("a", {"zh": "A座", "en": "Building A"}, ordinals=(0, 1)))
