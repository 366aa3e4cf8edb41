"""A search while it runs: the best so far, the bound, when to stop, who watches."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import Generic, TypeVar

from yuanli.errors import Text
from yuanli.solver.results import PROVED, Result, SearchProgress, Status, gap_of
from yuanli.solver.stopping import Stop

S = TypeVar("S")


def never() -> bool:
    """Say that nobody cancels."""
    return False


class Search(Generic[S]):
    """A search for the least cost: a method offers answers and bounds to it, and asks it whether to go on.

    It is used by one thread; another one may cancel it. A method asks `over` at least every tenth of a second.

    Parameters
    ----------
    cancelled
        Says whether somebody wants no more of it.
    told
        Is handed each better answer and each greater bound, in the thread that searches.
    """

    def __init__(
        self,
        stop: Stop = Stop(),
        *,
        cancelled: Callable[[], bool] = never,
        told: Callable[[SearchProgress, S | None], None] | None = None,
    ) -> None:
        self.stop = stop
        self.rounds = 0
        self.best: S | None = None
        self.cost, self.bound = inf, -inf
        self._cancelled, self._told = cancelled, told
        self._began, self._cpu_began = time.monotonic(), time.process_time()
        self._bettered = self._began
        self._history: list[SearchProgress] = []

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    @property
    def cpu_s(self) -> float:
        """Seconds of processors that this process took since the start."""
        return time.process_time() - self._cpu_began

    @property
    def clock_left_s(self) -> float:
        """Seconds until the clock on the wall ends it, less than that by a patient one; infinite without a limit."""
        if self.stop.time_s is None:
            return inf
        passed_s = self.elapsed_s
        if self.stop.patience > 1:
            passed_s = min(passed_s, max(self.cpu_s, passed_s / self.stop.patience))
        return max(0.0, self.stop.time_s - passed_s)

    @property
    def left_s(self) -> float:
        """Seconds until a limit of time ends it at the earliest, infinite without one."""
        cpu = inf if self.stop.cpu_s is None else self.stop.cpu_s - self.cpu_s
        return max(0.0, min(self.clock_left_s, cpu))

    @property
    def left_rounds(self) -> float:
        """Rounds until their number ends it, infinite without a limit."""
        return inf if self.stop.rounds is None else max(0, self.stop.rounds - self.rounds)

    @property
    def gap(self) -> float:
        """How far the best is from the bound, as a share of its cost."""
        return gap_of(self.cost, self.bound)

    @property
    def cancelled(self) -> bool:
        """Whether somebody wants no more of it: what is under way is left as it is then."""
        return self._cancelled()

    def count(self, rounds: int = 1) -> None:
        """Count steps of the method."""
        self.rounds += rounds

    def offer(self, best: S, cost: float) -> bool:
        """Keep an answer if it costs less than the best, and say whether it was kept. It must not be changed later."""
        if not cost < self.cost:
            return False
        self.best, self.cost = best, cost
        self._bettered = time.monotonic()
        self._tell()
        return True

    def prove(self, bound: float) -> None:
        """Note that no answer costs less."""
        if bound > self.bound:
            self.bound = min(bound, self.cost) if self.cost < inf else bound
            self._tell()

    def over(self) -> bool:
        """Say whether to stop."""
        stop = self.stop
        return (
            self._cancelled()
            or self.left_s <= 0
            or self.left_rounds <= 0
            or self.gap <= max(stop.gap, PROVED)
            or (stop.stale_s is not None and time.monotonic() - self._bettered >= stop.stale_s)
        )

    def result(self, *, infeasible: bool = False, conflicts: tuple[Text, ...] = ()) -> Result[S]:
        """Return what was found; `infeasible` where it is proved that there is nothing, with `conflicts` if known."""
        if self.best is None:
            status = Status.INFEASIBLE if infeasible else Status.UNKNOWN
        else:
            status = Status.OPTIMAL if self.gap <= PROVED else Status.FEASIBLE
        return Result(
            best=self.best, cost=self.cost, bound=self.bound, status=status, rounds=self.rounds,
            elapsed_s=self.elapsed_s, cpu_s=self.cpu_s, history=tuple(self._history),
            conflicts=conflicts,
        )  # fmt: skip

    def _tell(self) -> None:
        now = SearchProgress(at_s=self.elapsed_s, rounds=self.rounds, cost=self.cost, bound=self.bound)
        self._history.append(now)
        if self._told is not None:
            self._told(now, self.best)
