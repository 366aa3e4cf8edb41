"""Number words in running text, turned to digits: `三百二十人` to `320人`, `twenty-five` to `25`."""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from yuanli.language.grounding.tables import expanded, table

_IN_ORDER = "零一二三四五六七八九"
_HUNDRED = re.compile(r"\b(?:a|one) (hundred|thousand)\b")
_SCALED = re.compile(r"\b(\d{1,6}(?:\.\d{1,6})?) (hundred|thousand|million|billion)\b")
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_OH = re.compile(r"(?<=\d) oh (?=\d\b)| o(?=[1-9]\b)")
_YEAR_IN_TWO = re.compile(r"(\dst|\dnd|\drd|\dth|of [a-z]{3,9}) 20 ([1-4]\d)\b")
_THOUSANDS = re.compile(r"\b(\d{1,9}),(?=\d{3}\b)")


def digits_of(text: str, language: str, *, point: bool = False) -> str:
    """Return a folded text with its number words as digits; weekdays and feasts stay words.

    With `point`, a `点` between Chinese numerals is the decimal point, not the hour.
    """
    if language == "en":
        return _english(text)
    return _pattern("decimals" if point else "hours").sub(_chinese, text)


def _english(text: str) -> str:
    from text_to_num import alpha2digit

    scaled = _SCALED.sub(lambda m: f"{float(m[1]) * _SCALES[m[2]]:.15g}", text)
    digits = str(alpha2digit(_HUNDRED.sub(r"one \1", scaled), "en", 0))
    return _THOUSANDS.sub(r"\1", _YEAR_IN_TWO.sub(r"\1 20\2", _OH.sub(":0", digits)))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    rows = table("numerals")
    return re.compile(expanded(rows[name], rows))


def _chinese(match: re.Match[str]) -> str:
    if match["number"]:
        return numeral_to_digits(match["number"])
    return {"俩": "2", "仨": "3"}.get(match.group(), match.group())


def numeral_to_digits(word: str) -> str:
    """Return a Chinese numeral as digits: `三百二` is 320, `两三` the range `2-3`, `十七八` `17-18`."""
    between = _pattern("neighbours").fullmatch(word)
    if between and _is_range(between):
        head, tail = between["head"], between["tail"]
        low, high = (_value(head + between[side] + tail) for side in ("low", "high"))
        return f"{low}-{high}" if low and high else word
    return _value(word) or word


def _is_range(match: re.Match[str]) -> bool:
    """Whether two digits side by side are a span: 二三, 三五, not the number 二零 nor the year 二零二六."""
    low, high = (_IN_ORDER.index(match[side].replace("两", "二")) for side in ("low", "high"))
    neighbours = high - low == 1 or (low, high) == (3, 5)
    return neighbours and (not match["head"] or match["head"][-1] in "十百千万亿")


def _value(word: str) -> str:
    """Return a numeral as digits, or nothing where it is no number by itself, such as 百."""
    word = word.replace("两", "二").replace("廿", "二十").replace("卅", "三十")
    if all(character in _IN_ORDER for character in word):
        return "".join(str(_IN_ORDER.index(character)) for character in word)
    if word[0] in "百千万亿":
        return ""
    try:
        return f"{_cn2an(word):.12g}"
    except ValueError:
        return ""


def _cn2an(word: str) -> float:
    import cn2an

    return cast(float, cn2an.cn2an(word, "smart"))
