"""Data sets and the labels of their examples, in SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from yuanli.errors import Text
from yuanli.learning import Example, Span, example_from, record_of
from yuanli.operations import (
    Annotation,
    DatasetExistsError,
    DatasetId,
    DatasetNotFoundError,
    KeptDataset,
    LabelledExample,
    Progress,
)
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import DATA_SET, EXAMPLE, LABEL


class SqlDatasetStore:
    """Fills `DatasetStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_dataset(self, dataset: KeptDataset, examples: Sequence[Example]) -> None:
        """Keep a new data set with its examples."""
        values = asdict(dataset)
        names = {"labels": to_text(dataset.labels), "span_types": to_text(dataset.span_types)}
        values |= names | {"size": values.pop("count")}
        rows = [
            {"data_set_id": dataset.id, "position": position, "document": to_text(record_of(example))}
            for position, example in enumerate(examples)
        ]
        try:
            with self._database.writing() as connection:
                connection.execute(insert(DATA_SET).values(**values))
                connection.execute(insert(EXAMPLE), rows)
        except IntegrityError:
            raise DatasetExistsError(
                Text(
                    f"“{dataset.name}”的这一版（{dataset.version}）已经有了。",
                    f"This version of {dataset.name!r} ({dataset.version}) is kept already.",
                ),
                field="name",
                hint=Text("换个名称，或直接用已有的。", "Give another name, or use the one that is there."),
            ) from None

    def list_datasets(self) -> tuple[KeptDataset, ...]:
        """Return the data sets, newest first."""
        query = select(DATA_SET).order_by(DATA_SET.c.uploaded_at.desc(), DATA_SET.c.id)
        with self._database.reading() as connection:
            return tuple(_dataset(row) for row in connection.execute(query))

    def find_dataset(self, dataset_id: str) -> KeptDataset | None:
        """Return a data set, or None."""
        if find_storable(dataset_id) is None:
            return None
        with self._database.reading() as connection:
            row = connection.execute(select(DATA_SET).where(DATA_SET.c.id == dataset_id)).first()
        return None if row is None else _dataset(row)

    def remove_dataset(self, dataset_id: str) -> bool:
        """Forget a data set and its labels."""
        if find_storable(dataset_id) is None:
            return False
        with self._database.writing() as connection:
            return connection.execute(delete(DATA_SET).where(DATA_SET.c.id == dataset_id)).rowcount > 0

    def list_examples(self, dataset_id: str) -> tuple[Example, ...]:
        """Return the examples as they were uploaded, in order."""
        if find_storable(dataset_id) is None:
            return ()
        query = select(EXAMPLE.c.document).where(EXAMPLE.c.data_set_id == dataset_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(EXAMPLE.c.position)).all()
        return tuple(_example(row.document) for row in rows)

    def list_labelled(self, dataset_id: str) -> tuple[LabelledExample, ...]:
        """Return the examples that somebody has labelled, in order."""
        if find_storable(dataset_id) is None:
            return ()
        with self._database.reading() as connection:
            query = select(EXAMPLE).where(EXAMPLE.c.data_set_id == dataset_id, _labels_of().exists())
            rows = connection.execute(query.order_by(EXAMPLE.c.position)).all()
            labels = select(LABEL).where(LABEL.c.data_set_id == dataset_id).order_by(LABEL.c.reviewer)
            said: dict[int, list[Row[Any]]] = {}
            for label in connection.execute(labels):
                said.setdefault(label.position, []).append(label)
        return tuple(_labelled(row, said.get(row.position, ())) for row in rows)

    def find_labelled(self, dataset_id: str, position: int) -> LabelledExample | None:
        """Return one example with its labels, or None."""
        if find_storable(dataset_id) is None:
            return None
        with self._database.reading() as connection:
            return _find(connection, select(EXAMPLE).where(_at(EXAMPLE, dataset_id, position)))

    def find_next(
        self, dataset_id: str, reviewer: str, *, needed: int, after: int = -1
    ) -> LabelledExample | None:
        """Return the next example that waits for a reviewer, or None."""
        if find_storable(dataset_id) is None:
            return None
        waiting = select(EXAMPLE).where(EXAMPLE.c.data_set_id == dataset_id, _waits(reviewer, needed))
        waiting = waiting.order_by(EXAMPLE.c.position).limit(1)
        with self._database.reading() as connection:
            behind = _find(connection, waiting.where(EXAMPLE.c.position > after))
            return behind or _find(connection, waiting)

    def progress(self, dataset_id: str, reviewer: str, *, needed: int) -> Progress:
        """Return how far the labelling is."""
        if find_storable(dataset_id) is None:
            return Progress(total=0, mine=0, left=0, full=0)
        own = select(func.count()).select_from(EXAMPLE).where(EXAMPLE.c.data_set_id == dataset_id)
        full = (_count_of_labels() >= needed) | EXAMPLE.c.decision.is_not(None)
        with self._database.reading() as connection:
            total, mine, left, complete = (
                int(connection.execute(query).scalar_one())
                for query in (
                    own,
                    own.where(_labels_of(reviewer).exists()),
                    own.where(_waits(reviewer, needed)),
                    own.where(full),
                )
            )
        return Progress(total=total, mine=mine, left=left, full=complete)

    def change_labelled(
        self, dataset_id: str, position: int, change: Callable[[LabelledExample], LabelledExample]
    ) -> LabelledExample:
        """Change labels that nobody else changes meanwhile."""
        with self._database.writing() as connection:
            query = select(EXAMPLE).where(_at(EXAMPLE, dataset_id, position)).with_for_update()
            old = None if find_storable(dataset_id) is None else _find(connection, query)
            if old is None:
                raise DatasetNotFoundError(
                    Text(f"没有第 {position + 1} 条例句。", f"There is no example {position + 1}."),
                    field="position",
                    hint=Text("刷新数据集后重试。", "Load the data set again."),
                )
            changed = change(old)
            _save(connection, dataset_id, old, changed)
        return changed


def _save(connection: Connection, dataset_id: str, old: LabelledExample, new: LabelledExample) -> None:
    for said in new.annotations:
        if old.find_by(said.reviewer) != said:
            mine = _at(LABEL, dataset_id, new.position) & (LABEL.c.reviewer == said.reviewer)
            connection.execute(delete(LABEL).where(mine))
            values = {"position": new.position, "reviewer": said.reviewer, "document": _said_text(said)}
            connection.execute(insert(LABEL).values(data_set_id=dataset_id, **values))
    if new.decision is not None and new.decision != old.decision:
        here = _at(EXAMPLE, dataset_id, new.position)
        connection.execute(update(EXAMPLE).where(here).values(decision=_said_text(new.decision)))


def _at(table: Any, dataset_id: str, position: int) -> ColumnElement[bool]:
    here: ColumnElement[bool] = (table.c.data_set_id == dataset_id) & (table.c.position == position)
    return here


def _labels_of(reviewer: str | None = None) -> Select[Any]:
    """Return the query of the labels of an example: all, or a reviewer's."""
    query = select(LABEL.c.reviewer).where(
        LABEL.c.data_set_id == EXAMPLE.c.data_set_id, LABEL.c.position == EXAMPLE.c.position
    )
    query = query.correlate(EXAMPLE)
    return query if reviewer is None else query.where(LABEL.c.reviewer == reviewer)


def _count_of_labels() -> ColumnElement[int]:
    return _labels_of().with_only_columns(func.count()).scalar_subquery()


def _waits(reviewer: str, needed: int) -> ColumnElement[bool]:
    return EXAMPLE.c.decision.is_(None) & ~_labels_of(reviewer).exists() & (_count_of_labels() < needed)


def _find(connection: Connection, query: Select[Any]) -> LabelledExample | None:
    row = connection.execute(query).first()
    if row is None:
        return None
    labels = select(LABEL).where(_at(LABEL, row.data_set_id, row.position)).order_by(LABEL.c.reviewer)
    return _labelled(row, connection.execute(labels))


def _labelled(row: Row[Any], labels: Iterable[Row[Any]]) -> LabelledExample:
    return LabelledExample(
        position=row.position,
        example=_example(row.document),
        annotations=tuple(_said(label.document) for label in labels),
        decision=None if row.decision is None else _said(row.decision),
    )


def _dataset(row: Row[Any]) -> KeptDataset:
    return KeptDataset(
        id=DatasetId(row.id),
        name=row.name,
        version=row.version,
        licence=row.licence,
        source=row.source,
        uploaded_by=row.uploaded_by,
        uploaded_at=row.uploaded_at,
        count=row.size,
        reviewers=row.reviewers,
        labels=tuple(json.loads(row.labels)),
        span_types=tuple(json.loads(row.span_types)),
    )


def _example(document: str) -> Example:
    return example_from(json.loads(document), "")


def _said_text(said: Annotation) -> str:
    return to_text(asdict(said) | {"at": said.at.isoformat()})


def _said(document: str) -> Annotation:
    values = json.loads(document)
    spans = tuple(Span(**span) for span in values["spans"])
    return Annotation(**(values | {"spans": spans, "at": datetime.fromisoformat(values["at"])}))
