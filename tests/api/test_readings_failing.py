"""What a push is answered when the disk is full, the clock jumps or too much comes: nothing is lost silently."""

from __future__ import annotations

import threading
from collections import Counter

from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.api.conftest import As
from tests.api.house import CAMPUS, Clock

from yuanli.bootstrap import House
from yuanli.operations import Delivery, IntakeBusyError, Role
from yuanli.storage import SqliteReadingStore
from yuanli.telemetry import Decoded, Row

AT = 1_772_000_000
URL = f"/v1/campuses/{CAMPUS}/readings"


def body(first: int, count: int) -> list[dict[str, object]]:
    return [{"point": "meter", "ts": AT + first + i, "value": 1.5} for i in range(count)]


def test_a_full_disk_is_an_explicit_refusal_and_nothing_is_acknowledged(house: House, signed_in: As) -> None:
    client = signed_in(Role.OPERATOR)
    assert client.post(URL, json=body(0, 10)).json()["kept"] == 10
    store = house.readings
    assert isinstance(store, SqliteReadingStore)
    with store._hot.writing() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    refused = client.post(URL, json=body(100, 20_000))
    assert (refused.status_code, refused.json()["error"]) == (503, "store_unavailable")
    assert refused.json()["hint"]["zh"]
    assert house.readings.footprint().rows == 10
    assert client.get(f"{URL}/latest").status_code == 200
    connection.execute("PRAGMA max_page_count = 1000000")
    assert client.post(URL, json=body(100, 20_000)).json()["kept"] == 20_000
    house.cleaner.drain()
    assert house.readings.footprint().rows == 20_010


def test_a_clock_that_jumps_loses_no_reading(house: House, signed_in: As, clock: Clock) -> None:
    client = signed_in(Role.OPERATOR)
    sent = 0
    for jump_s in (0, 3_600, -7_200, 86_400 * 365, -86_400 * 365, 60):
        clock.forward(jump_s)
        if abs(jump_s) > 10_000:  # who is signed in may no longer be
            client = signed_in(Role.OPERATOR)
        now = int(clock().timestamp())
        rows = [{"point": "meter", "ts": now - 10 + i, "value": 20 + i} for i in range(5)]
        receipt = client.post(URL, json=rows).json()
        assert receipt["kept"] + receipt["duplicates"] + receipt["conflicts"] == 5, receipt
        sent += receipt["kept"]
        house.cleaner.drain()
        assert client.get("/v1/gateways").status_code == 200
    assert house.readings.footprint().rows >= sent
    assert house.cleaner.backlog().due == 0


def test_a_flood_is_refused_in_words_and_what_was_acknowledged_is_there(app: FastAPI, house: House) -> None:
    most = house.intake._params.most_rows
    outcome: Counter[str] = Counter()
    peak = 0

    def push(first: int) -> None:
        nonlocal peak
        rows = tuple(
            Row(point="meter", at=(AT + first * 1_000_000 + i) * 1_000_000, value=1.0, number=1)
            for i in range(most // 4)
        )
        delivery = Delivery(campus_id=CAMPUS, decoded=Decoded(rows=rows))
        ready.wait()
        try:
            house.intake.take([delivery])
        except IntakeBusyError as error:
            outcome["refused" if error.hint else "unsaid"] += 1
        else:
            outcome["taken"] += len(rows)
        peak = max(peak, house.intake.waiting()[0])

    ready = threading.Barrier(10)
    pushers = [threading.Thread(target=push, args=(number,)) for number in range(10)]
    for pusher in pushers:
        pusher.start()
    for pusher in pushers:
        pusher.join()
    assert outcome["refused"] >= 1
    assert (peak <= most, outcome["unsaid"]) == (True, 0)
    assert house.readings.footprint().rows == outcome["taken"]
    assert house.intake.waiting() == (0, 0)
    client = TestClient(app)
    client.post("/v1/session", json={"username": "operator", "password": "correct horse"})
    assert client.post(URL, json=body(0, 1)).status_code == 200
