"""Labelled examples and the inline markup that people write them in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from yuanli.errors import InvalidInputError, Text

MARK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
TURN = " >>> "
"""Stands between the system's previous turn and the utterance in markup."""


class InvalidExampleError(InvalidInputError):
    """A labelled example breaks a rule; `field` says where it stands."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`text[start:end]` is a value of one type."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text with what a model should say of it.

    Parameters
    ----------
    label
        The class of the text, where there is one.
    spans
        The values in it, in order, never overlapping.
    context
        What came before: the system's previous turn.
    pair
        The text that it should be found by, or find: for retrieval.
    target
        The number to predict: for regression.
    tags
        Conditions to report apart, such as `typo` or `indirect`.
    made_by
        How it was made out of another example; empty where a person wrote it.
    origin
        File and line.
    """

    text: str
    label: str | None = None
    spans: tuple[Span, ...] = ()
    context: str | None = None
    pair: str | None = None
    target: float | None = None
    language: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)
    made_by: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        last = 0
        for span in self.spans:
            if not last <= span.start < span.end <= len(self.text):
                where = f"{span.type} [{span.start}:{span.end}]"
                raise InvalidExampleError(
                    Text(
                        f"“{self.text}”的标注 {where} 越界、为空或与前一个重叠。",
                        f"The span {where} of {self.text!r} is empty, out of the text, or overlaps the one before.",
                    ),
                    field=self.origin or None,
                    hint=Text(
                        "按字符给出起止位置，片段不重叠。",
                        "Give start and end in characters; spans don't overlap.",
                    ),
                )
            last = span.end

    def values(self) -> tuple[tuple[str, str], ...]:
        """Return the type and surface of each span."""
        return tuple((span.type, self.text[span.start : span.end]) for span in self.spans)


def parse_markup(line: str, *, origin: str = "") -> Example:
    """Return the example that a line of markup stands for; it has no label yet.

    >>> parse_markup("从[北门](origin)到[A座301](destination)怎么走").values()
    (('origin', '北门'), ('destination', 'A座301'))
    >>> parse_markup("几点的？ >>> [三点](time)").context
    '几点的？'

    Raises
    ------
    InvalidExampleError
        A bracket is left over, so that the markup can't have been meant as it stands.
    """
    context, _, said = line.strip().rpartition(TURN)
    text, spans, last = "", [], 0
    for mark in MARK.finditer(said):
        text += said[last : mark.start()]
        spans.append(Span(len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        last = mark.end()
    text += said[last:]
    if "](" in MARK.sub("", said):
        raise InvalidExampleError(
            Text(f"标注没有写完整：“{line.strip()}”。", f"The markup of {line.strip()!r} is broken."),
            field=origin or None,
            hint=Text("写成 [原文](类型)，不要嵌套。", "Write [surface](type), and don't nest."),
        )
    return Example(text=text, spans=tuple(spans), context=context.strip() or None, origin=origin)


def write_markup(example: Example) -> str:
    """Return the markup of an example; `parse_markup` reads it back.

    Raises
    ------
    InvalidExampleError
        The text, its context or a type has characters that markup gives another meaning.
    """
    written, last = "", 0
    for span in example.spans:
        written += f"{example.text[last : span.start]}[{example.text[span.start : span.end]}]({span.type})"
        last = span.end
    written += example.text[last:]
    whole = f"{example.context}{TURN}{written}" if example.context else written
    if not _reads_back(whole, example):
        raise InvalidExampleError(
            Text(
                f"“{whole}”写成标注后读不回原样。", f"The markup {whole!r} would not be read back as it is."
            ),
            field=example.origin or None,
            hint=Text("改用带起止位置的 JSONL。", "Keep it as JSON Lines with offsets."),
        )
    return whole


def _reads_back(line: str, example: Example) -> bool:
    try:
        read = parse_markup(line)
    except InvalidExampleError:
        return False
    return (read.text, read.spans, read.context) == (example.text, example.spans, example.context or None)


def labels_of(examples: Iterable[Example]) -> tuple[str, ...]:
    """Return the labels that occur, sorted."""
    return tuple(sorted({example.label for example in examples if example.label is not None}))


def span_types_of(examples: Iterable[Example]) -> tuple[str, ...]:
    """Return the types of span that occur, sorted."""
    return tuple(sorted({span.type for example in examples for span in example.spans}))


def language_of(text: str) -> str:
    """Return `zh` where a text has Chinese characters, else `en`."""
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"
