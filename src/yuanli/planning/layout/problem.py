"""Units and places: what goes between units, how far it is between places, and who may go where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import Text
from yuanli.planning.documents import Floats, checked_names, checked_numbers, place_of, refusal

MOST_PLACES = 2_000
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutProblem:
    """Give every unit a place of its own so that flow times distance, plus the cost of places, is least.

    Parameters
    ----------
    flows
        From unit to unit, shape `(n_units, n_units)`; need not be symmetric; negative where units are better apart.
    distances
        From place to place, shape `(n_places, n_places)`.
    costs
        Of a unit in a place, shape `(n_units, n_places)`; None for nothing.
    fixed
        The place of a unit that has to have this one.
    allowed
        The places one of which a unit has to have.

    Raises
    ------
    InvalidProblemError
        A table has another shape, a number is out of range, a name is unknown, or there are too many.
    """

    units: tuple[str, ...]
    places: tuple[str, ...]
    flows: Floats
    distances: Floats
    costs: Floats | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        units = checked_names("units", self.units, most=MOST_PLACES)
        places = checked_names("places", self.places, most=MOST_PLACES)
        n, m = len(units), len(places)
        object.__setattr__(self, "flows", checked_numbers("flows", self.flows, shape=(n, n)))
        object.__setattr__(self, "distances", checked_numbers("distances", self.distances, shape=(m, m)))
        if self.costs is not None:
            object.__setattr__(self, "costs", checked_numbers("costs", self.costs, shape=(n, m)))
        for unit, place in self.fixed.items():
            place_of(f"fixed.{unit}", unit, units)
            place_of(f"fixed.{unit}", place, places)
        for unit, some in self.allowed.items():
            place_of(f"allowed.{unit}", unit, units)
            for place in some:
                place_of(f"allowed.{unit}", place, places)

    def may(self) -> NDArray[np.bool_]:
        """Return who may go where, shape `(n_units, n_places)`."""
        unit_at = {name: i for i, name in enumerate(self.units)}
        place_at = {name: i for i, name in enumerate(self.places)}
        may = np.ones((len(self.units), len(self.places)), dtype=bool)
        for unit, some in self.allowed.items():
            may[unit_at[unit]] = False
            may[unit_at[unit], [place_at[place] for place in some]] = True
        for unit, place in self.fixed.items():
            row = np.zeros(len(self.places), dtype=bool)
            row[place_at[place]] = True
            may[unit_at[unit]] &= row
        return may


@dataclass(frozen=True, slots=True)
class LayoutPlan:
    """The place of each unit, by the place's number."""

    places: tuple[int, ...]


def plan_of(problem: LayoutProblem, where: Mapping[str, str], *, source: str = "assignments") -> LayoutPlan:
    """Return the plan that names units and their places.

    Raises
    ------
    InvalidProblemError
        A name is unknown, a unit is left out, or two have the same place.
    """
    place_at = {name: i for i, name in enumerate(problem.places)}
    unit_at = {name: i for i, name in enumerate(problem.units)}
    for unit in where:
        place_of(source, unit, unit_at)
    missing = [unit for unit in problem.units if unit not in where]
    if missing:
        raise refusal(
            source, f"没有写“{missing[0]}”的位置", f"the place of “{missing[0]}” is not given",
            hint=Text("每个单元写一行。", "Give a row for every unit."),
        )  # fmt: skip
    chosen = tuple(place_of(f"{source}.{unit}", where[unit], place_at) for unit in problem.units)
    if len(set(chosen)) < len(chosen):
        twice = next(place for place in chosen if chosen.count(place) > 1)
        raise refusal(
            source, f"位置“{problem.places[twice]}”给了两次", f"the place “{problem.places[twice]}” is given twice",
            hint=Text("每个位置只放一个单元。", "A place holds one unit."),
        )  # fmt: skip
    return LayoutPlan(chosen)
