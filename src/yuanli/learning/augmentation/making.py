"""All augmenters by name, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random

from yuanli.errors import InvalidInputError, Text
from yuanli.learning.augmentation.forms import change_case, change_script, change_width, drop_punctuation
from yuanli.learning.augmentation.pieces import Change, Tables, pieces_of, rebuilt
from yuanli.learning.augmentation.sounds import mishear
from yuanli.learning.augmentation.typing import mistype
from yuanli.learning.augmentation.wording import (
    add_filler,
    change_subject,
    drop_word,
    mix_languages,
    replace_value,
    replace_word,
    shorten,
    swap_words,
)
from yuanli.learning.examples import Example, language_of

Augmenter = Callable[[Example, Random], Example]
AUGMENTERS: Mapping[str, Change] = {
    "synonym": replace_word,
    "value": replace_value,
    "drop": drop_word,
    "swap": swap_words,
    "filler": add_filler,
    "ellipsis": shorten,
    "mixing": mix_languages,
    "typo": mistype,
    "asr": mishear,
    "width": change_width,
    "script": change_script,
    "case": change_case,
    "punctuation": drop_punctuation,
}


ASIDE = "aside"
"""Changes what was said before, not the text."""
WAYS = (*AUGMENTERS, ASIDE)


def augmenter_of(shares: Sequence[tuple[str, float]], tables: Tables | None = None) -> Augmenter:
    """Return an augmenter that makes each change with its own probability, in the order given.

    Raises
    ------
    InvalidInputError
        A name is not in `WAYS`.
    """
    unknown = [name for name, _ in shares if name not in WAYS]
    if unknown:
        raise InvalidInputError(
            Text(f"没有增广方法“{unknown[0]}”。", f"There is no augmentation {unknown[0]!r}."),
            field="augmentation",
            hint=Text(f"可用：{'、'.join(WAYS)}。", f"Known: {', '.join(WAYS)}."),
        )
    known = tables or Tables()

    def changed(example: Example, rng: Random) -> Example:
        for name, share in shares:
            if rng.random() < share:
                language = (example.language or language_of(example.text))[:2].lower()
                if name == ASIDE:
                    example = change_subject(example, language, rng, known)
                    continue
                pieces = AUGMENTERS[name](pieces_of(example), language, rng, known)
                example = rebuilt(example, pieces, made_by=name)
        return example

    return changed


def augment(
    examples: Iterable[Example], shares: Sequence[tuple[str, float]], *, times: int, seed: int,
    tables: Tables | None = None,
) -> tuple[Example, ...]:  # fmt: skip
    """Return new examples made of old ones, `times` tries each; what did not change is left out.

    `made_by` of each names the changes; `origin` stays that of the example it was made of, so that a split keeps
    the two on one side.
    """
    changed = augmenter_of(shares, tables)
    made: dict[tuple[str, str | None], Example] = {}
    kept = list(examples)
    known = {(example.text, example.context) for example in kept}
    for place, example in enumerate(kept):
        for number in range(times):
            new = changed(example, Random(f"{seed}/{place}/{number}"))
            key = (new.text, new.context)
            if new is not example and key not in known and key not in made:
                made[key] = new
    return tuple(made.values())
