"""The park at moments: weather, people and cars, each worked out once when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from yuanli.demo.simulation.chance import Floats
from yuanli.demo.simulation.flows import Crowd, crowd_of
from yuanli.demo.simulation.moments import FIRST_DAY, Moments, moments_of_seconds
from yuanli.demo.simulation.plan import Plan
from yuanli.demo.simulation.weather import Weather, weather_of

EARLIER_LATER_H = (-0.35, 0.0, 0.35)
"""Rooms keep one of three habits: some begin and end the day earlier, some later."""
OPEN = {"office": (7.2, 19.3), "event": (7.5, 18.5), "canteen": (5.8, 20.3), "shops": (8.8, 22.0)}
OPEN |= {"clinic": (8.0, 17.8), "nursery": (7.2, 17.4), "garage": (6.0, 23.0), "guards": (0.0, 24.0)}
OPEN |= {"home": (0.0, 24.0)}
"""Between which hours air conditioning runs."""
CLOSED_ON_DAYS_OFF = ("office", "nursery")


@dataclass(frozen=True, kw_only=True, eq=False)
class Life:
    """Who lives by which habits: a crowd for each building, and how many its busiest usual hour sees."""

    plan: Plan
    crowds: tuple[Crowd, ...]
    busiest: Floats
    staff: Floats

    def at(self, when: Moments) -> Scene:
        """Return the park at moments."""
        return Scene(life=self, when=when)

    def at_seconds(self, at_s: Floats) -> Scene:
        """Return the park at seconds since 1970."""
        return self.at(moments_of_seconds(at_s))


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """The park at `m` moments; arrays have a row a building and a column a moment."""

    life: Life
    when: Moments

    @cached_property
    def weather(self) -> Weather:
        """The weather outdoors."""
        return weather_of(self.when, self.life.plan.seed)

    @cached_property
    def inside(self) -> Floats:
        """How many people are in each building."""
        return np.array([crowd.inside(self.when) for crowd in self.life.crowds])

    @cached_property
    def fullness(self) -> Floats:
        """How full each building is, of its usual busiest hour."""
        return np.asarray(self.inside / self.life.busiest[:, None])

    @cached_property
    def traffic(self) -> Floats:
        """How many people pass the doors of each building in an hour."""
        return np.array([crowd.traffic(self.when) for crowd in self.life.crowds])

    @cached_property
    def at_work(self) -> Floats:
        """Which share of each building's people is in, shape `(3, n_buildings, m)`: of early, usual, late rooms."""
        hours = [replace(self.when, hour=np.clip(self.when.hour - late, 0, 24)) for late in EARLIER_LATER_H]
        shares = [
            [crowd.inside(when, None if crowd.resident else ("staff", "away")) for crowd in self.life.crowds]
            for when in hours
        ]
        return np.clip(np.array(shares) / self.life.staff[None, :, None], 0, 1)

    @cached_property
    def meals(self) -> Floats:
        """How many people eat in each building."""
        return self._of_kinds("meal")

    @cached_property
    def guests(self) -> Floats:
        """How many guests are in each building."""
        return self._of_kinds("guests", "staff")

    @cached_property
    def events(self) -> Floats:
        """How many people are at an event in each building."""
        return self._of_kinds("event")

    def _of_kinds(self, *kinds: str) -> Floats:
        return np.array([crowd.inside(self.when, kinds) for crowd in self.life.crowds])

    @cached_property
    def open(self) -> Floats:
        """Whether air conditioning runs in each building, 0 or 1."""
        return np.array([self._open(kind) for kind in self.life.plan.buildings.kind])

    def _open(self, kind: str) -> Floats:
        begin, end = OPEN[kind]
        runs = (self.when.hour >= begin) & (self.when.hour < end)
        if kind in CLOSED_ON_DAYS_OFF:
            runs &= self.when.works
        return np.asarray(runs, np.float64)

    def shifted(self, minutes: float) -> Scene:
        """Return the park so many minutes later, or earlier."""
        return self.life.at_seconds(self.when.at_s + 60 * minutes)


def life_of(plan: Plan) -> Life:
    """Return the habits of a park; what is usual is read off its first weeks."""
    buildings = plan.buildings
    crowds = tuple(
        crowd_of(
            building,
            kind,
            size=float(buildings.seats[number]),
            seed=plan.seed,
            resident=float(buildings.seats[number]) * 0.92 if kind == "home" else 3.0 * (kind == "guards"),
        )
        for number, (building, kind) in enumerate(zip(buildings.ids, buildings.kind, strict=True))
    )
    week = moments_of_seconds((FIRST_DAY + 7 + np.arange(0, 14, 1 / 96)) * 86_400.0)
    busiest: Callable[[Crowd, tuple[str, ...] | None], float] = lambda crowd, kinds: max(  # noqa: E731
        float(np.quantile(crowd.inside(week, kinds), 0.995)), 1.0
    )
    return Life(
        plan=plan,
        crowds=crowds,
        busiest=np.array([busiest(crowd, None) for crowd in crowds]),
        staff=np.array([busiest(crowd, None if crowd.resident else ("staff", "away")) for crowd in crowds]),
    )
