"""Several models as one: their probabilities averaged, their spans put to the vote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.predicting import Predictor
from yuanli.learning.predictions import Prediction


class UnlikeModelsError(InvalidInputError):
    """Models that don't know the same classes can't answer together."""


class Ensemble:
    """Models of the same classes that answer as one (Dietterich 2000): slower by their number, and steadier.

    A span counts where more than half of the models find it. The sentence vector and the number are the mean.
    """

    def __init__(self, models: Sequence[Predictor]) -> None:
        self._models = tuple(models)

    def predict(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> list[Prediction]:
        """Return what the models say together of each text, with its context where it has one.

        Raises
        ------
        UnlikeModelsError
            Their classes differ.
        """
        said = [model.predict(texts, contexts) for model in self._models]
        return [_joined(each) for each in zip(*said, strict=True)]


def _joined(said: Sequence[Prediction]) -> Prediction:
    labels = said[0].labels
    if any(one.labels != labels for one in said):
        names = ", ".join(one.model for one in said)
        raise UnlikeModelsError(
            Text(f"模型的类别不同：{names}。", f"The models know other classes: {names}."), field="ensemble",
            hint=Text("集成同一数据集训练出的模型。", "Join models that were trained on the same data set."),
        )  # fmt: skip
    probabilities = np.stack([one.probabilities for one in said]).mean(axis=0)
    best = int(probabilities.argmax()) if len(probabilities) else None
    votes = Counter(span for one in said for span in one.spans)
    kept = sorted((s for s, count in votes.items() if 2 * count > len(said)), key=lambda s: s.start)
    vector = np.stack([one.vector for one in said]).mean(axis=0)
    numbers = [one.number for one in said if one.number is not None]
    return Prediction(
        label=None if best is None else labels[best],
        confidence=1.0 if best is None else float(probabilities[best]),
        probabilities=probabilities, spans=tuple(kept), vector=vector / max(float(np.linalg.norm(vector)), 1e-9),
        number=float(np.mean(numbers)) if numbers else None, labels=labels,
        model="+".join(one.model for one in said),
    )  # fmt: skip
