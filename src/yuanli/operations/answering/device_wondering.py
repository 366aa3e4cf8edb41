"""Why a plan of devices is not otherwise, asked in words: which devices, when, on or off; solved again with it."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime, time, timedelta
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.language import Understanding, find_when
from yuanli.operations.answering.device_planning import INTENT, KINDS
from yuanli.operations.answering.vocabulary import find_word, named_in, says
from yuanli.operations.solving import SolveJob, Solving, ask_why_not, warm_up
from yuanli.scheduling import DEVICES, Device, DevicesProblem, Storage
from yuanli.solver import Row, Search, Stop

WHY_S = 4.0
"""So long another plan is sought in which the wish holds."""
TIMED = re.compile(
    r"晚|夜|凌晨|清晨|早|上午|中午|午休|下午|白天|全天|整天|通宵|傍晚|\d\s*[点:：]|点钟"
    r"|\b(?:at|from|before|after|by|until|till)\s+\d{1,2}\b(?!\s*(?:%|kw|°|degrees|people))"
    r"|night|morning|noon|evening|midday|dawn|daytime|lunch|\d\s*[ap]m\b|\d:\d",
    re.I,
)
BARE_HOUR = re.compile(
    r"\b(?:at|from|before|after|by|until|till)\s+(?:1[0-2]|[1-9])\b(?!\s*(?::|[ap]\.?m\b|o'clock|in the|%|kw))",
    re.I,
)
"""An hour that is said without its half of the day is that of the clock of 24 hours."""
COMPLAINT = re.compile(
    r"这么|那么|老是|总是|太|\b(?:so|too) (?:hot|cold|warm|cool|loud|noisy|dark|stuffy)\b", re.I
)
NOT = re.compile(r"不|没|别|\bnot\b|n't\b|n’t\b|\bnever\b", re.I)
NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
NUMBER = re.compile(r"(\d+)\s*(?:号|#)|(?:#|\b(?:number|no\.?)\s*)(\d+)", re.I)
"""A device by its number, as in 2号冷机; after its kind it is found by the kind's word."""
AFTER_KIND = re.compile(r"\s*#?(\d+)(?!\s*(?::|点|号|[ap]m\b|\d))", re.I)


def asks_why_of_devices(heard: Understanding, last: str | None) -> bool:
    """Whether a turn asks why devices are not planned otherwise at a time, and not what they did or why they fail."""
    text = heard.text
    if not says(text, "why") or TIMED.search(text) is None:
        return False
    if says(text, "past") or says(text, "faults") or COMPLAINT.search(text):
        return False
    return (
        last == INTENT
        or named_in(text, "devices") in (*KINDS, "charging")
        or says(text, "fans")
        or says(text, "storing")
    )


def find_devices_job(
    solving: Solving, campus_id: CampusId, heard: Understanding, who: str
) -> SolveJob | None:
    """Return the newest plan of devices that somebody made, if the turn can be about one."""
    if not (says(heard.text, "why") and TIMED.search(heard.text)):
        return None
    mine = (one for one in solving.list(campus_id) if one.who == who and one.kind == DEVICES.name)
    return next((job for one in mine if (job := solving.get(campus_id, one.id)).plan is not None), None)


