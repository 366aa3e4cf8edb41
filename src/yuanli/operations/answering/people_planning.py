"""Who goes round where, and who comes when, asked in words: the problem shown, confirmed, solved in the background."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from yuanli.campus import Building, label_of, name_in
from yuanli.errors import Text
from yuanli.language import Slot, Understanding, find_number
from yuanli.operations.acts import Act
from yuanli.operations.answering.allocating import require_planner
from yuanli.operations.answering.asked import try_place, when_of
from yuanli.operations.answering.vocabulary import says
from yuanli.operations.dialogue import Request
from yuanli.operations.flow_plans import FlowDrafts
from yuanli.operations.flow_wishes import FlowSpot, FlowUse, FlowWish
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.resolving import PlaceNotFoundError
from yuanli.operations.round_plans import OnDuty, RoundDrafts, RoundWish, RoundWishError, Visit
from yuanli.operations.solving import SolveOrder, Solving
from yuanli.scheduling import FLOWS, ROUNDS
from yuanli.solver import Stop

INTENT = "space_allocate"
MARK = "event_name"
"""The slot that tells what is planned: rounds, or who comes when."""
SURE = 0.9
TIME_S = 20.0
VISIT_MIN = 5
GUARDS = 2
MOST_TOLD = 12
NIGHT, DAY = (22, 6), (8, 18)
STARTS = ("门卫", "保安室", "北门", "大门", "gatehouse", "guardroom", "gate", "entrance")
SPANS = {
    FlowUse.STAY: (time(11), time(13)),
    FlowUse.ARRIVE: (time(7, 30), time(9, 30)),
    FlowUse.LEAVE: (time(17), time(19)),
}
USED = {
    FlowUse.STAY: Text("用餐", "lunch"), FlowUse.ARRIVE: Text("到达", "arrivals"),
    FlowUse.LEAVE: Text("离开", "departures"),
}  # fmt: skip
OTHER_ROUNDS = {
    "cleaning": re.compile(
        r"(?:保洁|清洁|打扫|清扫).{0,12}(?:路线|巡回|轮次)|(?:路线|巡回).{0,8}(?:保洁|清洁|打扫|清扫)"
        r"|\bclean(?:ing|ers?)(?:['’]s?)? (?:rounds?|routes?|tours?)\b|\b(?:rounds?|routes?) (?:of|for) (?:the )?clean",
        re.I,
    ),
    "maintenance": re.compile(
        r"(?:维保|检修|维修|保养).{0,12}(?:路线|巡回|轮次)|(?:路线|巡回).{0,8}(?:维保|检修|维修|保养)"
        r"|\bmaintenance (?:rounds?|routes?|tours?)\b"
        r"|\b(?:rounds?|routes?) (?:of|for) (?:the )?(?:maintenance|technician)",
        re.I,
    ),
    "delivery": re.compile(
        r"(?:派件|派送|送件|快递|配送).{0,12}(?:路线|巡回|轮次)|(?:路线|巡回).{0,8}(?:派件|派送|送件|快递|配送)"
        r"|\b(?:delivery|parcel|mail) (?:rounds?|routes?|tours?)\b"
        r"|\b(?:rounds?|routes?) (?:of|for) (?:the )?(?:parcel|deliver|mail)",
        re.I,
    ),
}
"""Rounds that are no patrols: their order need not be hard to foretell."""
CALLED = {
    "patrol": (Text("巡逻", "Patrol"), Text("保安", "Guard")),
    "cleaning": (Text("保洁", "Cleaning"), Text("保洁员", "Cleaner")),
    "maintenance": (Text("检修", "Maintenance"), Text("检修员", "Technician")),
    "delivery": (Text("派送", "Deliveries"), Text("派送员", "Courier")),
}
"""Of each kind of rounds, what it is called, and who goes."""
THROUGH = re.compile(r"(\d+)\s*(?:人|个人|people|persons)", re.I)
GUARDS_SAID = re.compile(
    r"(\d+|[一二两三四五六七八九十]+)\s*(?:个|名|位)?\s*(?:保安|巡逻员|巡检员|安保|保洁|清洁工|检修|维修|派送员|快递员|师傅|阿姨|工人|人员?)|"
    r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s+"
    r"(?:guards?|people|staff|officers?|cleaners?|technicians?|couriers?|workers?)\b",
    re.I,
)


class Draft(Protocol):
    """What drafts of problems have in common."""

    @property
    def document(self) -> Mapping[str, Any]:
        """The problem."""

    @property
    def aims(self) -> tuple[Text, ...]:
        """What is made least."""

    @property
    def assumed(self) -> tuple[Text, ...]:
        """What it rests on."""


def asks_for_people(heard: Understanding) -> bool:
    """Whether words ask for a plan of rounds, or to stagger when people come."""
    return (
        _part(heard.text) is not None
        and not says(heard.text, "why")
        and not says(heard.text, "told_of_plans")
    )


def as_people(heard: Understanding) -> Understanding:
    """Return such words as the request that they are, with the places they name."""
    text = heard.text
    places = [
        replace(slot, type="place")
        for slot in heard.slots
        if slot.type in ("place", "origin", "destination", "room")
    ] + [slot for slot in heard.slots if slot.type == "date"]
    mark = Slot(type=MARK, text=text, start=0, end=len(text), value=text)
    confidence = max(heard.confidence, SURE)
    return replace(heard, intent=INTENT, confidence=confidence, alternatives=(), slots=(*places, mark))


def _part(text: str) -> str | None:
    """Return what words ask to plan: `rounds`, `flows`, or nothing."""
    if says(text, "staggering") and says(text, "coming"):
        return "flows"
    return "rounds" if _rounds(text) is not None and says(text, "asks_rounds") else None


def _rounds(text: str) -> str | None:
    """Return which kind of rounds words name: a patrol, or one of the others."""
    others = (kind for kind, pattern in OTHER_ROUNDS.items() if pattern.search(text))
    return next(others, "patrol" if says(text, "patrols") else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAct:
    """Shows rounds or flows that were drafted, and has them solved once they are confirmed."""

    rounds: RoundDrafts
    flows: FlowDrafts
    solving: Solving
    guidance: Guidance

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what is planned, what is made least and assumed, and how long it takes."""
        require_planner(asker)
        title, draft, _ = self._draft(request, asker, now)
        told = Text("".join(one.zh for one in draft.aims), " ".join(one.en for one in draft.aims))
        assumed = Text("".join(one.zh for one in draft.assumed), " ".join(one.en for one in draft.assumed))
        return Text(
            f"{title.zh}。优化：{told.zh}假设：{assumed.zh}最多 {TIME_S:g} 秒；要改地点、人员或时间，请在“方案”页起草",
            f"{title.en}. Made least: {told.en} Assumed: {assumed.en} {TIME_S:g} seconds at most; to change places, "
            "people or times, draft it on the page of plans",
        )

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Have the problem solved in the background."""
        del key
        require_planner(asker)
        title, draft, kind = self._draft(request, asker, now)
        name = (title.zh if request.language == "zh" else title.en)[:100]
        order = SolveOrder(
            kind=kind, name=name, file_name=f"{kind}.json", stop=Stop(time_s=TIME_S),
            problem=json.dumps(draft.document, ensure_ascii=False).encode(),
        )  # fmt: skip
        job = self.solving.start(asker.campus_id, order, asker.user)
        text = Text(
            f"开始求解“{name}”，最多 {TIME_S:g} 秒：/plans/{job.id}。",
            f"Solving “{name}” takes {TIME_S:g} seconds at most: /plans/{job.id}.",
        )
        return Reply(text=text, understanding=request.understanding())

    def _draft(self, request: Request, asker: Asker, now: datetime) -> tuple[Text, Draft, str]:
        heard, guide = request.understanding(), self.guidance.guide(asker.campus_id)
        said = next(iter(heard.values(MARK)), heard.text)
        local = now.astimezone(ZoneInfo(guide.campus.time_zone))
        if _part(said) == "flows":
            return (*self._stagger(said, heard, guide, asker, local), FLOWS.name)
        return (*self._patrol(said, heard, guide, asker, local), ROUNDS.name)

    def _patrol(
        self, said: str, heard: Understanding, guide: Guide, asker: Asker, now: datetime
    ) -> tuple[Text, Draft]:
        """Return rounds of all buildings, or of the places that were named, by guards from the gate."""
        buildings = list(guide.campus.of(Building))
        named = [
            place
            for word in heard.values("place")
            if (place := try_place(guide, word, heard, asker)) and place.id
        ]
        asked = [str(place.id) for place in named] or [str(one.id) for one in buildings]
        if not asked:
            raise RoundWishError(
                Text("没有说巡哪里，园区也没有登记楼宇。", "No place was named, and no building is registered."),
                field="place", hint=Text("请说出要去的地点。", "Name the places to go to."),
            )  # fmt: skip
        night = says(said, "at_night")
        begin, end = NIGHT if night else DAY
        start = _gate(guide, heard.language) or asked[0]
        many = _guards(said, heard.language)
        kind = _rounds(said) or "patrol"
        called, goes = CALLED[kind]
        word = goes.zh if heard.language == "zh" else goes.en
        when = when_of(guide, heard, now, prefer="future").start
        day = max(now, when.replace(hour=begin)) if heard.find("date") else now
        wish = RoundWish(
            visits=tuple(Visit(place=one, service_s=60 * VISIT_MIN) for one in asked),
            staff=tuple(
                OnDuty(name=f"{word} {n + 1}", start=start, earliest_s=3600 * begin, latest_s=3600 * end)
                for n in range(many)
            ),
            at=day, patrol=f"{day:%Y-%m-%d}" if kind == "patrol" else "",
            roles=frozenset(asker.roles), language=heard.language,
        )  # fmt: skip
        draft = self.rounds.draft(asker.campus_id, wish)
        at = Text(
            name_in(guide.resolve(start).stop.name, "zh"), name_in(guide.resolve(start).stop.name, "en")
        )
        names = [label_of(guide.campus, one) if guide.campus.find(one) else {} for one in _ids(guide, asked)]
        zh = "、".join(name_in(one, "zh") or "" for one in names[:MOST_TOLD])
        en = ", ".join(name_in(one, "en") or "" for one in names[:MOST_TOLD])
        if len(names) > MOST_TOLD:
            zh, en = f"{zh}等", f"{en} and others"
        title = Text(
            f"{day:%m-%d} {begin}:00–{end}:00 {called.zh}：{many} 人从{at.zh}出发，"
            f"{draft.stops} 处各停 {VISIT_MIN} 分钟：{zh}",
            f"{called.en} on {day:%m-%d}, {begin}:00–{end}:00: {many} from {at.en}, {VISIT_MIN} minutes at each of "
            f"{draft.stops}: {en}",
        )
        return title, draft

    def _stagger(
        self, said: str, heard: Understanding, guide: Guide, asker: Asker, now: datetime
    ) -> tuple[Text, Draft]:
        """Return who comes when to a canteen or another place, tomorrow unless today was said."""
        use = (
            FlowUse.ARRIVE
            if says(said, "arriving")
            else FlowUse.LEAVE
            if says(said, "leaving")
            else FlowUse.STAY
        )
        place = next(
            (
                str(p.id)
                for word in heard.values("place")
                if (p := try_place(guide, word, heard, asker)) and p.id
            ),
            None,
        )
        if place is None and use is FlowUse.STAY:
            place = "食堂" if heard.language == "zh" else "canteen"
        through = THROUGH.search(said)
        begins, ends = SPANS[use]
        day = now.date() if says(said, "this_day") else now.date() + timedelta(days=1)
        spot = FlowSpot(
            begins=begins,
            ends=ends,
            place=place,
            use=use,
            capacity=None if through is None else float(through[1]),
        )
        draft = self.flows.draft(
            asker.campus_id, FlowWish(day=day, spots=(spot,), language=heard.language), now
        )
        where = draft.document["passages"][0]["id"]
        title = Text(
            f"{day:%m-%d} {where}{USED[use].zh}错峰：{begins:%H:%M}–{ends:%H:%M} 共 {draft.people} 人，"
            f"{draft.teams} 个团队可调整",
            f"Stagger {USED[use].en} at {where} on {day:%m-%d}, {begins:%H:%M}–{ends:%H:%M}: {draft.people} people, "
            f"{draft.teams} teams may move",
        )
        return title, draft


def _ids(guide: Guide, asked: list[str]) -> list[Any]:
    return [found.stop.feature_id for found in map(guide.resolve, asked) if found.stop.feature_id is not None]


def _gate(guide: Guide, language: str) -> str | None:
    """Return where guards start: a gatehouse or gate by what it is called here."""
    for word in STARTS:
        try:
            found = guide.resolve(word, language=language).stop.feature_id
        except PlaceNotFoundError:
            continue
        if found is not None:
            return str(found)
    return None


def _guards(said: str, language: str) -> int:
    found = GUARDS_SAID.search(said)
    number = None if found is None else find_number(found[1] or found[2], language=language)
    return GUARDS if number is None or not number.low else max(1, min(50, int(number.low)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateOrPeopleAct:
    """Plans rounds or who comes when where that was asked for, else what is done with spaces."""

    spaces: Act
    people: PeopleAct

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what would be planned."""
        return self._of(request).propose(request, asker=asker, now=now)

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Have it solved."""
        return self._of(request).execute(request, key=key, asker=asker, now=now)

    def _of(self, request: Request) -> Act:
        said = request.understanding().values(MARK)
        return self.people if any(_part(text) for text in said) else self.spaces
