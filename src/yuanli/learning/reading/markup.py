"""Examples in inline markup in our YAML: documents of one intent each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import yaml

from yuanli.errors import Text
from yuanli.learning.examples import Example, InvalidExampleError, parse_markup
from yuanli.learning.reading.source import Source

LANGUAGES = ("zh", "en")
KEYS = ("intent", *LANGUAGES)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_markup(source: Source) -> Iterator[Example]:
    """Read `intent: x` with lines of markup under `zh:` and `en:`; several such documents may follow another.

    The lines are a block or a list. All values are text as they stand: `10:30` stays `10:30`.
    """
    for document in nodes_of(source):
        entries = _entries(source, document)
        intent = entries.get("intent")
        if not isinstance(intent, yaml.ScalarNode) or not intent.value.strip():
            problem = Text("每个文档是键值表，要有 intent", "each document is a mapping with the key intent")
            source.fault(document.start_mark.line + 1, problem)
            continue
        for language in LANGUAGES:
            for number, said in lines_of(entries.get(language)):
                try:
                    example = parse_markup(said, origin=source.where(number))
                except InvalidExampleError as error:
                    source.fault(number, error)
                else:
                    yield replace(example, label=intent.value.strip(), language=language)


def nodes_of(source: Source) -> list[yaml.Node]:
    """Return the documents of a YAML file as nodes, which know their lines; none where it is broken."""
    try:
        return [node for node in yaml.compose_all(source.text(), Loader=LOADER) if node is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        source.fault(mark.line + 1 if mark else 1, Text(f"不是 YAML：{problem}", f"no YAML: {problem}"))
        return []


def lines_of(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Return the numbered lines, blank ones left out, of a block of text or of the items of a list."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from lines_of(item)
    elif isinstance(node, yaml.ScalarNode):
        block = node.style in ("|", ">")
        first = node.start_mark.line + 1 + block
        said = node.value.split("\n") if block else [node.value]
        for number, line in enumerate(said, start=first):
            if line.strip():
                yield number, line.strip()


def _entries(source: Source, document: yaml.Node) -> dict[str, yaml.Node]:
    entries: dict[str, yaml.Node] = {}
    for key, value in document.value if isinstance(document, yaml.MappingNode) else ():
        name = str(key.value)
        if name in entries or name not in KEYS:
            known = ", ".join(KEYS)
            source.fault(
                key.start_mark.line + 1,
                Text(
                    f"键“{name}”重复或未知；可用：{known}",
                    f"the key {name!r} is there twice or unknown; known are {known}",
                ),
            )
        elif name in LANGUAGES and isinstance(value, yaml.MappingNode):
            source.fault(
                key.start_mark.line + 1, Text(f"{name} 下是文本或列表", f"{name} holds lines or a list")
            )
        entries.setdefault(name, value)
    return entries
