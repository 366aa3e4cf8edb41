"""A trained model made smaller step by step; each step says what it cost, and one that costs too much is refused."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.learning.examples import Example
from yuanli.learning.models import FACTS, Model
from yuanli.learning.predictions import scores

TIMED = 100
"""Texts that latency is measured on, one by one."""


class StepKind(StrEnum):
    """What a step takes away."""

    LAYERS = "layers"
    HEADS = "heads"
    NEURONS = "neurons"
    VOCABULARY = "vocabulary"
    INT8 = "int8"
    STATIC_INT8 = "static-int8"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressionStep:
    """One step: how many layers stay, or which share of heads or neurons goes.

    `epochs` lets the smaller network learn from the larger for that long afterwards (distillation).
    """

    kind: StepKind
    amount: float = 0.0
    epochs: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a model costs and what it is worth: megabytes, milliseconds a text on one thread, score 0–1."""

    size_mb: float
    p50_ms: float
    p95_ms: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """A step with what the model was before and after it."""

    step: CompressionStep
    before: Size
    after: Size


class TooLossyError(InfeasibleError):
    """A step would cost more points than allowed; nothing was written."""


def parse_step(text: str) -> CompressionStep:
    """Return the step that `layers=6`, `heads=0.25`, `neurons=0.5+2` (two epochs of distillation) or `int8` means.

    Raises
    ------
    InvalidInputError
        The kind or the amount is unknown.
    """
    name, _, value = text.partition("=")
    amount, _, epochs = value.partition("+")
    try:
        return CompressionStep(kind=StepKind(name), amount=float(amount or 0), epochs=float(epochs or 0))
    except ValueError as error:
        raise InvalidInputError(
            Text(f"压缩步骤“{text}”无效。", f"{text!r} is no step of compression."),
            field="step",
            hint=Text(
                "例：layers=6+2、heads=0.25、neurons=0.25、vocabulary、int8、static-int8。",
                "For example layers=6+2, heads=0.25, neurons=0.25, vocabulary, int8, static-int8.",
            ),
        ) from error


def measure(folder: Path, examples: Sequence[Example], *, score: str = "mean") -> Size:
    """Return what a model folder costs and is worth on examples."""
    model = Model(folder, threads=1)
    texts, contexts = [e.text for e in examples], [e.context for e in examples]
    found = scores(examples, model.predict(texts, contexts))
    times = []
    for text, context in list(zip(texts, contexts, strict=True))[:TIMED]:
        began = time.perf_counter()
        model.predict([text], [context])
        times.append(time.perf_counter() - began)
    told = [found[name] for name in ("label", "spans") if name in found]
    files = sum(p.stat().st_size for p in folder.iterdir() if p.is_file() and p.name != FACTS)
    p50, p95 = np.percentile(times, [50, 95]) * 1000
    value = float(np.mean(told)) if score == "mean" else found[score]
    return Size(size_mb=files / 1e6, p50_ms=float(p50), p95_ms=float(p95), score=value)


def refuse_loss(report: StepReport, *, most_points: float) -> None:
    """Refuse a step that costs more than `most_points` hundredths of the score.

    Raises
    ------
    TooLossyError
        It does.
    """
    lost = 100 * (report.before.score - report.after.score)
    if lost > most_points:
        name = report.step.kind.value
        raise TooLossyError(
            Text(
                f"“{name}”会损失 {lost:.1f} 分，上限 {most_points:g} 分。",
                f"{name} would cost {lost:.1f} points; {most_points:g} are allowed.",
            ),
            field=name,
            hint=Text("减小幅度、加长蒸馏，或放宽上限。", "Take less away, distil longer, or allow more."),
        )
