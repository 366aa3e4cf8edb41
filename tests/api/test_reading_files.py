"""Files of readings over HTTP: their columns are proposed, wrong rows told, and good ones kept once."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook

from yuanli.api.reading_jobs import ReadingFileJobs
from yuanli.bootstrap import House

FILES = "/v1/campuses/small/reading-files"
LONG = """时间,点位,数值,单位
2026-05-01 00:00,meter,1.5,kW
2026-05-01 00:15,meter,2500,W
2026-05-01 00:30,meter,3,kW
"""
WRONG = LONG + "2026-05-01 00:45,nowhere,1,kW\n2026-05-01 01:00,meter,warm,kW\nyesterday,meter,1,kW\n"
DAY = {"from": "2026-04-30T00:00:00Z", "to": "2026-05-02T00:00:00Z"}


def bring(client: TestClient, content: bytes | str, name: str = "meters.csv") -> dict[str, Any]:
    data = content.encode() if isinstance(content, str) else content
    reply = client.post(FILES, files={"file": (name, data)})
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json()
    return found


def mapping(file: dict[str, Any], **told: object) -> dict[str, Any]:
    columns = [{key: one[key] for key in ("header", "role", "point", "unit")} for one in file["columns"]]
    return {"columns": columns, "zone": file["zone"], "time_format": file["time_format"], **told}


def work(client: TestClient, file: dict[str, Any], what: str, body: dict[str, Any]) -> dict[str, Any]:
    reply = client.post(f"{FILES}/{file['id']}/{what}", json=body)
    assert reply.status_code == 202, reply.text
    for _ in range(300):
        found: dict[str, Any] = client.get(f"{FILES}/{file['id']}").json()
        if found["state"] not in ("checking", "importing"):
            return found
        time.sleep(0.03)
    raise AssertionError(f"it does not end: {found}")


def values(client: TestClient) -> list[tuple[str, float]]:
    rows = client.get("/v1/campuses/small/readings", params={"point": "meter", **DAY}).json()["readings"]
    return [(row["at"], row["raw"]) for row in rows]


def test_a_long_file_is_proposed_checked_and_kept_in_the_zone_and_unit_of_the_point(
    operator: TestClient,
) -> None:
    file = bring(operator, LONG)
    assert [one["role"] for one in file["columns"]] == ["time", "point", "value", "unit"]
    assert file["columns"][1]["samples"] == ["meter"] * 3
    checked = work(operator, file, "check", mapping(file, zone="Asia/Shanghai"))
    report = checked["report"]
    assert (checked["state"], report["readings"], report["new"], report["faults"]) == ("checked", 3, 3, [])
    assert values(operator) == []
    done = work(operator, file, "import", mapping(file, zone="Asia/Shanghai"))
    assert (done["state"], done["receipt"]["kept"], done["share"]) == ("done", 3, 1.0)
    assert done["report"]["points"][0]["point"] == "meter"
    assert values(operator) == [
        ("2026-04-30T16:00:00Z", 1.5),
        ("2026-04-30T16:15:00Z", 2.5),
        ("2026-04-30T16:30:00Z", 3.0),
    ]


def test_the_same_file_again_brings_nothing_and_another_value_is_told(operator: TestClient) -> None:
    first = bring(operator, LONG)
    work(operator, first, "import", mapping(first))
    again = bring(operator, LONG.replace(",3,kW", ",4,kW") + "2026-05-01 00:00,meter,1.5,kW\n")
    report = work(operator, again, "check", mapping(again))["report"]
    assert (report["new"], report["there"], report["contradicting"], report["repeated"]) == (0, 2, 1, 1)
    receipt = work(operator, again, "import", mapping(again))["receipt"]
    assert (receipt["kept"], receipt["duplicates"], receipt["conflicts"]) == (0, 3, 1)
    assert [value for _, value in values(operator)] == [1.5, 2.5, 3.0]


def test_wrong_rows_are_told_and_nothing_is_kept_unless_they_are_to_be_left_out(operator: TestClient) -> None:
    file = bring(operator, WRONG)
    report = work(operator, file, "check", mapping(file))["report"]
    assert [(one["row"], one["field"], one["value"]) for one in report["faults"]] == [
        (6, "value", "warm"),
        (7, "time", "yesterday"),
    ]
    assert report["unknown"] == [{"name": "nowhere", "readings": 1, "row": 5}]
    refused = work(operator, file, "import", mapping(file))
    assert refused["state"] == "refused"
    assert "yesterday" in refused["error"]["message"]["en"]
    assert values(operator) == []
    done = work(operator, file, "import", mapping(file, partial=True))
    assert (done["state"], done["receipt"]["kept"], done["receipt"]["left_out"]) == ("done", 3, 3)


def test_a_wide_excel_file_is_mapped_column_by_column(operator: TestClient) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["记录", "meter (W)", "其他", "备注"])
    for hour in range(3):
        sheet.append([datetime(2026, 5, 1, hour), 1000.0 * hour, 7, "ok"])
    stream = BytesIO()
    book.save(stream)
    file = bring(operator, stream.getvalue(), "wide.xlsx")
    told = [(one["role"], one["point"], one["unit"]) for one in file["columns"]]
    assert told == [
        ("time", None, None), ("reading", "meter", "W"), ("reading", None, None), ("unused", None, None),
    ]  # fmt: skip
    body = mapping(file)
    assert work(operator, file, "check", body)["report"]["unknown"][0]["name"] == "其他"
    body["columns"][2]["role"] = "unused"
    assert work(operator, file, "import", body)["receipt"]["kept"] == 3
    assert [value for _, value in values(operator)] == [0.0, 1.0, 2.0]


def test_times_in_a_form_of_their_own_are_recognised(operator: TestClient) -> None:
    file = bring(operator, "采集时间,meter\n2026/5/1 8:00,1\n2026/5/1 13:30,2\n")
    assert file["time_format"] == "%Y/%m/%d %H:%M"
    assert work(operator, file, "import", mapping(file))["receipt"]["kept"] == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"time_format": "%Q%"}, "time_format"),
        ({"time_format": "%Y %Y"}, "time_format"),
        ({"columns": []}, "time"),
        ({"columns": [{"header": "时间", "role": "time"}]}, "columns"),
    ],
)
def test_a_mapping_that_says_nothing_is_refused_at_once(
    operator: TestClient, change: dict[str, object], field: str
) -> None:
    file = bring(operator, LONG)
    reply = operator.post(f"{FILES}/{file['id']}/check", json=mapping(file) | change)
    assert (reply.status_code, reply.json()["field"]) == (422, field), reply.text
    assert reply.json()["hint"]["zh"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"\xff\xfe\x00"), ("a.xlsx", b"PK no"), ("a.parquet", b"x"), ("a.doc", b"x")],
)
def test_what_is_no_table_is_refused_and_not_left_on_disk(
    operator: TestClient, house: House, name: str, content: bytes
) -> None:
    reply = operator.post(FILES, files={"file": (name, content)})
    assert (reply.status_code, reply.json()["field"]) == (422, "file")
    assert list((house.settings.data_dir / "uploads").iterdir()) == []


def test_an_empty_file_and_one_of_unknown_points_bring_nothing(operator: TestClient) -> None:
    file = bring(operator, "ts,point,value\n2026-05-01T00:00Z,nowhere,1\n")
    refused = work(operator, file, "import", mapping(file, partial=True))
    assert (refused["state"], refused["error"]["error"]) == ("refused", "empty_file")
    reply = operator.post(f"{FILES}/{bring(operator, '')['id']}/check", json={"columns": []})
    assert reply.status_code == 422


def test_a_file_is_forgotten_and_others_are_not_found(operator: TestClient, house: House) -> None:
    file = bring(operator, LONG)
    assert operator.delete(f"{FILES}/{file['id']}").status_code == 204
    assert list((house.settings.data_dir / "uploads").iterdir()) == []
    reply = operator.post(f"{FILES}/{file['id']}/check", json=mapping(file))
    assert (reply.status_code, reply.json()["error"]) == (404, "job_not_found")


def test_only_the_last_files_are_held(house: House, operator: TestClient) -> None:
    files = [bring(operator, LONG) for _ in range(22)]
    assert operator.get(f"{FILES}/{files[0]['id']}").status_code == 404
    assert operator.get(f"{FILES}/{files[-1]['id']}").status_code == 200
    assert len(list((house.settings.data_dir / "uploads").iterdir())) == 20


def test_members_may_not_bring_files(member: TestClient) -> None:
    assert member.post(FILES, files={"file": ("a.csv", LONG.encode())}).status_code == 403


def test_an_import_that_the_end_of_the_server_cut_short_is_completed_by_the_same_file(
    operator: TestClient, app: Any
) -> None:
    lines = [
        f"{datetime.fromtimestamp(1_777_600_000 + 60 * i, UTC).isoformat()},meter,{i % 50}"
        for i in range(45_000)
    ]
    text = "ts,point,value\n" + "\n".join(lines)
    file = bring(operator, text)
    assert operator.post(f"{FILES}/{file['id']}/import", json=mapping(file)).status_code == 202
    jobs: ReadingFileJobs = app.state.reading_files
    for _ in range(3000):
        shown = operator.get(f"{FILES}/{file['id']}").json()
        if shown["receipt"] or shown["state"] != "importing":
            break
        time.sleep(0.002)
    jobs.drop(shown["campus_id"], file["id"])
    again = bring(operator, text)
    done = work(operator, again, "import", mapping(again))
    receipt = done["receipt"]
    assert done["state"] == "done", done
    assert receipt["kept"] + receipt["duplicates"] == 45_000
    assert receipt["duplicates"] >= 20_000
