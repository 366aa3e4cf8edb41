"""Models that answer together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.learning.tiny import tiny_model

from yuanli.learning import Ensemble, Model, Prediction, Span
from yuanli.learning.ensembles import UnlikeModelsError


class Says:
    """A model that says one thing."""

    def __init__(
        self, probabilities: list[float], *spans: Span, labels: tuple[str, ...] = ("a", "b")
    ) -> None:
        self.said = Prediction(
            label=labels[int(np.argmax(probabilities))], confidence=max(probabilities),
            probabilities=np.array(probabilities, np.float32), spans=spans,
            vector=np.array([1, 0], np.float32), labels=labels, model="m",
        )  # fmt: skip

    def predict(self, texts: list[str], contexts: object = None) -> list[Prediction]:
        del contexts
        return [self.said for _ in texts]


def together(*models: object) -> Prediction:
    return Ensemble(models).predict(["text"])[0]  # type: ignore[arg-type]


def test_probabilities_are_averaged_and_spans_voted_on() -> None:
    first, second = Span(0, 2, "place"), Span(3, 4, "time")
    said = together(
        Says([0.6, 0.4], first), Says([0.6, 0.4], second, first), Says([0.0, 1.0], Span(0, 1, "place"))
    )
    assert said.label == "b"
    assert said.confidence == pytest.approx(0.6)
    assert said.spans == (first,)
    assert np.linalg.norm(said.vector) == pytest.approx(1)
    assert said.model == "m+m+m"


def test_models_of_other_classes_do_not_answer_together() -> None:
    with pytest.raises(UnlikeModelsError):
        together(Says([1, 0]), Says([1, 0], labels=("a", "c")))


def test_one_model_says_what_it_says_alone(tmp_path: Path) -> None:
    model = Model(tiny_model(tmp_path / "model"))
    (alone,), (joined,) = model.predict(["gate toilet"]), Ensemble([model]).predict(["gate toilet"])
    assert (joined.label, joined.spans, joined.model) == (alone.label, alone.spans, alone.model)
    assert joined.confidence == pytest.approx(alone.confidence)
