"""A search under way, as it is seen from outside of its thread."""

from __future__ import annotations

import logging
from threading import Lock
from typing import Any

from yuanli.operations.solving.jobs import BestSoFar, SolveRun
from yuanli.solver import Kind, Search, SearchProgress, WrongPlanError, refuse_wrong

log = logging.getLogger(__name__)


class Run:
    """Keeps the best that a search has found; it is checked once, when somebody looks at it."""

    def __init__(self, kind: Kind[Any, Any], problem: Any, search: Search[Any]) -> None:
        self._kind, self._problem, self._search = kind, problem, search
        self._found: tuple[SearchProgress, Any] | None = None
        self._seen: tuple[SearchProgress, BestSoFar | None] | None = None
        self._lock = Lock()

    def found(self, progress: SearchProgress, best: Any) -> None:
        """Note a better plan; a greater bound alone is no news."""
        if best is not None and (self._found is None or progress.cost < self._found[0].cost):
            self._found = (progress, best)

    def look(self) -> SolveRun:
        """Return how far the search is."""
        return SolveRun(
            elapsed_s=self._search.elapsed_s, time_s=self._search.stop.time_s, best=self._best_so_far()
        )

    def _best_so_far(self) -> BestSoFar | None:
        with self._lock:
            found = self._found
            if found is None:
                return None
            if self._seen is None or self._seen[0] is not found[0]:
                self._seen = (found[0], self._checked(*found))
            return self._seen[1]

    def _checked(self, progress: SearchProgress, best: Any) -> BestSoFar | None:
        checked = self._kind.check(self._problem, best)
        try:
            refuse_wrong(checked, progress.cost)
        except WrongPlanError as error:
            log.warning("The best plan so far is not shown: %s", error)
            return None
        return BestSoFar(
            at_s=progress.at_s, cost=checked.cost, cost_breakdown=dict(checked.parts),
            assignments=tuple(self._kind.rows(self._problem, best)),
        )  # fmt: skip
