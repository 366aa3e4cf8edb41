"""Which spans of time have readings that may not be judged yet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, insert, select

from yuanli.operations import Unjudged
from yuanli.storage.database import Database
from yuanli.storage.tables import UNJUDGED


class SqlUnjudgedStore:
    """Notes in the database; fills `UnjudgedStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_unjudged(self, notes: Sequence[Unjudged]) -> None:
        """Keep notes, each in the place of the one of its writer and block."""
        with self._database.writing() as connection:
            for note in notes:
                key = and_(UNJUDGED.c.writer == note.writer, UNJUDGED.c.block == note.block)
                connection.execute(delete(UNJUDGED).where(key))
                connection.execute(
                    insert(UNJUDGED).values(writer=note.writer, block=note.block, beat=note.beat)
                )

    def list_unjudged(self) -> tuple[Unjudged, ...]:
        """Return all notes, by writer and block."""
        with self._database.reading() as connection:
            rows = connection.execute(select(UNJUDGED).order_by(UNJUDGED.c.writer, UNJUDGED.c.block))
            return tuple(Unjudged(writer=row.writer, block=row.block, beat=row.beat) for row in rows)

    def remove_unjudged(self, notes: Sequence[Unjudged]) -> None:
        """Forget notes, unless their writer has raised their beat since."""
        with self._database.writing() as connection:
            for note in notes:
                connection.execute(
                    delete(UNJUDGED).where(
                        UNJUDGED.c.writer == note.writer,
                        UNJUDGED.c.block == note.block,
                        UNJUDGED.c.beat == note.beat,
                    )
                )
