"""Who sits where, asked in words: the demands as rules to be confirmed, then solved, then explained."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime

from yuanli.campus import Building, FeatureId, Level
from yuanli.errors import InvalidInputError, Text
from yuanli.language import Understanding, find_number
from yuanli.operations.answering.asked import is_operator, try_place
from yuanli.operations.answering.vocabulary import says
from yuanli.operations.dialogue import Request
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.solving import SolveOrder, Solving
from yuanli.operations.space_leases import tells_lease
from yuanli.operations.space_plans import Newcomer, SpaceDraft, SpaceDrafts, SpaceWish
from yuanli.planning import SPACES
from yuanli.solver import Stop

TIME_S = 30.0
BUILDING = re.compile(r"[A-Z]\s?座|\d+\s?号楼|\b(?:building|tower|block)\s+[A-Z0-9]{1,2}\b", re.I)
"""A building that is called by its kind, where no slot has it."""
ANSWER = re.compile(r"^(?:不对|不是|不|对|no|yes|actually|well)$", re.IGNORECASE)
OPTIMISED = Text(
    "空置与超用面积、未满足的愿望、步行和搬动", "unused and overused area, unmet wishes, walking and moves"
)


class PlannersOnlyError(InvalidInputError):
    """Somebody may not make plans."""

    status = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for: where, the demands in words, and teams that are not there yet."""

    place: FeatureId | None
    name: Text
    demands: str
    newcomers: tuple[Newcomer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateAct:
    """Shows the problem that was understood, and has it solved once it is confirmed."""

    drafts: SpaceDrafts
    solving: Solving
    guidance: Guidance

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return the rules as they were understood, what was not, what is optimised, and how long it takes."""
        del now
        require_planner(asker)
        asked, draft = self._draft(request, asker)
        rules = list(draft.rules)
        unread = _unread(draft, asked, request.understanding())
        strange = _strange(draft, asked, request.understanding())
        zh = [f"为{asked.name.zh}的 {draft.teams} 个团队（{draft.people} 人）在 {draft.rooms} 间房里排座"]
        en = [f"Seat {draft.teams} teams ({draft.people} people) of {asked.name.en} in {draft.rooms} rooms"]
        for one in asked.newcomers:
            zh.append(f"新增“{one.name}”{one.people:g} 人")
            en.append(f"New: {one.name!r} of {one.people:g} people")
        if rules:
            zh.append("规则：" + "；".join(f"{n}. {rule.zh}" for n, rule in enumerate(rules, 1)))
            en.append("Rules: " + "; ".join(f"{n}. {rule.en}" for n, rule in enumerate(rules, 1)))
        else:
            zh.append("没有附加规则")
            en.append("No further rules")
        if strange:
            zh.append(f"没有叫{'、'.join(f'“{name}”' for name in strange)}的团队或单位")
            en.append(f"No team or company is called {', '.join(map(repr, strange))}")
        if unread:
            zh.append(f"没听懂、不会考虑：{'；'.join(unread)}（可换个说法补充）")
            en.append(f"Not understood, left out: {'; '.join(unread)} (say it differently to add it)")
        zh.append(f"优化：{OPTIMISED.zh}；最多 {TIME_S:g} 秒")
        en.append(f"Least of {OPTIMISED.en}; {TIME_S:g} seconds at most")
        return Text("。".join(zh), ". ".join(en))

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Have the problem solved in the background."""
        del key, now
        require_planner(asker)
        asked, draft = self._draft(request, asker)
        name = (f"{asked.name.zh}排座" if request.language == "zh" else f"Seats of {asked.name.en}")[:100]
        order = SolveOrder(
            kind=SPACES.name, name=name, file_name="spaces.json", stop=Stop(time_s=TIME_S),
            problem=json.dumps(draft.document, ensure_ascii=False).encode(),
        )  # fmt: skip
        job = self.solving.start(asker.campus_id, order, asker.user)
        text = Text(
            f"开始求解“{name}”，约 {TIME_S:g} 秒。在“方案”页可以看：/plans/{job.id}。",
            f"Solving “{name}” takes about {TIME_S:g} seconds. See it on the page of plans: /plans/{job.id}.",
        )
        hints = (Text("方案结果怎么样", "how is the plan"),)
        return Reply(text=text, understanding=request.understanding(), suggestions=hints)

    def _draft(self, request: Request, asker: Asker) -> tuple[Asked, SpaceDraft]:
        guide = self.guidance.guide(asker.campus_id)
        heard = request.understanding()
        plain = asked_of(guide, heard, asker)
        wish = SpaceWish(place=plain.place, demands=plain.demands, language=request.language)
        draft = self.drafts.draft(asker.campus_id, wish)
        newcomers = _newcomers(heard, draft)
        if newcomers:
            plain = replace(plain, newcomers=newcomers)
            draft = self.drafts.draft(asker.campus_id, replace(wish, newcomers=newcomers))
        return plain, draft


def require_planner(asker: Asker) -> None:
    """Refuse who may not make plans."""
    if not is_operator(asker):
        raise PlannersOnlyError(
            Text("方案只对园区运营人员开放。", "Only the park's operators may make plans."),
            hint=Text("请联系物业。", "Ask the facility staff."),
        )


def asked_of(guide: Guide, heard: Understanding, asker: Asker) -> Asked:
    """Return where seats are asked for, and the demands, without the words for the place."""
    text = heard.text
    named = [(slot.value, slot.text) for slot in heard.slots if slot.type in ("place", "room")]
    if not named and (said := BUILDING.search(text)):
        named.append((said[0], said[0]))
    for name, words in named if not tells_lease(text) else ():
        where = try_place(guide, name, heard, asker)
        found = None if where is None or where.id is None else guide.campus.find(where.id)
        if where is not None and isinstance(found, Building | Level):
            return Asked(place=where.id, name=where.name, demands=_without(text, words), newcomers=())
    venue = guide.campus.venue
    names = venue.name if venue is not None and venue.name else guide.campus.name
    whole = Text(names.get("zh", guide.campus.id), names.get("en", guide.campus.id))
    return Asked(place=None, name=whole, demands=text, newcomers=())


def _without(text: str, place: str) -> str:
    """Return demands without the place that all of them are about.

    >>> _without("Seat R&D next to testing in block A, move at most 30 people", "block A")
    'Seat R&D next to testing, move at most 30 people'
    """
    said = (
        rf"(?:\s*\b(?:in|at|on|of|for|inside)\s+(?:the\s+)?|[在把给为]?){re.escape(place)}(?:里面|里|内|的)?"
    )
    return re.sub(said, "", text, count=1, flags=re.IGNORECASE).strip()


def _newcomers(heard: Understanding, draft: SpaceDraft) -> tuple[Newcomer, ...]:
    """Return the one team that is told with its people, and does not sit here yet."""
    known = _known(draft)
    names = [*heard.values("department"), *heard.values("company")]
    strange = [name for name in names if not any(name.casefold() in k.casefold() for k in known)]
    counts = [n for said in heard.values("people_count") if (n := find_number(said, language=heard.language))]
    if len(strange) > 1 or len(counts) != 1 or says(heard.text, "moving") or (names and not strange):
        return ()
    name = strange[0] if strange else "新团队" if heard.language == "zh" else "new team"
    return (Newcomer(name=name, people=float(counts[0].high or counts[0].low or 1)),)


def _unread(draft: SpaceDraft, asked: Asked, heard: Understanding) -> tuple[str, ...]:
    """Return what was not understood, without words that only ask for a plan or tell of a new team."""
    new = {one.name for one in asked.newcomers}
    teams = _known(draft) | set(heard.values("department")) | set(heard.values("company"))
    told = []
    for part in draft.unread:
        named = {name for name in teams if name.casefold() in part.casefold()}
        asks = says(part, "asking") and not named - new
        tells = bool(named) and named <= new and re.search(r"\d", part) is not None
        if not asks and not tells and not ANSWER.match(part.strip()):
            told.append(part)
    return tuple(told)


def _strange(draft: SpaceDraft, asked: Asked, heard: Understanding) -> tuple[str, ...]:
    """Return the teams that are named and sit nowhere there."""
    known, new = _known(draft), {one.name for one in asked.newcomers}
    said = dict.fromkeys((*heard.values("department"), *heard.values("company")))
    return tuple(n for n in said if n not in new and not any(n.casefold() in k.casefold() for k in known))


def _known(draft: SpaceDraft) -> set[str]:
    return {str(one[key]) for one in draft.document["entities"] for key in ("name", "group") if one[key]}


def said_of(parts: list[Text]) -> Text:
    """Return sentences one after the other."""
    return Text("".join(one.zh for one in parts), " ".join(one.en for one in parts))
