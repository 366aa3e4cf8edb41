"""The campuses in SQL: a row a feature, and the changes of every revision."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from yuanli.campus import (
    TABLE_OF,
    Campus,
    CampusId,
    Change,
    ExtraFile,
    Feature,
    FeatureId,
    Finding,
    LanguageMap,
    Revision,
)
from yuanli.errors import Text
from yuanli.operations import (
    CampusNameTakenError,
    CampusNotFoundError,
    CampusSummary,
    RevisionConflictError,
)
from yuanli.storage.database import Database
from yuanli.storage.documents import (
    changes_text,
    feature_text,
    find_storable,
    finding_text,
    parse_changes,
    parse_feature,
    parse_finding,
    to_text,
)
from yuanli.storage.tables import CAMPUS, CAMPUS_CALENDAR, EXTRA_FILE, FEATURE, REPAIR, REVISION, TARIFF


class SqlCampusStore:
    """Fills `CampusStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_campuses(self) -> tuple[CampusSummary, ...]:
        """Return the stored campuses, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(CAMPUS).order_by(CAMPUS.c.imported_at, CAMPUS.c.id))
            return tuple(_summary(row) for row in rows)

    def load_campus(self, campus_id: CampusId) -> Campus:
        """Return a campus at its latest revision."""
        with self._database.reading() as connection:
            row = _row(connection, campus_id)
            documents = connection.execute(
                select(FEATURE.c.document)
                .where(FEATURE.c.campus_id == campus_id)
                .order_by(FEATURE.c.position)
            ).all()
            files = connection.execute(
                select(EXTRA_FILE).where(EXTRA_FILE.c.campus_id == campus_id).order_by(EXTRA_FILE.c.position)
            ).all()
        features = (parse_feature(document) for (document,) in documents)
        return Campus(
            id=campus_id,
            name=json.loads(row.name),
            features={FeatureId(feature.id): feature for feature in features},
            revision=row.revision,
            source=row.source,
            attribution=row.attribution,
            time_zone=row.time_zone,
            country=row.country,
            extra_files=tuple(ExtraFile(file.name, file.content) for file in files),
        )

    def add_campus(
        self, campus: Campus, repairs: tuple[Finding, ...], *, at: datetime, who: str, why: str
    ) -> None:
        """Keep a new campus."""
        rows = _rows_of(campus, repairs)
        try:
            with self._database.writing() as connection:
                _insert_campus(connection, campus, rows, number=campus.revision, at=at)
                _insert_revision(connection, campus.id, _import(campus.revision, at, who, why))
        except IntegrityError:
            raise CampusNameTakenError(
                Text(f"园区 {campus.id} 已存在。", f"There is a campus {campus.id} already."),
                field="name",
                hint=Text("换一个名称，或选择替换。", "Choose another name, or replace it."),
            ) from None

    def replace_campus(
        self, campus: Campus, repairs: tuple[Finding, ...], *, at: datetime, who: str, why: str
    ) -> None:
        """Keep a campus in place of the stored one of the same id; its revisions count on."""
        rows = _rows_of(campus, repairs)
        with self._database.writing() as connection:
            stored = select(CAMPUS.c.revision).where(CAMPUS.c.id == campus.id).with_for_update()
            latest = connection.execute(stored).scalar()
            number = campus.revision if latest is None else latest + 1
            revisions = connection.execute(select(REVISION).where(REVISION.c.campus_id == campus.id)).all()
            connection.execute(delete(CAMPUS).where(CAMPUS.c.id == campus.id))
            _insert_campus(connection, campus, rows, number=number, at=at)
            if revisions:
                connection.execute(insert(REVISION), [dict(row._mapping) for row in revisions])
            _insert_revision(connection, campus.id, _import(number, at, who, why))

    def remove_campus(self, campus_id: CampusId) -> None:
        """Forget a campus and its revisions."""
        with self._database.writing() as connection:
            _row(connection, campus_id)
            connection.execute(delete(CAMPUS).where(CAMPUS.c.id == campus_id))
            for own in (TARIFF, CAMPUS_CALENDAR):
                connection.execute(delete(own).where(own.c.campus_id == campus_id))

    def revision_of(self, campus_id: CampusId) -> int:
        """Return the latest revision's number."""
        with self._database.reading() as connection:
            return int(_row(connection, campus_id).revision)

    def add_revision(self, campus_id: CampusId, revision: Revision) -> None:
        """Apply a revision; it fails unless its number is the latest plus one."""
        with self._database.writing() as connection:
            latest = CAMPUS.c.revision == revision.number - 1
            moved = connection.execute(
                update(CAMPUS).where(CAMPUS.c.id == campus_id, latest).values(revision=revision.number)
            )
            row = _row(connection, campus_id)
            if moved.rowcount != 1:
                raise RevisionConflictError(
                    Text(
                        f"园区 {campus_id} 已更新到修订 {row.revision}，修订 {revision.number} 无法写入。",
                        f"Campus {campus_id} is at revision {row.revision} by now; "
                        f"{revision.number} can't follow it.",
                    ),
                    field="revision",
                    hint=Text("刷新后重试。", "Read it again and repeat the edit."),
                )
            _apply(connection, campus_id, revision.changes, json.loads(row.counts))
            _insert_revision(connection, campus_id, revision)

    def list_revisions(self, campus_id: CampusId) -> tuple[Revision, ...]:
        """Return the revisions, newest first."""
        with self._database.reading() as connection:
            _row(connection, campus_id)
            rows = connection.execute(
                select(REVISION).where(REVISION.c.campus_id == campus_id).order_by(REVISION.c.number.desc())
            ).all()
        return tuple(
            Revision(number=r.number, at=r.at, who=r.who, why=r.why, changes=parse_changes(r.changes))
            for r in rows
        )

    def list_repairs(self, campus_id: CampusId) -> tuple[Finding, ...]:
        """Return what the import repaired."""
        with self._database.reading() as connection:
            _row(connection, campus_id)
            rows = connection.execute(
                select(REPAIR.c.document).where(REPAIR.c.campus_id == campus_id).order_by(REPAIR.c.position)
            ).all()
        return tuple(parse_finding(document) for (document,) in rows)


Rows = dict[str, list[dict[str, Any]]]


def _rows_of(campus: Campus, repairs: tuple[Finding, ...]) -> Rows:
    """Make the rows before the transaction begins, so that it is short."""
    return {
        "feature": [
            {"campus_id": campus.id, "feature_id": f.id, "position": i, "document": feature_text(f)}
            for i, f in enumerate(campus.features.values())
        ],
        "repair": [
            {"campus_id": campus.id, "position": i, "document": finding_text(f)}
            for i, f in enumerate(repairs)
        ],
        "extra_file": [
            {"campus_id": campus.id, "position": i, "name": f.name, "content": f.content}
            for i, f in enumerate(campus.extra_files)
        ],
    }


def _insert_campus(connection: Connection, campus: Campus, rows: Rows, *, number: int, at: datetime) -> None:
    connection.execute(
        insert(CAMPUS).values(
            id=campus.id,
            name=to_text(dict(campus.name)),
            revision=number,
            source=campus.source,
            attribution=campus.attribution,
            time_zone=campus.time_zone,
            country=campus.country,
            imported_at=at,
            counts=to_text(Counter(TABLE_OF[type(feature)] for feature in campus.features.values())),
        )
    )
    for table in (FEATURE, REPAIR, EXTRA_FILE):
        if rows[table.name]:
            connection.execute(insert(table), rows[table.name])


def _insert_revision(connection: Connection, campus_id: CampusId, revision: Revision) -> None:
    connection.execute(
        insert(REVISION).values(
            campus_id=campus_id,
            number=revision.number,
            at=revision.at,
            who=revision.who,
            why=revision.why,
            changes=changes_text(revision.changes),
        )
    )


def _import(number: int, at: datetime, who: str, why: str) -> Revision:
    return Revision(number=number, at=at, who=who, why=why, changes=())


def _apply(
    connection: Connection, campus_id: CampusId, changes: tuple[Change, ...], counts: dict[str, int]
) -> None:
    position = connection.execute(
        select(func.max(FEATURE.c.position)).where(FEATURE.c.campus_id == campus_id)
    ).scalar()
    for i, change in enumerate(changes, start=1):
        here = (FEATURE.c.campus_id == campus_id, FEATURE.c.feature_id == change.feature_id)
        if change.after is None:
            connection.execute(delete(FEATURE).where(*here))
        else:
            values = {"document": feature_text(change.after)}
            if connection.execute(update(FEATURE).where(*here).values(values)).rowcount == 0:
                place = {"feature_id": change.feature_id, "position": (position or 0) + i}
                connection.execute(insert(FEATURE).values(campus_id=campus_id, **place, **values))
        _count(counts, change.before, -1)
        _count(counts, change.after, 1)
    connection.execute(update(CAMPUS).where(CAMPUS.c.id == campus_id).values(counts=to_text(counts)))


def _count(counts: dict[str, int], feature: Feature | None, step: int) -> None:
    if feature is not None:
        table = TABLE_OF[type(feature)]
        counts[table] = counts.get(table, 0) + step
        if counts[table] <= 0:
            del counts[table]


def _row(connection: Connection, campus_id: CampusId) -> Row[Any]:
    key = find_storable(campus_id)
    row = None if key is None else connection.execute(select(CAMPUS).where(CAMPUS.c.id == key)).first()
    if row is None:
        raise CampusNotFoundError(
            Text(f"没有园区 {campus_id!r}。", f"There is no campus {campus_id!r}."),
            field="campus",
            hint=Text(
                "园区列表见“园区数据”，或执行 yuanli campus list。", "List them with: yuanli campus list"
            ),
        )
    return row


def _summary(row: Row[Any]) -> CampusSummary:
    name: LanguageMap = json.loads(row.name)
    return CampusSummary(
        id=row.id,
        name=name,
        revision=row.revision,
        source=row.source,
        attribution=row.attribution,
        imported_at=row.imported_at,
        counts=json.loads(row.counts),
    )
