"""The simulator of the demo park: what its devices tell at any time, and what becomes of commands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np

from yuanli.campus import Campus, FeatureId, PointId
from yuanli.demo.simulation.channels import Cadence, Channel, View, park_of
from yuanli.demo.simulation.commands import Commands, Order
from yuanli.demo.simulation.counts import counts
from yuanli.demo.simulation.faults import FROM_ENDS, Fault, FaultPlan, Told, struck
from yuanli.demo.simulation.meters import meters
from yuanli.demo.simulation.moments import FIRST_DAY, moments_of
from yuanli.demo.simulation.plan import plan_of
from yuanli.demo.simulation.scene import life_of
from yuanli.demo.simulation.sensors import sensors
from yuanli.demo.simulation.states import states
from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.telemetry import Times, Values

FIRST_AT = FIRST_DAY * 86_400_000_000
MOST_MOMENTS = 4_000


class TimeRefusedError(InvalidInputError):
    """The park did not measure then, or the times are too many or in no order."""


class NoSuchPointError(NotFoundError):
    """The simulated park has no such point."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Telling:
    """What points tell: `value` has a row a point and a column a moment; not a number where nothing comes."""

    points: tuple[PointId, ...]
    cadence: Cadence
    at: Times
    value: Values


class Simulator:
    """Tells what the devices of the demo park measure at any time since 2024: a function of seed, time and commands.

    No past is stepped through: any moment costs the same. Safe for threads.
    """

    def __init__(self, campus: Campus, *, seed: int = 0) -> None:
        plan = plan_of(campus, seed)
        self._park = park_of(plan, life_of(plan))
        found = chain(meters(self._park), counts(self._park), sensors(self._park), states(self._park))
        self._channels: tuple[Channel, ...] = tuple(one for one in found if one.points)
        self._by_point = {point: one for one in self._channels for point in one.points}
        self._classes = {
            spot.point.id: spot.point.brick_class for spots in plan.spots.values() for spot in spots
        }
        self._faults = FaultPlan(plan)
        self._commands = Commands(plan)
        self._base = lru_cache(maxsize=4096)(self._at_ends)

    @property
    def campus(self) -> Campus:
        """The park, as it was when the simulator was made."""
        return self._park.plan.campus

    @property
    def points(self) -> frozenset[PointId]:
        """The points that it tells."""
        return frozenset(self._by_point)

    def tell(
        self,
        at: Times,
        cadences: Sequence[Cadence] = tuple(Cadence),
        *,
        points: Collection[PointId] | None = None,
    ) -> Iterator[Telling]:
        """Yield what points of some cadences tell at times (µs, ascending), channel by channel.

        Parameters
        ----------
        points
            Only channels that have one of these; all where it is None.

        Raises
        ------
        TimeRefusedError
            A time lies before 2024, or there are more than 4,000.
        """
        _check(at)
        view = self._view(at)
        touched = self._faults.touching(int(at[0]), int(at[-1]) + 1) if len(at) else {}
        for channel in self._channels:
            asked = points is None or not frozenset(channel.points).isdisjoint(points)
            if channel.cadence in cadences and asked and len(at):
                value = self._commands.obeyed(channel.points, at, channel(view))
                value = self._struck(channel, at, value, touched)
                yield Telling(points=channel.points, cadence=channel.cadence, at=at, value=value)

    def faults(self, start: int, end: int) -> tuple[Fault, ...]:
        """Return the truth: what is wrong in `[start, end)` µs."""
        return self._faults.between(start, end)

    def command(self, point: str, value: float | None, at: int) -> None:
        """Tell a point a value at a time (µs), or with None to go by itself again; it holds until 4 in the morning.

        Raises
        ------
        NoSuchPointError, CommandRefusedError
            There is no such point, it can't be told anything, or not this.
        """
        known = PointId(FeatureId(point))
        if known not in self._by_point:
            raise NoSuchPointError(
                Text(f"模拟园区没有点位“{point}”。", f"The simulated park has no point {point!r}."),
                field="point",
                hint=Text("用示范园区点位的编号。", "Give the id of a point of the demo park."),
            )
        usual = float(self._at_ends(known, at, at + 1)[0])
        self._commands.take(Order(point=known, value=value, at=at, usual=usual))

    def _view(self, at: Times) -> View:
        return self._park.view(self._park.life.at(moments_of(at)))

    def _struck(
        self, channel: Channel, at: Times, value: Values, touched: Mapping[PointId, tuple[Fault, ...]]
    ) -> Values:
        for row, point in enumerate(channel.points):
            faults = touched.get(point, ())
            clean = value[row].copy() if faults else value[row]
            for fault in faults:
                base = self._base(point, fault.start, fault.end) if fault.kind in FROM_ENDS else clean
                value[row] = struck(fault, Told(self._classes[point], at, value[row], clean), base)
        return np.round(value, channel.digits)

    def _at_ends(self, point: PointId, start: int, end: int) -> Values:
        """Return what a point would tell without faults at two times."""
        channel = self._by_point[point]
        ends = np.array([start, end], np.int64)
        return np.asarray(channel(self._view(ends))[channel.points.index(point)])


def _check(at: Times) -> None:
    if len(at) > MOST_MOMENTS or (len(at) and (at[0] < FIRST_AT or (np.diff(at) <= 0).any())):
        raise TimeRefusedError(
            Text(
                "模拟从 2024 年开始，时间须递增，一次最多 4000 个。",
                "The simulation begins in 2024; times ascend, at most 4,000 at once.",
            ),
            field="at",
            hint=Text("检查系统时钟。", "Check the clock of this computer."),
        )
