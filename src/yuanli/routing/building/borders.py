"""Where open spaces flow into each other, and the doors that must be there though nobody drew them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.cluster.hierarchy import DisjointSet
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from yuanli.campus import BuildingId, LevelId, UnitId
from yuanli.routing.building.kinds import FLIGHTS
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.survey import Portal, Space, Survey, Xy


def open_borders(survey: Survey, params: NetworkParams) -> list[Portal]:
    """Return a portal wherever two open spaces of a level share a border or overlap."""
    portals: list[Portal] = []
    doors: dict[LevelId, list[Portal]] = defaultdict(list)
    for door in survey.doors:
        doors[door.level_id].append(door)
    for level_id, spaces in survey.by_level.items():
        open_spaces = [s for s in spaces if s.kind.open]
        walls = _walls(survey, level_id)
        for one, other in _near_pairs(open_spaces, params.border_touch_m):
            pair = {one.id, other.id}
            between = [d.xy for d in doors[level_id] if pair <= set(d.units)]
            for line in _shared_border(one, other, walls, params):
                if line.length < params.open_border_m or _has(line, between):
                    continue
                portals += [
                    Portal(xy=xy, level_id=level_id, units=(one.id, other.id))
                    for xy in _spread(line, params.border_spacing_m)
                ]
    return portals


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesses:
    """What must be there though nobody drew it.

    `portals` are doors, `spans` the rooms drawn on several levels that one walks up and down inside,
    `apart` the groups of spaces that nothing joins to the outdoors even so.
    """

    portals: list[Portal]
    spans: list[tuple[Space, Space]]
    apart: list[tuple[Space, ...]]


def guess_doors(
    survey: Survey,
    portals: Sequence[Portal],
    *,
    joined: Iterable[tuple[UnitId, UnitId]],
    reached: Iterable[UnitId],
    drawn: Iterable[UnitId] = (),
    params: NetworkParams,
) -> Guesses:
    """Guess how the spaces are reached that no door, open border, shaft or drawn way reaches.

    A room on several levels is one room; then come doors to neighbours, the likeliest first; then a
    door for each stair or lift that has none on its level; last doors through drawn walls.

    `joined` are pairs of spaces that shafts join, `reached` those reached from outdoors or by drawn
    ways, `drawn` those with drawn ways in them.
    """
    groups: DisjointSet = DisjointSet([*survey.spaces, ""])
    for one, other in (*joined, *(pair for portal in portals for pair in pairwise(portal.units))):
        groups.merge(one, other)
    for unit in reached:
        groups.merge(unit, "")
    spans = [pair for pair in _spans(survey) if groups.merge(pair[0].id, pair[1].id)]
    candidates = _candidates(survey, params)
    plain = [c for c in candidates if not c.walled]
    guessed: list[_Candidate] = []
    for chosen in ([c for c in plain if c.rank <= 1], plain):
        guessed += [c for c in chosen if groups.merge(c.near.id, c.far.id)]
    with_door = {u for p in portals if len(p.units) > 1 or p.opening is not None for u in p.units}
    with_door |= {u for c in guessed for u in (c.near.id, c.far.id)} | set(drawn)
    for candidate in _doors_of_flights([*plain, *(c for c in candidates if c.walled)], with_door):
        groups.merge(candidate.near.id, candidate.far.id)
        guessed.append(candidate)
    for candidate in candidates:
        outside = [groups.connected(space.id, "") for space in (candidate.near, candidate.far)]
        if not all(outside) and groups.merge(candidate.near.id, candidate.far.id):
            guessed.append(candidate)
    apart = [g for g in groups.subsets() if not groups.connected(next(iter(g)), "")]
    order = {unit_id: i for i, unit_id in enumerate(survey.spaces)}
    ranked = sorted(sorted(order[unit_id] for unit_id in group) for group in apart)
    spaces = list(survey.spaces.values())
    return Guesses(
        portals=[_between(c.near, c.far) for c in guessed],
        spans=spans,
        apart=[tuple(spaces[i] for i in group) for group in ranked],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """Two spaces near enough for a door between them; `walled` where a drawn wall is in between."""

    rank: int
    likely: float
    walled: bool
    near: Space
    far: Space


def _spans(survey: Survey) -> list[tuple[Space, Space]]:
    """Return the pairs of levels of each room that is one thing of the source on several levels."""
    copies: dict[tuple[object, BuildingId | None], list[Space]] = defaultdict(list)
    for space in survey.spaces.values():
        source = space.unit.extra.get("osm_id")
        if source is not None and not space.kind.passage and not space.kind.connector:
            copies[source, space.building_id].append(space)
    return [
        pair
        for spaces in copies.values()
        for pair in pairwise(sorted(spaces, key=lambda s: s.ordinal))
        if pair[0].ordinal != pair[1].ordinal
    ]


def _doors_of_flights(candidates: Sequence[_Candidate], with_door: Collection[UnitId]) -> list[_Candidate]:
    """Return the likeliest door of each stair or lift that has none on its level, though its shaft has."""
    first: dict[UnitId, _Candidate] = {}
    for candidate in candidates:
        for one, other in ((candidate.near, candidate.far), (candidate.far, candidate.near)):
            if one.kind.connector in FLIGHTS and not other.kind.connector and one.id not in with_door:
                first.setdefault(one.id, candidate)
    return list(first.values())


def _candidates(survey: Survey, params: NetworkParams) -> list[_Candidate]:
    """Return the near pairs of spaces, the likeliest to have a door between them first."""
    found = []
    for level_id, spaces in survey.by_level.items():
        walls = [*survey.solids.get(level_id, ())]
        for one, other in _near_pairs(spaces, params.guess_reach_m):
            link = shapely.shortest_line(one.shape, other.shape)
            walled = bool(walls) and link.length > 0.3 and bool(shapely.intersects(link, walls).any())
            border = one.shape.buffer(link.length + 0.2).intersection(other.shape.boundary).length
            likely = link.length + 2.0 / (0.5 + min(border, 6.0))
            found.append(
                _Candidate(rank=_rank(one, other), likely=likely, walled=walled, near=one, far=other)
            )
    return sorted(found, key=lambda c: (c.rank, c.likely, c.near.id + c.far.id))


def _rank(one: Space, other: Space) -> int:
    """Tell how unlikely a door is: least from a passage to a room, most between a shaft and a room."""
    passages = one.kind.passage + other.kind.passage
    shafts = bool(one.kind.connector) + bool(other.kind.connector)
    if passages - shafts >= 1:
        return 0 if shafts < 2 else 2
    return 3 if shafts == 2 else 2


def _between(one: Space, other: Space) -> Portal:
    gap_m = float(one.shape.distance(other.shape))
    border = one.shape.buffer(gap_m + 0.2).intersection(other.shape.boundary)
    lines = [line for line in shapely.get_parts(shapely.line_merge(border)) if isinstance(line, LineString)]
    if lines:
        middle = max(lines, key=lambda line: line.length).interpolate(0.5, normalized=True)
    else:
        middle = shapely.shortest_line(one.shape, other.shape).centroid
    xy = (float(middle.x), float(middle.y))
    return Portal(xy=xy, level_id=one.unit.level_id, units=(one.id, other.id), guessed=True)


def _near_pairs(spaces: Sequence[Space], reach_m: float) -> list[tuple[Space, Space]]:
    if len(spaces) < 2:
        return []
    shapes = np.array([s.shape for s in spaces], dtype=object)
    rows, columns = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=reach_m)
    pairs = sorted((int(i), int(j)) for i, j in zip(rows, columns, strict=True) if i < j)
    return [(spaces[i], spaces[j]) for i, j in pairs]


def _shared_border(
    one: Space, other: Space, walls: BaseGeometry | None, params: NetworkParams
) -> list[LineString]:
    small, large = sorted((one.shape, other.shape), key=lambda shape: float(shape.area))
    border = small.boundary.intersection(large.buffer(params.border_touch_m))
    if walls is not None:
        border = border.difference(walls)
    parts = shapely.get_parts(shapely.line_merge(border) if border.geom_type.startswith("Multi") else border)
    return [part for part in parts if isinstance(part, LineString)]


def _walls(survey: Survey, level_id: LevelId) -> BaseGeometry | None:
    lines = survey.walls.get(level_id, ())
    return shapely.union_all(shapely.buffer(np.array(lines, dtype=object), 0.15)) if lines else None


def _has(line: LineString, points: Sequence[Xy]) -> bool:
    return any(line.distance(shapely.Point(xy)) < 0.6 for xy in points)


def _spread(line: LineString, spacing_m: float) -> list[Xy]:
    count = max(1, min(12, round(line.length / spacing_m)))
    points = [line.interpolate((i + 0.5) / count, normalized=True) for i in range(count)]
    return [(float(p.x), float(p.y)) for p in points]
