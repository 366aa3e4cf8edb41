"""A running installation whose live twin a thousand clients follow: delay, CPU and memory of the server.

python -m benchmarks.twin [--clients 1000] [--seconds 60] [--stalled 20]

Readings of all points of the demo park come once a minute, a part of them each second; one of them is the mark whose
way is timed: from the answer that it is on disk to the last byte of the event that tells it, at each client.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import resource
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2 as httpx
import numpy as np

from benchmarks.serving import rss_mib, start
from yuanli.campus import DataPoint, PointId
from yuanli.demo import demo_campus
from yuanli.telemetry import find_quantity

USUAL = {
    "air_temperature": 22.0,
    "co2": 600.0,
    "humidity": 45.0,
    "power": 12.0,
    "energy": 50_000.0,
    "presence": 1.0,
}
MARK_EVERY_S = 3
MARKED = "a-1f-a115"
"""A room with an air quality sensor, whose humidity is the mark."""


@dataclass
class Marks:
    """When each mark was acknowledged, and how long it took to each client."""

    told: dict[bytes, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    received: int = 0


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def follow(url: str, token: str, marks: Marks, *, reads: bool) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 22)
    request = (
        "GET /v1/campuses/demo/twin/live?level=0 HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {token}",
    )
    writer.write(("\r\n".join(request) + "\r\n\r\n").encode())
    began = time.perf_counter()
    if not reads:
        await asyncio.sleep(3600)
    tail, seen, whole = b"", set[bytes](), False
    while chunk := await reader.read(1 << 20):
        marks.received += len(chunk)
        text = tail + chunk
        if not whole and b"event: snapshot" in text:
            whole = True
            marks.first.append(time.perf_counter() - began)
        for mark in marks.told.keys() - seen:
            if mark in text:
                seen.add(mark)
                marks.delays.append(time.perf_counter() - marks.told[mark])
        tail = text[-64:]


async def push(
    client: httpx.AsyncClient, points: list[DataPoint], mark: PointId, marks: Marks, seconds: int
) -> None:
    rng = random.Random(0)
    humidity = 0.0
    for second in range(seconds):
        began = time.perf_counter()
        now = datetime.now(UTC).isoformat()
        part = [point for i, point in enumerate(points) if i % 60 == second % 60 and point.id != mark]
        rows = [
            {"point": point.id, "ts": now, "value": round(value_of(point) * rng.uniform(0.9, 1.1), 2)}
            for point in part
        ]
        if second % MARK_EVERY_S == 0:
            humidity = round(30 + second * 0.011, 3)
            rows.append({"point": mark, "ts": now, "value": humidity})
        (await client.post("/v1/campuses/demo/readings", json=rows)).raise_for_status()
        if second % MARK_EVERY_S == 0:
            marks.told[f'"humidity":{{"value":{humidity},'.encode()] = time.perf_counter()
        await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - began)))


def value_of(point: DataPoint) -> float:
    measured = find_quantity(point.brick_class)
    return USUAL.get(measured.name, 1.0) if measured is not None else 1.0


async def run(url: str, pid: int, password: str, options: argparse.Namespace) -> None:
    campus, marks = demo_campus(), Marks()
    points = [point for point in campus.of(DataPoint) if find_quantity(point.brick_class) is not None]
    mark = next(p.id for p in points if p.space_id == MARKED and "Humidity" in p.brick_class)
    async with httpx.AsyncClient(base_url=url, timeout=60, headers={"Origin": url}) as client:
        (
            await client.post("/v1/session", json={"username": "admin", "password": password})
        ).raise_for_status()
        token = (await client.post("/v1/tokens", json={"label": "bench"})).json()["token"]
        await push(client, points, mark, Marks(), 3)
        before = rss_mib(pid)
        tasks = [
            asyncio.create_task(follow(url, token, marks, reads=i >= options.stalled))
            for i in range(options.clients)
        ]
        while len(marks.first) < options.clients - options.stalled:
            await asyncio.sleep(0.2)
            for task in tasks:
                if task.done():
                    task.result()
        first = np.array(marks.first)
        opened = rss_mib(pid)
        began, used, received = time.perf_counter(), cpu_s(pid), marks.received
        await push(client, points, mark, marks, options.seconds)
        await asyncio.sleep(3)
        lasted, used = time.perf_counter() - began, cpu_s(pid) - used
        sent = (marks.received - received) / (options.clients - options.stalled)
        delays = np.array(marks.delays) * 1e3
        expected = -(-options.seconds // MARK_EVERY_S) * (options.clients - options.stalled)
        print(f"{options.clients} clients, {options.stalled} of which never read, {options.seconds} s")
        print(f"first state: p50 {np.median(first):.2f} s, last {first.max():.2f} s, all asking at once")
        print(
            f"delay ms: p50 {np.percentile(delays, 50):.0f}, p95 {np.percentile(delays, 95):.0f}, "
            f"most {delays.max():.0f}; {len(delays)} of {expected} marks arrived"
        )
        print(
            f"server CPU {used / lasted * 100:.0f} % of one core, {sent / lasted / 1024:.1f} KiB/s a client"
        )
        print(f"RSS MiB: {before:.0f} before, {opened:.0f} with all connected, {rss_mib(pid):.0f} at the end")
        for task in tasks:
            task.cancel()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=1000)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--stalled", type=int, default=20)
    given = options.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        server, url, _ = start(Path(folder) / "data", log)
        try:
            found = re.search(r"(?:password: |密码 )([\w-]+)", log.read_text("utf-8"))
            asyncio.run(run(url, server.pid, found[1] if found else "", given))
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()
