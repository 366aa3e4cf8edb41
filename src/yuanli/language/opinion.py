"""A second opinion: a larger model is asked only where the smaller one is not sure."""

from __future__ import annotations

import logging

from yuanli.errors import UnavailableError
from yuanli.language.large import LargeModel
from yuanli.language.understanding import Explanation, Understander, Understanding

THRESHOLD = 0.6
log = logging.getLogger(__name__)


class SecondOpinion:
    """Understands as the first model does, and asks a larger one below a threshold.

    Parameters
    ----------
    first
        Who always reads a request.
    large
        Who is asked below the threshold; None asks nobody.
    threshold
        The confidence, 0–1, from which the first reading stands.
    """

    def __init__(
        self, first: Understander, large: LargeModel | None, *, threshold: float = THRESHOLD
    ) -> None:
        self._first = first
        self._large = large
        self._threshold = threshold

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        """Return the surer of the two readings; the first one where the other fails."""
        return self._settled(self._first.understand(text, context=context), context)

    def explain(self, text: str, *, context: str | None = None) -> Explanation:
        """Return the surer of the two readings; the larger model's is not explained."""
        first = self._first.explain(text, context=context)
        settled = self._settled(first.understanding, context)
        return first if settled is first.understanding else Explanation(understanding=settled)

    def _settled(self, first: Understanding, context: str | None) -> Understanding:
        if self._large is None or first.confidence >= self._threshold or not first.text.strip():
            return first
        try:
            second = self._large.look_again(first, context=context)
        except UnavailableError as error:
            log.info("No second opinion (%s): %s", error.code, error)
            return first
        return second if second.confidence >= first.confidence else first
