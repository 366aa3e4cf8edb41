"""Opening the database: SQLite with every acknowledged write on disk, or PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from yuanli.errors import Text
from yuanli.operations import StoreUnavailableError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 20_000
"""How long a writer waits for another on SQLite."""
MIGRATION_LOCK = 7_164_501
"""Key of the PostgreSQL advisory lock that one migration at a time holds."""

UNAVAILABLE = ("OperationalError", "InterfaceError", "DatabaseError")
"""Errors of a driver that the statement is not to blame for: no connection, no space, no database."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database with all migrations applied."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database."""
        with _told(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is on disk when the block ends; an error takes it back whole."""
        with _told(), self.engine.connect() as connection:
            connection = connection.execution_options(yuanli_writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database of a SQLAlchemy URL, made or brought up to date where need be.

    Raises
    ------
    StoreUnavailableError
        The database can't be reached, or its driver is not installed.
    """
    database = Database(_engine(url))
    try:
        with database.writing() as connection:
            _migrate(connection)
    except BaseException:
        database.close()
        raise
    return database


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, pool_size=16, max_overflow=48)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(address, pool_pre_ping=True, pool_size=8, max_overflow=24)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreUnavailableError(
            Text(f"缺少数据库驱动：{error}", f"The database's driver is missing: {error}"),
            field="database_url",
            hint=Text("执行 pip install 'yuanli[postgres]'", "Run: pip install 'yuanli[postgres]'"),
        ) from error


def _prepare_sqlite(connection: object, entry: ConnectionPoolEntry) -> None:  # noqa: ARG001
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    write_ahead(cursor)
    cursor.close()


def write_ahead(cursor: sqlite3.Cursor) -> None:
    """Turn on the write-ahead log, which SQLite refuses at once, timeout or not, while others open a new file."""
    patience = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("yuanli_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    if MigrationContext.configure(connection).get_current_heads() == _newest():
        return
    config = _migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _newest() -> tuple[str, ...]:
    """Return the revision of a database that is up to date."""
    return tuple(ScriptDirectory.from_config(_migrations()).get_heads())


@contextmanager
def _told() -> Iterator[None]:
    """Say what a database driver means."""
    try:
        yield
    except DBAPIError as error:
        if not (error.connection_invalidated or type(error).__name__ in UNAVAILABLE):
            raise
        raise StoreUnavailableError(
            Text(f"数据库暂不可用：{error.orig}", f"The database is not available: {error.orig}"),
            hint=Text(
                "检查数据库服务和磁盘空间后重试。",
                "Check the database and the disk's free space, then try again.",
            ),
        ) from error
