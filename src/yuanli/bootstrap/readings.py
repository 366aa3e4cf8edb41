"""Where the readings of an installation are kept."""

from __future__ import annotations

import shutil
from contextlib import ExitStack

from yuanli.operations import Footprint, ReadingStore
from yuanli.settings import Settings
from yuanli.storage import PostgresReadingStore, SqliteReadingStore


def open_readings(settings: Settings, resources: ExitStack) -> ReadingStore:
    """Open the store of readings beside the database: in PostgreSQL where that is one, else in the data folder."""
    store: PostgresReadingStore | SqliteReadingStore
    if settings.database_url is not None and _in_postgres(settings):
        store = PostgresReadingStore(settings.database_url)
    else:
        store = SqliteReadingStore(settings.data_dir)
    resources.callback(store.close)
    return store


def readings_budget(settings: Settings, footprint: Footprint) -> int | None:
    """Return how many bytes readings may take: as set, else as far as the disk goes; None where it is elsewhere."""
    if settings.readings_budget_mb is not None:
        return settings.readings_budget_mb * 1_000_000
    if _in_postgres(settings):
        return None
    return footprint.hot_bytes + footprint.cold_bytes + shutil.disk_usage(settings.data_dir).free


def _in_postgres(settings: Settings) -> bool:
    return settings.database_url is not None and settings.database_url.startswith("postgresql")
