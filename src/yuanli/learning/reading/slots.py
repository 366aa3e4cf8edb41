"""The five ways in which a record says what its spans are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from operator import index
from typing import Any

from yuanli.errors import Text
from yuanli.learning.examples import Example, InvalidExampleError, Span, parse_markup
from yuanli.learning.reading.bio import example_of

MASSIVE = re.compile(r"\[\s*([^:\[\]]+?)\s*:\s*([^\[\]]*?)\s*\]")


def spanned(record: Mapping[str, Any], text: str, origin: str) -> Example:
    """Return the text of a record with its spans."""
    if "tokens" in record and "tags" in record:
        return example_of(record["tokens"], record["tags"], None, origin=origin, text=text)
    if isinstance(record.get("annot_utt"), str):
        return _massive(record["annot_utt"], origin)
    slots = record.get("slots")
    if isinstance(slots, list):
        spans = [_with_offsets(slot, text, origin) for slot in slots]
        return Example(text=text, spans=tuple(sorted(spans)), origin=origin)
    if isinstance(slots, dict):
        return Example(text=text, spans=tuple(_by_name(slots, text, origin)), origin=origin)
    return parse_markup(text, origin=origin)


def _massive(annotated: str, origin: str) -> Example:
    text, spans, last = "", [], 0
    for mark in MASSIVE.finditer(annotated):
        text += annotated[last : mark.start()]
        spans.append(Span(len(text), len(text) + len(mark[2]), mark[1]))
        text += mark[2]
        last = mark.end()
    text += annotated[last:]
    if re.search(r"\[[^\]]* : ", text):
        raise InvalidExampleError(
            Text(f"annot_utt 没有写完整：“{annotated}”。", f"The annot_utt {annotated!r} is broken."),
            field=origin,
            hint=Text("写成 [类型 : 原文]，不要嵌套。", "Write [type : surface], and don't nest."),
        )
    return Example(text=text, spans=tuple(spans), origin=origin)


def _with_offsets(slot: Mapping[str, Any], text: str, origin: str) -> Span:
    kinds = [str(slot[key]) for key in ("type", "slot", "entity", "name") if key in slot]
    if not kinds:
        raise KeyError("type")
    span = Span(index(slot["start"]), index(slot["end"]), kinds[0])
    said = slot.get("text")
    if isinstance(said, str) and said != text[span.start : span.end]:
        raise InvalidExampleError(
            Text(
                f"{span.type} [{span.start}:{span.end}] 是“{text[span.start : span.end]}”，不是“{said}”。",
                f"{span.type} [{span.start}:{span.end}] is {text[span.start : span.end]!r}, not {said!r}.",
            ),
            field=origin,
            hint=Text("按字符计数，end 不含在内。", "Count characters, not bytes; end is exclusive."),
        )
    return span


def _by_name(slots: Mapping[str, Any], text: str, origin: str) -> Iterator[Span]:
    """Return the spans of named values: where each says, or where its value occurs once, the longest first."""
    taken: list[Span] = []
    for name, value in slots.items():
        if isinstance(value, dict) and isinstance(value.get("span"), list):  # NLU++
            start, end = value["span"]
            taken.append(_with_offsets({**value, "type": name, "start": start, "end": end}, text, origin))
    values = [(name, v) for name, v in slots.items() if isinstance(v, str | int | float) and str(v).strip()]
    for name, value in sorted(values, key=lambda pair: -len(str(pair[1]))):
        places = _places(str(value), text, taken)
        if len(places) == 1:
            taken.append(Span(*places[0], name))
    yield from sorted(taken)


def _places(value: str, text: str, taken: Sequence[Span]) -> list[tuple[int, int]]:
    edged = re.escape(value.strip())
    if re.match(r"[A-Za-z0-9]", value.strip()):
        edged = r"(?<![A-Za-z0-9])" + edged
    if re.search(r"[A-Za-z0-9]$", value.strip()):
        edged += r"(?![A-Za-z0-9])"
    found = [match.span() for match in re.finditer(edged, text, re.IGNORECASE)]
    return [(a, b) for a, b in found if all(b <= span.start or a >= span.end for span in taken)]
