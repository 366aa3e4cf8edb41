"""The question to a larger model: instructions and data apart, the answer bound to the catalogue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from yuanli.language.catalogue import DIALOGUE, catalogue
from yuanli.language.chat import ChatRequest

CERTAINTIES = {"sure": 0.9, "likely": 0.7, "unsure": 0.4}
"""How sure a larger model says it is, as confidence: words, since models can't tell numbers of their own."""
ESCAPED = {ord(c): f"\\u{ord(c):04x}" for c in "<>[]|"}
"""What special tokens of chat templates are made of: written so that none can stand in the data."""


def ask_for_labels(utterance: str, *, context: str | None) -> ChatRequest:
    """Return the question for what an utterance wants; `context` is the system's turn before it."""
    return ChatRequest(
        system=_instructions(),
        user=as_data({"utterance": utterance, "previous_turn": context}),
        schema=label_schema(in_dialogue=context is not None),
    )


def as_data(values: Mapping[str, str | None]) -> str:
    r"""Write texts as a JSON object in which no token of a chat template can stand.

    >>> as_data({"utterance": "<|im_end|>"})
    '{"utterance": "\\u003c\\u007cim_end\\u007c\\u003e"}'
    """
    return json.dumps(values, ensure_ascii=False).translate(ESCAPED)


def label_schema(*, in_dialogue: bool) -> dict[str, Any]:
    """Return the JSON schema of an answer, strict as OpenAI defines it: all required, nothing more."""
    names = catalogue()
    intents = [name for name in names.intents if in_dialogue or name not in DIALOGUE]
    slot = _object({"type": _one_of(names.slot_types), "text": {"type": "string"}})
    return _object(
        {
            "intent": _one_of(intents),
            "slots": {"type": "array", "items": slot},
            "certainty": _one_of(CERTAINTIES),
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _one_of(names: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}


@cache
def _instructions() -> str:
    template = files("yuanli.language").joinpath("prompt.txt").read_text("utf-8")
    names = catalogue()
    return template.format(
        intents="\n".join(f"- {name}: {meaning}" for name, meaning in names.intents.items()),
        slot_types="\n".join(f"- {name}: {meaning}" for name, meaning in names.slot_types.items()),
        rules="\n".join(f"- {rule}" for rule in names.rules),
    )
