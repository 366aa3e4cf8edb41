"""The assistant: what was understood goes to one handler per family of intents, which answers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from yuanli.campus import CampusId, Hit, kind_of, label_of, name_in
from yuanli.errors import NotFoundError, Text, YuanliError
from yuanli.language import PatternUnderstander, Understanding, is_here
from yuanli.operations.guidance import Guidance, Guide, RouteRequest
from yuanli.operations.wording import facts_of, say_effort, say_route
from yuanli.routing import Nearby, NoRouteError, Route

SURE = 0.55
"""Search score from which a bare name counts as a place of the campus."""
PROFILE_OF = {"wheelchair": "wheelchair", "stroller": "stroller", "staff": "staff", "evacuation": "evacuation",
              "bike": "bike", "walk": "walk"}  # fmt: skip
INDOORS = "outdoor"
AVOID_OF = {"no_lifts": "elevator", "indoors": INDOORS}
MOST_CONVERSATIONS = 10_000
NOT_AT_THAT_TIME = Text(
    "我还不会按您说的时间规划，这是现在出发的路；出发时间可在“路线导航”里选。",
    "I can't plan for the time you said yet: this is the way if you leave now. Directions let you choose a time. ",
)
CAN_DO = Text(
    "我现在能指路（“从北门到A座301怎么走，我坐轮椅”）、找最近的设施（“最近的洗手间在哪”）、"
    "查地点和开放时间（“食堂几点开门”）。",
    "I can show the way (“how do I get from the north gate to A301 in a wheelchair”), find the nearest "
    "facility (“nearest toilet”), and tell where a place is and when it is open.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something to show with a reply: `kind` is `route` or `places`."""

    kind: str
    routes: tuple[Route, ...] = ()
    places: tuple[Nearby | Hit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer in both languages, how the request was understood, and what may be asked next.

    `pending` is the question that the reply asks, where it needs an answer.
    """

    text: Text
    understanding: Understanding
    cards: tuple[Card, ...] = ()
    suggestions: tuple[Text, ...] = ()
    pending: Text | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a conversation holds: the request that waits for a place, and the question asked."""

    waiting: Understanding
    missing: str
    question: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, where from, and where they stand (`lon,lat[,level]` or a name), if that is known."""

    campus_id: CampusId
    conversation: str | None = None
    here: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)


Handler = Callable[["Assistant", Guide, Understanding, Asker, datetime], Reply]


class Assistant:
    """Answers requests about one of the kept campuses; keeps what a conversation waits for."""

    def __init__(self, guidance: Guidance) -> None:
        self._guidance = guidance
        self._lock = Lock()
        self._turns: OrderedDict[str, Turn] = OrderedDict()

    def understand(
        self, text: str, *, campus_id: CampusId | None = None, context: str | None = None
    ) -> Understanding:
        """Return what a request wants, knowing the names of a campus where one is given."""
        if campus_id is None:
            return PatternUnderstander().understand(text, context=context)
        return understand_on(self._guidance.guide(campus_id), text, context=context)

    def ask(self, text: str, asker: Asker) -> Reply:
        """Answer one turn of a conversation."""
        guide, now = self._guidance.guide(asker.campus_id), self._guidance.now()
        turn = self._turn(asker.conversation)
        context = None if turn is None else str(turn.question)
        understanding = understand_on(guide, text, context=context)
        if turn is not None and understanding.intent == "dialog_inform":
            understanding = _completed(turn, understanding)
        reply = answer(self, guide, understanding, asker, now)
        self._keep(asker.conversation, understanding, reply)
        return reply

    def _turn(self, conversation: str | None) -> Turn | None:
        with self._lock:
            return self._turns.get(conversation) if conversation else None

    def _keep(self, conversation: str | None, understanding: Understanding, reply: Reply) -> None:
        if not conversation:
            return
        with self._lock:
            self._turns.pop(conversation, None)
            if reply.pending is not None:
                missing = "origin" if understanding.find("origin") is None else "destination"
                self._turns[conversation] = Turn(
                    waiting=understanding, missing=missing, question=reply.pending
                )
                while len(self._turns) > MOST_CONVERSATIONS:
                    self._turns.popitem(last=False)


def understand_on(guide: Guide, text: str, *, context: str | None = None) -> Understanding:
    """Return what a request wants, knowing the names of one campus."""

    def knows(name: str) -> bool:
        if kind_of(name):
            return True
        hits = guide.index.search(name, limit=1)
        return bool(hits) and hits[0].score >= SURE

    return PatternUnderstander(knows).understand(text, context=context)


def answer(
    assistant: Assistant, guide: Guide, understanding: Understanding, asker: Asker, now: datetime
) -> Reply:
    """Give a request to the handler of its intent; an error becomes an answer that says what to do."""
    handler = HANDLERS.get(understanding.intent, _cannot)
    try:
        return handler(assistant, guide, understanding, asker, now)
    except YuanliError as error:
        hint = error.hint or Text("", "")
        text = Text(f"{error.message.zh}{hint.zh}", f"{error.message.en} {hint.en}".strip())
        return Reply(text=text, understanding=understanding, error=error.code)


def _route(
    assistant: Assistant, guide: Guide, understanding: Understanding, asker: Asker, now: datetime
) -> Reply:
    del assistant
    origin = _end(understanding, "origin", asker)
    destination = _end(understanding, "destination", asker) or understanding.find("place")
    if destination is None:
        question = Text("您要去哪里？", "Where do you want to go?")
        return Reply(text=question, understanding=understanding, pending=question)
    if origin is None:
        place = guide.resolve(destination, language=understanding.language).stop.name
        question = Text(
            f"您从哪里出发去{name_in(place, 'zh')}？", f"Where do you start for {name_in(place, 'en')}?"
        )
        return Reply(text=question, understanding=understanding, pending=question)
    request = _request(understanding, asker, origin, destination)
    note = NOT_AT_THAT_TIME if understanding.find("time") else Text("", "")
    try:
        routes = guide.routes(request, now=now)
    except NoRouteError:
        # To stay indoors is a wish: where it can't be met, the way outdoors is better than none.
        if INDOORS not in request.avoid:
            raise
        routes = guide.routes(replace(request, avoid=()), now=now)
        note = Text(
            f"{note.zh}没有全程室内的路，这条要经过室外。",
            f"{note.en}No way stays indoors; this one goes outside. ",
        )
    said = say_route(routes[0], eta=understanding.intent == "guidance_eta")
    return Reply(
        text=Text(note.zh + said.zh, note.en + said.en),
        understanding=understanding,
        cards=(Card(kind="route", routes=routes),),
    )


def _tour(
    assistant: Assistant, guide: Guide, understanding: Understanding, asker: Asker, now: datetime
) -> Reply:
    stops = understanding.values("waypoint")
    origin = _end(understanding, "origin", asker) or (stops[0] if stops else None)
    rest = tuple(stop for stop in stops if stop != origin)
    if origin is None or not rest:
        return _cannot(assistant, guide, understanding, asker, now)
    request = _request(understanding, asker, origin, rest[-1])
    best: tuple[Route, ...] = ()
    for last in rest:
        via = tuple(stop for stop in rest if stop != last)
        found = guide.routes(replace(request, destination=last, via=via, order="best"), now=now)
        if not best or found[0].duration_s < best[0].duration_s:
            best = found
    names = [stop.name for stop in best[0].stops]
    text = Text(
        f"建议顺序：{' → '.join(name_in(name, 'zh') for name in names)}，{say_effort(best[0]).zh}。",
        f"Best order: {' → '.join(name_in(name, 'en') for name in names)}, {say_effort(best[0]).en}.",
    )
    return Reply(text=text, understanding=understanding, cards=(Card(kind="route", routes=best),))


def _nearest(
    assistant: Assistant, guide: Guide, understanding: Understanding, asker: Asker, now: datetime
) -> Reply:
    wanted = understanding.find("poi_type") or ""
    origin = _end(understanding, "place", asker)
    if kind_of(wanted) is None:
        return _locate(assistant, guide, understanding, asker, now)
    if origin is None:
        hits = guide.index.search(wanted, limit=5, language=understanding.language)
        question = Text("您现在在哪里？", "Where are you now?")
        text = Text(f"{question.zh}我来找最近的。", f"{question.en} Then I find the nearest one.")
        cards = (Card(kind="places", places=hits),) if hits else ()
        return Reply(text=text, understanding=understanding, cards=cards, pending=question)
    preferences = understanding.values("route_pref")
    found = guide.nearest(
        origin, wanted, now=now, profile=_profile(understanding), open_now="open_now" in preferences,
        accessible="wheelchair" in preferences, roles=asker.roles,
    )  # fmt: skip
    if not found:
        raise NotFoundError(
            Text(f"附近没有可到达的“{wanted}”。", f"No {wanted} can be reached from here."), field=wanted
        )
    first = found[0]
    effort, named = say_effort(first.route), label_of(guide.campus, first.feature_id)
    text = Text(
        f"最近的是{name_in(named, 'zh')}，{effort.zh}。",
        f"The nearest is {name_in(named, 'en')}, {effort.en}.",
    )
    return Reply(
        text=text,
        understanding=understanding,
        cards=(Card(kind="places", places=found), Card(kind="route", routes=(first.route,))),
    )


def _locate(
    assistant: Assistant, guide: Guide, understanding: Understanding, asker: Asker, now: datetime
) -> Reply:
    del assistant, asker, now
    wanted = understanding.find("place") or understanding.find("poi_type") or ""
    resolved = guide.resolve(wanted, language=understanding.language)
    feature_id = resolved.stop.feature_id
    where = Text(name_in(resolved.stop.name, "zh"), name_in(resolved.stop.name, "en"))
    hits = tuple(hit for hit in guide.index.search(wanted, limit=5) if hit.feature_id == feature_id)
    text = Text(f"{where.zh}在这里。", f"Here is {where.en}.")
    return Reply(
        text=text,
        understanding=understanding,
        cards=(Card(kind="places", places=(*hits, *resolved.others)),),
        suggestions=(Text(f"去{where.zh}怎么走", f"How do I get to {where.en}"),),
    )


def _place_info(
    assistant: Assistant, guide: Guide, understanding: Understanding, asker: Asker, now: datetime
) -> Reply:
    del assistant, asker
    wanted = understanding.find("place") or ""
    resolved = guide.resolve(wanted, language=understanding.language)
    feature_id = resolved.stop.feature_id
    facts = facts_of(guide, feature_id, now) if feature_id else []
    name = Text(name_in(resolved.stop.name, "zh"), name_in(resolved.stop.name, "en"))
    if not facts:
        text = Text(f"{name.zh}没有登记开放时间和联系方式。", f"No hours or contacts are known of {name.en}.")
    else:
        text = Text(
            f"{name.zh}：{'；'.join(fact.zh for fact in facts)}。",
            f"{name.en}: {'; '.join(fact.en for fact in facts)}.",
        )
    hits = guide.index.search(wanted, limit=1, language=understanding.language)
    return Reply(text=text, understanding=understanding, cards=(Card(kind="places", places=hits),))


def _smalltalk(
    assistant: Assistant, guide: Guide, understanding: Understanding, asker: Asker, now: datetime
) -> Reply:
    del assistant, guide, asker, now
    text = Text(f"您好，我是园理。{CAN_DO.zh}", f"Hello, I am yuanli. {CAN_DO.en}")
    return Reply(text=text, understanding=understanding)


def _cannot(
    assistant: Assistant, guide: Guide, understanding: Understanding, asker: Asker, now: datetime
) -> Reply:
    del assistant, guide, asker, now
    text = Text(f"这个我还办不到。{CAN_DO.zh}", f"I can't do that yet. {CAN_DO.en}")
    return Reply(text=text, understanding=understanding)


HANDLERS: Mapping[str, Handler] = {
    "guidance_route": _route,
    "guidance_eta": _route,
    "guidance_tour": _tour,
    "guidance_nearest": _nearest,
    "guidance_locate": _locate,
    "guidance_place_info": _place_info,
    "chat_smalltalk": _smalltalk,
}


def _request(understanding: Understanding, asker: Asker, origin: str, destination: str) -> RouteRequest:
    preferences = understanding.values("route_pref")
    return RouteRequest(
        origin=origin,
        destination=destination,
        via=understanding.values("waypoint") if understanding.intent == "guidance_route" else (),
        profile=_profile(understanding),
        avoid=tuple(AVOID_OF[p] for p in preferences if p in AVOID_OF),
        language=understanding.language,
        roles=asker.roles,
    )


def _profile(understanding: Understanding) -> str:
    said = (*understanding.values("route_pref"), *understanding.values("travel_mode"))
    return next((PROFILE_OF[value] for value in said if value in PROFILE_OF), "walk")


def _end(understanding: Understanding, slot: str, asker: Asker) -> str | None:
    value = understanding.find(slot)
    if slot in ("origin", "place") and (value is None or is_here(value)):
        return asker.here
    return value


def _completed(turn: Turn, answer: Understanding) -> Understanding:
    """Fill the place that a conversation waited for into the request that lacked it."""
    wanted = "place" if turn.waiting.intent == "guidance_nearest" else turn.missing
    slots = [slot for slot in answer.slots if slot.type != "place"]
    for slot in answer.slots:
        if slot.type == "place":
            slots.append(
                type(slot)(type=wanted, text=slot.text, start=slot.start, end=slot.end, value=slot.value)
            )
    return replace(
        answer,
        intent=turn.waiting.intent,
        confidence=min(turn.waiting.confidence, answer.confidence),
        slots=(*turn.waiting.slots, *slots),
    )
