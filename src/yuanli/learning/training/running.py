"""A run from recipe to saved network: data, tasks, network, loop, scores."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from transformers import TrainerCallback, set_seed

from yuanli.learning.calibration import fitted_temperature
from yuanli.learning.examples import labels_of, span_types_of
from yuanli.learning.models import ModelFacts
from yuanli.learning.parts import MAIN, Part
from yuanli.learning.predictions import scores
from yuanli.learning.recipes import Recipe
from yuanli.learning.tokens import TextTokenizer, tag_names
from yuanli.learning.training.bases import RUN_NETWORK, load_base
from yuanli.learning.training.batches import Augmenter, Rows
from yuanli.learning.training.exporting import export_model
from yuanli.learning.training.loop import run_loop, total_steps
from yuanli.learning.training.methods import prepare_encoder
from yuanli.learning.training.networks import STANDARDISED_ON, Network, Task
from yuanli.learning.training.predicting import predict
from yuanli.learning.training.saving import save_network

CHECKPOINTS = "checkpoints"
Progress = Callable[[int, int, Mapping[str, float]], None]
"""Told of steps done, steps in all, and what was measured last."""


class Told(TrainerCallback):
    """Tells who waits how far the run is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del args, control, kwargs
        self._progress(state.global_step, state.max_steps, {})

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del args, control
        logs = {name: value for name, value in kwargs["logs"].items() if isinstance(value, int | float)}
        self._progress(state.global_step, state.max_steps, logs)


def run_recipe(
    recipe: Recipe,
    parts: Mapping[str, Part],
    folder: Path,
    *,
    facts: ModelFacts,
    augment: Augmenter | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    trackers: Sequence[str] = (),
) -> tuple[ModelFacts, dict[str, Any]]:
    """Train by a recipe, and write network and exported model into a folder; return what was measured."""
    network, tokenizer, measured = train_network(
        recipe, parts, folder=folder / CHECKPOINTS, augment=augment, resume=resume, progress=progress,
        trackers=trackers,
    )  # fmt: skip
    save_network(network, tokenizer, recipe, folder / RUN_NETWORK)
    task = network.tasks[0]
    temperature = 1.0
    if task.labels and parts[MAIN].dev:
        said = predict(network, tokenizer, parts[MAIN].dev, task=MAIN)
        temperature = fitted_temperature(parts[MAIN].dev, said, task.labels)
    whole = replace(
        facts, labels=task.labels, tags=task.tags, regression=task.regression, temperature=temperature
    )
    whole = export_model(network, tokenizer, whole, folder / "model", task=MAIN)
    return whole, measured


def train_network(
    recipe: Recipe,
    parts: Mapping[str, Part],
    *,
    folder: Path,
    augment: Augmenter | None = None,
    resume: bool = False,
    trackers: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[Network, TextTokenizer, dict[str, Any]]:
    """Train a network by a recipe; return it with its tokenizer and what the run measured."""
    set_seed(recipe.seed)
    encoder, tokenizer = load_base(recipe.base, max_length=recipe.max_length)
    tokenizer.characters = recipe.characters
    tasks = tuple(_task(name, part) for name, part in parts.items())
    examples = [(name, example) for name, part in parts.items() for example in part.train]
    rows = Rows(examples, tasks, tokenizer, augment=augment, seed=recipe.seed)
    steps = total_steps(len(rows), recipe)
    if recipe.regularisation.keep_vectors:
        rows.keep_vectors(encoder)
    encoder = prepare_encoder(encoder, recipe.method, steps=steps)
    if recipe.optimiser.gradient_checkpointing:
        encoder.gradient_checkpointing_enable()
    network = Network(encoder, tasks, dropout=recipe.regularisation.dropout, crf=recipe.crf)
    few = rows.sample(STANDARDISED_ON)
    network.standardise(few["input_ids"], few["attention_mask"])
    dev = parts[MAIN].dev

    def evaluate(current: Network) -> Mapping[str, float]:
        found = dict(scores(dev, predict(current, tokenizer, dev, task=MAIN)))
        return found | {"score": steering(found, recipe.score)}

    began = time.monotonic()
    loop = run_loop(
        network, rows, tokenizer, recipe, folder=folder, evaluate=evaluate if dev else None,
        resume=resume, report_to=trackers, callbacks=[Told(progress)] if progress else [],
    )  # fmt: skip
    learning = sum(p.numel() for p in network.parameters() if p.requires_grad)
    facts = {
        "seconds": time.monotonic() - began, "steps": loop.state.global_step, "trainable": learning,
        "parameters": sum(p.numel() for p in network.parameters()), "curve": loop.state.log_history,
    }  # fmt: skip
    return network, tokenizer, facts


def steering(found: Mapping[str, float], name: str) -> float:
    """Return the score that picks the best checkpoint."""
    if name != "mean":
        return found.get(name, 0.0)
    told = [found[key] for key in ("label", "spans") if key in found]
    return float(np.mean(told)) if told else found.get("negative_rmse", 0.0)


def _task(name: str, part: Part) -> Task:
    types = span_types_of(part.train)
    return Task(
        name=name, labels=labels_of(part.train), tags=tag_names(types) if types else (),
        regression=any(e.target is not None for e in part.train), weight=part.weight,
    )  # fmt: skip
