"""Compression from saved network to model folder: each step taken, distilled, exported and measured."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.compression import CompressionStep, StepKind, StepReport, measure, refuse_loss
from yuanli.learning.examples import Example
from yuanli.learning.models import ModelFacts
from yuanli.learning.recipes import Recipe
from yuanli.learning.tokens import TextTokenizer
from yuanli.learning.training.batches import Rows
from yuanli.learning.training.compressing import cut_vocabulary, drop_layers, prune
from yuanli.learning.training.exporting import Precision, export_model
from yuanli.learning.training.loop import run_loop
from yuanli.learning.training.networks import Network
from yuanli.learning.training.saving import load_network, save_network

Told = Callable[[StepReport], None]


def shrink(
    network_folder: Path, facts: ModelFacts, recipe: Recipe, steps: Sequence[CompressionStep], target: Path, *,
    train: Sequence[Example], dev: Sequence[Example], most_points: float, told: Told | None = None,
) -> tuple[StepReport, ...]:  # fmt: skip
    """Take steps of compression one after the other and write the smaller model and network to `target`.

    Parameters
    ----------
    train
        What the smaller network learns on, and heads and neurons are judged by.
    dev
        What each step is scored on: not the test data.
    most_points
        How many hundredths of the score each step may cost.

    Raises
    ------
    TooLossyError
        A step costs more; nothing is written.
    """
    network, tokenizer = load_network(network_folder)
    precision = Precision.FLOAT
    reports: list[StepReport] = []
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch) / "0"
        export_model(network, tokenizer, facts, here, task=network.tasks[0].name, precision=precision)
        before = measure(here, dev)
        for number, step in enumerate(steps, start=1):
            network, tokenizer, precision = _taken(network, tokenizer, step, train, precision)
            if step.epochs:
                _distil(
                    network, tokenizer, network_folder, recipe, train, step.epochs, Path(scratch) / "distil"
                )
            here = Path(scratch) / str(number)
            export_model(
                network, tokenizer, facts, here, task=network.tasks[0].name, precision=precision,
                calibration=[e.text for e in train[:CALIBRATED_ON]],
            )  # fmt: skip
            report = StepReport(step=step, before=before, after=measure(here, dev))
            refuse_loss(report, most_points=most_points)
            reports.append(report)
            before = report.after
            if told:
                told(report)
        shutil.copytree(here, target / "model", dirs_exist_ok=True)
    save_network(network, tokenizer, recipe, target / "network")
    return tuple(reports)


CALIBRATED_ON = 200


def _taken(
    network: Network,
    tokenizer: TextTokenizer,
    step: CompressionStep,
    train: Sequence[Example],
    precision: Precision,
) -> tuple[Network, TextTokenizer, Precision]:
    if step.kind is StepKind.LAYERS:
        return drop_layers(network, int(step.amount)), tokenizer, precision
    if step.kind in (StepKind.HEADS, StepKind.NEURONS):
        if not 0 <= step.amount < 1:
            raise InvalidInputError(
                Text(f"比例 {step.amount} 不在 0–1 之间。", f"The share {step.amount} is not within 0–1."),
                field=step.kind.value,
                hint=Text("例：heads=0.25。", "For example heads=0.25."),
            )
        rows = Rows([(network.tasks[0].name, e) for e in train], network.tasks, tokenizer)
        shares = {"heads": 0.0, "neurons": 0.0} | {step.kind.value: step.amount}
        return prune(network, rows, tokenizer, **shares), tokenizer, precision
    if step.kind is StepKind.VOCABULARY:
        texts = [e.text for e in train] + [e.context for e in train if e.context]
        return *cut_vocabulary(network, tokenizer, texts), precision
    return network, tokenizer, Precision.STATIC if step.kind is StepKind.STATIC_INT8 else Precision.INT8


def _distil(
    network: Network, tokenizer: TextTokenizer, teacher_folder: Path, recipe: Recipe, train: Sequence[Example],
    epochs: float, folder: Path,
) -> None:  # fmt: skip
    teacher, _ = load_network(teacher_folder)
    network.requires_grad_(True)
    optimiser = recipe.optimiser.model_copy(update={"epochs": epochs})
    rows = Rows([(network.tasks[0].name, e) for e in train], network.tasks, tokenizer, seed=recipe.seed)
    asked = recipe.model_copy(update={"optimiser": optimiser})
    run_loop(network, rows, tokenizer, asked, folder=folder, teacher=teacher)
    shutil.rmtree(folder, ignore_errors=True)


def facts_after(facts: ModelFacts, steps: Sequence[CompressionStep]) -> ModelFacts:
    """Return the facts of a model whose version says how it was compressed."""
    said = "-".join(f"{step.kind.value}{step.amount or ''}" for step in steps)
    return replace(facts, version=f"{facts.version}-{said}")
