"""The gate that a model goes through before it is live: not worse than the live one, small and quick enough."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.learning.comparing import predict_all, right_rows
from yuanli.learning.examples import Example
from yuanli.learning.predicting import Predictor

REPORT = "gate.json"


class GateClosedError(InfeasibleError):
    """A model doesn't pass the gate; `report` says by how much."""

    def __init__(self, message: Text, *, report: GateReport, hint: Text) -> None:
        super().__init__(message, field=report.version, hint=hint)
        self.report = report


class InvalidGateError(InvalidInputError):
    """A limit of the gate is out of its range, or there is nothing to measure on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateParams:
    """What a model must keep to go live.

    Parameters
    ----------
    most_lost
        Points (of 100) that the share of right answers may be below the live model's.
    most_lost_slice
        The same for each slice: a language, a condition, or a class.
    smallest_slice
        Slices of fewer examples are not judged: one answer would decide.
    least
        Points that are needed at least, also where nothing is live.
    largest_mb
        Size of the model's folder.
    slowest_ms
        95th percentile of the time for one text.
    timed
        How many texts are timed.
    """

    most_lost: float = 0.5
    most_lost_slice: float = 5.0
    smallest_slice: int = 20
    least: float = 0.0
    largest_mb: float = 200.0
    slowest_ms: float = 100.0
    timed: int = 100

    def __post_init__(self) -> None:
        for name in ("most_lost", "most_lost_slice", "least"):
            if not 0 <= getattr(self, name) <= 100:
                raise _invalid(name, getattr(self, name), Text("应为 0–100。", "It runs from 0 to 100."))
        for name in ("smallest_slice", "largest_mb", "slowest_ms", "timed"):
            if not getattr(self, name) > 0:
                raise _invalid(name, getattr(self, name), Text("应大于 0。", "It must be above 0."))


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """One condition. `limit` is the least or the most that `after` may be; `before` is the live model's."""

    name: str
    before: float | None
    after: float
    limit: float
    count: int
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """How a model did at the gate, against which live version, and who asked."""

    name: str
    version: str
    against: str | None
    passed: bool
    checks: tuple[GateCheck, ...]
    params: GateParams
    who: str
    at: datetime

    @property
    def failed(self) -> tuple[GateCheck, ...]:
        """The conditions that are not kept."""
        return tuple(check for check in self.checks if not check.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a model does on the gate set: points by slice with their counts, `all` first; size and time."""

    points: Mapping[str, tuple[float, int]]
    size_mb: float
    latency_ms: float


def measure(
    model: Predictor,
    examples: Sequence[Example],
    *,
    size_bytes: int,
    timer: Callable[[], float],
    params: GateParams = GateParams(),
) -> Measured:
    """Return what a model does on examples; `timer` counts seconds."""
    if not examples:
        raise InvalidGateError(
            Text("门禁样本为空。", "The gate set is empty."),
            hint=Text("给出有标注的样本。", "Give labelled examples."),
        )
    right = right_rows(examples, predict_all(model, examples))
    points = {
        name: (100 * float(right[rows].mean()), len(rows)) for name, rows in slices(examples, params).items()
    }
    return Measured(
        points=points,
        size_mb=size_bytes / 1e6,
        latency_ms=_latency_ms(model, examples[: params.timed], timer),
    )


def slices(examples: Sequence[Example], params: GateParams) -> Mapping[str, list[int]]:
    """Return the rows of each slice that is large enough, all of them first."""
    found: dict[str, list[int]] = {}
    for row, example in enumerate(examples):
        for name in _names(example):
            found.setdefault(name, []).append(row)
    large = {name: rows for name, rows in sorted(found.items()) if len(rows) >= params.smallest_slice}
    return {"all": list(range(len(examples))), **large}


def judge(after: Measured, before: Measured | None, params: GateParams) -> tuple[GateCheck, ...]:
    """Return each condition of the gate, kept or not."""
    return tuple(_checks(after, before, params))


def explain(report: GateReport) -> GateClosedError:
    """Return the error that says with its figures why a model isn't made live."""
    what = Text(
        f"{report.name} {report.version} 没有通过门禁：",
        f"{report.name} {report.version} doesn't pass the gate: ",
    )
    told = [_told(check) for check in report.failed]
    return GateClosedError(
        Text(what.zh + "；".join(t.zh for t in told) + "。", what.en + "; ".join(t.en for t in told) + "."),
        report=report,
        hint=Text(
            "补充这些切片的样本后重新训练；完整报告在模型文件夹的 gate.json。",
            "Train it again with more examples of these slices; gate.json in its folder has the whole report.",
        ),
    )


def write_report(report: GateReport) -> str:
    """Return a report as JSON."""
    return json.dumps(asdict(report) | {"at": report.at.isoformat()}, ensure_ascii=False, indent=1)


def find_report(folder: Path) -> GateReport | None:
    """Read the report in a version's folder; None where there is none, or it is damaged."""
    try:
        return TypeAdapter(GateReport).validate_json((folder / REPORT).read_bytes())
    except (OSError, ValidationError):
        return None


def _checks(after: Measured, before: Measured | None, params: GateParams) -> Iterator[GateCheck]:
    for name, (points, count) in after.points.items():
        old = None if before is None else before.points[name][0]
        lost = params.most_lost if name == "all" else params.most_lost_slice
        limit = 0.0 if old is None else old - lost
        limit = max(limit, params.least) if name == "all" else limit
        yield _check(name, old, points, limit, count, passed=points >= limit - 1e-9)
    for name, value, limit in (
        ("size_mb", after.size_mb, params.largest_mb),
        ("latency_ms", after.latency_ms, params.slowest_ms),
    ):
        old = None if before is None else float(getattr(before, name))
        yield _check(name, old, value, limit, 1, passed=value <= limit)


def _check(
    name: str, before: float | None, after: float, limit: float, count: int, *, passed: bool
) -> GateCheck:
    rounded = (None if before is None else round(before, 3), round(after, 3), round(limit, 3))
    return GateCheck(
        name=name, before=rounded[0], after=rounded[1], limit=rounded[2], count=count, passed=passed
    )


def _told(check: GateCheck) -> Text:
    now = f"{check.after:g}"
    if check.name == "size_mb":
        return Text(f"大小 {now} MB，上限 {check.limit:g}", f"size {now} MB, at most {check.limit:g}")
    if check.name == "latency_ms":
        return Text(f"延迟 {now} 毫秒，上限 {check.limit:g}", f"latency {now} ms, at most {check.limit:g}")
    old = "–" if check.before is None else f"{check.before:g}"
    part = Text("全部", "all") if check.name == "all" else Text(check.name, check.name)
    return Text(
        f"{part.zh}（{check.count} 条）得分 {now}，上线版本 {old}，下限 {check.limit:g}",
        f"{part.en} ({check.count} examples) scores {now}, the live one {old}, at least {check.limit:g} is needed",
    )


def _names(example: Example) -> Iterator[str]:
    if example.language:
        yield f"language:{example.language}"
    for tag in example.tags:
        yield f"condition:{tag}"
    if example.label is not None:
        yield f"label:{example.label}"


def _latency_ms(model: Predictor, examples: Sequence[Example], timer: Callable[[], float]) -> float:
    times = []
    for example in examples:
        begun = timer()
        model.predict([example.text], [example.context])
        times.append(1000 * (timer() - begun))
    return float(np.percentile(times, 95)) if times else math.nan


def _invalid(name: str, value: object, rule: Text) -> InvalidGateError:
    return InvalidGateError(
        Text(f"{name} 的值 {value} 无效。", f"The value {value} of {name} is invalid."), field=name, hint=rule
    )
