"""The ports that `storage` fills: what the use cases need kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from yuanli.campus import Campus, CampusId, Finding, LanguageMap, Revision
from yuanli.errors import InfeasibleError, NotFoundError, Text, UnavailableError
from yuanli.language import Slot
from yuanli.learning import Example
from yuanli.operations.corrections import Feedback, FeedbackId, FeedbackState
from yuanli.operations.kept_forecasts import KeptForecast, Night
from yuanli.operations.labels import KeptDataset, LabelledExample
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
        """Forget a user with sessions, tokens and conversations; `LastAdminError` for the last enabled admin."""

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


class FeedbackNotFoundError(NotFoundError):
    """No feedback of that id is kept."""


class FeedbackStore(Protocol):
    """What people said of understandings. Each call is one transaction, on disk when it returns."""

    def add_feedback(self, feedback: Feedback) -> None:
        """Keep a new feedback."""

    def find_feedback(self, feedback_id: str) -> Feedback | None:
        """Return a feedback, or None."""

    def list_feedback(
        self, state: FeedbackState | None = None, *, limit: int | None = None, offset: int = 0
    ) -> tuple[Feedback, ...]:
        """Return the feedback in a state, or all, oldest first."""

    def count_feedback(self, state: FeedbackState | None = None, *, user: str | None = None) -> int:
        """Return how many there are in a state, of a user, or at all."""

    def change_feedback(self, feedback_id: str, change: Callable[[Feedback], Feedback]) -> Feedback:
        """Change a feedback that nobody else changes meanwhile; `FeedbackNotFoundError` where there is none."""

    def export_feedback(self, write: Callable[[tuple[Feedback, ...]], None]) -> tuple[FeedbackId, ...]:
        """Give what is accepted to `write`, oldest first, and mark it as exported; all of it or, on an error, none."""


class ConversationConflictError(InfeasibleError):
    """Another turn of the conversation was kept since it was read: read it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as it is kept: `state` is a JSON value, `version` counts the times it was saved.

    `user` is a user name, or `visitor`; an `id` is unique for one user.
    """

    user: str
    id: str
    campus_id: CampusId
    state: Any
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTurn:
    """One turn: what was said and how it was understood, the reply, and why, a JSON object a move."""

    at: datetime
    text: str
    language: str
    intent: str
    confidence: float
    slots: tuple[Slot, ...]
    reply: Text
    why: tuple[Mapping[str, Any], ...]


class ConversationStore(Protocol):
    """Conversations and their turns. Each call is one transaction, on disk when it returns."""

    def find_conversation(self, user: str, conversation_id: str) -> Conversation | None:
        """Return a conversation, or None."""

    def list_conversations(self, user: str) -> tuple[Conversation, ...]:
        """Return a user's conversations, newest first."""

    def list_turns(self, user: str, conversation_id: str) -> tuple[KeptTurn, ...]:
        """Return the turns that are kept, oldest first."""

    def save_conversation(
        self, conversation: Conversation, turns: tuple[KeptTurn, ...] = (), *, most_turns: int
    ) -> None:
        """Keep a conversation's new state with new turns, and of its turns the newest `most_turns`.

        `ConversationConflictError` unless its version is the kept one plus one: 1 is a new one.
        """

    def add_turn(self, user: str, conversation_id: str, turn: KeptTurn, *, most_turns: int) -> None:
        """Keep a turn whatever the state is; of a conversation that is gone, none."""

    def remove_conversation(self, user: str, conversation_id: str) -> bool:
        """Forget a conversation and its turns; return whether there was one."""

    def remove_conversations_before(self, at: datetime) -> int:
        """Forget the conversations whose last turn is older; return how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was spent on an outside service on one day."""

    calls: int = 0
    tokens: int = 0


