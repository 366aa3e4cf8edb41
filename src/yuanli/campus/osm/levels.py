"""Which storeys does a text of OpenStreetMap name (`0;1`, `-1-3`, `0,5`, `GF`, `B1`, `2楼`, `1. OG`)?"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cn2an

from yuanli.errors import Text

HIGHEST, MOST = 200.0, 100
"""No building has more storeys than this; a range that is longer is a slip of the pen."""

_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "－": "-", "﹣": "-", "‐": "-", "‑": "-", "～": "~",
                         "〜": "~", "；": ";", "，": ",", "、": ";", "．": ".", "＋": "+", "\u00a0": " ",
                         "\u3000": " ", "：": ":"})  # fmt: skip
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|~|\.\.\.?|to|bis|至|到)\s*({_NUMBER})", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"(?<![\d,])([+-]?\d+),(0\d*|5|25|75)(?![\d,])")
_SIMPLE = re.compile(_NUMBER)
_UNKNOWN = Text("写法无法识别", "the spelling is not understood")


@dataclass(frozen=True, slots=True)
class LevelReading:
    """The ordinals a text names, lowest first; `reason` says what was guessed or not understood."""

    ordinals: tuple[float, ...]
    reason: Text | None = None


def parse_levels(text: str) -> LevelReading:
    """Read a value of `level`, `repeat_on` or the like; never fails.

    A comma is a decimal comma before 5, 25, 75 or a leading zero (`0,5`), else it parts two levels (`0,1`).
    Storeys as signs count them in East Asia (`1F`, `2楼`, `3층`) start at the ground, ordinal 0.
    """
    plain = text.translate(_DASHES).translate(_DIGITS).strip()
    if not plain:
        return LevelReading((), Text("楼层为空", "the level is blank"))
    plain = _DECIMAL_COMMA.sub(r"\1.\2", plain)
    ordinals: set[float] = set()
    reason: Text | None = None
    for part in _parts(plain):
        found, why = _parse_part(part)
        ordinals.update(found)
        reason = reason or why
    if not ordinals and reason is None:
        reason = _UNKNOWN
    wild = {o for o in ordinals if abs(o) > HIGHEST}
    if wild:
        ordinals -= wild
        reason = Text(f"楼层超出 ±{HIGHEST:g}", f"a level is beyond ±{HIGHEST:g}")
    return LevelReading(tuple(sorted(o + 0.0 for o in ordinals)), reason)


def _parts(plain: str) -> list[str]:
    parts = [p.strip() for p in re.split(r"[;,/|&]|\band\b|\bund\b|和", plain) if p.strip()]
    together: list[str] = []
    for part in parts:
        numbers = part.split()
        if len(numbers) > 1 and all(_SIMPLE.fullmatch(n) for n in numbers):
            together.extend(numbers)
        else:
            together.append(part)
    return together


def _parse_part(part: str) -> tuple[tuple[float, ...], Text | None]:
    if _SIMPLE.fullmatch(part):
        return (_number(part),), None
    if found := _RANGE.fullmatch(part):
        return _span(_number(found.group(1)), _number(found.group(2)))
    named = _named(part)
    if named is not None:
        return (named,), None
    for dash in re.finditer(r"\s*[-~]\s*", part):
        low, high = _named(part[: dash.start()]), _named(part[dash.end() :])
        if low is not None and high is not None:
            return _span(low, high)
    return (), _UNKNOWN


def _number(text: str) -> float:
    return float(text) if len(text) < 12 else float("1e9")


def _span(a: float, b: float) -> tuple[tuple[float, ...], Text | None]:
    low, high = min(a, b), max(a, b)
    if high - low > MOST or abs(low) > HIGHEST or abs(high) > HIGHEST:
        return (), Text(f"楼层范围超过 {MOST} 层", f"the range spans more than {MOST} levels")
    steps = int(high - low)
    first = low if float(high - low).is_integer() else float(int(low // 1) + 1)
    inner = {first + i for i in range(steps + 1) if low < first + i < high}
    reason = Text("范围上下颠倒", "the range is upside down") if a > b else None
    return tuple({low, high, *inner}), reason


_GROUND = {"g", "gf", "eg", "ground", "groundfloor", "ground floor", "erdgeschoss", "rdc", "rez-de-chaussée",
           "首层", "地面", "地面层", "一层", "一楼", "지상", "parterre", "pb"}  # fmt: skip
_BELOW = {"ug", "kg", "lg", "lgf", "basement", "b", "keller", "kellergeschoss", "untergeschoss", "tiefgarage",
          "地下", "地下室", "地下层", "负一层", "负一楼", "지하"}  # fmt: skip
_ONE = {"og", "first floor", "obergeschoss"}
_MEZZANINE = {"m", "mezzanine", "zg", "zwischengeschoss", "夹层", "중이층"}
_PATTERNS: tuple[tuple[re.Pattern[str], float, float], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), factor, offset)
    for pattern, factor, offset in (
        (r"(?:b|地下|지하|負|负|-?b)\s*(\d+)\s*(?:f|楼|层|層|樓|층|階)?", -1, 0),
        (r"-\s*(\d+)\s*(?:f|楼|层|層|樓|층|階)", -1, 0),
        (r"(\d+)\.?\s*(?:ug|untergeschoss|kg)", -1, 0),
        (r"ug\s*(\d+)", -1, 0),
        (r"(\d+)\.?\s*(?:og|obergeschoss|stock|etage)", 1, 0),
        (r"og\s*(\d+)", 1, 0),
        (r"(\d+)\s*(?:f|楼|层|層|樓|층|階)", 1, -1),
        (r"(?:f|第|지상)\s*(\d+)\s*(?:楼|层|層|樓|층|階)?", 1, -1),
        (r"(\d+)\s*(?:m|z|mezzanine|夹层)", 1, 0.5),
        (r"(?:l|level|lvl|ebene|floor)\.?\s*([+-]?\d+(?:\.\d+)?)", 1, 0),
        (r"(\d+)(?:st|nd|rd|th)(?:\s*floor)?", 1, 0),
    )
)
_CHINESE = re.compile(r"(负|地下)?第?([一二三四五六七八九十百两]+)(?:楼|层|層|樓)")


def _named(part: str) -> float | None:
    """Return the ordinal of a storey given by name, or None."""
    word = part.strip().lower().rstrip(".")
    if _SIMPLE.fullmatch(word):
        return _number(word)
    for words, ordinal in ((_GROUND, 0.0), (_BELOW, -1.0), (_ONE, 1.0), (_MEZZANINE, 0.5)):
        if word in words:
            return ordinal
    for pattern, factor, offset in _PATTERNS:
        if (found := pattern.fullmatch(word)) and len(found.group(1)) < 6:
            return factor * float(found.group(1)) + offset
    if found := _CHINESE.fullmatch(word):
        try:
            count = float(cn2an.cn2an(found.group(2).replace("两", "二"), "smart"))
        except ValueError:
            return None
        return -count if found.group(1) else count - 1
    return None
