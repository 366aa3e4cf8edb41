"""A campus as an IMDF archive: the standard's files, ours beside them, and what the source had besides."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from yuanli.campus.codec import feature_to_json
from yuanli.campus.features import TABLE_OF, Building, Feature, FeatureId, Footprint
from yuanli.campus.geojson.geometries import GeometryReader
from yuanli.campus.imdf.features import has_standard_category, write_feature
from yuanli.campus.imdf.fields import STANDARD
from yuanli.campus.imdf.outlines import OUTLINE, outline_of
from yuanli.campus.imdf.reading import OURS, REMOVED, collections_of, derive
from yuanli.campus.place import Campus

Json = Any
_STAMP = (1980, 1, 1, 0, 0, 0)


def write_imdf(campus: Campus, path: Path) -> None:
    """Write a campus as IMDF 1.0.0: a zip where `path` ends in `.zip`, else a folder.

    Features that nobody edited are written as they were read. Outlines of buildings are footprints.
    Categories that IMDF does not have become the nearest that it has, and stay beside it as `yuanli_own`;
    tables beyond the standard, and sections of a kind that it does not know, go to
    `yuanli_<table>.geojson`. The same campus always gives the same bytes.
    """
    files = imdf_files(campus)
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
        return
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def imdf_files(campus: Campus) -> dict[str, bytes]:
    """Return the files of the archive by name."""
    files: dict[str, bytes] = {}
    if not any(PurePosixPath(f.name).name == "manifest.json" for f in campus.extra_files):
        files["manifest.json"] = _dumped(
            {"version": "1.0.0", "generated_by": "yuanli", "language": _language(campus)}
        )
    derived = _derived(campus)
    standard: dict[str, list[Json]] = defaultdict(list)
    ours: dict[str, list[Json]] = defaultdict(list)
    for feature_id, feature in campus.features.items():
        table = TABLE_OF[type(feature)]
        if feature_id in derived:
            if feature != derived[feature_id]:
                ours[table].append(feature_to_json(feature))
        elif table in STANDARD and has_standard_category(feature):
            standard[table].append(write_feature(feature, campus.features))
        else:
            ours[table].append(feature_to_json(feature))
    _part_outlines(campus, standard)
    for table, rows in standard.items():
        files[f"{table}.geojson"] = _dumped({"type": "FeatureCollection", "name": table, "features": rows})
    for table, rows in ours.items():
        files[f"{OURS}{table}.geojson"] = _dumped({"type": "FeatureCollection", "features": rows})
    removed = [feature_id for feature_id in derived if feature_id not in campus.features]
    if removed:
        files[REMOVED] = _dumped(removed)
    files.update((file.name, file.content) for file in campus.extra_files)
    return files


def _part_outlines(campus: Campus, standard: dict[str, list[Json]]) -> None:
    """Take the outlines from the rows of buildings, and put them in rows of footprints."""
    footprints: dict[FeatureId, list[Footprint]] = defaultdict(list)
    for footprint in campus.of(Footprint):
        for building_id in footprint.building_ids:
            footprints[building_id].append(footprint)
    for row in standard.get("building", ()):
        building = campus.find(FeatureId(str(row["id"])))
        outline = outline_of(building, footprints[building.id]) if isinstance(building, Building) else None
        if outline is None:
            continue
        row["geometry"], row["properties"][OUTLINE] = None, outline.id
        if outline.id not in campus.features:
            standard["footprint"].append(write_feature(outline, campus.features))


def _derived(campus: Campus) -> Mapping[FeatureId, Feature]:
    """Return the features that reading the archive's extra files again will give."""
    base = {i: f for i, f in campus.features.items() if TABLE_OF[type(f)] in STANDARD}
    collections = collections_of(campus.extra_files)
    named = {str(row.get("id")) for c in collections for row in c.features}
    base = {i: f for i, f in base.items() if i not in named}
    return derive(collections, base, GeometryReader(), _language(campus))


def _language(campus: Campus) -> str:
    for file in campus.extra_files:
        if PurePosixPath(file.name).name == "manifest.json":
            document = json.loads(file.content.decode("utf-8-sig"))
            if isinstance(document, dict):
                return str(document.get("language") or "und")
    languages = [tag for tag in campus.name if tag != "und"]
    return languages[0] if languages else "und"


def _dumped(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
