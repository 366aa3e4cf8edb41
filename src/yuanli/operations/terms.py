"""The catalogue as people pick from it: each intent and type of slot with its name and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from yuanli.errors import Text
from yuanli.language import catalogue, chinese_catalogue
from yuanli.operations.dialogue import load_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """An intent or a type of slot: `id` as models and examples write it, what it is called, what it means."""

    id: str
    name: Text
    description: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that a request can want, and all that it can hold, in the order of the catalogue."""

    intents: tuple[Term, ...]
    slot_types: tuple[Term, ...]


@cache
def load_terms() -> Terms:
    """Return the intents and types of slot in both languages."""
    english, chinese, frames = catalogue(), chinese_catalogue(), load_frames()
    return Terms(
        intents=tuple(
            Term(id=intent, name=frames.of(intent).name, description=Text(chinese.intents[intent], meaning))
            for intent, meaning in english.intents.items()
        ),
        slot_types=tuple(
            Term(id=kind, name=frames.name_of(kind), description=Text(chinese.slot_types[kind], meaning))
            for kind, meaning in english.slot_types.items()
        ),
    )
