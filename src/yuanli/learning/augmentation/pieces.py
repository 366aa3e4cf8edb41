"""An example in pieces, spans and what lies between, so that a change of one can't break another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from yuanli.learning.examples import Example, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `type` is that of its span, or None between spans."""

    text: str
    type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What augmenters draw from.

    Parameters
    ----------
    values
        Surfaces of each type of span, by `(type, language)`.
    contexts
        What was said before some text, by language.
    """

    values: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    contexts: Mapping[str, Sequence[str]] = field(default_factory=dict)


Change = Callable[[list[Piece], str, Random, Tables], list[Piece]]
"""Takes pieces, language, randomness and tables; returns the pieces of another wording."""


def pieces_of(example: Example) -> list[Piece]:
    """Return the pieces of an example; joined they are its text.

    >>> [piece.text for piece in pieces_of(Example(text="去A座", spans=(Span(1, 3, "place"),)))]
    ['去', 'A座']
    """
    pieces, last = [], 0
    for span in example.spans:
        pieces += [
            Piece(example.text[last : span.start]),
            Piece(example.text[span.start : span.end], span.type),
        ]
        last = span.end
    pieces.append(Piece(example.text[last:]))
    return [piece for piece in pieces if piece.text]


def rebuilt(example: Example, pieces: Sequence[Piece], *, made_by: str) -> Example:
    """Return the example that changed pieces make; one that lost a span or all its text is the old one."""
    text, spans = "", []
    for piece in pieces:
        if piece.type is not None:
            if not piece.text.strip():
                return example
            left = len(piece.text) - len(piece.text.lstrip())
            right = len(piece.text.rstrip())
            spans.append(Span(len(text) + left, len(text) + right, piece.type))
        text += piece.text
    lead = len(text) - len(text.lstrip())
    text, spans = text.strip(), [Span(s.start - lead, s.end - lead, s.type) for s in spans]
    if not text or text == example.text.strip() or len(spans) != len(example.spans):
        return example
    names = f"{example.made_by}+{made_by}" if example.made_by else made_by
    return replace(example, text=text, spans=tuple(spans), made_by=names)


@cache
def words() -> Mapping[str, Any]:
    """Return the tables of words in `words.yaml`."""
    text = files("yuanli.learning.augmentation").joinpath("words.yaml").read_text("utf-8")
    document = yaml.safe_load(text)
    assert isinstance(document, dict)
    return document
