"""What each intent needs to know, how it is asked for and how it is said: `frames.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yuanli.errors import Text
from yuanli.language import Slot

PART = re.compile(r"\[([^\[\]]*)\]")
HOLE = re.compile(r"\{([a-z_|]+)\}")
UNKNOWN = "out_of_scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that a request needs: a value of any of these types, and the question for it."""

    types: tuple[str, ...]
    ask: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What one intent needs, may hold, and how it reads. `act` says that it changes the world.

    `words` says that not the values alone, but all that is said for it counts: the words of later turns are added;
    `words_with` that it is so where there is a value of that type.
    """

    intent: str
    name: Text
    family: str
    summary: Text
    required: tuple[Need, ...] = ()
    optional: tuple[str, ...] = ()
    act: bool = False
    words: bool = False
    words_with: str | None = None
    side: bool = False
    carry: tuple[str, ...] = ()
    here: tuple[str, ...] = ()

    @property
    def types(self) -> tuple[str, ...]:
        """All types of slot that the frame knows, the required ones first."""
        needed = (slot_type for need in self.required for slot_type in need.types)
        return tuple(dict.fromkeys((*needed, *self.optional)))

    def counts_words(self, slots: Iterable[Slot]) -> bool:
        """Whether all that is said counts, and not the values alone."""
        return self.words or any(slot.type == self.words_with for slot in slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """All frames, and what holds for all of them."""

    intents: Mapping[str, Frame]
    families: Mapping[str, Text]
    called: Mapping[str, tuple[str, ...]]
    slots: Mapping[str, Text]
    kin: Mapping[str, tuple[str, ...]]
    several: frozenset[str]
    ask: Text
    confirm: Text

    def of(self, intent: str) -> Frame:
        """Return the frame of an intent; one that the catalogue does not know is out of scope."""
        return self.intents.get(intent) or self.intents[UNKNOWN]

    def name_of(self, slot_type: str) -> Text:
        """Return what a type of slot is called."""
        return self.slots.get(slot_type) or Text(slot_type, slot_type)

    def kin_of(self, slot_type: str) -> tuple[str, ...]:
        """Return the types that stand in for one, nearest first, without itself."""
        return self.kin.get(slot_type, ())


@cache
def load_frames() -> Frames:
    """Return the frames of `frames.yaml`."""
    document: dict[str, Any] = yaml.safe_load(
        files("yuanli.operations.dialogue").joinpath("frames.yaml").read_text("utf-8")
    )
    return Frames(
        intents={intent: _frame(intent, block) for intent, block in document["intents"].items()},
        families={name: Text(**block) for name, block in document["families"].items()},
        called={name: tuple(words) for name, words in document["called"].items()},
        slots={name: Text(**block) for name, block in document["slots"].items()},
        kin={first: tuple(rest) for first, *rest in document["kin"]},
        several=frozenset(document["several"]),
        ask=Text(**document["ask"]),
        confirm=Text(**document["confirm"]),
    )


def filled_in(template: str, values: Mapping[str, str]) -> str:
    """Return a template with its values; a `[part]` whose value is missing is left out.

    >>> filled_in("Book {room|room_type}[, {date}][ for {people}]", {"room": "A301", "date": "Monday"})
    'Book A301, Monday'
    """

    def value(names: str) -> str:
        return next((values[name] for name in names.split("|") if values.get(name)), "")

    def part(match: re.Match[str]) -> str:
        holes = HOLE.findall(match[1])
        return match[1] if all(value(names) for names in holes) else ""

    shown = HOLE.sub(lambda match: value(match[1]), PART.sub(part, template))
    tidy = re.sub(r"([，,])(?:\s*[，,])+", r"\1", re.sub(r" {2,}", " ", shown))
    return re.sub(r"([，：])\s+", r"\1", tidy).strip(" ，,")


def holes_of(template: str) -> Iterable[str]:
    """Return the types of slot that a template has holes for."""
    return (name for names in HOLE.findall(template) for name in names.split("|"))


def _frame(intent: str, block: Mapping[str, Any]) -> Frame:
    return Frame(
        intent=intent,
        name=Text(**block["name"]),
        family=block["family"],
        summary=Text(**block["summary"]),
        required=tuple(
            Need(types=tuple(names.split("|")), ask=Text(**ask))
            for names, ask in block.get("required", {}).items()
        ),
        optional=tuple(block.get("optional", ())),
        act=block.get("act", False),
        words=block.get("words", False),
        words_with=block.get("words_with"),
        side=block.get("side", False),
        carry=tuple(block.get("carry", ())),
        here=tuple(block.get("here", ())),
    )
