"""What does not listen for long, in a thread of its own: a search that is over does not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import Any, TypeVar

from yuanli.solver.searching import Search
from yuanli.solver.stopping import Stop

LOOK_S, GRACE_S = 0.02, 0.05
"""Seconds between two looks at a search while the call is silent, and that it has to end by itself."""
T = TypeVar("T")


class Aside:
    """A call in a thread of its own, which hands what it finds to the thread of the search.

    Libraries don't listen while they presolve, factorise or search around a first solution: seconds of large problems.
    A search that is over sets `ending`, which the call is to look at, and leaves it a moment later: it is not heard any
    more then, and ends by itself.
    """

    def __init__(self, search: Search[Any]) -> None:
        self.ending, self._left = Event(), Event()
        self._search = search
        self._news: SimpleQueue[Callable[[], object] | None] = SimpleQueue()

    def run(self, call: Callable[[], T]) -> T | None:
        """Return what a call returns, or raise what it raises; None where the search was over first."""
        found: list[T] = []
        wrong: list[BaseException] = []

        def run() -> None:
            try:
                found.append(call())
            except BaseException as error:  # it is raised in the other thread
                wrong.append(error)
            finally:
                self._news.put(None)

        Thread(target=run, name="aside").start()
        try:
            ended = self._hear()
        finally:
            self.ending.set()
            self._left.set()
        if ended and wrong:
            raise wrong[0]
        return found[0] if ended else None

    def _hear(self) -> bool:
        """Do what the call hands on until it ends, and say whether it did so before the search was left."""
        ends, looks = inf, monotonic() + LOOK_S
        while monotonic() < ends:
            try:
                news = self._news.get(timeout=LOOK_S)
            except Empty:
                news = _nothing
            if news is None:
                return True
            news()
            if monotonic() >= looks:
                looks = monotonic() + LOOK_S
                if self._search.over() and not self.ending.is_set():
                    self.ending.set()
                    ends = monotonic() + GRACE_S
        return False

    def tell(self, news: Callable[[], object]) -> None:
        """Have something done in the thread of the search; in that of the call."""
        self._news.put(news)

    def ask(self, question: Callable[[], bool]) -> bool:
        """Return what the thread of the search answers, yes where it has left; in that of the call."""
        answers: SimpleQueue[bool] = SimpleQueue()
        self.tell(lambda: answers.put(question()))
        while not self._left.is_set():
            try:
                return answers.get(timeout=LOOK_S)
            except Empty:
                continue
        return True


def unless_cancelled(search: Search[Any], call: Callable[[], T]) -> T | None:
    """Return what a call returns, None where the search is cancelled first; its limits of time don't count."""
    return Aside(Search[Any](Stop(time_s=None), cancelled=lambda: search.cancelled)).run(call)


def _nothing() -> None:
    """Do nothing."""
