"""Letters and numbers in names: A座, Building A and Block A are one, and so are 3层, 3楼, 3F and Level 3."""

from __future__ import annotations

import re
from functools import lru_cache

_HOUSE = "building|bldg|block|blk|tower|haus|geb|gebaeude|gebaude|house|korpus|корпус|здание|동"
_FLOOR = "level|floor|storey|story|lvl|flr|etage|stock|ebene|og|obergeschoss|этаж"
_ROOM = "room|rm|no|nr|number|raum|zimmer|office|кабинет|аудитория|ауд|каб|호"
_X = r"(?P<x>[a-z]|\d+(?: ?[a-e](?! ?\d)(?![a-z]))?|[a-z] ?\d+)"
_ORDINALS = re.compile(r"(?<![a-z0-9])(\d+) (?:st|nd|rd|th)(?![a-z0-9])")
_NUMBERS = re.compile(r"\d+")
_ROMAN = re.compile(r"(?<![a-z])(?:iii?|iv|vi{1,3}|ix)(?![a-z])")
_ROMAN_NUMBERS = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_DESIGNATED = re.compile(rf"\d|(?<![a-z])[a-z](?![a-z])|{_ROMAN.pattern}")
_MINUS = re.compile(r"(?<![\w\-])[-−–](\d+)(?=\s*(?:层|層|楼|樓|[Ff]\b|$))")
_HOUSES = (
    re.compile(rf"(?<![^\W_])(?:{_HOUSE}) {_X}(?![^\W_])"),
    re.compile(rf"(?<![^\W_]){_X} ?(?:{_HOUSE})(?![^\W_])"),
    re.compile(rf"(?<![a-z0-9]){_X} ?(?:号楼|号院楼|号馆|座|栋|幢|楼|号塔)"),
)
_FLOORS = (
    re.compile(rf"(?<![^\W_])(?:{_FLOOR}) (?P<x>b? ?\d+|[a-z])(?![^\W_])"),
    re.compile(rf"(?<![^\W_])(?P<x>b? ?\d+) (?:{_FLOOR})(?![^\W_])"),
    re.compile(r"(?<![a-z0-9])(?P<x>b? ?\d+) ?(?:层|楼(?!层))"),
    re.compile(r"(?<![a-z0-9])(?P<x>\d+) ?층"),
    re.compile(r"(?<![a-z0-9])(?P<x>b? ?\d+) f(?![a-z0-9])"),
    re.compile(r"(?<![a-z0-9])[fl] (?P<x>\d+)(?![a-z0-9])"),
    re.compile(r"(?<![^\W_])(?P<x>b \d+)(?![^\W_])"),
)
_NUMBER = r"(?:[a-z]{1,2} )?\d+(?: \d+)*(?: [a-z])?"
_ONLY_HOUSE = (
    re.compile(rf"(?:{_HOUSE}) (?P<x>{_NUMBER})"),
    re.compile(rf"(?P<x>{_NUMBER}) ?(?:{_HOUSE}|号楼|座|栋|幢|楼)"),
)
_ONE_NUMBER = re.compile(r"[\u3400-\u9fff ]*(?P<n>\d+)(?![\d ]*层)[\u3400-\u9fff ]*")
_NOT_KIND = re.compile(r"[第号楼栋幢 \d]+")
_BASEMENT = re.compile(
    r"(?:地下|负|지하|basement(?: level| floor)?) ?(?P<x>\d+) ?(?:层|楼|층|f(?![a-z]))?"
    r"|(?<![a-z])b (?P<y>\d+) f(?![a-z])|(?<![a-z0-9])(?P<z>\d+) (?:ug|untergeschoss)(?![a-z])"
)
_ROOMS = (
    re.compile(rf"(?<![^\W_])(?:{_ROOM}) (?=[a-z]? ?\d)"),
    re.compile(r"(?<=\d) ?(?:号房间|号室|室|号房|房间|房)(?![^\s])"),
    re.compile(r"(?<=\d) ?호(?![^\s])"),
)
_COUNTING = re.compile(r"第 ?(?=\d)|(?<=\d) ?号(?!楼|线|院|门)(?=\S|$| )")


