"""The port suite of `DatasetStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yuanli.learning import Example, Span
from yuanli.operations import (
    Annotation,
    DatasetExistsError,
    DatasetId,
    DatasetNotFoundError,
    DatasetStore,
    KeptDataset,
    LabelledExample,
    Progress,
)
from yuanli.storage import Database, SqlDatasetStore, open_database

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
EXAMPLES = (
    Example(
        text="从北门到食堂",
        label="guidance_route",
        spans=(Span(1, 3, "origin"), Span(4, 6, "destination")),
        context="您要去哪？",
        language="zh",
        tags=frozenset({"indirect", "typo"}),
        made_by="typo",
        origin="a.jsonl:1",
    ),
    Example(text="a >>> [b](c)", language="en", origin="a.jsonl:2"),
    Example(text="food 🍜 here", label="place", spans=(Span(5, 6, "emoji"),), language="en", target=0.5),
)
WRITER = """
import sys
from dataclasses import replace
from datetime import UTC, datetime
from yuanli.operations import Annotation
from yuanli.storage import SqlDatasetStore, open_database
store = SqlDatasetStore(open_database(sys.argv[1]))
for version in range(1, 100_000):
    said = Annotation(reviewer="li", label=str(version), spans=(), version=version, at=datetime.now(UTC))
    store.change_labelled("d1", 0, lambda item: replace(item, annotations=(said,)))
    print(version, flush=True)
