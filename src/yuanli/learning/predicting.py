"""Whatever says something of texts: a loaded model, or the one that happens to be live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from yuanli.learning.models import ModelFacts
from yuanli.learning.predictions import Prediction


class Predictor(Protocol):
    """What a model answers to."""

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""

    def predict(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> list[Prediction]:
        """Return what the model says of each text, with its context where it has one."""

    def probe(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> list[Prediction]:
        """Return the same of texts that nobody said, such as parts of one: no shadow sees them."""
