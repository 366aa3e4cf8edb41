"""The understander of the package's own model, loaded once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

from yuanli.language import Explanation, ModelUnderstander, Understanding, language_of
from yuanli.learning import Model

FOLDER = Path(str(files("yuanli.language"))) / "model"


@cache
def built_in() -> Model:
    return Model(FOLDER)


def reader(knows: Callable[[str], bool] = lambda name: False) -> ModelUnderstander:
    return ModelUnderstander(built_in(), knows=knows)


class Unsure:
    """Understands nothing, and doubts that."""

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        del context
        language = language_of(text)
        return Understanding(
            text=text, language=language, intent="out_of_scope", confidence=0.5, model="unsure"
        )

    def explain(self, text: str, *, context: str | None = None) -> Explanation:
        return Explanation(understanding=self.understand(text, context=context))
