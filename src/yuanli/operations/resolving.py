"""From what a person writes to a place: an id, `lon,lat[,level]`, a name, or a kind of facility."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from yuanli.campus import (
    Building,
    Campus,
    FeatureId,
    Hit,
    Level,
    SearchIndex,
    kind_of,
    label_of,
    name_in,
    name_of,
)
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.language import find_number
from yuanli.routing import Stop

COORDINATES = re.compile(
    r"\s*(-?\d+(?:\.\d+)?)\s*[,，]\s*(-?\d+(?:\.\d+)?)(?:\s*[,，]\s*(-?\d+(?:\.\d+)?))?\s*"
)
FLOOR_OF = re.compile(r"(?:the )?(\w+) (?:floor|storey) (?:of|in) (?:the )?(.+)", re.IGNORECASE)
BUILDING = re.compile(
    r"(?:.{0,6})(?:座|栋|幢|号楼|楼宇|大厦|大楼)"
    r"|(?:the )?(?:building|tower|block|house) .{1,12}|.{1,12} (?:building|tower|block)",
    re.IGNORECASE,
)
"""What a building is called by its kind."""
SURE = 0.6
EXACT = 0.9
"""Score below which a name was not found as it is, but only something like it."""
LETTER = re.compile(r"(?<![a-z'’])(?!a\s+[a-z])[a-z](?![a-z'’])")
SIDES = {"东": "east", "南": "south", "西": "west", "北": "north"}
SIDE = re.compile(r"[东南西北]|\b(?:east|south|west|north)\b")
MARGIN = 0.02
"""Scores this near to the best are as good: the place may be any of them."""


class PlaceNotFoundError(NotFoundError):
    """No place of the campus is called so."""


class CoordinatesError(InvalidInputError):
    """Coordinates are not degrees on this campus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A place that was named, how sure that is (0–1), and others it may have been."""

    stop: Stop
    score: float
    others: tuple[Hit, ...] = ()


def resolve_place(
    campus: Campus, index: SearchIndex, text: str, *, language: str = "zh", near: FeatureId | None = None
) -> Resolved:
    """Return the place that a text names; of equally good ones the nearest to `near`.

    Raises
    ------
    PlaceNotFoundError
        Nothing is called so; the hint says what may have been meant.
    CoordinatesError
        The text is coordinates, but not degrees within 50 km of the campus.
    """
    text = text.strip()
    if feature := campus.find(text):
        return Resolved(stop=stop_of(campus, feature.id), score=1.0)
    if match := COORDINATES.fullmatch(text):
        return Resolved(stop=_stop_at(campus, text, match), score=1.0)
    if (level := _floor_of(campus, index, text)) is not None:
        return Resolved(stop=stop_of(campus, level.id), score=1.0)
    spot = campus.spot(near) if near else None
    hits = index.search(text, limit=8, language=language, near=spot) if text else ()
    placed = [hit for hit in hits if campus.spot(hit.feature_id) is not None and _may_be(campus, hit, text)]
    if not placed:
        raise _not_found(text, campus, index)
    best = placed[0]
    others = tuple(hit for hit in placed[1:] if best.score - hit.score <= MARGIN)
    return Resolved(stop=stop_of(campus, best.feature_id), score=best.score, others=others)


def _may_be(campus: Campus, hit: Hit, text: str) -> bool:
    """Whether what a text tells apart by is that of a place that is only called alike: no tower A for a tower Q."""
    if hit.score >= EXACT:
        return True
    said, called = unicodedata.normalize("NFKC", text).casefold(), _called(campus, hit)
    letters, numbers = set(LETTER.findall(said)), re.findall(r"\d+", said)
    sides, others = _sides(said), _sides(called)
    return (
        letters <= set(LETTER.findall(called))
        and all(any(number in other for other in re.findall(r"\d+", called)) for number in numbers)
        and (not sides or not others or sides <= others)
    )


def _called(campus: Campus, hit: Hit) -> str:
    """Return what a place is called, with the building and the level that it is in."""
    spot = campus.spot(hit.feature_id)
    around = (hit.feature_id, spot and spot.building_id, spot and spot.level_id)
    places = [feature for one in around if one and (feature := campus.find(one))]
    names = [name for place in places for name in name_of(place).values()]
    names += [alias.text for place in places for alias in campus.aliases_by_feature.get(place.id, ())]
    said = " ".join((hit.matched, hit.label.zh, hit.label.en, *names))
    return unicodedata.normalize("NFKC", said).casefold()


def _sides(text: str) -> set[str]:
    return {SIDES.get(side, side) for side in SIDE.findall(text)}


def stop_of(campus: Campus, feature_id: str) -> Stop:
    """Return a feature as a stop of a route."""
    spot = campus.spot(feature_id)
    feature = campus.find(feature_id)
    if spot is None or feature is None:
        raise PlaceNotFoundError(
            Text(f"{feature_id} 在地图上没有位置。", f"{feature_id} has no place on the map."),
            field=feature_id,
        )
    return Stop(
        feature_id=FeatureId(feature.id),
        name=label_of(campus, FeatureId(feature.id)),
        lon=spot.lon,
        lat=spot.lat,
        level=spot.ordinal,
        level_id=spot.level_id,
    )


def facility_kind(text: str) -> str | None:
    """Return the kind of facility that a text names (`toilet` for 洗手间), or None."""
    return kind_of(text)


def _stop_at(campus: Campus, text: str, match: re.Match[str]) -> Stop:
    lon, lat = float(match[1]), float(match[2])
    if not (abs(lon - campus.frame.lon) < 0.5 and abs(lat - campus.frame.lat) < 0.5):
        raise CoordinatesError(
            Text(
                f"坐标 {text} 不在园区附近（应为“经度,纬度[,楼层]”）。",
                f"{text} is not near this campus (write lon,lat[,level] in degrees).",
            ),
            field=text,
            hint=Text(
                f"园区中心为 {campus.frame.lon},{campus.frame.lat}。",
                f"The campus is at {campus.frame.lon},{campus.frame.lat}.",
            ),
        )
    return Stop(
        feature_id=None, name={"zh": "地图上的点", "en": "a point on the map"}, lon=lon, lat=lat,
        level=float(match[3] or 0), level_id=None,
    )  # fmt: skip


def _not_found(text: str, campus: Campus, index: SearchIndex) -> PlaceNotFoundError:
    close = _buildings(text, campus) or [hit.label for hit in (index.suggest(text) if text else ())]
    shown_zh, shown_en = (", ".join(_names(close, language)) for language in ("zh", "en"))
    hint = Text(f"您是否想找：{shown_zh}？", f"Did you mean: {shown_en}?") if close else None
    return PlaceNotFoundError(
        Text(f"园区里没有找到“{text}”。", f"There is no {text!r} on this campus."),
        field=text,
        hint=hint
        or Text("换个名称试试，例如楼名或房间号。", "Try another name, such as a building or room number."),
    )


def _buildings(text: str, campus: Campus) -> list[Text]:
    """Return the buildings that are called most alike, where a text names a building; no other place is one."""
    if BUILDING.fullmatch(text) is None:
        return []
    said, rows = unicodedata.normalize("NFKC", text).casefold(), []
    for one in campus.of(Building):
        names = [*one.name.values(), *(alias.text for alias in campus.aliases_by_feature.get(one.id, ()))]
        like = max((fuzz.ratio(said, name.casefold()) for name in names), default=0.0)
        rows.append((-like, Text(name_in(one.name, "zh") or one.id, name_in(one.name, "en") or one.id)))
    return [name for _, name in sorted(rows, key=lambda row: (row[0], row[1].en))]


def _names(labels: Sequence[Text], language: str) -> list[str]:
    return list(dict.fromkeys(getattr(label, language) for label in labels))[:3]


def _floor_of(campus: Campus, index: SearchIndex, text: str) -> Level | None:
    """Return the level that "the third floor of building B" is; None where it is said otherwise."""
    match = FLOOR_OF.fullmatch(text)
    number = find_number(match[1], language="en") if match else None
    if match is None or number is None:
        return None
    hits = (hit for hit in index.search(match[2], limit=4, language="en") if hit.score >= SURE)
    building = next((b for hit in hits if isinstance(b := campus.find(hit.feature_id), Building)), None)
    levels = campus.levels_by_building.get(building.id, ()) if building is not None else ()
    return next((level for level in levels if level.ordinal == number.low - 1), None)
