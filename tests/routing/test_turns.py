"""Straightening a walked line before turns are looked for."""

from __future__ import annotations

from random import Random

import pytest
import shapely

from yuanli.routing.directions.turns import straightened


@pytest.mark.parametrize("seed", range(40))
def test_straightens_as_geos_does(seed: int) -> None:
    rng = Random(seed)
    line = [(0.0, 0.0)]
    for _ in range(rng.randint(1, 80)):
        x, y = line[-1]
        line.append((x + rng.gauss(3.0, 4.0), y + rng.gauss(0.0, 4.0)))
    kept, sides = straightened(line, 2.5)
    corners = shapely.simplify(shapely.linestrings(line), 2.5, preserve_topology=False)
    assert [line[k] for k in [0, *kept]] == list(corners.coords)
    assert sum(east for east, _ in sides) == pytest.approx(line[-1][0])
    assert sum(north for _, north in sides) == pytest.approx(line[-1][1])