def marked_basements(text: str) -> str:
    """Return the text with `-1层` written `b1层`, before folding drops the minus."""
    return _MINUS.sub(r"b\1", text)


@lru_cache(maxsize=65536)
def canonical(folded: str) -> tuple[str, ...]:
    """Return the folded name with its designators written one way, blanks dropped.

    `building a`, `a 栋` give `a座`; `3 f` and `level 3` give `3层`; `第 3 食堂` gives `3食堂`;
    `301 室` gives `301`, `halle ii` gives `halle2`. `2 楼` may be a building or a storey, and gives both.
    """
    if not _DESIGNATED.search(folded):
        return (folded.replace(" ", ""),)
    folded = _ROMAN.sub(lambda match: _ROMAN_NUMBERS[match[0]], folded)
    numbers = _NUMBERS.findall(folded)
    return tuple(_numbered(form, numbers) for form in _patterned(_NUMBERS.sub("0", folded)))


def _numbered(form: str, numbers: list[str]) -> str:
    rest = iter(numbers)
    return "".join(next(rest) if c == "0" else c for c in form)


@lru_cache(maxsize=65536)
def _patterned(folded: str) -> tuple[str, ...]:
    """Return the forms of a name whose numbers are all `0`: a thousand rooms share one."""
    text = _ORDINALS.sub(r"\1", folded)
    text = _BASEMENT.sub(lambda m: f"b{m['x'] or m['y'] or m['z']}层", text)
    floors = houses = text
    for pattern in _FLOORS:
        floors = pattern.sub(lambda m: f"{_x(m)}层", floors)
    for pattern in _HOUSES:
        houses = pattern.sub(lambda m: f"{_x(m)}座", houses)
        floors = pattern.sub(lambda m: f"{_x(m)}座", floors)
    forms = dict.fromkeys(_plain(form) for form in (houses, floors))
    return tuple(form for form in forms if form)


@lru_cache(maxsize=65536)
def floor_designator(folded: str) -> str | None:
    """Return the number of the level that the whole name is: `3` for `3 f`, `b1` for `地下 1 层`."""
    for form in canonical(folded):
        if match := re.fullmatch(r"(b?\d+)层?", form):
            return match.group(1)
    return None


@lru_cache(maxsize=65536)
def house_designators(folded: str) -> tuple[str, ...]:
    """Return the letters and numbers of the houses a name speaks of: `a` for `研发楼 a 座`."""
    return tuple(dict.fromkeys(_x(m) for pattern in _HOUSES for m in pattern.finditer(folded)))


@lru_cache(maxsize=65536)
def bare_house(folded: str) -> str | None:
    """Return the number that stands for a whole name: `c41` for `gebaude c 4 1`, `12a` for `haus 12 a`."""
    matches = (pattern.fullmatch(folded) for pattern in _ONLY_HOUSE)
    return next((_x(match) for match in matches if match), None)


@lru_cache(maxsize=65536)
def numbered(folded: str) -> tuple[str, ...]:
    """Return what a Chinese name with one number says in any order, whole and short.

    第3教学楼, 教学3楼 and 3号教学楼 give `3#教学` and `3#教`; 3教 and 教3楼 give `3#教`.
    """
    match = _ONE_NUMBER.fullmatch(folded)
    kind = _NOT_KIND.sub("", folded) if match else ""
    if match is None or not kind:
        return ()
    short = (f"{match['n']}#{kind[0]}",) if len(kind) in (2, 3) else ()
    return (f"{match['n']}#{kind}", *short)


def _x(match: re.Match[str]) -> str:
    return match["x"].replace(" ", "")


def _plain(text: str) -> str:
    for pattern in _ROOMS:
        text = pattern.sub("", text)
    return _COUNTING.sub("", text).replace(" ", "")
