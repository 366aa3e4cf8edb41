"""Drawn ways: their nodes and lines in metres, and the feet of what is joined to them on the way."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from yuanli.campus import Campus, LevelId, Node, NodeId, OpeningId, Pathway, PathwayMode
from yuanli.routing.building.draft import Draft, EdgeRow, NodeRow
from yuanli.routing.building.lanes import without_lanes
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.survey import Shapes, Survey, Xy, metric
from yuanli.routing.network import AUTOMATIC_DOOR, MANUAL_DOOR, NO, NO_DOOR, RIDES, UNKNOWN, YES, Floats

_DOORS = frozenset(
    {
        "door",
        "entrance",
        "gate",
        "swing_gate",
        "kissing_gate",
        "turnstile",
        "full-height_turnstile",
        "hampshire_gate",
    }
)


@dataclass(slots=True)
class Ways:
    """The drawn ways of a campus while places are joined to them.

    Row `i` of each list is one pathway; `feet` holds, by pathway, where along it in metres a node lies.
    `rings` are the halves of ways that end where they start: the edges of platforms and squares.
    """

    pathways: list[Pathway]
    lines: NDArray[np.object_]
    tails: list[int]
    heads: list[int]
    ordinals: Floats
    flat: NDArray[np.bool_]
    indoors: NDArray[np.bool_]
    rings: NDArray[np.bool_]
    nodes: Mapping[NodeId, int]
    tree: shapely.STRtree
    feet: dict[int, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))

    def joinable(self) -> NDArray[np.bool_]:
        """Tell which ways can be joined midway: on one level, on foot, not ridden."""
        walked = np.array([p.foot and p.mode not in RIDES for p in self.pathways], dtype=bool)
        flags: NDArray[np.bool_] = walked & self.flat
        return flags

    def foot(self, draft: Draft, way: int, xy: Xy, *, snap_m: float) -> int:
        """Return the node on a way nearest to a point: an end, a foot that is there, or a new one."""
        line = self.lines[way]
        along = float(line.project(shapely.Point(xy)))
        stops = [(0.0, self.tails[way]), (float(line.length), self.heads[way]), *self.feet[way]]
        at, node = min(stops, key=lambda stop: abs(stop[0] - along))
        if abs(at - along) <= min(snap_m, float(line.length) / 2):
            return node
        point = line.interpolate(along)
        tail = draft.nodes[self.tails[way]]
        node = draft.add_node(
            NodeRow(
                xy=(float(point.x), float(point.y)),
                ordinal=float(self.ordinals[way]),
                level_id=tail.level_id if tail.level_id == draft.nodes[self.heads[way]].level_id else None,
            )
        )
        self.feet[way].append((along, node))
        return node


def draw_ways(
    survey: Survey,
    draft: Draft,
    doors: Mapping[OpeningId, int],
    *,
    use_indoors: bool,
    params: NetworkParams,
) -> Ways:
    """Add the nodes of the drawn ways to the draft; a node at a door is the door's own node.

    `doors` gives the node of each opening; with `use_indoors` ways on levels that have units count too.
    """
    campus = survey.campus
    rows = {node.id: node for node in campus.of(Node)}
    pathways = [
        p
        for p in campus.of(Pathway)
        if p.from_node_id in rows
        and p.to_node_id in rows
        and (p.from_node_id != p.to_node_id or _is_ring(p, rows[p.from_node_id]))
        and (use_indoors or not _is_drawn_indoors(survey, p, rows))
    ]
    pathways = without_lanes(pathways)
    used = {n for p in pathways for n in (p.from_node_id, p.to_node_id)}
    nodes = _add_nodes(survey, draft, doors, [rows[n] for n in rows if n in used], params)
    lines = _lines(campus, pathways, rows, draft, nodes)
    ends = [(nodes[p.from_node_id], nodes[p.to_node_id]) for p in pathways]
    pathways, lines, ends, rings = _opened(draft, pathways, lines, ends)
    tails, heads = [draft.nodes[t] for t, _ in ends], [draft.nodes[h] for _, h in ends]
    level = zip(pathways, tails, heads, strict=True)
    return Ways(
        pathways=pathways,
        lines=lines,
        tails=[tail for tail, _ in ends],
        heads=[head for _, head in ends],
        ordinals=np.array([row.ordinal for row in tails], dtype=np.float64),
        flat=np.array([t.ordinal == h.ordinal for t, h in zip(tails, heads, strict=True)], dtype=bool),
        indoors=np.array(
            [p.level_id is not None or None not in (t.level_id, h.level_id) for p, t, h in level], dtype=bool
        ),
        rings=rings,
        nodes=nodes,
        tree=shapely.STRtree(lines),
    )


def _is_ring(pathway: Pathway, node: Node) -> bool:
    """Tell whether a way that ends where it starts is walked along: not a line round a stairwell."""
    line = pathway.geometry
    between = node.level_id is None and node.ordinal % 1 != 0
    return line is not None and len(line.coords) > 3 and pathway.mode not in RIDES and not between


def _opened(
    draft: Draft, pathways: Sequence[Pathway], lines: Shapes, ends: Sequence[tuple[int, int]]
) -> tuple[list[Pathway], Shapes, list[tuple[int, int]], NDArray[np.bool_]]:
    """Cut each way that ends where it starts in two, at its far side, since an edge has two ends."""
    rows: list[tuple[Pathway, BaseGeometry, tuple[int, int], bool]] = []
    for pathway, line, (tail, head) in zip(pathways, lines, ends, strict=True):
        if tail != head or line.length <= 0.0:
            rows.append((pathway, line, (tail, head), False))
            continue
        row, middle = draft.nodes[tail], line.interpolate(0.5, normalized=True)
        far = draft.add_node(
            NodeRow(xy=(float(middle.x), float(middle.y)), ordinal=row.ordinal, level_id=row.level_id)
        )
        half = replace(
            pathway,
            length_m=None if pathway.length_m is None else pathway.length_m / 2,
            traversal_time_s=None if pathway.traversal_time_s is None else pathway.traversal_time_s / 2,
        )
        first, second = _cut(shapely.get_coordinates(line), [line.length / 2])
        rows.append((half, shapely.LineString(first), (tail, far), True))
        rows.append((half, shapely.LineString(second), (far, head), True))
    shapes: Shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [row[1] for row in rows]
    rings = np.array([row[3] for row in rows], dtype=bool)
    return [row[0] for row in rows], shapes, [row[2] for row in rows], rings


def add_way_edges(ways: Ways, draft: Draft, survey: Survey, params: NetworkParams) -> None:
    """Add each pathway's edges to the draft, cut at its feet; lifts get shaft nodes and boarding edges."""
    shafts: dict[int, int] = {}
    for way, pathway in enumerate(ways.pathways):
        tail, head = ways.tails[way], ways.heads[way]
        if pathway.mode is PathwayMode.ELEVATOR:
            ends = [_shaft_node(draft, shafts, end, pathway) for end in (tail, head)]
            tail, head = ends[0], ends[1]
        points = shapely.get_coordinates(ways.lines[way])
        stops = sorted(stop for stop in ways.feet.get(way, ()) if stop[1] not in (tail, head))
        _add_pieces(
            draft,
            survey,
            params,
            pathway,
            points,
            [tail, *(n for _, n in stops), head],
            [a for a, _ in stops],
            indoors=bool(ways.indoors[way]),
        )


