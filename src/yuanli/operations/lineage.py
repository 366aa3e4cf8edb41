"""Which rules judged which readings: their version, their parameters and the day, by point and span of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Protocol

from yuanli.telemetry import FIRST_LOOK, LINEAGE, RULES_VERSION, CleaningParams, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedRules:
    """The rules as they are applied: their version, their names in order, and their parameters."""

    version: int
    rules: tuple[str, ...]
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementRun:
    """All that the same rules judged on one day.

    Parameters
    ----------
    judged_on
        The day (UTC) on which they did.
    """

    id: int
    judged_on: date
    version: int
    rules: tuple[str, ...]
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSpan:
    """Readings of a point in `[start, end)` (µs), and the run that judged them last."""

    point: int
    start: int
    end: int
    run: int


class JudgementLog(Protocol):
    """Remembers of each reading which run judged it last."""

    def put_judged(self, points: Sequence[int], window: Window, rules: AppliedRules) -> None:
        """Note that the readings of points in a window were judged now; what was noted of them before goes."""

    def list_judged(self, points: Sequence[int], window: Window) -> tuple[JudgedSpan, ...]:
        """Return who judged the readings of points in a window, by point and time."""

    def list_runs(self, ids: Sequence[int]) -> tuple[JudgementRun, ...]:
        """Return runs, by id."""


def applied_rules(params: CleaningParams = CleaningParams(), *, first_look: bool = False) -> AppliedRules:
    """Return the rules of this release: all, or those of a first look."""
    rules = FIRST_LOOK if first_look else LINEAGE
    return AppliedRules(
        version=RULES_VERSION, rules=tuple(name for name, _ in rules), parameters=asdict(params)
    )
