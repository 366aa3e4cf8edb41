from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
from tests.routing.networks import campus_of, grid_network

from yuanli.campus import Campus, FeatureId
from yuanli.demo import demo_campus
from yuanli.routing import Network, build_network, kept_network


def same(one: Network, other: Network) -> bool:
    return all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") if isinstance(a, np.ndarray) else a == b
        for field in fields(Network)
        for a, b in [(getattr(one, field.name), getattr(other, field.name))]
    )


def fewer_buildings(campus: Campus) -> Campus:
    kept = {
        i: f
        for i, f in campus.features.items()
        if not str(i).startswith(("b-", "c-", "d-", "e-", "h-", "r-"))
    }
    return replace(campus, features=kept)


def test_a_kept_network_is_the_computed_one(tmp_path: Path) -> None:
    campus = fewer_buildings(demo_campus())
    computed = build_network(campus)
    assert same(kept_network(campus, tmp_path), computed)
    (folder,) = tmp_path.iterdir()
    written = (folder / "arrays.npz").stat().st_mtime_ns
    assert same(kept_network(campus, tmp_path), computed)
    assert (folder / "arrays.npz").stat().st_mtime_ns == written


def test_another_wall_makes_another_network(tmp_path: Path) -> None:
    campus = campus_of(grid_network(3))
    kept_network(campus, tmp_path)
    fewer = replace(campus, features={i: f for i, f in campus.features.items() if i != FeatureId("n0")})
    assert kept_network(fewer, tmp_path).entrances.keys() == build_network(fewer).entrances.keys()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_damaged_network_is_computed_anew(tmp_path: Path) -> None:
    campus = campus_of(grid_network(3))
    kept_network(campus, tmp_path)
    (folder,) = tmp_path.iterdir()
    (folder / "rest.json").write_text("{")
    assert same(kept_network(campus, tmp_path), build_network(campus))
    assert (folder / "rest.json").read_text() != "{"
