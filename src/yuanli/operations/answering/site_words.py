"""What words ask a place for: how many of which thing, who has to reach one in how long, how many people one serves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yuanli.campus import facility_kinds, kind_of
from yuanli.language import find_duration, find_number
from yuanli.operations.site_plans import MINUTE_S, SiteGoal

MOST_LETTERS = 16
"""Of a Chinese word for a thing."""
N_ZH = r"(?P<n>\d+|[一二两三四五六七八九十百]+)\s*(?:个|台|只|组|套|处|间|部|座|箱|座|家|根|把)"
PUT_ZH = r"(?:放置?|设置?|安?装|摆放?|布置|安置|配备?|加装?|加|建|部署|增设|新增)"
N_EN = r"(?P<n>\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty)"
THING_EN = r"(?P<thing>[a-z][a-z -]+?)"
END_EN = (
    r"(?=\s+(?:go|be|stand|in|at|on|inside|across|around|over|so|with|for|that|which|each|within|to|of|should|do|are|"
    r"would|we|is)\b|[,.;?!]|$)"
)
PUT_EN = r"(?:put|place|install|set up|locate|add|site|build)"
MUST_EN = r"(?:should|shall|could|do|would|must)"
WHERE_EN = rf"\bwhere {MUST_EN} (?:we|you|they|i|one)\s+{PUT_EN}\s+"
ASKS = re.compile(
    r"哪里|哪儿|在哪|哪个?地方|什么地方|何处|位置|怎么(?:放|摆|设|布)|最好|最合适|"
    r"\bwhere (?:should|shall|could|do|would|must|to (?:put|place|install))\b(?!.*\bfind\b)|"
    r"\bbest (?:places?|spots?|locations?|sites?)\b",
    re.I,
)
GOES = re.compile(r"\bwhere \w+ (?:i|we|you|one|they|people|visitors) (?:go|sit|eat|park|meet|find)\b", re.I)
"""What asks where people go."""
PUTS = re.compile(rf"{PUT_ZH}|\b{PUT_EN}\b|\bwhere {MUST_EN} .*\b(?:go|be|stand)\b", re.I)
LIMITS = re.compile(
    r"(?:任何人|所有人|每个?人|人人|谁都|大家|最远|步行|走路|走到|走得到|能到|可达|到达|内到)|"
    r"\b(?:every(?:one|body)|any(?:one|body)|no ?(?:one|body)|all people|walk\w*|reach\w*)\b",
    re.I,
)
WHAT = (
    re.compile(rf"{PUT_ZH}{N_ZH}(?P<thing>[^，,。？?的在放哪最]+)"),
    re.compile(rf"{N_ZH}(?P<thing>[^，,。？?的在放装设摆应该哪最]+)(?:应该|该|要)?(?:放|装|设|摆|建|布)"),
    re.compile(rf"{WHERE_EN}(?:{N_EN}\s+)?(?:the\s+|our\s+|new\s+|more\s+)*{THING_EN}{END_EN}", re.I),
    re.compile(
        rf"\bwhere to {PUT_EN}\s+(?:{N_EN}\s+)?(?:the\s+|our\s+|new\s+|more\s+)*{THING_EN}{END_EN}", re.I
    ),
    re.compile(
        rf"\bwhere {MUST_EN}\s+(?:{N_EN}\s+)?(?:the\s+|our\s+|new\s+|more\s+)*{THING_EN}\s+(?:go|be|stand)\b",
        re.I,
    ),
    re.compile(
        rf"\bbest (?:places?|spots?|locations?|sites?) for\s+(?:{N_EN}\s+)?(?:the\s+|our\s+|new\s+|more\s+)*"
        rf"{THING_EN}{END_EN}",
        re.I,
    ),
    re.compile(rf"\b{N_EN}\s+(?:new\s+|more\s+)?{THING_EN}{END_EN}", re.I),
    re.compile(rf"\bhow many (?:new\s+|more\s+)?{THING_EN}{END_EN}", re.I),
    re.compile(
        r"(?P<thing>[^，,。？?的]+?)(?:应该|该|最好|适合|宜|要)?(?:放|设|装|摆|建|布置)(?:置|设)?(?:在|到)"
    ),
    re.compile(r"(?:几|多少)(?:个|台|只|组|套|处|部|座)?(?P<thing>[^，,。？?的才能就]+)"),
    re.compile(r"(?:走到|到达|够到|找到|用上|有)(?:一?个|一?台)?(?P<thing>[^，,。？?的]+)"),
)
ADVISED = re.compile(r"应该|该|最好|最合适|适合|比较好|怎么", re.I)
"""What asks for advice, and not where a thing is: 放在哪 may ask for the way."""
FEWEST = re.compile(
    r"(?:至少|最少|需要|要|得)(?:再?(?:放|设|装|摆|建|配))?(?:几|多少)|\bhow many\b|\bfewest\b|\bat least how\b",
    re.I,
)
MOST_PEOPLE = re.compile(
    r"尽量多|尽可能多|[更最]多的?人|多数人|大多数|\bas many (?:people )?as\b|\bmost people\b", re.I
)
FAIREST = re.compile(
    r"最远的?(?:人|一个|那个)?(?:也)?(?:走得?|步行)?(?:尽量|最)(?:短|近|少)|"
    r"\b(?:shortest|least) longest\b|\bfarthest\b",
    re.I,
)
NUMBER_ZH, NUMBER_EN = (
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千半]+)",
    r"(?:\d+(?:,\d{3})*(?:\.\d+)?|[a-z-]+)",
)
TIME = re.compile(
    rf"(?:{NUMBER_ZH}\s*个?半?\s*(?:分钟|分|秒钟|秒)半?)|"
    rf"\b(?:half a|an?|{NUMBER_EN})[ -]?(?:and a half )?(?:minutes?|mins?|seconds?|secs?)\b",
    re.I,
)
METRES = re.compile(rf"{NUMBER_ZH}\s*米|\b{NUMBER_EN}\s?(?:m|metres?|meters?)\b(?! \w*room)", re.I)
CAPACITY = re.compile(
    rf"每(?:一?(?:个|台|只|组|套|处|间|部|座|箱|家|根))[^，,。；;？?]*?(?P<zh>{NUMBER_ZH})\s*(?:个|位|名)?人|"
    rf"\b(?:each|every one|one) (?:\w+ ){{0,4}}?(?P<en>{NUMBER_EN})\s+(?:people|persons|users|staff)\b|"
    rf"\b(?P<each>{NUMBER_EN})\s+(?:people|persons|users|staff) (?:each|per \w+)\b|"
    rf"\bcapacity (?:of )?(?P<of>{NUMBER_EN})\b",
    re.I,
)
WHEELCHAIR = re.compile(r"轮椅|无障碍|\bwheelchairs?\b|\bstep-free\b", re.I)
NO_THINGS = re.compile(
    r"人|团队|部门|部$|组$|员工|同事|工位|公司|会议|座位|"
    r"\b(?:people|persons?|teams?|staff|employees?|desks?|seats?|departments?|groups?|us|it|them|visitors?|meetings?)\b",
    re.I,
)
"""What is seated or met, and not placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """What is to be placed, and where in the words that is said.

    Parameters
    ----------
    known
        Whether it is a kind of facility of which more can be placed.
    number
        How many, None where the words tell none.
    """

    thing: str
    known: bool
    number: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Within how many minutes, for how many people one is, what counts most, who walks; metres that were told."""

    reach_min: float | None = None
    capacity: float | None = None
    goal: SiteGoal = SiteGoal.MEDIAN
    profile: str = "walk"
    metres: str | None = None


def find_things(text: str, language: str) -> Things | None:
    """Return what words ask a place for: a kind of facility, perhaps how many; None where they ask for none.

    >>> find_things("where should 4 lockers go", "en").number
    4
    """
    asks = ASKS.search(text) is not None and not GOES.search(text)
    puts = PUTS.search(text) is not None
    reached = (puts or FEWEST.search(text) is not None) and LIMITS.search(text) and TIME.search(text)
    limited = reached or (puts and CAPACITY.search(text) is not None)
    if not asks and not limited:
        return None
    strange: Things | None = None
    for pattern in WHAT:
        for found in pattern.finditer(text):
            told = _told(text, found, language)
            if told is not None and told.known:
                return told
            if (
                told is not None
                and told.number is not None
                and asks
                and puts
                and not NO_THINGS.search(told.thing)
            ):
                strange = strange or told
    return strange


def _told(text: str, found: re.Match[str], language: str) -> Things | None:
    """Return the thing that a pattern found; None where neither a number nor a wish for advice is told."""
    start, thing = _thing(found, language)
    number = _number_of(text, found, start + len(thing), language)
    if number is None and language == "zh" and not (ADVISED.search(text) or FEWEST.search(text)):
        return None
    begin = found.start("n") if found.groupdict().get("n") else start
    return Things(thing=thing, known=is_placed(thing), number=number, start=begin, end=start + len(thing))


def limits_of(text: str, language: str, *, number: int | None) -> Limits:
    """Return what else words demand of where things go.

    >>> limits_of("everyone within 3 minutes, each for 200 people", "en", number=4).reach_min
    3.0
    """
    told = CAPACITY.search(text)
    people = (
        None if told is None else find_number(next(one for one in told.groups() if one), language=language)
    )
    rest = text if told is None else text[: told.start()] + "，" + text[told.end() :]
    times = [find_duration(one[0], language=language) for one in TIME.finditer(rest)]
    seconds = next((one for one in times if one), None)
    metres = METRES.search(rest)
    goal = SiteGoal.MEDIAN
    if seconds is not None and MOST_PEOPLE.search(text):
        goal = SiteGoal.COVER
    elif seconds is not None and number is None and FEWEST.search(text):
        goal = SiteGoal.ALL
    elif FAIREST.search(text):
        goal = SiteGoal.CENTER
    return Limits(
        reach_min=None if seconds is None else seconds / MINUTE_S,
        capacity=None if people is None else float(people.high or people.low or 0) or None,
        goal=goal,
        profile="wheelchair" if WHEELCHAIR.search(text) else "walk",
        metres=metres[0] if metres is not None and seconds is None else None,
    )


def is_placed(thing: str) -> bool:
    """Whether a word is a kind of facility of which more can be placed."""
    kind = kind_of(thing)
    return kind is not None and bool(facility_kinds()[kind].sites)


def _thing(found: re.Match[str], language: str) -> tuple[int, str]:
    """Return where the thing is said and its word: of Chinese, the longest end, or beginning, that is a known one."""
    start, said = found.start("thing"), found["thing"].rstrip()
    if language == "zh" and not is_placed(said):
        for size in range(min(len(said), MOST_LETTERS), 1, -1):
            for at in (len(said) - size, 0):
                if is_placed(said[at : at + size]):
                    return start + at, said[at : at + size]
    return start + len(said) - len(said.lstrip()), said.strip()


def _number_of(text: str, found: re.Match[str], end: int, language: str) -> int | None:
    """Return how many are said before the thing or, in Chinese, after it."""
    said = found.groupdict().get("n")
    if said is None and language == "zh":
        after = re.search(rf"(?:要|放|设|装|建|共|一共|总共|配){N_ZH}", text[end:])
        said = None if after is None else after["n"]
    if said is None:
        return None
    number = find_number("1" if said.lower() in ("a", "an") else said, language=language)
    return int(number.low) if number is not None and number.low else None
