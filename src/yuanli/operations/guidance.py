"""Guidance: ways between places of the kept campuses, by name, with what is closed right now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from threading import Lock

from yuanli.campus import (
    Alias,
    Campus,
    CampusId,
    Closure,
    Crowding,
    DataPoint,
    Device,
    Feature,
    FeatureId,
    Finding,
    Node,
    SearchIndex,
    Team,
    changed_fields,
    check_campus,
    kind_of,
)
from yuanli.errors import InvalidInputError, Text
from yuanli.operations.places import Clock, Places
from yuanli.operations.resolving import PlaceNotFoundError, Resolved, resolve_place
from yuanli.routing import (
    Conditions,
    Exit,
    Isochrone,
    Matrix,
    Nearby,
    Network,
    Route,
    Stop,
    Wayfinder,
    check_network,
    kept_network,
    load_profiles,
    prepare,
)

OFF_NETWORK = (Alias, Closure, Crowding, DataPoint, Device, Team)
"""Tables that the walking network does not depend on: changing them keeps it."""
WORDS = frozenset({"name", "alt_name"})
"""Fields that only directions show; of a node they also tell whether it is a goal."""
MOST_STOPS = 12
MOST_NAMES = 4096


class BadRouteRequestError(InvalidInputError):
    """A request for a route breaks a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRequest:
    """From where to where, and how. `at` is the departure, aware or campus local time; None is now.

    `order` is `given` or `best`; `avoid` holds ids, names, or pathway modes such as `stairs`;
    `roles` are those of the person, for areas that not everybody may enter.
    """

    origin: str
    destination: str
    via: tuple[str, ...] = ()
    profile: str = "walk"
    at: datetime | None = None
    avoid: tuple[str, ...] = ()
    order: str = "given"
    alternatives: int = 0
    language: str = "zh"
    roles: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Refuse what no router could answer."""
        if self.profile not in load_profiles():
            raise _bad("profile", self.profile, "出行方式", tuple(load_profiles()))
        if self.order not in ("given", "best"):
            raise _bad("order", self.order, "途经顺序", ("given", "best"))
        if not isinstance(self.alternatives, int) or not 0 <= self.alternatives <= 3:
            raise _bad("alternatives", str(self.alternatives), "备选数量", ("0", "1", "2", "3"))
        if len(self.via) > MOST_STOPS:
            raise _bad("via", str(len(self.via)), "途经点数量", (f"0–{MOST_STOPS}",))


@dataclass(frozen=True, kw_only=True)
class Guide:
    """One campus at one revision, ready to guide."""

    campus: Campus
    index: SearchIndex
    wayfinder: Wayfinder

    def resolve(self, text: str, *, language: str = "zh", near: Stop | None = None) -> Resolved:
        """Return the place that a text names; of equally good ones the nearest to `near`."""
        return self._resolve(text, language=language, near=near.feature_id if near else None)

    @cached_property
    def _resolve(self) -> Callable[..., Resolved]:
        """The search for names, which remembers what was asked lately: most people ask for the same places."""
        return lru_cache(MOST_NAMES)(partial(resolve_place, self.campus, self.index))

    def routes(self, request: RouteRequest, *, now: datetime) -> tuple[Route, ...]:
        """Return the best way and its alternatives.

        A destination that names no place but a kind of facility (厕所, toilet) is the nearest of it.

        Raises
        ------
        PlaceNotFoundError
            An end is not on this campus.
        NoRouteError
            There is no way, with the reason and what would open one.
        """
        at, conditions = self._at(request.at, now), self.conditions(now)
        origin = self.resolve(request.origin, language=request.language)
        try:
            goal = self.resolve(request.destination, language=request.language, near=origin.stop)
        except PlaceNotFoundError:
            kind = kind_of(request.destination)
            nearby = kind and self.wayfinder.nearest(
                origin.stop, kind, count=1, profile=request.profile, at=at, conditions=conditions,
                roles=request.roles,
            )  # fmt: skip
            if not nearby:
                raise
            goal = self.resolve(nearby[0].feature_id)
        via = tuple(self.resolve(text, language=request.language).stop for text in request.via)
        return self.wayfinder.route(
            origin.stop,
            goal.stop,
            via=via,
            order=request.order,
            profile=request.profile,
            conditions=conditions,
            at=at,
            avoid=tuple(self._avoided(text, request.language) for text in request.avoid),
            alternatives=request.alternatives,
            roles=request.roles,
        )

    def nearest(
        self,
        origin: str,
        kind: str,
        *,
        now: datetime,
        count: int = 3,
        profile: str = "walk",
        at: datetime | None = None,
        open_now: bool = False,
        accessible: bool = False,
        roles: frozenset[str] = frozenset(),
    ) -> tuple[Nearby, ...]:
        """Return the nearest facilities of a kind by time on the way.

        Raises
        ------
        PlaceNotFoundError
            The origin is not here, or no kind of facility is called so.
        """
        found = kind_of(kind) or kind
        return self.wayfinder.nearest(
            self.resolve(origin).stop,
            found,
            count=count,
            profile=_profile(profile),
            at=self._at(at, now),
            conditions=self.conditions(now),
            open_now=open_now,
            accessible=accessible,
            roles=roles,
        )

    def matrix(
        self,
        origins: tuple[str, ...],
        destinations: tuple[str, ...],
        *,
        now: datetime,
        profile: str = "walk",
        at: datetime | None = None,
        roles: frozenset[str] = frozenset(),
    ) -> Matrix:
        """Return walking times and lengths from each origin to each destination."""
        return self.wayfinder.matrix(
            tuple(self.resolve(text).stop for text in origins),
            tuple(self.resolve(text).stop for text in destinations),
            profile=_profile(profile),
            at=self._at(at, now),
            conditions=self.conditions(now),
            roles=roles,
        )

    def isochrone(
        self,
        origin: str,
        minutes: tuple[float, ...],
        *,
        now: datetime,
        profile: str = "walk",
        at: datetime | None = None,
        roles: frozenset[str] = frozenset(),
    ) -> tuple[Isochrone, ...]:
        """Return what is reached within so many minutes, an area a level."""
        return self.wayfinder.isochrone(
            self.resolve(origin).stop,
            minutes,
            profile=_profile(profile),
            at=self._at(at, now),
            conditions=self.conditions(now),
            roles=roles,
        )

    def exits(self, *, now: datetime, profile: str = "evacuation") -> tuple[Exit, ...]:
        """Return everyone's nearest exit."""
        return self.wayfinder.exits(
            profile=_profile(profile), at=self._at(None, now), conditions=self.conditions(now)
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the place and with its walking network."""
        return (*check_campus(self.campus), *check_network(self.campus, self.wayfinder.network))

    def conditions(self, now: datetime) -> Conditions:
        """Return what is closed or crowded; each holds from its start to its end."""
        del now
        return Conditions(closures=self.campus.of(Closure), crowdings=self.campus.of(Crowding))

    def _at(self, at: datetime | None, now: datetime) -> datetime:
        return self.wayfinder.local(at if at is not None else now)

    def _avoided(self, text: str, language: str) -> str:
        if text.lower() in self.wayfinder.avoidable or self.campus.find(text):
            return text.lower() if self.campus.find(text) is None else text
        stop = self.resolve(text, language=language).stop
        return str(stop.feature_id)


def campus_guide(campus: Campus, *, cache_dir: Path | None = None) -> Guide:
    """Make a campus ready to guide: compute its network, prepare the router, index its names."""
    network = kept_network(campus, cache_dir)
    return Guide(
        campus=campus, index=SearchIndex(campus), wayfinder=prepare(campus, network, cache_dir=cache_dir)
    )


class Guidance:
    """Guides for the kept campuses; a closure or an alias keeps the network, a wall makes a new one."""

    def __init__(self, places: Places, *, cache_dir: Path | None, clock: Clock) -> None:
        self.places = places
        self._cache_dir = cache_dir
        self._clock = clock
        self._lock = Lock()
        self._building: dict[CampusId, Lock] = {}
        self._guides: dict[CampusId, Guide] = {}

    def guide(self, campus_id: CampusId) -> Guide:
        """Return the guide of a campus's latest revision."""
        campus = self.places.campus(campus_id)
        held = self._guides.get(campus_id)
        if held is not None and held.campus is campus:
            return held
        with self._lock:
            building = self._building.setdefault(campus_id, Lock())
        with building:
            held = self._guides.get(campus_id)
            if held is None or held.campus is not campus:
                held = self._next(held, campus)
                self._guides[campus_id] = held
        return held

    def now(self) -> datetime:
        """Return the time, by the clock that was given."""
        return self._clock()

    def _next(self, held: Guide | None, campus: Campus) -> Guide:
        index = self.places.index(campus.id)
        network = _unchanged_network(held, campus) or kept_network(campus, self._cache_dir)
        if held is not None and network is held.wayfinder.network:
            wayfinder = held.wayfinder.revised(campus, renamed=not _same_names(held.campus, campus))
        else:
            wayfinder = prepare(campus, network, cache_dir=self._cache_dir)
        return Guide(campus=campus, index=index, wayfinder=wayfinder)


def _unchanged_network(held: Guide | None, campus: Campus) -> Network | None:
    if held is None or held.campus.frame != campus.frame:
        return None
    before, after = held.campus.features, campus.features
    changed = (
        (before.get(feature_id), after.get(feature_id))
        for feature_id in before.keys() | after.keys()
        if before.get(feature_id) is not after.get(feature_id)
    )
    same = all(
        isinstance(new or old, OFF_NETWORK)
        or (changed_fields(old, new) <= WORDS and not isinstance(new, Node))
        for old, new in changed
    )
    return held.wayfinder.network if same else None


def _same_names(before: Campus, after: Campus) -> bool:
    """Whether only closures, crowding and the like differ, which no direction names."""
    kept: Callable[[Feature], bool] = lambda f: not isinstance(f, OFF_NETWORK)  # noqa: E731
    return all(after.features.get(FeatureId(f.id)) is f for f in before.features.values() if kept(f))


def _profile(name: str) -> str:
    if name not in load_profiles():
        raise _bad("profile", name, "出行方式", tuple(load_profiles()))
    return name


def _bad(name: str, value: str, called: str, allowed: tuple[str, ...]) -> BadRouteRequestError:
    return BadRouteRequestError(
        Text(f"{called} {value!r} 不可用。", f"The {name} {value!r} is not allowed."),
        field=name,
        hint=Text(f"可用：{'、'.join(allowed)}。", f"Use one of: {', '.join(allowed)}."),
    )


def utc_now() -> datetime:
    """Return the wall clock, for the edge to pass down."""
    return datetime.now(UTC)
