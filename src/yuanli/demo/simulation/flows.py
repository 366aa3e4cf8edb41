"""People and cars that come and go: how many are inside, and how many passed since the counters were put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yuanli.demo.simulation.chance import Floats, bell, draw, slope, step, stream
from yuanli.demo.simulation.moments import FIRST_DAY, Moments, kinds_of
from yuanli.demo.tables import load_table

SHARES_BELOW = 4
"""`people` below this are a share of a place's own size."""
BY_WEEKDAY = (1.0, 1.02, 1.03, 1.0, 0.9, 1.0, 1.0)
EVENT_ODDS, EVENT_ODDS_OFF = 0.4, 0.3
SHIFT_H = 0.14
"""How much earlier or later a day runs, standard deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A crowd that comes around hour `enter` and leaves around `leave`; `away`: people inside go out and come back.

    `outside` is the share of them who pass the gates of the park, too.
    """

    kind: str
    people: float
    off: float
    enter: float
    leave: float
    wide_in: float
    wide_out: float
    outside: float = 1.0

    @property
    def away(self) -> bool:
        """Whether it begins with going out."""
        return self.kind == "away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """All flows of one place, and who is there at midnight."""

    name: str
    flows: tuple[Flow, ...]
    resident: float
    seed: int

    def size(self, flow: int, day: NDArray[np.int64]) -> Floats:
        """Return how many people a flow brings on days."""
        one = self.flows[flow]
        works, weekday = kinds_of(day)
        size = one.people * np.where(works, np.array(BY_WEEKDAY)[weekday], one.off)
        size = size * (1 + 0.055 * bell(stream(self.seed, self.name, flow, "size"), day))
        if one.kind == "event":
            held = draw(stream(self.seed, self.name, "held"), day)
            size = size * (held < np.where(works, EVENT_ODDS, EVENT_ODDS_OFF)) * (0.5 + held * 2.2)
        return np.asarray(np.maximum(size, 0.0))

    def gone_through(self, when: Moments, *, gates: bool = False) -> tuple[Floats, Floats]:
        """Return how many came in and went out since midnight, as real numbers.

        Parameters
        ----------
        gates
            Only those who pass the gates of the park, too.
        """
        entered, left = np.zeros(len(when.hour)), np.zeros(len(when.hour))
        for number, flow in enumerate(self.flows):
            size = self.size(number, when.day) * (flow.outside if gates else 1.0)
            first, second = (self._share(number, when, end) for end in (0, 1))
            second = np.minimum(second, first)
            if flow.away:
                first, second = second, first
            entered += size * first
            left += size * second
        return entered, left

    def inside(self, when: Moments, kinds: Sequence[str] | None = None) -> Floats:
        """Return how many are there, of some kinds of flows or of all."""
        total = np.full(len(when.hour), float(self.resident if kinds is None else 0.0))
        for number, flow in enumerate(self.flows):
            if kinds is None or flow.kind in kinds:
                first, second = (self._share(number, when, end) for end in (0, 1))
                away = -1.0 if flow.away else 1.0
                total += away * self.size(number, when.day) * np.maximum(first - second, 0)
        return np.asarray(np.maximum(total, 0.0))

    def traffic(self, when: Moments) -> Floats:
        """Return how many pass an hour, in and out."""
        total = np.zeros(len(when.hour))
        for number, flow in enumerate(self.flows):
            size = self.size(number, when.day)
            for middle, wide in ((flow.enter, flow.wide_in), (flow.leave, flow.wide_out)):
                total += size * slope((when.hour - middle) / (2 * wide) + 0.5) / (2 * wide)
        return total

    def by_midnight(self, until: int, *, gates: bool = False) -> tuple[Floats, Floats]:
        """Return how many came in and went out before each midnight from the first day to `until`, not included."""
        days = np.arange(FIRST_DAY, until, dtype=np.int64)
        total = sum(
            self.size(number, days) * (flow.outside if gates else 1.0)
            for number, flow in enumerate(self.flows)
        )
        passed = np.concatenate(([0.0], np.cumsum(total)))
        return passed, passed

    def _share(self, number: int, when: Moments, end: int) -> Floats:
        flow = self.flows[number]
        middle, wide = ((flow.enter, flow.wide_in), (flow.leave, flow.wide_out))[end]
        shift = SHIFT_H * bell(stream(self.seed, self.name, number, "shift"), when.day) * min(1, wide)
        return step((when.hour - middle - shift) / (2 * wide) + 0.5)


def crowd_of(name: str, table: str, *, size: float, seed: int, resident: float = 0.0) -> Crowd:
    """Return the crowd of a place from `flows.yaml`; shares are of `size`."""
    flows = tuple(
        Flow(
            kind=row["kind"],
            people=row["people"] * (size if row["people"] < SHARES_BELOW else 1.0),
            off=row["free"],
            enter=row["in"],
            leave=row["out"],
            wide_in=row["wide"][0],
            wide_out=row["wide"][1],
            outside=row.get("outside", 1.0),
        )
        for row in load_table("simulation/flows")[table]
    )
    return Crowd(name=name, flows=flows, resident=resident, seed=seed)
