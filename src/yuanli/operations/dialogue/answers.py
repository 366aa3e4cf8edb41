"""Short answers: yes, no, cancel, a choice among options, back to what was put aside (`words.yaml`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yuanli.operations.dialogue.state import Option

LONGEST = 80
"""Characters of a turn that may be a short answer."""
SHORTEST_NAME = 2
"""Characters that an answer needs at least to name an option by a part of its label."""


class Said(StrEnum):
    """What a short answer says."""

    RESUME = "resume"
    CANCEL = "cancel"
    NONE = "none"
    ANY = "any"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Answer:
    """A short answer; `what` is what a person wants to go back to, as far as it was said."""

    said: Said
    what: str = ""


@cache
def tables() -> Mapping[str, Any]:
    """Return `words.yaml`."""
    document = yaml.safe_load(files("yuanli.operations.dialogue").joinpath("words.yaml").read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def find_answer(text: str) -> Answer | None:
    """Return what a whole turn says, where it is a short answer.

    >>> find_answer("算了吧").said
    <Said.CANCEL: 'cancel'>
    >>> find_answer("back to the booking").what
    'booking'
    """
    if len(text) > LONGEST:
        return None
    plain = folded(text)
    for said, pattern in _answers():
        if match := pattern.fullmatch(plain):
            what = next((value for value in match.groupdict().values() if value), "")
            return Answer(said, what.strip())
    return None


def find_choice(text: str, options: tuple[Option, ...]) -> Option | None:
    """Return the option that a turn names: by its number or ordinal, or by its name or a part of it.

    A part that several options share names none.
    """
    if len(text) > LONGEST:
        return None
    if is_counted(text):
        return find_counted(text, options)
    return find_named(folded(text), options)


def is_counted(text: str) -> bool:
    """Whether a text is nothing but the number of an option: "2", "第二个", "the last one"."""
    return len(text) <= LONGEST and _ordinal().fullmatch(folded(text)) is not None


def find_counted(text: str, options: tuple[Option, ...]) -> Option | None:
    """Return the option whose number a text is."""
    match = _ordinal().fullmatch(folded(text))
    if match is None:
        return None
    index = _indices()[match["word"]]
    return options[index] if -len(options) <= index < len(options) else None


def find_named(plain: str, options: tuple[Option, ...]) -> Option | None:
    """Return the one option whose name holds the text, or whose name the text holds."""
    wanted = _squeezed(plain)
    if len(wanted) < SHORTEST_NAME:
        return None
    names = [(option, [_squeezed(n) for n in (option.label.zh, option.label.en)]) for option in options]
    for fits in (
        lambda name: name == wanted,
        lambda name: wanted in name,
        lambda name: len(name) >= SHORTEST_NAME and name in wanted,
        lambda name: _tokens(wanted) and all(token in name for token in _tokens(wanted)),
    ):
        found = [option for option, called in names if any(fits(name) for name in called)]
        if len(found) == 1:
            return found[0]
        if found:
            return None
    return None


def is_back(text: str, slot_type: str) -> bool:
    """Whether a value only points back to what was said: "there", "那天"."""
    return folded(text) in back_words().get(slot_type, frozenset())


@cache
def back_words() -> Mapping[str, frozenset[str]]:
    """Return what points back, by the type it stands for."""
    return {row["type"]: frozenset(map(str, row["words"])) for row in tables()["back"]}


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return one of the patterns that stand by themselves in `words.yaml`."""
    return re.compile(tables()[name], re.IGNORECASE)


def folded(text: str) -> str:
    """Return a text in half width and lower case, without polite words around it."""
    plain = unicodedata.normalize("NFKC", text).strip().lower().replace("’", "'")
    plain = re.sub(r"[\s,.!?;:。，！？；：、]+$", "", plain)
    head = re.compile(tables()["polite"], re.I).match(plain)
    while head and 0 < head.end() < len(plain):
        plain = plain[head.end() :]
        head = re.compile(tables()["polite"], re.I).match(plain)
    return plain


@cache
def _answers() -> tuple[tuple[Said, re.Pattern[str]], ...]:
    ending = tables()["ending"]
    return tuple(
        (said, re.compile(rf"(?:{tables()['answers'][said.value]}){ending}", re.IGNORECASE)) for said in Said
    )


@cache
def _indices() -> Mapping[str, int]:
    return {str(word): row["index"] for row in tables()["ordinals"] for word in row["words"]}


@cache
def _ordinal() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(_indices(), key=len, reverse=True))
    return re.compile(tables()["ordinal"].replace("{words}", words) + tables()["ending"], re.IGNORECASE)


def _squeezed(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"那(?:个|家|间|里的?)|的|^(?:去|到|选|要|就)|\bthe\b|\bone\b|\bin\b|\bat\b", " ", plain)
    return re.sub(r"[\s\W_]+", " ", plain).strip()


def _tokens(text: str) -> list[str]:
    return [token for token in text.split() if token]
