"""Are longitude and latitude swapped? Where latitude stays below 90° only what a file says besides can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.campus.countries import LATIN_OF_COUNTRY, country_at, is_far_at_sea
from yuanli.campus.crs import Coordinates, WrongSpace
from yuanli.errors import Text

Box = tuple[float, float, float, float]
_SPOKEN_WORLDWIDE = {"und", "en", "fr", "es", "pt"}
_NEARBY_DEG = 1.0
_AROUND_DEG = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a file says of where it is, apart from coordinates.

    Parameters
    ----------
    country
        The ISO 3166 code that its addresses give; "" if none.
    language
        The language of its names; "" if it does not tell.
    bounds
        The box it declares, west, south, east, north in degrees.
    """

    country: str = ""
    language: str = ""
    bounds: Box | None = None


def evidence_of(
    properties: Iterable[Mapping[str, Any]], *, language: str = "", bounds: Any = None
) -> Evidence:
    """Return the evidence in the properties or tags of features: the country most of their addresses give."""
    said: Counter[str] = Counter()
    for row in properties:
        for key in ("addr:country", "country", "country_code"):
            value = row.get(key)
            if isinstance(value, str) and len(value.strip()) == 2 and value.strip().isalpha():
                said[value.strip().upper()] += 1
    country = said.most_common(1)[0][0] if said else ""
    return Evidence(country=country, language=language.split("-")[0].lower(), bounds=_box(bounds))


def find_swapped(xy: Coordinates, evidence: Evidence) -> WrongSpace | None:
    """Return what tells that the points `(n, 2)` are latitude first, None where nothing does.

    They are swapped where, put right, they lie in the bounds, the country or a country of the language that
    the file tells, and as they stand do not; or where they lie far out at sea and, put right, on land.
    """
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return None
    x, y = (float(v) for v in np.median(xy, axis=0))
    if abs(x) > 90.0 or abs(y) > 90.0:
        return None
    if (why := _why(x, y, evidence)) is None:
        return None
    return WrongSpace(
        "swapped",
        Text(
            f"坐标顺序颠倒了：({x:.5f}, {y:.5f}) {why.zh}，交换后 ({y:.5f}, {x:.5f}) 才吻合。",
            f"Longitude and latitude are swapped: ({x:.5f}, {y:.5f}) {why.en}; ({y:.5f}, {x:.5f}) would fit.",
        ),
        Text("请先经度后纬度重新导出。", "Write longitude first, then latitude, and export again."),
    )


def _why(x: float, y: float, evidence: Evidence) -> Text | None:
    if (box := evidence.bounds) is not None and not _within(x, y, box) and _within(y, x, box):
        return Text("不在文件声明的范围内", "is outside the bounds that the file declares")
    here, there = country_at(x, y), country_at(y, x)
    if (said := evidence.country) and here != said and there == said:
        return Text(f"不在地址所写的国家 {said}", f"is not in {said}, the country of its addresses")
    tongue = evidence.language
    spoken = {c for c, language in LATIN_OF_COUNTRY.items() if language == tongue}
    if tongue not in _SPOKEN_WORLDWIDE and here not in spoken and there in spoken:
        return Text(
            f"不在使用 {tongue} 语的国家", f"is in no country of the language {tongue!r} of its names"
        )
    if is_far_at_sea(x, y) and there:
        return Text("位于远海", "lies far out at sea")
    return None


def swapped_among(bounds: Coordinates) -> NDArray[np.intp]:
    """Return which boxes `(n, 4)` lie far from the others, but among them once x and y are swapped."""
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    (west, middle_x, east), (south, middle_y, north) = (np.quantile(v, [0.25, 0.5, 0.75]) for v in (x, y))
    around = max(east - west, north - south) + _AROUND_DEG
    if around > _NEARBY_DEG:
        return np.empty(0, dtype=np.intp)
    far = (np.abs(x - middle_x) > _NEARBY_DEG) & (np.abs(y - middle_y) > _NEARBY_DEG)
    return np.flatnonzero(far & (np.abs(y - middle_x) <= around) & (np.abs(x - middle_y) <= around))


def _within(x: float, y: float, box: Box) -> bool:
    west, south, east, north = box
    return west <= x <= east and south <= y <= north


def _box(bounds: Any) -> Box | None:
    if not isinstance(bounds, list | tuple) or len(bounds) not in (4, 6):
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in bounds):
        return None
    half = len(bounds) // 2
    (west, south), (east, north) = bounds[:2], bounds[half : half + 2]
    return (west, south, east, north) if west <= east and south <= north else None
