"""Which bridges, tunnels and raised walkways are a storey of their own, though nobody gave them a `level`?

`layer` only says what passes over what. It is a storey where a deck can't be reached on the flat: then
stairs, escalators, lifts or ramps join it to the ground, and its nodes lie on that ordinal. A footbridge
that a path runs on to without a step stays on the ground level: both of its ends are there. Footways that
only meet ways of one level are on that level, where a part of them has a layer that agrees.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection

from yuanli.campus.features import PathwayMode
from yuanli.campus.osm.drawn import DrawnWays
from yuanli.campus.osm.rows import OsmWay, Tags
from yuanli.campus.osm.walking import mode_of

_FLAT = {PathwayMode.OUTDOOR, PathwayMode.WALKWAY}
_FOOTWAYS = {"footway", "corridor", "pedestrian", "path"}
HIGHEST_LAYER = 5


def find_layers(net: DrawnWays) -> None:
    """Set the ordinal of ways without `level` by `layer`, deck by deck, where a deck is a storey."""
    lifts = {n.id for n in net.draft.source.nodes.values() if n.tags.get("highway") == "elevator"}
    flat = [way for way in net.ways if not net.levels[way.id] and is_flat(way.tags)]
    climbing = {ref for way in net.ways if not is_flat(way.tags) for ref in way.refs} | lifts
    levelled = {
        ref: levels[0] for way in net.ways if len(levels := net.levels[way.id]) == 1 for ref in way.refs
    }
    for deck in _decks(flat, lifts):
        layers = Counter(layer_of(way.tags) for way in deck)
        refs = {ref for way in deck for ref in way.refs} - lifts
        said = {levelled[ref] for ref in refs if ref in levelled}
        if (0 in layers or not refs & climbing) and not _is_told(deck, layers, said):
            continue
        if len(said) <= 1:
            ordinal = said.pop() if said else float(layers.most_common(1)[0][0])
            net.levels.update({way.id: (ordinal,) for way in deck})


def _is_told(deck: list[OsmWay], layers: Collection[int], said: Collection[float]) -> bool:
    """Return whether the levelled ways that a deck meets tell its level."""
    footways = all(way.tags.get("highway") in _FOOTWAYS and not way.closed for way in deck)
    return footways and len(said) == 1 and any(layer * level > 0 for layer in layers for level in said)


def layer_of(tags: Tags) -> int:
    """Return the layer of a way, 0 where it says none or leads through a building at ground level."""
    text = tags.get("layer", "0").strip()
    if tags.get("tunnel") == "building_passage" or not text.lstrip("+-").isdecimal() or len(text) > 3:
        return 0
    layer = int(text)
    return layer if abs(layer) <= HIGHEST_LAYER else 0


def is_span(tags: Tags) -> bool:
    """Return whether a way is on a bridge, or in a tunnel that is not said to be on layer 0.

    It passes over or under what it crosses. A passage through a building is on the ground.
    """
    if tags.get("bridge", "no") != "no":
        return True
    return tags.get("tunnel", "no") not in {"no", "building_passage"} and "layer" not in tags


def is_flat(tags: Tags) -> bool:
    """Return whether a way is neither a flight nor a slope."""
    sloped = any(sign.isdigit() and sign != "0" for sign in tags.get("incline", ""))
    return mode_of(tags) in _FLAT and not sloped and tags.get("incline") not in {"up", "down"}


def _decks(ways: list[OsmWay], apart: set[int]) -> list[list[OsmWay]]:
    """Return the groups of ways that hang together on the flat; lifts keep two decks apart."""
    parent = list(range(len(ways)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[int, int] = {}
    for i, way in enumerate(ways):
        for ref in way.refs:
            if ref not in apart:
                parent[root(i)] = root(first.setdefault(ref, i))
    groups: dict[int, list[OsmWay]] = defaultdict(list)
    for i, way in enumerate(ways):
        groups[root(i)].append(way)
    return list(groups.values())
