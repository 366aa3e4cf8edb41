"""The ports that `storage` fills: what the use cases need kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from yuanli.campus import Campus, CampusId, Finding, LanguageMap, Revision
from yuanli.errors import InfeasibleError, NotFoundError, UnavailableError
from yuanli.operations.rights import Role


class CampusNotFoundError(NotFoundError):
    """No campus of that id is kept."""


class StoreUnavailableError(UnavailableError):
    """The database can't be reached, is locked, or its disk is full."""


class RevisionConflictError(InfeasibleError):
    """Somebody else edited the campus since it was read: read it again."""


class CampusNameTakenError(InfeasibleError):
    """A campus of that id exists already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampusSummary:
    """A stored campus, without its features."""

    id: CampusId
    name: LanguageMap
    revision: int
    source: str
    attribution: str
    imported_at: datetime
    counts: Mapping[str, int]


class CampusStore(Protocol):
    """Campuses with all their revisions. Each call is one transaction, on disk when it returns."""

    def list_campuses(self) -> tuple[CampusSummary, ...]:
        """Return the stored campuses, oldest first."""

    def load_campus(self, campus_id: CampusId) -> Campus:
        """Return a campus at its latest revision; `CampusNotFoundError` where there is none."""

    def add_campus(
        self, campus: Campus, repairs: tuple[Finding, ...], *, at: datetime, who: str, why: str
    ) -> None:
        """Keep a new campus; `CampusNameTakenError` where its id is taken."""

    def replace_campus(
        self, campus: Campus, repairs: tuple[Finding, ...], *, at: datetime, who: str, why: str
    ) -> None:
        """Keep a campus in place of the stored one of the same id."""

    def remove_campus(self, campus_id: CampusId) -> None:
        """Forget a campus and its revisions."""

    def revision_of(self, campus_id: CampusId) -> int:
        """Return the latest revision's number, without loading the campus."""

    def add_revision(self, campus_id: CampusId, revision: Revision) -> None:
        """Apply a revision; `RevisionConflictError` unless its number is the latest plus one."""

    def list_revisions(self, campus_id: CampusId) -> tuple[Revision, ...]:
        """Return the revisions, newest first."""

    def list_repairs(self, campus_id: CampusId) -> tuple[Finding, ...]:
        """Return what the import repaired."""


class UserExistsError(InfeasibleError):
    """Somebody has that user name already."""


class LastAdminError(InfeasibleError):
    """The change would leave the installation without an administrator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who can sign in; `password_hash` is an argon2id string."""

    username: str
    role: Role
    password_hash: str
    created_at: datetime
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in to the console; only the hash of its secret is kept."""

    secret_hash: str
    username: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A key of a user's own for programs; only the hash of its secret is kept."""

    id: str
    username: str
    label: str
    secret_hash: str
    created_at: datetime
    expires_at: datetime | None = None


class AccountStore(Protocol):
    """Users, their sessions and tokens. Each call is one transaction, on disk when it returns."""

    def list_users(self) -> tuple[User, ...]:
        """Return the users by name."""

    def find_user(self, username: str) -> User | None:
        """Return a user, or None."""

    def add_user(self, user: User) -> None:
        """Keep a new user; `UserExistsError` where the name is taken."""

    def add_first_user(self, user: User) -> bool:
        """Keep a user if there is none at all yet; return whether it was kept."""

    def replace_user(self, user: User) -> None:
        """Keep a user's new state; `LastAdminError` if no enabled admin would be left."""

    def remove_user(self, username: str) -> None:
        """Forget a user with sessions and tokens; `LastAdminError` for the last enabled admin."""

    def add_session(self, session: Session) -> None:
        """Keep a sign-in."""

    def find_session(self, secret_hash: str) -> tuple[Session, User] | None:
        """Return a sign-in and its user, or None."""

    def remove_session(self, secret_hash: str) -> None:
        """Forget a sign-in."""

    def remove_sessions(self, username: str, *, but: str | None = None) -> None:
        """Forget the sign-ins of a user, all but the one with this hash."""

    def remove_expired_sessions(self, now: datetime) -> None:
        """Forget the sign-ins that have run out."""

    def list_tokens(self, username: str) -> tuple[AccessToken, ...]:
        """Return a user's tokens, oldest first."""

    def add_token(self, token: AccessToken) -> None:
        """Keep a token."""

    def find_token(self, secret_hash: str) -> tuple[AccessToken, User] | None:
        """Return a token and its user, or None."""

    def remove_token(self, username: str, token_id: str) -> bool:
        """Forget a user's token; return whether there was one."""
