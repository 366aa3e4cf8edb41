"""What a person wants: one intent with its slots, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from yuanli.learning import Contribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A value in a request: `text[start:end]` as it stands, and `value` as it is meant."""

    type: str
    text: str
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another intent that the request may have."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """A request as it was understood. `confidence` runs 0–1; `language` is `zh` or `en`."""

    text: str
    language: str
    intent: str
    confidence: float
    alternatives: tuple[Alternative, ...] = ()
    slots: tuple[Slot, ...] = ()
    model: str

    def values(self, slot_type: str) -> tuple[str, ...]:
        """Return the values of one type of slot, in the order of the request."""
        return tuple(slot.value for slot in self.slots if slot.type == slot_type)

    def find(self, slot_type: str) -> str | None:
        """Return the first value of one type of slot, or None."""
        return next(iter(self.values(slot_type)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A request as it was understood, and which of its words that hangs on.

    Parameters
    ----------
    intent
        The intent that the words speak for; None where whoever understood can't tell.
    words
        Spans of the text in order, and what the confidence in `intent` (0–1) loses without each: below 0,
        the word speaks against it.
    """

    understanding: Understanding
    intent: str | None = None
    words: tuple[Contribution, ...] = ()


class Understander(Protocol):
    """Anything that understands a request."""

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        """Return what a request wants; `context` is the system's previous turn."""

    def explain(self, text: str, *, context: str | None = None) -> Explanation:
        """Return what a request wants and, where that can be told, which words it hangs on."""


def language_of(text: str) -> str:
    """Return `zh` where a text has Chinese characters, else `en`."""
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"
