"""What is unusual in a recording: an air handler by its rules, a machine by its signals, a point by its habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.forecast import (
    AirPoint,
    Anomaly,
    EquipmentFault,
    Signals,
    SystemAnomaly,
    air_points,
    diagnose_air_handler,
    find_anomalies,
    first_rows,
    history_of_signals,
    system_anomalies,
)
from yuanli.operations.anomaly_checks import CAUSES
from yuanli.operations.anomaly_scene import AnomalyKind
from yuanli.operations.moments import micros_of, time_of

LEAST_ROWS = 40
PROBATION = 0.15
LEAST_AIR_POINTS = 4


class TooShortRecordingError(InvalidInputError):
    """A recording is too short to know what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAnomaly:
    """Something unusual in a recording.

    Parameters
    ----------
    signals
        The columns to look at, the likeliest first.
    figures
        Numbers of the evidence: means in °C and shares of air handlers, shares of blame of machines.
    """

    kind: AnomalyKind
    rule: str
    title: Text
    signals: tuple[str, ...]
    start: datetime
    end: datetime
    severity: int
    score: float
    evidence: Text
    figures: Mapping[str, float]
    causes: tuple[Text, ...]


def recorded_anomalies(
    signals: Signals,
    *,
    train_rows: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    zone: str = "UTC",
) -> tuple[RecordedAnomaly, ...]:
    """Return what is unusual in a recording, in order of time.

    Parameters
    ----------
    train_rows
        How many first rows are taken as usual: of machines 15 %, 400 at least, half at most, where None; of single
        points 15 %. Air handlers need none.
    start, end
        Only what begins in between.

    Raises
    ------
    TooShortRecordingError
        It has too few rows.
    """
    found = _found(signals, train_rows, zone)
    first = -(1 << 62) if start is None else micros_of(start)
    last = 1 << 62 if end is None else micros_of(end)
    return tuple(one for one in found if first <= micros_of(one.start) < last)


def _found(signals: Signals, train_rows: int | None, zone: str) -> list[RecordedAnomaly]:
    points = air_points(signals.names)
    if AirPoint.SUPPLY_TEMP in points and len(points) >= LEAST_AIR_POINTS:
        names = {kind: signals.names[place] for kind, place in points.items()}
        return [_of_rule(fault, names) for fault in diagnose_air_handler(signals, points=points)]
    n_times = len(signals.at)
    if n_times < LEAST_ROWS:
        raise TooShortRecordingError(
            Text(f"只有 {n_times} 行，至少要 {LEAST_ROWS} 行。", f"{n_times} rows; {LEAST_ROWS} are needed."),
            field="file",
            hint=Text("给更长的记录。", "Give a longer recording."),
        )
    if len(signals.names) > 1:
        rows = first_rows(n_times) if train_rows is None else min(max(train_rows, 1), n_times)
        reference = np.arange(n_times) < rows
        return [_of_machine(one) for one in system_anomalies(signals, reference)]
    return _of_point(signals, train_rows, zone)


def _of_rule(fault: EquipmentFault, names: Mapping[AirPoint, str]) -> RecordedAnomaly:
    rule = fault.rule
    return RecordedAnomaly(
        kind=AnomalyKind.EQUIPMENT, rule=rule.name, title=rule.title,
        signals=tuple(names[kind] for kind in fault.evidence), start=time_of(fault.start), end=time_of(fault.end),
        severity=rule.severity, score=round(1 + fault.exceeded, 3),
        evidence=Text(
            f"持续 {fault.minutes / 60:.1f} 小时，超出阈值 {fault.exceeded:.2g} {rule.unit}（{rule.source}）。",
            f"Held for {fault.minutes / 60:.1f} h, {fault.exceeded:.2g} {rule.unit} beyond the limit ({rule.source}).",
        ),
        figures={str(kind): round(value, 3) for kind, value in fault.evidence.items()}, causes=rule.causes,
    )  # fmt: skip


def _of_machine(one: SystemAnomaly) -> RecordedAnomaly:
    name, share = one.blamed[0]
    return RecordedAnomaly(
        kind=AnomalyKind.SYSTEM, rule="t2_q", title=Text("各信号不再同步变化", "Signals no longer move together"),
        signals=tuple(signal for signal, _ in one.blamed), start=time_of(one.start), end=time_of(one.end),
        severity=2 if one.score > 3 else 1, score=round(one.score, 3),
        evidence=Text(
            f"最多达到限值的 {one.score:.1f} 倍，其中“{name}”占 {share:.0%}。",
            f"{one.score:.1f} times the limit at its worst; {share:.0%} of it is {name!r}.",
        ),
        figures={signal: round(part, 3) for signal, part in one.blamed}, causes=CAUSES[AnomalyKind.SYSTEM],
    )  # fmt: skip


def _of_point(signals: Signals, train_rows: int | None, zone: str) -> list[RecordedAnomaly]:
    """Judge each day by what came before it alone."""
    history = history_of_signals(signals, zone=zone)
    share = PROBATION if train_rows is None else min(train_rows / len(signals.at), 1.0)
    since, steps = max(1, round(share * history.n_times)), history.steps_per_day
    found: list[Anomaly] = []
    for first in range(since, history.n_times, steps):
        found += find_anomalies(history.until(min(first + steps, history.n_times)), first)
    return [
        RecordedAnomaly(
            kind=AnomalyKind.POINT, rule=one.kind.value, title=Text("读数不寻常", "Unusual readings"),
            signals=signals.names, start=time_of(one.start), end=time_of(one.end), severity=2 if one.score >= 12 else 1,
            score=round(one.score, 3), evidence=one.evidence,
            figures={"observed": round(one.observed, 4), "expected": round(one.expected, 4)}, causes=CAUSES[one.kind],
        )
        for one in sorted(found, key=lambda a: a.start)
    ]  # fmt: skip
