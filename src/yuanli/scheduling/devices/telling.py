"""When slots are, in words: by the clock where a problem has one, else by number."""

from __future__ import annotations

from datetime import timedelta

from yuanli.errors import Text
from yuanli.scheduling.devices.problem import DevicesProblem


def tell_slot(problem: DevicesProblem, slot: int) -> Text:
    """Say when a slot begins, with the date after the first day."""
    at = _clock(problem, slot)
    return Text(f"时段 {slot}", f"in slot {slot}") if at is None else Text(at.zh, f"at {at.en}")


def tell_end(problem: DevicesProblem, slot: int) -> Text:
    """Say when a slot ends."""
    at = _clock(problem, slot + 1)
    return Text(f"时段 {slot} 末", f"after slot {slot}") if at is None else Text(at.zh, f"at {at.en}")


def tell_slots(problem: DevicesProblem, first: int, last: int) -> Text:
    """Say from when to when slots are, the last one with them."""
    begin, end = _clock(problem, first), _clock(problem, last + 1)
    if begin is None or end is None:
        return Text(f"时段 {first}–{last}", f"from slot {first} to {last}")
    return Text(f"{begin.zh}–{end.zh}", f"from {begin.en} to {end.en}")


def _clock(problem: DevicesProblem, slot: int) -> Text | None:
    if problem.begins_at is None:
        return None
    at = problem.begins_at + slot * timedelta(hours=problem.slot_h)
    if at.date() == problem.begins_at.date():
        return Text(f"{at:%H:%M}", f"{at:%H:%M}")
    return Text(f"{at.month}月{at.day}日 {at:%H:%M}", f"{at:%H:%M} on {at.day} {at:%b}")