def _add_pieces(
    draft: Draft,
    survey: Survey,
    params: NetworkParams,
    pathway: Pathway,
    points: Floats,
    nodes: Sequence[int],
    cuts: Sequence[float],
    *,
    indoors: bool,
) -> None:
    whole_m = float(np.hypot(*np.diff(points, axis=0).T).sum())
    floors = draft.nodes[nodes[-1]].ordinal - draft.nodes[nodes[0]].ordinal
    rise_m = floors * params.storey_m
    drawn_m = max(pathway.length_m or 0.0, whole_m) if floors == 0 else (pathway.length_m or 0.0)
    if drawn_m <= 0.0:
        drawn_m = _climb_m(pathway.mode, rise_m, whole_m, params)
    bounds = [0.0, *cuts, whole_m]
    for piece, line in enumerate(_cut(points, cuts)):
        share = (bounds[piece + 1] - bounds[piece]) / whole_m if whole_m > 0 else 1.0 / (len(cuts) + 1)
        tail, head = nodes[piece], nodes[piece + 1]
        line = np.concatenate([[draft.xy(tail)], line[1:-1], [draft.xy(head)]])
        length_m = max(drawn_m * share, float(np.hypot(*np.diff(line, axis=0).T).sum()))
        draft.add_edge(
            EdgeRow(
                tail=tail,
                head=head,
                points=line,
                length_m=length_m,
                mode=pathway.mode,
                one_way=not pathway.is_bidirectional,
                rise_m=rise_m * share,
                floors=floors * share,
                time_s=math.nan if pathway.traversal_time_s is None else pathway.traversal_time_s * share,
                slope=math.nan if pathway.max_slope is None else abs(pathway.max_slope),
                width_m=math.nan if pathway.min_width_m is None else pathway.min_width_m,
                stairs=_steps(pathway, rise_m, share, params),
                foot=pathway.foot,
                bicycle=pathway.bicycle,
                wheelchair=wheelchair_of(pathway.accessibility),
                indoors=indoors,
                feature_id=pathway.id,
                hours=pathway.hours,
                restriction=pathway.restriction or _level_restriction(survey, pathway.level_id),
            )
        )


