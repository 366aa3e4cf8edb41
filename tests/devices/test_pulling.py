"""Readings that are asked for over HTTP, from a real server that answers as told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator

import pytest
from tests.devices.gateways import CAMPUS, GatedStore, intake_on, until
from tests.loops import run_apart
from tests.services.fake import Fake, fake_service, says

from yuanli.devices import PullFormat, PullGateway, PullParams, PullSource
from yuanli.telemetry import Columns

READING = {"point": "d1/t", "ts": 1_777_593_600, "value": 21.5}
QUICK = PullParams(every_s=0.02, first_wait_s=0.02, longest_wait_s=0.05, timeout_s=2.0, most_bytes=10_000)


@pytest.fixture
def server() -> Iterator[Fake]:
    with fake_service() as fake:
        yield fake


def gateway(
    server: Fake,
    store: GatedStore,
    form: PullFormat = PullFormat.JSON,
    params: PullParams = QUICK,
    columns: Columns | None = None,
) -> PullGateway:
    url = server.url.replace("http://", "http://user:letmein@")
    source = PullSource(
        campus_id=CAMPUS, url=url + "/now", format=form, headers={"X-Key": "k1"}, columns=columns
    )
    return PullGateway(source, intake_on(store), params, name="weather")


def pull(pulled: PullGateway, *steps: object, seconds: float = 20.0) -> None:
    """Run a gateway until each step, a condition, holds in its turn."""

    async def tried() -> None:
        task = asyncio.create_task(pulled.run())
        for step in steps:
            await until(lambda step=step: task.done() or step(), seconds)  # type: ignore[misc]
            assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_apart(tried())


def test_an_answer_is_taken_and_the_next_asked_only_for_what_changed(server: Fake) -> None:
    store = GatedStore()
    server.plays = [
        says(READING, ETag='"1"', Last_Modified="Fri, 01 May 2026 00:00:00 GMT"), says(b"", 304)
    ]  # fmt: skip
    pulled = gateway(server, store)
    pull(pulled, lambda: len(server.headers) >= 3)
    first, second = server.headers[:2]
    assert (first["x-key"], first["accept-encoding"], "if-none-match" in first) == ("k1", "identity", False)
    assert first["authorization"].startswith("Basic ")
    assert second["if-none-match"] == '"1"'
    assert second["if-modified-since"] == "Fri, 01 May 2026 00:00:00 GMT"
    told = pulled.connection()
    assert (told.connected, told.messages, told.readings, told.last_error) == (True, 1, 1, None)
    assert len(store.kept) == 1


@pytest.mark.parametrize(
    ("form", "body", "columns"),
    [
        (PullFormat.JSON_LINES, b'{"point": "d1/t", "ts": 1777593600, "value": 1}\n', None),
        (PullFormat.LINE, b"d1/t value=1 1777593600000000000", None),
        (PullFormat.CSV, b"ts,point,value\n2026-05-01T00:00:00Z,d1/t,1\n", None),
        (PullFormat.CSV, b"when;who;what\n2026-05-01T00:00:00Z;d1/t;1\n",
         Columns(time="when", point="who", value="what")),
    ],
)  # fmt: skip
def test_each_form_is_read(server: Fake, form: PullFormat, body: bytes, columns: Columns | None) -> None:
    store = GatedStore()
    server.plays = [says(body)]
    pull(gateway(server, store, form, columns=columns), lambda: bool(store.kept))
    assert [at for _, at in store.kept] == [1_777_593_600_000_000]


def test_a_lost_server_is_told_once_when_lost_and_once_when_back(
    server: Fake, caplog: pytest.LogCaptureFixture
) -> None:
    store = GatedStore()
    server.plays = [
        says("busy", 503), says("busy", 503), says("wrong", 401), says(b"{"), says(b"x" * 20_000), says(READING)
    ]  # fmt: skip
    pulled = gateway(server, store)
    with caplog.at_level(logging.INFO, logger="yuanli"):
        pull(pulled, lambda: pulled.connection().last_error is not None, lambda: bool(store.kept))
    said = [record.getMessage() for record in caplog.records if record.name == "yuanli.devices.pulling"]
    assert [line.split(")")[-1].split(":")[0].strip() for line in said] == ["is lost", "is back"]
    assert not any("letmein" in line for line in said)
    assert len(server.headers) >= 6


def test_what_the_server_asks_for_is_waited(server: Fake) -> None:
    store = GatedStore()
    server.plays = [says("busy", 503, Retry_After="1"), says(READING)]
    began = time.monotonic()
    pull(gateway(server, store), lambda: bool(store.kept))
    assert time.monotonic() - began >= 1.0


def test_an_answer_that_could_not_be_kept_is_asked_for_again(server: Fake) -> None:
    store = GatedStore()
    store.broken = True
    server.plays = [says(READING, ETag='"1"')]
    pulled = gateway(server, store)

    def mended() -> bool:
        if len(server.headers) >= 2:
            store.broken = False
        return bool(store.kept)

    pull(pulled, mended)
    assert "if-none-match" not in server.headers[1]


def test_a_server_that_is_not_there_or_hangs_is_lost(server: Fake) -> None:
    store = GatedStore()
    server.plays = [lambda handler: time.sleep(0.5)]
    pulled = gateway(
        server, store, params=PullParams(every_s=1, timeout_s=0.1, first_wait_s=0.05, longest_wait_s=0.1)
    )
    pull(pulled, lambda: pulled.connection().last_error is not None)
    told = pulled.connection()
    assert told.last_error is not None
    assert (told.connected, "in time" in told.last_error.en or "reached" in told.last_error.en) == (
        False,
        True,
    )


def test_refused_rows_are_counted_and_the_good_ones_kept(server: Fake) -> None:
    store = GatedStore()
    server.plays = [says([READING, {"point": "attic", "ts": 1_777_593_600, "value": 1}])]
    pulled = gateway(server, store)
    pull(pulled, lambda: pulled.connection().refused > 0)
    told = pulled.connection()
    assert told.last_error is not None
    assert (len(store.kept), "attic" in told.last_error.zh, told.connected) == (1, True, True)
