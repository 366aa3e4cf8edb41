"""Where the readings of an installation are kept."""

from __future__ import annotations

from contextlib import ExitStack

from yuanli.operations import ReadingStore
from yuanli.settings import Settings
from yuanli.storage import PostgresReadingStore, SqliteReadingStore


def open_readings(settings: Settings, resources: ExitStack) -> ReadingStore:
    """Open the store of readings beside the database: in PostgreSQL where that is one, else in the data folder."""
    store: PostgresReadingStore | SqliteReadingStore
    if settings.database_url is not None and settings.database_url.startswith("postgresql"):
        store = PostgresReadingStore(settings.database_url)
    else:
        store = SqliteReadingStore(settings.data_dir)
    resources.callback(store.close)
    return store