def tell_why(
    solving: Solving,
    campus_id: CampusId,
    heard: Understanding,
    job: SolveJob,
    *,
    zone: ZoneInfo,
    now: datetime,
) -> Text:
    """Say what the plan would cost more with the devices on, or off, at the time that is named, or what forbids it.

    Raises
    ------
    WrongPlanError
        The checker refuses the plan that was found: a fault of ours.
    """
    order = solving.problem(campus_id, job.summary.id)
    problem = DEVICES.parse(order.problem, order.file_name)
    name = job.summary.name
    meant, rest = _meant(problem, heard.text)
    if not meant:
        return Text(
            f"“{name}”里没有您问的设备，只有：{'、'.join(_names(problem))}。",
            f"{name!r} has no such device; it has {', '.join(_names(problem))}.",
        )
    slots = _slots(problem, rest, heard.language, zone, now)
    if not slots:
        return Text(
            "没听出是什么时间。请说出方案内的时段，例如“为什么不在 22 点到 6 点开”。",
            "I can't tell which time of the plan is meant. Say it such as “why not from 22:00 to 6:00”.",
        )
    on = says_on(rest)
    rows = {str(row["device"]): row for row in (job.plan.assignments if job.plan else ())}
    forced = {one.name: _wished(problem, one, rows[one.name], slots, on) for one in meant}
    forced = {key: to for key, to in forced.items() if any(rows[key][column] != to[column] for column in to)}
    if not forced:
        return Text(f"“{name}”里本来就是这样。", f"It is so in {name!r} already.")
    warm_up(DEVICES.name)
    held = _held(problem, {one.name for one in meant} - forced.keys(), slots, on)
    bound = None if job.plan is None else job.plan.bound
    told = ask_why_not(
        DEVICES, held, DEVICES.read_rows(problem, tuple(rows.values())), forced, search=Search(Stop(time_s=WHY_S)),
        bound=-inf if bound is None else bound, zone=zone,
    )  # fmt: skip
    when = _clock(problem, slots, zone)
    state, state_en = ("开", "on") if on else ("关", "off")
    return Text(
        f"“{name}”若 {when} {state}：{''.join(one.zh for one in told.explanation)}",
        f"{name!r} with {when} {state_en}: {' '.join(one.en for one in told.explanation)}",
    )


def _held(problem: DevicesProblem, names: Set[str], slots: Sequence[int], on: bool) -> DevicesProblem:
    """Return the problem in which devices that are on, or off, in slots already stay so: none steps in for another."""
    some = frozenset(slots)
    devices = [
        one if one.name not in names or one.task is not None
        else replace(one, must_be_on=one.must_be_on | some) if on
        else replace(one, must_be_off=one.must_be_off | some)
        for one in problem.devices
    ]  # fmt: skip
    return replace(problem, devices=tuple(devices))


def says_on(text: str) -> bool:
    """Whether what is asked for is on: "why not on" and "why off" ask for it, "why on" and "why not off" for off."""
    off = named_in(text, "switching") == "off"
    return off != (NOT.search(text) is not None)


def _meant(problem: DevicesProblem, text: str) -> tuple[Sequence[Device | Storage], str]:
    """Return the devices that a text names: by name, number, room, what charges, or all; and the text without names."""
    everything: tuple[Device | Storage, ...] = (*problem.devices, *problem.storages)
    named = sorted(
        (one for one in everything if one.name.casefold() in text.casefold()), key=lambda one: -len(one.name)
    )
    if named:
        for one in named:
            text = re.sub(re.escape(one.name), " ", text, flags=re.I)
        return named, text
    numbered, rest = _number(text)
    if numbered is not None:
        return [one for one in everything if numbered in re.findall(r"\d+", one.name)], rest
    if says(text, "storing") or named_in(text, "devices") == "charging":
        tasks = [] if says(text, "batteries") else [one for one in problem.devices if one.task is not None]
        return [*problem.storages, *tasks], text
    inside = [one for one in problem.devices if one.zone and one.zone.casefold() in text.casefold()]
    for zone in {one.zone for one in inside if one.zone}:
        text = re.sub(re.escape(zone), " ", text, flags=re.I)
    kind = named_in(text, "devices") or ("ventilation" if says(text, "fans") else None)
    planned = ((problem.drafted or {}).get("wish") or {}).get("kind")
    if (
        kind in KINDS
        and planned in KINDS
        and kind != planned
        and not (says(text, "fans") and planned == "hvac")
    ):
        return [], text
    return inside or [one for one in problem.devices if one.task is None], text


def _number(text: str) -> tuple[str | None, str]:
    """Return the number by which a device is called, and the text without it."""
    plain = re.sub(r"[一二三四五六七八九](?=号)", lambda found: found[0].translate(NUMERALS), text)
    found = NUMBER.search(plain)
    if found is not None:
        return found[1] or found[2], plain[: found.start()] + " " + plain[found.end() :]
    at = find_word(plain, "devices") or find_word(plain, "storing")
    after = None if at is None else AFTER_KIND.match(plain, at[1])
    if after is None:
        return None, text
    return after[1], plain[: after.start()] + " " + plain[after.end() :]


