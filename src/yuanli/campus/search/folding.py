"""Names as they are compared: one width, case, script variant and way to write numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

import cn2an

HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003134f]")
WORD = re.compile(r"[^\W_]+")
_NUMERAL = re.compile(r"[零〇一二三四五六七八九十百千两]+")
_DIGIT_OF = {**{c: str(i) for i, c in enumerate("零一二三四五六七八九")}, "〇": "0", "两": "2"}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "ё": "е"})
_BETWEEN = re.compile(r"(?<=[㐀-鿿])(?=[a-z0-9])|(?<=[a-z0-9])(?=[㐀-鿿])|(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
LONGEST = 120
"""Names and questions are compared by this many characters at most."""


def fold(text: str) -> str:
    """Return the text in words parted by single blanks: NFKC, lower case, simplified, digits for 三零一.

    Words of letters, of digits and of Han characters are parted: `A座301` gives `a 座 301`.
    """
    return _words(_simplified(text).translate(_PLAIN))


def fold_german(text: str) -> str:
    """Return the text folded with ä, ö, ü as ae, oe, ue: the other way to type them."""
    return _words(_simplified(text).translate(_GERMAN).translate(_PLAIN))


@lru_cache(maxsize=65536)
def foldings(text: str) -> tuple[str, ...]:
    """Return the ways the text may be typed, folded; the first is the plain one."""
    plain = fold(text)
    if not plain:
        return tuple(filter(None, [text.strip()[:LONGEST].casefold()]))
    german = plain if text.isascii() or has_han(text) else fold_german(text)
    return (plain,) if plain == german else (plain, german)


def compact(folded: str) -> str:
    """Return a folded text without its blanks."""
    return folded.replace(" ", "")


def has_han(text: str) -> bool:
    """Tell whether a text has a Chinese character."""
    return HAN.search(text) is not None


def simplified(text: str) -> str:
    """Return a text in simplified characters."""
    return text.translate(_simplified_table())


def _simplified(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:LONGEST]).casefold().translate(_simplified_table())


def _words(text: str) -> str:
    if not text.isascii():
        text = _NUMERAL.sub(_digits, text)
        text = _bare(text)
    text = text.replace("'", "").replace("’", "")
    return " ".join(_BETWEEN.sub(" ", " ".join(WORD.findall(text))).split())


def _bare(text: str) -> str:
    """Drop the marks above Latin and Greek letters; Hangul and й stay whole."""
    if not any("\u00c0" <= c <= "\u036f" or "\u1e00" <= c <= "\u1fff" for c in text):
        return text
    parted = unicodedata.normalize("NFD", text)
    bare = "".join(c for i, c in enumerate(parted) if not _droppable(parted, i))
    return unicodedata.normalize("NFC", bare)


def _droppable(parted: str, at: int) -> bool:
    return unicodedata.combining(parted[at]) != 0 and at > 0 and parted[at - 1] < "\u0400"


def _digits(match: re.Match[str]) -> str:
    text = match.group()
    if not any(c in "十百千" for c in text):
        return "".join(_DIGIT_OF[c] for c in text)
    if text[0] in "百千":
        return text
    return _counted(text)


@cache
def _counted(text: str) -> str:
    try:
        return str(int(cn2an.cn2an(text.replace("〇", "零"), "smart")))
    except ValueError:
        return text


@cache
def _simplified_table() -> Mapping[int, str]:
    """Read OpenCC's table of traditional characters: each to its first simplified one."""
    table: dict[int, str] = {}
    lines = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text("utf-8").splitlines()
    for line in lines:
        traditional, _, simplified = line.partition("\t")
        first = simplified.split(" ")[0]
        if len(traditional) == 1 and len(first) == 1:
            table[ord(traditional)] = first
    table[ord("樓")], table[ord("廁")], table[ord("厠")] = "楼", "厕", "厕"
    return table
