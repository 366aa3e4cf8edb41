"""The first understander: patterns, in `patterns.yaml`. A trained model replaces it behind `Understander`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yuanli.language.understanding import Explanation, Slot, Understanding, language_of

MODEL = "patterns-1"
LONGEST_TEXT = 2000
SEPARATORS = {
    "zh": re.compile(r"[、，,]|再去|然后去|再到|然后到|接着去|和|及|跟"),
    "en": re.compile(r",\s*and then\s|,\s*and\s|,\s*then\s|\sand then\s|,|\sand\s|\sthen\s"),
}
BARE = 0.6
"""Confidence of an intent that stands on bare names alone."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    intent: str
    regex: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Preference:
    type: str
    value: str
    regex: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text with spans cut out; `at[i]` is where its character `i` stands in the original."""

    text: str
    at: tuple[int, ...]

    def without(self, regex: re.Pattern[str]) -> tuple[_Cut, list[tuple[int, int]]]:
        """Cut all matches out; return the rest and the spans cut, in original offsets."""
        spans, kept, last = [], [], 0
        for match in regex.finditer(self.text):
            if match.end() == match.start():
                continue
            kept.append((last, match.start()))
            spans.append((self.at[match.start()], self.at[match.end() - 1] + 1))
            last = match.end()
        kept.append((last, len(self.text)))
        text = "".join(self.text[a:b] for a, b in kept)
        return _Cut(text, tuple(i for a, b in kept for i in self.at[a:b])), spans


class PatternUnderstander:
    """Understands requests for ways and places in Chinese and English.

    Parameters
    ----------
    knows
        Whether the campus knows a place by this name: a bare name such as `A座301` is a request
        only where it does.
    """

    def __init__(self, knows: Callable[[str], bool] = lambda name: False) -> None:
        self._knows = knows

    def understand(self, text: str, *, context: str | None = None) -> Understanding:
        """Return the intent and slots of a request; `out_of_scope` where no pattern fits.

        Offsets count characters of `text`. Text beyond 2,000 characters is not read.
        """
        language = language_of(text)
        plain = _folded(text[:LONGEST_TEXT])
        whole = _Cut(plain, tuple(range(len(plain))))
        for pattern in _patterns("intents", language):
            if pattern.intent in ("chat_smalltalk", "dialog_confirm") and pattern.regex.fullmatch(
                plain.strip()
            ):
                confidence = 0.9 if pattern.intent == "chat_smalltalk" or context else 0.5
                return _understanding(text, language, pattern.intent, confidence, ())
        cut, preferences = self._preferences(whole, language)
        cut, _ = cut.without(_fillers(language))
        cut = _stripped(cut)
        for pattern in _patterns("intents", language):
            match = pattern.regex.fullmatch(cut.text)
            slots = match and tuple(self._slots(text, cut, match, language))
            if slots or (match and pattern.intent == "chat_smalltalk"):
                ordered = tuple(sorted((*(slots or ()), *preferences), key=lambda slot: slot.start))
                return _understanding(text, language, pattern.intent, 0.85, ordered)
        for pattern in _patterns("loose", language):
            match = pattern.regex.fullmatch(cut.text)
            slots = match and tuple(self._slots(text, cut, match, language))
            if slots and all(self._knows(slot.value) for slot in slots):
                ordered = tuple(sorted((*slots, *preferences), key=lambda slot: slot.start))
                intent = "dialog_inform" if context and len(slots) == 1 else pattern.intent
                return _understanding(text, language, intent, BARE, ordered)
        if context and cut.text:
            return _understanding(text, language, "dialog_inform", 0.6, self._bare(text, cut, preferences))
        return _understanding(text, language, "out_of_scope", 0.5, preferences)

    def explain(self, text: str, *, context: str | None = None) -> Explanation:
        """Return what a request wants; a pattern fits as a whole, so that no word has a weight."""
        return Explanation(understanding=self.understand(text, context=context))

    def _preferences(self, cut: _Cut, language: str) -> tuple[_Cut, tuple[Slot, ...]]:
        slots: list[Slot] = []
        for preference in _preference_patterns(language):
            whole = cut
            cut, spans = cut.without(preference.regex)
            original = dict(zip(whole.at, whole.text, strict=True))
            for start, end in spans:
                said = "".join(original.get(i, "") for i in range(start, end))
                slots.append(
                    Slot(type=preference.type, text=said, start=start, end=end, value=preference.value)
                )
        return cut, tuple(slots)

    def _slots(self, text: str, cut: _Cut, match: re.Match[str], language: str) -> Iterator[Slot]:
        for name, value in match.groupdict().items():
            if value is None:
                continue
            spans = [match.span(name)]
            if name == "waypoints":
                spans = list(_parts(value, match.start(name), SEPARATORS[language]))
            for start, end in spans:
                start, end = self._trimmed(cut.text, start, end, language)
                if start < end:
                    yield _slot("waypoint" if name == "waypoints" else name, text, cut, start, end)

    def _bare(self, text: str, cut: _Cut, preferences: tuple[Slot, ...]) -> tuple[Slot, ...]:
        start, end = self._trimmed(cut.text, 0, len(cut.text), language_of(text))
        return (*((_slot("place", text, cut, start, end),) if start < end else ()), *preferences)

    def _trimmed(self, text: str, start: int, end: int, language: str) -> tuple[int, int]:
        leading, trailing = _edges(language)
        while True:
            piece = text[start:end]
            left = len(piece) - len(piece.lstrip(" ，,。.、!?！？"))
            start, end = start + left, start + len(piece.rstrip(" ，,。.、!?！？"))
            piece = text[start : max(start, end)]
            head, tail = leading.match(piece), trailing.search(piece)
            if head and head.end() < len(piece):
                start += head.end()
            elif tail and tail.start() > 0:
                end = start + tail.start()
            else:
                return start, max(start, end)


@cache
def _tables() -> Mapping[str, Any]:
    document = yaml.safe_load(files("yuanli.language").joinpath("patterns.yaml").read_text("utf-8"))
    assert isinstance(document, dict)
    return document


@cache
def _patterns(table: str, language: str) -> tuple[_Pattern, ...]:
    parts = _tables()["parts"]
    return tuple(
        _Pattern(block["intent"], re.compile(pattern.format(**parts), re.IGNORECASE))
        for block in _tables()[table]
        for pattern in block[language]
    )


@cache
def _preference_patterns(language: str) -> tuple[_Preference, ...]:
    return tuple(
        _Preference(row["type"], row["value"], re.compile(_worded(row[language], language), re.I))
        for row in _tables()["preferences"]
    )


@cache
def _fillers(language: str) -> re.Pattern[str]:
    return re.compile(_tables()["fillers"][language], re.IGNORECASE)


@cache
def _edges(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    edge = _tables()["edges"][language]
    return re.compile(edge["leading"], re.IGNORECASE), re.compile(edge["trailing"], re.IGNORECASE)


def _worded(regex: str, language: str) -> str:
    return rf"\b(?:{regex})\b" if language == "en" else regex


def _folded(text: str) -> str:
    """Fold full-width letters and digits, one character to one, so that offsets stay."""
    folded = (
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" and c not in "，。！？；" else c
        for c in text
    )
    return "".join(new if len(new) == 1 else " " for new in folded).replace("\n", " ").replace("\u3000", " ")


def _stripped(cut: _Cut) -> _Cut:
    start = len(cut.text) - len(cut.text.lstrip(" ，,。.、；;:：!！"))
    end = len(cut.text.rstrip(" ，,、；;"))
    return _Cut(cut.text[start:end], cut.at[start:end])


def _parts(value: str, offset: int, separator: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    last = 0
    for match in separator.finditer(value):
        yield offset + last, offset + match.start()
        last = match.end()
    yield offset + last, offset + len(value)


def _slot(slot_type: str, text: str, cut: _Cut, start: int, end: int) -> Slot:
    first, last = cut.at[start], cut.at[end - 1] + 1
    return Slot(type=slot_type, text=text[first:last], start=first, end=last, value=cut.text[start:end])


def _understanding(
    text: str, language: str, intent: str, confidence: float, slots: tuple[Slot, ...]
) -> Understanding:
    return Understanding(
        text=text, language=language, intent=intent, confidence=confidence, slots=slots, model=MODEL
    )
