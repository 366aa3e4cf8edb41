"""Back-translation and paraphrase by a larger model, where one is configured: every span must come back whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from yuanli.learning.examples import Example, InvalidExampleError, language_of, parse_markup, write_markup


class Paraphraser(Protocol):
    """Says things in other words: a translation model there and back, or a large language model."""

    name: str

    def paraphrase(self, markup: str, *, language: str, count: int) -> Sequence[str]:
        """Return other wordings of a line of markup, spans marked alike."""


def paraphrased(example: Example, paraphraser: Paraphraser, *, count: int) -> tuple[Example, ...]:
    """Return other wordings of an example that kept its spans; the rest is thrown away.

    A wording counts only where it has the same types of span with the same surfaces. An example whose text can't
    be written as markup has none.
    """
    made: dict[str, Example] = {}
    try:
        said = write_markup(replace(example, context=None))
    except InvalidExampleError:
        return ()  # it can't be put to the paraphraser with its spans marked
    for markup in paraphraser.paraphrase(
        said, language=example.language or language_of(example.text), count=count
    ):
        try:
            new = parse_markup(markup)
        except InvalidExampleError:
            continue
        if (
            sorted(new.values()) != sorted(example.values())
            or new.text == example.text
            or not new.text.strip()
        ):
            continue
        made[new.text] = replace(example, text=new.text, spans=new.spans, made_by=paraphraser.name)
    return tuple(made.values())
