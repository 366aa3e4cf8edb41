"""The front door of import: tells a file's format by its content and reads it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import fields, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import shapely
from pypinyin import lazy_pinyin
from shapely.geometry.base import BaseGeometry

from yuanli.campus.crs import CRS_NAMES, Transform, to_wgs84
from yuanli.campus.equipment.haystack import read_haystack
from yuanli.campus.features import NOTHING, Feature
from yuanli.campus.geojson.archive import SourceFiles, open_source, unreadable
from yuanli.campus.geojson.reading import read_geojson
from yuanli.campus.imdf.fields import STANDARD
from yuanli.campus.imdf.reading import read_imdf
from yuanli.campus.imported import Imported, ImportRefusedError, Progress, no_progress, refused
from yuanli.campus.place import Campus, CampusId
from yuanli.errors import Text

FORMATS = ("osm", "imdf", "geojson", "brick", "haystack")
"""The formats `read_campus` reads."""
LATER = ("ifc", "indoorgml")
_HEAD_BYTES = 65_536
_HAYSTACK = re.compile(
    r'"_kind"\s*:\s*"(?:grid|marker|ref)"|"projName"|"ver"\s*:\s*"[23]\.0"|"(?:site|equip|point)"\s*:\s*"(?:m:|✓)"'
)
_IMDF_ROW = re.compile(rf'"feature_type"\s*:\s*"(?:{"|".join(STANDARD)})"')
_READABLE = Text(
    "可导入：OSM（.osm、.osm.pbf）、IMDF（压缩包或文件夹）、GeoJSON（文件或文件夹）、Brick（.ttl）、Haystack（.json）。",
    "Readable: OSM (.osm, .osm.pbf), IMDF (zip or folder), GeoJSON (file or folder), Brick (.ttl), Haystack (.json).",
)


def read_campus(
    path: Path,
    *,
    format: str = "auto",
    name: str | None = None,
    crs: str = "wgs84",
    mapping: Path | None = None,
    progress: Progress = no_progress,
) -> Imported:
    """Read a campus from a file or folder; all of it or nothing.

    Parameters
    ----------
    path
        A file or a folder.
    format
        One of `FORMATS`, or `auto` to tell by the content.
    name
        The campus's name; else the file's own, else the file name.
    crs
        What the coordinates are: `wgs84`, `gcj02` or `bd09`. They are stored as WGS 84.
    mapping
        For GeoJSON of floors: what its properties mean.
    progress
        Called with the stage and the share done.

    Raises
    ------
    ImportRefusedError
        The file can't be read or its format is not known; nothing of it is kept.
    """
    if crs not in CRS_NAMES:
        raise refused(
            f"未知的坐标系 {crs!r}。",
            f"Unknown coordinate system {crs!r}.",
            field="crs",
            hint=Text("可用 wgs84、gcj02、bd09。", "Use wgs84, gcj02 or bd09."),
        )
    try:
        kind = _format_of(path) if format == "auto" else format
        return _read(path, kind, name=name, crs=crs, mapping=mapping, progress=progress)
    except RecursionError as error:
        raise refused(
            f"{path.name} 的嵌套过深。",
            f"{path.name} is nested too deeply.",
            field=path.name,
            hint=Text("请检查文件来源。", "Check where it is from."),
        ) from error


def _read(
    path: Path, kind: str, *, name: str | None, crs: str, mapping: Path | None, progress: Progress
) -> Imported:
    campus_id = campus_id_of(name or _stem(path))
    if kind == "imdf":
        return read_imdf(path, campus_id=campus_id, name=name, crs=crs, progress=progress)
    if kind == "geojson":
        return read_geojson(path, campus_id=campus_id, name=name, crs=crs, mapping=mapping, progress=progress)
    if kind == "brick":
        from yuanli.campus.equipment.turtle import read_brick

        return read_brick(path, campus_id=campus_id, name=name, progress=progress)
    if kind == "haystack":
        return _with_crs(read_haystack(path, campus_id=campus_id, name=name, progress=progress), crs)
    if kind == "osm":
        from yuanli.campus.osm import read_osm

        names = {"und": name} if name else NOTHING
        return _with_crs(read_osm(path, campus_id=campus_id, name=names, progress=progress), crs)
    raise _not_readable(kind)


def _with_crs(found: Imported, crs: str) -> Imported:
    transform = to_wgs84(crs)
    return found if transform is None else replace(found, campus=_moved(found.campus, transform))


def campus_id_of(name: str) -> CampusId:
    """Return the id for a campus of this name: lower-case ASCII, Han as pinyin, accents dropped.

    A name of which nothing is left is told by a digest.
    """
    spelled = "-".join(lazy_pinyin(name)) if re.search(r"[\u4e00-\u9fff]", name) else name
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:60].strip("-")
    if len(slug) >= 2:
        return CampusId(slug)
    return CampusId(f"campus-{hashlib.sha256(name.encode()).hexdigest()[:8]}")


def _stem(path: Path) -> str:
    return path.name.removesuffix(".pbf").removesuffix(".bz2").rsplit(".", 1)[0] or path.name


def _format_of(path: Path) -> str:
    """Tell a format by content.

    Raises
    ------
    ImportRefusedError
        The content is of no format known.
    """
    try:
        if path.is_dir():
            return _format_of_files(open_source(path))
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError as error:
        raise refused(
            f"文件 {path.name!r} 不存在。",
            f"There is no file {path.name!r}.",
            field=path.name,
            hint=Text("检查路径是否写对。", "Check the path."),
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if not head.strip(b"\x00"):
        zh, en = ("是空文件", "is empty") if not head else ("全是零字节", "is nothing but zeros")
        raise refused(
            f"{path.name} {zh}。",
            f"{path.name} {en}.",
            field=path.name,
            hint=Text("重新下载或导出。", "Download or export it again."),
        )
    if head.startswith(b"PK"):
        return _format_of_files(open_source(path))
    return _format_of_head(path, head)


def _format_of_head(path: Path, head: bytes) -> str:
    suffixes = [s.lower() for s in path.suffixes]
    if head[4:15] == b"\x0a\x09OSMHeader" or ".pbf" in suffixes or ".osm" in suffixes:
        return "osm"
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "ignore")
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        if re.search(r"<(osm|osmChange)\b", text):
            return "osm"
        return "indoorgml" if "indoorgml" in text[:5000].lower() else "unknown"
    if text.startswith("ISO-10303-21"):
        return "ifc"
    if re.match(r"(#.*\n|\s)*(@prefix|@base|PREFIX|BASE)\b", text, re.I) or ".ttl" in suffixes:
        return "brick"
    if text.startswith(("{", "[")) or {".geojson", ".json"} & set(suffixes):
        if _IMDF_ROW.search(text) and '"yuanli"' not in text:
            return "imdf"
        return "haystack" if _HAYSTACK.search(text) else "geojson"
    return "unknown"


def _format_of_files(files: SourceFiles) -> str:
    stems = {PurePosixPath(name).name.rsplit(".", 1)[0] for name in files.geojson_names()}
    standard = stems & set(STANDARD)
    if len(standard) >= 2 or ("manifest" in stems and standard):
        return "imdf"
    if "manifest" in stems and _is_imdf_manifest(files):
        return "imdf"
    if stems:
        return "geojson"
    raise refused(
        f"{files.path.name} 中没有可识别的文件。",
        f"{files.path.name} holds no file of a known format.",
        field=files.path.name,
        hint=_READABLE,
    )


def _is_imdf_manifest(files: SourceFiles) -> bool:
    name = next(n for n in files.geojson_names() if PurePosixPath(n).name.startswith("manifest."))
    try:
        document = json.loads(files.read(name)[:100_000].decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "version" in document and "language" in document


def _not_readable(kind: str) -> ImportRefusedError:
    if kind in LATER:
        return refused(
            f"{kind} 格式暂不支持导入。", f"{kind} can't be imported yet.", field="format", hint=_READABLE
        )
    return refused(
        "无法识别文件格式。" if kind == "unknown" else f"未知的格式 {kind!r}。",
        "The format of the file is not known." if kind == "unknown" else f"Unknown format {kind!r}.",
        field="format",
        hint=_READABLE,
    )


def _moved(campus: Campus, transform: Transform) -> Campus:
    """Return a campus with every geometry put through a transform."""
    rows = {i: _moved_feature(f, transform) for i, f in campus.features.items()}
    return replace(campus, features=MappingProxyType(rows))


def _moved_feature(feature: Feature, transform: Transform) -> Feature:
    changes = {
        field.name: shapely.transform(value, transform)
        for field in fields(feature)
        if isinstance(value := getattr(feature, field.name), BaseGeometry)
    }
    return replace(feature, **changes) if changes else feature
