"""Where the places of a problem are on a map: pictures of its plans need it, searches don't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSpot:
    """A place on a map.

    Parameters
    ----------
    ref
        A feature's id, or `lon,lat,level`.
    lon, lat
        Degrees, WGS-84.
    level
        The ordinal of its level; 0 is the ground.
    """

    ref: str
    lon: float
    lat: float
    level: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnMap:
    """The places of a problem on a map, by the names that the problem gives them.

    Parameters
    ----------
    profile, at
        How people go, and the moment whose closures and opening hours hold.
    """

    spots: Mapping[str, MapSpot] = field(default_factory=dict)
    profile: str = "walk"
    at: datetime | None = None
