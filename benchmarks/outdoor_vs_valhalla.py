"""Compare outdoor walking lengths with Valhalla's, over random pairs of points on ways and of named buildings.

    python -m benchmarks.outdoor_vs_valhalla [CAMPUS …] [--url http://127.0.0.1:8002]

`CAMPUS` is an OSM file; without one the campuses of `../shared/data/campus` are compared. Tiles are built of each
file by `pyvalhalla` (`pip install pyvalhalla-weekly`); with `--url` a service answers whose tiles are of the same
file. Where there is no Valhalla it says so and does nothing.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import math
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from yuanli.campus import Building
from yuanli.campus.importing import read_campus
from yuanli.routing import Network, build_network
from yuanli.routing.access import Access, access_of
from yuanli.routing.building import attach
from yuanli.routing.profiles import profile_named

CAMPUSES = Path("../shared/data/campus")
SHARED = [
    CAMPUSES / "tsinghua" / "tsinghua.osm",
    CAMPUSES / "shu-baoshan" / "shu-baoshan.osm",
    CAMPUSES / "cau-east" / "cau-east.osm",
    CAMPUSES / "moorgate-barbican" / "moorgate.osm.pbf",
    CAMPUSES / "oslo-east-scale" / "oslo-east.osm.pbf",
]
SAME_WAY_M = 2.0
"""Valhalla starts on the way a point lies on, not on another, where it starts this near to it."""

Valhalla = Callable[[dict[str, object]], dict[str, object]]
Ends = list[tuple[int, float]]
Pair = tuple[str, Ends, Ends, NDArray[np.float64]]


def tiles_of(campus: Path, folder: Path) -> Path:
    """Build Valhalla's tiles of an OSM file; return the configuration that names them."""
    source, config = folder / "campus.osm.pbf", folder / "valhalla.json"
    (folder / "tiles").mkdir()
    reader, writer = osmium.MergeInputReader(), osmium.SimpleWriter(str(source))
    reader.add_file(str(campus))
    reader.apply(writer)
    writer.close()
    valhalla = importlib.import_module("valhalla")
    settings = valhalla.get_config(tile_extract="", tile_dir=str(folder / "tiles"), verbose=False)
    config.write_text(json.dumps(settings), encoding="utf-8")
    build = Path(str(valhalla.__file__)).parent / "bin" / "valhalla_build_tiles"
    subprocess.run([build, "-c", config, source], check=True, capture_output=True, cwd=folder)
    return config


def valhalla_of(config: Path | None, url: str | None) -> Valhalla | None:
    """Return a function that answers route requests, or None where there is no Valhalla."""
    if url is not None:

        def ask(request: dict[str, object]) -> dict[str, object]:
            data = json.dumps(request).encode()
            with urllib.request.urlopen(f"{url}/route", data=data, timeout=30) as answer:
                found: dict[str, object] = json.load(answer)
            return found

        return ask
    try:
        module = importlib.import_module("valhalla")
    except ImportError:
        return None
    if config is None:
        return None
    route: Valhalla = module.Actor(str(config)).route
    return route


def graph_of(network: Network) -> tuple[csr_array, dict[tuple[int, int], float]]:
    """Return what the ways open to everyone on foot cost, as the walk profile prefers, and their lengths."""
    access = [access_of(restriction, frozenset()) for restriction in (*network.restrictions, "")]
    kept = network.edge_foot & (np.array(access)[network.edge_restriction] < Access.BARRED)
    soft = np.array(access)[network.edge_restriction[kept]] == Access.SOFT
    tail, head, metres = (a[kept] for a in (network.edge_tail, network.edge_head, network.edge_length_m))
    cost = np.maximum(metres, 1e-6) * np.where(soft, profile_named("walk").soft_factor, 1.0)
    back = ~network.edge_one_way[kept]
    rows, columns = np.concatenate([tail, head[back]]), np.concatenate([head, tail[back]])
    costs, lengths = np.concatenate([cost, cost[back]]), np.concatenate([metres, metres[back]])
    order = np.lexsort((costs, columns, rows))
    rows, columns, costs, lengths = rows[order], columns[order], costs[order], lengths[order]
    first = np.concatenate([[True], (np.diff(rows) != 0) | (np.diff(columns) != 0)])
    rows, columns, costs, lengths = rows[first], columns[first], costs[first], lengths[first]
    size = network.n_nodes
    told = dict(zip(zip(rows.tolist(), columns.tolist(), strict=True), lengths.tolist(), strict=True))
    return csr_array(coo_array((costs, (rows, columns)), shape=(size, size))), told


