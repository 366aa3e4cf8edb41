"""What the store of readings keeps when its process is killed, its disk is full or its files are damaged."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg
import pytest
from tests.storage.reading_samples import DAY, FOREVER, HOUR, START, numbers, readings, regular

from yuanli.operations import StoreUnavailableError, Written
from yuanli.storage import PostgresReadingStore, SqliteReadingStore
from yuanli.storage.reading_rows import Rows


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path, database_url: str) -> None:
    packed = database_url.startswith("sqlite")
    where = str(tmp_path / "data") if packed else database_url
    command = [sys.executable, "-m", "tests.storage.killing", where, "10", "0"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    outcome = json.loads(done.stdout)
    assert outcome["acknowledged"] > 0
    assert (outcome["files"] > 0) == packed
    assert [outcome[name] for name in ("kills", "lost", "torn", "wrong")] == [10, 0, 0, 0]
    assert max(outcome["opened_in_s"]) < 5


@pytest.mark.parametrize("step", ["write", "_sync", "_replace", "remove"])
def test_a_compaction_that_stops_at_any_step_is_taken_up_again(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops before a step; afterwards all is there once, and the next compaction leaves no stray file."""
    store = SqliteReadingStore(tmp_path)
    store.write(regular(1, 48, step=HOUR))
    store.compact(START + DAY)
    store.write(readings([(1, START + HOUR // 2, 5.0, START)]))

    class Stopped(BaseException):
        pass

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    places = {
        "write": "yuanli.storage.reading_files.ReadingFiles.write",
        "_sync": "yuanli.storage.reading_files._sync",
        "_replace": "yuanli.storage.reading_packing._replace",
        "remove": "yuanli.storage.reading_files.ReadingFiles.remove",
    }
    with monkeypatch.context() as patch:
        patch.setattr(places[step], stop)
        with pytest.raises(Stopped):
            store.compact(START + 3 * DAY)
    store.close()
    store = SqliteReadingStore(tmp_path)
    (series,) = store.load(numbers(1), 0, FOREVER)
    assert (len(series), len(set(series.at.tolist()))) == (49, 49)
    store.compact(START + 3 * DAY)
    (again,) = store.load(numbers(1), 0, FOREVER)
    assert again.raw.tolist() == series.raw.tolist()
    assert len(list((tmp_path / "readings").glob("*.parquet*"))) == 4
    store.close()


def test_a_full_disk_is_told_and_takes_nothing_half(tmp_path: Path) -> None:
    store = SqliteReadingStore(tmp_path)
    store.write(regular(1, 100))
    with store._hot.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreUnavailableError) as refused:
        store.write(regular(2, 20_000))
    assert refused.value.hint is not None
    assert [len(series) for series in store.load(numbers(1, 2), 0, FOREVER)] == [100, 0]
    assert store.latest(numbers(1, 2)).point.tolist() == [1]
    connection.execute("PRAGMA max_page_count = 1000000")
    assert store.write(regular(2, 20_000)).kept == 20_000
    store.close()


PACK = """
import resource, signal, sys
from pathlib import Path
from yuanli.operations import StoreUnavailableError, Written
from yuanli.storage import PostgresReadingStore, SqliteReadingStore
from yuanli.storage.reading_rows import Rows
store = SqliteReadingStore(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.compact(int(sys.argv[2]))
except StoreUnavailableError as error:
    print(error.code)
"""


def test_a_disk_that_is_full_while_packing_leaves_all_where_it_was(tmp_path: Path) -> None:
    """The limit on the size of a file lets SQLite take a small transaction, but no file of 20,000 readings."""
    store = SqliteReadingStore(tmp_path)
    rows = regular(1, 20_000, step=1_000_000)
    store.write(replace(rows, value=np.random.default_rng(0).normal(size=len(rows))))
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", PACK, str(tmp_path), str(START + DAY)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "store_unavailable\n", done.stderr
    store = SqliteReadingStore(tmp_path)
    assert len(store.load(numbers(1), 0, FOREVER)[0]) == 20_000
    store.compact(START + DAY)
    assert len(store.load(numbers(1), 0, FOREVER)[0]) == 20_000
    assert not list((tmp_path / "readings").glob("*.draft"))
    store.close()


def test_files_that_are_no_readings_are_told(tmp_path: Path) -> None:
    (tmp_path / "readings.db").write_bytes(b"this is not a database, but it is long enough" * 200)
    with pytest.raises(StoreUnavailableError):
        SqliteReadingStore(tmp_path)
    good = SqliteReadingStore(tmp_path / "good")
    good.write(regular(1, 10))
    good.compact(START + DAY)
    (packed,) = (tmp_path / "good" / "readings").glob("*.parquet")
    packed.write_bytes(packed.read_bytes()[:-40])
    with pytest.raises(StoreUnavailableError):
        good.load(numbers(1), 0, FOREVER)
    packed.unlink()
    with pytest.raises(StoreUnavailableError):
        good.load(numbers(1), 0, FOREVER)
    good.close()


def test_another_writer_that_holds_the_file_is_waited_for(tmp_path: Path) -> None:
    store = SqliteReadingStore(tmp_path)
    other = sqlite3.connect(tmp_path / "readings.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with store._hot.reading() as connection:
        connection.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(StoreUnavailableError):
        store.write(regular(1, 10))
    other.execute("ROLLBACK")
    other.close()
    assert store.write(regular(1, 10)).kept == 10
    store.close()


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(StoreUnavailableError) as refused:
        PostgresReadingStore("postgresql://nobody@127.0.0.1:1/none")
    assert refused.value.hint is not None


def test_threads_that_write_at_once_share_a_transaction(tmp_path: Path) -> None:
    store = SqliteReadingStore(tmp_path)
    transactions, begun, many = [], threading.Event(), threading.Barrier(9)
    commit = store._group._commit

    def slow(batches: Sequence[Rows]) -> list[Written]:
        transactions.append(len(batches))
        begun.set()
        time.sleep(0.2)
        return commit(batches)

    store._group._commit = slow

    def write(point: int) -> None:
        if point:
            many.wait()
        assert store.write(regular(point, 10)).kept == 10

    threads = [threading.Thread(target=write, args=(point,)) for point in range(9)]
    for thread in threads:
        thread.start()
    begun.wait()
    many.wait()
    for thread in threads:
        thread.join()
    assert sum(transactions) == 9
    assert len(transactions) <= 3
    assert all(len(series) == 10 for series in store.load(numbers(*range(9)), 0, FOREVER))
    store.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_readings_of_an_older_order_of_columns_are_added_to(database_url: str) -> None:
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "CREATE TABLE reading (at BIGINT NOT NULL, point INTEGER NOT NULL, raw FLOAT8, lag BIGINT, again BIGINT,"
            " value FLOAT8, judged SMALLINT NOT NULL, reason BIGINT NOT NULL, PRIMARY KEY (point, at))"
            " PARTITION BY RANGE (at)"
        )
    store = PostgresReadingStore(database_url)
    store.write(regular(1, 5))
    assert store.write(regular(1, 7)) == Written(kept=2, duplicates=5, conflicts=0)
    (one,) = store.load(numbers(1), 0, FOREVER)
    assert one.raw.tolist() == regular(1, 7).value.tolist()
    store.close()
