"""Personal data in examples, replaced by other data of the same shape and length, so that spans stay right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from random import Random

from yuanli.learning.examples import Example

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SPOKEN = "零一二三四五六七八九"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛明超霞平刚华文辉玲桂英建国红梅"
TITLES = re.compile(r"^[总工老师经理主任师傅先生女士小姐博士教授部长处科队班组医院书记]+$")
NAMES = ("Al", "Bo", "Amy", "Ben", "Dan", "Eva", "Anna", "Carl", "Emma", "Jack", "Alice", "Brian", "Clara",
         "David", "Daniel", "Evelyn", "George", "Hannah", "Anthony", "Barbara", "Charles", "Deborah", "Benjamin",
         "Caroline", "Jonathan", "Victoria", "Alexander", "Catherine")  # fmt: skip
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Personal(StrEnum):
    """What is replaced, by the kind of it."""

    EMAIL = "email"
    PLATE = "plate"
    PHONE = "phone"
    NUMBER = "number"
    SPOKEN = "spoken"
    PERSON = "person"


PATTERNS: Mapping[Personal, re.Pattern[str]] = {
    Personal.EMAIL: re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    Personal.PLATE: re.compile(
        rf"[{PROVINCES}][A-Za-z][·\s-]?[A-Za-z0-9]{{4,5}}[A-Za-z0-9挂学警港澳](?![A-Za-z0-9])"
    ),
    Personal.PHONE: re.compile(r"(?<!\d)1[3-9]\d(?:[\s-]?\d){8}(?!\d)"),
    Personal.NUMBER: re.compile(r"(?<!\d)\d(?:[\s-]?\d){6,}[Xx]?(?!\d)"),
    Personal.SPOKEN: re.compile(r"[零〇幺一二三四五六七八九]{7,}"),
}
"""Where personal data is found by its shape: car plates, phone, identity and card numbers, said digit by digit too."""


def mask(example: Example, rng: Random, kinds: Mapping[str, Personal] = {}) -> Example:
    """Return an example without the personal data in it; the spans stay where they are.

    One value is replaced by one other throughout the text and its context. `kinds` are the types of span that
    hold personal data, and of what kind: names are only found so.
    """
    new: dict[str, str] = {}

    def other(said: str, kind: Personal) -> str:
        if said not in new:
            new[said] = replaced(said, kind, rng)
        return new[said]

    marked = [(s.start, s.end, kinds[s.type]) for s in example.spans if s.type in kinds]
    text = _masked(example.text, marked, other)
    context = example.context
    if context is not None:
        names = [(m.start(), m.end(), kind) for start, end, kind in marked
                 for m in re.finditer(re.escape(example.text[start:end]), context)]  # fmt: skip
        context = _masked(context, names, other)
    return replace(example, text=text, context=context)


def replaced(said: str, kind: Personal, rng: Random) -> str:
    """Return another value of the same length and shape; the same one where nothing in it can change."""
    make = {Personal.PERSON: _person, Personal.EMAIL: _email, Personal.PLATE: _plate}.get(kind, _number)
    for _ in range(20):
        made = make(said, rng)
        if made != said:
            return made
    return said


def _masked(text: str, marked: list[tuple[int, int, Personal]], other: Callable[[str, Personal], str]) -> str:
    taken = [False] * len(text)
    for start, end, kind in (*marked, *_found(text)):
        if not any(taken[start:end]):
            text = text[:start] + other(text[start:end], kind) + text[end:]
            taken[start:end] = [True] * (end - start)
    return text


def _found(text: str) -> Iterator[tuple[int, int, Personal]]:
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            yield match.start(), match.end(), kind


def _number(said: str, rng: Random) -> str:
    """Change the digits; a mobile number still begins with 13 to 19."""
    made = "".join(_digit(character, rng) for character in said)
    return f"1{rng.randrange(3, 10)}{made[2:]}" if re.match(r"1[3-9]", said) else made


def _plate(said: str, rng: Random) -> str:
    """Change digits and the letters of codes (A12345, ABC), and leave words (plate) as they are."""
    return re.sub(
        r"[A-Za-z0-9]+|.",
        lambda run: (
            _characters(run[0], rng) if run[0].isupper() or not run[0].isalpha() else _han(run[0], rng)
        ),
        said,
    )


def _characters(said: str, rng: Random) -> str:
    return "".join(_letter(c, rng) if c.isascii() and c.isalpha() else _digit(c, rng) for c in said)


def _letter(character: str, rng: Random) -> str:
    letter = rng.choice(PLATE_LETTERS)
    return letter if character.isupper() else letter.lower()


def _digit(character: str, rng: Random) -> str:
    if "0" <= character <= "9" or "０" <= character <= "９":
        return chr(ord(character) - int(character) + rng.randrange(10))
    return rng.choice(SPOKEN) if character in SPOKEN or character in "〇幺" else character


def _han(said: str, rng: Random) -> str:
    return rng.choice(PROVINCES) if said in PROVINCES else said


def _email(said: str, rng: Random) -> str:
    name, dot, last = said.rpartition(".")
    return f"{_characters(name, rng)}{dot}{last}"


def _person(said: str, rng: Random) -> str:
    """Keep a title: 张总 becomes 李总, 王小明 becomes 陈文华, Anna Bell becomes Emma Jack."""
    if said.isascii():
        return re.sub(r"[A-Za-z]+", lambda match: _name(match[0], rng), said)
    rest = said[1:]
    kept = rest if TITLES.match(rest) else "".join(
        rng.choice(GIVEN) if "\u4e00" <= c <= "\u9fff" else c for c in rest
    )  # fmt: skip
    return rng.choice(SURNAMES) + kept


def _name(said: str, rng: Random) -> str:
    fitting = [name for name in NAMES if len(name) == len(said)]
    made = rng.choice(fitting) if fitting else _characters(said, rng).capitalize()
    return made if said[:1].isupper() else made.lower()
