"""The port suite of `ConversationStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.language import Slot
from yuanli.operations import Conversation, ConversationConflictError, KeptTurn, Role, User
from yuanli.storage import Database, SqlAccountStore, SqlConversationStore

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
MOST = 5


def talk(user: str = "li", name: str = "1", version: int = 1, at: datetime = AT) -> Conversation:
    state = {"version": 1, "state": {"said": "您要去哪里？\ud800"}}
    return Conversation(
        user=user, id=name, campus_id=CampusId("house"), state=state, version=version, updated_at=at
    )


def turn(text: str = "A座301怎么走") -> KeptTurn:
    return KeptTurn(
        at=AT,
        text=text,
        language="zh",
        intent="guidance_route",
        confidence=0.85,
        slots=(Slot(type="destination", text="A座301", start=0, end=5, value="A座301"),),
        reply=Text("您从哪里出发？", "Where do you start?"),
        why=({"move": "ask", "rule": "new_request", "filled": [{"type": "destination", "source": "said"}]},),
    )


@pytest.fixture
def store(database: Database) -> SqlConversationStore:
    return SqlConversationStore(database)


def test_a_conversation_comes_back_as_it_was_kept(store: SqlConversationStore) -> None:
    store.save_conversation(talk(), (turn(),), most_turns=MOST)
    assert store.find_conversation("li", "1") == talk()
    assert store.list_turns("li", "1") == (turn(),)


@pytest.mark.parametrize(("user", "name"), [("li", "2"), ("wang", "1"), ("a\0", "1"), ("li", "\ud800")])
def test_what_is_not_kept_is_not_found(store: SqlConversationStore, user: str, name: str) -> None:
    store.save_conversation(talk(), (turn(),), most_turns=MOST)
    assert store.find_conversation(user, name) is None
    assert store.list_turns(user, name) == ()
    assert store.remove_conversation(user, name) is False


def test_the_same_id_of_two_users_is_two_conversations(store: SqlConversationStore) -> None:
    store.save_conversation(talk("li"), (turn("一"),), most_turns=MOST)
    store.save_conversation(talk("wang"), (turn("二"),), most_turns=MOST)
    assert [t.text for t in store.list_turns("wang", "1")] == ["二"]
    assert store.remove_conversation("li", "1") is True
    assert store.list_turns("li", "1") == ()
    assert len(store.list_turns("wang", "1")) == 1


def test_conversations_are_listed_newest_first(store: SqlConversationStore) -> None:
    for hours, name in enumerate("abc"):
        store.save_conversation(talk(name=name, at=AT + timedelta(hours=hours)), most_turns=MOST)
    assert [c.id for c in store.list_conversations("li")] == ["c", "b", "a"]
    assert store.list_conversations("wang") == ()


def test_only_the_newest_turns_are_kept_in_order(store: SqlConversationStore) -> None:
    store.save_conversation(talk(), (turn("0"),), most_turns=MOST)
    for number in range(1, 9):
        store.save_conversation(talk(version=number + 1), (turn(str(number)),), most_turns=MOST)
    store.add_turn("li", "1", turn("9"), most_turns=MOST)
    assert [t.text for t in store.list_turns("li", "1")] == list("56789")


@pytest.mark.parametrize("version", [1, 3, 9])
def test_a_version_out_of_turn_is_a_conflict_and_changes_nothing(
    store: SqlConversationStore, version: int
) -> None:
    store.save_conversation(talk(), (turn("first"),), most_turns=MOST)
    with pytest.raises(ConversationConflictError):
        store.save_conversation(talk(version=version), (turn("late"),), most_turns=MOST)
    assert store.find_conversation("li", "1") == talk()
    assert [t.text for t in store.list_turns("li", "1")] == ["first"]


def test_a_turn_of_a_conversation_that_is_gone_is_not_kept(store: SqlConversationStore) -> None:
    store.add_turn("li", "1", turn(), most_turns=MOST)
    assert store.list_turns("li", "1") == ()


def test_of_twenty_that_save_at_once_exactly_one_wins(store: SqlConversationStore) -> None:
    store.save_conversation(talk(), most_turns=MOST)
    barrier, won, lost = threading.Barrier(20), [], []

    def save(number: int) -> None:
        barrier.wait()
        try:
            store.save_conversation(talk(version=2), (turn(str(number)),), most_turns=MOST)
            won.append(str(number))
        except ConversationConflictError:
            lost.append(number)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 19)
    assert [t.text for t in store.list_turns("li", "1")] == won


def test_turns_added_at_once_all_get_a_number(store: SqlConversationStore) -> None:
    store.save_conversation(talk(), most_turns=50)
    threads = [
        threading.Thread(target=store.add_turn, args=("li", "1", turn(str(n))), kwargs={"most_turns": 50})
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {t.text for t in store.list_turns("li", "1")} == {str(n) for n in range(20)}


def test_what_is_too_old_is_removed_with_its_turns(store: SqlConversationStore) -> None:
    store.save_conversation(talk(name="old"), (turn(),), most_turns=MOST)
    store.save_conversation(talk(name="new", at=AT + timedelta(days=31)), (turn(),), most_turns=MOST)
    assert store.remove_conversations_before(AT + timedelta(days=1)) == 1
    assert [c.id for c in store.list_conversations("li")] == ["new"]
    assert store.list_turns("li", "old") == ()


def test_a_removed_user_takes_conversations_along(store: SqlConversationStore, database: Database) -> None:
    accounts = SqlAccountStore(database)
    accounts.add_user(User(username="li", role=Role.MEMBER, password_hash="x", created_at=AT))
    store.save_conversation(talk(), (turn(),), most_turns=MOST)
    accounts.remove_user("li")
    assert store.find_conversation("li", "1") is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_utterance_survives(store: SqlConversationStore, text: str) -> None:
    store.remove_conversation("li", "any")
    said = replace(turn(text), reply=Text(text, text))
    store.save_conversation(talk(name="any"), (said,), most_turns=MOST)
    (kept,) = store.list_turns("li", "any")
    assert kept.text == text.replace("\0", "")
    assert kept.reply == Text(text, text)