class UsageStore(Protocol):
    """What was spent on outside services, by day. Each call is one transaction, on disk when it returns."""

    def find_usage(self, service: str, day: date) -> Usage:
        """Return what was counted on a day; nothing on a day without calls."""

    def take_call(self, service: str, day: date, *, most_calls: int, most_tokens: int) -> bool:
        """Count a call unless the day's calls or tokens are used up; return whether it was counted."""

    def add_tokens(self, service: str, day: date, tokens: int) -> None:
        """Count tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """A note that readings of a span of time came in, and may not be judged yet.

    Parameters
    ----------
    writer
        The process that took them.
    block
        The number of the four weeks since 1970 (`telemetry.BLOCK`).
    beat
        Raised by a writer that lives; one that stands still is of a writer that was killed.
    """

    writer: str
    block: int
    beat: int = 0


class UnjudgedStore(Protocol):
    """Notes of what may not be judged yet. Each call is one transaction, on disk when it returns."""

    def put_unjudged(self, notes: Sequence[Unjudged]) -> None:
        """Keep notes, each in the place of the one of its writer and block."""

    def list_unjudged(self) -> tuple[Unjudged, ...]:
        """Return all notes, by writer and block."""

    def remove_unjudged(self, notes: Sequence[Unjudged]) -> None:
        """Forget notes, unless their writer has raised their beat since."""


class DatasetNotFoundError(NotFoundError):
    """No data set, or no example of it, has that id."""


class DatasetExistsError(InfeasibleError):
    """A data set of that name and version is kept already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the labelling of a data set is.

    Parameters
    ----------
    mine
        How many examples this reviewer has labelled.
    left
        How many still wait for this reviewer.
    full
        How many have the labels of enough reviewers, or were adjudicated.
    """

    total: int
    mine: int
    left: int
    full: int


class DatasetStore(Protocol):
    """Data sets and the labels of their examples. Each call is one transaction, on disk when it returns.

    Positions of examples count from 0.
    """

    def add_dataset(self, dataset: KeptDataset, examples: Sequence[Example]) -> None:
        """Keep a new data set; `DatasetExistsError` where its name and version are kept already."""

    def list_datasets(self) -> tuple[KeptDataset, ...]:
        """Return the data sets, newest first."""

    def find_dataset(self, dataset_id: str) -> KeptDataset | None:
        """Return a data set, or None."""

    def remove_dataset(self, dataset_id: str) -> bool:
        """Forget a data set and its labels; return whether there was one."""

    def list_examples(self, dataset_id: str) -> tuple[Example, ...]:
        """Return the examples as they were uploaded, in order."""

    def list_labelled(self, dataset_id: str) -> tuple[LabelledExample, ...]:
        """Return the examples that somebody has labelled, in order."""

    def find_labelled(self, dataset_id: str, position: int) -> LabelledExample | None:
        """Return one example with its labels, or None."""

    def find_next(
        self, dataset_id: str, reviewer: str, *, needed: int, after: int = -1
    ) -> LabelledExample | None:
        """Return the next example behind `after`, then from the start, that waits for a reviewer; else None.

        One waits that they have not labelled, that fewer than `needed` have, and that is not adjudicated.
        """

    def progress(self, dataset_id: str, reviewer: str, *, needed: int) -> Progress:
        """Return how far the labelling is."""

    def change_labelled(
        self, dataset_id: str, position: int, change: Callable[[LabelledExample], LabelledExample]
    ) -> LabelledExample:
        """Change labels that nobody else changes meanwhile; `DatasetNotFoundError` where there is no example."""


class ForecastStore(Protocol):
    """What was forecast in the nights. Each call is one transaction, on disk when it returns."""

    def put_night(self, night: Night, made: Sequence[KeptForecast] = ()) -> None:
        """Keep how far a night is, and what it has made; both take the place of what was there."""

    def list_nights(self, campus_id: CampusId, *, limit: int) -> tuple[Night, ...]:
        """Return the nights of a campus, newest first."""

    def list_made(self, campus_id: CampusId, night: date) -> frozenset[tuple[str, str]]:
        """Return the subjects and quantities that a night has made already."""

    def list_forecasts(
        self, campus_id: CampusId, quantity: str, *, since: date, subjects: Sequence[str] | None = None
    ) -> tuple[KeptForecast, ...]:
        """Return the forecasts of subjects, or of all, that nights since one have made; newest first."""

    def forget_nights(self, before: date) -> None:
        """Forget the nights of all campuses before one."""
