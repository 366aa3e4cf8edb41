"""What words ask of a plan that there might be more or less of: a room, a guard, a kW, a yuan, or a rule less."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from yuanli.language import Understanding, find_number
from yuanli.operations.answering.vocabulary import names_in, says, spans_named
from yuanli.solver import Change, Resource

PLANNED = frozenset({"space_allocate", "space_info", "device_schedule"})
BOOKED, SURE = "booking_", 0.8
NUMBER = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百半]+)"
SHARE = re.compile(
    rf"百分之\s*(?P<zh>{NUMBER})|(?P<n>{NUMBER})\s*(?P<unit>%|％|个?百分点|成|倍|per\s?cent\b)"
    r"|(?P<word>翻倍|翻一番|减半|砍半|double[ds]?\b|halve[ds]?\b|(?:by|in) half\b)|\b(?P<en>[a-z]+) (?:per\s?cent)\b",
    re.I,
)
FIGURE = re.compile(
    rf"(?P<n>{NUMBER})(?![a-z]*\d)|\b(?P<en>(?<!half )an?(?!\s+(?:week|day|month|year|night|shift|slot|kwh))"
    r"|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|twelve|twenty|another|half(?= an?\b))\b",
    re.I,
)
MORE = re.compile(
    r"(?<!最)多(?!少)|再|翻|加|增|涨|升|提高|(?<!最)[高贵]|扩|放宽|延长|招|添|\b(?:more|extra|another|additional|rise[ns]?|rose|rising|raised?"
    r"|increase[sd]?|higher|(?<!gave )(?<!give )(?<!given )(?<!giving )up"
    r"|add|adding|added|hired?|hiring|dearer|plus|wider|longer|larger|bigger|second|double[ds]?)\b",
    re.I,
)
LESS = re.compile(
    r"(?<![多最])少|减|降|跌|撤|裁|去掉|(?<!最)(?:便宜|低)|缺|没有|收紧|缩短|砍|放弃|退租|退掉|腾退"
    r"|\b(?:fewer|gave up|giv(?:e|en|ing) up|less|lower|cheaper|drop(?:s|ped)?|fell"
    r"|falls?|fallen|cut"
    r"|decrease[sd]?|reduced?|without|lose|losing|lost|minus|down|removed?|narrower"
    r"|shorter|smaller|halve[ds]?|(?:by|in) half)\b",
    re.I,
)
BARE = re.compile(r"多|再|加|增|涨|少|减|缺|\b(?:more|extra|another|additional|fewer|less)\b", re.I)
"""What tells a change without a number: 多招保安, more rooms."""
IF = re.compile(
    r"如果|要是|假如|假设|若|万一|\bwhat if\b|\bif\b"
    r"|\bsuppos(?:e|ing)\b|\bassuming\b|\bhad we\b|\bwould\b|\bwhat (?:does|do)\b|\b(?:what|how) about\b",
    re.I,
)
AGAIN = re.compile(
    r"^\s*再|呢\s*[?？]?\s*$"
    r"|^\s*(?:and\s+)?(?:with\s+)?(?:one|two|three|another)\s+(?:more|less|fewer)\s*\?",
    re.I,
)
OUTCOME = re.compile(
    r"怎样|怎么样|如何|多少|什么用|会.{0,4}(?:吗|么)|省|影响|变化|有用|值|划算|差别|区别|好处|呢\s*[?？]?$"
    r"|\b(?:save[sd]?|saving|change[sd]?|help|matter|worth|gain"
    r"|effect|difference|cost|happen|affect)\b",
    re.I,
)
COINS = {"角": 0.1, "毛": 0.1, "分": 0.01, "cent": 0.01, "cents": 0.01, "fen": 0.01}
COIN = re.compile(r"\s*(角|毛|分|cents?|fen)\b|\s*(角|毛|分)", re.I)
ORDERS = re.compile(r"帮我|请|给我订|预订|订一|\b(?:please|book|reserve)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wondered:
    """What there might be more or less of, as words say; no resource where they don't say of what."""

    resource: Resource | None
    change: Change


def wonders(heard: Understanding, last: str | None) -> bool:
    """Whether a turn asks what more or less of something would change of a plan, or which rule costs what."""
    text = heard.text
    if says(text, "why") or ORDERS.search(text):
        return False
    if heard.intent.startswith(BOOKED) and heard.confidence >= SURE and last not in PLANNED:
        return False
    if asks_of_rules(text) or asks_what_helps(text, last):
        return True
    found = find_wondered(text, heard.language)
    if found is None:
        return False
    if found.resource is None:
        return last in PLANNED and (IF.search(text) or AGAIN.search(text) or OUTCOME.search(text)) is not None
    return (IF.search(text) or OUTCOME.search(text)) is not None


