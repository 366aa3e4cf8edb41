"""How names sound: pinyin and its initials, blurred for ears and accents; English, Hangul, Cyrillic."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import cn2an
import jellyfish
from pypinyin import lazy_pinyin
from pypinyin.contrib.mmseg import seg

from yuanli.campus.search.folding import HAN, has_han

_NUMBER = re.compile(r"[0-9]+")
_RUNS = re.compile(rf"{HAN.pattern}+|(?:(?!{HAN.pattern})\S)+")
_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_BLURS = (
    (re.compile(r"zh"), "z"),
    (re.compile(r"ch"), "c"),
    (re.compile(r"sh"), "s"),
    (re.compile(r"ng"), "n"),
    (re.compile(r"v|ü"), "u"),
    (re.compile(r"^[nr](?=[aeiou])"), "l"),
    (re.compile(r"^h(?=u)"), "f"),
    (re.compile(r"^fu(?=[aeio])"), "f"),
)
_SMALL_WORDS = frozenset({"of", "the", "and", "for", "in", "at", "a", "an", "de", "der", "die", "und", "fur"})
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i i e g"
        .replace("-", "").split(" "),
        strict=True,
    )
)  # fmt: skip


@lru_cache(maxsize=65536)
def syllables(folded: str) -> tuple[str, ...]:
    """Return the pinyin of a folded text, a syllable for each character; other words as they are."""
    parts = _RUNS.findall(folded)
    return tuple(s for part in parts for s in (_han_syllables(part) if HAN.match(part) else (part,)))


def _han_syllables(text: str) -> list[str]:
    return [s for word in seg.cut(text) for s in _word_syllables(word)]


@lru_cache(maxsize=65536)
def _word_syllables(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word, v_to_u=False))


def spoken_digits(text: str) -> str:
    """Return the text with its numbers as they are said in Chinese: 二号, 十三号, 三零一."""
    return _NUMBER.sub(lambda m: _said(m[0]), text)


@cache
def _said(number: str) -> str:
    if len(number) == 2 and number[0] != "0":
        return str(cn2an.an2cn(number))
    return "".join(_DIGITS.get(c, c) for c in number)


def hangul_initials(folded: str) -> str:
    """Return the first consonants of a Korean name, as ㅈㅇㄷㅅㄱ for 중앙도서관; "" for others."""
    if not any("가" <= c <= "힣" for c in folded):
        return ""
    letters = (chr(0x1100 + (ord(c) - 0xAC00) // 588) if "가" <= c <= "힣" else c for c in folded)
    return "".join(letters).replace(" ", "")


def initials(parts: tuple[str, ...]) -> str:
    """Return the first letters of pinyin syllables, numbers whole: `bgt` for 报告厅."""
    return "".join(p if p.isdigit() else p[:1] for p in parts)


@lru_cache(maxsize=4096)
def blur(syllable: str) -> str:
    """Return a pinyin syllable without what ears and accents confuse: zh z, n l, ng n, h f."""
    for pattern, sound in _BLURS:
        syllable = pattern.sub(sound, syllable)
    return syllable


def acronyms(folded: str) -> tuple[str, ...]:
    """Return the acronyms of an English name of three words or more, with and without small words."""
    words = folded.split()
    if len(words) < 3 or not folded.isascii():
        return ()
    every = "".join(w if w.isdigit() else w[0] for w in words)
    great = "".join(w if w.isdigit() else w[0] for w in words if w not in _SMALL_WORDS)
    return tuple(key for key in dict.fromkeys((great, every)) if len(key) > 2)


def sound_keys(folded: str) -> Iterator[str]:
    """Yield the keys under which names that sound like this one are found."""
    if has_han(folded):
        yield "".join(blur(s) for s in syllables(folded))
        return
    if folded.isascii():
        said = [w if w.isdigit() else jellyfish.metaphone(w).lower() for w in folded.split()]
        key = "".join(said)
        if sum(c.isalpha() for c in key) >= 3:
            yield f"~{key}"
        return
    if any("가" <= c <= "힣" for c in folded):
        yield unicodedata.normalize("NFD", folded).replace(" ", "")


def transliterated(folded: str) -> str:
    """Return a Cyrillic name in Latin letters (BGN/PCGN without marks); others unchanged."""
    return "".join(_CYRILLIC.get(c, c) for c in folded) if _is_cyrillic(folded) else folded


def _is_cyrillic(text: str) -> bool:
    return any("а" <= c <= "я" for c in text)
