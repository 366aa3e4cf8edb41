"""What do the values of tags say in our units: metres, ratios, yes or no, who may pass?"""

from __future__ import annotations

import math
import re
from typing import Any

from yuanli.campus.features import Extra
from yuanli.campus.osm.reading import Tags

_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|cm|mm|ft|'|metres?|meters?|米)?", re.IGNORECASE)
_FEET = re.compile(r"(\d+)\s*(?:'|ft)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|in|'')?)?")
_METRES = {"cm": 0.01, "mm": 0.001, "ft": 0.3048, "'": 0.3048}
_YES = {"yes", "designated", "permissive", "official", "public", "true", "1"}
_CLOSED = {"private", "no", "permit", "residents", "military", "restricted", "members"}
_STAFF = {"employees", "staff", "emergency", "service"}


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
    """Return IMDF `restricted` or `employeesonly` by the first of the keys that is set, or None."""
    for key in keys or ("foot", "access"):
        value = tags.get(key)
        if value is None:
            continue
        parts = {part.strip() for part in value.split(";")}
        if parts <= _CLOSED:
            return "restricted"
        return "employeesonly" if parts <= _STAFF else None
    return None


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