def asks_of_rules(text: str) -> bool:
    """Whether words ask which rules of a plan cost what, or bind.

    >>> asks_of_rules("哪些规则最贵"), asks_of_rules("which rule costs most"), asks_of_rules("有什么规则")
    (True, True, False)
    """
    return says(text, "rules") and says(text, "rules_cost")


def asks_what_helps(text: str, last: str | None) -> bool:
    """Whether words ask more of what would help a plan most.

    >>> asks_what_helps("加什么最值", "space_info"), asks_what_helps("加什么最值", None)
    (True, False)
    """
    return says(text, "what_helps") and (last in PLANNED or says(text, "plans"))


def find_wondered(text: str, language: str) -> Wondered | None:
    """Return the change that words name, the last that says of what; None where they name none.

    >>> found = find_wondered("What if prices rose by 10 %?", "en")
    >>> found.resource.value, found.change.by, found.change.share
    ('price', 0.1, True)
    """
    parts = [_change_in(part, language) for part in re.split(r"[，,；;。]", text)]
    told = [part for part in parts if part is not None and part.resource is not None]
    found = told[-1] if told else _change_in(text, language)
    return found and replace(found, change=replace(found.change, about=text))


def _change_in(text: str, language: str) -> Wondered | None:
    plain = _plain(text)
    share = SHARE.search(plain)
    number = share or _figure(plain)
    ways = [(one.start(), one.end(), 1) for one in MORE.finditer(plain)]
    ways += [(one.start(), one.end(), -1) for one in LESS.finditer(plain)]
    if not ways or (number is None and BARE.search(plain) is None):
        return None
    things = spans_named(plain, "resources")
    at = (number.start(), number.end()) if number else None
    near = at or (things[0][:2] if things else ways[0][:2])
    thing = min(things, key=lambda one: _apart(one[:2], near), default=None)
    sign = min(
        ways, key=lambda one: min(_apart(one[:2], near), _apart(one[:2], thing[:2]) if thing else 1e9)
    )[2]
    by = 1.0 if number is None else _value(number, share is not None, language)
    if share is None and number is not None and (coin := COIN.match(plain, number.end())):
        by *= COINS[(coin[1] or coin[2]).lower()]
        thing = (*number.span(), Resource.PRICE.value)
    resource = None if thing is None else Resource(thing[2])
    if resource is None and share is not None and says(plain, "dearer"):
        resource = Resource.PRICE
    return Wondered(resource=resource, change=Change(by=sign * by, share=share is not None, about=text))


def with_words(wondered: Wondered | None, text: str, said: str) -> Wondered | None:
    """Return what was asked with the resource that a later answer names."""
    if wondered is None or wondered.resource is not None:
        return wondered
    named = names_in(said, "resources")
    resource = Resource(named[0]) if named else None
    return replace(wondered, resource=resource, change=replace(wondered.change, about=f"{text} {said}"))


def _plain(text: str) -> str:
    """Return a text with "how many", "at most" and the like blanked out, which change nothing."""
    return re.sub(
        r"多少|[最至不]多|差不多|[最至]少|\bhow (?:many|much)(?: more| less)?\b",
        lambda said: " " * len(said[0]),
        text,
        flags=re.I,
    )


def _figure(text: str) -> re.Match[str] | None:
    """Return the number of a change: next to a word for more or less, else the first that there is."""
    figures = [
        one for one in FIGURE.finditer(text) if not re.match(r"\s*(?:号|楼|层|座|月|日)", text[one.end() :])
    ]
    ways = [*MORE.finditer(text), *LESS.finditer(text)]
    if not ways:
        return None
    return min(
        figures, key=lambda one: min(_apart(one.span(), way.span()) for way in ways), default=None
    )  # fmt: skip


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(0, one[0] - other[1], other[0] - one[1])


def _value(number: re.Match[str], share: bool, language: str) -> float:
    if share:
        if number["word"]:
            return 0.5 if re.search(r"减半|砍半|hal", number["word"], re.I) else 1.0
        unit = (number["unit"] or "").lower()
        return _read(number["zh"] or number["n"] or number["en"], language) / {"成": 10, "倍": 1}.get(
            unit, 100
        )
    said = number["n"] or number["en"].lower()
    return {"half": 0.5}.get(said, 1.0) if said in ("a", "an", "another", "half") else _read(said, language)


def _read(said: str, language: str) -> float:
    if said == "半":
        return 0.5
    found = find_number(said, language="zh" if re.search(r"[一-鿿]", said) else language)
    return 1.0 if found is None or found.low is None else float(found.low)
