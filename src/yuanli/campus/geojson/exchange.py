"""Our own GeoJSON: one FeatureCollection of every table, read back without loss."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yuanli.campus.codec import FeatureFormatError, feature_from_json, feature_to_json
from yuanli.campus.findings import Finding
from yuanli.campus.imported import Imported, refused
from yuanli.campus.place import Campus, CampusId, DuplicateIdError, ExtraFile, by_id
from yuanli.errors import Text

Json = Any
MEMBER = "yuanli"
"""The foreign member of the collection that tells a file of ours, with what is no feature."""


def write_geojson(campus: Campus, path: Path) -> None:
    """Write a campus as one GeoJSON FeatureCollection that `read_geojson` reads back without loss."""
    document = {
        "type": "FeatureCollection",
        MEMBER: {
            "version": 1,
            "id": campus.id,
            "name": dict(campus.name),
            "source": campus.source,
            "attribution": campus.attribution,
            "time_zone": campus.time_zone,
            "country": campus.country,
            "extra_files": [
                {"name": f.name, "base64": base64.b64encode(f.content).decode()} for f in campus.extra_files
            ],
        },
        "features": [feature_to_json(feature) for feature in campus.features.values()],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def parse_exchange(
    document: Mapping[str, Json], *, campus_id: CampusId, name: str | None, repairs: list[Finding]
) -> Imported:
    """Return the campus that `write_geojson` wrote.

    Raises
    ------
    ImportRefusedError
        A feature does not fit its table, or an id is there twice.
    """
    about = document[MEMBER]
    try:
        features = by_id(feature_from_json(row) for row in document["features"])
        extra_files = tuple(
            ExtraFile(str(f["name"]), base64.b64decode(f["base64"])) for f in about.get("extra_files") or ()
        )
    except (FeatureFormatError, DuplicateIdError) as error:
        raise refused(error.message.zh, error.message.en, field=error.field, hint=error.hint) from error
    except (KeyError, TypeError, binascii.Error) as error:
        raise refused(
            f"附加文件无法读取：{error}。",
            f"An extra file can't be read: {error}.",
            field=MEMBER,
            hint=Text("重新导出该园区。", "Export the campus again."),
        ) from error
    campus = Campus(
        id=campus_id,
        name={"und": name} if name else dict(about.get("name") or {}),
        features=features,
        source=str(about.get("source") or ""),
        attribution=str(about.get("attribution") or ""),
        time_zone=str(about.get("time_zone") or "Asia/Shanghai"),
        country=str(about.get("country") or ""),
        extra_files=extra_files,
    )
    return Imported(campus=campus, repairs=tuple(repairs))
