"""GeoJSON, a file or a folder of files, as a campus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from shapely.geometry.base import BaseGeometry

from yuanli.campus.countries import time_zone_at
from yuanli.campus.crs import Transform, to_wgs84
from yuanli.campus.features import NOTHING, Feature, FeatureId
from yuanli.campus.findings import Finding
from yuanli.campus.geojson.archive import open_source
from yuanli.campus.geojson.documents import features_of, parse_document
from yuanli.campus.geojson.exchange import MEMBER, parse_exchange
from yuanli.campus.geojson.floors import floors_of, read_floors
from yuanli.campus.geojson.geometries import GeometryReader, refuse_wrong_space
from yuanli.campus.geojson.limits import ReadParams
from yuanli.campus.geojson.mapping import load_mapping
from yuanli.campus.geojson.repairs import repaired, summed_up
from yuanli.campus.geojson.tagged import is_tagged, read_tagged
from yuanli.campus.imported import Imported, Progress, no_progress, refused
from yuanli.campus.place import Campus, CampusId
from yuanli.campus.swapped import Evidence, evidence_of
from yuanli.errors import Text

Json = Any


def read_geojson(
    path: Path,
    *,
    campus_id: CampusId,
    name: str | None = None,
    crs: str = "wgs84",
    mapping: Path | None = None,
    progress: Progress = no_progress,
    params: ReadParams = ReadParams(),
) -> Imported:
    """Read our own export, features with OSM tags, or floors by a mapping.

    A `crs` member that names a known system is honoured; `crs` says otherwise for all files.

    Raises
    ------
    ImportRefusedError
        A file can't be read, an id is there twice, or the coordinates can't be a campus in degrees.
    """
    repairs: list[Finding] = []
    progress("read", 0.0)
    documents = _documents(path, repairs, params)
    own = next(
        (d for d in documents.values() if isinstance(d, dict) and isinstance(d.get(MEMBER), dict)), None
    )
    if own is not None:
        return parse_exchange(own, campus_id=campus_id, name=name, repairs=repairs)
    plan = load_mapping(mapping)
    reader = GeometryReader(_transform(documents, crs if crs != "wgs84" else plan.crs, repairs), repairs)
    features = [f for d in documents.values() if _is_collection(d) for f in d["features"]]
    _refuse_none(features, path.name, params)
    bounds = next((box for d in documents.values() if (box := _members(d).get("bbox"))), None)
    properties = [f.get("properties") or {} for f in features]
    _check_space(features, reader, path.name, evidence_of(properties, language=plan.language, bounds=bounds))
    progress("read", 0.5)
    if mapping is None and is_tagged(features):
        found = read_tagged(
            _unique(features, repairs),
            campus_id=campus_id,
            name={"und": name} if name else NOTHING,
            reader=reader,
            progress=progress,
        )
        campus = replace(
            found.campus, name=found.campus.name or {"und": path.stem}, source=f"GeoJSON {path.name}"
        )
        return Imported(campus=campus, repairs=(*summed_up(repairs, params), *found.repairs))
    floors, building = floors_of(documents, plan)
    rows = read_floors(floors, building, plan, reader)
    progress("read", 1.0)
    campus = Campus(
        id=campus_id,
        name={"und": name} if name else building or {"und": path.stem},
        features=MappingProxyType(rows),
        time_zone=_time_zone(rows),
        source=f"GeoJSON {path.name}",
    )
    return Imported(campus=campus, repairs=summed_up(repairs, params))


def _time_zone(rows: Mapping[FeatureId, Feature]) -> str:
    shapes = [g for f in rows.values() if (g := getattr(f, "geometry", None)) is not None]
    point = shapes[0].representative_point()
    return time_zone_at(point.x, point.y)


def _documents(path: Path, repairs: list[Finding], params: ReadParams) -> dict[str, Json]:
    files = open_source(path, params)
    names = files.geojson_names() or (tuple(files.readers) if len(files.readers) == 1 else ())
    if not names:
        raise refused(
            f"{path.name} 中没有 GeoJSON 文件。",
            f"{path.name} holds no GeoJSON file.",
            field=path.name,
            hint=Text("需要 .geojson 或 .json 文件。", "It should hold .geojson or .json files."),
        )
    documents: dict[str, Json] = {}
    for name in names:
        document = parse_document(files.read(name), name, repairs, params)
        if len(names) == 1 or _is_collection(document):
            document = {**_members(document), "features": features_of(document, name)}
        documents[name] = document
    return documents


def _members(document: Json) -> Mapping[str, Json]:
    return document if isinstance(document, dict) else {}


def _is_collection(document: Json) -> bool:
    return isinstance(document, dict) and isinstance(document.get("features"), list)


def _refuse_none(features: list[Json], name: str, params: ReadParams) -> None:
    if not features:
        raise refused(
            f"{name} 中没有要素。",
            f"{name} holds no features.",
            field=name,
            hint=Text("检查导出时是否选中了图层。", "Check that a layer was chosen on export."),
        )
    if len(features) > params.max_features:
        raise refused(
            f"要素超过 {params.max_features} 个。",
            f"There are more than {params.max_features} features.",
            field=name,
            hint=Text("只导出园区范围，或拆分文件。", "Export only the campus, or split the file."),
        )


def _transform(documents: Mapping[str, Json], crs: str, repairs: list[Finding]) -> Transform | None:
    if crs != "wgs84":
        return to_wgs84(crs)
    named = sorted({n for d in documents.values() if (n := _crs_name(d)) is not None})
    if len(named) > 1 and len({to_wgs84(n) for n in named}) > 1:
        raise refused(
            f"各文件的坐标系不同：{'、'.join(named)}。",
            f"The files are in different coordinate systems: {', '.join(named)}.",
            field="crs",
            hint=Text("统一为 WGS 84 后重新导出。", "Export them all in WGS 84."),
        )
    transform = to_wgs84(named[0]) if named else None
    if transform is not None:
        repairs.append(
            repaired(
                "crs",
                f"坐标已由 {named[0]} 转为 WGS 84。",
                f"Coordinates were converted from {named[0]} to WGS 84.",
            )
        )
    return transform


def _crs_name(document: Json) -> str | None:
    crs = document.get("crs") if isinstance(document, dict) else None
    if isinstance(crs, str):
        return crs
    properties = crs.get("properties") if isinstance(crs, dict) else None
    if not isinstance(properties, dict):
        return None
    name = properties.get("name") or properties.get("code")
    if name is None:
        return None
    return f"EPSG:{name}" if str(name).isdigit() else str(name)


def _check_space(features: list[Json], reader: GeometryReader, name: str, evidence: Evidence) -> None:
    shapes: dict[str, BaseGeometry] = {}
    quiet = GeometryReader(reader.transform, [])
    for index, feature in enumerate(features):
        feature_id = str(feature.get("id") or (feature.get("properties") or {}).get("id") or f"#{index + 1}")
        shape = quiet.read(feature.get("geometry"), feature_id, mend=False)
        if shape is not None:
            shapes[f"{feature_id} ({index + 1})"] = shape
    refuse_wrong_space(shapes, name, evidence)


def _unique(features: list[Json], repairs: list[Finding]) -> list[Json]:
    """Return the features without exact duplicates, refusing two that differ under one id."""
    kept: dict[str, Json] = {}
    for index, feature in enumerate(features):
        given = feature.get("id") or (feature.get("properties") or {}).get("id") or f"#{index + 1}"
        feature_id = FeatureId(str(given))
        if feature_id not in kept:
            kept[feature_id] = feature
        elif kept[feature_id] == feature:
            repairs.append(
                repaired(
                    "duplicate_id",
                    f"{feature_id} 重复出现，内容相同，只保留一份。",
                    f"{feature_id} is there twice, word for word; one was kept.",
                    feature_id=feature_id,
                )
            )
        else:
            raise refused(
                f"编号 {feature_id!r} 出现两次，且内容不同。",
                f"The id {feature_id!r} is used twice, for different features.",
                field=feature_id,
                hint=Text("为其中一个换一个编号。", "Give one of the two another id."),
            )
    return list(kept.values())
