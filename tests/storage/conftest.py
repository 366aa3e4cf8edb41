"""Databases to run the port suites on: SQLite always, PostgreSQL where its URL is told."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from yuanli.operations import ReadingStore
from yuanli.storage import Database, PostgresReadingStore, SqliteReadingStore, open_database

POSTGRES = "YUANLI_TEST_POSTGRES_URL"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'yuanli.db'}"
        return
    given = os.environ.get(POSTGRES)
    if not given:
        pytest.skip(f"{POSTGRES} is not set: PostgreSQL is not tested")
    url = make_url(given).set(drivername="postgresql+psycopg")
    schema = f"yuanli_test_{secrets.token_hex(6)}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        own = url.update_query_dict({"options": f"-csearch_path={schema}"})
        yield own.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def readings_store(database_url: str, tmp_path: Path) -> Iterator[ReadingStore]:
    opened: PostgresReadingStore | SqliteReadingStore
    if database_url.startswith("sqlite"):
        opened = SqliteReadingStore(tmp_path / "data")
    else:
        opened = PostgresReadingStore(database_url)
    yield opened
    opened.close()
