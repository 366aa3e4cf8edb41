"""A file of events and rooms, whatever its format."""

from __future__ import annotations

import zlib

from yuanli.errors import Text
from yuanli.scheduling.rooms.ctt import parse_ctt
from yuanli.scheduling.rooms.documents import parse_document
from yuanli.scheduling.rooms.itc2019 import parse_itc2019
from yuanli.scheduling.rooms.meetings import parse_meetings
from yuanli.scheduling.rooms.tables import RoomsError, RoomsProblem

MOST_BYTES = 200_000_000


def parse_rooms(data: bytes, name: str) -> RoomsProblem:
    """Return the problem of a file: our JSON, `.ctt` of ITC-2007, XML of ITC-2019, CSV of meetings; also gzipped.

    Raises
    ------
    RoomsError
        With line or field.
    """
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data)
    begin = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:20]
    if begin[:1] == b"{":
        return parse_document(data)
    if begin[:1] == b"<":
        return parse_itc2019(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _wrong(f"第 {error.start} 个字节不是 UTF-8", f"byte {error.start} is not UTF-8") from error
    if begin.startswith(b"Name:"):
        return parse_ctt(text)
    if begin.startswith(b"kind,") or name.lower().removesuffix(".gz").endswith(".csv"):
        return parse_meetings(text, name)
    raise _wrong(
        "不是 JSON、.ctt、ITC-2019 XML 或会议 CSV",
        "it is no JSON, .ctt, ITC-2019 XML or CSV of meetings",
    )


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        whole = unpacker.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise _wrong("gzip 损坏", "its gzip is damaged") from error
    if unpacker.unconsumed_tail:
        raise _wrong(f"解压后超过 {MOST_BYTES} 字节", f"it has more than {MOST_BYTES} bytes when unpacked")
    if not unpacker.eof:
        raise _wrong("gzip 不完整", "its gzip ends too early")
    return whole


def _wrong(zh: str, en: str) -> RoomsError:
    return RoomsError(
        Text(f"读不懂这个文件：{zh}。", f"This file can't be read: {en}."),
        field="file",
        hint=Text("请检查文件格式。", "Check the format of the file."),
    )
