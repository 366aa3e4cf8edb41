"""What a conversation holds between turns: the open request, those put aside, what was said lately."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from yuanli.errors import InvalidInputError, Text
from yuanli.language import Alternative, Slot, Understanding
from yuanli.operations.dialogue.frames import Frame, load_frames


class Source(StrEnum):
    """Where a value of a request comes from."""

    SAID = "said"
    CARRIED = "carried"
    CORRECTED = "corrected"
    CHOSEN = "chosen"
    HERE = "here"


class Asks(StrEnum):
    """What a question asks for."""

    SLOT = "slot"
    CHOICE = "choice"
    CONFIRM = "confirm"
    CHANGE = "change"
    INTENT = "intent"


class Kind(StrEnum):
    """What the assistant does with a turn."""

    ASK = "ask"
    CHOOSE = "choose"
    CONFIRM = "confirm"
    CHANGE = "change"
    CLARIFY = "clarify"
    ANSWER = "answer"
    ACT = "act"
    UNCONNECTED = "unconnected"
    CANCELLED = "cancelled"
    NOTHING_OPEN = "nothing_open"
    ALREADY_DONE = "already_done"
    NOT_UNDERSTOOD = "not_understood"
    HAND_OVER = "hand_over"


class DialogueParamsError(InvalidInputError):
    """The parameters contradict each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueParams:
    """Limits of a conversation.

    Parameters
    ----------
    sure
        Confidence from which an intent is taken without asking, 0–1.
    maybe
        Confidence from which an intent is offered as "did you mean".
    split
        Confidence that each half of a sentence needs to be a request by itself.
    sure_alone
        Confidence from which a turn that gives nothing that was asked for is another request.
    carry_s
        How long what was said fills "there" and the like.
    patience_s
        How long a question stays open; after that its request is put aside.
    aside_s
        How long a request that was put aside can be resumed.
    """

    sure: float = 0.5
    maybe: float = 0.15
    split: float = 0.7
    sure_alone: float = 0.97
    carry_s: float = 600.0
    patience_s: float = 1800.0
    aside_s: float = 86_400.0
    most_aside: int = 5
    most_options: int = 5
    most_requests: int = 3
    most_misses: int = 2
    most_turns: int = 200
    retention_days: float = 30.0

    def __post_init__(self) -> None:
        """Refuse thresholds out of order."""
        if not 0 <= self.maybe <= self.sure <= 1:
            raise DialogueParamsError(
                Text("应有 0 ≤ maybe ≤ sure ≤ 1。", "It needs 0 ≤ maybe ≤ sure ≤ 1."), field="sure"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the answers that a question offers: a place, a type of slot or an intent."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A value of a request and where it comes from.

    `found` says that it was looked up, and `label` is the name it was found by; `options` are what
    it may be, where that is not clear yet; `problem` and `error` say why it can't be used.
    """

    slot: Slot
    source: Source = Source.SAID
    label: Text | None = None
    options: tuple[Option, ...] = ()
    problem: Text | None = None
    error: str | None = None
    found: bool = False

    @property
    def usable(self) -> bool:
        """Whether it is clear what is meant, and that it can be used."""
        return self.problem is None and not self.options


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request on its way from what was said to an answer or an act.

    `version` counts what was filled in or changed, so that `key` names one content of one request.
    `asked` is the type of the last question. `done` says that it was answered or acted on.
    """

    id: int
    intent: str
    text: str
    language: str
    confidence: float
    model: str
    at: datetime
    filled: tuple[Filled, ...] = ()
    asked: str | None = None
    version: int = 1
    done: bool = False

    @property
    def frame(self) -> Frame:
        """The frame of its intent."""
        return load_frames().of(self.intent)

    @property
    def key(self) -> str:
        """Names this request with this content: an act does at most once what a key names."""
        return f"{self.id}.{self.version}"

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The values."""
        return tuple(filled.slot for filled in self.filled)

    def of(self, types: Iterable[str]) -> tuple[Filled, ...]:
        """Return the values of any of these types."""
        wanted = frozenset(types)
        return tuple(filled for filled in self.filled if filled.slot.type in wanted)

    def with_filled(self, filled: tuple[Filled, ...]) -> Request:
        """Return it with other values, as another version."""
        return replace(self, filled=filled, version=self.version + 1)

    def understanding(self) -> Understanding:
        """Return it as handlers take it."""
        return Understanding(
            text=self.text, language=self.language, intent=self.intent, confidence=self.confidence,
            slots=self.slots, model=self.model,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the assistant asked last. `heard` waits for the choice of an intent."""

    asks: Asks
    text: Text
    slot: str | None = None
    options: tuple[Option, ...] = ()
    heard: Understanding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A value that was said lately."""

    slot: Slot
    at: datetime
    label: Text | None = None
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A conversation between two turns.

    `active` is the open request, `aside` those that another one interrupted, newest last; `last` is
    the one that ended last; `queue` waits for the active one to end.
    """

    active: Request | None = None
    question: Question | None = None
    aside: tuple[Request, ...] = ()
    last: Request | None = None
    queue: tuple[Understanding, ...] = ()
    memory: tuple[Remembered, ...] = ()
    misses: int = 0
    requests: int = 0
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Fill:
    """One value that a turn filled, and what from."""

    type: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a turn went as it did: what was understood, what it filled, and the rule that chose the move."""

    intent: str
    confidence: float
    rule: str
    alternatives: tuple[Alternative, ...] = ()
    filled: tuple[Fill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What the assistant does next. `text` is what it says, where no handler finds the words.

    `error` is the code of what went wrong with a value.
    """

    kind: Kind
    why: Why
    request: Request | None = None
    text: Text | None = None
    options: tuple[Option, ...] = ()
    error: str | None = None
