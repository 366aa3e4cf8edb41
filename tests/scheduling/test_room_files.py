"""Files of rooms and events: read, refused by line and field; published timetables."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.scheduling.room_tables import CTT, solve

from yuanli.scheduling import (
    ROOMS,
    InvalidProblemError,
    check_rooms,
    parse_itc2019_plan,
    parse_rooms,
    solve_rooms,
)
from yuanli.solver import Search, Status, Stop, make_plan

DATA = Path(__file__).parents[3] / "shared" / "data" / "optimisation"
DATA = DATA if DATA.is_dir() else Path(__file__).parents[4] / "shared" / "data" / "optimisation"


def document(**more: object) -> bytes:
    return json.dumps({
        "periods": 4, "rooms": [{"name": "a", "capacity": 4}],
        "events": [{"name": "m", "size": 3, "length": 2}], **more,
    }).encode()  # fmt: skip


def test_our_document_is_read_gzipped_too() -> None:
    problem = parse_rooms(gzip.compress(document()), "rooms.json.gz")
    assert [time.start for time in problem.events[0].times] == [0, 1, 2]
    assert "walking_s" in ROOMS.schema()["properties"]


CSV = """kind,name,size,features,people,minutes,earliest,latest,start,room
room,a,4,screen,,,,,,
room,b,8,,,,,,,
meeting,standup,3,screen,ann;bob,15,09:00,10:00,09:15,a
meeting,review,6,,ann,60,09:00,11:00,09:00,a
"""


def test_a_ctt_is_read_in_small_letters_with_line_ends_of_windows() -> None:
    changed = CTT.lower().replace("\n", "\r\n")
    assert parse_rooms(changed.encode(), "toy.ctt") == replace(
        parse_rooms(CTT.encode(), "toy.ctt"), name="toy"
    )


def test_a_ctt_without_rooms_is_refused() -> None:
    text = CTT.replace("Rooms: 2", "Rooms: 0").replace("big 32\nsmall 10\n", "")
    with pytest.raises(InvalidProblemError, match="Line 3, Rooms"):
        parse_rooms(text.encode(), "toy.ctt")


def test_meetings_are_read_from_a_table() -> None:
    problem = parse_rooms(CSV.encode(), "today.csv")
    plan = solve(problem)
    assert (plan.status, plan.cost) == (
        Status.OPTIMAL,
        2,
    )  # review is too large for a, and ann is at the standup


XML = """<problem name="x" nrDays="5" slotsPerDay="288" nrWeeks="2"><optimization time="2" room="1" distribution="3"
 student="1"/><rooms><room id="1" capacity="20"><travel room="2" value="2"/></room><room id="2" capacity="20">