"""


def dataset(number: int = 1, **over: object) -> KeptDataset:
    plain = KeptDataset(
        id=DatasetId(f"d{number}"),
        name=f"例句 {number}",
        version="0123456789abcdef",
        licence="CC BY 4.0",
        source="a.jsonl",
        uploaded_by="li",
        uploaded_at=AT + timedelta(minutes=number),
        count=len(EXAMPLES),
        reviewers=2,
        labels=("guidance_route", "place"),
        span_types=("destination", "emoji", "origin"),
    )
    return replace(plain, **over)  # type: ignore[arg-type]


def annotation(reviewer: str, label: str | None = "place", version: int = 1) -> Annotation:
    return Annotation(reviewer=reviewer, label=label, spans=(Span(0, 1, "origin"),), version=version, at=AT)


@pytest.fixture
def store(database: Database) -> DatasetStore:
    return SqlDatasetStore(database)


@pytest.fixture
def filled(store: DatasetStore) -> DatasetStore:
    store.add_dataset(dataset(), EXAMPLES)
    return store


def say(store: DatasetStore, position: int, *said: Annotation, decision: Annotation | None = None) -> None:
    def change(item: LabelledExample) -> LabelledExample:
        others = tuple(a for a in item.annotations if a.reviewer not in {s.reviewer for s in said})
        kept = tuple(sorted((*others, *said), key=lambda a: a.reviewer))
        return replace(item, annotations=kept, decision=decision or item.decision)

    store.change_labelled("d1", position, change)


def test_a_data_set_comes_back_as_it_was_given(filled: DatasetStore) -> None:
    assert filled.find_dataset("d1") == dataset()
    assert filled.list_examples("d1") == EXAMPLES
    assert filled.find_labelled("d1", 2) == LabelledExample(position=2, example=EXAMPLES[2])
    for unknown in ("nothing", "a\0"):
        assert filled.find_dataset(unknown) is None
        assert filled.list_examples(unknown) == ()
        assert filled.list_labelled(unknown) == ()
        assert filled.find_labelled(unknown, 0) is None
        assert filled.find_next(unknown, "li", needed=2) is None
        assert filled.progress(unknown, "li", needed=2) == Progress(total=0, mine=0, left=0, full=0)
        assert not filled.remove_dataset(unknown)
    assert filled.find_labelled("d1", 3) is None


def test_the_list_is_newest_first_and_a_data_set_is_kept_once(filled: DatasetStore) -> None:
    filled.add_dataset(dataset(2), EXAMPLES)
    with pytest.raises(DatasetExistsError):
        filled.add_dataset(dataset(3, name="例句 1"), EXAMPLES)
    assert [d.id for d in filled.list_datasets()] == ["d2", "d1"]
    filled.add_dataset(dataset(3, name="例句 1", version="other"), EXAMPLES)


def test_a_data_set_that_fails_half_way_leaves_nothing(store: DatasetStore) -> None:
    broken = Example(text="x", context=object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        store.add_dataset(dataset(), [*EXAMPLES, broken])
    assert store.list_datasets() == ()


def test_a_removed_data_set_takes_its_labels_with_it(filled: DatasetStore) -> None:
    say(filled, 0, annotation("li"))
    assert filled.remove_dataset("d1")
    assert filled.list_datasets() == ()
    filled.add_dataset(dataset(), EXAMPLES)
    assert filled.list_labelled("d1") == ()


def test_labels_are_kept_by_reviewer_and_replaced_by_newer_ones(filled: DatasetStore) -> None:
    say(filled, 1, annotation("wang"), annotation("li", None))
    say(filled, 1, annotation("wang", "guidance_route", 2))
    say(filled, 2, annotation("li"), decision=annotation("admin"))
    first, second = filled.list_labelled("d1")
    assert first == LabelledExample(
        position=1,
        example=EXAMPLES[1],
        annotations=(annotation("li", None), annotation("wang", "guidance_route", 2)),
    )
    assert second.decision == annotation("admin")
    assert filled.find_labelled("d1", 2) == second


def test_the_next_example_is_one_that_waits_for_this_reviewer(filled: DatasetStore) -> None:
    def next_of(reviewer: str, after: int = -1) -> int | None:
        found = filled.find_next("d1", reviewer, needed=2, after=after)
        return None if found is None else found.position

    assert next_of("li") == 0
    assert next_of("li", after=0) == 1
    say(filled, 0, annotation("li"))
    assert (next_of("li"), next_of("wang")) == (1, 0)
    say(filled, 0, annotation("wang"))
    assert next_of("zhao") == 1
    say(filled, 1, annotation("li"))
    assert next_of("li", after=2) == 2
    say(filled, 2, decision=annotation("admin"))
    assert (next_of("li"), next_of("wang"), next_of("wang", after=2)) == (None, 1, 1)
    assert filled.progress("d1", "li", needed=2) == Progress(total=3, mine=2, left=0, full=2)
    assert filled.progress("d1", "zhao", needed=2) == Progress(total=3, mine=0, left=1, full=2)


def test_a_change_that_fails_keeps_nothing(filled: DatasetStore) -> None:
    def fail(item: LabelledExample) -> LabelledExample:
        raise ValueError(item.position)

    with pytest.raises(ValueError, match="1"):
        filled.change_labelled("d1", 1, fail)
    assert filled.list_labelled("d1") == ()
    for unknown, position in (("d1", 3), ("nothing", 0), ("a\0", 0)):
        with pytest.raises(DatasetNotFoundError):
            filled.change_labelled(unknown, position, fail)


def test_labels_at_once_lose_nothing(filled: DatasetStore) -> None:
    def add(reviewer: str) -> None:
        filled.change_labelled(
            "d1", 0, lambda item: replace(item, annotations=(*item.annotations, annotation(reviewer)))
        )

    threads = [threading.Thread(target=add, args=(f"r{number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = filled.find_labelled("d1", 0)
    assert found is not None
    assert {a.reviewer for a in found.annotations} == {f"r{number}" for number in range(12)}


def test_an_acknowledged_label_survives_kill_9(filled: DatasetStore, database_url: str) -> None:
    del filled
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, database_url], stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert writer.stdout is not None
    acknowledged = 0
    for line in writer.stdout:
        acknowledged = int(line)
        if acknowledged == 20:
            writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    database = open_database(database_url)
    found = SqlDatasetStore(database).find_labelled("d1", 0)
    database.close()
    assert found is not None
    assert found.annotations[0].version >= acknowledged >= 20
