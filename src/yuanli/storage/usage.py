"""What was spent on outside services, by day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from yuanli.operations import Usage
from yuanli.storage.database import Database
from yuanli.storage.tables import SERVICE_USAGE


class SqlUsageStore:
    """Counts of calls and tokens in the database; fills `UsageStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_usage(self, service: str, day: date) -> Usage:
        """Return what was counted on a day."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(SERVICE_USAGE.c.calls, SERVICE_USAGE.c.tokens).where(_of(service, day))
            ).first()
        return Usage(calls=row.calls, tokens=row.tokens) if row is not None else Usage()

    def take_call(self, service: str, day: date, *, most_calls: int, most_tokens: int) -> bool:
        """Count a call unless the day's calls or tokens are used up; return whether it was counted."""
        with self._database.writing() as connection:
            _ensure(connection, service, day)
            done = connection.execute(
                update(SERVICE_USAGE)
                .where(
                    _of(service, day),
                    SERVICE_USAGE.c.calls < most_calls,
                    SERVICE_USAGE.c.tokens < most_tokens,
                )
                .values(calls=SERVICE_USAGE.c.calls + 1)
            )
            return done.rowcount == 1

    def add_tokens(self, service: str, day: date, tokens: int) -> None:
        """Count tokens."""
        with self._database.writing() as connection:
            _ensure(connection, service, day)
            connection.execute(
                update(SERVICE_USAGE).where(_of(service, day)).values(tokens=SERVICE_USAGE.c.tokens + tokens)
            )


def _of(service: str, day: date) -> ColumnElement[bool]:
    return and_(SERVICE_USAGE.c.service == service, SERVICE_USAGE.c.day == day)


def _ensure(connection: Connection, service: str, day: date) -> None:
    """Make the day's row, which another writer may make at the same time."""
    try:
        with connection.begin_nested():
            connection.execute(insert(SERVICE_USAGE).values(service=service, day=day, calls=0, tokens=0))
    except IntegrityError:
        return
