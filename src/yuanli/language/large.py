"""A larger model's reading of a request: asked without personal data, believed only where it can be checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from yuanli.errors import Text, UnavailableError
from yuanli.language.catalogue import DIALOGUE, catalogue
from yuanli.language.chat import ChatModel
from yuanli.language.prompting import CERTAINTIES, ask_for_labels
from yuanli.language.redaction import Redacted, names_in, redact
from yuanli.language.understanding import Slot, Understanding

MOST_SLOTS = 24
LONGEST_ANSWER = 20_000
KEYS = {"intent", "slots", "certainty"}


class BadAnswerError(UnavailableError):
    """A larger model answered something else than it was asked for."""


class LargeModel:
    """Reads a request that a smaller model was not sure of.

    Parameters
    ----------
    chat
        Who is asked: a server, or a model in this process.
    """

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat

    def look_again(self, first: Understanding, *, context: str | None = None) -> Understanding:
        """Return another reading of a request that has been read once.

        Parameters
        ----------
        first
            The smaller model's reading: its persons, phones and plates are hidden from the larger one.
        context
            The system's turn before.

        Raises
        ------
        UnavailableError
            There is no answer.
        BadAnswerError
            The answer names an intent, a type or a text that is not there.
        """
        names = names_in(first.slots)
        redacted = redact(first.text, names=names)
        before = None if context is None else redact(context, names=names).text
        answer = self._chat.complete(ask_for_labels(redacted.text, context=before))
        return read_labels(answer.text, first, redacted, model=answer.model, in_dialogue=context is not None)


def read_labels(
    answer: str, first: Understanding, redacted: Redacted, *, model: str, in_dialogue: bool
) -> Understanding:
    """Return an answer as an understanding of the text as it was said.

    Raises
    ------
    BadAnswerError
        It breaks the schema, or a slot is not a part of the text.
    """
    labels = _object(answer)
    intent, certainty = labels["intent"], labels["certainty"]
    if not _known(intent, catalogue().intents) or (intent in DIALOGUE and not in_dialogue):
        raise _bad("intent")
    if not _known(certainty, CERTAINTIES):
        raise _bad("certainty")
    return replace(
        first,
        intent=intent,
        confidence=CERTAINTIES[certainty],
        alternatives=(),
        slots=tuple(sorted(_slots(labels["slots"], first, redacted), key=lambda slot: slot.start)),
        model=model,
    )


def _object(answer: str) -> dict[str, Any]:
    try:
        labels = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        labels = None
    if not isinstance(labels, dict) or set(labels) != KEYS:
        raise _bad("schema")
    return labels


def _slots(rows: Any, first: Understanding, redacted: Redacted) -> Iterator[Slot]:
    if not isinstance(rows, list) or len(rows) > MOST_SLOTS:
        raise _bad("slots")
    taken: list[tuple[int, int]] = []
    for row in rows:
        if not isinstance(row, dict) or set(row) != {"type", "text"}:
            raise _bad("slots")
        if not _known(row["type"], catalogue().slot_types) or not isinstance(row["text"], str):
            raise _bad("slots.type")
        span = _find_span(row["text"], redacted, taken)
        if span is None:
            raise _bad("slots.text")
        yield _slot(row["type"], span, first)


def _find_span(text: str, redacted: Redacted, taken: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Find the first place of a text that no slot before it has taken, in the original's offsets."""
    start = redacted.text.find(text) if text.strip() else -1
    while start >= 0:
        end = start + len(text)
        if all(end <= before or start >= after for before, after in taken):
            taken.append((start, end))
            return redacted.find_original(start, end)
        start = redacted.text.find(text, start + 1)
    return None


def _slot(slot_type: str, span: tuple[int, int], first: Understanding) -> Slot:
    """Return a slot as it was said; its value is the first reading's where that found the same."""
    start, end = span
    said = first.text[start:end]
    same = (s for s in first.slots if s.type == slot_type and s.start < end and start < s.end)
    value = next((slot.value for slot in same), said)
    return Slot(type=slot_type, text=said, start=start, end=end, value=value)


def _known(name: Any, names: Any) -> bool:
    return isinstance(name, str) and name in names


def _bad(what: str) -> BadAnswerError:
    return BadAnswerError(
        Text(f"大模型的回答不符合要求：{what}。", f"The larger model's answer breaks the rules: {what}."),
        field=what,
        hint=Text("换用支持 json_schema 的模型。", "Use a model that keeps to json_schema."),
    )