def wheelchair_of(accessibility: Sequence[str]) -> int:
    """Return what IMDF accessibility says of wheelchairs."""
    if "notwheelchair" in accessibility:
        return NO
    return YES if "wheelchair" in accessibility else UNKNOWN


def _steps(pathway: Pathway, rise_m: float, share: float, params: NetworkParams) -> int:
    if pathway.mode is not PathwayMode.STAIRS:
        return 0
    if pathway.stair_count is not None:
        return max(1, round(pathway.stair_count * share))
    return round(abs(rise_m * share) / params.stair_riser_m) or -1


def _climb_m(mode: PathwayMode, rise_m: float, across_m: float, params: NetworkParams) -> float:
    climb_m = abs(rise_m)
    pitch = {PathwayMode.STAIRS: params.stair_pitch, PathwayMode.ESCALATOR: params.escalator_pitch}.get(mode)
    run_m = climb_m / pitch if pitch else 0.0
    return math.hypot(max(across_m, run_m), climb_m)


def _level_restriction(survey: Survey, level_id: LevelId | None) -> str | None:
    return getattr(survey.campus.find(level_id), "restriction", None) if level_id else None


def _shaft_node(draft: Draft, shafts: dict[int, int], landing: int, pathway: Pathway) -> int:
    if landing not in shafts:
        row = draft.nodes[landing]
        shaft = draft.add_node(
            NodeRow(xy=row.xy, ordinal=row.ordinal, level_id=row.level_id, feature_id=pathway.id)
        )
        shafts[landing] = shaft
        draft.add_edge(
            EdgeRow(
                tail=landing,
                head=shaft,
                points=np.array([row.xy, row.xy]),
                length_m=0.0,
                mode=PathwayMode.ELEVATOR,
                feature_id=pathway.id,
                wheelchair=wheelchair_of(pathway.accessibility),
            )
        )
    return shafts[landing]


def _is_drawn_indoors(survey: Survey, pathway: Pathway, rows: Mapping[NodeId, Node]) -> bool:
    levels = {rows[pathway.from_node_id].level_id, rows[pathway.to_node_id].level_id, pathway.level_id} - {
        None
    }
    return any(survey.on(level_id) for level_id in levels if level_id is not None)


