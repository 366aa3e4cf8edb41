"""Project Haystack: grids of entities in JSON, of version 3 and 4 (Hayson); tags become classes of Brick.

Formats: project-haystack.org/doc/docHaystack/Json; sites, spaces, equips and points by their marker tags.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml
from shapely.geometry import Point

from yuanli.campus.equipment.classes import EQUIPMENT, LOCATION, POINT, class_of_tags, unit_of_haystack
from yuanli.campus.equipment.drafts import Thing, assemble
from yuanli.campus.features import LanguageMap
from yuanli.campus.findings import Finding
from yuanli.campus.geojson.archive import unreadable
from yuanli.campus.geojson.repairs import repaired
from yuanli.campus.imported import Imported, Progress, refused
from yuanli.campus.place import CampusId
from yuanli.errors import Text

MARKER = object()
OLD_KINDS = re.compile(r"^([mrndtuhscbxz\-]):(.*)$", re.S)
PLACES = {
    "site": "Site",
    "building": "Building",
    "floor": "Floor",
    "room": "Room",
    "zone": "Zone",
    "space": "Space",
}
INSIDE = ("equipRef", "roomRef", "zoneRef", "spaceRef", "floorRef", "buildingRef", "siteRef")
FEEDS = re.compile(r"(air|chilledWater|hotWater|elec|steam|gas)Ref$")
FORMS = {"point": POINT, "equip": EQUIPMENT, "equipment": EQUIPMENT}
NAMES = ("dis", "navName", "name")
HELD = ("his", "cur", "writable", "point", "equip", "kind", "tz", "unit", "enum")
"""Tags that say how a point is kept, and nothing of what it measures."""
LARGEST = 256 * 1024 * 1024


def read_haystack(
    path: Path, *, campus_id: CampusId, name: str | None, progress: Progress = lambda stage, share: None
) -> Imported:
    """Read sites, spaces, equips and points from a JSON grid or list of dicts; all of it or nothing.

    Raises
    ------
    ImportRefusedError
        It is no grid, an entity has no id, or an id is there twice.
    """
    progress("reading", 0.0)
    repairs: list[Finding] = []
    rows = [{tag: _value(raw) for tag, raw in row.items()} for row in _rows(path)]
    zones = [row["tz"] for row in rows if "site" in row and isinstance(row.get("tz"), str)]
    known = sorted(available_timezones())
    zone = next((z for tz in zones for z in known if tz in (z, z.rpartition("/")[2])), None)
    keys: set[str] = set()
    for number, row in enumerate(rows, start=1):
        key = row.get("id")
        if not isinstance(key, _Ref):
            raise _wrong(path, number, "没有 id", "has no id")
        if key.id in keys:
            raise _wrong(
                path, number, f"的 id {key.id!r} 重复", f"has the id {key.id!r}, which is there twice"
            )
        keys.add(key.id)
    things = [thing for row in rows if (thing := _thing(row, repairs)) is not None]
    progress("building", 0.9)
    return assemble(
        list(_with_buildings(things)), campus_id=campus_id, name={"und": name} if name else {}, source=path.name,
        repairs=repairs, time_zone=zone,
    )  # fmt: skip


class _Ref:
    def __init__(self, text: str, shown: str | None = None) -> None:
        head, _, rest = text.lstrip("@").partition(" ")
        self.id, self.shown = head, shown or rest or None


def _rows(path: Path) -> list[Mapping[str, Any]]:
    try:
        if path.stat().st_size > LARGEST:
            raise refused(
                f"{path.name} 超过 {LARGEST >> 20} MB。",
                f"{path.name} is larger than {LARGEST >> 20} MB.",
                field=path.name,
                hint=Text("按建筑拆成几个文件。", "Split it by building."),
            )
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, RecursionError) as error:
        raise refused(
            f"{path.name} 不是有效的 JSON：{str(error)[:200]}",
            f"{path.name} is no valid JSON: {str(error)[:200]}",
            field=path.name,
            hint=Text("从 Haystack 系统重新导出 JSON。", "Export it as JSON again."),
        ) from error
    rows = document.get("rows") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise refused(
            f"{path.name} 不是 Haystack 网格：缺少 rows。",
            f"{path.name} is no Haystack grid: it has no rows.",
            field="rows",
            hint=Text("需要 {“rows”: [...]} 或实体列表。", 'Give {"rows": [...]} or a list of entities.'),
        )
    return rows


def _value(raw: Any) -> Any:
    """Return a scalar of JSON version 3 (`m:`, `r:id Name`, `n:3 kW`) or 4 (`{"_kind": …}`) as Python's."""
    if isinstance(raw, dict):
        kind = raw.get("_kind")
        if kind == "marker":
            return MARKER
        if kind == "ref":
            return _Ref(str(raw.get("val", "")), raw.get("dis"))
        if kind == "number":
            return _number(raw.get("val"))
        if kind == "coord":
            return _coord(raw.get("lat"), raw.get("lng"))
        return raw.get("val", raw)
    if isinstance(raw, str) and (match := OLD_KINDS.match(raw)):
        kind, rest = match[1], match[2]
        if kind == "m":
            return MARKER
        if kind == "r":
            return _Ref(rest)
        if kind == "n":
            return _number(rest.split(" ")[0])
        if kind == "c":
            return _coord(*(rest.split(",") if rest.count(",") == 1 else (None, None)))
        return rest
    if raw == "✓":
        return MARKER
    return _Ref(raw) if isinstance(raw, str) and raw.startswith("@") else raw


