"""The trained understander: what a fine-tuned encoder says of a request, held against the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from yuanli.language.catalogue import OUT_OF_SCOPE
from yuanli.language.preferences import canonical_value
from yuanli.language.understanding import Alternative, Explanation, Slot, Understanding, language_of
from yuanli.learning import Model, Prediction, Predictor, explain_by_occlusion

SHIPPED = Path(str(files("yuanli.language"))) / "model"
"""The model that ships with the package."""
LONGEST_TEXT = 2000
MOST_ALTERNATIVES = 3
WHICH = re.compile(r"\s*(?:哪[些台个几]|which\b)", re.IGNORECASE)
"""Who asks which things are broken wants to know; nothing is to be repaired yet."""
MOST_WORDS = 128
"""Words and pairs of Chinese characters that an explanation leaves out: each costs a pass of the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderstandingParams:
    """How a prediction becomes an understanding.

    Parameters
    ----------
    doubt
        Below this confidence a request counts as out of scope: the most sensible guess of a model that was
        never shown the like.
    known_name
        A request that is nothing but a name that the campus knows asks where that is, unless the model is
        surer than this of something else, or thinks of guidance anyway.
    likely
        From here on words that follow a name make it more than a name.
    """

    doubt: float = 0.2
    known_name: float = 0.9
    likely: float = 0.5


class ModelUnderstander:
    """Understands requests in Chinese and English with a trained model.

    Parameters
    ----------
    model
        What answers: one model, or whichever is live.
    knows
        Whether the campus knows a place by this name: a bare name such as `A座301` asks where it is.
    """

    def __init__(
        self,
        model: Predictor,
        *,
        knows: Callable[[str], bool] = lambda name: False,
        params: UnderstandingParams | None = None,
    ) -> None:
        self._model = model
        self._knows = knows
        self._params = params or UnderstandingParams()

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        """Return the intent and slots of a request, given the system's previous turn.

        Offsets count characters of `text`. Text beyond 2,000 characters is not read.
        """
        return self.understand_many([(text, context)])[0]

    def understand_many(self, requests: Sequence[tuple[str, str | None]]) -> list[Understanding]:
        """Return what many requests want, each with the system's previous turn: several times as fast as one by one."""
        texts = [text[:LONGEST_TEXT] for text, _ in requests]
        contexts = [context[:LONGEST_TEXT] if context else None for _, context in requests]
        predictions = self._model.predict(texts, contexts)
        return [
            self._understanding(text, said, context)
            for (text, context), said in zip(requests, predictions, strict=True)
        ]

    def explain(self, text: str, *, context: str | None = None) -> Explanation:
        """Return what a request wants, and which words the model's intent hangs on.

        That intent is another than the understanding's where the model is in doubt, or the text is a bare
        name. Only the first 128 words or pairs of Chinese characters are weighed.
        """
        read, before = text[:LONGEST_TEXT], context and context[:LONGEST_TEXT]
        found = explain_by_occlusion(
            lambda texts: self._model.probe(texts, [before] * len(texts)), read, most=MOST_WORDS
        )
        understanding = self.understand(text, context=context)
        return Explanation(understanding=understanding, intent=found.label, words=found.parts)

    def _understanding(self, text: str, prediction: Prediction, context: str | None) -> Understanding:
        read = text[:LONGEST_TEXT]
        found = understood(prediction, read, params=self._params)
        unsure = found.confidence < self._params.known_name and not found.intent.startswith("guidance_")
        bare = unsure and not self._goes_on(found, read)
        if context is None and bare and read.strip() and self._knows(read.strip()):
            found = _bare_name(found, read, self._params.known_name)
        return replace(found, text=text)

    def _goes_on(self, found: Understanding, text: str) -> bool:
        """Whether a text goes on after a place that the campus knows, with a request that is likely."""
        end = max((slot.end for slot in found.slots), default=0)
        rest = text[end:].strip(" \t。，,.?？!！")
        return bool(rest) and found.confidence >= self._params.likely and self._knows(text[:end].strip())


def load_understander(folder: Path = SHIPPED) -> ModelUnderstander:
    """Return what understands requests with the model in a folder.

    Raises
    ------
    BrokenModelError
        The folder lacks a file, or a file is not what was written.
    """
    return ModelUnderstander(Model(folder))


def understood(prediction: Prediction, text: str, *, params: UnderstandingParams) -> Understanding:
    """Return the understanding that a prediction stands for."""
    pairs = zip(prediction.labels, prediction.probabilities.tolist(), strict=True)
    ranked = sorted(pairs, key=lambda pair: -pair[1])
    intent, confidence = ranked[0]
    others = ranked[1 : 1 + MOST_ALTERNATIVES]
    if confidence < params.doubt and intent != OUT_OF_SCOPE:
        others = ranked[:MOST_ALTERNATIVES]
        intent, confidence = OUT_OF_SCOPE, 1 - confidence
    told = next((label for label, _ in others if label == "device_query"), None)
    if intent == "service_repair" and told is not None and WHICH.match(text):
        others = [(intent, confidence), *(other for other in others if other[0] != told)]
        intent = told
    slots = tuple(_slot(text, span.start, span.end, span.type) for span in prediction.spans)
    return Understanding(
        text=text,
        language=language_of(text),
        intent=intent,
        confidence=round(confidence, 4),
        alternatives=tuple(Alternative(label, round(p, 4)) for label, p in others if p >= 0.01),
        slots=() if intent == OUT_OF_SCOPE else slots,
        model=prediction.model,
    )


def _slot(text: str, start: int, end: int, slot_type: str) -> Slot:
    said = text[start:end]
    return Slot(type=slot_type, text=said, start=start, end=end, value=canonical_value(slot_type, said))


def _bare_name(found: Understanding, text: str, confidence: float) -> Understanding:
    start = len(text) - len(text.lstrip())
    slot = _slot(text, start, start + len(text.strip()), "place")
    return replace(found, intent="guidance_locate", confidence=confidence, slots=(slot,))
