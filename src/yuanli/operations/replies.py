"""Who asks the assistant, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from yuanli.campus import BuildingId, CampusId, FeatureId, Hit
from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations.dialogue import Kind, Option, Why
from yuanli.routing import Nearby, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, or one row of bars, of a chart: None where nothing is known.

    `low` and `high` bound what is expected, where it is.
    """

    name: Text
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Figures as a picture: over `times`, or by `names` as bars; `marked` is the column that is spoken of."""

    title: Text
    unit: str
    lines: tuple[Line, ...]
    times: tuple[datetime, ...] = ()
    names: tuple[Text, ...] = ()
    marked: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlace:
    """A place or device of a map: what colours it, and what is written at `(lon, lat)`, degrees.

    `ordinal` is that of its floor, None outdoors. Where `value` is None there are points that tell it, but none
    holds. `dot` tells that it is drawn as a point, not as its area; `marked` that the answer names it.
    """

    id: FeatureId
    name: Text
    lon: float
    lat: float
    value: float | None
    ordinal: float | None = None
    label: str = ""
    marked: bool = False
    dot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMap:
    """Places on the map in the colours of what is told of them.

    Parameters
    ----------
    layer
        The layer of the live map whose scale colours the values; None where it runs from nought to the most.
    opens
        The layer that the live map opens with; None where it has none of this.
    unit
        Of what is written at the places.
    ordinal, building
        The floor that is shown; None of the outside.
    focus
        The place that the live map opens.
    bounds
        West, south, east and north of what is to be seen, degrees.
    """

    title: Text
    layer: str | None
    opens: str | None
    unit: str
    ordinal: float | None
    building: BuildingId | None
    focus: FeatureId | None
    bounds: tuple[float, float, float, float]
    places: tuple[MapPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something to show with a reply: `kind` is `route`, `places`, `chart` or `map`."""

    kind: str
    routes: tuple[Route, ...] = ()
    places: tuple[Nearby | Hit, ...] = ()
    chart: Chart | None = None
    map: PlaceMap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer in both languages, how the request was understood, and what may be asked next.

    `pending` is the question that the reply asks, where it needs an answer, `asks` the type of slot
    it asks for, and `options` the answers it offers. `move` is what the assistant did with the turn;
    `why` says why, once a request of the turn. `heard` is how the words of this turn were understood by
    themselves, the first request of several, and `context` the system's words that they were read with;
    `understanding` also holds what was said in turns before.
    """

    text: Text
    understanding: Understanding
    cards: tuple[Card, ...] = ()
    suggestions: tuple[Text, ...] = ()
    pending: Text | None = None
    asks: str | None = None
    options: tuple[Option, ...] = ()
    error: str | None = None
    conversation: str | None = None
    move: Kind = Kind.ANSWER
    why: tuple[Why, ...] = ()
    heard: Understanding | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where from, and where they stand (`lon,lat[,level]` or a name), if that is known.

    A conversation is the user's own; a turn without one is not kept.
    """

    campus_id: CampusId
    user: str = "visitor"
    conversation: str | None = None
    here: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
