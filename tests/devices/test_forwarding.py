"""Store and forward: what is kept at the edge is forgotten only when the other side has it."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.devices.conftest import OwnBroker
from tests.devices.gateways import Site, running, until
from tests.loops import run_apart
from tests.telemetry.memory import MemoryReadingStore

from yuanli.devices import (
    ForwardParams,
    HttpSender,
    MqttSender,
    Send,
    Session,
    Spool,
    SpoolFullError,
    SpoolParams,
    forward,
)

QUICK = ForwardParams(first_wait_s=0.02, longest_wait_s=0.1, look_s=0.02)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path / "spool.db", SpoolParams(most_bytes=1_000, most_refused=2))
    yield opened
    opened.close()


class Server:
    """Answers posts with the statuses that it is told, then with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.bodies: list[tuple[str, str, bytes]] = []
        self.paths: list[str] = []
        self.answer = b""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.statuses.pop(0) if outer.statuses else 200
                if status == 200:
                    outer.paths.append(self.path)
                    outer.bodies.append((self.headers["Authorization"], self.headers["Content-Type"], body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(outer.answer)))
                self.end_headers()
                self.wfile.write(outer.answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/campuses/park/readings"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running_server = Server()
    yield running_server
    running_server.close()


async def forwarded(spool: Spool, send: Send) -> None:
    task = asyncio.create_task(forward(spool, send, QUICK))
    try:
        await until(lambda: task.done() or len(spool) == 0)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_parcels_are_posted_and_forgotten(spool: Spool, server: Server) -> None:
    for number in range(3):
        spool.add(b"[%d]" % number, kind="application/x-ndjson")

    async def tried() -> None:
        async with HttpSender(server.url, "secret") as send:
            await forwarded(spool, send)

    run_apart(tried())
    assert sorted(server.bodies) == [("Bearer secret", "application/x-ndjson", b"[%d]" % n) for n in range(3)]


def test_a_busy_server_is_asked_again_and_told_of_once(
    spool: Spool, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="yuanli.devices")
    server.statuses = [503, 500, 429, 401]
    spool.add(b"1")

    async def tried() -> None:
        async with HttpSender(server.url, "secret") as send:
            await forwarded(spool, send)
            await asyncio.sleep(0.05)

    run_apart(tried())
    assert len(server.bodies) == 1
    told = [r.getMessage() for r in caplog.records if r.name.startswith("yuanli")]
    assert ["kept" in message for message in told] in ([True, False], [True])


def test_a_parcel_that_is_never_taken_stops_no_other(spool: Spool, server: Server) -> None:
    server.statuses = [422]
    spool.add(b"bad")

    async def tried() -> None:
        async with HttpSender(server.url, "secret") as send:
            await forwarded(spool, send)
            spool.add(b"good")
            await forwarded(spool, send)

    run_apart(tried())
    assert [body for *_, body in server.bodies] == [b"good"]
    assert [payload for *_, payload in spool.refused()] == [b"bad"]


def test_a_server_that_is_not_there_is_waited_for(spool: Spool) -> None:
    spool.add(b"1")

    async def tried() -> None:
        async with HttpSender("http://127.0.0.1:9/", "secret", timeout_s=1) as send:
            task = asyncio.create_task(forward(spool, send, QUICK))
            await asyncio.sleep(0.3)
            assert not task.done()
            task.cancel()

    run_apart(tried())
    assert len(spool) == 1


def test_a_full_spool_says_so_and_has_room_again_after_sending(spool: Spool) -> None:
    spool.add(b"x" * 900)
    with pytest.raises(SpoolFullError):
        spool.add(b"x" * 200)
    assert len(spool) == 1
    spool.remove(spool.oldest(10))
    spool.add(b"x" * 200)
    assert len(spool) == 1


def test_refused_parcels_are_bounded(spool: Spool) -> None:
    for number in range(4):
        spool.add(b"%d" % number)
    for parcel in spool.oldest(4):
        spool.refuse(parcel, "why")
    assert [payload for *_, payload in spool.refused()] == [b"2", b"3"]
    assert len(spool) == 0


def test_what_was_added_outlives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    code = (
        "import os, signal, sys; from pathlib import Path; from yuanli.devices.spool import Spool\n"
        "spool = Spool(Path(sys.argv[1]))\n"
        "for n in range(20): spool.add(b'%d' % n, topic='t')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], env={"PYTHONPATH": ":".join(sys.path)}, check=False
    )
    assert done.returncode == -9
    spool = Spool(path)
    assert [parcel.payload for parcel in spool.oldest(100)] == [b"%d" % n for n in range(20)]
    spool.close()


def test_parcels_are_published_over_a_broken_line(own_broker: OwnBroker, tmp_path: Path) -> None:
    async def tried() -> None:
        site, store = Site(own_broker.address), MemoryReadingStore()
        spool = Spool(tmp_path / "mqtt.db")
        gateway = site.gateway(store)
        async with (
            running(gateway),
            MqttSender(own_broker.address, Session(client_id="edge"), timeout_s=5) as send,
        ):
            task = asyncio.create_task(forward(spool, send, QUICK))
            await asyncio.to_thread(spool.add, b'{"ts": 1, "values": {"t": 1}}', topic=f"{site.prefix}/d1")
            await until(lambda: gateway.state().readings == 1)
            await asyncio.to_thread(own_broker.stop)
            for number in range(2, 30):
                spool.add(b'{"ts": %d, "values": {"t": 1}}' % number, topic=f"{site.prefix}/d1")
            await asyncio.sleep(0.3)
            assert len(spool) == 28
            await asyncio.to_thread(own_broker.start)
            await until(lambda: len(store.kept) == 29 and len(spool) == 0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        spool.close()

    run_apart(tried())
