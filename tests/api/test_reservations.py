"""Rooms reserved over HTTP: rules, rights, clashes with what is free instead, and how rooms are used."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.api.house import Clock
from tests.api.meeting_rooms import meeting_campus
from tests.solving import solver_of

from yuanli.bootstrap import House
from yuanli.campus import Imported

PATH = "/v1/campuses/small/reservations"
ROOMS = "/v1/campuses/small/reservable-rooms"
DAY = {"from": "2026-03-02T00:00:00+08:00", "to": "2026-03-03T00:00:00+08:00"}
THREE = {"space": "room0-0", "start": "2026-03-02T15:00:00+08:00", "end": "2026-03-02T16:00:00+08:00", "attendees": 6,
         "title": "secret budget"}  # fmt: skip


@pytest.fixture(autouse=True)
def rooms(house: House) -> None:
    house.places.add(Imported(campus=meeting_campus()), who="test", why="rooms", replace=True)


def test_a_room_is_reserved_seen_without_its_title_and_given_back(
    member: TestClient, operator: TestClient
) -> None:
    made = operator.post(PATH, json=THREE)
    assert (made.status_code, made.json()["mine"]) == (201, True)
    (seen,) = member.get(PATH, params=DAY).json()["reservations"]
    assert (seen["mine"], seen["may_change"], seen["reservation"]["title"]) == (False, False, "")
    assert seen["reservation"]["who"] == "operator"
    name = seen["reservation"]["id"]
    assert member.post(f"{PATH}/{name}/cancel").status_code == 403
    assert operator.post(f"{PATH}/{name}/cancel").json()["reservation"]["state"] == "cancelled"
    assert member.get(PATH, params=DAY).json()["reservations"] == []
    assert member.post(PATH, json=THREE).status_code == 201


def test_a_clash_names_the_holder_and_what_is_free_but_no_title(
    member: TestClient, operator: TestClient
) -> None:
    operator.post(PATH, json=THREE)
    reply = member.post(PATH, json=THREE | {"start": "2026-03-02T15:30:00+08:00"})
    told = reply.json()
    assert (reply.status_code, told["error"]) == (409, "reservation_taken")
    assert "operator" in told["message"]["en"]
    assert "15:00–16:00" in told["message"]["zh"]
    assert "Assembly" in told["hint"]["en"]
    assert "16:00" in told["hint"]["en"]
    assert "secret" not in reply.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"attendees": 11}, "attendees"),
        ({"start": "2026-03-02T09:00:00+08:00", "end": "2026-03-02T09:30:00+08:00"}, "start"),
        ({"end": "2026-03-02T15:00:00+08:00"}, "end"),
        ({"end": "2026-03-02T15:02:00+08:00"}, "end"),
        ({"end": "2026-03-04T15:00:00+08:00"}, "end"),
        ({"space": "corridor-0"}, "space"),
        ({"space": "room0-1", "end": "2026-03-02T18:05:00+08:00"}, "start"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_a_hint(
    member: TestClient, change: dict[str, Any], field: str
) -> None:
    reply = member.post(PATH, json=THREE | change)
    assert (reply.status_code, reply.json()["field"]) == (422, field), reply.text
    assert member.get(PATH, params=DAY).json()["reservations"] == []


def test_a_move_changes_what_is_told_and_nothing_where_it_clashes(
    member: TestClient, operator: TestClient
) -> None:
    name = member.post(PATH, json=THREE).json()["reservation"]["id"]
    operator.post(PATH, json=THREE | {"space": "room1-1"})
    assert member.patch(f"{PATH}/{name}", json={"space": "room1-1"}).status_code == 409
    moved = member.patch(f"{PATH}/{name}", json={"end": "2026-03-02T16:30:00+08:00"}).json()["reservation"]
    assert (moved["space_id"], moved["end"], moved["title"]) == (
        "room0-0",
        "2026-03-02T08:30:00Z",
        "secret budget",
    )
    assert operator.patch(f"{PATH}/{name}", json={"attendees": 9}).json()["may_change"] is True


def test_what_is_running_is_extended_and_ended(member: TestClient, clock: Clock) -> None:
    now = {"start": "2026-03-02T10:00:00+08:00", "end": "2026-03-02T10:30:00+08:00"}
    name = member.post(PATH, json=THREE | now).json()["reservation"]["id"]
    clock.forward(601)
    assert member.post(f"{PATH}/{name}/check-in").json()["reservation"]["came_at"] is not None
    longer = member.patch(f"{PATH}/{name}", json={"end": "2026-03-02T11:00:00+08:00"})
    assert longer.json()["reservation"]["start"] == "2026-03-02T02:00:00Z"
    ended = member.post(f"{PATH}/{name}/cancel").json()["reservation"]
    assert (ended["state"], ended["end"]) == ("booked", "2026-03-02T02:15:00Z")
    assert member.post(PATH, json=THREE | {"start": "2026-03-02T10:15:00+08:00"}).status_code == 201


def test_free_rooms_fit_and_the_smallest_that_does_comes_first(member: TestClient) -> None:
    span = {"from": str(THREE["start"]), "to": str(THREE["end"])}
    assert [room["id"] for room in member.get(ROOMS).json()["rooms"]] == [
        "room1-0",
        "room0-0",
        "room0-1",
        "room1-1",
    ]

    def free(**more: Any) -> list[str]:
        offers = member.get(f"{ROOMS}/free", params=span | more).json()["offers"]
        return [offer["room"]["id"] for offer in offers]

    assert free(people=8) == ["room0-0", "room0-1", "room1-1"]
    assert free(people=8, feature="projector") == ["room0-0", "room1-1"]
    assert free(people=8, place="level-1") == ["room0-1", "room1-1"]
    member.post(PATH, json=THREE)
    assert free(people=8) == ["room0-1", "room1-1"]
    assert free(people=31) == []


def test_use_counts_what_was_booked_and_knows_nothing_without_sensors(
    member: TestClient, clock: Clock
) -> None:
    member.post(PATH, json=THREE)
    clock.forward(8 * 3600)
    told = member.get("/v1/campuses/small/space-usage", params=DAY).json()
    rows = {row["space_id"]: row for row in told["rows"]}
    assert (rows["room0-0"]["booked"], rows["room0-0"]["occupied"]) == (0.1, None)
    assert told["total"]["rooms"] == 4
    assert told["hours"][15] == [0.25, None]
    assert told["shortage"][0] == pytest.approx(0.5)
    late = DAY | {"from": "2026-03-09T00:00:00+08:00", "to": "2026-03-10T00:00:00+08:00"}
    assert member.get("/v1/campuses/small/space-usage", params=late).status_code == 422


def test_use_is_measured_of_tables_and_wrong_cells_are_told(member: TestClient, visitor: TestClient) -> None:
    path = "/v1/campuses/small/space-usage/tables"
    spaces = ("rooms.csv", "空间,座位\nAspen,10\n")
    booked = (
        "space,start,end\nAspen,2026-03-02 09:00,2026-03-02 10:00\nAspen,2026-03-02 10:00,2026-03-02 11:00\n"
    )
    seen = "space,start,people\nAspen,2026-03-02 09:00,4\nAspen,2026-03-02 10:00,0\n"
    files = {"bookings": ("b.csv", booked), "counts": ("c.csv", seen), "spaces": spaces}
    told = member.post(path, files=files, params={"from_hour": 9, "to_hour": 11}).json()
    assert (told["total"]["booked"], told["total"]["occupied"], told["total"]["no_shows"]) == (1.0, 0.5, 1)
    assert (told["start"], told["end"]) == ("2026-03-02T00:00:00+08:00", "2026-03-03T00:00:00+08:00")
    wrong = member.post(
        path, files={"bookings": ("b.csv", booked + "Birch,noon,2026-03-02 10:00\n"), "spaces": spaces}
    )
    assert (wrong.status_code, wrong.json()["error"], wrong.json()["field"]) == (422, "usage_table", "A4")
    assert "B4" in wrong.json()["message"]["zh"]
    assert member.post(path, files={"spaces": spaces}).status_code == 422
    assert member.post(path, files={"bookings": ("b.docx", b"x")}).status_code == 422
    assert visitor.post(path, files=files).status_code == 401


def test_how_many_are_enough_is_drawn_or_told_why_not(member: TestClient, visitor: TestClient) -> None:
    path = "/v1/campuses/small/size-curves"
    told = member.get(f"{path}/desks", params={"people": 2, "presence": 0.5, "number": 1}).json()
    assert (told["chances"], told["number"], told["enough"]) == ([0.25, 0.0], 1, 2)
    assert told["method"]["zh"]
    assert len(told["sources"]) == 2
    reply = member.get(f"{path}/lifts", params={"people": 100})
    assert (reply.status_code, reply.json()["field"]) == (422, "place")
    reply = member.get(f"{path}/parking")
    assert (reply.status_code, reply.json()["error"]) == (409, "unknown_demand")
    reply = member.get(f"{path}/rooms")
    assert (reply.status_code, "Only 0 bookings" in reply.json()["message"]["en"]) == (409, True)
    assert member.get(f"{path}/doors").status_code == 422
    assert visitor.get(f"{path}/desks").status_code == 401


def test_reservations_are_downloaded_as_a_calendar_with_the_titles_one_may_see(
    member: TestClient, operator: TestClient
) -> None:
    member.post(PATH, json=THREE)
    operator.post(PATH, json=THREE | {"space": "room0-1", "title": "hidden"})
    reply = member.get(f"{PATH}.ics", params=DAY | {"language": "en"})
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    assert ("small.ics" in reply.headers["content-disposition"], reply.text.count("BEGIN:VEVENT")) == (
        True,
        2,
    )
    assert "SUMMARY:secret budget\r\n" in reply.text
    assert "DTSTART:20260302T070000Z\r\n" in reply.text
    assert "hidden" not in reply.text
    assert member.get(f"{PATH}.ics", params=DAY | {"mine": True}).text.count("BEGIN:VEVENT") == 1
    assert member.get(f"{PATH}.ics", params=DAY | {"space": "room0-1"}).text.count("BEGIN:VEVENT") == 1
    assert member.get(f"{PATH}.ics", params={"from": DAY["to"], "to": DAY["from"]}).status_code == 422


@pytest.fixture
def solving(house: House) -> Iterator[None]:
    """Solve what is ordered."""
    with solver_of(house):
        yield


@pytest.mark.usefixtures("solving")
def test_a_plan_of_rooms_is_drafted_from_what_is_reserved(member: TestClient, operator: TestClient) -> None:
    path, wish = "/v1/campuses/small/plan-drafts/rooms", {"day": "2026-03-02", "language": "en"}
    reply = operator.post(path, json=wish)
    assert (reply.status_code, reply.json()["error"]) == (409, "nothing_reserved")
    member.post(PATH, json=THREE | {"space": "room1-1", "attendees": 8})
    draft = operator.post(path, json=wish | {"keep_equipment": False}).json()
    assert (draft["events"], draft["movable"], draft["start"][0]["event"]) == (1, 1, "secret budget · member")
    order = {
        "kind": "rooms",
        "name": "rooms",
        "time_s": "60",
        "start": json.dumps(draft["start"]),
        "max_changes": "1",
    }
    file = {"file": ("rooms.json", json.dumps(draft["document"]).encode())}
    job = operator.post("/v1/campuses/small/plans", data=order, files=file).json()["id"]
    deadline = time.monotonic() + 180  # what is solved first on a machine is compiled first
    while (told := operator.get(f"/v1/campuses/small/plans/{job}").json())["plan"] is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    (row,) = told["plan"]["assignments"]
    assert (row["room"].split(",")[0], told["plan"]["changes"]) == ("Longjing Room", 1)
    (kept,) = operator.get(PATH, params=DAY).json()["reservations"]
    assert kept["reservation"]["space_id"] == "room1-1"  # a proposal changes no reservation
    assert operator.post(path, json=wish | {"days": 8}).json()["field"] == "days"
    assert operator.post(path, json=wish | {"day": "soon"}).status_code == 422
    assert member.post(path, json=wish).status_code == 403


def test_the_shell_finds_books_lists_checks_in_and_cancels(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from yuanli.cli import main

    def said(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["reserve", *words, "--data-dir", str(house.settings.data_dir)])
        return f"{ended.value.code or 0} {capsys.readouterr().out}"

    start = datetime.now(UTC).date() + timedelta(days=2)  # The shell goes by the clock of the machine.
    span = ("--from", f"{start}T15:00", "--minutes", "60")
    free = said("free", *span, "--people", "4", "--json").splitlines()
    assert json.loads(free[0][2:])["room"]["capacity"] >= 4
    made = json.loads(
        said("book", "room1-0", *span, "--people", "4", "--who", "li", "--title", "预算", "--json")[2:]
    )
    assert (made["who"], made["end"][11:16], made["title"]) == ("li", "08:00", "预算")
    assert said("book", "room1-0", *span, "--json").startswith('1 {"error": "reservation_taken"')
    assert said("book", "no such room", *span, "--json").startswith('2 {"error": "room_option"')
    days = ("--from", str(start), "--days", "1")
    assert json.loads(said("list", *days, "--who", "li", "--json")[2:])["id"] == made["id"]
    assert "15:00–16:00" in said("list", *days)
    file = tmp_path / "out.ics"
    assert said("list", *days, "--output", str(file)).startswith("0 ")
    assert "SUMMARY:预算\r\n" in file.read_bytes().decode()
    assert said("check-in", made["id"], "--json").startswith("2 ")
    assert json.loads(said("cancel", made["id"], "--yes", "--json")[2:])["state"] == "cancelled"
    assert said("list", *days, "--json") == "0 "
