"""The port suite of `UsageStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from yuanli.operations import Usage
from yuanli.storage import Database, SqlUsageStore

DAY, NEXT = date(2026, 3, 1), date(2026, 3, 2)


@pytest.fixture
def store(database: Database) -> SqlUsageStore:
    return SqlUsageStore(database)


def test_calls_are_counted_up_to_the_limit_and_anew_each_day(store: SqlUsageStore) -> None:
    taken = [store.take_call("llm", DAY, most_calls=2, most_tokens=100) for _ in range(3)]
    assert taken == [True, True, False]
    assert store.take_call("llm", NEXT, most_calls=2, most_tokens=100)
    assert store.take_call("other", DAY, most_calls=2, most_tokens=100)
    assert store.find_usage("llm", DAY) == Usage(calls=2)
    assert store.find_usage("nobody", DAY) == Usage()


def test_tokens_end_the_day_too(store: SqlUsageStore) -> None:
    store.add_tokens("llm", DAY, 99)
    assert store.take_call("llm", DAY, most_calls=9, most_tokens=100)
    store.add_tokens("llm", DAY, 5)
    assert not store.take_call("llm", DAY, most_calls=9, most_tokens=100)
    assert store.find_usage("llm", DAY) == Usage(calls=1, tokens=104)


def test_many_at_once_never_take_more_than_there_is(store: SqlUsageStore) -> None:
    taken: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda: taken.append(store.take_call("llm", DAY, most_calls=5, most_tokens=100))
        )
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), sum(taken)) == (12, 5)
