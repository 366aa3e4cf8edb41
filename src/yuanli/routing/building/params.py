"""The numbers of the network builder, each with its source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkParams:
    """How a campus becomes a walking network.

    Parameters
    ----------
    storey_m
        Height of a storey where the building does not tell its own (office floors: 3.3 to 4.2 m,
        Neufert, Architects' Data, 4th ed. 2012).
    stair_pitch, escalator_pitch
        Rise over run of a flight: 17 cm on 29 cm (Neufert 2012); 30 degrees (EN 115-1).
    stair_riser_m
        Height of a step (Neufert 2012).
    open_border_m
        Open spaces that share at least this length of border are walked between (a door's width).
    border_touch_m
        Borders this near to each other are one border.
    border_spacing_m
        A long open border is crossed at points this far apart.
    guess_reach_m
        A space without a door gets one to a neighbour at most this far: a wall and the drawing's error.
    snap_m
        Points nearer than this are the same place.
    bridge_m
        Ways that hang apart are joined to the others over a gap this short: the drawing's error.
    island_reach_m, island_m
        Ways outdoors that hang apart, and squares no way meets, are joined by a guess over the first,
        if no more than the second hangs together.
    outline_m
        A door this near to a building's outline leads outdoors.
    entrance_reach_m, far_reach_m
        An entrance joins a way within the first without a warning; within the second with one.
    open_ground_m
        Entrances without any drawn way near are joined straight across the ground up to this distance.
    building_sides
        A building without entrances is reached from at most this many sides.
    many_doors
        A space with more doors and places than this gets a sparse web, not an edge for each pair.
    stretch
        No way through a sparse web is longer than this times the shortest.
    hub_m
        Distance between the hubs of a sparse web.
    many_corners
        Outlines with more inward corners than this are simplified for finding ways, by at most 0.4 m.
    large_m2
        A place inside a passage or a space larger than this is a point of its own, not the space's centre.
    """

    storey_m: float = 3.5
    stair_pitch: float = 17 / 29
    escalator_pitch: float = 0.577
    stair_riser_m: float = 0.17
    open_border_m: float = 0.8
    border_touch_m: float = 0.25
    border_spacing_m: float = 5.0
    guess_reach_m: float = 1.5
    snap_m: float = 0.5
    bridge_m: float = 1.0
    island_reach_m: float = 20.0
    island_m: float = 1000.0
    outline_m: float = 2.0
    entrance_reach_m: float = 60.0
    far_reach_m: float = 300.0
    open_ground_m: float = 1000.0
    building_sides: int = 4
    many_doors: int = 60
    stretch: float = 1.02
    hub_m: float = 6.0
    many_corners: int = 300
    large_m2: float = 120.0
