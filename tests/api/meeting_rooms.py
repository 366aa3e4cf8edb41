"""The small building with meeting rooms: two on each floor, with and without hours and a projector."""

from __future__ import annotations

from dataclasses import replace

from tests.api.house import small_campus

from yuanli.campus import Campus, FeatureId, Unit

ROOMS = {
    "room0-0": (
        "conferenceroom",
        10,
        {"features": ["projector"]},
        None,
        {"zh": "龙井会议室", "en": "Longjing Room"},
    ),
    "room1-0": ("huddleroom", 4, {}, None, {"zh": "洽谈室", "en": "Huddle room"}),
    "room0-1": ("conferenceroom", 12, {}, "Mo-Fr 08:00-18:00", {"zh": "云栖会议室", "en": "Yunqi Room"}),
    "room1-1": (
        "conferenceroom",
        30,
        {"features": ["projector", "video"]},
        None,
        {"zh": "大会堂", "en": "Assembly"},
    ),
}


def meeting_campus(base: Campus | None = None) -> Campus:
    """Return the small campus, or another with its rooms, of which four are meeting rooms."""
    campus = base or small_campus()
    changed = {
        FeatureId(name): replace(
            campus.get(name, Unit), category=category, capacity=capacity, extra=extra, hours=hours, name=called
        )
        for name, (category, capacity, extra, hours, called) in ROOMS.items()
    }  # fmt: skip
    return campus.with_features(changed, campus.revision)
