"""Texts as the numbers a model reads, with the characters that each number stands for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from yuanli.errors import Text, UnavailableError
from yuanli.learning.examples import Span

OUTSIDE = "O"
EDGE = " \t\n,;:!?，。；：！？、"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The ids of a text and its context; `offsets[i]` are the characters of the text that id `i` stands for.

    The offsets of special ids, of the context, and of pieces that stand for no character are `(0, 0)`.
    """

    ids: list[int]
    offsets: list[tuple[int, int]]


class TextTokenizer:
    """Reads texts with the tokenizer of an encoder, in at most `max_length` ids a text with its context."""

    def __init__(self, tokenizer: Tokenizer, *, max_length: int = 128, characters: bool = False) -> None:
        self._tokenizer = tokenizer
        self.max_length = max_length
        self.characters = characters
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_length)
        self.pad_id = _special_id(tokenizer, "<pad>", "[PAD]")
        self.mask_id = _special_id(tokenizer, "<mask>", "[MASK]")

    @classmethod
    def load(cls, path: Path, *, max_length: int = 128, characters: bool = False) -> TextTokenizer:
        """Read a `tokenizer.json`."""
        try:
            return cls(Tokenizer.from_file(str(path)), max_length=max_length, characters=characters)
        except Exception as error:  # the library raises plain Exception
            raise UnavailableError(
                Text(f"读不出分词器“{path}”：{error}", f"The tokenizer {path} can't be read: {error}"),
                hint=Text("重新下载或重新训练模型。", "Fetch or train the model again."),
            ) from error

    @property
    def size(self) -> int:
        """How many ids there are."""
        return self._tokenizer.get_vocab_size()

    def to_json(self) -> str:
        """Return what `tokenizer.json` holds, without this reader's limits."""
        document = json.loads(self._tokenizer.to_str()) | {"truncation": None, "padding": None}
        return json.dumps(document, ensure_ascii=False)

    def save(self, path: Path) -> None:
        """Write a `tokenizer.json`."""
        path.write_text(self.to_json(), "utf-8")

    def encode(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> list[Tokens]:
        """Return the ids of texts, each with its context behind it."""
        pairs = zip(texts, contexts or [None] * len(texts), strict=True)
        inputs = [(text, context) if context else text for text, context in pairs]
        encodings = self._tokenizer.encode_batch(inputs)
        found = [Tokens(e.ids, _offsets(text, e)) for text, e in zip(texts, encodings, strict=True)]
        if self.characters:
            return [self._split(text, tokens) for text, tokens in zip(texts, found, strict=True)]
        return found

    def _split(self, text: str, tokens: Tokens) -> Tokens:
        """Give each Chinese character of the text its own id, so that every span has an edge to end at."""
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        for number, (start, end) in zip(tokens.ids, tokens.offsets, strict=True):
            pieces = [self._tokenizer.token_to_id(c) for c in text[start:end]] if end - start > 1 else []
            known = [piece for piece in pieces if piece is not None]
            if known and len(known) == end - start and all(map(is_han, text[start:end])):
                ids += known
                offsets += [(i, i + 1) for i in range(start, end)]
            else:
                ids.append(number)
                offsets.append((start, end))
        return Tokens(ids, offsets)

    def padded(self, tokens: Sequence[Tokens]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return ids and mask of shape `(n_texts, n_longest)`."""
        longest = max(len(t.ids) for t in tokens)
        ids = np.full((len(tokens), longest), self.pad_id, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, t in enumerate(tokens):
            ids[row, : len(t.ids)] = t.ids
            mask[row, : len(t.ids)] = 1
        return ids, mask


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one."""
    return "\u4e00" <= character <= "\u9fff"


def tag_names(span_types: Sequence[str]) -> tuple[str, ...]:
    """Return the BIO tags of types of span (Ramshaw and Marcus 1995), `O` first."""
    return (OUTSIDE, *(f"{prefix}-{name}" for name in span_types for prefix in "BI"))


def tags_of(offsets: Sequence[tuple[int, int]], spans: Sequence[Span], index: dict[str, int]) -> list[int]:
    """Return the tag of each id, -100 where an id has none.

    A piece that reaches over the edge of a span belongs to the span that holds most of it.
    """
    tags, begun = [], set()
    for start, end in offsets:
        if start == end:
            tags.append(-100)
            continue
        best = max(spans, key=lambda s: min(end, s.end) - max(start, s.start), default=None)
        if best is None or 2 * (min(end, best.end) - max(start, best.start)) <= end - start - 1:
            tags.append(index[OUTSIDE])
        else:
            tags.append(index[f"{'I' if best in begun else 'B'}-{best.type}"])
            begun.add(best)
    return tags


def spans_of(text: str, offsets: Sequence[tuple[int, int]], tags: Sequence[str]) -> tuple[Span, ...]:
    """Return the spans that BIO tags stand for; white space at their edges is left out."""
    found: list[list[int | str]] = []
    for (start, end), tag in zip(offsets, tags, strict=True):
        if start == end or tag == OUTSIDE:
            if start != end:
                found.append([end, end, ""])
            continue
        prefix, kind = tag[0], tag[2:]
        if prefix == "I" and found and found[-1][2] == kind:
            found[-1][1] = end
        else:
            found.append([start, end, kind])
    return tuple(_trimmed(text, int(start), int(end), str(kind)) for start, end, kind in found if kind)


def _trimmed(text: str, start: int, end: int, kind: str) -> Span:
    """Return a span without blanks and punctuation at its edges; the last dot of "a.m." stays."""
    said = text[start:end]
    right = said.rstrip(EDGE if "." in said[:-1] else EDGE + ".") or said.rstrip()
    left = len(said) - len(said.lstrip(EDGE))
    return Span(start + min(left, len(right) - 1), start + len(right), kind)


def _offsets(text: str, encoding: Encoding) -> list[tuple[int, int]]:
    offsets: list[tuple[int, int]] = []
    for (start, end), which, special in zip(
        encoding.offsets, encoding.sequence_ids, encoding.special_tokens_mask, strict=True
    ):
        blank = which != 0 or special or not text[start:end].strip()
        offsets.append((0, 0) if blank else (start, end))
    for i, (here, after) in enumerate(pairwise(offsets)):
        if here[1] and after[1] and after[0] < here[1]:  # a lone mark of a word's begin
            offsets[i] = (0, 0)
    return offsets


def _special_id(tokenizer: Tokenizer, *names: str) -> int:
    found = (tokenizer.token_to_id(name) for name in names)
    return next((number for number in found if number is not None), 0)
