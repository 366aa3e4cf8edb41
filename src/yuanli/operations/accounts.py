"""Accounts: who is it, and what may they do."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from yuanli.errors import InvalidInputError, NotFoundError, Text, UnavailableError
from yuanli.operations.callers import VISITOR, Caller, NotSignedInError
from yuanli.operations.passwords import PasswordParams, Passwords
from yuanli.operations.ports import AccessToken, AccountStore, Session, User, UserExistsError
from yuanli.operations.rights import Role
from yuanli.operations.throttle import Throttle, ThrottleParams

FIRST_ADMIN = "admin"
USERNAME = re.compile(r"[\w][\w.@-]{0,63}")


class WrongPasswordError(NotSignedInError):
    """The user name or the password is wrong; it is not told which."""


class TooManyAttemptsError(UnavailableError):
    """Too many failed sign-ins: wait."""

    status = 429

    def __init__(self, wait_s: float) -> None:
        self.wait_s = max(1, math.ceil(wait_s))
        super().__init__(
            Text(
                f"登录失败次数过多，请 {self.wait_s} 秒后再试。",
                f"Too many failed sign-ins; try again in {self.wait_s} s.",
            ),
            hint=Text(
                "忘记密码请联系管理员重置。", "If you forgot the password, ask an administrator to reset it."
            ),
        )


class UserNotFoundError(NotFoundError):
    """Nobody has that user name."""


class UserDisabledError(InvalidInputError):
    """The user may do nothing until somebody lets them again."""

    status = 403


class TokenNotFoundError(NotFoundError):
    """The caller has no such token."""


class AccountRefusedError(InvalidInputError):
    """A user name or a password breaks a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountParams:
    """How passwords are kept, and how guessing them is slowed down."""

    passwords: PasswordParams = PasswordParams()
    throttle: ThrottleParams = ThrottleParams()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user as others may see them."""

    username: str
    role: Role
    disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInfo:
    """A token without its secret."""

    id: str
    label: str
    created_at: datetime
    expires_at: datetime | None


class Accounts:
    """Users, sign-ins and tokens, over the store that keeps them.

    Parameters
    ----------
    secret
        Returns a fresh secret of at least 256 random bits, as text for a URL.
    """

    def __init__(
        self,
        store: AccountStore,
        *,
        clock: Callable[[], datetime],
        secret: Callable[[], str],
        session_length_s: float,
        params: AccountParams = AccountParams(),
    ) -> None:
        self._store = store
        self._clock = clock
        self._secret = secret
        self._session_length = timedelta(seconds=session_length_s)
        self._params = params
        self._throttle = Throttle(params.throttle)
        self._passwords = Passwords(params.passwords)
        self._nobody = self._passwords.hash(secret())

    def create_first_admin(self) -> str | None:
        """Make the user `admin` where there is no user yet; return its password, which nobody else knows."""
        if self._store.list_users():
            return None
        password = self._secret()[:20]
        return password if self._store.add_first_user(self._new(FIRST_ADMIN, password, Role.ADMIN)) else None

    def sign_in(self, username: str, password: str, *, address: str) -> tuple[str, Caller]:
        """Return the secret of a new session, and who that is.

        Raises
        ------
        WrongPasswordError
            The name or the password is wrong, or the user is disabled.
        TooManyAttemptsError
            This address failed too often.
        """
        now = self._clock()
        wait_s = self._throttle.wait_s(username, address, now)
        if wait_s > 0:
            raise TooManyAttemptsError(wait_s)
        user = self._store.find_user(username)
        right = self._passwords.verify(user.password_hash if user else self._nobody, password)
        if user is None or not right or user.disabled:
            self._throttle.failed(username, address, now)
            raise WrongPasswordError(
                Text("用户名或密码不正确。", "The user name or the password is wrong."),
                field="password",
                hint=Text(
                    "检查大小写；忘记密码请联系管理员重置。",
                    "Check upper and lower case, or ask an administrator.",
                ),
            )
        self._throttle.succeeded(username, address)
        self._rehash(user, password)
        self._store.remove_expired_sessions(now)
        secret = self._secret()
        session = Session(
            secret_hash=hash_of(secret),
            username=user.username,
            created_at=now,
            expires_at=now + self._session_length,
        )
        self._store.add_session(session)
        return secret, _caller(user, session.secret_hash)

    def sign_out(self, secret: str) -> None:
        """End a session."""
        self._store.remove_session(hash_of(secret))

    def of_session(self, secret: str) -> Caller:
        """Return who has a session; a visitor where it has ended."""
        found = self._store.find_session(hash_of(secret))
        if found is None or found[1].disabled or found[0].expires_at <= self._clock():
            return VISITOR
        return _caller(found[1], found[0].secret_hash)

    def of_token(self, secret: str) -> Caller:
        """Return who has a bearer token.

        Raises
        ------
        NotSignedInError
            There is no such token, it has run out, or its user is disabled.
        """
        found = self._store.find_token(hash_of(secret))
        ended = found is not None and found[0].expires_at is not None and found[0].expires_at <= self._clock()
        if found is None or ended or found[1].disabled:
            raise NotSignedInError(
                Text("访问令牌无效或已过期。", "The access token is not valid, or has run out."),
                field="Authorization",
                hint=Text("在“用户”页重新生成令牌。", "Make a new one on the users page."),
            )
        return _caller(found[1], None)

    def caller(self, username: str) -> Caller:
        """Return what a user may do now: for what is done later in their name.

        Raises
        ------
        UserNotFoundError, UserDisabledError
            There is no such user any more, or they may do nothing.
        """
        user = self._user(username)
        if user.disabled:
            raise UserDisabledError(
                Text(f"用户 {username} 已停用。", f"The user {username} is disabled."), field="username",
                hint=Text("请联系管理员。", "Ask an administrator."),
            )  # fmt: skip
        return _caller(user, None)

    def users(self) -> tuple[Account, ...]:
        """Return the users by name."""
        return tuple(_account(user) for user in self._store.list_users())

    def add_user(self, username: str, password: str, role: Role) -> Account:
        """Make a user.

        Raises
        ------
        AccountRefusedError
            The name, the password or the role breaks a rule.
        UserExistsError
            The name is taken.
        """
        if not USERNAME.fullmatch(username):
            raise AccountRefusedError(
                Text(f"用户名 {username!r} 不可用。", f"The user name {username!r} can't be used."),
                field="username",
                hint=Text(
                    "用 1–64 个字母、数字、汉字或 . _ @ -。", "Use 1 to 64 letters, digits or . _ @ -."
                ),
            )
        self._check_role(role)
        if self._store.find_user(username) is not None:
            raise UserExistsError(
                Text(f"用户名 {username} 已存在。", f"The user name {username} is taken."),
                field="username",
                hint=Text("换一个用户名。", "Choose another."),
            )
        user = self._new(username, self._checked(password), role)
        self._store.add_user(user)
        return _account(user)

    def change_user(
        self,
        username: str,
        *,
        role: Role | None = None,
        password: str | None = None,
        disabled: bool | None = None,
    ) -> Account:
        """Change what is given of a user; a new password or a disabled user ends the sign-ins.

        Raises
        ------
        LastAdminError
            No enabled admin would be left.
        """
        user = self._user(username)
        if role is not None:
            self._check_role(role)
            user = replace(user, role=role)
        if disabled is not None:
            user = replace(user, disabled=disabled)
        if password is not None:
            user = replace(user, password_hash=self._passwords.hash(self._checked(password)))
        self._store.replace_user(user)
        if password is not None or user.disabled:
            self._store.remove_sessions(username)
        return _account(user)

    def remove_user(self, username: str) -> None:
        """Forget a user; `LastAdminError` for the last admin."""
        self._user(username)
        self._store.remove_user(username)

    def change_password(self, caller: Caller, *, old: str, new: str, address: str) -> None:
        """Change one's own password; the caller's other sign-ins end."""
        user, now = self._own(caller), self._clock()
        wait_s = self._throttle.wait_s(user.username, address, now)
        if wait_s > 0:
            raise TooManyAttemptsError(wait_s)
        if not self._passwords.verify(user.password_hash, old):
            self._throttle.failed(user.username, address, now)
            raise AccountRefusedError(
                Text("原密码不正确。", "The old password is wrong."),
                field="old",
                hint=Text("检查大小写。", "Check upper and lower case."),
            )
        self._store.replace_user(
            replace(user, password_hash=self._passwords.hash(self._checked(new, field="new")))
        )
        self._store.remove_sessions(user.username, but=caller.secret_hash)

    def tokens(self, caller: Caller) -> tuple[TokenInfo, ...]:
        """Return the caller's tokens, oldest first."""
        return tuple(_info(token) for token in self._store.list_tokens(self._own(caller).username))

    def add_token(
        self, caller: Caller, *, label: str, expires_at: datetime | None = None
    ) -> tuple[str, TokenInfo]:
        """Return the secret of a new token, shown this once, and what is kept of it."""
        secret, now = self._secret(), self._clock()
        if expires_at is not None and expires_at <= now:
            raise AccountRefusedError(
                Text(f"到期时间 {expires_at} 已过。", f"The expiry {expires_at} is past."),
                field="expires_at",
                hint=Text("选择以后的时间。", "Choose a later time."),
            )
        token = AccessToken(
            id=self._secret()[:12],
            username=self._own(caller).username,
            label=label,
            secret_hash=hash_of(secret),
            created_at=now,
            expires_at=expires_at,
        )
        self._store.add_token(token)
        return secret, _info(token)

    def remove_token(self, caller: Caller, token_id: str) -> None:
        """Forget one of the caller's tokens."""
        if not self._store.remove_token(self._own(caller).username, token_id):
            raise TokenNotFoundError(
                Text(f"没有令牌 {token_id!r}。", f"There is no token {token_id!r}."), field="token_id"
            )

    def _own(self, caller: Caller) -> User:
        user = self._store.find_user(caller.username) if caller.username else None
        if user is None:
            raise NotSignedInError(Text("请先登录。", "Sign in first."))
        return user

    def _user(self, username: str) -> User:
        user = self._store.find_user(username)
        if user is None:
            raise UserNotFoundError(
                Text(f"没有用户 {username!r}。", f"There is no user {username!r}."), field="username"
            )
        return user

    def _new(self, username: str, password: str, role: Role) -> User:
        return User(
            username=username,
            role=role,
            password_hash=self._passwords.hash(password),
            created_at=self._clock(),
        )

    def _check_role(self, role: Role) -> None:
        if role is Role.VISITOR:
            raise AccountRefusedError(
                Text("用户不能是访客：访客不登录。", "A user can't be a visitor: visitors don't sign in."),
                field="role",
                hint=Text("用 member、operator 或 admin。", "Use member, operator or admin."),
            )

    def _checked(self, password: str, *, field: str = "password") -> str:
        shortest, longest = self._params.passwords.shortest, self._params.passwords.longest
        if not shortest <= len(password) <= longest:
            raise AccountRefusedError(
                Text(
                    f"密码应有 {shortest}–{longest} 个字符。",
                    f"The password needs {shortest} to {longest} characters.",
                ),
                field=field,
                hint=Text("几个不相关的词连在一起最好记。", "A few unrelated words are easy to remember."),
            )
        return password

    def _rehash(self, user: User, password: str) -> None:
        if self._passwords.needs_rehash(user.password_hash):
            self._store.replace_user(replace(user, password_hash=self._passwords.hash(password)))


def hash_of(secret: str) -> str:
    """Return what is kept of a random 256-bit secret; such secrets need no slow hash."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _caller(user: User, secret_hash: str | None) -> Caller:
    return Caller(username=user.username, role=user.role, secret_hash=secret_hash)


def _account(user: User) -> Account:
    return Account(username=user.username, role=user.role, disabled=user.disabled, created_at=user.created_at)


def _info(token: AccessToken) -> TokenInfo:
    return TokenInfo(id=token.id, label=token.label, created_at=token.created_at, expires_at=token.expires_at)
