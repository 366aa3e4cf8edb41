"""What was found unusual, in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, insert, select

from yuanli.campus import CampusId
from yuanli.operations import FoundAnomaly, KeptSpan
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import ANOMALY, ANOMALY_SPAN

ADAPTER = TypeAdapter(FoundAnomaly)


class SqlAnomalyStore:
    """Fills `AnomalyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_kept_span(self, campus_id: CampusId) -> KeptSpan | None:
        """Return what was looked at, or None."""
        if find_storable(campus_id) is None:
            return None
        query = select(ANOMALY_SPAN).where(ANOMALY_SPAN.c.campus_id == campus_id)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        checked = frozenset(json.loads(row.checked))
        return KeptSpan(campus_id=campus_id, start=row.start, end=row.end, checked=checked)

    def put_anomalies(
        self, span: KeptSpan, start: datetime, end: datetime, found: Sequence[FoundAnomaly]
    ) -> None:
        """Keep what was found in `[start, end)` in the place of what ended there; forget what ended before `span`."""
        campus_id = span.campus_id
        own = ANOMALY.c.campus_id == campus_id
        ended = (ANOMALY.c.end > start) & (ANOMALY.c.end <= end) | (ANOMALY.c.end <= span.start)
        rows = {
            one.id: {
                "campus_id": campus_id, "id": one.id, "start": one.start, "end": one.end,
                "document": to_text(ADAPTER.dump_python(one, mode="json")),
            }
            for one in found
        }  # fmt: skip
        looked = {
            "campus_id": campus_id, "start": span.start, "end": span.end, "checked": to_text(sorted(span.checked)),
        }  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(delete(ANOMALY).where(own & ended))
            if rows:
                again = delete(ANOMALY).where(own & (ANOMALY.c.id == bindparam("again")))
                connection.execute(again, [{"again": known} for known in rows])
                connection.execute(insert(ANOMALY), list(rows.values()))
            connection.execute(delete(ANOMALY_SPAN).where(ANOMALY_SPAN.c.campus_id == campus_id))
            connection.execute(insert(ANOMALY_SPAN).values(**looked))

    def list_anomalies(self, campus_id: CampusId, start: datetime, end: datetime) -> tuple[FoundAnomaly, ...]:
        """Return what is kept that touches `[start, end)`."""
        query = (
            select(ANOMALY.c.document)
            .where(ANOMALY.c.campus_id == campus_id, ANOMALY.c.end > start, ANOMALY.c.start < end)
            .order_by(ANOMALY.c.id)
        )
        with self._database.reading() as connection:
            documents = connection.execute(query).scalars().all()
        return tuple(ADAPTER.validate_python(json.loads(document)) for document in documents)
