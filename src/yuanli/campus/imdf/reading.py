"""An IMDF archive, zip or folder, as a campus."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from shapely.geometry import Point

from yuanli.campus.codec import feature_from_json
from yuanli.campus.countries import time_zone_at
from yuanli.campus.crs import to_wgs84
from yuanli.campus.features import Address, Alias, Building, Feature, FeatureId, Venue
from yuanli.campus.findings import Finding
from yuanli.campus.geojson.archive import SourceFiles, open_source
from yuanli.campus.geojson.documents import features_of, parse_document, without_nan
from yuanli.campus.geojson.geometries import GeometryReader, refuse_wrong_space
from yuanli.campus.geojson.limits import ReadParams
from yuanli.campus.geojson.repairs import repaired, summed_up
from yuanli.campus.imdf.features import read_feature, with_repair
from yuanli.campus.imdf.fields import STANDARD
from yuanli.campus.imdf.ordinals import mend_ordinals
from yuanli.campus.imdf.outlines import with_outlines
from yuanli.campus.imdf.references import mend_references
from yuanli.campus.imdf.surroundings import Collection, read_surroundings, short_names
from yuanli.campus.imported import Imported, Progress, no_progress, refused
from yuanli.campus.place import Campus, CampusId, ExtraFile
from yuanli.campus.swapped import evidence_of
from yuanli.errors import Text

Json = Any
OURS = "yuanli_"
"""Files of this prefix hold tables that IMDF does not have, in our own codec."""
REMOVED = f"{OURS}removed.json"


@dataclass(slots=True)
class _Archive:
    """What the files of an archive hold, sorted by what it is."""

    rows: dict[str, list[dict[str, Json]]] = field(default_factory=dict)
    collections: list[Collection] = field(default_factory=list)
    ours: list[dict[str, Json]] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    extra_files: list[ExtraFile] = field(default_factory=list)
    language: str = "und"


def read_imdf(
    path: Path,
    *,
    campus_id: CampusId,
    name: str | None = None,
    crs: str = "wgs84",
    progress: Progress = no_progress,
    params: ReadParams = ReadParams(),
) -> Imported:
    """Read an IMDF archive.

    Exact duplicates are dropped, two different features of one id refuse the file. Spaces without a level
    are put on the one that holds them, else left out; references to nothing are emptied. Ordinals that
    count the ground as 1 are lowered. Files beyond the standard are kept byte for byte and understood
    where they can be. A file in another `crs` gives up the bytes of the extra files that were understood.

    Raises
    ------
    ImportRefusedError
        The archive can't be read; nothing of it is kept.
    """
    repairs: list[Finding] = []
    progress("read", 0.0)
    archive = _sorted_files(open_source(path, params), repairs, params)
    progress("read", 0.5)
    reader = GeometryReader(to_wgs84(crs), repairs)
    features = with_outlines(_read_rows(archive, reader))
    refuse_wrong_space(
        {i: g for i, f in features.items() if (g := getattr(f, "geometry", None)) is not None},
        path.name,
        evidence_of(
            ({"country": f.country} for f in features.values() if isinstance(f, Address)),
            language=archive.language,
        ),
    )
    _refuse_empty(features, path.name)
    features = mend_ordinals(mend_references(features, repairs), repairs)
    features = _named_buildings(
        features, derived := derive(archive.collections, features, reader, archive.language)
    )
    features.update((i, f) for i, f in derived.items() if i not in features)
    features.update((f.id, f) for f in map(feature_from_json, archive.ours))
    for feature_id in archive.removed:
        features.pop(FeatureId(feature_id), None)
    progress("read", 1.0)
    middle = _middle(features)
    understood = {c.name for c in archive.collections} if crs != "wgs84" else set()
    campus = Campus(
        id=campus_id,
        name=_campus_name(features, name, path),
        features=MappingProxyType(features),
        source=f"IMDF {path.name}",
        time_zone=time_zone_at(middle.x, middle.y),
        country=next((f.country for f in features.values() if isinstance(f, Address) and f.country), ""),
        extra_files=tuple(f for f in archive.extra_files if f.name not in understood),
    )
    return Imported(campus=campus, repairs=summed_up(repairs, params))


def derive(
    collections: Iterable[Collection],
    features: Mapping[FeatureId, Feature],
    reader: GeometryReader,
    language: str,
) -> dict[FeatureId, Feature]:
    """Return what extra files and short names add to the standard's features."""
    found = read_surroundings(collections, features, reader)
    names: dict[FeatureId, Feature] = {**short_names(features, language)}
    return {**names, **found}


def collections_of(extra_files: Iterable[ExtraFile]) -> list[Collection]:
    """Return the feature collections among a campus's extra files."""
    found: list[Collection] = []
    for file in extra_files:
        if file.name.lower().endswith((".geojson", ".json")) and file.name != "manifest.json":
            document = parse_document(file.content, file.name, [])
            if isinstance(document, dict) and isinstance(document.get("features"), list):
                found.append(Collection(file.name, features_of(document, file.name)))
    return found


