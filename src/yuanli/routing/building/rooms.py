"""Ways inside spaces: from door to door and from each door to what is in the space."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry.base import BaseGeometry

from yuanli.campus import Building, FeatureId, Level, PathwayMode, UnitId
from yuanli.routing.building.draft import Draft, EdgeRow, NodeRow, straight
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.shafts import MODES
from yuanli.routing.building.sight import Floor, Ways, floor_of, polygons_of, shortest_ways
from yuanli.routing.building.survey import Space, Survey, Xy
from yuanli.routing.building.ways import wheelchair_of
from yuanli.routing.network import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnished:
    """A space with the nodes on it: `doors` lead out of it, `places` are its centre and what is in it."""

    space: Space
    doors: tuple[int, ...]
    places: tuple[int, ...]
    guessed: frozenset[int]
    linked: bool


def obstacles_of(survey: Survey) -> Mapping[UnitId, tuple[BaseGeometry, ...]]:
    """Return what stands on each space: fixtures, kiosks, pillars, walls, and closed spaces within it."""
    obstacles: dict[UnitId, list[BaseGeometry]] = defaultdict(list)
    for level_id, spaces in survey.by_level.items():
        shapes = np.array([s.shape for s in spaces], dtype=object)
        tree = shapely.STRtree(shapes)
        solids = survey.solids.get(level_id, ())
        if solids:
            for i, j in zip(*tree.query(np.array(solids, dtype=object), predicate="intersects"), strict=True):
                obstacles[spaces[j].id].append(solids[i])
        walls = survey.walls.get(level_id, ())
        if walls:
            for i, j in zip(*tree.query(np.array(walls, dtype=object), predicate="intersects"), strict=True):
                inner = walls[i].intersection(shapes[j].buffer(-0.3))
                if not inner.is_empty and inner.length > 0.1:
                    obstacles[spaces[j].id].append(walls[i].buffer(0.05, quad_segs=1))
        for i, j in zip(*tree.query(shapes, predicate="intersects"), strict=True):
            inner, outer = spaces[i], spaces[j]
            if i == j or inner.shape.area >= outer.shape.area or (inner.kind.open and outer.kind.open):
                continue
            if not inner.kind.open and inner.shape.intersection(outer.shape).area >= inner.shape.area / 2:
                obstacles[outer.id].append(inner.shape)
    return {k: tuple(v) for k, v in obstacles.items()}


def centre_of(floor: Floor, wanted: Xy | None) -> Xy:
    """Return the wanted point where it is on the floor, else one inside its largest part."""
    if wanted is not None and floor.shape.covers(shapely.Point(wanted)):
        return wanted
    parts = polygons_of(floor.shape)
    if not parts:
        return wanted or (0.0, 0.0)
    point = max(parts, key=lambda part: part.area).representative_point()
    return float(point.x), float(point.y)


def landing_of(space: Space, doors: Sequence[Xy]) -> Xy:
    """Return where a flight starts: inside the space, near its doors."""
    inner = space.shape.buffer(-0.5)
    inner = space.shape if inner.is_empty else inner
    if not doors:
        return centre_of(floor_of(space.shape), None)
    middle = shapely.Point(np.mean(np.array(doors), axis=0))
    nearest = shapely.shortest_line(inner, middle)
    x, y = shapely.get_coordinates(nearest)[0]
    return float(x), float(y)


def add_room_edges(
    draft: Draft, survey: Survey, room: Furnished, obstacles: Sequence[BaseGeometry], params: NetworkParams
) -> None:
    """Add the shortest ways between the doors and places of a space."""
    nodes = [*room.doors, *room.places]
    if len(nodes) < 2:
        return
    if room.space.kind.connector == "elevator" and room.linked:
        _add_boarding(draft, survey, room)
        return
    floor, ways, pulled = _ways(draft, room, nodes, obstacles, params)
    if len(nodes) > params.many_doors:
        nodes, ways, pulled, pairs = _web(draft, room, nodes, floor, pulled, params)
    else:
        pairs = [(i, j) for i in range(len(nodes)) for j in range(i + 1, len(nodes))]
    doors = set(room.doors)
    for i, j in pairs:
        tail, head = nodes[i], nodes[j]
        if not np.isfinite(ways.length_m[i, j]):
            continue
        points = with_ends(ways.line(i, j), draft.xy(tail), draft.xy(head))
        through = tail in doors and head in doors and not room.space.kind.passage
        _add(draft, survey, room, tail, head, points, through=through)


def _ways(
    draft: Draft,
    room: Furnished,
    nodes: Sequence[int],
    obstacles: Sequence[BaseGeometry],
    params: NetworkParams,
) -> tuple[Floor, Ways, Floats]:
    """Return the floor and its ways, without obstacles where those would cut a door off."""
    points = np.array([draft.xy(n) for n in nodes])
    floor = floor_of(room.space.shape, obstacles, many_corners=params.many_corners)
    pulled = pull_in(floor, points)
    ways = shortest_ways(floor, pulled)
    if obstacles and not np.isfinite(ways.length_m).all():
        floor = floor_of(room.space.shape, many_corners=params.many_corners)
        pulled = pull_in(floor, points)
        ways = shortest_ways(floor, pulled)
    if not np.isfinite(ways.length_m).all():
        floor = floor_of(shapely.concave_hull(room.space.shape, ratio=0.3).buffer(0.1))
        pulled = pull_in(floor, points)
        ways = shortest_ways(floor, pulled)
    return floor, ways, pulled


def pull_in(floor: Floor, points: Floats) -> Floats:
    """Return points `(n, 2)` moved onto the floor, where they lie outside it."""
    if floor.shape.is_empty:
        return points
    outside = ~shapely.covers(floor.free, shapely.points(points))
    if not outside.any():
        return points
    moved = points.copy()
    lines = shapely.shortest_line(floor.shape, shapely.points(points[outside]))
    moved[outside] = shapely.get_coordinates(lines).reshape(-1, 2, 2)[:, 0]
    return moved


def _web(
    draft: Draft, room: Furnished, nodes: list[int], floor: Floor, pulled: Floats, params: NetworkParams
) -> tuple[list[int], Ways, Floats, list[tuple[int, int]]]:
    """Return a sparse web over many points: hubs on a grid, near pairs, and what else keeps the stretch.

    Doors are never passed by: only hubs are, so that a closed door closes nothing but itself.
    """
    hubs = _hubs(floor, params.hub_m)
    points = np.concatenate([pulled, hubs])
    ways = shortest_ways(floor, points)
    n, length_m = len(pulled), ways.length_m
    near = np.triu(length_m <= 2.1 * params.hub_m, k=1)
    near[:n, :n] &= length_m[:n, :n] <= params.hub_m
    pairs = [(int(i), int(j)) for i, j in np.argwhere(near)]
    first, second = np.triu_indices(n, k=1)
    order = np.argsort(length_m[first, second], kind="stable")
    for batch in np.array_split(order, 8):
        reached = _through_hubs(pairs, length_m, n)
        i, j = first[batch], second[batch]
        long = reached[i, j] > params.stretch * length_m[i, j]
        known = set(pairs)
        pairs += [p for p in zip(i[long].tolist(), j[long].tolist(), strict=True) if p not in known]
    added = [
        draft.add_node(
            NodeRow(
                xy=(float(x), float(y)),
                ordinal=room.space.ordinal,
                level_id=room.space.unit.level_id,
            )
        )
        for x, y in hubs
    ]
    return [*nodes, *added], ways, points, pairs


def _through_hubs(pairs: Sequence[tuple[int, int]], length_m: Floats, n: int) -> Floats:
    """Return the lengths `(n, n)` between points over the pairs, passing through hubs alone.

    Points get one node to leave from and one to arrive at, so that none is passed.
    """
    size = len(length_m)
    tails, heads, lengths = [], [], []
    for i, j in pairs:
        for a, b in ((i, j), (j, i)):
            tails.append(a)
            heads.append(size + b if b < n else b)
            lengths.append(max(float(length_m[a, b]), 1e-9))
    graph = csr_array(coo_array((lengths, (tails, heads)), shape=(size + n, size + n)))
    reached: Floats = dijkstra(graph, indices=np.arange(n))[:, size : size + n]
    return reached


def _hubs(floor: Floor, hub_m: float) -> Floats:
    x0, y0, x1, y1 = floor.shape.bounds
    count = max(1, int((x1 - x0) / hub_m)), max(1, int((y1 - y0) / hub_m))
    xs = x0 + (np.arange(count[0]) + 0.5) * (x1 - x0) / count[0]
    ys = y0 + (np.arange(count[1]) + 0.5) * (y1 - y0) / count[1]
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    kept: Floats = grid[shapely.covers(floor.shape, shapely.points(grid))]
    return np.concatenate([kept, floor.corners])[:400]


def with_ends(line: Floats, start: Xy, end: Xy) -> Floats:
    """Return a line that starts and ends at two points, lengthened straight to them where need be."""
    parts = [line]
    if np.hypot(*(line[0] - start)) > 1e-6:
        parts.insert(0, np.array([start]))
    if np.hypot(*(line[-1] - end)) > 1e-6:
        parts.append(np.array([end]))
    points = np.concatenate(parts)
    points[0], points[-1] = start, end
    return points


def _add_boarding(draft: Draft, survey: Survey, room: Furnished) -> None:
    shaft = room.places[0]
    for door in room.doors:
        points, length_m = straight(draft.xy(door), draft.xy(shaft))
        _add(draft, survey, room, door, shaft, points, mode=PathwayMode.ELEVATOR, length_m=length_m)


def _add(
    draft: Draft,
    survey: Survey,
    room: Furnished,
    tail: int,
    head: int,
    points: Floats,
    *,
    through: bool = False,
    mode: PathwayMode | None = None,
    length_m: float | None = None,
) -> None:
    unit = room.space.unit
    hours, restriction = conditions_of(survey, room.space)
    mode = mode or _mode(room)
    if length_m is None:
        length_m = float(np.hypot(*np.diff(points, axis=0).T).sum())
    draft.add_edge(
        EdgeRow(
            tail=tail,
            head=head,
            points=points,
            length_m=length_m,
            mode=mode,
            stairs=-1 if mode is PathwayMode.STAIRS else 0,
            wheelchair=wheelchair_of(unit.accessibility),
            through=through,
            guessed=bool(room.guessed & {tail, head}),
            feature_id=unit.id,
            hours=hours,
            restriction=restriction,
        )
    )


def _mode(room: Furnished) -> PathwayMode:
    connector = room.space.kind.connector
    if not connector or (room.linked and connector != "ramp"):
        return PathwayMode.WALKWAY
    return MODES[connector]


def conditions_of(survey: Survey, space: Space) -> tuple[str | None, str | None]:
    """Return the hours and the restriction of a space: its own, else its level's, else its building's."""
    level = survey.campus.find(space.unit.level_id)
    building = survey.campus.find(space.building_id or FeatureId(""))
    hours = space.unit.hours or (building.hours if isinstance(building, Building) else None)
    restriction = space.unit.restriction
    if restriction is None and isinstance(level, Level):
        restriction = level.restriction
    if restriction is None and isinstance(building, Building):
        restriction = building.restriction
    return hours, restriction
