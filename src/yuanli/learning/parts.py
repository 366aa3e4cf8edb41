"""The examples of a run, by task."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.examples import Example
from yuanli.learning.reading import load_examples
from yuanli.learning.recipes import DataParams, Recipe

MAIN = "main"


class NothingToLearnFromError(InvalidInputError):
    """No example is left to train on."""


@dataclass(frozen=True, slots=True)
class Part:
    """The examples of one task: to train on, to steer by, and to report on once."""

    train: tuple[Example, ...]
    dev: tuple[Example, ...] = ()
    test: tuple[Example, ...] = ()
    weight: float = 1.0


def load_parts(recipe: Recipe) -> Mapping[str, Part]:
    """Read the data of a recipe, the main task first.

    Examples of the training data whose text and context occur in the dev or test data are left out of it.

    Raises
    ------
    NothingToLearnFromError
        None is left.
    """
    parts: dict[str, Part] = {}
    for params in sorted(recipe.data, key=lambda params: params.task != MAIN):
        new = _load_part(params, recipe.seed)
        old = parts.get(params.task, Part((), weight=params.weight))
        parts[params.task] = Part(
            old.train + new.train, old.dev + new.dev, old.test + new.test, weight=params.weight
        )
    apart = {name: _apart(part) for name, part in parts.items()}
    for name, part in apart.items():
        count = len(parts[name].train)
        if not part.train:
            raise NothingToLearnFromError(
                Text(
                    f"任务“{name}”没有训练样本：{count} 条都在开发集或测试集里。",
                    f"Task {name!r} has no examples to train on: all {count} are in its dev or test data.",
                ),
                field="data",
                hint=Text("另给一份训练数据。", "Give other data to train on."),
            )
    return apart


def _load_part(params: DataParams, seed: int) -> Part:
    train = list(load_examples(Path(params.path), form=params.format))
    if params.most is not None and len(train) > params.most:
        train = random.Random(seed).sample(train, params.most)
    dev = load_examples(Path(params.dev), form=params.format) if params.dev else ()
    test = load_examples(Path(params.test), form=params.format) if params.test else ()
    return Part(tuple(train), dev, test, params.weight)


def _apart(part: Part) -> Part:
    held = {(e.text.casefold(), e.context) for e in (*part.dev, *part.test)}
    train = tuple(e for e in part.train if (e.text.casefold(), e.context) not in held)
    return Part(train, part.dev, part.test, part.weight)
