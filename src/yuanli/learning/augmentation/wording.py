"""Other words for the same: synonyms, other values, left out, exchanged, added, in the other language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from yuanli.learning.augmentation.pieces import Piece, Tables, words
from yuanli.learning.examples import Example, language_of

WORD = re.compile(r"\S+")
SPOKEN = re.compile(r"[\u4e00-\u9fff]|[\w']+", re.ASCII)
LANGUAGES = ("zh", "en")
WHOLE = 5
"""Words, or Chinese characters, from which a text counts as a sentence that says by itself what is wanted."""
EDGES = {"zh": ("", ""), "en": (r"(?<![a-z0-9'])", r"(?![a-z0-9'])")}
Lexicon = tuple[re.Pattern[str], Mapping[str, Sequence[str]]]


def replace_word(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Replace one word or phrase outside the spans by another of its row in the table of synonyms."""
    del tables
    return _exchange(pieces, _lexicon("synonyms", language), rng, inside=False)


def mix_languages(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Say one Chinese word in English, as people in international offices do."""
    del tables
    if language != "zh":
        return pieces
    return _exchange(pieces, _lexicon("mixing", language), rng, inside=True)


def replace_value(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Replace the values of some spans by others of their type."""
    changed = []
    for piece in pieces:
        values = tables.values.get((piece.type or "", language)) if piece.type else None
        changed.append(replace(piece, text=rng.choice(values)) if values and rng.random() < 0.6 else piece)
    return changed


def drop_word(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Leave out a word that says little: a particle, a courtesy."""
    del tables
    return _exchange(pieces, _lexicon("droppable", language), rng, inside=False)


def swap_words(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Exchange two neighbouring words of one piece outside the spans; English only."""
    del tables
    places = [
        (i, j)
        for i, piece in enumerate(pieces)
        if piece.type is None
        for j in range(len(WORD.findall(piece.text)) - 1)
    ]
    if language == "zh" or not places:
        return pieces
    i, j = rng.choice(places)
    found = list(WORD.finditer(pieces[i].text))
    first, second, text = found[j], found[j + 1], pieces[i].text
    text = (
        text[: first.start()]
        + second[0]
        + text[first.end() : second.start()]
        + first[0]
        + text[second.end() :]
    )
    return [*pieces[:i], replace(pieces[i], text=text), *pieces[i + 1 :]]


def add_filler(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Put a greeting at the start, or what speakers fill a pause with before a span."""
    del tables
    if language not in LANGUAGES:
        return pieces
    at = rng.choice([0, *(i for i, piece in enumerate(pieces) if piece.type and i)])
    filler = str(rng.choice(words()["fillers" if at else "greetings"][language]))
    blank = "" if language == "zh" else " "
    return [*pieces[:at], Piece(filler + blank), *pieces[at:]]


def shorten(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Leave out how a request begins ("请帮我", "could you please") or ends, as people in a hurry do."""
    del rng, tables
    if language not in LANGUAGES:
        return pieces
    changed = list(pieces)
    if changed and changed[0].type is None:
        found = _opening(language).match(changed[0].text)
        changed[0] = replace(changed[0], text=changed[0].text[found.end() if found else 0 :])
    if changed and changed[-1].type is None:
        text = changed[-1].text.rstrip(" 。！？.!?")
        found = _closing(language).search(text)
        changed[-1] = replace(changed[-1], text=text[: found.start()] if found else text)
    kept = [piece for piece in changed if piece.text]
    return kept if sum(len(piece.text) for piece in kept) > 2 else pieces


def _exchange(pieces: list[Piece], lexicon: Lexicon, rng: Random, *, inside: bool) -> list[Piece]:
    pattern, others = lexicon
    places = [
        (i, match)
        for i, piece in enumerate(pieces)
        if inside or piece.type is None
        for match in pattern.finditer(piece.text)
        if others.get(match[0].lower())
    ]
    if not places:
        return pieces
    i, match = rng.choice(places)
    text = pieces[i].text
    text = text[: match.start()] + rng.choice(others[match[0].lower()]) + text[match.end() :]
    if not inside:
        text = re.sub(r" {2,}", " ", text)
    return [*pieces[:i], *([replace(pieces[i], text=text)] if text else []), *pieces[i + 1 :]]


@cache
def _lexicon(table: str, language: str) -> Lexicon:
    """Return what finds the words of a table, the longest first, and what each may become.

    Compounds are found too, and become nothing: 请 is no courtesy in 请假.
    """
    others: dict[str, list[str]] = {word: [] for word in words()["compounds"].get(language, ())}
    if table == "mixing":
        rows = [[zh, en] for zh, en in words()[table].items()] if language == "zh" else []
    elif table == "droppable":
        rows = [[word, ""] for word in words()[table].get(language, ())]
    else:
        rows = words()[table].get(language, ())
    for row in rows:
        for word in row if table == "synonyms" else row[:1]:
            others.setdefault(str(word).lower(), []).extend(str(other) for other in row if other != word)
    found = "|".join(re.escape(word) for word in sorted(others, key=len, reverse=True))
    before, after = EDGES.get(language, ("", ""))
    return re.compile(f"{before}(?:{found or '(?!)'}){after}", re.IGNORECASE), others


@cache
def _opening(language: str) -> re.Pattern[str]:
    first = _either("openings", language)
    return re.compile(f"{_unlike(language)}(?:{first}){EDGES[language][1]}[ ，,]*", re.IGNORECASE)


@cache
def _closing(language: str) -> re.Pattern[str]:
    last = _either("closings", language)
    kept = "".join(f"(?<!{re.escape(word)})" for word in words()["compounds"].get(language, ()))
    return re.compile(f"[ ，,]*{EDGES[language][0]}(?:{last})$(?:{kept})", re.IGNORECASE)


def _either(table: str, language: str) -> str:
    return "|".join(re.escape(word) for word in sorted(words()[table][language], key=len, reverse=True))


def _unlike(language: str) -> str:
    compounds = words()["compounds"].get(language, ())
    return f"(?!{'|'.join(map(re.escape, compounds))})" if compounds else ""


def change_subject(example: Example, language: str, rng: Random, tables: Tables) -> Example:
    """Let a whole sentence be said after words it has nothing to do with: people leave questions unanswered."""
    long = len(SPOKEN.findall(example.text)) >= WHOLE
    contexts = tables.contexts.get(language)
    if example.context is not None or not long or not contexts:
        return example
    names = f"{example.made_by}+aside" if example.made_by else "aside"
    return replace(example, context=rng.choice(contexts), made_by=names)


def tables_of(examples: Iterable[Example], groups: Sequence[Sequence[str]]) -> Tables:
    """Return the contexts of examples, and the values of spans that may stand for each other, by language.

    `groups` are the types of span whose values may.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    contexts: dict[str, dict[str, None]] = {}
    group_of = {kind: group for group in groups for kind in group}
    for example in examples:
        language = (example.language or language_of(example.text))[:2].lower()
        if example.context is not None:
            contexts.setdefault(language, {})[example.context] = None
        for kind, said in example.values():
            for other in group_of.get(kind, ()):
                found.setdefault((other, language), {})[said] = None
    return Tables(
        values={key: tuple(values) for key, values in found.items()},
        contexts={language: tuple(said) for language, said in contexts.items()},
    )
