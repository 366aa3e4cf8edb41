"""Squares, and the bridges and tunnels that only pass over or under them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import networkx
import pytest

from yuanli.campus import Campus, Node, Pathway
from yuanli.campus.osm import read_osm

SQUARE = ((1, 0, 0), (2, 60, 0), (3, 60, 60), (4, 0, 60))
STREET = ((5, -40, 10), (6, 99, 10))


def _node(i: int, x: float, y: float) -> str:
    return f'<node id="{i}" lat="{51.5 + y * 9e-6:.7f}" lon="{-0.09 + x * 14.4e-6:.7f}"/>'


def _way(i: int, *refs: int, **tags: str) -> str:
    nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{i}">{nodes}{"".join(f"<tag k={k!r} v={v!r}/>" for k, v in tags.items())}</way>'


def _read(
    folder: Path, points: Iterable[tuple[int, float, float]], *ways: str, square: dict[str, str] | None = None
) -> Campus:
    """Draw a square with a street across it, and what else is given."""
    path = folder / "campus.osm"
    tags = {"highway": "pedestrian", "area": "yes", **(square or {})}
    body = "".join(_node(*row) for row in (*SQUARE, *STREET, *points))
    drawn = (_way(1, 1, 2, 3, 4, 1, **tags), _way(2, 5, 6, highway="footway"), *ways)
    path.write_text(f'<osm version="0.6">{body}{"".join(drawn)}</osm>', "utf-8")
    return read_osm(path, campus_id="x").campus


def _reached(campus: Campus, start: str = "vertex/5") -> set[str]:
    graph = networkx.Graph([(p.from_node_id, p.to_node_id) for p in campus.of(Pathway)])
    return set(networkx.node_connected_component(graph, start))


BRIDGES: list[dict[str, str]] = [
    {"bridge": "yes"},
    {"bridge": "yes", "layer": "1"},
    {"bridge": "viaduct", "layer": "0"},
    {"bridge": "covered"},
    {"tunnel": "yes"},
    {"tunnel": "yes", "layer": "-1"},
    {"covered": "yes", "layer": "-1"},
]


@pytest.mark.parametrize("tags", BRIDGES)
@pytest.mark.parametrize("square", [{}, {"layer": "1"}], ids=["ground", "raised"])
def test_a_bridge_or_tunnel_through_a_square_only_passes_it(
    tmp_path: Path, tags: dict[str, str], square: dict[str, str]
) -> None:
    over = _way(3, 7, 8, highway="footway", **tags)
    campus = _read(tmp_path, [(7, -30, 40), (8, 99, 40)], over, square=square)
    assert not {"vertex/7", "vertex/8"} & _reached(campus)


@pytest.mark.parametrize("tags", [{}, {"tunnel": "building_passage"}, {"covered": "yes"}])
def test_a_way_on_the_ground_joins_the_square_it_leads_over(tmp_path: Path, tags: dict[str, str]) -> None:
    campus = _read(tmp_path, [(7, -30, 40), (8, 99, 40)], _way(3, 7, 8, highway="footway", **tags))
    assert {"vertex/7", "vertex/8"} <= _reached(campus)


def test_a_bridge_joins_a_square_at_a_node_they_share(tmp_path: Path) -> None:
    campus = _read(tmp_path, [(8, 99, 60)], _way(3, 3, 8, highway="footway", bridge="yes", layer="1"))
    assert "vertex/8" in _reached(campus)


def test_a_bridge_joins_the_square_it_comes_to_its_end_in(tmp_path: Path) -> None:
    campus = _read(tmp_path, [(7, 30, 40), (8, 99, 40)], _way(3, 7, 8, highway="footway", bridge="yes"))
    assert "vertex/8" in _reached(campus)


def test_a_bridge_in_two_parts_has_no_end_where_they_meet(tmp_path: Path) -> None:
    parts = [
        _way(3, 7, 8, highway="footway", bridge="yes"),
        _way(4, 8, 9, highway="footway", bridge="yes"),
    ]
    campus = _read(tmp_path, [(7, -30, 40), (8, 30, 40), (9, 99, 40)], *parts)
    assert not {"vertex/7", "vertex/8", "vertex/9"} & _reached(campus)


def test_a_square_on_a_bridge_is_joined_to_the_ways_of_the_bridge_alone(tmp_path: Path) -> None:
    deck = [_way(3, 7, 8, highway="footway", bridge="yes"), _way(4, 9, 10, highway="footway")]
    points = [(7, -30, 40), (8, 99, 40), (9, -30, 50), (10, 99, 50)]
    reached = _reached(_read(tmp_path, points, *deck, square={"bridge": "yes"}), "vertex/7")
    assert {"vertex/8", "vertex/1"} <= reached
    assert not {"vertex/9", "vertex/10", "vertex/5"} & reached


def test_stairs_from_a_bridge_lead_down_to_the_square_and_nowhere_else(tmp_path: Path) -> None:
    bridge = _way(3, 7, 8, 10, highway="footway", bridge="yes", layer="1")
    points = [(7, -30, 40), (8, 30, 40), (9, 30, 25), (10, 99, 40)]
    campus = _read(tmp_path, points, bridge, _way(4, 8, 9, highway="steps"))
    stairs = {p.id for p in campus.of(Pathway) if "way/4" in p.id}
    flat = networkx.Graph([(p.from_node_id, p.to_node_id) for p in campus.of(Pathway) if p.id not in stairs])
    assert "vertex/8" in _reached(campus)
    assert not networkx.has_path(flat, "vertex/8", "vertex/5")


@pytest.mark.parametrize("tags", [{}, {"bridge": "yes"}, {"layer": "1"}, {"tunnel": "yes"}])
def test_ways_that_cross_without_a_node_are_never_joined(tmp_path: Path, tags: dict[str, str]) -> None:
    crossing = _way(3, 7, 8, highway="footway", **tags)
    campus = _read(tmp_path, [(7, -20, -30), (8, -20, 30)], crossing)
    assert not {"vertex/7", "vertex/8"} & _reached(campus)
    assert {n.id for n in campus.of(Node)} >= {"vertex/7", "vertex/8"}


def test_a_highwalk_that_shares_a_node_with_the_square_below_passes_it(tmp_path: Path) -> None:
    walk = [
        _way(3, 7, 1, highway="footway", level="2", layer="2"),
        _way(4, 1, 9, highway="footway", level="2", bridge="yes"),
        _way(5, 9, 10, highway="footway", level="2", layer="2"),
    ]
    campus = _read(tmp_path, [(7, -30, -40), (9, 20, 99), (10, 60, 99)], *walk)
    reached = _reached(campus)
    assert not {"vertex/7", "vertex/9", "vertex/10"} & reached
    ring = [p for p in campus.of(Pathway) if p.extra["osm_id"] == "way/1"]
    assert all("vertex/1" not in (p.from_node_id, p.to_node_id) for p in ring)


def test_a_corridor_of_another_level_that_ends_on_a_square_opens_on_to_it(tmp_path: Path) -> None:
    campus = _read(tmp_path, [(7, -30, -40)], _way(3, 7, 1, highway="corridor", level="1"))
    assert "vertex/7" in _reached(campus)


def test_footways_between_ways_of_one_level_are_on_that_level(tmp_path: Path) -> None:
    points = [(10, 200, 0), (11, 220, 0), (12, 240, 0), (13, 260, 0), (14, 230, 0)]
    ways = [
        _way(3, 10, 11, highway="footway", level="2"),
        _way(4, 11, 14, highway="footway", bridge="yes", layer="1"),
        _way(7, 14, 12, highway="footway"),
        _way(5, 12, 13, highway="footway", level="2"),
        _way(6, 13, 6, highway="steps", level="0;2"),
    ]
    ordinals = {n.id: n.ordinal for n in _read(tmp_path, points, *ways).of(Node)}
    assert {o for i, o in ordinals.items() if i in ("vertex/10", "vertex/11", "vertex/14", "vertex/12")} == {
        2.0
    }


def test_stairs_on_a_square_are_climbed_from_their_foot(tmp_path: Path) -> None:
    points = [(7, 20, 30), (8, 30, 40), (9, 30, 50), (10, 60, 99)]
    ways = [
        _way(3, 7, 8, highway="footway"),
        _way(4, 8, 3, 10, highway="steps", level="0;1"),
        _way(5, 10, 9, highway="footway", level="1"),
    ]
    campus = _read(tmp_path, points, *ways)
    assert {"vertex/8", "vertex/10"} <= _reached(campus)
    touching = {p.extra["osm_id"] for p in campus.of(Pathway) if "vertex/3" in (p.from_node_id, p.to_node_id)}
    assert touching <= {"way/4"}
