"""Compare the computed walking network with the drawn one, over pairs of rooms of a campus that has both.

    python benchmarks/network_vs_drawn.py ../shared/data/campus/spbpu-imdf [--pairs 4000] [--seed 0]

Prints the ratio of the computed to the drawn shortest length, by whether the rooms share a level.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from yuanli.campus import Unit
from yuanli.campus.importing import read_campus
from yuanli.routing import Network, build_network


def lengths_m(network: Network, starts: list[int], ends: list[int]) -> NDArray[np.float64]:
    """Return the shortest length between each start and its end, both ways allowed on every edge."""
    tail, head, length = network.edge_tail, network.edge_head, np.maximum(network.edge_length_m, 1e-6)
    size = network.n_nodes
    both = np.concatenate([tail, head]), np.concatenate([head, tail])
    order = np.lexsort((np.tile(length, 2), both[1], both[0]))
    rows, columns, values = both[0][order], both[1][order], np.tile(length, 2)[order]
    first = np.concatenate([[True], (np.diff(rows) != 0) | (np.diff(columns) != 0)])
    graph = csr_array(coo_array((values[first], (rows[first], columns[first])), shape=(size, size)))
    sources, index = np.unique(starts, return_inverse=True)
    found: NDArray[np.float64] = dijkstra(graph, indices=sources)[index, ends]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("campus", type=Path, nargs="?", default=Path("../shared/data/campus/spbpu-imdf"))
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if not given.campus.exists():
        sys.exit("no campus with a drawn network: give an IMDF archive or folder")
    campus = read_campus(given.campus).campus
    began = time.perf_counter()
    drawn = build_network(campus)
    computed = build_network(campus, drawn="ignore")
    print(f"built both in {time.perf_counter() - began:.1f} s")
    for name, network in (("drawn", drawn), ("computed", computed)):
        parts = network.components.max() + 1
        print(f"{name}: {network.n_nodes} nodes, {network.n_edges} edges, {parts} components")
    rooms = [u for u in campus.of(Unit) if u.category.split(".")[0] not in ("stairs", "elevator", "walkway")]
    rng = np.random.default_rng(given.seed)
    chosen = rng.integers(0, len(rooms), size=(given.pairs, 2))
    pairs = [(rooms[i], rooms[j]) for i, j in chosen if i != j]
    found = [
        lengths_m(
            network,
            [network.entrances[a.id][0] for a, _ in pairs],
            [network.entrances[b.id][0] for _, b in pairs],
        )
        for network in (drawn, computed)
    ]
    level = np.array([a.level_id == b.level_id for a, b in pairs])
    both = np.isfinite(found[0]) & np.isfinite(found[1]) & (found[0] > 5.0)
    for name, kept in (("all", both), ("same level", both & level), ("other level", both & ~level)):
        ratio = found[1][kept] / found[0][kept]
        low, middle, high = np.quantile(ratio, [0.1, 0.5, 0.9])
        print(f"{name}: {kept.sum()} pairs, computed/drawn median {middle:.3f}, 10–90 % {low:.3f}–{high:.3f}")


if __name__ == "__main__":
    main()
