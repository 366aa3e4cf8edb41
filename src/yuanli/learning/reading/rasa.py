"""Examples in Rasa's YAML: the `nlu` part, intents with `examples`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import yaml

from yuanli.errors import Text
from yuanli.learning.examples import Example, InvalidExampleError, Span, language_of
from yuanli.learning.reading.markup import lines_of, nodes_of
from yuanli.learning.reading.source import Source

MARK = re.compile(r"\[([^\[\]]+)\](?:\(([^():]+)(?::[^()]*)?\)|(\{[^{}]*\}))")


def read_rasa(source: Source) -> Iterator[Example]:
    """Read `- intent: x` with `examples: |`; look-ups, synonyms and patterns are left out.

    An entity is `[surface](type)`, `[surface](type:value)` or `[surface]{"entity": "type", "role": "role"}`;
    one with a role has the type `type.role`.
    """
    for document in nodes_of(source):
        blocks = _entries(document).get("nlu")
        for block in blocks.value if isinstance(blocks, yaml.SequenceNode) else ():
            entries = _entries(block)
            intent = entries.get("intent")
            if isinstance(intent, yaml.ScalarNode):
                for number, said in _said(entries.get("examples")):
                    try:
                        yield _example(said, intent.value, source.where(number))
                    except InvalidExampleError as error:
                        source.fault(number, error)


def _entries(node: yaml.Node) -> Mapping[str, yaml.Node]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return {str(key.value): value for key, value in pairs}


def _said(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.SequenceNode):  # the long form: a list of mappings with `text`
        for item in node.value:
            yield from _said(_entries(item).get("text", item))
        return
    for number, line in lines_of(node):
        if said := line.removeprefix("- ").strip().removeprefix("-" if line == "-" else ""):
            yield number, said


def _example(said: str, intent: str, origin: str) -> Example:
    text, spans, last = "", [], 0
    for mark in MARK.finditer(said):
        kind = mark[2].strip() if mark[2] else _kind(mark[3], origin)
        text += said[last : mark.start()]
        spans.append(Span(len(text), len(text) + len(mark[1]), kind))
        text += mark[1]
        last = mark.end()
    text += said[last:]
    left = MARK.sub("", said)
    if "](" in left or "]{" in left:
        raise _broken(said, origin)
    return Example(text=text, label=intent, spans=tuple(spans), language=language_of(text), origin=origin)


def _kind(braces: str, origin: str) -> str:
    try:
        entity = json.loads(braces)
        name, role = str(entity["entity"]), entity.get("role")
    except (ValueError, KeyError) as error:
        raise _broken(braces, origin) from error
    return f"{name}.{role}" if role else name


def _broken(said: str, origin: str) -> InvalidExampleError:
    return InvalidExampleError(
        Text(f"实体标注没有写完整：“{said}”。", f"The entity markup of {said!r} is broken."),
        field=origin,
        hint=Text(
            '写成 [原文](类型) 或 [原文]{"entity": "类型"}，不要嵌套。',
            'Write [surface](type) or [surface]{"entity": "type"}, and don\'t nest.',
        ),
    )
