"""Teams and others who pass the places of a plan of flows: who comes when today, and when else they could."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import Team, name_in
from yuanli.errors import Text
from yuanli.operations.flow_wishes import FlowUse, FlowWish, Pass

AWAY = -1
OTHERS = Text("其他人", "others")
USES = {
    FlowUse.ARRIVE: Text("到达", "arriving"), FlowUse.STAY: Text("用餐", "lunch"),
    FlowUse.LEAVE: Text("离开", "leaving"),
}  # fmt: skip
Floats = NDArray[np.float64]


def document_of(wish: FlowWish, passes: Sequence[Pass], teams: Sequence[Team]) -> dict[str, Any]:
    """Return the problem as `FLOWS` reads it: for each use teams have one time, which counts at all its places."""
    first = datetime.combine(wish.day, wish.begins)
    many = int((datetime.combine(wish.day, wish.ends) - first) // timedelta(minutes=wish.slot_min))
    slots = [f"{first + timedelta(minutes=i * wish.slot_min):%H:%M}" for i in range(many)]
    groups: list[dict[str, Any]] = []
    for use in FlowUse:
        own = [one for one in passes if one.spot.use is use]
        if own:
            groups += _groups_of(wish, own, teams, slots, alone=len(own) == len(passes))
    told = [dict(one.passage) for one in passes]
    return {"slots": slots, "slot_min": wish.slot_min, "passages": told, "groups": groups}


def _groups_of(
    wish: FlowWish, own: Sequence[Pass], teams: Sequence[Team], slots: Sequence[str], *, alone: bool
) -> list[dict[str, Any]]:
    """Return the teams, spread as people come to the first place, and others, who fill up what comes to each."""
    main, reach = own[0], int(wish.move_min // wish.slot_min)
    lags = [round(one.spot.lag_min / wish.slot_min) for one in own]
    times = {name: at for one in own for name, at in one.spot.times.items()}
    coming = [
        (team, _slot_of(wish, main, lags[0], times.get(name_in(team.name, wish.language)))) for team in teams
    ]
    coming = [(team, at) for team, at in coming if at != AWAY]
    heads = sum(team.headcount for team, _ in coming)
    shares = [min(1.0, sum(one.come) / heads) if heads else 0.0 for one in own]
    left = [np.array(one.come) for one in own]
    start, end = max(0, main.first - lags[0]), main.first - lags[0] + len(main.come)
    groups: list[dict[str, Any]] = []
    taken: set[str] = set()
    for team, at in sorted(coming, key=lambda one: (one[1] is None, -one[0].headcount, one[0].id)):
        called = name_in(team.name, wish.language) or team.id
        called = called if called not in taken else f"{called} ({team.id})"
        taken.add(called)
        slot = max(start, main.first - lags[0] + int(np.argmax(left[0]))) if at is None else at
        for one, lag, share, open_ in zip(own, lags, shares, left, strict=True):
            if 0 <= slot + lag - one.first < len(open_):
                open_[slot + lag - one.first] -= share * team.headcount
        groups.append({
            "id": called if alone else f"{called} · {name_in(_words(USES[main.spot.use]), wish.language)}",
            "size": team.headcount, "current": slots[slot],
            "allowed": list(slots[max(start, slot - reach) : min(end, slot + reach + 1)]),
            "uses": [
                {"passage": one.name, "lag": lag, "spread": [share]}
                for one, lag, share in zip(own, lags, shares, strict=True)
            ],
        })  # fmt: skip
    for one, open_ in zip(own, left, strict=True):
        groups += _others(wish, one, open_, slots, alone=alone and len(own) == 1)
    return groups


def _others(
    wish: FlowWish, one: Pass, left: Floats, slots: Sequence[str], *, alone: bool
) -> list[dict[str, Any]]:
    """Return who is beyond the teams: they come where the teams leave most open, and can't be moved."""
    open_ = np.maximum(left, 0.0)
    beyond = left.sum() / open_.sum() if open_.sum() > 0 else 0.0
    others = name_in(_words(OTHERS), wish.language)
    called = others if alone else f"{others} {one.name}"
    return [
        {
            "id": f"{called} {slots[one.first + at]}", "size": round(people), "current": slots[one.first + at],
            "allowed": [slots[one.first + at]], "uses": [{"passage": one.name}],
        }
        for at, people in enumerate(open_ * max(0.0, beyond))
        if round(people) > 0
    ]  # fmt: skip


def _words(text: Text) -> Mapping[str, str]:
    return {"zh": text.zh, "en": text.en}


def _slot_of(wish: FlowWish, main: Pass, lag: int, at: time | None) -> int | None:
    """Return the slot of a time, `AWAY` where it is not in the span, None where it isn't known."""
    if at is None:
        return None
    since = datetime.combine(wish.day, at) - datetime.combine(wish.day, wish.begins)
    slot = int(since // timedelta(minutes=wish.slot_min))
    return slot if 0 <= slot + lag - main.first < len(main.come) and slot >= 0 else AWAY
