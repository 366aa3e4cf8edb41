"""Examples as JSON Lines: ours with markup or offsets, MASSIVE's, and words with BIO tags."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from json import JSONDecoder
from typing import Any

from yuanli.errors import Text, YuanliError
from yuanli.learning.examples import Example, InvalidExampleError, language_of
from yuanli.learning.reading.slots import spanned
from yuanli.learning.reading.source import Source

TEXTS = ("text", "utt", "query")
PARTS = ("partition", "split")


def read_records(source: Source) -> Iterator[Example]:
    """Read one JSON object a line, or one list of objects.

    `text` (or `query`, MASSIVE's `utt`), `intent` (or `label`, or several `intents`), and optionally `context`,
    `language`, tags of conditions as `conditions`, `pair`, `target`, `made_by`, `origin`, and the spans in one
    of five ways: markup in `text`, `slots` with offsets, `slots` by name and value, `tokens` with BIO `tags`,
    or MASSIVE's `annot_utt`.
    """
    text = source.text()
    items = _items(source, text) if text.lstrip().startswith("[") else _lines(source, text)
    for number, record in items:
        if not isinstance(record, dict):
            source.fault(number, Text("每行是一个 JSON 对象", "each line is a JSON object"))
            continue
        parts = [record[key] for key in PARTS if key in record]
        if source.part is not None and parts and source.part not in parts:
            continue
        try:
            yield example_from(record, source.where(number))
        except YuanliError as error:
            source.fault(number, error)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            problem = f"{type(error).__name__}: {error}"
            source.fault(
                number,
                Text(f"字段的类型或值不对：{problem}", f"a field has a wrong type or value: {problem}"),
            )


def record_of(example: Example) -> dict[str, Any]:
    """Return the record of an example; `example_from` reads it back as it was.

    >>> record_of(Example(text="去A座", label="go", language="zh"))
    {'text': '去A座', 'intent': 'go', 'slots': [], 'language': 'zh'}
    """
    slots = [
        {"type": s.type, "start": s.start, "end": s.end, "text": example.text[s.start : s.end]}
        for s in example.spans
    ]
    record: dict[str, Any] = {"text": example.text}
    record |= {} if example.label is None else {"intent": example.label}
    record |= {"slots": slots, "language": example.language}
    for name in ("context", "pair", "target", "made_by", "origin"):
        if (value := getattr(example, name)) not in (None, ""):
            record[name] = value
    return record | ({"conditions": sorted(example.tags)} if example.tags else {})


def example_from(record: Mapping[str, Any], where: str) -> Example:
    """Return the example of one record that stands at a line of a file."""
    text = next((record[key] for key in TEXTS if isinstance(record.get(key), str)), None)
    if text is None:
        raise InvalidExampleError(
            Text("没有 text。", "There is no text."),
            field=where,
            hint=Text("每行要有 text。", "Give each line a text."),
        )
    example = spanned(record, text, where)
    conditions = record.get("conditions") or ()
    return replace(
        example,
        label=_label(record),
        context=_context(record.get("context")) or example.context,
        pair=_text(record, "pair"),
        target=parse_target(record.get("target")),
        language=_language(record, example.text),
        tags=frozenset(map(str, [conditions] if isinstance(conditions, str) else conditions)),
        made_by=_text(record, "made_by") or "",
        origin=_text(record, "origin") or where,
    )


def parse_target(value: Any) -> float | None:
    """Return the number to predict.

    Raises
    ------
    InvalidExampleError
        The value is there, but no finite number.
    """
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InvalidExampleError(
            Text(f"target 是 {value!r}，不是有限的数。", f"The target {value!r} is no finite number."),
            field="target",
            hint=Text("写一个数。", "Give a number."),
        )
    return number


def _lines(source: Source, text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                source.fault(number, Text(f"不是 JSON：{error}", f"no JSON: {error}"))


def _items(source: Source, text: str) -> Iterator[tuple[int, Any]]:
    decoder = JSONDecoder()
    at, number = text.index("[") + 1, 1
    while True:
        start = at
        while start < len(text) and text[start] in " \t\r\n,":
            start += 1
        number += text.count("\n", at if start else 0, start)
        if start < len(text) and text[start] == "]":
            return
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            source.fault(number, Text(f"不是 JSON：{error}", f"no JSON: {error}"))
            return
        yield number, value
        number, at = number + text.count("\n", start, end), end


def _label(record: Mapping[str, Any]) -> str | None:
    label = record.get("intent", record.get("label"))
    if label is None and isinstance(record.get("intents"), list):
        return "#".join(map(str, record["intents"])) or None  # as ATIS joins several
    return None if label is None else str(label)


def _context(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[-1] if value else None
    return value if isinstance(value, str) else None


def _text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}, not text")
    return value


def _language(record: Mapping[str, Any], text: str) -> str:
    if isinstance(record.get("language"), str):
        return str(record["language"])
    return str(record.get("locale", ""))[:2] or language_of(text)
