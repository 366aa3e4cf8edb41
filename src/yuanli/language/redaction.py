"""What identifies a person is replaced before a text leaves this machine, and put back in the answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yuanli.language.understanding import Slot

PERSONAL = {"person": "PERSON", "phone": "PHONE", "plate_number": "PLATE"}
"""Types of slots that identify somebody, with the word that stands for them."""
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
PATTERNS = (
    ("EMAIL", re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("PLATE", re.compile(rf"[{PROVINCES}][A-Z][ ·•.-]?[A-Z0-9]{{4,5}}[A-Z0-9挂学警港澳]", re.I)),
    ("ID", re.compile(r"(?<!\d)[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dX](?!\d)", re.I)),
    ("ID", re.compile(r"(?<![A-Za-z0-9])[DEGHPS][A-Z]?\d{7,8}(?!\d)", re.I)),
    ("NUMBER", re.compile(r"(?<!\d)(?:\d{13,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?)(?!\d)")),
    ("PHONE", re.compile(r"(?<!\d)(?:(?:\+|00)86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")),
    ("PHONE", re.compile(r"\+\d{1,3}(?:[ -]?\(?\d{1,5}\)?){2,5}")),
    ("PHONE", re.compile(r"(?<!\d)\(?0\d{2,3}\)?[ -]?\d{7,8}(?:-\d{1,6})?(?!\d)")),
    ("PHONE", re.compile(r"(?<!\d)(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?!\d)")),
    ("PHONE", re.compile(r"(?<!\d)[48]00-?\d{3}-?\d{4}(?!\d)")),
)
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a redacted text with the part of the original it stands for."""

    start: int
    end: int
    original_start: int
    original_end: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what identifies a person."""

    text: str
    pieces: tuple[Piece, ...]

    def find_original(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where a span stands in the original; None where it cuts a placeholder."""
        first = next((p for p in self.pieces if p.start <= start < p.end), None)
        last = next((p for p in self.pieces if p.start < end <= p.end), None)
        if first is None or last is None:
            return None
        if (first.hidden and start != first.start) or (last.hidden and end != last.end):
            return None
        begin = first.original_start + (start - first.start)
        return begin, last.original_end - (last.end - end)


def redact(text: str, *, names: Iterable[tuple[str, str]] = ()) -> Redacted:
    """Replace phones, plates, numbers of identity papers and cards, e-mail addresses and names.

    `names` is what else to hide, wherever it stands: the word to put for it, and the text.
    """
    folded = "".join(_folded(character) for character in text)
    pieces: list[Piece] = []
    written, at, labels = "", 0, dict[tuple[str, str], str]()
    for start, end, label in (*_merged(_spans(folded, text, names)), (len(text), len(text), "")):
        if start > at:
            pieces.append(Piece(len(written), len(written) + start - at, at, start, hidden=False))
            written += text[at:start]
        if end > start:
            placeholder = labels.get((label, folded[start:end])) or _placeholder(label, text, labels)
            labels[label, folded[start:end]] = placeholder
            pieces.append(Piece(len(written), len(written) + len(placeholder), start, end, hidden=True))
            written += placeholder
        at = end
    return Redacted(written, tuple(pieces))


def names_in(slots: Iterable[Slot]) -> tuple[tuple[str, str], ...]:
    """Return what identifies a person among slots, as `redact` takes it."""
    return tuple((PERSONAL[slot.type], slot.text) for slot in slots if slot.type in PERSONAL and slot.text)


def _spans(folded: str, text: str, names: Iterable[tuple[str, str]]) -> Iterator[Span]:
    for label, name in names:
        for match in re.finditer(re.escape(name), text):
            yield match.start(), match.end(), label
    for label, pattern in PATTERNS:
        for match in pattern.finditer(folded):
            yield match.start(), match.end(), label


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end, label in sorted(spans, key=lambda span: (span[0], -span[1])):
        if merged and start < merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), before[2])
        else:
            merged.append((start, end, label))
    return merged


def _placeholder(label: str, text: str, labels: dict[tuple[str, str], str]) -> str:
    """Return a word that stands nowhere in the text, and for nothing else."""
    taken = set(labels.values())
    number = 1
    while f"{label}_{number}" in taken or f"{label}_{number}" in text:
        number += 1
    return f"{label}_{number}"


def _folded(character: str) -> str:
    """Return a full-width letter or digit in its plain form; one character for one."""
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character
