"""The walking network of real campuses, where the files are there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from yuanli.campus import Campus, Unit
from yuanli.campus.importing import read_campus
from yuanli.routing import Network, build_network

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "campus"


def campus_of(name: str) -> Campus:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"../shared/data/campus/{name} is not here")
    return read_campus(path).campus


def share_in_main(campus: Campus, network: Network) -> float:
    main = int(np.argmax(np.bincount(network.components)))
    units = campus.of(Unit)
    return sum(any(network.components[n] == main for n in network.entrances[u.id]) for u in units) / len(
        units
    )


def test_every_space_of_an_office_building_hangs_together() -> None:
    campus = campus_of("tud-apb/tud-apb.osm")
    network = build_network(campus)
    assert share_in_main(campus, network) == 1.0
    assert int(network.components.max()) == 0


@pytest.mark.parametrize("drawn", ["use", "ignore"])
def test_a_university_campus_is_one_component_with_its_drawn_ways_and_without(drawn: str) -> None:
    network = build_network(campus_of("spbpu-imdf"), drawn="use" if drawn == "use" else "ignore")
    assert Counter(network.components.tolist()).keys() == {0}
