"""Readings from the shell: a file is imported whole or not at all, judged, told and exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.test_commands import run

from yuanli.bootstrap import open_house
from yuanli.settings import load_settings


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("data")
    house = open_house(load_settings(data_dir=folder))
    house.ensure_demo()
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
    code, _, err = run(capsys, "telemetry", "export", "--all", str(tmp_path / "out"), *store)
    assert code == 2


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
