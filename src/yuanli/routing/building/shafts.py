"""How levels are joined: stairs, lifts, escalators and ramps that stand above each other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.cluster.hierarchy import DisjointSet

from yuanli.campus import Building, FeatureId, PathwayMode, Relationship, UnitId
from yuanli.routing.building.kinds import FLIGHTS
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.survey import Space, Survey

MODES: Mapping[str, PathwayMode] = {
    "stairs": PathwayMode.STAIRS,
    "elevator": PathwayMode.ELEVATOR,
    "escalator": PathwayMode.ESCALATOR,
    "ramp": PathwayMode.RAMP,
    "movingwalkway": PathwayMode.MOVING_WALKWAY,
}

_BESIDE_M = 0.5
"""The head of a flight lies this near to its foot on the level below, or over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A link between two spaces, from `tail` to `head`, and back unless `one_way`.

    It is `guessed` inside a room that is drawn on two levels without the stairs in it.
    """

    tail: Space
    head: Space
    mode: PathwayMode
    one_way: bool = False
    feature_id: FeatureId
    hours: str | None = None
    guessed: bool = False


def flights_of(survey: Survey) -> list[Flight]:
    """Return the flights that relationships tell, and between spaces of one kind that are stacked."""
    told = [flight for r in survey.campus.of(Relationship) for flight in _told(survey, r)]
    pairs = {frozenset((f.tail.id, f.head.id)) for f in told}
    stacked = [f for f in _stacked(survey) if frozenset((f.tail.id, f.head.id)) not in pairs]
    return [*told, *stacked]


def rise_m(survey: Survey, flight: Flight, params: NetworkParams) -> float:
    """Return how far a flight climbs: floors times the storey height of its building."""
    building = survey.campus.find(flight.tail.building_id or "")
    storey_m = params.storey_m
    if isinstance(building, Building) and building.height_m and building.storeys:
        told = building.height_m / building.storeys
        storey_m = told if 2.4 <= told <= 6.0 else storey_m
    return (flight.head.ordinal - flight.tail.ordinal) * storey_m


def walked_m(flight: Flight, climb_m: float, across_m: float, params: NetworkParams) -> float:
    """Return the length walked or ridden on a flight that climbs and goes across, in metres."""
    climb_m = abs(climb_m)
    pitch = {PathwayMode.STAIRS: params.stair_pitch, PathwayMode.ESCALATOR: params.escalator_pitch}
    run_m = climb_m / pitch[flight.mode] if flight.mode in pitch else 0.0
    if flight.mode is PathwayMode.RAMP:
        box = flight.tail.shape.minimum_rotated_rectangle
        run_m = float(np.max(np.hypot(*np.diff(shapely.get_coordinates(box), axis=0).T)))
    return math.hypot(max(run_m, across_m), climb_m)


def shafts_of(survey: Survey, flights: Sequence[Flight]) -> Mapping[FeatureId, tuple[FeatureId, ...]]:
    """Return for each space on a flight all the spaces of its shaft, in file order."""
    groups: DisjointSet = DisjointSet()
    for flight in flights:
        groups.add(flight.tail.id)
        groups.add(flight.head.id)
        groups.merge(flight.tail.id, flight.head.id)
    order = {unit_id: i for i, unit_id in enumerate(survey.spaces)}
    shafts: dict[FeatureId, tuple[FeatureId, ...]] = {}
    for group in groups.subsets():
        members = tuple(sorted(group, key=lambda u: order[u]))
        shafts.update((member, members) for member in members)
    return shafts


def _told(survey: Survey, relation: Relationship) -> list[Flight]:
    category = relation.category.lower().split(".")[0]
    category = {"lift": "elevator", "steps": "stairs"}.get(category, category)
    if category not in MODES:
        return []
    chain = [f for f in (relation.origin, *relation.intermediary, relation.destination) if f is not None]
    spaces = [space for f in chain if (space := survey.spaces.get(UnitId(f))) is not None]
    return [
        Flight(
            tail=tail,
            head=head,
            mode=MODES[category],
            one_way=relation.direction == "directed" and category != "elevator",
            feature_id=head.id if tail.ordinal > head.ordinal else tail.id,
            hours=relation.hours,
        )
        for tail, head in pairwise(spaces)
        if tail.id != head.id and tail.ordinal != head.ordinal
    ]


def _stacked(survey: Survey) -> list[Flight]:
    by_kind: dict[str, list[Space]] = defaultdict(list)
    for space in survey.spaces.values():
        if space.kind.connector in FLIGHTS:
            by_kind[space.kind.connector].append(space)
    flights: list[Flight] = []
    for kind, spaces in by_kind.items():
        stack = _stack(spaces, MODES[kind])
        flights += stack
        if kind != "elevator":
            flights += _beside(spaces, MODES[kind], stack)
    return flights


def _stack(spaces: Sequence[Space], mode: PathwayMode) -> list[Flight]:
    """Join each space to the one that stands on it on the next level up that has one."""
    shapes = np.array([s.shape for s in spaces], dtype=object)
    rows, columns = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    above: dict[int, list[tuple[float, float, int]]] = defaultdict(list)
    for i, j in sorted(zip(rows.tolist(), columns.tolist(), strict=True)):
        lower, upper = spaces[i], spaces[j]
        gap = upper.ordinal - lower.ordinal
        if gap <= 0 or (mode is not PathwayMode.ELEVATOR and gap > 2) or not _one_building(lower, upper):
            continue
        shared = float(lower.shape.intersection(upper.shape).area)
        share = shared / min(float(lower.shape.area), float(upper.shape.area))
        if share >= 0.2 or shared >= 1.0:
            above[i].append((gap, -share, j))
    flights = []
    for i, found in above.items():
        nearest = min(found)[0]
        level = sorted((share, j) for gap, share, j in found if gap == nearest)
        for rank, (share, j) in enumerate(level):
            if rank == 0 or -share >= 0.5:
                flights.append(Flight(tail=spaces[i], head=spaces[j], mode=mode, feature_id=spaces[i].id))
    return flights


def _beside(spaces: Sequence[Space], mode: PathwayMode, stack: Sequence[Flight]) -> list[Flight]:
    """Join spaces that lie side by side on two levels, where nothing stands on one nor under the other.

    A straight flight is often drawn so: its foot on the lower level, its head on the upper.
    """
    covered, standing = {f.tail.id for f in stack}, {f.head.id for f in stack}
    shapes = np.array([s.shape for s in spaces], dtype=object)
    rows, columns = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_BESIDE_M)
    flights = []
    for i, j in sorted(zip(rows.tolist(), columns.tolist(), strict=True)):
        lower, upper = spaces[i], spaces[j]
        if not 0 < upper.ordinal - lower.ordinal <= 1 or not _one_building(lower, upper):
            continue
        if lower.id not in covered and upper.id not in standing:
            covered.add(lower.id)
            standing.add(upper.id)
            flights.append(Flight(tail=lower, head=upper, mode=mode, feature_id=lower.id))
    return flights


def _one_building(lower: Space, upper: Space) -> bool:
    return None in (lower.building_id, upper.building_id) or lower.building_id == upper.building_id
