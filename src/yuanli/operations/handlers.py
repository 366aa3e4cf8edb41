"""What answers a request that is complete: one handler a family of intents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from yuanli.campus import kind_of, label_of, name_in
from yuanli.errors import NotFoundError, Text
from yuanli.language import Understanding, is_here
from yuanli.operations.guidance import Guide, RouteRequest
from yuanli.operations.leaving import routes_at
from yuanli.operations.replies import Asker, Card, Reply
from yuanli.operations.wording import facts_of, say_effort, say_route
from yuanli.routing import NoRouteError, Route

Handler = Callable[[Guide, Understanding, Asker, datetime], Reply]
PROFILE_OF = {"wheelchair": "wheelchair", "stroller": "stroller", "staff": "staff", "evacuation": "evacuation",
              "bike": "bike", "walk": "walk"}  # fmt: skip
INDOORS = "outdoor"
AVOID_OF = {"no_lifts": "elevator", "indoors": INDOORS}
CAN_DO = Text(
    "我现在能指路（“从北门到A座301怎么走，我坐轮椅”）、找最近的设施（“最近的洗手间在哪”）、"
    "查地点和开放时间（“食堂几点开门”）。",
    "I can show the way (“how do I get from the north gate to A301 in a wheelchair”), find the nearest "
    "facility (“nearest toilet”), and tell where a place is and when it is open.",
)


def _route(guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
    origin = _end(understanding, "origin", asker)
    destination = _end(understanding, "destination", asker) or understanding.find("place")
    if destination is None:
        question = Text("您要去哪里？", "Where do you want to go?")
        return Reply(text=question, understanding=understanding, pending=question, asks="destination")
    if origin is None:
        place = guide.resolve(destination, language=understanding.language).stop.name
        question = Text(
            f"您从哪里出发去{name_in(place, 'zh')}？", f"Where do you start for {name_in(place, 'en')}?"
        )
        return Reply(text=question, understanding=understanding, pending=question, asks="origin")
    request = _request(understanding, asker, origin, destination)
    try:
        routes, note = routes_at(guide, request, understanding, now)
    except NoRouteError:
        # To stay indoors is a wish: where it can't be met, the way outdoors is better than none.
        if INDOORS not in request.avoid:
            raise
        routes, note = routes_at(guide, replace(request, avoid=()), understanding, now)
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


def _tour(guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
    stops = understanding.values("waypoint")
    origin = _end(understanding, "origin", asker) or (stops[0] if stops else None)
    rest = tuple(stop for stop in stops if stop != origin)
    if origin is None or not rest:
        question = Text(
            "您要去哪几个地方？请至少说两处，或说从哪里出发。",
            "Which places? Name two at least, or say where you start.",
        )
        return Reply(text=question, understanding=understanding, pending=question, asks="waypoint")
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


def _nearest(guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
    wanted = understanding.find("poi_type") or ""
    origin = _end(understanding, "place", asker)
    if kind_of(wanted) is None:
        return _locate(guide, understanding, asker, now)
    if origin is None:
        hits = guide.index.search(wanted, limit=5, language=understanding.language)
        question = Text("您现在在哪里？", "Where are you now?")
        text = Text(f"{question.zh}我来找最近的。", f"{question.en} Then I find the nearest one.")
        cards = (Card(kind="places", places=hits),) if hits else ()
        return Reply(text=text, understanding=understanding, cards=cards, pending=question, asks="place")
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


def _locate(guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
    del asker, now
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


def _place_info(guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
    del asker
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


def _smalltalk(guide: Guide, understanding: Understanding, asker: Asker, now: datetime) -> Reply:
    del guide, asker, now
    text = Text(f"您好，我是园理。{CAN_DO.zh}", f"Hello, I am yuanli. {CAN_DO.en}")
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
