"""A network under construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from yuanli.campus import (
    BuildingId,
    FeatureId,
    UnitId,
)
from yuanli.routing.building.doorways import portal_row
from yuanli.routing.building.draft import Draft
from yuanli.routing.building.params import NetworkParams
from yuanli.routing.building.survey import Portal, Survey


@dataclass(slots=True)
class Site:
    """A network under construction: the survey, the draft, and what has been found so far.

    `portal_nodes[i]` is the node of `portals[i]`; `nodes` says where features are reached.
    """

    survey: Survey
    draft: Draft
    params: NetworkParams
    portals: list[Portal] = field(default_factory=list)
    portal_nodes: list[int] = field(default_factory=list)
    outer: dict[int, BuildingId | None] = field(default_factory=dict)
    nodes: dict[FeatureId, tuple[int, ...]] = field(default_factory=dict)
    centres: dict[UnitId, int] = field(default_factory=dict)

    def add_portals(self, portals: Sequence[Portal]) -> None:
        """Add portals with their nodes."""
        for portal in portals:
            self.portal_nodes.append(self.draft.add_node(portal_row(self.survey, portal)))
        self.portals.extend(portals)
