"""What is wrong with an air handler: the rules of `rules.yaml` over its course."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from yuanli.errors import Text
from yuanli.forecast.equipment.conditions import CONDITIONS
from yuanli.forecast.equipment.points import AirPoint, air_points, air_signals
from yuanli.forecast.equipment.states import MINUTE, AirFaultParams, AirState, Course, course_of, lasting_runs
from yuanli.forecast.history import Floats
from yuanli.forecast.signals import Bools, Signals

SERIOUS = 2
"""From this severity on a fault makes a day a faulty one."""
APART_MIN = 60.0
"""Stretches of one fault closer than this are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """One row of `rules.yaml`, which says what each field means.

    Parameters
    ----------
    needs
        Of each inner tuple one point is needed.
    """

    name: str
    title: Text
    causes: tuple[Text, ...]
    needs: tuple[tuple[AirPoint, ...], ...]
    states: frozenset[AirState]
    severity: int
    unit: str
    source: str
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentFault:
    """A rule that held.

    Parameters
    ----------
    start, end
        µs, half-open.
    minutes
        For how long of it the rule held.
    exceeded
        By how much, at the median, beyond the threshold.
    evidence
        Means of the points that it rests on, in °C and shares.
    """

    rule: FaultRule
    start: int
    end: int
    minutes: float
    exceeded: float
    evidence: Mapping[AirPoint, float]


@cache
def fault_rules() -> tuple[FaultRule, ...]:
    """Return all rules, in the order of the table."""
    text = resources.files(__package__).joinpath("rules.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return tuple(
        FaultRule(
            name=row["rule"],
            title=Text(row["zh"], row["en"]),
            causes=tuple(Text(cause["zh"], cause["en"]) for cause in row["causes"]),
            needs=tuple(tuple(AirPoint(one) for one in need.split("|")) for need in row["needs"]),
            states=frozenset(AirState[state.upper()] for state in row["states"]),
            severity=row["severity"],
            unit=row["unit"],
            source=row["source"],
            minutes=row.get("minutes"),
        )
        for row in rows
    )


def diagnose_air_handler(
    signals: Signals,
    *,
    points: Mapping[AirPoint, int] | None = None,
    params: AirFaultParams = AirFaultParams(),
) -> tuple[EquipmentFault, ...]:
    """Return what is wrong with an air handler, in order of time; rules whose points it lacks are left out.

    Conditions are looked at when the operating state has held for a while, and told when they last (Guideline 36:
    mode delay and alarm delay).

    Parameters
    ----------
    points
        Where each point stands among the signals; found by their names where None.
    """
    points = air_points(signals.names) if points is None else points
    course = course_of(signals, air_signals(signals, points), params)
    found: list[EquipmentFault] = []
    for rule in fault_rules():
        if all(any(one in course.columns for one in need) for need in rule.needs):
            found += _held(rule, course, params)
    return tuple(sorted(found, key=lambda fault: (fault.start, -fault.rule.severity)))


def _held(rule: FaultRule, course: Course, params: AirFaultParams) -> Iterable[EquipmentFault]:
    exceeded = CONDITIONS[rule.name](course, params)
    allowed = np.isin(course.state, [int(state) for state in rule.states])
    waited = course.steady if rule.name in _OF_ALL_STATES else course.settled
    held = allowed & waited & (np.nan_to_num(exceeded, nan=-1.0) > 0)
    stretches = lasting_runs(held, course, rule.minutes or params.alarm_min)
    for first, last in _joined(stretches, course):
        own = np.zeros(len(held), dtype=bool)
        own[first:last] = held[first:last]
        yield _fault(rule, course, exceeded, own)


_OF_ALL_STATES = frozenset(
    {"mixed_too_cold", "mixed_too_warm", "hunting", "pressure_low", "return_fan_apart"}
)
"""What is wrong in any state need not wait for it to settle."""


def _joined(stretches: Sequence[tuple[int, int]], course: Course) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in stretches:
        if joined and course.signals.at[first] - course.signals.at[joined[-1][1] - 1] <= APART_MIN * MINUTE:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _fault(rule: FaultRule, course: Course, exceeded: Floats, own: Bools) -> EquipmentFault:
    columns = np.flatnonzero(own)
    signals = course.signals
    evidence = {
        point: float(np.nanmean(course.columns[point][own]))
        for need in rule.needs
        for point in need
        if point in course.columns and np.isfinite(course.columns[point][own]).any()
    }
    return EquipmentFault(
        rule=rule,
        start=int(signals.at[columns[0]]),
        end=int(signals.at[columns[-1]]) + signals.step,
        minutes=len(columns) * signals.step / MINUTE,
        exceeded=float(np.nanmedian(exceeded[own])),
        evidence=evidence,
    )