def _thing(row: Mapping[str, Any], repairs: list[Finding]) -> Thing | None:
    kind = next((form for tag, form in FORMS.items() if tag in row), None)
    place = next((brick for tag, brick in PLACES.items() if row.get(tag) is MARKER), None)
    if kind is None and place is None:
        return None
    ref: _Ref = row["id"]
    brick_class = place if kind is None else _class_of(row, kind, ref, repairs)
    low, high = (_finite(row.get(tag)) for tag in ("minVal", "maxVal"))
    return Thing(
        key=ref.id,
        kind=kind or LOCATION,
        brick_class=brick_class or "Point",
        name=_name(row, ref),
        inside=tuple(other.id for tag in INSIDE if isinstance(other := row.get(tag), _Ref)),
        unit=_unit(row.get("unit")),
        low=low if low is None or high is None or low <= high else None,
        high=high if low is None or high is None or low <= high else None,
        ordinal=_finite(row.get("floorNum")),
        spot=row["geoCoord"] if isinstance(row.get("geoCoord"), Point) else None,
        extra={"tags": sorted(tag for tag, value in row.items() if value is MARKER)},
        names_of_feed=(ref.id, *((ref.shown,) if ref.shown else ())) if kind == POINT else (),
    )  # fmt: skip


def _class_of(row: Mapping[str, Any], kind: str, ref: _Ref, repairs: list[Finding]) -> str:
    """Return the class of Brick with the most tags that the entity has."""
    words = {tag for tag, value in row.items() if value is MARKER and tag not in HELD}
    words |= {piece for tag in words for piece in re.findall(r"^[a-z]+|[A-Z][a-z]+", tag)}
    tags = {own for word in words for own in _tags().get(word, [word[:1].upper() + word[1:]])}
    tags.add("Point" if kind == POINT else "Equipment")
    found = class_of_tags(frozenset(tags), kind)
    if found is None:
        repairs.append(
            repaired(
                "unknown_class",
                f"{ref.id} 的标签 {'、'.join(sorted(words)) or '（无）'} 对不上任何 Brick 类。",
                f"The tags of {ref.id} ({', '.join(sorted(words)) or 'none'}) fit no class of Brick.",
                feature_id=ref.id,
                remedy=Text("导入后改正它的类别。", "Correct its class after the import."),
            )
        )
        return "Point" if kind == POINT else "Equipment"
    return found


def _with_buildings(things: list[Thing]) -> Iterator[Thing]:
    """Yield the things; a site of Haystack is a building where it has floors or rooms of its own and no building."""
    buildings = {thing.key for thing in things if thing.brick_class == "Building"}
    for thing in things:
        if thing.brick_class == "Site" and not buildings:
            yield replace(thing, brick_class="Building")
        else:
            yield thing


def _name(row: Mapping[str, Any], ref: _Ref) -> LanguageMap:
    for tag in NAMES:
        if isinstance(row.get(tag), str) and row[tag]:
            return {"und": row[tag]}
    return {"und": ref.shown or ref.id}


def _unit(text: Any) -> str | None:
    return unit_of_haystack().get(text, text) if isinstance(text, str) and text else None


def _number(value: Any) -> float | None:
    try:
        return float(str(value).replace("_", ""))
    except ValueError:
        return None


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _coord(lat: Any, lon: Any) -> Point | None:
    y, x = _number(lat), _number(lon)
    return Point(x, y) if x is not None and y is not None and abs(y) <= 90 and abs(x) <= 180 else None


def _wrong(path: Path, number: int, zh: str, en: str) -> Exception:
    return refused(
        f"{path.name} 第 {number} 个实体{zh}。",
        f"Entity {number} of {path.name} {en}.",
        field=f"rows[{number - 1}].id",
        hint=Text("改正后再导入；没有导入任何内容。", "Correct it and import again; nothing was imported."),
    )


@cache
def _tags() -> Mapping[str, list[str]]:
    text = resources.files(__package__).joinpath("haystack_tags.yaml").read_text(encoding="utf-8")
    return {str(tag): list(map(str, own)) for tag, own in yaml.safe_load(text).items()}
