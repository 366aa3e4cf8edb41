"""The port suite of `AccountStore`, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from yuanli.operations import AccessToken, LastAdminError, Role, Session, User, UserExistsError
from yuanli.storage import Database, SqlAccountStore

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def user(name: str, role: Role = Role.MEMBER) -> User:
    return User(username=name, role=role, password_hash="$argon2id$…", created_at=AT)


def session(name: str, secret: str, hours: float = 1) -> Session:
    return Session(secret_hash=secret, username=name, created_at=AT, expires_at=AT + timedelta(hours=hours))


@pytest.fixture
def store(database: Database) -> SqlAccountStore:
    return SqlAccountStore(database)


def test_users_come_back_by_name(store: SqlAccountStore) -> None:
    for name in ("王", "li", "admin"):
        store.add_user(user(name))
    assert {u.username for u in store.list_users()} == {"admin", "li", "王"}
    assert store.find_user("li") == user("li")
    assert store.find_user("nobody") is None
    assert store.find_user("a\0") is None


def test_a_taken_name_is_refused(store: SqlAccountStore) -> None:
    store.add_user(user("li"))
    with pytest.raises(UserExistsError):
        store.add_user(user("li", Role.ADMIN))
    assert store.find_user("li") == user("li")


def test_only_one_of_many_first_users_is_kept(store: SqlAccountStore) -> None:
    kept: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda i=i: kept.append(store.add_first_user(user(f"admin{i % 2}", Role.ADMIN)))
        )
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(kept) >= 1
    assert store.add_first_user(user("late", Role.ADMIN)) is False
    assert store.find_user("late") is None


def test_the_last_admin_can_neither_be_demoted_nor_disabled_nor_removed(store: SqlAccountStore) -> None:
    boss = user("boss", Role.ADMIN)
    store.add_user(boss)
    store.add_user(user("li"))
    for changed in (replace(boss, role=Role.OPERATOR), replace(boss, disabled=True)):
        with pytest.raises(LastAdminError):
            store.replace_user(changed)
    with pytest.raises(LastAdminError):
        store.remove_user("boss")
    store.replace_user(replace(boss, password_hash="new"))
    store.add_user(user("second", Role.ADMIN))
    store.remove_user("boss")
    assert store.find_user("boss") is None


def test_two_admins_who_demote_each_other_leave_one(store: SqlAccountStore) -> None:
    admins = [user("a", Role.ADMIN), user("b", Role.ADMIN)]
    for admin in admins:
        store.add_user(admin)
    barrier, refused = threading.Barrier(2), []

    def demote(admin: User) -> None:
        barrier.wait()
        try:
            store.replace_user(replace(admin, role=Role.MEMBER))
        except LastAdminError:
            refused.append(admin.username)

    threads = [threading.Thread(target=demote, args=(admin,)) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [u.username for u in store.list_users() if u.role is Role.ADMIN] == refused


def test_sessions_are_found_by_their_hash_and_end(store: SqlAccountStore) -> None:
    store.add_user(user("li"))
    for secret, hours in (("one", 1), ("two", 1), ("old", -1)):
        store.add_session(session("li", secret, hours))
    assert store.find_session("one") == (session("li", "one"), user("li"))
    store.remove_expired_sessions(AT)
    assert store.find_session("old") is None
    store.remove_sessions("li", but="two")
    assert store.find_session("one") is None
    assert store.find_session("two") is not None
    store.remove_session("two")
    assert store.find_session("two") is None


def test_tokens_belong_to_their_user(store: SqlAccountStore) -> None:
    for name in ("li", "wang"):
        store.add_user(user(name))
    token = AccessToken(id="t", username="li", label="电表", secret_hash="h", created_at=AT, expires_at=None)
    store.add_token(token)
    assert store.list_tokens("li") == (token,)
    assert store.list_tokens("wang") == ()
    assert store.find_token("h") == (token, user("li"))
    assert store.find_token("other") is None
    assert store.remove_token("wang", "t") is False
    assert store.remove_token("li", "t") is True
    assert store.find_token("h") is None


def test_a_removed_user_takes_sessions_and_tokens_along(store: SqlAccountStore) -> None:
    store.add_user(user("li"))
    store.add_session(session("li", "s"))
    store.add_token(AccessToken(id="t", username="li", label="", secret_hash="h", created_at=AT))
    store.remove_user("li")
    assert store.find_session("s") is None
    assert store.find_token("h") is None
