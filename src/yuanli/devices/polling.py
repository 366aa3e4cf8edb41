"""When points are polled: groups of one period, each at whole multiples of it since the connection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yuanli.operations import Polled


@dataclass(slots=True)
class PollGroup:
    """Points of one period; `points` is None where the group has all."""

    every_s: float
    points: frozenset[str] | None
    polls: int = 0
    missed: int = 0
    number: int = 0

    @property
    def due_s(self) -> float:
        """When it is to be polled next, since the connection."""
        return self.number * self.every_s


class PollClock:
    """The groups of a line. Periods are kept since the connection, so that delays never add up.

    Parameters
    ----------
    every_s
        Of all points where `periods` is empty.
    periods
        Of each point.
    """

    def __init__(self, every_s: float, periods: Mapping[str, float]) -> None:
        of_period: dict[float, set[str]] = defaultdict(set)
        for point, own in periods.items():
            of_period[own].add(point)
        self._groups = [
            PollGroup(own, None if len(of_period) == 1 else frozenset(points))
            for own, points in sorted(of_period.items())
        ] or [PollGroup(every_s, None)]
        self._counts = {id(group): len(group.points or periods) for group in self._groups}

    def restart(self) -> None:
        """Begin anew: everything is due."""
        for group in self._groups:
            group.number = 0

    def due(self, now_s: float) -> tuple[PollGroup, ...]:
        """Return the groups whose time has come."""
        return tuple(group for group in self._groups if group.due_s <= now_s)

    def done(self, groups: Sequence[PollGroup], now_s: float) -> int:
        """Note that groups were polled; return how many of their times have passed meanwhile and are left out."""
        missed = 0
        for group in groups:
            following = max(group.number + 1, int(now_s / group.every_s) + 1)
            group.missed += following - group.number - 1
            missed += following - group.number - 1
            group.number, group.polls = following, group.polls + 1
        return missed

    def next_s(self) -> float:
        """Return when a group is due next, since the connection."""
        return min(group.due_s for group in self._groups)

    def told(self) -> tuple[Polled, ...]:
        """Return how each group is doing, the quickest first."""
        return tuple(
            Polled(
                every_s=group.every_s, points=self._counts[id(group)], polls=group.polls, missed=group.missed
            )
            for group in self._groups
        )


def points_of(groups: Sequence[PollGroup]) -> frozenset[str] | None:
    """Return what is polled together; None is all."""
    sets = [group.points for group in groups]
    return None if None in sets else frozenset().union(*(own for own in sets if own is not None))
