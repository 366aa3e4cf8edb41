"""Folding: one spelling for what is written in many, before times and numbers are read."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from yuanli.language.grounding.spans import LONGEST_TEXT
from yuanli.language.grounding.tables import table

_DASHES = re.compile(r"\s*[‐‑‒–—―−~〜～﹣－]+\s*")
_HAN_GAP = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])|(?<=\d)\s+(?=[a-z%:])|(?<=:)\s+(?=\d)")
_ISO_TIME = re.compile(r"(?<=\d)t(?=\d\d:)")
_WORD = re.compile(r"[a-z][a-z']{3,}")
_SPACES = re.compile(r"\s+")
_WIDE = (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B), ord("％"), ord("．"))
_HALF = {wide: unicodedata.normalize("NFKC", chr(wide)) for wide in _WIDE}
_WIDE_COLON = re.compile(r"(?<=[0-9])：(?=[0-9])")


def half_width(text: str) -> str:
    """Return a text as long as it was, with letters and digits that were typed in full width as usual ones.

    >>> half_width("Ａ座放３个，１４：３０前，可以吗？")
    'A座放3个，14:30前，可以吗？'
    """
    return _WIDE_COLON.sub(":", text.translate(_HALF))


def folded(text: str, language: str) -> str:
    """Return a text in lower case, half width and simplified characters, slips put right.

    Text beyond 2,000 characters is not read.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower()[:LONGEST_TEXT]
    plain = _SPACES.sub(" ", _DASHES.sub("-", _ISO_TIME.sub(" ", plain))).replace("’", "'").strip()
    return _folded_chinese(plain) if language == "zh" else _folded_english(plain)


def _folded_chinese(text: str) -> str:
    text = text.translate(_simplified())
    for pattern, replacement in _misheard():
        text = pattern.sub(replacement, text)
    return _HAN_GAP.sub("", _fillers("zh").sub("", text))


def _folded_english(text: str) -> str:
    text = _spelling_pattern().sub(lambda m: str(table("folding")["spellings"][m.group()]), text)
    text = _WORD.sub(lambda m: _put_right(m.group()), text)
    for pattern, replacement in _replacements():
        text = pattern.sub(replacement, text)
    return _SPACES.sub(" ", _fillers("en").sub(" ", _minutes_marked(text))).strip()


def _minutes_marked(text: str) -> str:
    """Mark `ten to four` in words as minutes before the hour, which `10 to 4` in digits is not."""
    return _minute_phrase().sub(r"\1 minutes \2 \3", text)


@cache
def _minute_phrase() -> re.Pattern[str]:
    words = table("folding")
    return re.compile(
        rf"(?<!from )\b({words['minute_words']}) (past|to|before) ({words['hour_words']})\b(?![ -]thirty)"
    )


@cache
def _simplified() -> dict[int, str]:
    return str.maketrans(dict(table("folding")["traditional"]))


@cache
def _misheard() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(a), b) for a, b in table("folding")["misheard"])


@cache
def _replacements() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(a), b) for a, b in table("folding")["replacements"])


@cache
def _fillers(language: str) -> re.Pattern[str]:
    return re.compile(table("folding")["fillers"][language])


@cache
def _spelling_pattern() -> re.Pattern[str]:
    words = sorted(table("folding")["spellings"], key=len, reverse=True)
    return re.compile(r"(?<![a-z0-9'])(?:" + "|".join(map(re.escape, words)) + r")(?![a-z0-9'])")


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(table("folding")["vocabulary"])


def _put_right(word: str) -> str:
    """Return the word of the vocabulary one slip away from a longer word, two from a long one."""
    if len(word) < 5 or len(word) > 12 or word in _vocabulary() or word in _known():
        return word
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    slips = 2 if len(word) >= 7 else 1
    best = process.extractOne(
        word, sorted(_vocabulary()), scorer=OSA.distance, score_cutoff=slips, processor=None
    )
    if best is None or best[0][0] != word[0] or word.startswith(best[0]):
        return word
    return str(best[0])


@cache
def _known() -> frozenset[str]:
    """Words of the other tables that only look like slips."""
    words = set(str(table("folding")["keep"]).split())
    return frozenset(words)
