from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanli.campus.crs import (
    bd09_to_wgs84,
    find_wrong_space,
    gcj02_to_wgs84,
    in_china,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from yuanli.campus.imported import ImportRefusedError

CM_DEG = 0.01 / 111_320

in_the_east = st.tuples(st.floats(100.0, 119.0), st.floats(24.0, 40.0))


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_agrees_with_the_published_test_points(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    assert wgs84_to_gcj02(np.array([wgs84]))[0] == pytest.approx(gcj02, abs=1e-8)


@given(in_the_east)
def test_both_systems_come_back_within_a_centimetre(place: tuple[float, float]) -> None:
    point = np.array([place])
    assert np.abs(gcj02_to_wgs84(wgs84_to_gcj02(point)) - point).max() < CM_DEG
    assert np.abs(bd09_to_wgs84(wgs84_to_bd09(point)) - point).max() < CM_DEG


@pytest.mark.parametrize("place", [(13.72, 51.02), (126.98, 37.57), (-0.09, 51.52), (121.0, 23.7)])
def test_outside_china_nothing_moves(place: tuple[float, float]) -> None:
    point = np.array([place])
    assert not in_china(point).any()
    assert (gcj02_to_wgs84(point) == point).all()
    assert (wgs84_to_bd09(point) == point).all()


@pytest.mark.parametrize(
    "name", ["wgs84", "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"]
)
def test_degrees_by_any_name_need_no_change(name: str) -> None:
    assert to_wgs84(name) is None


@pytest.mark.parametrize("name", ["EPSG:3857", "urn:ogc:def:crs:EPSG::3857"])
def test_a_named_projection_is_turned_into_degrees(name: str) -> None:
    transform = to_wgs84(name)
    assert transform is not None
    assert transform(np.array([[12956000.0, 4852000.0]]))[0] == pytest.approx((116.387, 39.904), abs=0.01)


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(ImportRefusedError):
        to_wgs84("EPSG:999999")


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        ([[39.9, 116.4], [39.91, 116.41]], "swapped"),
        ([[12956000.0, 4852000.0], [12956100.0, 4852100.0]], "projected"),
        ([[448251.0, 4417000.0], [448300.0, 4417050.0]], "projected"),
        ([[0.0, 0.0], [80.0, 0.0], [80.0, 45.0], [0.0, 45.0]], "local"),
        ([[0.0001, 0.0001], [0.0002, 0.0002]], "null_island"),
    ],
)
def test_coordinates_in_the_wrong_space_are_told_with_a_remedy(points: list[list[float]], kind: str) -> None:
    trouble = find_wrong_space(np.array(points))
    assert trouble is not None
    assert trouble.kind == kind
    assert trouble.remedy.zh
    assert trouble.remedy.en


def test_a_campus_in_degrees_is_not_doubted() -> None:
    assert find_wrong_space(np.array([[116.32, 40.0], [116.33, 40.01]] * 20 + [[121.0, 31.0]])) is None
