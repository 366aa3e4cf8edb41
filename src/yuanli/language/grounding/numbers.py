"""Numbers as people say them: `三百二十人`, `两三个`, `a dozen`, `at least 30`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yuanli.errors import Text
from yuanli.language.grounding.figures import FEW, comparator_of, figures_in, plain_of
from yuanli.language.grounding.spans import NotGroundedError, check_language
from yuanli.language.grounding.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number, or the range in which it lies, both ends included.

    Parameters
    ----------
    high
        None where the words set no upper bound (`at least 30`).
    approximate
        The words say it is only about right (`三十人左右`).
    """

    low: float
    high: float | None
    approximate: bool = False


def find_number(text: str, *, language: str) -> Number | None:
    """Return the number a text says, or None where it says none."""
    check_language(language)
    plain = plain_of(text, language)
    found = figures_in(plain, language)
    if found is None:
        return None
    about = re.search(table("quantities")["about"][language], text[:2000].lower()) is not None
    if language == "en" and re.search(r"\b(?:few|several)\b", text[:2000].lower()) and found.low == FEW[0]:
        return Number(low=FEW[0], high=FEW[1])
    compared = comparator_of(plain, found, language)
    if compared in (">", ">="):
        return Number(low=found.low + (compared == ">"), high=None, approximate=about)
    if compared in ("<", "<="):
        return Number(low=0, high=max(0, found.high - (compared == "<")), approximate=about)
    return Number(low=found.low, high=found.high, approximate=about)


def ground_number(text: str, *, language: str) -> Number:
    """Return the number a text says, such as a count of people.

    Raises
    ------
    NotGroundedError
        The text says no number.
    """
    found = find_number(text, language=language)
    if found is None:
        raise NotGroundedError(
            Text(
                f"“{text}”里没有数字，例如：八个人。", f"No number in {text!r}; say for example eight people."
            ),
            field="number",
        )
    return found
