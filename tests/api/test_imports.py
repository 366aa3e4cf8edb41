"""Imports over HTTP: with progress, all or nothing, within limits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.api.apps import app_of
from tests.api.house import PASSWORD, Clock, small_campus, small_house

from yuanli.bootstrap import House
from yuanli.campus import write_imdf


@pytest.fixture
def imdf(tmp_path: Path) -> bytes:
    path = tmp_path / "small.zip"
    write_imdf(small_campus(), path)
    return path.read_bytes()


def run_import(client: TestClient, file_name: str, content: bytes, /, **form: str) -> dict[str, object]:
    reply = client.post("/v1/imports", files={"file": (file_name, content)}, data=form)
    assert reply.status_code == 202, reply.text
    job_id = reply.json()["id"]
    for _ in range(300):
        job: dict[str, object] = client.get(f"/v1/imports/{job_id}").json()
        if job["state"] != "running":
            return job
        time.sleep(0.05)
    raise AssertionError("the import does not end")


def test_a_file_is_imported_and_its_campus_served(operator: TestClient, imdf: bytes) -> None:
    job = run_import(operator, "park.zip", imdf, name="park")
    assert job["state"] == "done", job
    assert (job["share"], job["error"]) == (1.0, None)
    assert job["counts"]["unit"] == 14  # type: ignore[index]
    campus = operator.get(f"/v1/campuses/{job['campus_id']}").json()
    assert campus["summary"]["counts"]["unit"] == 14
    assert operator.get(f"/v1/campuses/{job['campus_id']}/repairs").status_code == 200


def test_progress_is_told_as_events_until_the_end(operator: TestClient, imdf: bytes) -> None:
    reply = operator.post("/v1/imports", files={"file": ("a.zip", imdf)}, data={"name": "told"})
    with operator.stream("GET", f"/v1/imports/{reply.json()['id']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
    jobs = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert jobs[-1]["state"] == "done"
    assert [job["share"] for job in jobs] == sorted(job["share"] for job in jobs)


@pytest.mark.parametrize(
    ("name", "content"),
    [("park.zip", b"PK\x03\x04 not a zip"), ("park.osm", b"<osm"), ("../../etc/passwd", b"x"), ("", b"")],
)
def test_a_broken_file_is_refused_with_reasons_and_leaves_no_trace(
    operator: TestClient, house: House, name: str, content: bytes
) -> None:
    reply = operator.post("/v1/imports", files={"file": (name or "x", content)})
    job_id = reply.json()["id"]
    for _ in range(300):
        job = operator.get(f"/v1/imports/{job_id}").json()
        if job["state"] != "running":
            break
        time.sleep(0.05)
    assert job["state"] == "refused", job
    assert job["error"]["error"] != "internal"
    assert job["error"]["message"]["zh"]
    assert len(operator.get("/v1/campuses").json()) == 1
    assert list((house.settings.data_dir / "uploads").iterdir()) == []


def test_a_taken_name_is_refused_unless_it_is_to_be_replaced(operator: TestClient, imdf: bytes) -> None:
    first = run_import(operator, "a.zip", imdf, name="twice")
    again = run_import(operator, "a.zip", imdf, name="twice")
    assert again["error"]["error"] == "campus_name_taken"  # type: ignore[index]
    replaced = run_import(operator, "a.zip", imdf, name="twice", replace="true")
    assert (replaced["state"], replaced["campus_id"]) == ("done", first["campus_id"])


def test_an_unknown_import_is_a_404(operator: TestClient) -> None:
    assert operator.get("/v1/imports/none").status_code == 404
    assert operator.get("/v1/imports/none/events").status_code == 404


def test_a_form_without_a_file_is_a_422(operator: TestClient) -> None:
    reply = operator.post("/v1/imports", data={"name": "x"})
    assert (reply.status_code, reply.json()["field"]) == (422, "file")


@pytest.fixture
def tight(tmp_path: Path) -> Iterator[TestClient]:
    house = small_house(tmp_path / "tight", Clock(), upload_limit_mb=1)
    with TestClient(app_of(house)) as client:
        client.post("/v1/session", json={"username": "operator", "password": PASSWORD})
        yield client
    house.close()


def test_an_upload_over_the_limit_is_a_413_told_or_not(tight: TestClient) -> None:
    told = tight.post("/v1/imports", files={"file": ("zeros.osm", bytes(3_000_000))})
    assert (told.status_code, told.json()["error"]) == (413, "too_large")
    readings = tight.post("/v1/campuses/small/reading-files", files={"file": ("a.csv", bytes(3_000_000))})
    assert (readings.status_code, readings.json()["error"]) == (413, "too_large")

    def untold() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="zeros.osm"\r\n\r\n'
        for _ in range(3):
            yield bytes(1_000_000)
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    reply = tight.post("/v1/imports", content=untold(), headers=headers)
    assert (reply.status_code, reply.json()["error"]) == (413, "too_large")
