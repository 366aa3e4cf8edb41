"""Coordinates at the edge: GCJ-02 and BD-09 to WGS 84 and back, other systems by name, wrong ones by look.

GCJ-02 is the offset that Chinese law asks of maps, BD-09 Baidu's offset on top of it. Neither is published;
the formulas here are the ones recovered by the community (eviltransform, googollee 2013, MIT licence;
coordtransform, wandergis 2015, MIT licence). Inverses are iterated to below 1 cm.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyproj
from numpy.typing import NDArray

from yuanli.campus.imported import refused
from yuanli.errors import Text

Coordinates = NDArray[np.float64]
Transform = Callable[[Coordinates], Coordinates]
"""From degrees or metres `(n, 2)` to degrees `(n, 2)`."""

CRS_NAMES = ("wgs84", "gcj02", "bd09")

_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU = np.pi * 3000.0 / 180.0
_ITERATIONS = 8

# Boxes (west, south, east, north) that make up the mainland, and what they wrongly take in.
_INSIDE = (
    (79.4462, 42.8899, 96.3300, 49.2204),
    (109.6872, 39.3742, 135.0002, 54.1415),
    (73.1246, 29.5297, 124.143255, 42.8899),
    (82.9684, 26.7186, 97.0352, 29.5297),
    (97.0253, 20.414096, 124.367395, 29.5297),
    (107.975793, 17.871542, 111.744104, 20.414096),
)
_OUTSIDE = (
    (119.921265, 21.785006, 122.497559, 25.398623),
    (101.8652, 20.0988, 106.6650, 22.2840),
    (106.4525, 20.4878, 108.0510, 21.5422),
    (109.0323, 50.3257, 119.1270, 55.8175),
    (127.4568, 49.5574, 137.0227, 55.8175),
    (131.2662, 42.5692, 137.0227, 44.8922),
)


def in_china(lonlat: Coordinates) -> NDArray[np.bool_]:
    """Tell which points `(n, 2)` lie where GCJ-02 is in use, by a union of boxes."""
    return _in_boxes(lonlat, _INSIDE) & ~_in_boxes(lonlat, _OUTSIDE)


def _in_boxes(lonlat: Coordinates, boxes: tuple[tuple[float, float, float, float], ...]) -> NDArray[np.bool_]:
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    found = np.zeros(len(lonlat), dtype=bool)
    for west, south, east, north in boxes:
        found |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return found


def wgs84_to_gcj02(lonlat: Coordinates) -> Coordinates:
    """Return WGS 84 degrees `(n, 2)` as GCJ-02; unchanged outside China."""
    return np.where(in_china(lonlat)[:, None], lonlat + _gcj02_offset(lonlat), lonlat)


def gcj02_to_wgs84(lonlat: Coordinates) -> Coordinates:
    """Return GCJ-02 degrees `(n, 2)` as WGS 84, to below 1 cm; unchanged outside China."""
    guess = lonlat - _gcj02_offset(lonlat)
    for _ in range(_ITERATIONS):
        guess = lonlat - _gcj02_offset(guess)
    return np.where(in_china(lonlat)[:, None], guess, lonlat)


def gcj02_to_bd09(lonlat: Coordinates) -> Coordinates:
    """Return GCJ-02 degrees `(n, 2)` as BD-09; unchanged outside China."""
    return np.where(in_china(lonlat)[:, None], _baidu(lonlat), lonlat)


def bd09_to_gcj02(lonlat: Coordinates) -> Coordinates:
    """Return BD-09 degrees `(n, 2)` as GCJ-02, to below 1 cm; unchanged outside China."""
    guess = lonlat
    for _ in range(_ITERATIONS):
        guess = guess + (lonlat - _baidu(guess))
    return np.where(in_china(lonlat)[:, None], guess, lonlat)


def wgs84_to_bd09(lonlat: Coordinates) -> Coordinates:
    """Return WGS 84 degrees `(n, 2)` as BD-09; unchanged outside China."""
    return gcj02_to_bd09(wgs84_to_gcj02(lonlat))


def bd09_to_wgs84(lonlat: Coordinates) -> Coordinates:
    """Return BD-09 degrees `(n, 2)` as WGS 84, to below 1 cm; unchanged outside China."""
    return gcj02_to_wgs84(bd09_to_gcj02(lonlat))


def _gcj02_offset(lonlat: Coordinates) -> Coordinates:
    x, y = lonlat[:, 0] - 105.0, lonlat[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    shared = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(lonlat[:, 1])
    magic = 1.0 - _ECCENTRICITY2 * np.sin(phi) ** 2
    lat = np.degrees(north * magic**1.5 / (_SEMI_MAJOR_M * (1.0 - _ECCENTRICITY2)))
    lon = np.degrees(east * np.sqrt(magic) / (_SEMI_MAJOR_M * np.cos(phi)))
    return np.column_stack([lon, lat])


def _baidu(lonlat: Coordinates) -> Coordinates:
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def to_wgs84(crs: str) -> Transform | None:
    """Return what turns coordinates of a system into WGS 84, None where they are already.

    Parameters
    ----------
    crs
        `wgs84`, `gcj02`, `bd09`, or the name of a system as in a GeoJSON `crs` member or for PROJ
        (`EPSG:3857`, `urn:ogc:def:crs:EPSG::32650`). Coordinates are always east before north.

    Raises
    ------
    ImportRefusedError
        No such system is known.
    """
    plain = re.sub(r"[\s_-]", "", crs).lower()
    known: dict[str, Transform | None] = {
        "wgs84": None,
        "crs84": None,
        "epsg:4326": None,
        "gcj02": gcj02_to_wgs84,
        "bd09": bd09_to_wgs84,
        "bd09ll": bd09_to_wgs84,
    }
    if plain in known:
        return known[plain]
    code = re.search(r"(?:epsg|crs84|crs)[^0-9a-z]*(?:[\d.]*:)?:?(\d{4,6}|crs84h?|84h?)$", plain)
    if plain.endswith(("crs84", "crs84h")) or (code and code[1] in ("4326", "4979", "84", "84h")):
        return None
    try:
        source = pyproj.CRS.from_user_input(f"EPSG:{code[1]}" if code else crs)
        transformer = pyproj.Transformer.from_crs(source, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise refused(
            f"无法识别的坐标系 {crs!r}。",
            f"Unknown coordinate system {crs!r}.",
            field="crs",
            hint=Text(
                "可用 wgs84、gcj02、bd09，或在 GeoJSON 的 crs 成员中写 EPSG 编号。",
                "Use wgs84, gcj02 or bd09, or name an EPSG code in the crs member of the GeoJSON.",
            ),
        ) from error

    def transform(xy: Coordinates) -> Coordinates:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return transform


@dataclass(frozen=True, slots=True, kw_only=True)
class PlausibleParams:
    """When coordinates can't be a campus in degrees.

    Parameters
    ----------
    widest_deg
        A campus whose middle 90 % of points spans more is drawn in other units; 2 degrees are 200 km.
    null_island_deg
        A campus this near to 0° N 0° E is one without a place.
    """

    widest_deg: float = 2.0
    null_island_deg: float = 0.05


@dataclass(frozen=True, slots=True)
class WrongSpace:
    """Why coordinates can't be WGS 84 degrees east and north, and what to do."""

    kind: str
    message: Text
    remedy: Text


