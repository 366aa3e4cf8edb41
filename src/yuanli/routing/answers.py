"""What routing answers: routes with legs and steps, and the reasons for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yuanli.campus import FeatureId, LanguageMap, LevelId
from yuanli.errors import Text

GeoJson = Mapping[str, Any]
"""A GeoJSON geometry in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A start, a goal or a stop on the way, as it was understood."""

    feature_id: FeatureId | None
    name: LanguageMap
    lon: float
    lat: float
    level: float
    level_id: LevelId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A part of a route on one level in one mode; a change of level is a leg of its own.

    `level` is the ordinal where the leg starts, `to_level` where it ends; `mode` is a `PathwayMode`
    in lower case (`walkway`, `stairs`, `elevator`, `outdoor`, …).
    """

    level: float
    to_level: float
    level_id: LevelId | None
    level_name: LanguageMap
    mode: str
    distance_m: float
    duration_s: float
    geometry: GeoJson


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One instruction: `maneuver` is `depart`, `left`, `enter`, `elevator`, `arrive` and so on."""

    text: Text
    maneuver: str
    level: float
    level_id: LevelId | None
    level_name: LanguageMap
    lon: float
    lat: float
    distance_m: float
    duration_s: float
    leg: int
    feature_id: FeatureId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way from one stop to another: the answer of `yuanli route`."""

    distance_m: float
    duration_s: float
    profile: str
    departs_at: datetime
    arrives_at: datetime
    stops: tuple[Stop, ...]
    legs: tuple[Leg, ...]
    steps: tuple[Step, ...]
    geometry: GeoJson
    warnings: tuple[Text, ...]
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A facility, and the way to it."""

    feature_id: FeatureId
    name: LanguageMap
    distance_m: float
    duration_s: float
    route: Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Seconds and metres from each origin (rows) to each destination; None where there is no way."""

    duration_s: tuple[tuple[float | None, ...], ...]
    distance_m: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Isochrone:
    """What is reached within some minutes on one level."""

    minutes: float
    ordinal: float
    geometry: GeoJson


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """The exit that is nearest to a room, and how far it is; None where no exit can be reached."""

    feature_id: FeatureId
    exit_id: FeatureId | None
    duration_s: float | None
    distance_m: float | None