def _add_nodes(
    survey: Survey, draft: Draft, doors: Mapping[OpeningId, int], rows: Sequence[Node], params: NetworkParams
) -> Mapping[NodeId, int]:
    points = metric(survey.campus, [n.geometry for n in rows])
    indices: dict[NodeId, int] = {}
    ids, at = list(doors), list(doors.values())
    tree = shapely.STRtree(shapely.points([draft.xy(i) for i in at])) if at else None
    for row, point in zip(rows, points, strict=True):
        named = next((doors[OpeningId(f)] for f in row.feature_ids if f in doors), None)
        if named is not None and math.dist(draft.xy(named), (point.x, point.y)) < 2.0:
            indices[row.id] = named
            continue
        if tree is not None:
            near = tree.query(point, predicate="dwithin", distance=params.snap_m)
            same = [
                k
                for k in near
                if abs(draft.nodes[at[k]].ordinal - row.ordinal) < 0.01
                and point.distance(shapely.Point(draft.xy(at[k])))
                <= (0.05 if row.level_id is None else params.snap_m)
            ]
            if same:
                best = min(same, key=lambda k: (point.distance(shapely.Point(draft.xy(at[k]))), ids[k]))
                indices[row.id] = at[best]
                continue
        indices[row.id] = draft.add_node(_node_row(row, point))
    return indices


def _node_row(node: Node, point: BaseGeometry) -> NodeRow:
    tags = node.extra.get("tags")
    tags = tags if isinstance(tags, Mapping) else node.extra
    automatic = str(tags.get("automatic_door", "no")) not in ("no", "manual")
    has_door = node.category in _DOORS or str(tags.get("door", "no")) != "no"
    access = str(tags.get("access") or tags.get("foot") or "")
    wheelchair = str(tags.get("wheelchair", ""))
    restriction = tags.get("restriction")
    return NodeRow(
        xy=(float(point.x), float(point.y)),
        ordinal=node.ordinal,
        level_id=node.level_id,
        feature_id=node.id,
        door=AUTOMATIC_DOOR if automatic else MANUAL_DOOR if has_door else NO_DOOR,
        width_m=_metres(tags.get("width_m", tags.get("maxwidth:physical", tags.get("width")))),
        wheelchair={"yes": YES, "designated": YES, "no": NO}.get(wheelchair, UNKNOWN),
        hours=_text(tags.get("opening_hours") or tags.get("hours")),
        restriction=_text(restriction) or (access if access in ("private", "no", "permit") else None),
    )


def _metres(value: object) -> float:
    try:
        metres = float(str(value).removesuffix("m").strip())
    except ValueError:
        return math.nan
    return metres if 0 < metres < 100 else math.nan


def _text(value: object) -> str | None:
    return str(value) if value else None


def _lines(
    campus: Campus,
    pathways: Sequence[Pathway],
    rows: Mapping[NodeId, Node],
    draft: Draft,
    nodes: Mapping[NodeId, int],
) -> NDArray[np.object_]:
    """Return the lines of pathways; each starts and ends at its nodes."""
    drawn = metric(
        campus,
        [
            p.geometry
            if p.geometry is not None and not p.geometry.is_empty
            else shapely.LineString([rows[p.from_node_id].geometry, rows[p.to_node_id].geometry])
            for p in pathways
        ],
    )
    lines = np.empty(len(pathways), dtype=object)
    for i, (pathway, line) in enumerate(zip(pathways, drawn, strict=True)):
        points = shapely.get_coordinates(line)
        tail, head = draft.xy(nodes[pathway.from_node_id]), draft.xy(nodes[pathway.to_node_id])
        if (
            math.dist(points[0], tail) + math.dist(points[-1], head)
            > math.dist(points[0], head) + math.dist(points[-1], tail) + 1e-6
        ):
            points = points[::-1]
        points = np.concatenate([[tail], points[1:-1], [head]])
        lines[i] = shapely.LineString(points)
    return lines


def _cut(points: Floats, cuts: Sequence[float]) -> list[Floats]:
    """Cut a line `(n, 2)` at distances along it, in rising order."""
    if not cuts:
        return [points]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.column_stack([np.interp(cuts, along, points[:, 0]), np.interp(cuts, along, points[:, 1])])
    pieces, start, begin = [], points[0], 0.0
    for cut, xy in [*zip(cuts, at, strict=True), (along[-1], points[-1])]:
        inner = points[(along > begin + 1e-9) & (along < cut - 1e-9)]
        pieces.append(np.concatenate([[start], inner, [xy]]))
        start, begin = xy, cut
    return pieces