<unavailable days="10000" start="0" length="288" weeks="11"/></room></rooms><courses><course id="1"><config id="1">
<subpart id="1"><class id="1" limit="9"><room id="1" penalty="4"/><room id="2" penalty="0"/>
<time days="10000" start="96" length="10" weeks="11" penalty="0"/></class><class id="2" limit="9">
<room id="1" penalty="0"/><time days="10000" start="106" length="10" weeks="11" penalty="0"/>
<time days="10000" start="108" length="10" weeks="11" penalty="1"/></class></subpart></config></course></courses>
<distributions><distribution type="SameAttendees" required="true"><class id="1"/><class id="2"/></distribution>
<distribution type="WorkDay(20)" penalty="5"><class id="1"/><class id="2"/></distribution></distributions></problem>"""


def test_classes_of_itc_2019_are_read_and_solved() -> None:
    problem = parse_rooms(XML.encode(), "x.xml")
    assert [rule.kind for rule in problem.rules] == ["same_attendees", "work_day"]
    result = solve_rooms(problem, Search(Stop(time_s=None, rounds=3)))
    assert result.cost == 4  # room 2 is closed
    assert result.best is not None
    assert check_rooms(problem, result.best).cost == 4


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (CTT.replace("Rooms: 2", "Rooms: 3"), "t.ctt", "Line 3, Rooms: it says 3, but the file has 2"),
        (CTT.replace("big 32", "big x"), "t.ctt", "Line 15, capacity: 'x'"),
        (CTT.replace("art 0 0", "arts 0 0"), "t.ctt", "Line 22, course: there is no course 'arts'"),
        (
            CTT.replace("art 0 0", "art" * 999 + " 0 0"),
            "t.ctt",
            "Line 22, course: there is no course '(art){19}ar…'",
        ),
        (
            CSV.replace("meeting,review", "party" * 999 + ",review"),
            "t.csv",
            "Line 5, kind: '(party){11}part…'",
        ),
        (XML.replace('start="96"', f'start="{"x" * 999}"'), "t.xml", "time start 'x{59}…'"),
        (CTT.replace("art 0 0", "art 0 9"), "t.ctt", "Line 22, period"),
        (CSV.replace("09:15", "9h"), "t.csv", "Line 4, start"),
        (CSV.replace("meeting,review", "party,review"), "t.csv", "Line 5, kind"),
        (XML.replace("<rooms>", "<rooms"), "t.xml", "line 2, column"),
        (XML.replace('start="96"', 'start="-1"'), "t.xml", "time start '-1'"),
        ("hello", "t.txt", "t.txt is no JSON, .ctt"),
        ("{", "t.json", "t.json, line 1"),
    ],
)
def test_a_malformed_file_names_line_and_field(data: str, name: str, said: str) -> None:
    with pytest.raises(InvalidProblemError, match=said):
        parse_rooms(data.encode(), name)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"periods": 0}, "periods"),
        ({"days": 1000}, "days is 1000"),
        ({"period_min": -1}, "period_min"),
        ({"walking_s": [[0, 1]]}, "walking_s is"),
        ({"walking_s": [[-1]]}, "seconds from 0"),
        ({"colour": "red"}, "colour"),
        ({"events": [{"name": "m"}, {"name": "m"}]}, "more than once"),
        ({"events": [{"name": "m", "rooms": {"z": 0}}]}, "no such room"),
        ({"events": [{"name": "m", "course": "z"}]}, "no such course"),
        ({"events": [{"name": "m", "times": [{"days": [0], "start": 9}]}]}, "lies within"),
        ({"rules": [{"kind": "nearby", "events": ["m"]}]}, "use one of"),
        ({"rules": [{"kind": "work_day", "events": ["m"]}]}, "1 whole numbers"),
    ],
)
def test_bad_values_are_refused(more: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidProblemError, match=said):
        parse_rooms(document(**more), "rooms.json")


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidProblemError, match=r"weights\.size"):
        parse_rooms(document(weights={"size": "NaN"}), "rooms.json")
    with pytest.raises(InvalidProblemError, match="events"):
        parse_rooms(document(events=[]), "rooms.json")


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize("name", ["comp01", "comp05"])
def test_a_published_timetable_is_feasible_soon(name: str) -> None:
    problem = parse_rooms((DATA / "itc2007_cbctt" / f"{name}.ctt").read_bytes(), name)
    plan = make_plan(ROOMS, problem, Search(Stop(time_s=None, rounds=600)))
    assert plan.cost is not None
    assert plan.cost < {"comp01": 40, "comp05": 700}[name]


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")
def test_the_rooms_of_ist_are_read_as_they_are() -> None:
    folder, name = DATA / "ist_rooms", "IST-C1S1-2018-2019.xml.gz"
    problem = parse_rooms((folder / name).read_bytes(), name)
    published = parse_itc2019_plan(gzip.decompress((folder / f"solution-{name}").read_bytes()))
    assert len(problem.events) == len(published.placed) == 42
    assert {rule.rule for rule in check_rooms(problem, published).broken} <= {"time", "room_twice", "room"}
