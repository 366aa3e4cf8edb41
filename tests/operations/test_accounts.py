"""Who is it, and what may they do."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from yuanli.operations import (
    RIGHTS,
    VISITOR,
    AccountParams,
    AccountRefusedError,
    Accounts,
    NotAllowedError,
    NotSignedInError,
    PasswordParams,
    Right,
    Role,
    ThrottleParams,
    TooManyAttemptsError,
)
from yuanli.storage import Database, SqlAccountStore, open_database

PASSWORD = "correct horse"
CHEAP = AccountParams(passwords=PasswordParams(time_cost=1, memory_kib=8, parallelism=1))
HERE, THERE = "10.0.0.1", "10.0.0.2"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'yuanli.db'}")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    return Accounts(
        SqlAccountStore(database),
        clock=clock,
        secret=lambda: secrets.token_urlsafe(32),
        session_length_s=3600,
        params=CHEAP,
    )


@pytest.fixture
def li(accounts: Accounts) -> str:
    accounts.add_user("li", PASSWORD, Role.MEMBER)
    return "li"


def test_the_first_admin_is_made_once_with_a_password_that_works(accounts: Accounts) -> None:
    password = accounts.create_first_admin()
    assert password is not None
    assert len(password) >= 16
    assert accounts.create_first_admin() is None
    _, caller = accounts.sign_in("admin", password, address=HERE)
    assert (caller.username, caller.role) == ("admin", Role.ADMIN)


def test_only_hashes_are_kept(accounts: Accounts, database: Database, li: str) -> None:
    secret, caller = accounts.sign_in(li, PASSWORD, address=HERE)
    token, _ = accounts.add_token(caller, label="meter")
    database.close()
    files = [path for path in Path(str(database.engine.url.database)).parent.iterdir() if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)
    assert b"$argon2id$" in kept
    for hidden in (PASSWORD, secret, token):
        assert hidden.encode() not in kept


def test_a_session_says_who_it_is_until_it_ends(accounts: Accounts, clock: Clock, li: str) -> None:
    secret, _ = accounts.sign_in(li, PASSWORD, address=HERE)
    assert accounts.of_session(secret).username == li
    assert accounts.of_session(secret + "x") == VISITOR
    clock.forward(3601)
    assert accounts.of_session(secret) == VISITOR


def test_signing_out_ends_the_session(accounts: Accounts, li: str) -> None:
    secret, _ = accounts.sign_in(li, PASSWORD, address=HERE)
    accounts.sign_out(secret)
    assert accounts.of_session(secret) == VISITOR


@pytest.mark.parametrize(
    ("name", "password"),
    [("li", "wrong"), ("nobody", PASSWORD), ("", ""), ("li", "x" * 1000), ("li\0", PASSWORD)],
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    accounts: Accounts, li: str, name: str, password: str
) -> None:
    del li
    with pytest.raises(NotSignedInError) as refused:
        accounts.sign_in(name, password, address=HERE)
    assert refused.value.message.en == "The user name or the password is wrong."


def test_guessing_has_to_wait_longer_and_longer_but_others_need_not(
    accounts: Accounts, clock: Clock, li: str
) -> None:
    for _ in range(CHEAP.throttle.free_failures):
        with pytest.raises(NotSignedInError):
            accounts.sign_in(li, "wrong", address=HERE)
    with pytest.raises(TooManyAttemptsError) as first:
        accounts.sign_in(li, PASSWORD, address=HERE)
    accounts.sign_in(li, PASSWORD, address=THERE)
    clock.forward(first.value.wait_s)
    with pytest.raises(NotSignedInError):
        accounts.sign_in(li, "wrong", address=HERE)
    with pytest.raises(TooManyAttemptsError) as second:
        accounts.sign_in(li, PASSWORD, address=HERE)
    assert second.value.wait_s > first.value.wait_s
    clock.forward(second.value.wait_s)
    accounts.sign_in(li, PASSWORD, address=HERE)


def test_one_address_that_tries_many_names_has_to_wait_too(accounts: Accounts) -> None:
    for i in range(ThrottleParams().free_failures_address):
        with pytest.raises(NotSignedInError):
            accounts.sign_in(f"name{i}", "wrong", address=HERE)
    with pytest.raises(TooManyAttemptsError):
        accounts.sign_in("another", "wrong", address=HERE)


def test_a_disabled_user_is_out_at_once(accounts: Accounts, li: str) -> None:
    secret, caller = accounts.sign_in(li, PASSWORD, address=HERE)
    token, _ = accounts.add_token(caller, label="")
    accounts.change_user(li, disabled=True)
    assert accounts.of_session(secret) == VISITOR
    with pytest.raises(NotSignedInError):
        accounts.of_token(token)
    with pytest.raises(NotSignedInError):
        accounts.sign_in(li, PASSWORD, address=HERE)
    accounts.change_user(li, disabled=False)
    assert accounts.of_session(secret) == VISITOR


def test_a_new_password_ends_the_other_sign_ins(accounts: Accounts, li: str) -> None:
    other, _ = accounts.sign_in(li, PASSWORD, address=HERE)
    mine, caller = accounts.sign_in(li, PASSWORD, address=HERE)
    with pytest.raises(AccountRefusedError):
        accounts.change_password(caller, old="wrong", new="another one", address=HERE)
    accounts.change_password(caller, old=PASSWORD, new="another one", address=HERE)
    assert accounts.of_session(mine).username == li
    assert accounts.of_session(other) == VISITOR
    accounts.sign_in(li, "another one", address=HERE)


def test_a_token_works_until_it_runs_out_or_is_removed(accounts: Accounts, clock: Clock, li: str) -> None:
    _, caller = accounts.sign_in(li, PASSWORD, address=HERE)
    lasting, info = accounts.add_token(caller, label="meter")
    short, _ = accounts.add_token(caller, label="", expires_at=clock.now + timedelta(hours=1))
    assert accounts.of_token(short).username == li
    clock.forward(3600)
    with pytest.raises(NotSignedInError):
        accounts.of_token(short)
    assert accounts.of_token(lasting).role is Role.MEMBER
    accounts.remove_token(caller, info.id)
    with pytest.raises(NotSignedInError):
        accounts.of_token(lasting)


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [
        ("", PASSWORD, Role.MEMBER),
        ("a b", PASSWORD, Role.MEMBER),
        ("x" * 65, PASSWORD, Role.MEMBER),
        ("wang", "short", Role.MEMBER),
        ("wang", "x" * 257, Role.MEMBER),
        ("wang", PASSWORD, Role.VISITOR),
    ],
)
def test_bad_names_passwords_and_roles_are_refused(
    accounts: Accounts, name: str, password: str, role: Role
) -> None:
    with pytest.raises(AccountRefusedError):
        accounts.add_user(name, password, role)
    assert accounts.users() == ()


def test_each_role_has_the_rights_of_the_one_below_it() -> None:
    ladder = [RIGHTS[role] for role in (Role.VISITOR, Role.MEMBER, Role.OPERATOR, Role.ADMIN)]
    assert all(low < high for low, high in itertools.pairwise(ladder))
    assert ladder[-1] == frozenset(Right)


def test_who_lacks_a_right_is_told_to_sign_in_or_to_ask(accounts: Accounts, li: str) -> None:
    with pytest.raises(NotSignedInError):
        VISITOR.require(Right.MANAGE_USERS)
    _, caller = accounts.sign_in(li, PASSWORD, address=HERE)
    with pytest.raises(NotAllowedError):
        caller.require(Right.MANAGE_USERS)
    caller.require(Right.OWN_ACCOUNT)
