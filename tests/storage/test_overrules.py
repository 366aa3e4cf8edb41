"""The port suite of `OverruleStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yuanli.campus import CampusId, FeatureId, PointId
from yuanli.operations import KeptOverrule, OverruleNotFoundError, OverruleStore, ReadingVerdict, RuleFlags
from yuanli.storage import Database, SqlOverruleStore

PARK = CampusId("park")
METER, ROOM = PointId(FeatureId("meter")), PointId(FeatureId("房间/温度"))
AT = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=UTC)
FLAGS = RuleFlags(version=1, readings=3, qualities={"bad": 2, "good": 1}, reasons={"spike": 2})


def said(point: PointId = METER, **over: object) -> KeptOverrule:
    plain = KeptOverrule(
        number=0,
        campus_id=PARK,
        point=point,
        start=AT,
        end=AT + timedelta(hours=1, microseconds=1),
        verdict=ReadingVerdict.ESTIMATED,
        value=21.5,
        note="读表：21.5 🙂",
        who="li",
        at=AT,
    )
    return replace(plain, **over)  # type: ignore[arg-type]


@pytest.fixture
def store(database: Database) -> OverruleStore:
    return SqlOverruleStore(database)


def test_a_word_is_kept_whole_and_numbers_ascend(store: OverruleStore) -> None:
    first, second = store.add_overrule(said()), store.add_overrule(said(ROOM, flags=FLAGS))
    assert 0 < first.number < second.number
    assert store.list_overrules(PARK) == (first, second)
    assert first == said(number=first.number)


def test_words_are_listed_by_point_and_campus(store: OverruleStore) -> None:
    one = store.add_overrule(said())
    other = store.add_overrule(said(ROOM))
    store.add_overrule(said(campus_id=CampusId("elsewhere")))
    assert store.list_overrules(PARK, (METER,)) == (one,)
    assert store.list_overrules(PARK, (ROOM, METER)) == (one, other)
    assert store.list_overrules(PARK, (PointId(FeatureId("nobody")),)) == ()
    assert store.list_overrules(PARK, (PointId(FeatureId("a\0b")),)) == ()


def test_what_a_second_person_says_is_kept_with_who_and_when(store: OverruleStore) -> None:
    kept = store.add_overrule(said())
    told = store.review_overrule(PARK, METER, kept.number, who="wang", agreed=False, at=AT)
    assert told == replace(kept, reviewed_by="wang", reviewed_at=AT, agreed=False)
    assert store.list_overrules(PARK) == (told,)
    assert told.disputed
    with pytest.raises(OverruleNotFoundError):
        store.review_overrule(PARK, ROOM, kept.number, who="wang", agreed=True, at=AT)


def test_what_is_taken_back_stays_kept_with_who_and_when(store: OverruleStore) -> None:
    kept = store.add_overrule(said())
    later = AT + timedelta(days=1)
    undone = store.undo_overrule(PARK, METER, kept.number, who="wang", at=later)
    assert (undone.undone_by, undone.undone_at, undone.holds) == ("wang", later, False)
    assert store.list_overrules(PARK) == ()
    assert store.list_overrules(PARK, undone=True) == (undone,)
    assert store.undo_overrule(PARK, METER, kept.number, who="zhao", at=later) == undone


def test_a_word_of_another_point_or_campus_is_not_found(store: OverruleStore) -> None:
    kept = store.add_overrule(said())
    for campus, point, number in (
        (PARK, ROOM, kept.number),
        (CampusId("elsewhere"), METER, kept.number),
        (PARK, METER, kept.number + 1),
        (PARK, PointId(FeatureId("a\0b")), kept.number),
    ):
        with pytest.raises(OverruleNotFoundError):
            store.undo_overrule(campus, point, number, who="li", at=AT)
    assert store.list_overrules(PARK) == (kept,)


def test_what_the_rules_found_is_kept_beside_it(store: OverruleStore) -> None:
    kept = store.add_overrule(said())
    store.note_flags(kept.number, FLAGS)
    assert store.list_overrules(PARK) == (replace(kept, flags=FLAGS),)


def test_many_writers_get_numbers_of_their_own(store: OverruleStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: store.add_overrule(said()), range(24)))
    assert len({one.number for one in kept}) == len(store.list_overrules(PARK)) == 24
