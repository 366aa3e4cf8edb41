"""Each campus's own tariffs."""

from __future__ import annotations

import json

from sqlalchemy import delete, insert, select

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import CampusNotFoundError, KeptTariffs
from yuanli.storage.database import Database
from yuanli.storage.tables import CAMPUS, TARIFF


class SqlTariffStore:
    """Tariffs in the database; fills `TariffStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_tariffs(self, campus_id: CampusId) -> KeptTariffs | None:
        """Return a campus's own tariffs, or None."""
        with self._database.reading() as connection:
            row = connection.execute(select(TARIFF).where(TARIFF.c.campus_id == campus_id)).first()
        if row is None:
            return None
        return KeptTariffs(
            document=json.loads(row.document), changed_at=row.changed_at, changed_by=row.changed_by
        )

    def put_tariffs(self, campus_id: CampusId, kept: KeptTariffs) -> None:
        """Keep a campus's tariffs in the place of those before."""
        with self._database.writing() as connection:
            if connection.execute(select(CAMPUS.c.id).where(CAMPUS.c.id == campus_id)).first() is None:
                raise CampusNotFoundError(
                    Text(f"没有编号为“{campus_id}”的园区。", f"There is no campus {campus_id!r}."),
                    field="campus",
                )
            connection.execute(delete(TARIFF).where(TARIFF.c.campus_id == campus_id))
            connection.execute(
                insert(TARIFF).values(
                    campus_id=campus_id, document=json.dumps(kept.document, ensure_ascii=False),
                    changed_at=kept.changed_at, changed_by=kept.changed_by,
                )
            )  # fmt: skip

    def remove_tariffs(self, campus_id: CampusId) -> bool:
        """Forget a campus's own tariffs; return whether there were any."""
        with self._database.writing() as connection:
            return connection.execute(delete(TARIFF).where(TARIFF.c.campus_id == campus_id)).rowcount > 0
