"""The port suite of `UnjudgedStore`, and of the turn of who judges, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading

from yuanli.operations import ReadingStore, Unjudged
from yuanli.storage import Database, SqlUnjudgedStore

ONE, TWO = Unjudged(writer="a", block=733), Unjudged(writer="b", block=733, beat=4)


def test_a_note_takes_the_place_of_the_one_before_it(database: Database) -> None:
    store = SqlUnjudgedStore(database)
    store.put_unjudged([TWO, ONE])
    store.put_unjudged([Unjudged(writer="a", block=733, beat=1)])
    assert store.list_unjudged() == (Unjudged(writer="a", block=733, beat=1), TWO)


def test_a_note_that_was_raised_since_is_not_removed(database: Database) -> None:
    store = SqlUnjudgedStore(database)
    store.put_unjudged([TWO])
    store.remove_unjudged([Unjudged(writer="b", block=733, beat=3), ONE])
    assert store.list_unjudged() == (TWO,)
    store.remove_unjudged([TWO])
    assert store.list_unjudged() == ()


def test_one_judges_at_a_time(readings_store: ReadingStore) -> None:
    inside, most = 0, 0

    def judge() -> None:
        nonlocal inside, most
        with readings_store.judging():
            inside += 1
            most = max(most, inside)
            waiting.wait(0.02)
            inside -= 1

    waiting = threading.Event()
    threads = [threading.Thread(target=judge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
