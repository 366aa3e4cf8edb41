"""Is this file OpenStreetMap data at all? Looked at before a parser sees it: kind, size, traps."""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from yuanli.campus.imported import ImportRefusedError, refused
from yuanli.errors import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitParams:
    """What a file may cost.

    Parameters
    ----------
    features
        Nodes, ways and relations in one file.
    xml_bytes
        XML after decompression; a city district is some hundred megabytes.
    tag_bytes
        The longest stretch of XML without a `>`: a parser keeps one such stretch in memory.
    """

    features: int = 10_000_000
    xml_bytes: int = 4 << 30
    tag_bytes: int = 1 << 20


CHUNK = 1 << 20
EXPORT_HINT = Text(
    "请从 openstreetmap.org 或 overpass 导出 .osm 或 .osm.pbf 文件后重试。",
    "Export a .osm or .osm.pbf file from openstreetmap.org or Overpass, and try again.",
)
TRAP = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ROOT = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<([A-Za-z_][\w.:-]*)", re.DOTALL)


def osm_format_of(path: Path, limits: LimitParams = LimitParams()) -> str:
    """Return osmium's name for the format of a file: `osm`, `osm.gz`, `osm.bz2` or `pbf`.

    The content decides, not the name. XML is read through once, decompressed, in constant memory.

    Raises
    ------
    ImportRefusedError
        The file is missing, empty, of another format, or built to harm the reader.
    """
    head = _head(path)
    if not head:
        raise refused(
            f"文件 {path.name} 是空的。", f"File {path.name} is empty.", field=path.name, hint=EXPORT_HINT
        )
    if head[4:6] == b"\x0a\x09" and head[6:15] == b"OSMHeader":
        return "pbf"
    if head[:2] == b"\x1f\x8b":
        with gzip.open(path, "rb") as stream:
            _check_xml(path, cast(IO[bytes], stream), limits)
        return "osm.gz"
    if head[:3] == b"BZh":
        with bz2.open(path, "rb") as stream:
            _check_xml(path, stream, limits)
        return "osm.bz2"
    with path.open("rb") as stream:
        _check_xml(path, stream, limits)
    return "osm"


def too_many(path: Path, limits: LimitParams) -> ImportRefusedError:
    """Make the error that refuses a file with more features than allowed."""
    return refused(
        f"文件 {path.name} 的要素超过 {limits.features:,} 个。",
        f"File {path.name} has more than {limits.features:,} features.",
        field=path.name,
        hint=Text("请只导出园区范围。", "Export only the area of the campus."),
    )


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(64)
    except OSError as error:
        raise refused(
            f"无法读取文件 {path.name}：{error.strerror}。",
            f"File {path.name} can't be read: {error.strerror}.",
            field=path.name,
            hint=Text("检查路径和权限。", "Check the path and its permissions."),
        ) from error


def _check_xml(path: Path, stream: IO[bytes], limits: LimitParams) -> None:
    """Read XML once and refuse what is not OSM, grows without bound, or defines entities."""
    total, since_close, tail = 0, 0, b""
    for chunk in _chunks(path, stream):
        seen = tail + chunk
        if TRAP.search(seen):
            raise refused(
                f"文件 {path.name} 含有 DOCTYPE 或实体定义，出于安全拒绝导入。",
                f"File {path.name} defines a DOCTYPE or entities; it is refused for safety.",
                field=path.name,
                hint=EXPORT_HINT,
            )
        if total == 0:
            _check_root(path, chunk)
        total += len(chunk)
        tail = seen[-16:]
        last = chunk.rfind(b">")
        since_close = since_close + len(chunk) if last < 0 else len(chunk) - last
        if total > limits.xml_bytes:
            raise refused(
                f"文件 {path.name} 的 XML 解压后超过 {limits.xml_bytes:,} 字节。",
                f"File {path.name} has more than {limits.xml_bytes:,} bytes of XML.",
                field=path.name,
                hint=Text("请只导出园区范围。", "Export only the area of the campus."),
            )
        if since_close > limits.tag_bytes:
            raise refused(
                f"文件 {path.name} 中有一个元素超过 {limits.tag_bytes:,} 字节。",
                f"File {path.name} has an element of more than {limits.tag_bytes:,} bytes.",
                field=path.name,
                hint=EXPORT_HINT,
            )


def _chunks(path: Path, stream: IO[bytes]) -> Iterator[bytes]:
    try:
        while chunk := stream.read(CHUNK):
            yield chunk
    except (OSError, EOFError, zlib.error) as error:
        raise refused(
            f"压缩文件 {path.name} 已损坏或不完整：{error}",
            f"Compressed file {path.name} is damaged or cut short: {error}",
            field=path.name,
            hint=Text("请重新下载该文件。", "Download the file again."),
        ) from error


def _check_root(path: Path, chunk: bytes) -> None:
    if b"\x00" in chunk[:4096]:
        raise refused(
            f"文件 {path.name} 不是 OpenStreetMap 数据（开头含有零字节）。",
            f"File {path.name} is not OpenStreetMap data: it begins with zero bytes.",
            field=path.name,
            hint=EXPORT_HINT,
        )
    found = ROOT.match(chunk[:65536])
    root = found.group(1).decode("ascii", "replace") if found else None
    if root != "osm":
        name = f"<{root}>" if root else repr(chunk[:12])
        raise refused(
            f"文件 {path.name} 不是 OpenStreetMap 数据：以 {name} 开头，应为 <osm>。",
            f"File {path.name} is not OpenStreetMap data: it begins with {name} instead of <osm>.",
            field=path.name,
            hint=EXPORT_HINT,
        )
