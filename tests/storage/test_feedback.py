"""The port suite of `FeedbackStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yuanli.learning import Span
from yuanli.operations import (
    Feedback,
    FeedbackId,
    FeedbackKind,
    FeedbackNotFoundError,
    FeedbackState,
    FeedbackStore,
    Meaning,
    Review,
    Verdict,
)
from yuanli.storage import Database, SqlFeedbackStore

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
MEANT = Meaning(intent="guidance_route", slots=(Span(0, 2, "origin"), Span(3, 5, "destination")))


def feedback(number: int, state: FeedbackState = FeedbackState.NEW, user: str = "li") -> Feedback:
    return Feedback(
        id=FeedbackId(f"f{number}"),
        at=AT + timedelta(minutes=number),
        user=user,
        conversation="c",
        text="北门到食堂",
        context="您从哪里出发？ / Where do you start?",
        language="zh",
        understood=Meaning(intent="guidance_locate"),
        model="understanding 1",
        kind=FeedbackKind.CORRECTION,
        corrected=MEANT,
        note="“不是找，是去”",
        state=state,
        reviews=(Review(reviewer="wang", at=AT, verdict=Verdict.ACCEPT, meaning=MEANT, note="好"),),
    )


@pytest.fixture
def store(database: Database) -> FeedbackStore:
    return SqlFeedbackStore(database)


def test_feedback_comes_back_as_it_was_given(store: FeedbackStore) -> None:
    bare = replace(
        feedback(2), conversation=None, context=None, corrected=None, reviews=(), kind=FeedbackKind.UP
    )
    for given in (feedback(1), bare):
        store.add_feedback(given)
        assert store.find_feedback(given.id) == given
    assert store.find_feedback("nothing") is None
    assert store.find_feedback("a\0") is None


def test_the_queue_is_by_age_and_in_pages(store: FeedbackStore) -> None:
    for number in (3, 1, 2):
        store.add_feedback(feedback(number))
    store.add_feedback(feedback(4, FeedbackState.REJECTED, user="wang"))
    assert [f.id for f in store.list_feedback(FeedbackState.NEW)] == ["f1", "f2", "f3"]
    assert [f.id for f in store.list_feedback(limit=2, offset=2)] == ["f3", "f4"]
    assert [f.id for f in store.list_feedback(FeedbackState.EXPORTED)] == []
    counts = (
        store.count_feedback(),
        store.count_feedback(FeedbackState.NEW),
        store.count_feedback(user="wang"),
    )
    assert counts == (4, 3, 1)


def test_a_change_is_kept_and_one_that_fails_is_not(store: FeedbackStore) -> None:
    store.add_feedback(feedback(1))
    changed = store.change_feedback("f1", lambda old: replace(old, state=FeedbackState.ACCEPTED, note="new"))
    assert store.find_feedback("f1") == changed

    def fail(old: Feedback) -> Feedback:
        raise ValueError(old.id)

    with pytest.raises(ValueError, match="f1"):
        store.change_feedback("f1", fail)
    assert store.find_feedback("f1") == changed
    for unknown in ("nothing", "a\0"):
        with pytest.raises(FeedbackNotFoundError):
            store.change_feedback(unknown, fail)


def test_changes_at_once_lose_nothing(store: FeedbackStore) -> None:
    store.add_feedback(replace(feedback(1), reviews=()))

    def add(number: int) -> None:
        review = Review(reviewer=str(number), at=AT, verdict=Verdict.REJECT)
        store.change_feedback("f1", lambda old: replace(old, reviews=(*old.reviews, review)))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.find_feedback("f1")
    assert found is not None
    assert {review.reviewer for review in found.reviews} == {str(number) for number in range(12)}


def test_what_is_accepted_is_exported_once(store: FeedbackStore) -> None:
    for number, state in enumerate((FeedbackState.ACCEPTED, FeedbackState.NEW, FeedbackState.ACCEPTED)):
        store.add_feedback(feedback(number, state))
    given: list[tuple[Feedback, ...]] = []
    assert store.export_feedback(given.append) == ("f0", "f2")
    assert [[f.id for f in part] for part in given] == [["f0", "f2"]]
    assert store.export_feedback(given.append) == ()
    assert [f.state for f in store.list_feedback()] == [
        FeedbackState.EXPORTED,
        FeedbackState.NEW,
        FeedbackState.EXPORTED,
    ]
    assert len(given) == 1


def test_an_export_that_fails_exports_nothing(store: FeedbackStore) -> None:
    store.add_feedback(feedback(1, FeedbackState.ACCEPTED))

    def fail(accepted: tuple[Feedback, ...]) -> None:
        raise OSError(len(accepted))

    with pytest.raises(OSError, match="1"):
        store.export_feedback(fail)
    assert store.count_feedback(FeedbackState.ACCEPTED) == 1
