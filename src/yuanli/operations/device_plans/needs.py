"""What rooms need of their devices, slot by slot: opening hours and the people expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from yuanli.campus import Building, Campus, FeatureId, Venue, level_of
from yuanli.errors import Text
from yuanli.operations.device_plans.equipment import place_of_device
from yuanli.operations.device_plans.scenes import Scene
from yuanli.operations.device_plans.wishes import SLOT
from yuanli.routing import is_open_at

USUAL_HOURS = "Mo-Fr 08:00-19:00"
USUAL_TOLD = Text("周一至周五 8:00–19:00", "Monday to Friday, 8:00–19:00,")
LEAD = timedelta(minutes=30)
"""Air conditioning runs so long before a room is used."""


def needs_of(scene: Scene, people: Mapping[datetime, float]) -> dict[FeatureId, list[float]]:
    """Return of each room what share of its devices (%) is needed by slot."""
    campus, wish, told = scene.campus, scene.wish, scene.told
    lead = LEAD // SLOT if wish.kind == "hvac" else 0
    shares = [people.get(t.replace(minute=0, second=0, microsecond=0)) for t in scene.times]
    rooms = dict.fromkeys(place_of_device(item.device) for item in scene.items)
    hours = {room: _hours_of(campus, room) for room in rooms}
    guessed = sum(one is None for one in hours.values())
    if guessed:
        told.assume(
            f"{guessed} 个房间没有开放时间，按{USUAL_TOLD.zh} 计。",
            f"{guessed} rooms have no opening hours: {USUAL_TOLD.en} is taken.",
        )
    if people:
        told.assume(
            f"需求随预测人数而变，开放时至少开 {wish.least_share:.0%} 的设备。",
            f"Demand follows the people expected; while open {wish.least_share:.0%} of the devices run at least.",
        )
    else:
        told.assume(
            "人数历史不足，开放时按全部设备计。",
            "Too little is known of people: all devices are needed while open.",
        )
    if lead:
        minutes = int(LEAD.total_seconds() // 60)
        told.assume(f"提前 {minutes} 分钟开机。", f"Rooms are prepared {minutes} minutes before.")
    found = {}
    for text in dict.fromkeys(hours.values()):
        open_ = [
            is_open_at(text or USUAL_HOURS, t, zone=campus.time_zone, country=campus.country or "")
            for t in scene.times
        ]
        need = [_need(o, s, wish.least_share) for o, s in zip(open_, shares, strict=True)]
        led = [max(need[i : i + lead + 1]) if not need[i] else need[i] for i in range(len(need))]
        found[text] = [round(100 * value, 1) for value in led]
    return {room: found[text] for room, text in hours.items()}


def _need(is_open: bool, share: float | None, least: float) -> float:
    if not is_open:
        return 0.0
    return 1.0 if share is None else max(least, share)


def _hours_of(campus: Campus, place_id: FeatureId) -> str | None:
    """Return the opening hours of a place: its own, its building's, the site's where it closes at all."""
    place = campus.find(place_id)
    own: str | None = getattr(place, "hours", None)
    if own or place is None:
        return own
    level = campus.find(level_of(place) or FeatureId(""))
    for building in (campus.find(key) for key in getattr(level, "building_ids", ())):
        if isinstance(building, Building) and building.hours:
            return building.hours
    venue = next(iter(campus.of(Venue)), None)
    return venue.hours if venue is not None and venue.hours and venue.hours != "24/7" else None
