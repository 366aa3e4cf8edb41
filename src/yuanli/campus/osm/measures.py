"""What do the values of tags say in our units: metres, ratios, yes or no, who may pass?"""

from __future__ import annotations

import math
import re
from typing import Any

from yuanli.campus.features import Extra
from yuanli.campus.osm.rows import Tags

_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|cm|mm|ft|'|metres?|meters?|米)?", re.IGNORECASE)
_FEET = re.compile(r"(\d+)\s*(?:'|ft)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|in|'')?)?")
_METRES = {"cm": 0.01, "mm": 0.001, "ft": 0.3048, "'": 0.3048}
_YES = {"yes", "designated", "permissive", "official", "public", "true", "1"}
_RESTRICTIONS = {
    "private": "private", "permit": "permit", "residents": "residents", "destination": "destination",
    "delivery": "delivery", "discouraged": "discouraged", "students": "students", "members": "permit",
    "member": "permit", "key": "private", "agricultural": "private", "forestry": "private",
    "employees": "employeesonly", "staff": "employeesonly", "service": "employeesonly",
    "emergency": "emergency", "restricted": "restricted", "no": "no", "military": "military",
}  # fmt: skip
"""What access values mean to `yuanli.routing`: those in front are avoided, not barred; others are free."""
_CONDITION = re.compile(r"\s*([a-z_]+)\s*@\s*(?:\((.+)\)|([^;]+))\s*", re.IGNORECASE)


def metres_of(text: str | None, *, most: float = 1000.0) -> float | None:
    """Return a length in metres (`1.2`, `1,2 m`, `90 cm`, `3'6"`), or None where it says none."""
    if text is None:
        return None
    text = text.strip()
    if (found := _LENGTH.fullmatch(text)) is not None:
        value = float(found.group(1).replace(",", ".")) * _METRES.get((found.group(2) or "m").lower(), 1.0)
    elif (feet := _FEET.fullmatch(text)) is not None:
        value = int(feet.group(1)) * 0.3048 + float(feet.group(2) or 0) * 0.0254
    else:
        return None
    return value if 0 < value <= most else None


def width_of(tags: Tags) -> float | None:
    """Return the clear width in metres."""
    for key in ("maxwidth:physical", "width", "door:width", "est_width"):
        if (value := metres_of(tags.get(key), most=200.0)) is not None:
            return value
    return None


def slope_of(text: str | None) -> float | None:
    """Return a steepness as a ratio, never negative (`6%`, `-4 %`, `10°`, `1:12`), or None."""
    if text is None:
        return None
    plain = text.strip().replace(",", ".").lstrip("+-−")
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*°", plain):
        value = math.tan(math.radians(min(float(found.group(1)), 89.0)))
    elif found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*[:/]\s*(\d+(?:\.\d+)?)", plain):
        value = float(found.group(1)) / float(found.group(2)) if float(found.group(2)) else math.inf
    elif found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*[%％]?", plain):
        value = float(found.group(1)) / 100
    else:
        return None
    return value if value <= 2.0 else None


def whole_of(text: str | None, *, most: int = 100_000) -> int | None:
    """Return a count, or None where the text is none."""
    if text is None or not re.fullmatch(r"\s*\d{1,6}\s*", text):
        return None
    value = int(text)
    return value if value <= most else None


def storeys_of(tags: Tags) -> float | None:
    """Return `building:levels` as a number, or None."""
    text = (tags.get("building:levels") or "").strip().replace(",", ".")
    return float(text) if re.fullmatch(r"\d{1,3}(?:\.\d+)?", text) else None


def says_yes(text: str | None) -> bool:
    """Return whether an access value lets people through."""
    return text is not None and any(part.strip() in _YES for part in text.split(";"))


def restriction_of(tags: Tags, *keys: str) -> str | None:
    """Return the restriction by the first of the keys that is set (`foot` before `access`), or None if free.

    A whole campus is often tagged `access=private`: that stays `private`, which a route avoids where it
    can; `no` and `military` bar it. Of several values the first counts that lets most people through.
    """
    for key in keys or ("foot", "access"):
        value = tags.get(key)
        if value is None or value == "use_sidepath":
            continue
        parts = [part.strip().lower() for part in value.split(";") if part.strip()]
        meant = [_RESTRICTIONS.get(part) for part in parts]
        if hours_of(tags) is not None and _opens_by_condition(tags):
            return None
        if not meant or None in meant:
            return None
        return min((m for m in meant if m is not None), key=list(_RESTRICTIONS.values()).index)
    return "private" if tags.get("locked") == "yes" and "barrier" in tags else None


def hours_of(tags: Tags) -> str | None:
    """Return when a way or gate is open: `opening_hours`, or the condition of `access:conditional`."""
    if "opening_hours" in tags:
        return tags["opening_hours"]
    for key in ("foot:conditional", "access:conditional"):
        found = _CONDITION.fullmatch(tags.get(key, ""))
        if found is not None and any(sign in found.group(0) for sign in (":", "sunset", "sunrise")):
            when = (found.group(2) or found.group(3)).strip()
            return when if _RESTRICTIONS.get(found.group(1).lower()) is None else f"24/7; {when} off"
    return None


def _opens_by_condition(tags: Tags) -> bool:
    """Return whether a condition opens what is closed at other times."""
    if "opening_hours" in tags:
        return False
    said = tags.get("foot:conditional") or tags.get("access:conditional", "")
    return _RESTRICTIONS.get(said.split("@")[0].strip().lower()) is None


def accessibility_of(tags: Tags) -> tuple[str, ...]:
    """Return IMDF accessibility values, and `notwheelchair` where the source denies it."""
    values: list[str] = []
    wheelchair = tags.get("wheelchair") or tags.get("toilets:wheelchair") or tags.get("ramp:wheelchair")
    if wheelchair in {"yes", "designated", "official"}:
        values.append("wheelchair")
    elif wheelchair == "no":
        values.append("notwheelchair")
    if says_yes(tags.get("tactile_paving")):
        values.append("tactilepaving")
    if any(k.startswith("tactile_writing:braille") and v == "yes" for k, v in tags.items()):
        values.append("braille")
    if says_yes(tags.get("hearing_loop")):
        values.append("hearingloop")
    return tuple(values)


def automatic_of(tags: Tags) -> bool | None:
    """Return whether a door opens by itself, None where nobody says."""
    value = tags.get("automatic_door") or tags.get("door:automatic")
    return None if value is None else value not in {"no", "manual"}


def phone_of(tags: Tags) -> str | None:
    """Return the phone number."""
    return tags.get("phone") or tags.get("contact:phone")


def website_of(tags: Tags) -> str | None:
    """Return the web page."""
    return tags.get("website") or tags.get("contact:website") or tags.get("url")


def extra_of(osm_id: str, tags: Tags, **more: Any) -> Extra:
    """Return what is kept beyond the model: the OSM id, all tags, and what an importer adds."""
    return {"osm_id": osm_id, "tags": dict(tags), **more}
