"""The ways that are walked, where they are split, and the ordinal of each of their nodes."""

from __future__ import annotations

from dataclasses import dataclass, field

from shapely.geometry import Point

from yuanli.campus.features import BuildingId, FeatureId, LanguageMap, LevelId, Node, NodeId, Opening
from yuanli.campus.osm.doors import is_door
from yuanli.campus.osm.draft import Draft
from yuanli.campus.osm.measures import (
    accessibility_of,
    automatic_of,
    extra_of,
    hours_of,
    restriction_of,
    width_of,
)
from yuanli.campus.osm.names import names_of
from yuanli.campus.osm.rows import OsmWay

_NOT_BY_WHEELCHAIR = {"stile", "kissing_gate", "turnstile", "full-height_turnstile", "step", "log"}


@dataclass(slots=True)
class DrawnWays:
    """The ways and what is known of their nodes, by OSM id; ids below zero are points made up on the way.

    Parameters
    ----------
    levels
        The ordinals of each way, none where nothing is said.
    splits
        Nodes at which ways are cut.
    lifts
        The stops of each lift that is drawn as a node.
    """

    draft: Draft
    ways: list[OsmWay]
    levels: dict[int, tuple[float, ...]] = field(default_factory=dict)
    splits: set[int] = field(default_factory=set)
    at: dict[int, tuple[float, float]] = field(default_factory=dict)
    ordinal: dict[int, float] = field(default_factory=dict)
    lifts: dict[int, tuple[float, ...]] = field(default_factory=dict)
    names: dict[int, LanguageMap] = field(default_factory=dict)

    def new_ref(self, lonlat: tuple[float, float]) -> int:
        """Return the id of a point that the file does not have."""
        ref = -1_000_000_000_000 - len(self.at)
        self.at[ref] = lonlat
        return ref


def node_at(net: DrawnWays, ref: int, ordinal: float | None = None) -> NodeId:
    """Return the network node of an OSM node, made when it is first asked for."""
    own = ordinal if ordinal is not None else net.ordinal.get(ref, 0.0)
    node_id = NodeId(FeatureId(f"vertex/{ref}@{own:g}" if ref in net.lifts else f"vertex/{ref}"))
    if node_id in net.draft.features:
        return node_id
    draft, point = net.draft, Point(net.at[ref])
    source = draft.source.nodes.get(ref)
    tags = source.tags if source else {}
    openings = [f for i in (f"node/{ref}", f"node/{ref}@{own:g}") if (f := draft.features.get(FeatureId(i)))]
    doors = [f for f in openings if isinstance(f, Opening)]
    levels = [draft.features.get(door.level_id) for door in doors]
    buildings = [b for level in levels for b in getattr(level, "building_ids", ())]
    barrier = tags.get("barrier")
    accessibility = accessibility_of(tags)
    if (barrier in _NOT_BY_WHEELCHAIR or tags.get("kerb") == "raised") and not accessibility:
        accessibility = ("notwheelchair",)
    extra = extra_of(
        f"node/{ref}",
        tags,
        restriction=restriction_of(tags, "foot", "access"),
        hours=hours_of(tags),
        width_m=width_of(tags),
        accessibility=list(accessibility),
        automatic=automatic_of(tags),
    )
    draft.add(
        Node(
            id=node_id,
            geometry=point,
            level_id=None if "entrance" in tags else _level(draft, point, own, doors),
            ordinal=own,
            category=barrier or ("entrance" if is_door(tags) else tags.get("highway")),
            name=names_of(tags, draft.country).name,
            feature_ids=tuple(FeatureId(i) for i in [*(f.id for f in openings), *dict.fromkeys(buildings)]),
            extra=extra if tags else {},
        )
    )
    return node_id


def _level(draft: Draft, point: Point, ordinal: float, doors: list[Opening]) -> LevelId | None:
    """Return the level a node lies on, where a building has that level there."""
    if doors:
        return doors[0].level_id
    building_id: BuildingId | None = draft.building_at(point)
    level_id = LevelId(FeatureId(f"{building_id}/level/{ordinal:g}"))
    return level_id if building_id is not None and draft.units_of.get(level_id) else None


def lift_ordinal(net: DrawnWays, way: OsmWay, ref: int) -> float | None:
    """Return the stop of a lift that a way leaves from."""
    if ref not in net.lifts:
        return None
    levels = net.levels[way.id] or (0.0,)
    return min(net.lifts[ref], key=lambda o: min(abs(o - level) for level in levels))