def _sorted_files(files: SourceFiles, repairs: list[Finding], params: ReadParams) -> _Archive:
    archive = _Archive()
    count = 0
    for name in files.readers:
        content = files.read(name)
        stem = PurePosixPath(name).name
        if not name.lower().endswith((".geojson", ".json")):
            archive.extra_files.append(ExtraFile(name, content))
            continue
        document = parse_document(content, name, repairs, params)
        if stem == "manifest.json":
            archive.extra_files.append(ExtraFile(name, content))
            archive.language = str(document.get("language") or "und") if isinstance(document, dict) else "und"
        elif stem == REMOVED:
            archive.removed.update(str(i) for i in document if isinstance(document, list))
        elif isinstance(document, dict) and isinstance(document.get("features"), list):
            rows = features_of(document, name)
            count += len(rows)
            _sort_rows(archive, name, content, rows)
        else:
            archive.extra_files.append(ExtraFile(name, content))
        if count > params.max_features:
            raise refused(
                f"要素超过 {params.max_features} 个。",
                f"There are more than {params.max_features} features.",
                field=name,
                hint=Text("只导出园区范围，或拆分文件。", "Export only the campus, or split the file."),
            )
    _tell_missing(archive, repairs)
    return archive


def _sort_rows(archive: _Archive, name: str, content: bytes, rows: list[dict[str, Json]]) -> None:
    stem = PurePosixPath(name).name.rsplit(".", 1)[0]
    if stem.startswith(OURS):
        archive.ours.extend(rows)
        return
    tables = [str(row.get("feature_type") or stem) for row in rows]
    if (rows and all(table in STANDARD for table in tables)) or (not rows and stem in STANDARD):
        for table, row in zip(tables, rows, strict=True):
            archive.rows.setdefault(table, []).append(row)
        if not rows:
            archive.rows.setdefault(stem, [])
        return
    archive.collections.append(Collection(name, rows))
    archive.extra_files.append(ExtraFile(name, content))


def _tell_missing(archive: _Archive, repairs: list[Finding]) -> None:
    if not any(PurePosixPath(f.name).name == "manifest.json" for f in archive.extra_files):
        repairs.append(repaired("missing_file", "缺少 manifest.json。", "There is no manifest.json."))
    for table in ("venue", "building", "level", "unit"):
        if table not in archive.rows:
            repairs.append(
                repaired("missing_file", f"缺少 {table}.geojson。", f"There is no {table}.geojson.")
            )


def _read_rows(archive: _Archive, reader: GeometryReader) -> dict[FeatureId, Feature]:
    features: dict[FeatureId, Feature] = {}
    seen: dict[str, tuple[str, str]] = {}
    for table, rows in archive.rows.items():
        for index, row in enumerate(rows):
            given = without_nan(row.get("id"))
            if given is None:
                given = f"{table}-{index + 1}"
                reader.repairs.append(
                    repaired(
                        "missing_id",
                        f"{table} 的第 {index + 1} 个要素没有编号，已编为 {given}。",
                        f"Feature {index + 1} of {table} has no id; it was given {given}.",
                        feature_id=given,
                    )
                )
            feature_id = FeatureId(str(given))
            content = (table, json.dumps(row, sort_keys=True))
            if feature_id in seen:
                _refuse_conflict(feature_id, seen[feature_id], content)
                reader.repairs.append(_duplicate(feature_id))
                continue
            seen[feature_id] = content
            features[feature_id] = read_feature(
                table, row, feature_id, language=archive.language, reader=reader
            )
    return features


def _refuse_conflict(feature_id: str, first: tuple[str, str], second: tuple[str, str]) -> None:
    if first != second:
        raise refused(
            f"编号 {feature_id!r} 出现两次，且内容不同（{first[0]}、{second[0]}）。",
            f"The id {feature_id!r} is used twice, for different features ({first[0]}, {second[0]}).",
            field=feature_id,
            hint=Text("为其中一个换一个编号。", "Give one of the two another id."),
        )


def _duplicate(feature_id: str) -> Finding:
    return repaired(
        "duplicate_id",
        f"{feature_id} 重复出现，内容相同，只保留一份。",
        f"{feature_id} is there twice, word for word; one was kept.",
        feature_id=feature_id,
    )


def _refuse_empty(features: Mapping[FeatureId, Feature], name: str) -> None:
    if not any(getattr(f, "geometry", None) is not None for f in features.values()):
        raise refused(
            f"{name} 中没有任何带几何的要素。",
            f"{name} holds no feature with a geometry.",
            field=name,
            hint=Text("检查压缩包内容是否完整。", "Check that the archive is complete."),
        )


def _named_buildings(
    features: dict[FeatureId, Feature], derived: Mapping[FeatureId, Feature]
) -> dict[FeatureId, Feature]:
    """Return the features with unnamed buildings named as an extra file names them first."""
    names: dict[FeatureId, dict[str, str]] = {}
    for alias in derived.values():
        if isinstance(alias, Alias) and alias.kind == "alias" and alias.weight == 1.0:
            names.setdefault(alias.feature_id, {}).setdefault(alias.language, alias.text)
    for building_id, name in names.items():
        building = features.get(building_id)
        if isinstance(building, Building) and not building.name:
            features[building_id] = with_repair(building, "name", name)
    return features


def _middle(features: Mapping[FeatureId, Feature]) -> Point:
    """Return a point inside the venue, else inside any feature."""
    shapes = [(f, g) for f in features.values() if (g := getattr(f, "geometry", None)) is not None]
    shape = next((g for f, g in shapes if isinstance(f, Venue)), shapes[0][1])
    point: Point = shape.representative_point()
    return point


def _campus_name(features: Mapping[FeatureId, Feature], name: str | None, path: Path) -> Mapping[str, str]:
    if name:
        return {"und": name}
    venue = next((f for f in features.values() if isinstance(f, Venue)), None)
    return (venue.name if venue is not None else {}) or {"und": path.stem}
