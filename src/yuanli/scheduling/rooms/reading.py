"""A file of events and rooms, whatever its format."""

from __future__ import annotations

from yuanli.scheduling.rooms.ctt import parse_ctt
from yuanli.scheduling.rooms.documents import parse_document
from yuanli.scheduling.rooms.itc2019 import parse_itc2019
from yuanli.scheduling.rooms.meetings import parse_meetings
from yuanli.scheduling.rooms.tables import RoomsProblem
from yuanli.solver import refuse, text_of, unpacked


def parse_rooms(data: bytes, name: str) -> RoomsProblem:
    """Return the problem of a file: our JSON, `.ctt` of ITC-2007, XML of ITC-2019, CSV of meetings; also gzipped.

    Raises
    ------
    InvalidProblemError
        With line or field.
    """
    data = unpacked(data, name)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return parse_itc2019(data)
    text = text_of(data, name)
    begin = text.lstrip()[:20]
    if begin.startswith("{"):
        return parse_document(text, name)
    if begin.lower().startswith("name:"):
        return parse_ctt(text)
    if not begin.startswith("kind,") and not name.lower().removesuffix(".gz").endswith(".csv"):
        refuse(
            f"{name} 不是 JSON、.ctt、ITC-2019 XML 或会议 CSV。",
            f"{name} is no JSON, .ctt, ITC-2019 XML or CSV of meetings.",
            field=name,
        )
    return parse_meetings(text, name)
