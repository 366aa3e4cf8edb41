"""Where shared things should go, asked in words: the problem shown, confirmed, solved in the background."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime

from yuanli.campus import Building, Level, kind_of
from yuanli.errors import Text
from yuanli.language import Slot, Understanding, find_number
from yuanli.operations.acts import Act
from yuanli.operations.answering.allocating import AllocateAct, require_planner
from yuanli.operations.answering.asked import try_place
from yuanli.operations.dialogue import Request
from yuanli.operations.guidance import Guidance
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.site_plans import SiteDraft, SiteDrafts, SiteWish
from yuanli.operations.solving import SolveOrder, Solving
from yuanli.planning import SITES
from yuanli.solver import Stop

INTENT = "space_allocate"
MARK = "item"
"""The slot that tells things from teams."""
SURE = 0.9
TIME_S = 20.0
N_ZH = r"(?P<n>\d+|[一二两三四五六七八九十]+)\s*(?:个|台|只|组|套|处|间|部|座|箱)"
N_EN = r"(?P<n>\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
ASKS = re.compile(
    r"哪里|哪儿|什么地方|何处|位置|怎么(?:放|摆|设|布)|最好|最合适|"
    r"\bwhere (?:should|shall|to (?:put|place|install))\b(?!.*\bfind\b)|\bbest (?:places?|spots?)\b",
    re.I,
)
WHAT = (
    re.compile(rf"(?:放|设|装|摆|布置|安装|配|加|建)(?:置|设)?{N_ZH}(?P<thing>[^，,。？?的在放哪最]+)"),
    re.compile(rf"{N_ZH}(?P<thing>[^，,。？?的在放装设摆应该哪最]+)(?:应该|该|要)?(?:放|装|设|摆)"),
    re.compile(
        rf"\b{N_EN}\s+(?:new\s+|more\s+)?(?P<thing>[a-z][a-z -]+?)"
        r"(?=\s+(?:go|be|in|at|on|inside|should)\b|[,.?!]|$)",
        re.I,
    ),
)


@dataclass(frozen=True, slots=True)
class Things:
    """What is to be placed, how many, and where in the words that is said."""

    thing: str
    number: int
    start: int
    end: int


def find_things(text: str, language: str) -> Things | None:
    """Return what words ask a place for: so many of a kind of facility; None where they ask for none.

    >>> find_things("where should 4 lockers go", "en").number
    4
    """
    if not ASKS.search(text):
        return None
    for pattern in WHAT:
        for found in pattern.finditer(text):
            thing = found["thing"].strip()
            number = find_number("1" if found["n"].lower() in ("a", "an") else found["n"], language=language)
            if number is not None and number.low and kind_of(thing) is not None:
                return Things(thing, int(number.low), found.start("n"), found.end("thing"))
    return None


def asks_for_sites(heard: Understanding) -> bool:
    """Whether words ask where so many of some things should go."""
    return find_things(heard.text, heard.language) is not None


def as_sites(heard: Understanding) -> Understanding:
    """Return words that ask where things go as the request that they are: things, and where."""
    found = find_things(heard.text, heard.language)
    assert found is not None
    said = heard.text[found.start : found.end]
    kept = (replace(s, type="place") if s.type in ("destination", "room") else s for s in heard.slots)
    places = [s for s in kept if s.type == "place" and (s.end <= found.start or s.start >= found.end)]
    item = Slot(type=MARK, text=said, start=found.start, end=found.end, value=said)
    return replace(
        heard, intent=INTENT, confidence=max(heard.confidence, SURE), alternatives=(), slots=(*places, item)
    )


def things_of(request: Request) -> Things | None:
    """Return the things that a request tells, by number and kind; None where it tells none."""
    for said in request.understanding().values(MARK):
        found = find_things(
            f"where should {said} go" if request.language == "en" else f"放{said}哪里", request.language
        )
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesAct:
    """Shows the problem that was drafted, and has it solved once it is confirmed."""

    drafts: SiteDrafts
    solving: Solving
    guidance: Guidance

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what is placed where, for whom, what is optimised and assumed, and how long it takes."""
        require_planner(asker)
        wish, name, draft = self._draft(request, asker, now)
        zh = [
            f"在{name.zh}为“{wish.thing}”选 {wish.number} 处：{draft.spaces} 处共 {draft.people} 人，"
            f"{draft.candidates} 个候选点"
        ]
        en = [
            f"Place {wish.number} of {wish.thing} in {name.en}: {draft.people} people in {draft.spaces} spaces, "
            f"{draft.candidates} candidates"
        ]
        zh.append(f"假设：{''.join(one.zh for one in draft.assumed)}")
        en.append(f"Assumed: {' '.join(one.en for one in draft.assumed)}")
        zh.append(f"优化：平均步行最短；最多 {TIME_S:g} 秒")
        en.append(f"Least mean walk; {TIME_S:g} seconds at most")
        return Text("。".join(part.rstrip("。") for part in zh), ". ".join(part.rstrip(".") for part in en))

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Have the problem solved in the background."""
        del key
        require_planner(asker)
        wish, where, draft = self._draft(request, asker, now)
        name = f"{wish.thing} · {where.zh if request.language == 'zh' else where.en}"[:100]
        order = SolveOrder(
            kind=SITES.name, name=name, file_name="sites.json", stop=Stop(time_s=TIME_S),
            problem=json.dumps(draft.document, ensure_ascii=False).encode(),
        )  # fmt: skip
        job = self.solving.start(asker.campus_id, order, asker.user)
        text = Text(
            f"开始求解“{name}”，最多 {TIME_S:g} 秒。位置见“方案”页的地图：/plans/{job.id}。",
            f"Solving “{name}” takes {TIME_S:g} seconds at most. See the map on the page of plans: /plans/{job.id}.",
        )
        return Reply(text=text, understanding=request.understanding())

    def _draft(self, request: Request, asker: Asker, now: datetime) -> tuple[SiteWish, Text, SiteDraft]:
        heard, guide = request.understanding(), self.guidance.guide(asker.campus_id)
        venue = guide.campus.venue
        names = venue.name if venue is not None and venue.name else guide.campus.name
        within: tuple[str, ...] = ()
        called = Text(names.get("zh", guide.campus.id), names.get("en", guide.campus.id))
        for said in heard.values("place"):
            where = try_place(guide, said, heard, asker)
            if where is not None and where.id and isinstance(guide.campus.find(where.id), Building | Level):
                within, called = (str(where.id),), where.name
        found = things_of(request)
        assert found is not None  # else teams are meant
        wish = SiteWish(
            thing=found.thing, number=found.number, within=within, roles=frozenset(asker.roles),
            language=request.language,
        )  # fmt: skip
        return wish, called, self.drafts.draft(asker.campus_id, wish, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateOrPlaceAct:
    """Seats teams, or places things where those were asked for."""

    teams: AllocateAct
    things: SitesAct

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what would be planned."""
        return self._of(request).propose(request, asker=asker, now=now)

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Have it solved."""
        return self._of(request).execute(request, key=key, asker=asker, now=now)

    def _of(self, request: Request) -> Act:
        return self.teams if things_of(request) is None else self.things
