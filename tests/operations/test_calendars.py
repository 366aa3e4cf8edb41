"""Reservations as iCalendar: what RFC 5545 demands of lines, and that all comes back when it is read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yuanli.campus import CampusId, FeatureId
from yuanli.errors import Text
from yuanli.operations import Reservation, ReservationState, write_calendar

AT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
ONE = Reservation(
    id="one", campus_id=CampusId("park"), space_id=FeatureId("r1"), start=AT, end=AT + timedelta(hours=1), who="li",
    made_at=AT - timedelta(days=1), attendees=4, title="预算; A, B\\C",
)  # fmt: skip


def written(*reservations: Reservation, language: str = "en") -> str:
    return write_calendar(reservations, name=lambda key: Text(f"房间{key}", f"Room {key}"), language=language)


def read(text: str) -> list[dict[str, str]]:
    """Read events back by the letter of RFC 5545: unfold, split, unescape."""
    events: list[dict[str, str]] = []
    for line in text.replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            events[-1][name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
    return events


def test_an_event_tells_when_where_and_who() -> None:
    (event,) = read(written(ONE))
    assert (event["DTSTART"], event["DTEND"]) == ("20260302T070000Z", "20260302T080000Z")
    assert (event["UID"], event["LOCATION"], event["STATUS"]) == ("one@park", "Room r1", "CONFIRMED")
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("预算; A, B\\C", "Reserved by li, for 4")
    assert "SUMMARY:预算\\; A\\, B\\\\C\r\n" in written(ONE)


def test_what_has_no_title_and_what_is_cancelled_say_so() -> None:
    gone = replace(ONE, title="", state=ReservationState.CANCELLED)
    (event,) = read(written(gone, language="zh"))
    assert (event["SUMMARY"], event["STATUS"], event["LOCATION"]) == ("已预订", "CANCELLED", "房间r1")


def test_none_is_an_empty_calendar() -> None:
    assert written().split("\r\n")[0] == "BEGIN:VCALENDAR"
    assert read(written()) == []


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_any_title_comes_back_and_no_line_is_longer_than_75_octets(title: str) -> None:
    text = written(replace(ONE, title=title))
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert read(text)[0]["SUMMARY"] == (title or "Reserved")
