"""Reservations as a calendar that other programs read: RFC 5545 (2009, doi:10.17487/RFC5545), all times in UTC."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from yuanli.campus import FeatureId
from yuanli.errors import Text
from yuanli.operations.reservations.booking import Reservation, ReservationState

FOLD_OCTETS = 75
PRODUCT = "-//yuanli//reservations//EN"
RESERVED = Text("已预订", "Reserved")


def write_calendar(
    reservations: Iterable[Reservation], *, name: Callable[[FeatureId], Text], language: str
) -> str:
    """Return reservations as one VCALENDAR, as they are given: whose titles may be seen is settled before.

    Parameters
    ----------
    name
        What a room is called.
    language
        `zh` or `en`, of what is written beside titles and people's names.
    """
    zh = language == "zh"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    for one in reservations:
        room = name(one.space_id)
        reserved = RESERVED.zh if zh else RESERVED.en
        by = f"预订人 {one.who}，{one.attendees} 人" if zh else f"Reserved by {one.who}, for {one.attendees}"
        cancelled = one.state is ReservationState.CANCELLED
        lines += [
            "BEGIN:VEVENT", f"UID:{escaped(one.id)}@{escaped(one.campus_id)}", f"DTSTAMP:{_utc(one.made_at)}",
            f"DTSTART:{_utc(one.start)}", f"DTEND:{_utc(one.end)}", f"SUMMARY:{escaped(one.title or reserved)}",
            f"LOCATION:{escaped(room.zh if zh else room.en)}", f"DESCRIPTION:{escaped(by)}",
            f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    r"""Return text as a value of RFC 5545, section 3.3.11.

    >>> print(escaped("Budget; A, B\\C"))
    Budget\; A\, B\\C
    """
    for char in ("\\", ";", ","):
        text = text.replace(char, f"\\{char}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def folded(line: str) -> str:
    """Return a line in parts of 75 octets at most, never within a character (section 3.1)."""
    parts, room, part = [], FOLD_OCTETS, ""
    for char in line:
        size = len(char.encode())
        if size > room:
            parts.append(part)
            part, room = "", FOLD_OCTETS - 1
        part, room = part + char, room - size
    return "\r\n ".join((*parts, part))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
