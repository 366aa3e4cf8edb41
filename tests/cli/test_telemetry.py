"""Readings from the shell: a file is imported whole or not at all, judged, told and exported."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.cli.test_commands import run
from tests.demo.parks import park
from tests.demo.thinning import thinned
from tests.devices.test_forwarding import Server

from yuanli.bootstrap import open_house
from yuanli.campus import Imported
from yuanli.settings import load_settings
from yuanli.telemetry import decode_json


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("data")
    house = open_house(load_settings(data_dir=folder))
    house.places.add(Imported(campus=thinned(park())), who="test", why="demo")
    house.close()
    return ("--data-dir", str(folder))


def points(store: tuple[str, str], brick_class: str) -> list[str]:
    from yuanli.campus import DataPoint

    house = open_house(load_settings(data_dir=Path(store[1])))
    campus = house.places.campus(house.places.summaries()[-1].id)
    house.close()
    return [point.id for point in campus.of(DataPoint) if point.brick_class == brick_class]


def test_a_table_is_imported_judged_told_and_exported(
    capsys: pytest.CaptureFixture[str], store: tuple[str, str], tmp_path: Path
) -> None:
    room = points(store, "Zone_Air_Temperature_Sensor")[0]
    hours = [f"2026-05-{day:02} {hour:02}:00" for day in range(1, 8) for hour in range(24)]
    lines = [f"{hour},{room},{21 + (i % 24) / 8:.2f}" for i, hour in enumerate(hours)]
    lines[50] = f"{hours[50]},{room},-999"
    table = tmp_path / "rooms.csv"
    table.write_text("时间,点位,数值\n" + "\n".join(lines), "utf-8")
    code, out, _ = run(capsys, "telemetry", "import", str(table), "--json", *store)
    told = json.loads(out)
    assert (code, told["receipt"]["kept"]) == (0, len(lines))
    (health,) = told["points"]
    assert (health["point"], health["reasons"]["sentinel"]) == (room, 1)
    code, out, _ = run(capsys, "telemetry", "import", str(table), *store)
    assert f"{len(lines)}" in out
    code, out, _ = run(capsys, "telemetry", "latest", "--json", *store)
    (newest,) = [json.loads(line) for line in out.splitlines()]
    assert (newest["point"], newest["at"]) == (room, "2026-05-07T15:00:00+00:00")
    code, out, _ = run(capsys, "telemetry", "check", "--json", *store)
    assert json.loads(out)["readings"] >= len(lines)
    shown = ("telemetry", "show", room, "--from", "2026-05-03", "--to", "2026-05-03T04:00", *store)
    code, out, _ = run(capsys, *shown)
    assert (code, "2026-05-03 02:00:00" in out, "sentinel" in out) == (0, True, True)
    code, out, _ = run(capsys, *shown, "--json")
    assert [json.loads(line)["raw"] for line in out.splitlines()][2] == -999
    code, _, _ = run(capsys, *shown, "-o", str(tmp_path / "room.csv"), "--flags", "qartod")
    written = (tmp_path / "room.csv").read_text("utf-8").splitlines()
    assert (code, len(written), written[3].split(",")[-1]) == (0, 5, "4")
    assert run(capsys, *shown, "-o", str(tmp_path / "nowhere" / "room.csv"))[0] == 2
    assert run(capsys, "telemetry", "show", "nothing", *store)[0] == 1
    lines_out = tmp_path / "overrules.jsonl"
    code, out, _ = run(capsys, "telemetry", "overrules", "export", *store)
    assert (code, out) == (0, "")
    code, out, _ = run(capsys, "telemetry", "overrules", "export", "-o", str(lines_out), *store)
    assert (code, lines_out.read_text()) == (0, "")
    code, _, _ = run(capsys, "telemetry", "overrules", "export", "-o", str(tmp_path), *store)
    assert code == 2
    code, _, _ = run(capsys, "telemetry", "export", str(tmp_path / "out"), *store)
    assert (code, any((tmp_path / "out").rglob("*.parquet"))) == (0, True)
    new = ("--data-dir", str(tmp_path / "new"))
    code, out, _ = run(capsys, "telemetry", "restore", str(tmp_path / "out"), "--json", *new)
    assert (code, json.loads(out)["rows"]) == (0, 168)
    code, _, err = run(capsys, "telemetry", "restore", str(tmp_path / "out"), *new)
    assert (code, "nothing was restored" in err or "不能恢复" in err) == (1, True)
    code, _, err = run(capsys, "telemetry", "restore", str(tmp_path), *new)
    assert (code, str(tmp_path) in err.replace("\n", "")) == (1, True)
    code, _, err = run(capsys, "telemetry", "export", str(tmp_path / "out"), *store)
    assert code == 2


@pytest.mark.parametrize(
    ("change", "rows"), [("jitter", 480), ("scale", 480), ("warp", 480), ("slice", 30), ("faults", 400)]
)
def test_readings_are_changed_to_learn_from_the_same_for_the_same_seed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: str, rows: int
) -> None:
    table, out, truth = (tmp_path / name for name in ("rooms.csv", "out.csv", "truth.csv"))
    lines = [f"{1_777_593_600 + 900 * i},room,{22 + (i * 7919 % 97) / 97:.2f}" for i in range(480)]
    table.write_text("ts,point,value\n" + "\n".join(lines), "utf-8")
    command = ("telemetry", "augment", str(table), change, "-o", str(out), "--labels", str(truth),
               "--class", "Zone_Air_Temperature_Sensor", "--length", "10", "--count", "3")  # fmt: skip
    code, _, _ = run(capsys, *command)
    made = out.read_text("utf-8")
    assert code == 0
    assert made.count("\n") > rows
    assert ("sentinel" in truth.read_text("utf-8")) == (change == "faults")
    run(capsys, *command)
    assert out.read_text("utf-8") == made
    run(capsys, *command, "--seed", "1")
    assert out.read_text("utf-8") != made
    code, _, err = run(capsys, *command, "--class", "Riddle")
    assert (code, "Riddle" in err) == (2, True)
    code, _, err = run(capsys, "telemetry", "augment", str(table), "slice", "-o", str(out), "--length", "999")
    assert (code, "480" in err) == (2, True)


def test_a_word_on_readings_is_said_reviewed_by_another_and_taken_back(
    capsys: pytest.CaptureFixture[str], store: tuple[str, str]
) -> None:
    room = points(store, "Zone_Air_Temperature_Sensor")[1]
    words = ("telemetry", "overrules")
    span = ("--from", "2026-05-01T08:00", "--to", "2026-05-01T09:00", "--who", "li")
    code, out, _ = run(capsys, *words, "say", room, "estimated", "--value", "21.5", *span, "--json", *store)
    kept = json.loads(out)
    assert (code, kept["start"], kept["value"]) == (0, "2026-05-01T00:00:00+00:00", 21.5)
    number = str(kept["number"])
    code, _, err = run(capsys, *words, "review", room, number, "--agree", "--who", "li", *store)
    assert code == 1
    code, out, _ = run(capsys, *words, "review", room, number, "--dispute", "--who", "wang", "--json", *store)
    assert (code, json.loads(out)["agreed"], json.loads(out)["reviewed_by"]) == (0, False, "wang")
    code, out, _ = run(capsys, *words, "export", *store)
    assert (code, json.loads(out)["agreed"]) == (0, False)
    code, out, _ = run(capsys, *words, "list", room, *store)
    assert (code, "wang" in out) == (0, True)
    code, _, _ = run(capsys, *words, "undo", room, number, *store)
    code, out, _ = run(capsys, *words, "list", room, "--json", *store)
    assert (code, out) == (0, "")
    code, out, _ = run(capsys, *words, "list", room, "--undone", "--json", *store)
    assert json.loads(out)["undone_by"]
    code, _, err = run(capsys, *words, "say", room, "good", "--value", "3", *span, *store)
    assert (code, "good" in err) == (2, True)


@pytest.mark.parametrize(
    ("lines", "options", "told"),
    [
        ("ts,point,value\n2026-05-01,meter,1\n", (), "meter"),
        ("ts,point,value\nyesterday,meter,1\n", (), "yesterday"),
        ("a,b\n1,2\n", (), "headers: a, b"),
        ("ts,point,value\n", ("--zone", "Mars/Base"), "Mars/Base"),
        ("ts,point,value\n", ("--column", "colour=red"), "colour=red"),
    ],
)
def test_a_table_with_a_fault_is_refused_whole(
    capsys: pytest.CaptureFixture[str],
    store: tuple[str, str],
    tmp_path: Path,
    lines: str,
    options: tuple[str, ...],
    told: str,
) -> None:
    table = tmp_path / "rooms.csv"
    table.write_text(lines, "utf-8")
    code, out, err = run(capsys, "telemetry", "import", str(table), *options, *store)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def run_apart(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command that has a loop of its own beside the one that the browser's driver keeps in this thread."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(run, capsys, *arguments).result()


def test_a_table_is_replayed_to_a_server_at_its_own_times_or_from_now(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    server, table, token = Server(), tmp_path / "old.csv", tmp_path / "token.txt"
    token.write_text("secret\n", "utf-8")
    lines = ["2026-05-01 00:01,2", "2026-05-01 00:00,1", "2026-05-01 00:02,3"]
    table.write_text("ts,表号,v\n" + "\n".join(line.replace(",", ",m1,") for line in lines), "utf-8")
    base = server.url.removesuffix("/v1/campuses/park/readings")
    given = (
        "telemetry", "replay", str(table), "--url", base, "--token-file", str(token), "-c", "park",
        "--zone", "Asia/Shanghai",
        "--column", "time=ts", "--column", "point=表号", "--column", "value=v", "--speed", "inf",
    )  # fmt: skip
    code, out, _ = run_apart(capsys, *given, "--json")
    assert (code, json.loads(out)) == (0, {"rows": 3, "deliveries": 3, "refused": 0})
    rows = [row for _, _, body in server.bodies for row in decode_json(body).rows]
    assert [(row.point, row.value) for row in rows] == [("m1", 1.0), ("m1", 2.0), ("m1", 3.0)]
    assert rows[0].at == 1_777_564_800_000_000
    assert server.paths[0] == "/v1/campuses/park/readings?gateway=replay%3Aold.csv"
    before = time.time_ns() // 1_000
    server.answer = b'{"kept": 0, "refused": [{"row": 1}]}'
    code, out, _ = run_apart(capsys, *given, "--now", "--skip")
    assert (code, "0 readings were replayed. 3 were refused." in out) == (0, True)
    moved = [row.at or 0 for _, _, body in server.bodies[3:] for row in decode_json(body).rows]
    assert before <= moved[0] <= time.time_ns() // 1_000
    assert [at - moved[0] for at in moved] == [0, 60_000_000, 120_000_000]
    assert server.paths[3].endswith("&partial=true")
    server.statuses = [401]
    code, _, err = run_apart(capsys, *given)
    assert (code, "401" in err) == (2, True)
    server.close()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--speed", "0"), "0"),
        (("--speed", "nan"), "nan"),
        (("--token-file", "nowhere"), "nowhere"),
        ((), "--token"),
        (("--column", "v=x"), "--column"),
    ],
)
def test_a_replay_that_can_t_be_is_refused_with_the_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: tuple[str, ...], told: str
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("time,point,value\n2026-05-01T00:00Z,m1,1\n", "utf-8")
    code, _, err = run_apart(capsys, "telemetry", "replay", str(table), *more)
    assert (code, told in err or "令牌" in err or "token" in err) == (2, True)


def test_forwarding_without_gateways_says_what_is_missing(tmp_path: Path) -> None:
    own = ("--url", "mqtt://127.0.0.1:1", "--spool", str(tmp_path / "spool"), "--data-dir", str(tmp_path))
    command = [sys.executable, "-c", "from yuanli.cli import main; main()", "telemetry", "forward", *own]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, "[[gateways]]" in ended.stderr) == (2, True)
