"""Plans on the map: where the places of a drafted problem are, and the ways that its tours take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from yuanli.campus import name_in
from yuanli.errors import InvalidInputError, Text
from yuanli.operations.guidance import Guide, RouteRequest
from yuanli.operations.resolving import PlaceNotFoundError
from yuanli.operations.solving import SolveOrder
from yuanli.routing import Leg, NoRouteError, Stop
from yuanli.scheduling import ROUNDS, RoundsPlan, RoundsProblem
from yuanli.solver import MapSpot, Row

PROFILES = {
    "walk": Text("步行", "on foot"),
    "wheelchair": Text("轮椅", "wheelchair"),
    "stroller": Text("婴儿车", "stroller"),
    "bike": Text("骑行", "bicycle"),
    "staff": Text("员工通道", "staff"),
    "evacuation": Text("紧急疏散", "evacuation"),
}
"""What travellers are called, as in the console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TourWalk:
    """The way from one place of a tour to the next, both as the problem calls them."""

    origin: str
    destination: str
    distance_m: float
    duration_s: float
    legs: tuple[Leg, ...]


def require_profile(profile: str, refusal: type[InvalidInputError]) -> None:
    """Refuse who can't travel: a profile that there is not."""
    if profile not in PROFILES:
        raise refusal(
            Text(f"出行方式“{profile}”不可用。", f"The profile {profile!r} is not allowed."), field="profile",
            hint=Text(f"可用：{'、'.join(PROFILES)}。", f"Use one of: {', '.join(PROFILES)}."),
        )  # fmt: skip


def place_key(stop: Stop) -> str:
    """Return what a stop is known by: its feature, or where it is."""
    return stop.feature_id or f"{stop.lon},{stop.lat},{stop.level:g}"


def names_of(stops: Mapping[str, Stop], language: str) -> dict[str, str]:
    """Return names that differ: those that are there twice get their ids."""
    names = {key: name_in(stop.name, language) or key for key, stop in stops.items()}
    often = Counter(names.values())
    return {key: name if often[name] == 1 else f"{name} ({key})" for key, name in names.items()}


def map_told(stops: Mapping[str, Stop], *, profile: str, at: datetime) -> dict[str, Any]:
    """Return where named stops are, as a document of a problem has it."""
    spots = {
        name: MapSpot(ref=place_key(stop), lon=stop.lon, lat=stop.lat, level=stop.level)
        for name, stop in stops.items()
    }
    return {
        "spots": {name: asdict(spot) for name, spot in spots.items()}, "profile": profile, "at": at.isoformat(),
    }  # fmt: skip


def walk_tours(
    guide: Guide, order: SolveOrder, rows: Sequence[Row], *, now: datetime, roles: frozenset[str]
) -> tuple[TourWalk, ...]:
    """Return the ways that the tours of a plan take, each once; none where it was not drafted from a map.

    A way that is no longer there, because the campus has changed, is left out.

    Raises
    ------
    InvalidProblemError
        The order is no problem of rounds, or the rows are no plan of it.
    """
    problem = ROUNDS.parse(order.problem, order.file_name)
    if problem.on_map is None or not rows:
        return ()
    on_map, walks = problem.on_map, []
    for ends in _legs(problem, ROUNDS.read_rows(problem, rows)):
        start, goal = (on_map.spots.get(problem.places[place]) for place in ends)
        if start is None or goal is None:
            continue
        request = RouteRequest(
            origin=start.ref, destination=goal.ref, profile=on_map.profile, at=on_map.at, roles=roles
        )
        try:
            route = guide.routes(request, now=now)[0]
        except (NoRouteError, PlaceNotFoundError):
            continue
        walks.append(
            TourWalk(
                origin=problem.places[ends[0]], destination=problem.places[ends[1]],
                distance_m=route.distance_m, duration_s=route.duration_s, legs=route.legs,
            )
        )  # fmt: skip
    return tuple(walks)


def _legs(problem: RoundsProblem, plan: RoundsPlan) -> list[tuple[int, int]]:
    """Return from which place to which the tours go, each pair once."""
    found: dict[tuple[int, int], None] = {}
    for tour in plan.tours:
        one = problem.staff[tour.staff]
        places = [one.start, *(call.place for call in tour.calls), one.end]
        found.update(dict.fromkeys((a, b) for a, b in pairwise(places) if a != b))
    return list(found)
