"""GeoJSON whose properties are OSM tags: turned into OSM elements and read as such."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from yuanli.campus.features import LanguageMap
from yuanli.campus.geojson.geometries import GeometryReader
from yuanli.campus.imported import Imported, Progress
from yuanli.campus.place import CampusId

Json = Any
_TELLING = (
    "indoor",
    "building",
    "building:part",
    "highway",
    "amenity",
    "shop",
    "room",
    "railway",
    "landuse",
    "leisure",
)
_STYLE = (
    "id",
    "@id",
    "@relations",
    "timestamp",
    "version",
    "changeset",
    "user",
    "uid",
    "type",
    "tags",
    "meta",
    "relations",
)
_OSM_ID = re.compile(r"^(node|way|relation)/(-?\d+)$")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_tagged(features: Sequence[Mapping[str, Json]]) -> bool:
    """Tell whether features carry OSM tags: ids such as `way/1`, or mostly telling keys."""
    if not features:
        return False
    ids = sum(_OSM_ID.match(str(_id_of(f))) is not None for f in features)
    keyed = sum(any(key in _tags(f) for key in _TELLING) for f in features)
    return max(ids, keyed) * 2 > len(features)


def read_tagged(
    features: Iterable[Mapping[str, Json]],
    *,
    campus_id: CampusId,
    name: LanguageMap,
    reader: GeometryReader,
    progress: Progress,
) -> Imported:
    """Read features with OSM tags by the OSM importer; shared corners become shared nodes."""
    from yuanli.campus.osm import read_osm

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tagged.osm"
        path.write_text("\n".join(_osm_lines(features, reader)), encoding="utf-8")
        return read_osm(path, campus_id=campus_id, name=name, progress=progress)


def _id_of(feature: Mapping[str, Json]) -> Json:
    properties = feature.get("properties") or {}
    candidates = (properties.get("@id"), feature.get("id"), properties.get("id"))
    return next((c for c in candidates if _OSM_ID.match(str(c))), "")


def _tags(feature: Mapping[str, Json]) -> dict[str, str]:
    """Return the OSM tags of a feature; nested ones, as osmtogeojson's `tags`, are taken in."""
    properties = feature.get("properties") or {}
    nested = properties.get("tags")
    rows = {**properties, **nested} if isinstance(nested, dict) else properties
    kept = {k: v for k, v in rows.items() if k not in _STYLE and isinstance(v, str | int | float)}
    return {
        k: _UNPRINTABLE.sub("", _text(v)) for k, v in kept.items() if not k.startswith(("fill", "stroke"))
    }


def _text(value: str | int | float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _osm_lines(features: Iterable[Mapping[str, Json]], reader: GeometryReader) -> Iterator[str]:
    """Yield an OSM file: nodes, then ways, then relations."""
    elements = _Elements()
    for index, feature in enumerate(features):
        shape = reader.read(feature.get("geometry"), str(_id_of(feature) or f"#{index + 1}"))
        if shape is not None:
            elements.add(shape, _tags(feature), str(_id_of(feature)))
    yield '<osm version="0.6" generator="yuanli">'
    yield from elements.lines()
    yield "</osm>"


class _Elements:
    """OSM elements in the making; ids are the features' own, and fresh ones beyond 10^13 for the rest."""

    def __init__(self) -> None:
        self._next = 10**13
        self._nodes: dict[tuple[float, float], int] = {}
        self._node_tags: dict[int, dict[str, str]] = {}
        self._ways: dict[int, tuple[list[int], dict[str, str]]] = {}
        self._relations: dict[int, tuple[list[tuple[int, str]], dict[str, str]]] = {}

    def add(self, shape: Any, tags: dict[str, str], osm_id: str) -> None:
        """Add a feature as a node, a way, or a multipolygon of ways."""
        kind, number = _parsed_id(osm_id)
        if shape.geom_type == "Point":
            self._add_point(shape, tags, number if kind == "node" else None)
        elif shape.geom_type == "LineString":
            self._add_way(list(shape.coords), tags, number if kind == "way" else None)
        elif shape.geom_type == "Polygon" and not shape.interiors and kind != "relation":
            self._add_way(list(shape.exterior.coords), {"area": "yes", **tags}, number)
        elif shape.geom_type in ("Polygon", "MultiPolygon"):
            self._add_relation(shape, tags, number if kind == "relation" else None)
        else:
            for part in getattr(shape, "geoms", ()):
                self.add(part, tags, "")

    def _fresh(self) -> int:
        self._next += 1
        return self._next

    def _node(self, x: float, y: float, wanted: int | None = None) -> int:
        key = (round(x, 9), round(y, 9))
        return self._nodes.setdefault(key, wanted if wanted is not None else self._fresh())

    def _add_point(self, shape: Any, tags: dict[str, str], wanted: int | None) -> None:
        taken = self._nodes.get((round(shape.x, 9), round(shape.y, 9)))
        node = self._node(shape.x, shape.y, wanted)
        if taken is not None and wanted is not None and taken > 10**13:
            self._rename(taken, wanted, (round(shape.x, 9), round(shape.y, 9)))
            node = wanted
        self._node_tags[node] = {**self._node_tags.get(node, {}), **tags}

    def _rename(self, old: int, new: int, key: tuple[float, float]) -> None:
        self._nodes[key] = new
        for refs, _ in self._ways.values():
            refs[:] = [new if ref == old else ref for ref in refs]

    def _add_way(self, coords: list[Any], tags: dict[str, str], wanted: int | None) -> int:
        number = wanted if wanted is not None and wanted not in self._ways else self._fresh()
        self._ways[number] = ([self._node(c[0], c[1]) for c in coords], tags)
        return number

    def _add_relation(self, shape: Any, tags: dict[str, str], wanted: int | None) -> None:
        members: list[tuple[int, str]] = []
        for polygon in getattr(shape, "geoms", (shape,)):
            members.append((self._add_way(list(polygon.exterior.coords), {}, None), "outer"))
            members.extend((self._add_way(list(r.coords), {}, None), "inner") for r in polygon.interiors)
        number = wanted if wanted is not None and wanted not in self._relations else self._fresh()
        self._relations[number] = (members, {**tags, "type": "multipolygon"})

    def lines(self) -> Iterator[str]:
        """Yield the elements as XML."""
        for (x, y), node in sorted(self._nodes.items(), key=lambda row: row[1]):
            tags = "".join(_tag_lines(self._node_tags.get(node, {})))
            yield f'<node id="{node}" lon="{x!r}" lat="{y!r}" version="1">{tags}</node>'
        for way, (refs, tags_of_way) in sorted(self._ways.items()):
            nds = "".join(f'<nd ref="{ref}"/>' for ref in refs)
            yield f'<way id="{way}" version="1">{nds}{"".join(_tag_lines(tags_of_way))}</way>'
        for relation, (members, tags_of_relation) in sorted(self._relations.items()):
            rows = "".join(f'<member type="way" ref="{r}" role="{role}"/>' for r, role in members)
            tags = "".join(_tag_lines(tags_of_relation))
            yield f'<relation id="{relation}" version="1">{rows}{tags}</relation>'


def _tag_lines(tags: Mapping[str, str]) -> Iterator[str]:
    for key, value in tags.items():
        yield f"<tag k={quoteattr(_UNPRINTABLE.sub('', key))} v={quoteattr(value)}/>"


def _parsed_id(osm_id: str) -> tuple[str, int | None]:
    """Return (kind, number); ids below zero, of elements never uploaded, become their positive ones."""
    match = _OSM_ID.match(osm_id)
    return (match[1], abs(int(match[2]))) if match else ("", None)
