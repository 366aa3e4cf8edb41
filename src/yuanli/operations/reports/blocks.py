"""What a report is made of: headings, sentences, tables and charts, in one language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from yuanli.operations.replies import Chart

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
Cell = str | float | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The title of a section."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence; `warns` where it says that something is missing."""

    text: str
    warns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headers; numbers stay numbers, so that a sheet can reckon with them."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart."""

    chart: Chart


Block = Heading | Sentence | Table | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report: its title, the span that it is about, when it was made, and its blocks."""

    title: str
    subtitle: str
    language: str
    time_zone: str
    made_at: datetime
    blocks: tuple[Block, ...]


def printable(text: str) -> str:
    """Return a text without the characters that no page or sheet can hold."""
    return CONTROL.sub("", text)


def half_widths(text: str) -> int:
    """Return how many half-width letters a text is wide: those of Chinese count as two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
