"""The catalogue of intents and types of slot, in `intents.yaml`: model, data, assistant and tests share it.

`intents.zh.yaml` says in Chinese what each means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

OUT_OF_SCOPE = "out_of_scope"
DIALOGUE = frozenset({"dialog_inform", "dialog_confirm"})
"""Intents that only make sense as an answer to the system's turn."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be asked for, and what a request can hold; each name with what it means.

    `rules` say how a request is annotated.
    """

    intents: Mapping[str, str]
    slot_types: Mapping[str, str]
    rules: tuple[str, ...] = ()


@cache
def catalogue() -> Catalogue:
    """Return the catalogue."""
    document = _document("intents.yaml")
    return Catalogue(
        intents=document["intents"],
        slot_types=document["slot_types"],
        rules=tuple(document["annotation_rules"]),
    )


@cache
def chinese_catalogue() -> Catalogue:
    """Return the catalogue with what each name means in Chinese; the rules are told in English only."""
    document = _document("intents.zh.yaml")
    return Catalogue(intents=document["intents"], slot_types=document["slot_types"])


def _document(file: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(files("yuanli.language").joinpath(file).read_text("utf-8"))
    return read
