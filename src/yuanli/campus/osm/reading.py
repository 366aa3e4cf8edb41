"""Nodes, ways and relations of a file as plain rows, with what was unusable left out and reported."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray

from yuanli.campus.findings import Severity
from yuanli.campus.imported import Progress, refused
from yuanli.campus.osm.container import EXPORT_HINT, LimitParams, osm_format_of
from yuanli.campus.osm.repairs import Repairs
from yuanli.errors import Text

Tags = Mapping[str, str]
Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True, slots=True)
class OsmNode:
    """A node that has tags, or is asked for by id."""

    id: int
    lon: float
    lat: float
    tags: Tags


@dataclass(frozen=True, slots=True)
class OsmWay:
    """A way without the nodes the file lacks; `lonlat` has shape `(len(refs), 2)`.

    `breaks` are the indices of nodes that the one before does not lead to: the way was away from the site.
    """

    id: int
    refs: tuple[int, ...]
    lonlat: Floats
    tags: Tags
    missing: int = 0
    breaks: frozenset[int] = frozenset()

    @property
    def closed(self) -> bool:
        """Whether the way is a ring."""
        return len(self.refs) >= 4 and self.refs[0] == self.refs[-1]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a relation: `kind` is `n`, `w` or `r`."""

    kind: str
    ref: int
    role: str


@dataclass(frozen=True, slots=True)
class OsmRelation:
    """A relation and its members."""

    id: int
    members: tuple[Member, ...]
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """All of one file. `lonlat` are the coordinates of every usable node, `(n, 2)`."""

    nodes: Mapping[int, OsmNode]
    ways: Mapping[int, OsmWay]
    relations: Mapping[int, OsmRelation]
    lonlat: Floats
    bounds: Box | None


@dataclass(slots=True)
class _Rows:
    ids: array[int]
    coordinates: array[float]
    tagged: dict[int, Tags]
    ways: dict[int, tuple[tuple[int, ...], Tags]]
    relations: dict[int, OsmRelation]
    twice: list[str]
    nowhere: list[str]


def read_source(
    path: Path, *, repairs: Repairs, progress: Progress, limits: LimitParams = LimitParams()
) -> Source:
    """Read a file of OpenStreetMap data.

    Raises
    ------
    ImportRefusedError
        It is damaged, of another format, too large, or holds no usable node.
    """
    file_format = osm_format_of(path, limits)
    progress("read", 0.0)
    try:
        bounds = _bounds(path, file_format)
        rows = _rows(path, file_format, limits)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise refused(
            f"文件 {path.name} 已损坏或不完整，无法读取：{error}",
            f"File {path.name} is damaged or cut short and can't be read: {error}",
            field=path.name,
            hint=EXPORT_HINT,
        ) from error
    if not rows.ids:
        raise refused(
            f"文件 {path.name} 中没有任何可用的节点。",
            f"File {path.name} has no usable node.",
            field=path.name,
            hint=EXPORT_HINT,
        )
    _report(rows, repairs)
    progress("read", 1.0)
    return _source(rows, bounds)


def _bounds(path: Path, file_format: str) -> Box | None:
    with osmium.io.Reader(osmium.io.File(str(path), file_format)) as reader:
        box = reader.header().box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat)


def _rows(path: Path, file_format: str, limits: LimitParams) -> _Rows:
    rows = _Rows(array("q"), array("d"), {}, {}, {}, [], [])
    things: Iterable[Any] = osmium.FileProcessor(osmium.io.File(str(path), file_format))
    for count, thing in enumerate(things):
        if count >= limits.features:
            raise refused(
                f"文件 {path.name} 的要素超过 {limits.features:,} 个。",
                f"File {path.name} has more than {limits.features:,} features.",
                field=path.name,
                hint=Text("请只导出园区范围。", "Export only the area of the campus."),
            )
        if thing.deleted or not thing.visible:
            continue
        kind = thing.type_str()
        if kind == "n":
            _take_node(rows, thing)
        elif kind == "w":
            if thing.id in rows.ways:
                rows.twice.append(f"way/{thing.id}")
            rows.ways[thing.id] = (tuple(n.ref for n in thing.nodes), dict(thing.tags))
        elif kind == "r":
            if thing.id in rows.relations:
                rows.twice.append(f"relation/{thing.id}")
            members = tuple(Member(m.type, m.ref, m.role) for m in thing.members)
            rows.relations[thing.id] = OsmRelation(thing.id, members, dict(thing.tags))
    return rows


def _take_node(rows: _Rows, node: osmium.osm.Node) -> None:
    if not node.location.valid():
        rows.nowhere.append(f"node/{node.id}")
        return
    rows.ids.append(node.id)
    rows.coordinates.append(node.location.lon)
    rows.coordinates.append(node.location.lat)
    if len(node.tags):
        rows.tagged[node.id] = dict(node.tags)


def _report(rows: _Rows, repairs: Repairs) -> None:
    remedy = Text(
        "在 OpenStreetMap 编辑器中改正后重新导出。", "Correct it in an OSM editor and export again."
    )
    for feature_id in rows.twice:
        repairs.add(
            "osm.id_twice",
            feature_id,
            Text(
                f"编号 {feature_id} 出现了两次，保留后一个。",
                f"{feature_id} is there twice; the later is kept.",
            ),
            remedy,
        )
    for feature_id in rows.nowhere:
        repairs.add(
            "osm.coordinates",
            feature_id,
            Text(
                f"{feature_id} 的坐标缺失或超出范围，已忽略。",
                f"{feature_id} has no coordinates, or they are out of range; it is left out.",
            ),
            remedy,
        )


def _source(rows: _Rows, bounds: Box | None) -> Source:
    """Join the rows: coordinates of ways in one look-up, the last of two nodes with one id."""
    ids = np.frombuffer(rows.ids, dtype=np.int64)
    lonlat = np.frombuffer(rows.coordinates, dtype=np.float64).reshape(-1, 2)
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    last = np.append(ids[1:] != ids[:-1], True)
    ids, lonlat = ids[last], lonlat[order][last]
    ways: dict[int, OsmWay] = {}
    for way_id, (refs, tags) in rows.ways.items():
        wanted = np.array(refs, dtype=np.int64)
        at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        there = ids[at] == wanted if len(wanted) else np.zeros(0, dtype=bool)
        repeated = np.append(False, wanted[1:] == wanted[:-1]) if len(wanted) else there
        good = there & ~repeated
        kept = tuple(int(ref) for ref in wanted[good])
        ways[way_id] = OsmWay(way_id, kept, lonlat[at[good]], tags, int((~there).sum()))
    nodes: dict[int, OsmNode] = {}
    for node_id, tags in rows.tagged.items():
        at_node = int(np.searchsorted(ids, node_id))
        lon, lat = lonlat[at_node]
        nodes[node_id] = OsmNode(node_id, float(lon), float(lat), tags)
    return Source(nodes=nodes, ways=ways, relations=rows.relations, lonlat=lonlat, bounds=bounds)


def report_missing(source: Source, repairs: Repairs) -> None:
    """Report ways whose nodes the file lacks, as one finding: an extract always cuts some."""
    cut = [way for way in source.ways.values() if way.missing]
    if cut:
        repairs.add(
            "osm.missing_nodes",
            f"way/{cut[0].id}",
            Text(
                f"{len(cut)} 条路径引用了文件中没有的节点（如 way/{cut[0].id}），按现有节点保留。",
                f"{len(cut)} ways refer to nodes the file lacks (as way/{cut[0].id}); the rest is kept.",
            ),
            Text("导出时选择“完整路径”。", "Export with complete ways."),
            severity=Severity.INFO,
        )
