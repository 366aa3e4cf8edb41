"""Examples as words with BIO tags: three files side by side, or lists in a record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yuanli.errors import Text
from yuanli.learning.examples import Example, InvalidExampleError, Span, language_of
from yuanli.learning.reading.source import Source

FILES = ("seq.in", "seq.out", "label")
BLANKS = re.compile(r"[ \t\r]+")
TAG = re.compile(r"O|([BI])-(.+)")
LATIN = re.compile(r"[A-Za-z]+")


def read_bio(source: Source) -> Iterator[Example]:
    """Read a folder with `seq.in`, `seq.out` and `label`, one example a line."""
    parts = [list(Source(source.path / name, source.faults).lines()) for name in FILES]
    counts = [len(part) - (not part[-1]) for part in parts]
    if len(set(counts)) != 1:
        said = ", ".join(f"{name} {count}" for name, count in zip(FILES, counts, strict=True))
        source.fault(
            1, Text(f"三个文件的行数必须相同：{said}", f"the three files must have as many lines: {said}")
        )
        return
    inputs = Source(source.path / FILES[0], source.faults)
    for number, (words, tags, label) in enumerate(zip(*parts, strict=False), start=1):
        if not (words + tags).strip():
            continue
        try:
            yield example_of(_split(words), _split(tags), label.strip(), origin=inputs.where(number))
        except InvalidExampleError as error:
            inputs.fault(number, error)


def example_of(
    words: Sequence[str], tags: Sequence[str], label: str | None, *, origin: str, text: str | None = None
) -> Example:
    """Return the example of words and their BIO tags.

    The words are looked for in `text` one after the other; without it they are joined with spaces, Chinese
    without. An `I-` that begins a span is read as `B-`, as conlleval does.

    Raises
    ------
    InvalidExampleError
        There are more or fewer tags than words, a tag is no BIO tag, or a word is not in the text.
    """
    if len(words) != len(tags):
        raise _broken(
            f"{len(words)} 个词对 {len(tags)} 个标签", f"{len(words)} words but {len(tags)} tags", origin
        )
    if text is None:
        text = _joined(words)
    spans: list[Span] = []
    at, going = 0, ""
    for word, tag in zip(words, tags, strict=True):
        start = text.find(word, at)
        if start < 0:
            raise _broken(f"词“{word}”不在“{text}”中", f"the word {word!r} is not in {text!r}", origin)
        at = start + len(word)
        match = TAG.fullmatch(tag)
        if not match:
            raise _broken(f"“{tag}”不是 BIO 标签", f"{tag!r} is no BIO tag", origin)
        if match[1] == "I" and going == match[2]:
            spans[-1] = Span(spans[-1].start, at, match[2])
        elif match[1]:
            spans.append(Span(start, at, match[2]))
        going = match[2] or ""
    return Example(
        text=text, label=label or None, spans=tuple(spans), language=language_of(text), origin=origin
    )


def _split(line: str) -> list[str]:
    return [word for word in BLANKS.split(line) if word]


def _joined(words: Sequence[str]) -> str:
    if all(language_of(word) != "zh" for word in words):
        return " ".join(words)
    text = ""
    for before, word in zip(("", *words), words, strict=False):
        apart = LATIN.fullmatch(before) and LATIN.fullmatch(word) and len(before + word) > 2
        text += f" {word}" if apart else word
    return text


def _broken(zh: str, en: str, origin: str) -> InvalidExampleError:
    return InvalidExampleError(
        Text(f"BIO 标注有误：{zh}。", f"Broken BIO: {en}."),
        field=origin or None,
        hint=Text("每个词一个标签：O、B-类型 或 I-类型。", "Give each word one tag: O, B-type or I-type."),
    )
