"""Users, sign-ins and tokens in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from yuanli.errors import Text
from yuanli.operations import AccessToken, LastAdminError, Role, Session, User, UserExistsError
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable
from yuanli.storage.tables import ACCOUNT, CONVERSATION, SESSION, TOKEN


class SqlAccountStore:
    """Fills `AccountStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_users(self) -> tuple[User, ...]:
        """Return the users by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.username)).all()
        return tuple(_user(row) for row in rows)

    def find_user(self, username: str) -> User | None:
        """Return a user, or None."""
        key = find_storable(username)
        if key is None:
            return None
        with self._database.reading() as connection:
            row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.username == key)).first()
        return None if row is None else _user(row)

    def add_user(self, user: User) -> None:
        """Keep a new user."""
        try:
            with self._database.writing() as connection:
                connection.execute(insert(ACCOUNT).values(**_values(user)))
        except IntegrityError:
            raise UserExistsError(
                Text(f"用户名 {user.username} 已存在。", f"The user name {user.username} is taken."),
                field="username",
                hint=Text("换一个用户名。", "Choose another."),
            ) from None

    def add_first_user(self, user: User) -> bool:
        """Keep a user if there is none at all yet."""
        try:
            with self._database.writing() as connection:
                if connection.execute(select(func.count()).select_from(ACCOUNT)).scalar_one():
                    return False
                connection.execute(insert(ACCOUNT).values(**_values(user)))
        except IntegrityError:
            return False
        return True

    def replace_user(self, user: User) -> None:
        """Keep a user's new state."""
        with self._database.writing() as connection:
            admins = _lock_admins(connection)
            is_admin = user.role is Role.ADMIN and not user.disabled
            if admins == {user.username} and not is_admin:
                raise _last_admin(user.username)
            connection.execute(
                update(ACCOUNT).where(ACCOUNT.c.username == user.username).values(**_values(user))
            )

    def remove_user(self, username: str) -> None:
        """Forget a user with sessions, tokens and conversations."""
        with self._database.writing() as connection:
            if _lock_admins(connection) == {username}:
                raise _last_admin(username)
            connection.execute(delete(ACCOUNT).where(ACCOUNT.c.username == username))
            connection.execute(delete(CONVERSATION).where(CONVERSATION.c.username == username))

    def add_session(self, session: Session) -> None:
        """Keep a sign-in."""
        with self._database.writing() as connection:
            connection.execute(
                insert(SESSION).values(
                    secret_hash=session.secret_hash,
                    username=session.username,
                    created_at=session.created_at,
                    expires_at=session.expires_at,
                )
            )

    def find_session(self, secret_hash: str) -> tuple[Session, User] | None:
        """Return a sign-in and its user, or None."""
        query = (
            select(SESSION.c.secret_hash, SESSION.c.created_at.label("since"), SESSION.c.expires_at, ACCOUNT)
            .join(ACCOUNT)
            .where(SESSION.c.secret_hash == secret_hash)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        session = Session(
            secret_hash=row.secret_hash,
            username=row.username,
            created_at=row.since,
            expires_at=row.expires_at,
        )
        return session, _user(row)

    def remove_session(self, secret_hash: str) -> None:
        """Forget a sign-in."""
        with self._database.writing() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.secret_hash == secret_hash))

    def remove_sessions(self, username: str, *, but: str | None = None) -> None:
        """Forget the sign-ins of a user, all but one."""
        with self._database.writing() as connection:
            mine = delete(SESSION).where(SESSION.c.username == username)
            connection.execute(mine if but is None else mine.where(SESSION.c.secret_hash != but))

    def remove_expired_sessions(self, now: datetime) -> None:
        """Forget the sign-ins that have run out."""
        with self._database.writing() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.expires_at <= now))

    def list_tokens(self, username: str) -> tuple[AccessToken, ...]:
        """Return a user's tokens, oldest first."""
        query = select(TOKEN).where(TOKEN.c.username == username).order_by(TOKEN.c.created_at, TOKEN.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(_token(row) for row in rows)

    def add_token(self, token: AccessToken) -> None:
        """Keep a token."""
        with self._database.writing() as connection:
            connection.execute(
                insert(TOKEN).values(
                    id=token.id,
                    username=token.username,
                    label=token.label,
                    secret_hash=token.secret_hash,
                    created_at=token.created_at,
                    expires_at=token.expires_at,
                )
            )

    def find_token(self, secret_hash: str) -> tuple[AccessToken, User] | None:
        """Return a token and its user, or None."""
        with self._database.reading() as connection:
            row = connection.execute(select(TOKEN).where(TOKEN.c.secret_hash == secret_hash)).first()
            if row is None:
                return None
            user = connection.execute(select(ACCOUNT).where(ACCOUNT.c.username == row.username)).one()
        return _token(row), _user(user)

    def remove_token(self, username: str, token_id: str) -> bool:
        """Forget a user's token; return whether there was one."""
        key = find_storable(token_id)
        if key is None:
            return False
        with self._database.writing() as connection:
            mine = delete(TOKEN).where(TOKEN.c.username == username, TOKEN.c.id == key)
            return connection.execute(mine).rowcount > 0


def _lock_admins(connection: Connection) -> set[str]:
    """Return the enabled admins, held until the transaction ends: two can't demote each other."""
    enabled = (ACCOUNT.c.role == Role.ADMIN.value, ACCOUNT.c.disabled.is_(False))
    rows = connection.execute(
        select(ACCOUNT.c.username).where(*enabled).order_by(ACCOUNT.c.username).with_for_update()
    )
    return {username for (username,) in rows}


def _last_admin(username: str) -> LastAdminError:
    return LastAdminError(
        Text(f"{username} 是最后一个管理员。", f"{username} is the last administrator."),
        field="username",
        hint=Text("先指定另一位管理员。", "Make somebody else an administrator first."),
    )


def _values(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "role": user.role.value,
        "password_hash": user.password_hash,
        "created_at": user.created_at,
        "disabled": user.disabled,
    }


def _user(row: Row[Any]) -> User:
    return User(
        username=row.username,
        role=Role(row.role),
        password_hash=row.password_hash,
        created_at=row.created_at,
        disabled=row.disabled,
    )


def _token(row: Row[Any]) -> AccessToken:
    return AccessToken(
        id=row.id,
        username=row.username,
        label=row.label,
        secret_hash=row.secret_hash,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
