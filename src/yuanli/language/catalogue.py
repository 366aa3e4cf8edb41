"""The catalogue of intents and types of slot, in `intents.yaml`: model, data, assistant and tests share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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
    document = yaml.safe_load(files("yuanli.language").joinpath("intents.yaml").read_text("utf-8"))
    return Catalogue(
        intents=document["intents"],
        slot_types=document["slot_types"],
        rules=tuple(document["annotation_rules"]),
    )
