"""Shortest lines inside floors."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from yuanli.routing.building.sight import floor_of, shortest_ways
from yuanli.routing.network import Floats

ANGLE = Polygon([(0, 0), (10, 0), (10, 2), (2, 2), (2, 10), (0, 10)])


@st.composite
def floors(draw: st.DrawFn) -> tuple[Polygon, list[Polygon]]:
    """Draw a star-shaped outline with a few boxes standing on it."""
    radii = draw(st.lists(st.floats(4.0, 12.0), min_size=4, max_size=9))
    turn = 2 * math.pi / len(radii)
    outline = Polygon([(r * math.cos(i * turn), r * math.sin(i * turn)) for i, r in enumerate(radii)])
    places = draw(st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 6)), max_size=3))
    return outline, [box(x, y, x + 1.5, y + 1.0) for x, y in places]


def points_on(shape: shapely.Geometry, shares: list[float]) -> Floats:
    """Return points on the outline of a shape's largest part, as doors are."""
    part = max(shapely.get_parts(shape), key=lambda p: p.area)
    ring = part.exterior
    points: Floats = shapely.get_coordinates([ring.interpolate(s, normalized=True) for s in shares])
    return points


def oracle_m(shape: shapely.Geometry, points: Floats) -> dict[tuple[int, int], float]:
    """Return shortest lengths over the graph of all mutually visible vertices, one pair at a time."""
    vertices = np.concatenate([points, shapely.get_coordinates(shape)])
    roomy = shape.buffer(1e-3, join_style="mitre")
    graph = nx.Graph()
    graph.add_nodes_from(range(len(vertices)))
    for i, j in itertools.combinations(range(len(vertices)), 2):
        if math.dist(vertices[i], vertices[j]) < 1e-3 or roomy.covers(LineString([vertices[i], vertices[j]])):
            graph.add_edge(i, j, weight=math.dist(vertices[i], vertices[j]))
    lengths: dict[tuple[int, int], float] = {}
    for i in range(len(points)):
        found = nx.single_source_dijkstra_path_length(graph, i)
        lengths.update(((i, j), float(found.get(j, math.inf))) for j in range(len(points)))
    return lengths


def test_round_an_inner_corner_the_way_turns_exactly_there() -> None:
    ways = shortest_ways(floor_of(ANGLE), np.array([[10.0, 1.0], [1.0, 10.0]]))
    assert ways.length_m[0, 1] == pytest.approx(2 * math.hypot(8, 1))
    assert ways.line(0, 1).tolist() == [[10.0, 1.0], [2.0, 2.0], [1.0, 10.0]]


def test_a_desk_in_the_middle_is_walked_around() -> None:
    ways = shortest_ways(floor_of(box(0, 0, 10, 4), [box(4, 1, 6, 3)]), np.array([[0.0, 2.0], [10.0, 2.0]]))
    assert ways.length_m[0, 1] == pytest.approx(2 * math.hypot(4, 1) + 2)


def test_walls_that_cut_a_floor_in_two_leave_no_way() -> None:
    ways = shortest_ways(floor_of(box(0, 0, 10, 4), [box(4, -1, 6, 5)]), np.array([[0.0, 2.0], [10.0, 2.0]]))
    assert math.isinf(ways.length_m[0, 1])


@settings(max_examples=60)
@given(floors(), st.lists(st.floats(0, 1), min_size=2, max_size=4))
def test_ways_agree_with_the_graph_of_all_visible_vertices(
    drawn: tuple[Polygon, list[Polygon]], shares: list[float]
) -> None:
    outline, boxes = drawn
    floor = floor_of(outline, boxes)
    if floor.shape.is_empty:
        return
    points = points_on(floor.shape, shares)
    ways, truth = shortest_ways(floor, points), oracle_m(floor.shape, points)
    for (i, j), expected in truth.items():
        assert ways.length_m[i, j] == pytest.approx(expected, abs=0.02), (i, j)


@settings(max_examples=60)
@given(floors(), st.lists(st.floats(0, 1), min_size=2, max_size=4))
def test_ways_stay_on_the_floor_are_as_long_as_told_and_the_same_both_ways(
    drawn: tuple[Polygon, list[Polygon]], shares: list[float]
) -> None:
    floor = floor_of(*drawn)
    if floor.shape.is_empty:
        return
    points = points_on(floor.shape, shares)
    ways = shortest_ways(floor, points)
    roomy = floor.shape.buffer(0.01, join_style="mitre")
    for i, j in itertools.combinations(range(len(points)), 2):
        assert ways.length_m[i, j] == pytest.approx(ways.length_m[j, i])
        assert ways.length_m[i, j] >= math.dist(points[i], points[j]) - 1e-6
        line = ways.line(i, j)
        assert float(np.hypot(*np.diff(line, axis=0).T).sum()) == pytest.approx(ways.length_m[i, j], abs=1e-6)
        if math.dist(points[i], points[j]) > 1e-6:
            assert roomy.covers(LineString(line))


def test_a_round_hall_of_a_thousand_corners_is_still_walked_within_a_hundredth() -> None:
    pillars = [Point(x, y).buffer(0.8, quad_segs=8) for x in range(-12, 13, 4) for y in range(-12, 13, 4)]
    hall = Point(0, 0).buffer(16, quad_segs=64)
    ends = np.array([[-16.0, 0.0], [16.0, 0.0]])
    exact = shortest_ways(floor_of(hall, pillars, many_corners=10_000), ends).length_m[0, 1]
    quick = shortest_ways(floor_of(hall, pillars, many_corners=300), ends).length_m[0, 1]
    assert quick == pytest.approx(exact, rel=0.01)
