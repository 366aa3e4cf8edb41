"""The keys one name is looked up by: as it is typed, by pinyin, by initials, by ear."""

from __future__ import annotations

from collections.abc import Mapping

from yuanli.campus.search.designators import bare_house, canonical, marked_basements, numbered
from yuanli.campus.search.folding import compact, foldings, has_han
from yuanli.campus.search.sounds import (
    acronyms,
    hangul_initials,
    initials,
    sound_keys,
    spoken_digits,
    syllables,
    transliterated,
)


def typed_keys(text: str) -> Mapping[str, float]:
    """Return the ways to type a name, with how much each counts, 0–1."""
    keys: dict[str, float] = {}
    for folded in foldings(marked_basements(text)):
        keys[compact(folded)] = 1.0
        for form in canonical(folded):
            keys.setdefault(form, 0.99)
        for form, weight in zip(numbered(folded), (0.96, 0.9), strict=False):
            keys.setdefault(form, weight)
        if bare := bare_house(folded):
            keys.setdefault(bare, 0.9)
        keys.setdefault(compact(transliterated(folded)), 0.9)
    return keys


def spoken_keys(text: str) -> Mapping[str, float]:
    """Return the pinyin of a Chinese name, with its numbers as digits and as words."""
    folded = _plain(text)
    if not has_han(folded):
        return {}
    forms = (folded, *canonical(folded), *(form.replace("#", "") for form in numbered(folded)))
    said = dict.fromkeys((*forms, *(spoken_digits(form) for form in forms)))
    return {"".join(syllables(form)): 1.0 for form in said}


def initial_keys(text: str) -> Mapping[str, float]:
    """Return the initials of a Chinese or Korean name and the acronyms of another."""
    folded = _plain(text)
    if hangul := hangul_initials(folded):
        return {hangul: 1.0}
    forms = dict.fromkeys((folded, spoken_digits(folded))) if has_han(folded) else ()
    return dict.fromkeys((*(initials(syllables(form)) for form in forms), *acronyms(folded)), 1.0)


def heard_keys(text: str) -> Mapping[str, float]:
    """Return the keys under which names that sound like this one are found."""
    return dict.fromkeys((key for folded in foldings(text) for key in sound_keys(folded)), 1.0)


def _plain(text: str) -> str:
    return next(iter(foldings(text)), "")
