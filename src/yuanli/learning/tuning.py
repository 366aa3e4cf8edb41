"""What else the training side does: it is loaded only when one of these is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.compression import CompressionStep, StepReport
from yuanli.learning.explaining import Attribution, Contribution
from yuanli.learning.models import load_facts
from yuanli.learning.parts import MAIN, Part
from yuanli.learning.recipes import Recipe
from yuanli.learning.runs import MODEL, NETWORK, Progress, load_run_recipe, require_training


@dataclass(frozen=True, slots=True)
class Trial:
    """One recipe that was tried, and its best dev score; `score` is None where it was cut short."""

    number: int
    score: float | None
    values: Mapping[str, Any]


def pretrain(
    base: str, texts: Path, folder: Path, *, epochs: float = 3, seed: int = 0, resume: bool = False,
    progress: Progress | None = None,
) -> Mapping[str, float]:  # fmt: skip
    """Let a base read the texts under a path, as masked language modelling; `folder/base` is then a base.

    Returns the loss before and after, on the texts themselves.
    """
    require_training()
    from yuanli.learning.training import pretraining

    return pretraining.pretrain(
        base,
        pretraining.read_texts(texts),
        folder,
        epochs=epochs,
        seed=seed,
        resume=resume,
        progress=progress,
    )


def search(
    recipe: Recipe, parts: Mapping[str, Part], space: Mapping[str, Mapping[str, Any]], folder: Path, *, trials: int,
    told: Callable[[Trial], None] | None = None,
) -> tuple[Trial, ...]:  # fmt: skip
    """Try variations of a recipe and return them, the best first; a second call goes on where the first stopped."""
    require_training()
    from yuanli.learning.training import searching

    def tell(number: int, score: float, values: Mapping[str, Any]) -> None:
        if told:
            told(Trial(number, score, values))

    study = searching.search(recipe, parts, space, folder, trials=trials, seed=recipe.seed, told=tell)
    tried = (Trial(t.number, t.value, t.params) for t in study.trials)
    return tuple(sorted(tried, key=lambda trial: -(trial.score if trial.score is not None else -1)))


def load_space(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Read a search space: dotted names of a recipe with `low`, `high`, `log`, or `choices`.

    Raises
    ------
    InvalidInputError
        The file is no mapping of mappings.
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _no_space(path, str(error)) from error
    if not isinstance(document, dict) or not all(isinstance(spec, dict) for spec in document.values()):
        raise _no_space(path, "not a mapping of mappings")
    return document


def compress(
    run: Path, steps: Sequence[CompressionStep], target: Path, *, part: Part, most_points: float = 1.0,
    told: Callable[[StepReport], None] | None = None,
) -> tuple[StepReport, ...]:  # fmt: skip
    """Make the model of a run smaller, step by step; `target/model` is then a model, `target/network` to go on from.

    Parameters
    ----------
    part
        Its training examples teach the smaller network; its dev examples score each step.
    most_points
        How many hundredths of the score each step may cost.
    """
    require_training()
    from yuanli.learning.training.shrinking import facts_after, shrink

    facts = facts_after(load_facts(run / MODEL), steps)
    return shrink(
        run / NETWORK, facts, load_run_recipe(run), steps, target, train=part.train, dev=part.dev,
        most_points=most_points, told=told,
    )  # fmt: skip


def attribute(run: Path, text: str, *, context: str | None = None) -> Attribution:
    """Return what each piece of a text spoke for the class that a run's network says, by integrated gradients."""
    require_training()
    from yuanli.learning.examples import Example
    from yuanli.learning.training.attributing import attribute as attributed
    from yuanli.learning.training.predicting import predict
    from yuanli.learning.training.saving import load_network

    network, tokenizer = load_network(run / NETWORK)
    said = predict(network, tokenizer, [Example(text=text, context=context)], task=MAIN)[0]
    found = attributed(network, tokenizer, text, context=context)
    return Attribution(
        text=text,
        label=said.label or "",
        confidence=said.confidence,
        parts=tuple(Contribution(start, end, weight) for start, end, weight in found),
    )


def _no_space(path: Path, problem: str) -> InvalidInputError:
    return InvalidInputError(
        Text(f"搜索空间“{path}”无效：{problem}", f"The search space {path} is invalid: {problem}"),
        field=str(path),
        hint=Text(
            "例：optimiser.rate: {low: 0.00005, high: 0.0005, log: true}",
            "For example optimiser.rate: {low: 0.00005, high: 0.0005, log: true}",
        ),
    )
