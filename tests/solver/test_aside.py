"""Calls that don't listen: heard while the search goes on, left once it is over."""

from __future__ import annotations

import threading
import time

import pytest

from yuanli.solver import Aside, Search, Stop, unless_cancelled


def test_a_call_returns_and_tells_and_asks_in_the_thread_of_the_search() -> None:
    search = Search[str](Stop(time_s=30.0))
    aside, threads = Aside(search), []

    def offered() -> bool:
        threads.append(threading.current_thread())
        return search.offer("plan", 3.0)

    def call() -> bool:
        aside.tell(offered)
        return aside.ask(lambda: search.cost < 4.0)

    assert aside.run(call) is True
    assert (search.best, threads) == ("plan", [threading.current_thread()])


def test_what_a_call_raises_is_raised_where_it_was_called() -> None:
    def call() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Aside(Search[str]()).run(call)


def test_a_call_that_does_not_listen_is_left_and_not_heard_any_more() -> None:
    search = Search[str](Stop(time_s=0.05))
    aside, go_on, late = Aside(search), threading.Event(), threading.Event()

    def call() -> str:
        go_on.wait(30.0)
        aside.tell(lambda: search.offer("late", 1.0))
        assert aside.ask(lambda: False), "who has been left is told to end"
        late.set()
        return "late"

    began = time.monotonic()
    assert aside.run(call) is None
    assert time.monotonic() - began < 5.0
    assert aside.ending.is_set()
    go_on.set()
    assert late.wait(30.0)
    assert search.best is None


def test_a_call_that_looks_whether_it_is_to_end_is_heard_to_its_end() -> None:
    search = Search[str](Stop(time_s=0.02))
    aside = Aside(search)

    def call() -> str:
        assert aside.ending.wait(30.0)
        return "in time"

    assert aside.run(call) == "in time"


def test_what_counts_after_the_limit_of_time_is_left_only_when_it_is_cancelled() -> None:
    cancelled, go_on = threading.Event(), threading.Event()
    search = Search[str](Stop(time_s=0.0), cancelled=cancelled.is_set)
    assert unless_cancelled(search, lambda: "why") == "why"
    cancelled.set()
    assert unless_cancelled(search, lambda: go_on.wait(30.0)) is None
    go_on.set()
