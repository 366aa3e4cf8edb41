"""A model that runs beside the live one: on a share of the texts, in a thread of its own, never in the way."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Full, Queue
from random import Random
from threading import Lock, Thread

from yuanli.learning.predicting import Predictor
from yuanli.learning.predictions import Prediction
from yuanli.learning.registry.shadows import ShadowCounts

Store = Callable[[ShadowCounts], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    context: str | None
    live: Prediction


class Shadow:
    """Compares a model's answers with the live one's until it is closed.

    Parameters
    ----------
    share
        The share of texts that are looked at, 0–1.
    waiting
        How many texts may wait; more are counted as dropped.
    store
        Keeps what was counted since it was last called, each `every` texts and at the end.
    """

    def __init__(
        self,
        model: Predictor,
        *,
        against: str,
        share: float,
        waiting: int,
        every: int,
        store: Store,
        rng: Random,
    ) -> None:
        self._model, self._against, self._store = model, against, store
        self._share, self._every, self._rng = share, every, rng
        self._queue: Queue[_Said | None] = Queue(waiting)
        self._dropped, self._lock, self._closed = 0, Lock(), False
        self._thread = Thread(target=self._run, name="shadow", daemon=True)
        self._thread.start()

    def offer(self, texts: Sequence[str], contexts: Sequence[str | None], said: Sequence[Prediction]) -> None:
        """Give the shadow texts with the live model's answers; it returns at once."""
        for text, context, live in zip(texts, contexts, said, strict=True):
            if self._closed or self._rng.random() >= self._share:
                continue
            try:
                self._queue.put_nowait(_Said(text, context, live))
            except Full:
                with self._lock:
                    self._dropped += 1

    def close(self) -> None:
        """Drop what waits, keep the counts, and end the thread."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        counts: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        while (said := self._queue.get()) is not None:
            if self._closed:
                counts["dropped"] += 1
                continue
            self._compare(said, counts, pairs)
            if counts["compared"] + counts["failed"] >= self._every:
                self._keep(counts, pairs)
        self._keep(counts, pairs)

    def _compare(self, said: _Said, counts: Counter[str], pairs: Counter[str]) -> None:
        try:
            own = self._model.predict([said.text], [said.context])[0]
        except Exception as error:  # the thread's outermost loop: a shadow may do anything
            log.debug("The shadow failed: %s", type(error).__name__)
            counts["failed"] += 1
            return
        counts["compared"] += 1
        counts["spans"] += own.spans != said.live.spans
        if own.label != said.live.label:
            counts["labels"] += 1
            pairs[f"{said.live.label} → {own.label}"] += 1

    def _keep(self, counts: Counter[str], pairs: Counter[str]) -> None:
        with self._lock:
            counts["dropped"] += self._dropped
            self._dropped = 0
        if not counts.total():
            return
        try:
            self._store(ShadowCounts(against=self._against, pairs=dict(pairs), **counts))
        except Exception as error:  # the thread's outermost loop: a full disk must not end it
            log.warning("The counts of the shadow can't be kept: %s", error)
        counts.clear()
        pairs.clear()
