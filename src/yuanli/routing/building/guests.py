"""What is found in a space or outdoors: amenities, occupants, kiosks; and which nodes reach each feature."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely

from yuanli.campus import (
    Amenity,
    Anchor,
    Campus,
    DataPoint,
    Device,
    FeatureId,
    Fixture,
    Footprint,
    Geofence,
    Kiosk,
    Level,
    LevelId,
    Node,
    Occupant,
    Pathway,
    Section,
    Team,
    UnitId,
    Venue,
    point_of,
)
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.survey import Space, Survey, Xy, metric

Placed = Amenity | Anchor | Kiosk | Fixture


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A thing at a point: in a space, or outdoors where `space` is None."""

    feature: Placed
    xy: Xy
    ordinal: float
    level_id: LevelId | None
    space: Space | None

    def apart(self, params: NetworkParams) -> bool:
        """Tell whether it is a place of its own in its space, not just where the space is."""
        space = self.space
        if space is None or space.kind.connector:
            return False
        return space.kind.passage or float(space.shape.area) > params.large_m2


def guests_of(survey: Survey) -> list[Guest]:
    """Return amenities, anchors and kiosks where they are."""
    campus = survey.campus
    things: list[Placed] = [*campus.of(Amenity), *campus.of(Anchor), *campus.of(Kiosk)]
    placed = [(thing, point) for thing in things if (point := point_of(thing)) is not None]
    points = metric(campus, [point for _, point in placed])
    finder = _Finder(survey)
    guests = []
    for (thing, _), point in zip(placed, points, strict=True):
        level_id, told = _told(survey, thing)
        space = told or finder.space_at(level_id, point)
        level_id = space.unit.level_id if space is not None else level_id
        guests.append(
            Guest(
                feature=thing,
                xy=(float(point.x), float(point.y)),
                ordinal=survey.ordinal(level_id) if level_id else _ordinal(thing),
                level_id=level_id,
                space=space,
            )
        )
    return guests


def _ordinal(thing: Placed) -> float:
    told = thing.extra.get("ordinal")
    return float(told) if isinstance(told, int | float) else 0.0


def _told(survey: Survey, thing: Placed) -> tuple[LevelId | None, Space | None]:
    unit_ids: Sequence[UnitId] = ()
    if isinstance(thing, Amenity):
        unit_ids = thing.unit_ids
    elif isinstance(thing, Anchor) and thing.unit_id is not None:
        unit_ids = (thing.unit_id,)
    space = next((survey.spaces[u] for u in unit_ids if u in survey.spaces), None)
    level_id = getattr(thing, "level_id", None)
    return (space.unit.level_id if space is not None else level_id), space


class _Finder:
    """Spaces by level and on the ground, in spatial indexes made when first asked for."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._trees: dict[LevelId | None, tuple[list[Space], shapely.STRtree]] = {}

    def space_at(self, level_id: LevelId | None, point: shapely.Point) -> Space | None:
        """Return the smallest space at a point of a level; on the ground where the level is None."""
        if level_id not in self._trees:
            spaces = (
                list(self._survey.on(level_id))
                if level_id is not None
                else [s for s in self._survey.spaces.values() if s.ordinal == 0]
            )
            self._trees[level_id] = spaces, shapely.STRtree([s.shape for s in spaces])
        spaces, tree = self._trees[level_id]
        found = tree.query(point, predicate="intersects").tolist()
        if not found and level_id is not None:
            found = tree.query(point, predicate="dwithin", distance=3.0).tolist()
            return min(
                (spaces[k] for k in found), key=lambda s: (s.shape.distance(point), s.id), default=None
            )
        return min((spaces[k] for k in found), key=lambda s: (s.shape.area, s.id), default=None)


def entrances_of(
    survey: Survey, nodes: Mapping[FeatureId, tuple[int, ...]], exits: Mapping[FeatureId, tuple[int, ...]]
) -> dict[FeatureId, tuple[int, ...]]:
    """Return the nodes of every feature that can be a start or goal.

    `nodes` is what is known, of units, openings, amenities, anchors, buildings, geofences and drawn
    nodes; `exits` says where each building is entered.
    """
    campus = survey.campus
    found = dict(nodes)
    for building_id, at in exits.items():
        found[building_id] = tuple(dict.fromkeys((*at, *found.get(building_id, ()))))
    for occupant in campus.of(Occupant):
        _take(found, occupant.id, (occupant.anchor_id,))
    for section in campus.of(Section):
        _take(found, section.id, _units_in(survey, section))
    for level in campus.of(Level):
        spaces = survey.on(level.id)
        passages = [s.id for s in spaces if s.kind.passage and not s.kind.connector]
        _take(found, level.id, passages or [s.id for s in spaces] or level.building_ids)
    for team in campus.of(Team):
        _take(found, team.id, team.space_ids)
    for team in campus.of(Team):
        _take(found, team.id, [part.id for part in campus.of(Team) if part.parent_id == team.id])
    for device in campus.of(Device):
        _take(found, device.id, (device.space_id,))
    for point in campus.of(DataPoint):
        _take(found, point.id, (point.space_id or point.device_id,))
    for footprint in campus.of(Footprint):
        _take(found, footprint.id, footprint.building_ids)
    for fence in campus.of(Geofence):
        _take(found, fence.id, (*fence.level_ids, *fence.building_ids))
    for way in campus.of(Pathway):
        _take(found, way.id, (way.from_node_id, way.to_node_id))
    for venue in campus.of(Venue):
        _take(found, venue.id, _gates(campus))
        _take(found, venue.id, tuple(exits))
    return found


def _take(
    found: dict[FeatureId, tuple[int, ...]], feature_id: FeatureId, sources: Sequence[FeatureId | None]
) -> None:
    """Let a feature be reached where its sources are, unless it has nodes of its own."""
    if found.get(feature_id):
        return
    nodes = tuple(dict.fromkeys(n for s in sources if s is not None for n in found.get(s, ())))
    if nodes:
        found[feature_id] = nodes


def _units_in(survey: Survey, section: Section) -> list[FeatureId]:
    spaces = survey.on(section.level_id)
    if section.geometry is None or not spaces:
        return []
    area = metric(survey.campus, [section.geometry])[0]
    area = area if area.is_valid else shapely.make_valid(area)
    inside = [s.id for s in spaces if area.intersects(s.shape.representative_point())]
    if inside:
        return list(inside)
    shared = max(
        spaces, key=lambda s: (float(s.shape.intersection(area).area), -s.shape.distance(area), s.id)
    )
    return [shared.id]


def _gates(campus: Campus) -> list[FeatureId]:
    nodes = [n.id for n in campus.of(Node) if n.category in ("gate", "entrance", "lift_gate") and n.name]
    amenities = [a.id for a in campus.of(Amenity) if a.category in ("gate", "entrance", "entry")]
    plain: list[FeatureId] = [n.id for n in campus.of(Node) if n.category == "gate"]
    return [*nodes, *amenities] or plain


def by_space(guests: Sequence[Guest], params: NetworkParams) -> Mapping[UnitId, list[Guest]]:
    """Return the guests that are places of their own, by space."""
    grouped: dict[UnitId, list[Guest]] = defaultdict(list)
    for guest in guests:
        if guest.space is not None and guest.apart(params):
            grouped[guest.space.id].append(guest)
    return grouped