def find_wrong_space(xy: Coordinates, params: PlausibleParams = PlausibleParams()) -> WrongSpace | None:
    """Return what is wrong with the space of a campus's points `(n, 2)`, None where nothing is."""
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return None
    x, y = float(np.median(xy[:, 0])), float(np.median(xy[:, 1]))
    low, high = np.quantile(xy, [0.05, 0.95], axis=0)
    if abs(x) > 180.0 or abs(y) > 180.0:
        return _projected(x, y)
    if abs(y) > 90.0:
        return WrongSpace(
            "swapped",
            Text(
                f"坐标顺序颠倒了：纬度 {y:.5f} 超出 ±90°。",
                f"Longitude and latitude are swapped: latitude {y:.5f} is beyond ±90°.",
            ),
            Text(
                "GeoJSON 要求先经度后纬度，请交换后重新导出。",
                "GeoJSON wants longitude first; swap the two and export again.",
            ),
        )
    if float(np.max(high - low)) > params.widest_deg:
        span = float(np.max(high - low))
        return WrongSpace(
            "local",
            Text(
                f"坐标跨度达 {span:.1f}°，不像一个园区，更像以米或像素绘制的平面图。",
                f"The coordinates span {span:.1f}°: they look like metres or pixels of a plan.",
            ),
            Text(
                "请先将图纸配准到 WGS 84 经纬度。",
                "Georeference the drawing to WGS 84 degrees before import.",
            ),
        )
    if max(abs(x), abs(y)) < params.null_island_deg:
        return WrongSpace(
            "null_island",
            Text(
                f"坐标位于 ({x:.4f}, {y:.4f})，即几内亚湾的 0°/0° 附近，说明图纸没有配准。",
                f"The coordinates lie at ({x:.4f}, {y:.4f}), off the coast at 0°/0°: they have no place.",
            ),
            Text(
                "请先将图纸配准到 WGS 84 经纬度。",
                "Georeference the drawing to WGS 84 degrees before import.",
            ),
        )
    return None


def _projected(x: float, y: float) -> WrongSpace:
    remedy = Text(
        "请以 WGS 84 经纬度重新导出，或在 GeoJSON 中加入 crs 成员注明坐标系。",
        "Export it in WGS 84 degrees, or name the system in the crs member of the GeoJSON.",
    )
    guess = _guessed_system(x, y)
    return WrongSpace(
        "projected",
        Text(
            f"坐标 ({x:.1f}, {y:.1f}) 不是经纬度，而是以米为单位的投影坐标{guess.zh}。",
            f"Coordinates ({x:.1f}, {y:.1f}) are no degrees but metres of a projection{guess.en}.",
        ),
        remedy,
    )


def _guessed_system(x: float, y: float) -> Text:
    if 100_000.0 <= x <= 900_000.0 and 0.0 <= y <= 10_000_000.0:
        return Text("（可能是 UTM 或高斯-克吕格）", " (perhaps UTM or Gauss-Krüger)")
    if 1_000_000.0 <= x // 1 <= 99_999_999.0 and 1_500_000.0 <= y <= 6_500_000.0 and x > 20_037_508.4:
        return Text("（可能是带带号的 CGCS2000 高斯-克吕格）", " (perhaps CGCS2000 Gauss-Krüger with zone)")
    if abs(x) <= 20_037_508.4 and abs(y) <= 20_048_966.2:
        transformer = pyproj.Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)
        lon, lat = transformer.transform(x, y)
        return Text(
            f"（若为 Web 墨卡托 EPSG:3857，则在 {lon:.4f}, {lat:.4f}）",
            f" (as Web Mercator, EPSG:3857, they would be at {lon:.4f}, {lat:.4f})",
        )
    return Text("", "")