def point_pairs(network: Network, count: int, rng: np.random.Generator) -> list[Pair]:
    """Return pairs of random points on outdoor ways, as often as these are long, 50 m or more apart."""
    outdoors = network.edge_foot & ~network.edge_indoors & (network.edge_floors == 0)
    outdoors &= network.node_ordinal[network.edge_tail] == 0
    edges = np.flatnonzero(outdoors)
    share = network.edge_length_m[edges] / network.edge_length_m[edges].sum()
    pairs: list[Pair] = []
    while len(pairs) < count:
        chosen = rng.choice(edges, size=2, p=share)
        points = [network.edge_lines[e].interpolate(rng.random(), normalized=True) for e in chosen]
        xy = np.array([[p.x, p.y] for p in points])
        if math.dist(*xy) >= 50.0:
            ends = [list(attach(network, (p.x, p.y), 0.0)) for p in points]
            pairs.append(("points", ends[0], ends[1], xy))
    return pairs


def building_pairs(network: Network, ids: list[str], count: int, rng: np.random.Generator) -> list[Pair]:
    """Return pairs of the first entrances of named buildings, 50 m or more apart."""
    reached = [b for b in ids if network.entrances.get(b)]  # type: ignore[call-overload]
    pairs: list[Pair] = []
    for _ in range(20 * count):
        if len(pairs) >= count or len(reached) < 2:
            break
        nodes = [network.entrances[reached[k]][0] for k in rng.integers(0, len(reached), 2)]
        if math.dist(*network.node_xy[nodes]) >= 50.0:
            pairs.append(("buildings", [(nodes[0], 0.0)], [(nodes[1], 0.0)], network.node_xy[nodes]))
    return pairs


def ours_m(network: Network, pairs: list[Pair]) -> NDArray[np.float64]:
    """Return the length of our best way of each pair, infinite where there is none."""
    starts = sorted({n for _, ends, _, _ in pairs for n, _ in ends})
    row = {n: i for i, n in enumerate(starts)}
    graph, lengths = graph_of(network)
    costs, before = dijkstra(graph, indices=starts, return_predecessors=True)
    found = []
    for _, tails, heads, _ in pairs:
        cost, start, end, off_m = min(
            (a + costs[row[m], n] + b, m, n, a + b) for m, a in tails for n, b in heads
        )
        metres = off_m if math.isfinite(cost) else math.inf
        while math.isfinite(cost) and end != start:
            previous = int(before[row[start], end])
            metres += lengths[previous, end]
            end = previous
        found.append(metres)
    return np.array(found)


