"""The models of an installation: those in its data folder, and the ones that ship with the package."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from random import SystemRandom

from yuanli.errors import InvalidInputError, Text
from yuanli.learning import BUILT_IN, LiveModel, Recipe, Registry
from yuanli.operations import UNDERSTANDING, ModelParams, Models
from yuanli.settings import Settings


class NothingBuiltInError(InvalidInputError):
    """A recipe asks for something of the package that it does not ship."""


def open_models(
    settings: Settings,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    params: ModelParams = ModelParams(),
) -> Models:
    """Open the models of an installation; what ships with the package is live where nothing else is."""
    return Models(
        Registry(folder=settings.data_dir / "models", built_in=_shipped("model")),
        clock=now,
        timer=time.perf_counter,
        rng=SystemRandom(),
        gate_sets=_shipped("utterances", "gate.jsonl"),
        params=params,
    )


def reader_of(models: Models) -> LiveModel:
    """Return the live model that reads requests."""
    return models.live(UNDERSTANDING)


def with_built_in(recipe: Recipe) -> Recipe:
    """Return a recipe with `built-in` as base, and in front of paths of data, put as what the package ships.

    Raises
    ------
    NothingBuiltInError
        The package ships no such thing.
    """
    data = tuple(
        part.model_copy(
            update={n: _built_in(getattr(part, n), "utterances") for n in ("path", "dev", "test")}
        )
        for part in recipe.data
    )
    return recipe.model_copy(update={"base": _built_in(recipe.base, "model"), "data": data})


def _built_in(name: str | None, inside: str) -> str | None:
    first, _, rest = (name or "").partition("/")
    if first != BUILT_IN:
        return name
    found = _shipped(inside, rest)
    if not found:
        raise NothingBuiltInError(
            Text(f"安装包里没有“{name}”。", f"The package ships no {name!r}."),
            field=name,
            hint=Text("给出文件夹的路径。", "Give the path of a folder."),
        )
    return str(found[UNDERSTANDING])


def _shipped(*path: str) -> Mapping[str, Path]:
    """Return where the package keeps something of the understanding model, if it does."""
    found = Path(str(files("yuanli.language"))).joinpath(*path)
    return {UNDERSTANDING: found} if found.exists() else {}
