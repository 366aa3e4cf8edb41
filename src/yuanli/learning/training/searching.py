"""Hyper-parameter search: tree-structured Parzen estimators, bad trials cut short, resumable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import Trial

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.parts import Part
from yuanli.learning.recipes import Recipe, parse_recipe
from yuanli.learning.training.running import train_network

Space = Mapping[str, Mapping[str, Any]]
"""Dotted names of a recipe to `{low, high, log}` or `{choices}`."""


class _PrunedError(Exception):
    """A trial is worse than others were at the same step."""


def search(
    recipe: Recipe, parts: Mapping[str, Part], space: Space, folder: Path, *, trials: int, seed: int = 0,
    told: Callable[[int, float, Mapping[str, Any]], None] | None = None,
) -> optuna.Study:  # fmt: skip
    """Try recipes of a space and return the study; its store in `folder` lets it go on later.

    Trials are drawn by TPE (Bergstra et al. 2011) and cut short below the median of those before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        study_name=recipe.name, storage=f"sqlite:///{folder / 'search.db'}", load_if_exists=True,
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3),
    )  # fmt: skip
    done = sum(t.state.is_finished() for t in study.trials)

    def objective(trial: Trial) -> float:
        tried = varied(recipe, {name: _suggest(trial, name, spec) for name, spec in space.items()})

        def progress(step: int, steps: int, logs: Mapping[str, float]) -> None:
            del steps
            if "eval_score" in logs:
                trial.report(logs["eval_score"], step)
                if trial.should_prune():
                    raise _PrunedError

        try:
            _, _, facts = train_network(
                tried, parts, folder=folder / f"trial-{trial.number}", progress=progress
            )
        except _PrunedError as error:
            raise optuna.TrialPruned from error
        best = max((log["eval_score"] for log in facts["curve"] if "eval_score" in log), default=0.0)
        if told:
            told(trial.number, best, trial.params)
        return best

    study.optimize(objective, n_trials=max(0, trials - done))
    return study


def varied(recipe: Recipe, values: Mapping[str, Any]) -> Recipe:
    """Return a recipe with some values, by dotted name, replaced."""
    document = recipe.model_dump(mode="json")
    for name, value in values.items():
        part = document
        *path, last = name.split(".")
        for key in path:
            part = part.setdefault(key, {})
        part[last] = value
    return parse_recipe(document, folder=Path())


def _suggest(trial: Trial, name: str, spec: Mapping[str, Any]) -> Any:
    if "choices" in spec:
        return trial.suggest_categorical(name, spec["choices"])
    if not {"low", "high"} <= spec.keys():
        raise InvalidInputError(
            Text(f"搜索空间“{name}”要有 low 和 high，或 choices。",
                 f"{name} in the search space needs low and high, or choices."),
            field=name,
            hint=Text("见 docs/learning.md。", "See docs/learning.md."),
        )  # fmt: skip
    low, high, log = spec["low"], spec["high"], bool(spec.get("log", False))
    if isinstance(low, int) and isinstance(high, int):
        return trial.suggest_int(name, low, high, log=log)
    return trial.suggest_float(name, float(low), float(high), log=log)
