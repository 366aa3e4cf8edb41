"""Where shared things should go, asked in words: the problem shown, confirmed, solved in the background."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from yuanli.campus import Building, Level, facility_kinds
from yuanli.errors import InvalidInputError, Text
from yuanli.language import Slot, Understanding
from yuanli.operations.acts import Act
from yuanli.operations.answering.allocating import BUILDING, AllocateAct, require_planner
from yuanli.operations.answering.asked import try_place
from yuanli.operations.answering.site_words import Limits, Things, find_things, limits_of
from yuanli.operations.dialogue import Request
from yuanli.operations.guidance import Guidance
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.site_plans import SiteDraft, SiteDrafts, SiteGoal, SiteWish, SiteWishError
from yuanli.operations.solving import SolveOrder, Solving
from yuanli.planning import SITES
from yuanli.solver import Stop

INTENT = "space_allocate"
MARK = "item"
"""The slot that tells things from teams."""
SURE = 0.9
TIME_S = 20.0
SAMPLES = ("defibrillator", "firstaid", "lockers", "parcel", "printing", "drinkingwater", "vending", "parking.ev",
           "security", "information", "canteen", "restroom")  # fmt: skip
"""Kinds that are told to whoever asks for what can't be placed."""
AIMS = {
    SiteGoal.MEDIAN: Text("平均步行最短", "least mean walk"),
    SiteGoal.CENTER: Text("最远的步行最短", "least longest walk"),
    SiteGoal.COVER: Text("时限内能到的人最多", "most people within reach"),
    SiteGoal.ALL: Text("数量最少，再求平均步行最短", "fewest of them, then least mean walk"),
}


class UnknownThingError(InvalidInputError):
    """Words ask a place for something that is no kind of facility."""


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
    value = said
    if found.number is not None and said == found.thing:
        value = f"{found.number}个{said}" if heard.language == "zh" else f"{found.number} {said}"
    item = Slot(type=MARK, text=said, start=found.start, end=found.end, value=value)
    return replace(
        heard, intent=INTENT, confidence=max(heard.confidence, SURE), alternatives=(), slots=(*places, item)
    )


def things_of(request: Request) -> Things | None:
    """Return the things that a request tells, by number and kind; None where it tells none."""
    for said in request.understanding().values(MARK):
        asked = f"where should we put {said}" if request.language == "en" else f"放{said}，应该放在哪里"
        found = find_things(asked, request.language)
        if found is not None and (found.number is not None or find_things(request.text, request.language)):
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
        many = Text(f"{wish.number} 处", f"{wish.number}") if wish.goal is not SiteGoal.ALL else Text(
            f"{draft.number - draft.existing} 处（最少）", f"{draft.number - draft.existing} (the fewest)"
        )  # fmt: skip
        zh = [
            f"在{name.zh}为“{wish.thing}”选 {many.zh}：{draft.spaces} 处共 {draft.people} 人，"
            f"{draft.candidates} 个候选点"
        ]
        en = [
            f"Place {many.en} {wish.thing} in {name.en}: {draft.people} people in {draft.spaces} spaces, "
            f"{draft.candidates} candidates"
        ]
        for rule in _rules(wish):
            zh.append(rule.zh)
            en.append(rule.en)
        assumed = (*self._unsaid(request), *draft.assumed)
        zh.append(f"假设：{''.join(one.zh for one in assumed)}")
        en.append(f"Assumed: {' '.join(one.en for one in assumed)}")
        aim = AIMS[wish.goal]
        zh.append(f"优化：{aim.zh}；最多 {TIME_S:g} 秒")
        en.append(f"Aim: {aim.en}; {TIME_S:g} seconds at most")
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
        found = things_of(request)
        assert found is not None  # else teams are meant
        if not found.known:
            raise _unknown(found.thing)
        limits = limits_of(request.text, request.language, number=found.number)
        if limits.metres is not None:
            raise SiteWishError(
                Text(f"步行以分钟计，“{limits.metres}”不能用。", f"Walks are told in minutes, not {limits.metres!r}."),
                field="reach_min", hint=Text("例如：任何人3分钟能到。", "Such as: everyone within 3 minutes."),
            )  # fmt: skip
        within: tuple[str, ...] = ()
        called = Text(names.get("zh", guide.campus.id), names.get("en", guide.campus.id))
        said_places = heard.values("place") or tuple(one[0] for one in BUILDING.finditer(heard.text))
        for said in said_places:
            where = try_place(guide, said, heard, asker)
            if where is not None and where.id and isinstance(guide.campus.find(where.id), Building | Level):
                within, called = (
                    (*within, str(where.id)),
                    where.name if not within else _both(called, where.name),
                )
        wish = SiteWish(
            thing=found.thing, number=found.number or 1, within=within, roles=frozenset(asker.roles),
            language=request.language, reach_min=limits.reach_min, capacity=limits.capacity, goal=limits.goal,
            profile=limits.profile,
        )  # fmt: skip
        return wish, called, self.drafts.draft(asker.campus_id, wish, now)

    def _unsaid(self, request: Request) -> tuple[Text, ...]:
        """Return what is assumed as the words don't tell it: how many."""
        found = things_of(request)
        if found is None or found.number is not None or _limits(request).goal is SiteGoal.ALL:
            return ()
        return (Text("没有说几个，按 1 个。", "No number was told: one."),)


def _limits(request: Request) -> Limits:
    found = things_of(request)
    return limits_of(request.text, request.language, number=None if found is None else found.number)


def _both(one: Text, other: Text) -> Text:
    return Text(f"{one.zh}、{other.zh}", f"{one.en}, {other.en}")


def _rules(wish: SiteWish) -> list[Text]:
    """Return what was demanded, as it was understood."""
    told = []
    if wish.reach_min is not None and wish.goal is not SiteGoal.COVER:
        told.append(
            Text(f"每个人 {wish.reach_min:g} 分钟内走到", f"Everybody walks {wish.reach_min:g} min at most")
        )
    elif wish.reach_min is not None:
        told.append(Text(f"时限 {wish.reach_min:g} 分钟", f"Within {wish.reach_min:g} min"))
    if wish.capacity is not None:
        told.append(
            Text(f"每处最多服务 {wish.capacity:g} 人", f"Each serves {wish.capacity:g} people at most")
        )
    return told


def _unknown(thing: str) -> UnknownThingError:
    """Return the refusal of something that can't be placed: what can."""
    names = [facility_kinds()[key].name for key in SAMPLES]
    return UnknownThingError(
        Text(f"“{thing}”不是我能选址的设施。", f"{thing!r} is no facility that I can find places for."),
        field="thing",
        hint=Text(
            f"例如{'、'.join(one.zh for one in names)}；别的东西用“方案”页的“规划选址”。",
            f"Such as {', '.join(one.en for one in names)}; for others use Plan sites on the page of plans.",
        ),
    )  # fmt: skip


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