def theirs_m(
    network: Network, pairs: list[Pair], valhalla: Valhalla
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Valhalla's length of each pair, with the straight lines to where it starts and ends; and those."""
    found, off = [], []
    for _, _, _, xy in pairs:
        degrees = network.frame.to_degrees(xy)
        places = [{"lon": float(lon), "lat": float(lat)} for lon, lat in degrees]
        request: dict[str, object] = {"locations": places, "costing": "pedestrian", "units": "kilometers"}
        try:
            trip = valhalla(request)["trip"]
        except (urllib.error.HTTPError, RuntimeError):
            found.append(math.inf)
            off.append(math.inf)
            continue
        line = _decoded(trip["legs"][0]["shape"])  # type: ignore[index]
        ends = network.frame.to_metres(line[[0, -1]])
        off_m = math.dist(ends[0], xy[0]), math.dist(ends[1], xy[1])
        found.append(1000.0 * float(trip["summary"]["length"]) + sum(off_m))  # type: ignore[index]
        off.append(max(off_m))
    return np.array(found), np.array(off)


def _decoded(shape: str) -> NDArray[np.float64]:
    """Return the degrees `(n, 2)`, lon and lat, of an encoded polyline of six digits."""
    numbers, value, shift = [], 0, 0
    for character in shape:
        chunk = ord(character) - 63
        value |= (chunk & 0x1F) << shift
        shift += 5
        if chunk < 0x20:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    lat_lon = np.cumsum(np.array(numbers).reshape(-1, 2), axis=0) / 1e6
    return lat_lon[:, ::-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("campus", type=Path, nargs="*", default=[path for path in SHARED if path.exists()])
    parser.add_argument("--url")
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--worst", type=int, default=8)
    given = parser.parse_args()
    if not given.url and importlib.util.find_spec("valhalla") is None:
        sys.exit("no Valhalla to compare with: pip install pyvalhalla-weekly, or give --url")
    if not given.campus:
        sys.exit("no campus to compare: give an OSM file")
    for path in given.campus:
        print(f"\n{path.name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            valhalla = valhalla_of(None if given.url else tiles_of(path, Path(folder)), given.url)
            if valhalla is not None:
                compare(path, valhalla, given)


def compare(path: Path, valhalla: Valhalla, given: argparse.Namespace) -> None:
    campus = read_campus(path).campus
    network = build_network(campus)
    rng = np.random.default_rng(given.seed)
    named: list[str] = [b.id for b in campus.of(Building) if b.name]
    for pairs in (
        point_pairs(network, given.pairs, rng),
        building_pairs(network, named, given.pairs, rng),
    ):
        if pairs:
            ours, (theirs, off) = ours_m(network, pairs), theirs_m(network, pairs, valhalla)
            _report(network, pairs, ours, theirs, given.worst)
            same = (off <= SAME_WAY_M) & np.isfinite(ours)
            near = np.abs(ours[same] / theirs[same] - 1) <= 0.15
            print(f"  where both start and end on one way: within 15 % {near.mean():.1%} of {len(near)}")


def _report(
    network: Network, pairs: list[Pair], ours: NDArray[np.float64], theirs: NDArray[np.float64], worst: int
) -> None:
    straight = np.array([math.dist(*xy) for *_, xy in pairs])
    both = np.isfinite(ours) & np.isfinite(theirs)
    ratio = np.where(both, ours / np.where(both, theirs, 1.0), math.nan)
    near = np.abs(ratio - 1) <= 0.15
    print(
        f"{pairs[0][0]}: {len(pairs)} pairs, within 15 %: {near[both].mean():.1%} of {both.sum()} both answer, "
        f"{near.mean():.1%} of all; median ratio {np.nanmedian(ratio):.3f}; longer {np.mean(ratio > 1.15):.1%}, "
        f"shorter {np.mean(ratio < 0.85):.1%}; only Valhalla {np.mean(~np.isfinite(ours) & np.isfinite(theirs)):.1%}, "
        f"only ours {np.mean(np.isfinite(ours) & ~np.isfinite(theirs)):.1%}; "
        f"shorter than straight {np.sum(ours < straight - 0.01)}"
    )
    order = np.argsort(-np.abs(np.log(np.where(both, ratio, 1.0))))[:worst]
    missing = np.flatnonzero(~np.isfinite(ours) & np.isfinite(theirs))[:worst]
    for k in [*order, *missing]:
        (a, b), (c, d) = network.frame.to_degrees(pairs[k][3])
        print(f"  ours {ours[k]:.0f} m, Valhalla {theirs[k]:.0f} m: {b:.6f},{a:.6f} to {d:.6f},{c:.6f}")


if __name__ == "__main__":
    main()
