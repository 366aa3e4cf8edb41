"""What is booked in places, as far as it was known: what is to come is told by it ahead of time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast.history import DAY, Floats, Ints, clock_offsets
from yuanli.telemetry import Times


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bookings:
    """Bookings, columns of one length, and which of their places points belong to.

    Parameters
    ----------
    place
        The row of the place that is booked; what is booked in a room is booked in its building too, as a row more.
    start, end, made_at
        µs since 1970-01-01 UTC; nothing is known of a booking before it was made.
    people
        How many are to come.
    of_point
        The row of the place that each point belongs to, shape `(n_points,)`; -1 where it belongs to none.
    n_places
        How many places there are.
    """

    place: Ints
    start: Times
    end: Times
    made_at: Times
    people: Floats
    of_point: Ints
    n_places: int

    def of(self, points: Ints) -> Bookings:
        """Return the same bookings for some of the points."""
        return replace(self, of_point=self.of_point[points])

    def by_clock(self, zone: str) -> Bookings:
        """Return bookings in times by a zone's clock, as days of a history are counted."""
        moved = {name: getattr(self, name) for name in ("start", "end", "made_at")}
        return replace(self, **{name: at + clock_offsets(at, zone) for name, at in moved.items()})

    def ahead(self, origin: int, step: int, horizon: int) -> Floats:
        """Return how many people are booked in the steps from `origin` (µs) on, as was known then.

        Shape `(n_places, horizon)`: means over steps.
        """
        return self._means(self.made_at <= origin, origin, step, horizon)

    def past(self, start: int, step: int, n_steps: int) -> Floats:
        """Return how many people were booked in past steps, by bookings that were made before they began."""
        found = np.zeros((self.n_places, n_steps))
        day = max(1, DAY // step)
        for first in range(0, n_steps, day):
            count = min(day, n_steps - first)
            found[:, first : first + count] = self._means(
                self.made_at <= self.start, start + first * step, step, count
            )
        return found

    def _means(self, known: NDArray[np.bool_], start: int, step: int, n_steps: int) -> Floats:
        found = np.zeros((self.n_places, n_steps))
        held = known & (self.start < start + n_steps * step) & (self.end > start)
        if held.any():
            edges = start + step * np.arange(n_steps + 1, dtype=np.int64)
            inside = np.clip(edges, self.start[held, None], self.end[held, None])
            shares = np.diff(inside, axis=1) / step
            np.add.at(found, self.place[held], shares * self.people[held, None])
        return found
