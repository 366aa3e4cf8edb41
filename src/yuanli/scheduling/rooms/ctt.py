"""Timetables of ITC-2007, track 3 (`.ctt`), as they are."""

from __future__ import annotations

from collections.abc import Iterator

from yuanli.errors import Text
from yuanli.scheduling.rooms.tables import (
    MOST_DAYS,
    MOST_EVENTS,
    MOST_PERIODS,
    Course,
    Event,
    Room,
    RoomsProblem,
    Time,
)
from yuanli.solver import MOST_WHOLE, InvalidProblemError, cut_text, find_whole

HEADER = ("Name", "Courses", "Rooms", "Days", "Periods_per_day", "Curricula", "Constraints")
SECTIONS = ("COURSES", "ROOMS", "CURRICULA", "UNAVAILABILITY_CONSTRAINTS")
Line = tuple[int, list[str]]


def parse_ctt(text: str) -> RoomsProblem:
    """Return the timetable: each lecture is an event, its teacher and curricula are its people.

    Raises
    ------
    InvalidProblemError
        With line and field.
    """
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    known, head = {name.lower(): name for name in HEADER}, {}
    for number, words in lines:
        name = known.get(words[0].rstrip(":").lower())
        if name is not None and (len(words) > 1 or name not in head):  # "COURSES:" begins a section, too
            head[name] = number, words[1:]
    for name in HEADER:
        if name not in head or len(head[name][1]) != 1:
            raise _wrong(
                head.get(name, (1, []))[0], name, "缺少这一项或没有值", "it is missing or has no value"
            )
    days, periods = (
        _whole(head[n][0], n, head[n][1][0], most=most)
        for n, most in (("Days", MOST_DAYS), ("Periods_per_day", MOST_PERIODS))
    )
    part = {name: list(_section(lines, name)) for name in SECTIONS}
    for name, key in zip(("Courses", "Rooms", "Curricula", "Constraints"), SECTIONS, strict=True):
        told = _whole(head[name][0], name, head[name][1][0])
        if told != len(part[key]):
            raise _wrong(head[name][0], name, f"写的是 {told}，文件里有 {len(part[key])} 行",
                         f"it says {told}, but the file has {len(part[key])} lines of them")  # fmt: skip
    rooms = tuple(
        Room(name=w[0], capacity=_whole(n, "capacity", w[1])) for n, w in _wide(part["ROOMS"], 2, "ROOMS")
    )
    if not rooms:
        raise _wrong(
            head["Rooms"][0], "Rooms", "没有教室，课无处可上", "there are no rooms to hold lectures in"
        )
    return _problem(head["Name"][1][0], days, periods, rooms, part)


def _problem(
    name: str, days: int, periods: int, rooms: tuple[Room, ...], part: dict[str, list[Line]]
) -> RoomsProblem:
    rows = list(_wide(part["COURSES"], 5, "COURSES"))
    courses = {words[0] for _, words in rows}
    people: dict[str, list[str]] = {words[0]: [f"teacher {words[1]}"] for _, words in rows}
    curricula = []
    for line, words in part["CURRICULA"]:
        if len(words) < 2 or len(words) != 2 + _whole(line, "members", words[1]):
            raise _wrong(
                line,
                "CURRICULA",
                "课程数与列出的课程不符",
                "the number is not how many courses are listed",
            )
        curricula.append(words[0])
        for course in words[2:]:
            _known(line, course, courses)
            people[course].append(words[0])
    grid = [(day, period) for day in range(days) for period in range(periods)]
    barred: dict[str, set[tuple[int, int]]] = {}
    for line, words in _wide(part["UNAVAILABILITY_CONSTRAINTS"], 3, "UNAVAILABILITY_CONSTRAINTS"):
        _known(line, words[0], courses)
        cell = _whole(line, "day", words[1]), _whole(line, "period", words[2])
        if cell not in grid:
            raise _wrong(line, "period", f"{cell} 超出范围", f"{cell} is outside the timetable")
        barred.setdefault(words[0], set()).add(cell)
    events: list[Event] = []
    every_room = {room.name: 0.0 for room in rooms}
    for line, words in rows:
        lectures, size = _whole(line, "lectures", words[2]), _whole(line, "students", words[4])
        if len(events) + lectures > MOST_EVENTS:
            raise _wrong(
                line, "lectures", f"到此共 {len(events) + lectures} 次课，应不超过 {MOST_EVENTS}",
                f"there are {len(events) + lectures} up to here; {MOST_EVENTS} are planned at most",
            )  # fmt: skip
        times = {Time(days=(d,), start=p): 0.0 for d, p in grid if (d, p) not in barred.get(words[0], ())}
        events += [
            Event(name=f"{words[0]} {i}", size=size, times=times, rooms=every_room, people=tuple(people[words[0]]),
                  course=words[0])
            for i in range(1, lectures + 1)
        ]  # fmt: skip
    return RoomsProblem(
        name=name, days=days, periods=periods, rooms=rooms, events=tuple(events), capacity="soft",
        courses=tuple(Course(name=w[0], min_days=_whole(n, "min_days", w[3])) for n, w in rows),
        curricula=frozenset(curricula),
    )  # fmt: skip


def _section(lines: list[Line], name: str) -> Iterator[Line]:
    begun = False
    for number, words in lines:
        if [words[0].upper(), *words[1:]] == [f"{name}:"]:
            begun = True
        elif begun and (words[0].upper() == "END." or (len(words) == 1 and words[0].endswith(":"))):
            return
        elif begun:
            yield number, words
    if not begun:
        raise _wrong(len(lines), name, "缺少这一节", "this section is missing")


def _wide(lines: list[Line], columns: int, field: str) -> Iterator[Line]:
    for number, words in lines:
        if len(words) != columns:
            raise _wrong(number, field, f"应有 {columns} 列，现有 {len(words)} 列",
                         f"a line has {columns} columns, this one {len(words)}")  # fmt: skip
        yield number, words


def _whole(line: int, field: str, word: str, *, most: int = MOST_WHOLE) -> int:
    number = find_whole(word)
    if number is None or number > most:
        raise _wrong(
            line,
            field,
            f"“{cut_text(word)}”不是 0 到 {most} 的整数",
            f"{cut_text(word)!r} is not a whole number from 0 to {most}",
        )
    return number


def _known(line: int, course: str, courses: set[str]) -> None:
    if course not in courses:
        shown = cut_text(course)
        raise _wrong(line, "course", f"没有课程“{shown}”", f"there is no course {shown!r}")


def _wrong(line: int, field: str, zh: str, en: str) -> InvalidProblemError:
    return InvalidProblemError(
        Text(f"第 {line} 行 {field}：{zh}。", f"Line {line}, {field}: {en}."),
        field=field,
        hint=Text(
            "请按 ITC-2007 的 .ctt 格式改正这一行。", "Correct the line, by the .ctt format of ITC-2007."
        ),
    )
