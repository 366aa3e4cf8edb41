"""Readings by MQTT, QoS 1, into the store of readings: points a second that are acknowledged after they are on disk.

python -m benchmarks.mqtt [--seconds 20] [--points 10] [--rate 0] [--plain]

`--rate` is messages a second that are published; 0 publishes as fast as the broker takes them. The broker is a
mosquitto of its own on a free port, which queues without bound: a bound makes it drop what it acknowledged. The
publisher runs in a process of its own. `--plain` writes to one table by time and point instead, to tell what the
store costs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from yuanli.campus import CampusId, DataPoint, FeatureId, PointId
from yuanli.devices import Broker, MqttGateway, MqttParams, Session, Subscription
from yuanli.operations import Intake, Numbers, ReadingSink, Written
from yuanli.storage import SqliteReadingStore
from yuanli.telemetry import Readings, TopicTemplate, make_book

DEVICES = 350
BEGIN = 1_767_225_600
UNACKNOWLEDGED = 2_000
PATIENCE_S = 30


class PlainStore:
    """The least that is on disk: one table by time and point, WAL, synchronous FULL."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute(
            "CREATE TABLE reading (at INT, point INT, value REAL, received INT, PRIMARY KEY (at, point)) WITHOUT ROWID"
        )
        self.numbers: dict[PointId, int] = {}

    def number_points(self, campus_id: CampusId, point_ids: Sequence[PointId]) -> Numbers:
        del campus_id
        return np.asarray([self.numbers.setdefault(p, len(self.numbers) + 1) for p in point_ids], np.int32)

    def write(self, readings: Readings) -> Written:
        order = np.lexsort((readings.point, readings.at))
        rows = zip(
            *(c[order].tolist() for c in (readings.at, readings.point, readings.value, readings.received)),
            strict=True,
        )
        self.db.execute("BEGIN IMMEDIATE")
        before = self.db.total_changes
        self.db.executemany("INSERT OR IGNORE INTO reading VALUES (?, ?, ?, ?)", rows)
        kept = self.db.total_changes - before
        self.db.execute("COMMIT")
        return Written(kept=kept, duplicates=len(readings) - kept, conflicts=0)


@contextmanager
def mosquitto(folder: Path) -> Iterator[int]:
    """Run a broker on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n")
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    broker = subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        yield port
    finally:
        broker.terminate()
        broker.wait(10)


def varint(number: int) -> bytes:
    out = b""
    while True:
        number, low = divmod(number, 128)
        out += bytes([low | (128 if number else 0)])
        if not number:
            return out


def publish(port: int, seconds: float, points: int, rate: int, sent: multiprocessing.Queue[int]) -> None:
    """Publish with QoS 1 over a plain socket, so that the publisher costs little."""
    link = socket.create_connection(("127.0.0.1", port))
    body = b"\x00\x04MQTT\x04\x02\x00\x3c" + b"\x00\x05bench"
    link.sendall(b"\x10" + varint(len(body)) + body)
    link.recv(4)
    began, number, acknowledged = time.perf_counter(), 0, 0
    link.setblocking(False)
    while time.perf_counter() - began < seconds:
        block = []
        for _ in range(50):
            number += 1
            device, tick = number % DEVICES, number // DEVICES
            topic = f"bench/d{device}".encode()
            values = {f"p{i}": round(20 + (number * 7 + i) % 1000 / 100, 2) for i in range(points)}
            payload = json.dumps({"ts": BEGIN + tick, "values": values}).encode()
            mid = (number % 65_000 + 1).to_bytes(2, "big")
            variable = len(topic).to_bytes(2, "big") + topic + mid + payload
            block.append(b"\x32" + varint(len(variable)) + variable)
        link.setblocking(True)
        link.sendall(b"".join(block))
        link.setblocking(False)
        while number - acknowledged > UNACKNOWLEDGED:
            try:
                acknowledged += len(link.recv(65_536)) // 4
            except BlockingIOError:
                time.sleep(0.001)
        if rate:
            time.sleep(max(0.0, began + number / rate - time.perf_counter()))
    while acknowledged < number:
        try:
            acknowledged += len(link.recv(65_536)) // 4
        except BlockingIOError:
            time.sleep(0.001)
    sent.put(number)


async def receive(
    port: int, store: ReadingSink, count: Callable[[], int], points: int, seconds: float, rate: int
) -> None:
    campus = CampusId("bench")
    known = [
        DataPoint(id=PointId(FeatureId(f"d{d}/p{i}")), brick_class="Point")
        for d in range(DEVICES)
        for i in range(points)
    ]
    book = make_book(known)
    intake = Intake(store, lambda _: book, clock=lambda: datetime.now(UTC), convert=lambda value, *_: value)
    gateway = MqttGateway(
        Broker(host="127.0.0.1", port=port),
        Session(client_id="bench-gateway"),
        [Subscription(campus_id=campus, template=TopicTemplate("bench/{device}"))],
        intake,
        MqttParams(),
    )
    running = asyncio.create_task(gateway.run())
    while not gateway.state().connected:
        await asyncio.sleep(0.05)
    sent: multiprocessing.Queue[int] = multiprocessing.Queue()
    publisher = multiprocessing.Process(target=publish, args=(port, seconds, points, rate, sent))
    began = time.perf_counter()
    cpu = time.process_time()
    publisher.start()
    total: int | None = None
    heard_of, heard_at = -1, began
    while total is None or gateway.state().acknowledged < total:
        await asyncio.sleep(0.1)
        if (now := gateway.state().acknowledged) != heard_of:
            heard_of, heard_at = now, time.perf_counter()
        elif time.perf_counter() - heard_at > PATIENCE_S:
            publisher.kill()
            raise SystemExit(f"nothing more came after {heard_of} of {total} messages: {gateway.state()}")
        if total is None and not sent.empty():
            total = sent.get()
            published_s = time.perf_counter() - began
    spent = time.perf_counter() - began
    state = gateway.state()
    rows = count()
    print(
        f"published {total} messages of {points} points in {published_s:.1f} s; all acknowledged after {spent:.1f} s: "
        f"{total / spent:,.0f} messages/s, {rows / spent:,.0f} points/s stored ({rows} rows); "
        f"gateway {time.process_time() - cpu:.1f} CPU s, peak "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB; paused {state.paused}, "
        f"refused {state.refused}; load average {os.getloadavg()[0]:.1f}"
    )
    running.cancel()
    publisher.join()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--points", type=int, default=10)
    options.add_argument("--rate", type=int, default=0)
    options.add_argument("--plain", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name)) as port:
        folder = Path(name)
        if given.plain:
            plain = PlainStore(folder / "readings.db")
            count_plain = lambda: int(plain.db.execute("SELECT count(*) FROM reading").fetchone()[0])  # noqa: E731
            asyncio.run(receive(port, plain, count_plain, given.points, given.seconds, given.rate))
            return
        store = SqliteReadingStore(folder / "data")
        count = lambda: store.footprint().rows  # noqa: E731
        asyncio.run(receive(port, store, count, given.points, given.seconds, given.rate))
        store.close()


if __name__ == "__main__":
    main()