def _slots(problem: DevicesProblem, text: str, language: str, zone: ZoneInfo, now: datetime) -> list[int]:
    """Return the slots that begin at a time of day that a text names."""
    ways = (language, "en" if language == "zh" else "zh")
    text = BARE_HOUR.sub(r"\g<0> am", text)
    when = next((w for one in ways if (w := find_when([text], language=one, now=now, zone=zone))), None)
    if when is None:
        return []
    begin, end = when.start.astimezone(zone), when.end.astimezone(zone)
    if end <= begin:
        end = begin + timedelta(hours=1)
    if end - begin >= timedelta(days=1):
        return list(range(problem.slots))
    first, last = begin.time(), end.time()
    starts = _begins(problem, zone)

    def inside(at: time) -> bool:
        return first <= at < last if first < last else at >= first or at < last

    step = timedelta(hours=problem.slot_h)
    return [slot for slot in range(problem.slots) if inside((starts + slot * step).time())]


def _begins(problem: DevicesProblem, zone: ZoneInfo) -> datetime:
    return datetime(2000, 1, 1) if problem.begins_at is None else problem.begins_at.astimezone(zone)


def _clock(problem: DevicesProblem, slots: Sequence[int], zone: ZoneInfo) -> str:
    """Say slots by the clock: 00:00–06:00, 22:00–24:00."""
    step, starts = timedelta(hours=problem.slot_h), _begins(problem, zone)
    ends = [t for t in slots if t + 1 not in slots]
    return ", ".join(
        f"{starts + first * step:%H:%M}–{starts + (last + 1) * step:%H:%M}".replace("–00:00", "–24:00")
        for first, last in zip([t for t in slots if t - 1 not in slots], ends, strict=True)
    )


def _wished(
    problem: DevicesProblem, one: Device | Storage, row: Row, slots: Sequence[int], on: bool
) -> dict[str, Any]:
    """Return the row of a device on, or off, in slots; of a task, what it takes is moved there.

    A storage takes in those slots what it takes in all, or nothing; what it does in others is as in the plan.
    """
    if isinstance(one, Storage):
        flows = [float(x) for x in str(row["flows"]).split()]
        moved = _moved(problem, one, flows, frozenset(slots)) if on else [min(x, 0.0) for x in flows]
        for t in slots:
            flows[t] = moved[t]
        return {"flows": " ".join(map(repr, flows))}
    now = {t for a, b in _runs(str(row["on"])) for t in range(a, b + 1)}
    if one.task is None:
        then = now | set(slots) if on else now - set(slots)
    else:
        may = [t for t in range(one.task.first, one.task.last + 1) if (t in set(slots)) == on]
        rest = sorted(now - set(may))
        then = set((sorted(set(may) & now) + [t for t in may if t not in now] + rest)[: one.task.slots])
    firsts, lasts = ([t for t in sorted(then) if t + step not in then] for step in (-1, 1))
    return {"on": " ".join(f"{a}-{b}" for a, b in zip(firsts, lasts, strict=True))}


def _moved(
    problem: DevicesProblem, one: Storage, flows: Sequence[float], slots: frozenset[int]
) -> list[float]:
    """Return flows that take what was taken in slots alone, and give what there is then."""
    wanted = sum(x for x in flows if x > 0)
    content, found = one.content, []
    for t, flow in enumerate(flows):
        content *= 1 - one.loss
        if t in slots:
            room = (one.capacity - content) / (one.charge_efficiency * problem.slot_h)
            power = max(0.0, min(one.charge_kw, wanted, room))
            wanted -= power
        else:
            power = -min(max(0.0, -flow), max(0.0, content) * one.discharge_efficiency / problem.slot_h)
        gained = power * one.charge_efficiency if power > 0 else power / one.discharge_efficiency
        content += gained * problem.slot_h
        found.append(power)
    return found


def _runs(text: str) -> list[tuple[int, int]]:
    return [(int(a), int(b or a)) for a, b in re.findall(r"(\d+)(?:-(\d+))?", text)]


def _names(problem: DevicesProblem) -> list[str]:
    names = [one.name for one in problem.devices] + [one.name for one in problem.storages]
    return names if len(names) <= 8 else [*names[:8], "…"]
