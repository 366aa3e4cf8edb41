"""Reading XML that the strict parser refuses: a broken number or text costs one thing, not the file.

A second pass, taken only when osmium has given up. What is not well-formed (cut short, crossed tags)
stays refused. Entities can't occur: `container` has looked for them.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast
from xml.parsers import expat

from yuanli.campus.osm.container import CHUNK, LimitParams, too_many
from yuanli.campus.osm.rows import Box, Member, OsmRelation, Rows, Tags

_KINDS = {"node": "n", "way": "w", "relation": "r"}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MOST_PARTS = 200_000
"""Nodes, members or tags of one thing; OpenStreetMap allows 2,000 nodes and 32,000 members."""


@dataclass(slots=True)
class Mended:
    """What could be read."""

    rows: Rows = field(default_factory=Rows)
    bounds: Box | None = None


@dataclass(slots=True)
class _Thing:
    kind: str
    attributes: dict[str, str]
    tags: dict[str, str] = field(default_factory=dict)
    refs: list[int] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    parts: int = 0
    broken: bool = False


@dataclass(slots=True)
class _Reader:
    path: Path
    limits: LimitParams
    mended: Mended = field(default_factory=Mended)
    thing: _Thing | None = None
    count: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a thing, or take a part of the one begun."""
        if name in _KINDS and self.thing is None:
            self.count += 1
            if self.count > self.limits.features:
                raise too_many(self.path, self.limits)
            self.thing = _Thing(_KINDS[name], attributes)
        elif name == "bounds" and self.thing is None:
            self.mended.bounds = _bounds(attributes)
        elif self.thing is not None:
            _take_part(self.thing, name, attributes)

    def end(self, name: str) -> None:
        """Keep the thing that ends."""
        if self.thing is not None and _KINDS.get(name) == self.thing.kind:
            _keep(self.mended.rows, self.thing)
            self.thing = None


def rows_by_hand(path: Path, file_format: str, limits: LimitParams) -> Mended | None:
    """Read an XML file thing by thing, leaving out what is broken; None if it is not well-formed."""
    reader = _Reader(path, limits)
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    try:
        with _opened(path, file_format) as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(_UNPRINTABLE.sub("\ufffd", decoder.decode(chunk)).encode(), False)
            parser.Parse(b"", True)
    except expat.ExpatError:
        return None
    return reader.mended


def _opened(path: Path, file_format: str) -> IO[bytes]:
    if file_format == "osm.gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    return bz2.open(path, "rb") if file_format == "osm.bz2" else path.open("rb")


def _whole(text: str | None) -> int | None:
    if text is None or not re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", text):
        return None
    return int(text)


def _degrees(text: str | None, most: float) -> float | None:
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def _bounds(attributes: dict[str, str]) -> Box | None:
    west, east = (_degrees(attributes.get(key), 180.0) for key in ("minlon", "maxlon"))
    south, north = (_degrees(attributes.get(key), 90.0) for key in ("minlat", "maxlat"))
    if west is None or south is None or east is None or north is None:
        return None
    return (west, south, east, north)


def _take_part(thing: _Thing, name: str, attributes: dict[str, str]) -> None:
    thing.parts += 1
    if thing.parts > MOST_PARTS:
        thing.broken = True
    elif name == "tag" and attributes.get("k"):
        thing.tags[attributes["k"]] = attributes.get("v", "")
    elif name == "nd" and (ref := _whole(attributes.get("ref"))) is not None:
        thing.refs.append(ref)
    elif name == "member" and (ref := _whole(attributes.get("ref"))) is not None:
        kind = _KINDS.get(attributes.get("type", ""))
        if kind is not None:
            thing.members.append(Member(kind, ref, attributes.get("role", "")))
        thing.broken = thing.broken or kind is None
    else:
        thing.broken = True


def _keep(rows: Rows, thing: _Thing) -> None:
    word = {kind: name for name, kind in _KINDS.items()}[thing.kind]
    number = _whole(thing.attributes.get("id"))
    if thing.broken or number is None:
        rows.broken.append(f"{word}/{thing.attributes.get('id', '?')[:20]}")
    deleted = thing.attributes.get("action") == "delete" or thing.attributes.get("visible") == "false"
    if number is None or deleted:
        return
    tags: Tags = thing.tags
    if thing.kind == "n":
        lon, lat = _degrees(thing.attributes.get("lon"), 180.0), _degrees(thing.attributes.get("lat"), 90.0)
        rows.take_node(number, None if lon is None or lat is None else (lon, lat), tags)
        if lon is None or lat is None:
            rows.broken.append(f"node/{number}")
    elif thing.kind == "w":
        rows.take_way(number, tuple(thing.refs), tags)
    else:
        rows.take_relation(OsmRelation(number, tuple(thing.members), tags))
