"""The port suite of `IntervalStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.errors import Text
from yuanli.operations import (
    IntervalAnnotation,
    IntervalKind,
    IntervalLabel,
    IntervalSet,
    IntervalSetExistsError,
    IntervalSetId,
    IntervalSetNotFoundError,
    IntervalStore,
    LabelledIntervals,
    MarkedInterval,
    ProposedInterval,
)
from yuanli.storage import Database, SqlIntervalStore

PARK = CampusId("park")
AT = datetime(2026, 3, 1, 8, 30, 0, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def made(number: int = 1) -> IntervalSet:
    return IntervalSet(
        id=IntervalSetId(f"s{number}"),
        campus_id=PARK,
        name=f"开关 {number}",
        kind=IntervalKind.DEVICE_STATES,
        labels=(IntervalLabel(name="on", title=Text("开", "On"), colour="#00aa00"),),
        points=(PointId(FeatureId("电表/1")), PointId(FeatureId("t"))),
        start=AT,
        end=AT + 10 * HOUR,
        task_s=3600,
        made_by="li",
        made_at=AT + number * HOUR,
    )


def said(reviewer: str = "li", version: int = 1) -> IntervalAnnotation:
    marked = MarkedInterval(start=AT, end=AT + HOUR, label="on")
    return IntervalAnnotation(reviewer=reviewer, intervals=(marked,), version=version, at=AT)


@pytest.fixture
def store(database: Database) -> IntervalStore:
    return SqlIntervalStore(database)


def test_a_set_is_kept_whole_and_found_in_its_campus_alone(store: IntervalStore) -> None:
    store.add_set(made(1))
    store.add_set(made(2))
    assert store.list_sets(PARK) == (made(2), made(1))
    assert store.find_set(PARK, "s1") == made(1)
    assert store.find_set(CampusId("other"), "s1") is store.find_set(PARK, "s\0") is None
    with pytest.raises(IntervalSetExistsError):
        store.add_set(replace(made(3), name=made(1).name))


def test_a_window_is_changed_and_read_again(store: IntervalStore) -> None:
    store.add_set(made())
    assert store.find_labelled("s1", 3) == LabelledIntervals(position=3)
    changed = store.change_labelled(
        "s1", 3, lambda item: replace(item, annotations=(said(),), decision=said("wang"))
    )
    assert store.find_labelled("s1", 3) == changed
    store.change_labelled("s1", 1, lambda item: replace(item, annotations=(said(),)))
    assert [item.position for item in store.list_labelled("s1")] == [1, 3]
    with pytest.raises(IntervalSetNotFoundError):
        store.change_labelled("s9", 0, lambda item: item)


def test_of_reviewers_who_save_at_once_none_is_lost(store: IntervalStore) -> None:
    store.add_set(made())

    def save(number: int) -> None:
        own = said(f"r{number}")
        store.change_labelled("s1", 0, lambda item: replace(item, annotations=(*item.annotations, own)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(16)))
    assert len(store.find_labelled("s1", 0).annotations) == 16


def test_proposals_take_the_place_of_the_same_source(store: IntervalStore) -> None:
    store.add_set(made())
    one = ProposedInterval(source="m1", start=AT, end=AT + HOUR, label="on", score=0.5)
    late = replace(one, start=AT + 5 * HOUR, end=AT + 6 * HOUR, score=None)
    other = replace(one, source="m2")
    store.propose("s1", "m1", [late])
    store.propose("s1", "m2", [other])
    store.propose("s1", "m1", [one, late])
    assert set(store.list_proposals("s1", AT, AT + 10 * HOUR)) == {one, late, other}
    assert store.list_proposals("s1", AT + HOUR, AT + 6 * HOUR) == (late,)
    store.propose("s1", "m1", [])
    assert store.list_proposals("s1", AT, AT + 10 * HOUR) == (other,)
    with pytest.raises(IntervalSetNotFoundError):
        store.propose("s9", "m1", [one])


def test_with_a_set_go_its_labels_and_proposals(store: IntervalStore) -> None:
    store.add_set(made())
    store.change_labelled("s1", 3, lambda item: replace(item, annotations=(said(),)))
    store.propose("s1", "m1", [ProposedInterval(source="m1", start=AT, end=AT + HOUR, label="on")])
    assert not store.remove_set(CampusId("other"), "s1")
    assert store.remove_set(PARK, "s1")
    assert not store.remove_set(PARK, "s1")
    assert store.list_labelled("s1") == ()
    assert store.list_proposals("s1", AT, AT + HOUR) == ()
