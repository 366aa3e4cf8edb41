"""`yuanli plan utilisation`: from tables, whose faults are told by cell, and from what is stored."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from tests.api.house import Clock, small_house
from tests.api.meeting_rooms import meeting_campus
from tests.cli.test_commands import run

from yuanli.campus import Imported

MONDAY = datetime(2026, 11, 23)
SPACES = "空间,座位,楼层,成本\nAspen,10,1F,50\nBirch,12,1F,60\n"


def week(folder: Path) -> tuple[Path, Path, Path]:
    """Aspen is booked 9–10 and 10–11 on five days; 4 come to the first, nobody to the second. Birch is always full."""
    spaces, bookings, counts = folder / "rooms.csv", folder / "bookings.xlsx", folder / "counts.csv"
    spaces.write_text(SPACES, encoding="gb18030")
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Room", "Start", "End", "People"])
    lines = ["space,start,end,people"]
    for day in range(5):
        nine = MONDAY + timedelta(days=day, hours=9)
        for hour, people in ((0, "4"), (1, "no")):
            begin, end = nine + timedelta(hours=hour), nine + timedelta(hours=hour + 1)
            sheet.append(["aspen", begin, end, 4])
            lines.append(f"Aspen,{begin:%Y/%m/%d %H:%M},{end:%Y-%m-%dT%H:%M},{people}")
            lines.append(f"Birch,{begin:%Y-%m-%d %H:%M},,yes")
    book.save(bookings)
    counts.write_text("\n".join(lines), encoding="utf-8")
    return spaces, bookings, counts


def test_tables_tell_use_no_shows_and_what_could_be_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spaces, bookings, counts = map(str, week(tmp_path))
    asked = (
        "plan", "utilisation", "--spaces", spaces, "--bookings", bookings, "--counts", counts, "--open", "9",
        "--close", "11",
    )  # fmt: skip
    code, out, err = run(capsys, *asked, "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert [row["space_id"] for row in told["rows"]] == ["Aspen", "Birch"]
    aspen, birch = told["rows"]
    assert (aspen["booked"], aspen["occupied"], aspen["seat_use"], aspen["booked_empty"]) == (
        1,
        0.5,
        0.2,
        0.5,
    )
    assert (aspen["bookings"], aspen["no_shows"]) == (10, 5)
    assert (birch["booked"], birch["occupied"], birch["seat_use"], birch["unbooked_use"]) == (0, 1, None, 1)
    assert (told["total"]["peak"], told["total"]["average"]) == (1, 0.75)
    (release,) = [one for one in told["suggestions"] if one["kind"] == "release"]
    assert release["saving_hours"] == pytest.approx(5 * 0.75)
    assert release["saving_cost"] == pytest.approx(5 * 0.75 * 50)
    code, out, _ = run(capsys, *asked)
    assert code == 0
    assert "Aspen" in out
    assert "5/10" in out


def test_wrong_cells_are_told_by_their_place_and_nothing_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rooms.csv").write_text("space,seats\nAspen,10\nAspen,many\n", encoding="utf-8")
    rooms = ("plan", "utilisation", "--spaces", str(tmp_path / "rooms.csv"))
    table = tmp_path / "counts.csv"
    table.write_text("space,start,end,people\n", encoding="utf-8")
    code, told, _ = run(capsys, *rooms, "--counts", str(table), "--json")
    assert code == 2
    assert "A3" in told
    assert "B3" in told
    (tmp_path / "rooms.csv").write_text("space,seats\nAspen,10\n", encoding="utf-8")
    table.write_text(
        "space,start,end,people\nElm,2026-11-23 9:00,2026-11-23 10:00,1\nAspen,soon,2026-11-23 10:00,1\n"
        "Aspen,2026-11-23 10:00,2026-11-23 09:00,1\nAspen,2026-11-23 10:00,,-3\n",
        encoding="utf-8",
    )
    code, told, _ = run(capsys, *rooms, "--counts", str(table), "--json")
    assert code == 2
    error = json.loads(told)
    assert "counts.csv" in error["message"]["zh"]
    for at, said in (("A2", "'Elm'"), ("B3", "'soon'"), ("C4", "not after"), ("D5", "-3")):
        assert at in error["message"]["en"]
        assert said in error["message"]["en"]
    table.write_text("room,when\n", encoding="utf-8")
    code, told, _ = run(capsys, *rooms, "--counts", str(table), "--json")
    assert code == 2
    assert "start, people" in json.loads(told)["message"]["en"]


def test_what_is_stored_is_measured_and_rooms_of_the_campus_are_known_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house = small_house(tmp_path / "data", Clock())
    house.places.add(Imported(campus=meeting_campus()), who="test", why="rooms", replace=True)
    house.close()
    asked = ("plan", "utilisation", "--data-dir", str(tmp_path / "data"), "--json")
    code, out, err = run(capsys, *asked, "--from", "2026-02-23", "--to", "2026-02-28")
    assert (code, err) == (0, "")
    stored = json.loads(out)
    assert stored["total"]["booked"] == 0
    assert stored["total"]["occupied"] is None
    room = stored["rows"][0]
    table = tmp_path / "b.csv"
    table.write_text(
        f"房间,开始,结束\n{room['name']['zh']},2026-02-23 08:00,2026-02-23 18:00\n", encoding="utf-8"
    )
    code, out, err = run(capsys, *asked, "--bookings", str(table))
    assert (code, err) == (0, "")
    told = {row["space_id"]: row["booked"] for row in json.loads(out)["rows"]}
    assert told[room["space_id"]] == 1
    assert sum(told.values()) == 1
