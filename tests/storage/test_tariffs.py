"""The port suite of `TariffStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.api.house import small_campus

from yuanli.campus import CampusId
from yuanli.operations import CampusNotFoundError, KeptTariffs
from yuanli.storage import Database, SqlCampusStore, SqlTariffStore

AT = datetime(2026, 5, 1, tzinfo=UTC)
SMALL = CampusId("small")


@pytest.fixture
def store(database: Database) -> SqlTariffStore:
    SqlCampusStore(database).add_campus(small_campus(), (), at=AT, who="test", why="test")
    return SqlTariffStore(database)


def test_tariffs_are_kept_replaced_and_forgotten(store: SqlTariffStore) -> None:
    assert store.find_tariffs(SMALL) is None
    kept = KeptTariffs(document={"currency": "CNY", "name": "电"}, changed_at=AT, changed_by="a")
    store.put_tariffs(SMALL, kept)
    assert store.find_tariffs(SMALL) == kept
    other = KeptTariffs(document={}, changed_at=AT, changed_by="b")
    store.put_tariffs(SMALL, other)
    assert store.find_tariffs(SMALL) == other
    assert store.remove_tariffs(SMALL)
    assert not store.remove_tariffs(SMALL)


def test_a_campus_that_is_not_there_has_none(store: SqlTariffStore) -> None:
    with pytest.raises(CampusNotFoundError, match="nowhere"):
        store.put_tariffs(CampusId("nowhere"), KeptTariffs(document={}, changed_at=AT, changed_by="a"))


def test_they_outlive_an_import_and_go_with_their_campus(store: SqlTariffStore, database: Database) -> None:
    campuses = SqlCampusStore(database)
    store.put_tariffs(SMALL, KeptTariffs(document={}, changed_at=AT, changed_by="a"))
    campuses.replace_campus(small_campus(), (), at=AT, who="test", why="again")
    assert store.find_tariffs(SMALL) is not None
    campuses.remove_campus(SMALL)
    assert store.find_tariffs(SMALL) is None
