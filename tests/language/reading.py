"""The understander of the package's own model, loaded once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from yuanli.language import ModelUnderstander
from yuanli.learning import Model

FOLDER = Path(str(files("yuanli.language"))) / "model"


@cache
def built_in() -> Model:
    return Model(FOLDER)


def reader(knows: Callable[[str], bool] = lambda name: False) -> ModelUnderstander:
    return ModelUnderstander(built_in(), knows=knows)
