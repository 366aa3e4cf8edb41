"""Nodes, ways and relations of a file as plain rows, with what was unusable left out and reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from yuanli.campus.findings import Severity
from yuanli.campus.imported import ImportRefusedError, Progress, refused
from yuanli.campus.osm.container import EXPORT_HINT, LimitParams, osm_format_of, too_many
from yuanli.campus.osm.mending import rows_by_hand
from yuanli.campus.osm.repairs import Repairs
from yuanli.campus.osm.rows import Box, Floats, Member, OsmNode, OsmRelation, OsmWay, Rows
from yuanli.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """All of one file. `lonlat` are the coordinates of every usable node, `(n, 2)`."""

    nodes: Mapping[int, OsmNode]
    ways: Mapping[int, OsmWay]
    relations: Mapping[int, OsmRelation]
    lonlat: Floats
    bounds: Box | None


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
        mended = None if file_format == "pbf" else rows_by_hand(path, file_format, limits)
        if mended is not None:
            progress("read", 1.0)
            _report_mended(mended.rows, error, repairs)
            return _finish(path, mended.rows, mended.bounds, repairs, progress)
        raise refused(
            f"文件 {path.name} 已损坏或不完整，无法读取：{error}",
            f"File {path.name} is damaged or cut short and can't be read: {error}",
            field=path.name,
            hint=EXPORT_HINT,
        ) from error
    return _finish(path, rows, bounds, repairs, progress)


def _finish(path: Path, rows: Rows, bounds: Box | None, repairs: Repairs, progress: Progress) -> Source:
    if not rows.ids:
        raise _no_nodes(path.name, rows)
    _report(rows, repairs)
    progress("read", 1.0)
    return _source(rows, bounds)


def _no_nodes(name: str, rows: Rows) -> ImportRefusedError:
    if not rows.nowhere:
        return refused(
            f"文件 {name} 中没有任何节点。",
            f"File {name} has no node.",
            field=name,
            hint=EXPORT_HINT,
        )
    first = rows.nowhere[0]
    return refused(
        f"文件 {name} 中所有节点（如 {first}）的坐标都缺失或超出范围。",
        f"No node of file {name} (as {first}) has coordinates within longitude and latitude.",
        field=first,
        hint=Text("检查经度与纬度是否颠倒。", "Check that longitude and latitude are not swapped."),
    )


def _bounds(path: Path, file_format: str) -> Box | None:
    with osmium.io.Reader(osmium.io.File(str(path), file_format)) as reader:
        box = reader.header().box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat)


def _rows(path: Path, file_format: str, limits: LimitParams) -> Rows:
    rows = Rows()
    things: Iterable[Any] = osmium.FileProcessor(osmium.io.File(str(path), file_format))
    for count, thing in enumerate(things):
        if count >= limits.features:
            raise too_many(path, limits)
        if thing.deleted or not thing.visible:
            continue
        kind = thing.type_str()
        if kind == "n":
            at = thing.location
            lonlat = (at.lon, at.lat) if at.valid() else None
            rows.take_node(thing.id, lonlat, dict(thing.tags) if len(thing.tags) else {})
        elif kind == "w":
            rows.take_way(thing.id, tuple(n.ref for n in thing.nodes), dict(thing.tags))
        elif kind == "r":
            members = tuple(Member(m.type, m.ref, m.role) for m in thing.members)
            rows.take_relation(OsmRelation(thing.id, members, dict(thing.tags)))
    return rows


def _report_mended(rows: Rows, error: Exception, repairs: Repairs) -> None:
    first = rows.broken[0] if rows.broken else None
    zh, en = (f"（如 {first}）", f", as {first}") if first else ("", "")
    repairs.add(
        "osm.damaged",
        first,
        Text(
            f"文件有 {len(rows.broken)} 处损坏{zh}：{error}。已跳过损坏之处，其余照常导入。",
            f"The file is damaged in {len(rows.broken)} places{en}: {error}. They are skipped, the rest is read.",
        ),
        Text("改正该文件后重新导入。", "Correct the file and import it again."),
    )


def _report(rows: Rows, repairs: Repairs) -> None:
    remedy = Text(
        "在 OpenStreetMap 编辑器中改正后重新导出。", "Correct it in an OSM editor and export again."
    )
    ids, times = np.unique(np.frombuffer(rows.ids, dtype=np.int64), return_counts=True)
    for feature_id in (*rows.twice, *(f"node/{i}" for i in ids[times > 1].tolist())):
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


def _source(rows: Rows, bounds: Box | None) -> Source:
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
