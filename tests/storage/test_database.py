"""Opening, migrating, and losing the machine's power."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from yuanli.campus import CampusId
from yuanli.operations import StoreUnavailableError
from yuanli.storage import Database, SqlCampusStore, open_database
from yuanli.storage.tables import METADATA

WRITER = """
import sys
from datetime import UTC, datetime
from yuanli.campus import Building, BuildingId, Campus, CampusId, Change, FeatureId, Revision, by_id
from yuanli.storage import SqlCampusStore, open_database
store = SqlCampusStore(open_database(sys.argv[1]))
house = Building(id=BuildingId(FeatureId("b")))
store.add_campus(Campus(id=CampusId("c"), features=by_id([house])), (), at=datetime.now(UTC), who="w", why="")
for number in range(2, 100_000):
    after = Building(id=house.id, name={"en": str(number)})
    change = Change(feature_id=FeatureId("b"), before=house, after=after)
    revision = Revision(number=number, at=datetime.now(UTC), who="w", why="", changes=(change,))
    store.add_revision(CampusId("c"), revision)
    house = after
    print(number, flush=True)
"""


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_database_can_be_opened_twice_and_at_once(database_url: str) -> None:
    opened: list[Database] = []
    threads = [threading.Thread(target=lambda: opened.append(open_database(database_url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    assert all(SqlCampusStore(database).list_campuses() == () for database in opened)
    for database in opened:
        database.close()


def test_sqlite_waits_for_the_disk(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'yuanli.db'}")
    with database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    database.close()


def test_what_was_acknowledged_survives_kill_9(database_url: str) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, database_url], stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert writer.stdout is not None
    acknowledged = 0
    for line in writer.stdout:
        acknowledged = int(line)
        if acknowledged >= 40:
            writer.send_signal(signal.SIGKILL)
            break
    for line in writer.stdout:
        acknowledged = int(line)
    writer.wait()
    writer.stdout.close()
    database = open_database(database_url)
    store = SqlCampusStore(database)
    campus = store.load_campus(CampusId("c"))
    database_has = campus.revision
    assert database_has >= acknowledged >= 40
    assert campus.features["b"].name == {"en": str(database_has)}  # type: ignore[index, union-attr]
    assert [r.number for r in store.list_revisions(CampusId("c"))] == list(range(database_has, 0, -1))
    database.close()


def test_a_database_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(StoreUnavailableError) as refused:
        open_database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert refused.value.message.zh
    assert refused.value.hint is not None


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "yuanli.db"
    path.write_bytes(b"this is not a database, but it is long enough to be looked at" * 100)
    with pytest.raises(StoreUnavailableError):
        open_database(f"sqlite:///{path}")
