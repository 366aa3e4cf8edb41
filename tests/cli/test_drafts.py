"""Drafts of problems from the shell."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.api.house import Clock, small_house
from tests.api.meeting_rooms import meeting_campus
from tests.cli.test_commands import run
from tests.operations.test_site_plans import WITH_TEAMS
from tests.operations.twins import tell, twin_house

from yuanli.campus import CampusId, Imported
from yuanli.planning import SITES, SPACES
from yuanli.scheduling import FLOWS, ROUNDS

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def test_measured_people_become_a_problem_of_flows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    clock = Clock()
    clock.now = DAY + timedelta(hours=12)
    house = twin_house(tmp_path, clock)
    for hour in range(2, 7):
        tell(house, DAY + timedelta(hours=hour), {"n01": 20.0})
    house.close()
    file, store = tmp_path / "flows.json", ("--data-dir", str(tmp_path))
    span = ("--day", "2026-03-02", "--from", "11:00", "--to", "13:00", "-o", str(file))
    place = ("--place", "room0-1", "--stay", "60", "--slot", "30")
    code, out, _ = run(capsys, "schedule", "draft-flows", *span, *place, "--capacity", "15", "--json", *store)
    assert (code, json.loads(out)["people"], json.loads(out)["slots"]) == (0, 40, 4)
    assert FLOWS.parse(file.read_bytes(), file.name).slots == ("11:00", "11:30", "12:00", "12:30")
    for wrong, said in (
        (("--from", "noon"), "'noon'"), (("--day", "someday"), "'someday'"), (("--time", "12:00"), "'12:00'"),
    ):  # fmt: skip
        code, _, err = run(capsys, "schedule", "draft-flows", *span, *place, *wrong, *store)
        assert (code, said in err) == (2, True)


def test_stops_and_staff_become_a_problem_of_rounds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    small_house(tmp_path, Clock()).close()
    file, store = tmp_path / "rounds.json", ("--data-dir", str(tmp_path))
    asked = ("schedule", "draft-rounds", "-o", str(file), *store)
    staff = (
        "--staff",
        "Wang; room0-0; 20:00-06:00; skills=keys; capacity=4; reloads=1; break=01:00-02:00/20@room0-1",
    )
    stop = ("--stop", "room3-1; min=5; window=22:00-23:00; skills=keys; load=3; from=room0-1")
    code, out, _ = run(capsys, *asked, *staff, *stop, "--stop", "room0-1; worth=2", "--json")
    assert (code, json.loads(out)["stops"]) == (0, 3)
    problem = ROUNDS.parse(file.read_bytes(), file.name)
    assert (problem.pairs(), problem.staff[0].max_reloads, len(problem.staff[0].rests)) == ([(0, 1)], 1, 1)
    for wrong in ("room3-1; colour=red", "room3-1; window=noon", "room3-1; min=x"):
        code, _, err = run(capsys, *asked, *staff, "--stop", wrong)
        assert (code, wrong.split("; ")[1].removeprefix("window=") in err) == (2, True)
    code, _, err = run(capsys, *asked, "--staff", "Wang", *stop)
    assert (code, "'Wang'" in err) == (2, True)


def test_reservations_become_a_problem_of_rooms_and_a_plan_to_begin_from(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    house = small_house(tmp_path, Clock())
    house.places.add(Imported(campus=meeting_campus()), who="test", why="rooms", replace=True)
    house.close()
    day = (datetime.now(UTC) + timedelta(days=2)).date()  # The shell goes by the clock of the machine.
    file, store = tmp_path / "rooms.json", ("--data-dir", str(tmp_path))
    asked = ("schedule", "draft-rooms", "--day", str(day), "-o", str(file), *store)
    code, _, err = run(capsys, *asked)
    assert (code, "Nothing that isn't over" in err) == (1, True)
    booked = (
        "--from",
        f"{day}T10:00",
        "--minutes",
        "60",
        "--people",
        "8",
        "--title",
        "Review",
        "--who",
        "li",
    )
    assert run(capsys, "reserve", "book", "room1-1", *booked, *store)[0] == 0
    code, out, _ = run(capsys, *asked, "--no-equipment", "--json")
    told = json.loads(out)
    assert (code, told["events"], told["movable"], told["start"]) == (
        0,
        1,
        1,
        str(tmp_path / "rooms.plan.json"),
    )
    solved = (
        "schedule",
        "rooms",
        str(file),
        "--start",
        told["start"],
        "--max-changes",
        "1",
        "--time-limit",
        "60",
    )
    code, out, _ = run(capsys, *solved, "--json")
    plan = json.loads(out)
    assert (code, plan["changes"], plan["assignments"][0]["event"]) == (0, 1, "Review · li")
    assert plan["assignments"][0]["room"].startswith("Longjing")
    assert "no reservation is changed" in run(capsys, *asked, "--hours", "1", "--no-walks")[1]
    code, _, err = run(capsys, *asked, "--days", "9")
    assert (code, "days is 9" in err) == (2, True)


def test_people_of_teams_become_a_problem_of_sites(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    house = small_house(tmp_path, Clock())
    house.places.add(Imported(campus=replace(WITH_TEAMS, id=CampusId("teams"))), who="test", why="test")
    house.close()
    file, store = tmp_path / "sites.json", ("--campus", "teams", "--data-dir", str(tmp_path))
    asked = ("plan", "draft-sites", "lockers", "-o", str(file), "--kind", "walkway", *store)
    code, out, _ = run(capsys, *asked, "--json")
    told = json.loads(out)
    assert (code, told["people"], told["candidates"], told["number"]) == (0, 50, 2, 1)
    problem = SITES.parse(file.read_bytes(), file.name)
    assert problem.on_map is not None
    code, _, err = run(capsys, *asked, "--goal", "cover")
    assert (code, "minutes" in err) == (2, True)


def test_teams_and_rooms_become_a_problem_of_spaces_and_a_workbook(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    house = small_house(tmp_path, Clock())
    house.places.add(Imported(campus=replace(WITH_TEAMS, id=CampusId("teams"))), who="test", why="test")
    house.close()
    file, store = tmp_path / "spaces.json", ("--campus", "teams", "--data-dir", str(tmp_path))
    asked = ("plan", "draft-spaces", "-o", str(file), *store)
    code, out, _ = run(capsys, *asked, "--json")
    told = json.loads(out)
    assert (code, told["teams"], told["people"]) == (0, 2, 50)
    filled = (
        "--room", "*; rent=3.5; fitout=200; security=1", "--room", "Annex; m2=60; noise=2; lease=2030-06-30",
        "--team", "Sales; people=6", "--grow", "2027-01-01; Lab=60; Sales=9", "--walk", "Sales; Law; 4",
        "--weight", "rent=0.5", "--demand", "Sales in Annex", "--demand", "sing a song",
    )  # fmt: skip
    code, out, _ = run(capsys, *asked, *filled, "--json")
    told = json.loads(out)
    assert (code, told["rooms"], told["teams"], told["people"]) == (0, 9, 3, 56)
    assert ("Annex" in told["rules"][0]["en"], told["unread"]) == (True, ["sing a song"])
    problem = SPACES.parse(file.read_bytes(), file.name)
    annex = problem.rooms[-1]
    assert (annex.capacity_m2, annex.noise, str(annex.lease_end)) == (60, 2, "2030-06-30")
    assert {room.rent_per_m2 for room in problem.rooms[:-1]} == {3.5}
    assert [str(one.starts) for one in problem.periods][1:] == ["2027-01-01"]
    assert sum(problem.periods[1].headcounts.values()) == pytest.approx(69)
    assert sum(flow.trips for flow in problem.flows if flow.origin == "Sales") == pytest.approx(4)
    book = tmp_path / "spaces.xlsx"
    assert run(capsys, "plan", "draft-spaces", "-o", str(book), *store, *filled)[0] == 0
    assert SPACES.parse(book.read_bytes(), book.name) == problem
    for wrong, said in (
        (("--room", "Attic; rent=3"), "'Attic'"), (("--team", "Nobody; m2=3"), "'Nobody'"),
        (("--grow", "2027-01-01"), "'2027-01-01'"), (("--weight", "joy=1"), "joy"),
    ):  # fmt: skip
        code, _, err = run(capsys, *asked, *wrong)
        assert (code, said in err) == (2, True), err


def test_how_many_desks_are_enough_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUANLI_LANGUAGE", "en")
    small_house(tmp_path, Clock()).close()
    asked = ("plan", "how-many", "desks", "--presence", "0.5", "--data-dir", str(tmp_path))
    code, out, _ = run(capsys, *asked, "--people", "2", "--json")
    assert (code, json.loads(out)["chances"]) == (0, [0.25, 0.0])
    code, out, _ = run(capsys, *asked, "--people", "2")
    assert (code, "25.00%" in out, "typed" in out) == (0, True, True)
    code, out, _ = run(capsys, *asked, "--people", "2000", "--number", "1100")
    listed = re.findall(r"^ +([0-9,]+) +([0-9.]+)%", out, re.MULTILINE)
    told = {int(count.replace(",", "")): float(short) for count, short in listed}
    assert len(told) <= 30
    assert 900 < min(told) < max(told) == 1100
    assert "Enough (✓): 1,037, short with a chance of at most 5%. There are (*) 1,100: 0.00%." in out
    assert told[1036] > 5 >= told[1037]
    code, _, err = run(capsys, *asked)
    assert (code != 0, "no teams" in err) == (True, True)
