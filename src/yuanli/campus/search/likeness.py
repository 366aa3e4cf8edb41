"""How well does a name fit a question that is neither the name nor its beginning?"""

from __future__ import annotations

from rapidfuzz.distance import OSA

from yuanli.campus.search.hits import Match


def likeness(whole: str, words: list[str], key: str) -> tuple[float, Match]:
    """Return how well a compact name fits a question that is not its beginning."""
    if _contains(key, whole):
        return 0.68 + 0.16 * len(whole) / len(key), Match.SUBSTRING
    if (
        len(words) > 1
        and all(word in key for word in words)
        and all(len(w) > 1 or w > "\u2e80" for w in words)
    ):
        return 0.64 + 0.2 * min(1.0, len(whole) / len(key)), Match.SUBSTRING
    if len(key) >= 2 and len(key) / len(whole) > 0.34 and _contains(whole, key, ending=True):
        return 0.45 + 0.35 * len(key) / len(whole), Match.SUBSTRING
    short = 0.58 + 0.2 * len(whole) / len(key) if _shortens(whole, key) else 0.0
    return max((short, Match.SUBSTRING), (typo_score(whole, key), Match.TYPO))


def _contains(text: str, part: str, *, ending: bool = False) -> bool:
    """Tell whether a text holds a part that does not begin (or end) within a number: 1号楼 is not in 71号楼."""
    at = text.find(part)
    while at >= 0:
        before, after = text[:at][-1:], text[at + len(part) :][:1]
        if not (before.isdigit() and part[0].isdigit()) and not (
            ending and after.isdigit() and part[-1].isdigit()
        ):
            return True
        at = text.find(part, at + 1)
    return False


def _shortens(asked: str, key: str) -> bool:
    """Tell whether a Chinese word keeps the first and some later characters of a name: 理教, 计算机学院."""
    if asked[0] != key[0] or asked[0] < "\u2e80" or not 2 <= len(asked) < len(key) <= 3 * len(asked):
        return False
    rest = iter(key)
    return _digits(asked) == _digits(key) and all(c in rest for c in asked)


def _digits(text: str) -> list[str]:
    return [c for c in text if c.isdigit()]


def typo_score(asked: str, key: str) -> float:
    """Return the likeness of two words by optimal string alignment; other numbers are other places."""
    longest = max(len(asked), len(key))
    if longest < 3:
        return 0.0
    score = 0.94 * float(OSA.normalized_similarity(asked, key, score_cutoff=0.45))
    said, named = _digits(asked), _digits(key)
    if said == named:
        return score
    return score * (0.6 if said else 0.9)
