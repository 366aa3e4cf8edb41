"""A flood over HTTP from processes of its own, while another gateway sends a bad reading now and then.

python -m benchmarks.flood_http [--seconds 300] [--clients 8]

A server of its own takes the flood. What it refuses must be refused as busy, what it acknowledges must be there in the
end, its memory must stay bounded, and bad readings of another point must be judged meanwhile, so that alarms flow.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from multiprocessing import Process, SimpleQueue
from pathlib import Path
from typing import Any

import numpy as np

from yuanli.bootstrap import build_house
from yuanli.campus import Campus, CampusId, DataPoint, FeatureId, Imported, PointId, by_id
from yuanli.operations import Role
from yuanli.settings import load_settings

POINTS, ROWS = 2_000, 10_000
PASSWORD = "a flood of readings"
HOST, PORT = "127.0.0.1", 9_377
PATH = "/v1/campuses/flood/readings"
BEGIN_S = int(time.time()) - 40 * 86_400
SERVE = "from yuanli.cli import main; main()"
BUSY = (429, 503)


class Client:
    """One connection that is kept, signed in; again and again where too many sign in at once."""

    def __init__(self) -> None:
        self.headers = {"Origin": f"http://{HOST}:{PORT}"}
        self._open()
        body = json.dumps({"username": "operator", "password": PASSWORD}).encode()
        while True:
            self.link.request(
                "POST", "/v1/session", body, {**self.headers, "Content-Type": "application/json"}
            )
            reply = self.link.getresponse()
            reply.read()
            if reply.status not in BUSY:
                break
            time.sleep(0.5)
        self.headers["Cookie"] = (reply.getheader("Set-Cookie") or "").split(";")[0]

    def _open(self) -> None:
        self.link = http.client.HTTPConnection(HOST, PORT, timeout=120)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Return the status and what was answered; 0 where the server hung up."""
        try:
            self.link.request(method, path, body, {**self.headers, "Content-Type": "text/plain"})
            reply = self.link.getresponse()
            return reply.status, reply.read()
        except (OSError, http.client.HTTPException):
            self.link.close()
            self._open()
            return 0, b""


def prepare(folder: Path) -> None:
    """Make an installation with the points and a user that may push."""
    names = [*(f"p{i}" for i in range(POINTS)), "watched"]
    points = [
        DataPoint(id=PointId(FeatureId(name)), brick_class="Zone_Air_Temperature_Sensor", unit="°C")
        for name in names
    ]
    house = build_house(load_settings(data_dir=folder), now=lambda: datetime.now(UTC))
    campus = Campus(id=CampusId("flood"), name={"en": "Flood"}, features=by_id(points))
    house.places.add(Imported(campus=campus), who="", why="")
    house.accounts.add_user("operator", PASSWORD, Role.OPERATOR)
    house.close()


def push(number: int, clients: int, ends: float, told: SimpleQueue[Counter[str]]) -> None:
    """Push as fast as is answered; each body holds five minutes of all points, after those of all others."""
    client, counted, turn = Client(), Counter[str](), number
    lines = [f"p{i % POINTS} value={20 + i % 977 / 100} " for i in range(ROWS)]
    while time.time() < ends:
        begin = BEGIN_S + turn * (ROWS // POINTS) * 60
        body = "\n".join(f"{line}{begin + i // POINTS * 60}" for i, line in enumerate(lines)).encode()
        while time.time() < ends:
            status, _ = client.ask("POST", f"{PATH}?precision=s&gateway=flood{number}", body)
            counted["acknowledged" if status == 200 else "busy" if status in BUSY else f"other {status}"] += 1
            if status == 200:
                break
            time.sleep(0.05)
        turn += clients
    told.put(counted)


def watch(ends: float) -> tuple[list[float], Counter[str], list[float]]:
    """Send an impossible temperature each ten seconds; return how long each took to be judged, refusals, answers."""
    client, waits, counted, answers = Client(), list[float](), Counter[str](), list[float]()
    while time.time() < ends:
        began, at = time.time(), int(time.time())
        while (
            status := client.ask(
                "POST", f"{PATH}?precision=s&gateway=watch", f"watched value=900 {at}".encode()
            )[0]
        ) != 200:
            counted[str(status)] += 1
            time.sleep(0.05)
        while time.time() < ends + 60:
            asked = time.perf_counter()
            _, found = client.ask("GET", f"{PATH}/latest?point=watched")
            answers.append(time.perf_counter() - asked)
            latest: list[Mapping[str, Any]] = json.loads(found or b"{}").get("readings", [])
            if latest and latest[0]["quality"] and _seconds(latest[0]["at"]) >= at:
                break
            time.sleep(0.2)
        waits.append(time.time() - began)
        time.sleep(max(0.0, min(10.0 - waits[-1], ends - time.time())))
    return waits, counted, answers


def _seconds(told: str) -> float:
    return datetime.fromisoformat(told).timestamp()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=300)
    options.add_argument("--clients", type=int, default=8)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        command = [sys.executable, "-c", SERVE, "up", "--port", str(PORT), "--data-dir", name]
        environment = os.environ | {"YUANLI_COMPILE_AHEAD": "false"}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
            while True:
                try:
                    Client()
                    break
                except OSError:
                    time.sleep(0.5)
            told: SimpleQueue[Counter[str]] = SimpleQueue()
            ends = time.time() + given.seconds
            pushers = [
                Process(target=push, args=(i, given.clients, ends, told)) for i in range(given.clients)
            ]
            for one in pushers:
                one.start()
            waits, refused, answers = watch(ends)
            counted = sum((told.get() for _ in pushers), Counter[str]())
            status = Path(f"/proc/{server.pid}/status").read_text("utf-8")
            peak_mb = int(status.split("VmHWM:")[1].split()[0]) // 1024
            server.terminate()
        house = build_house(load_settings(data_dir=folder), now=lambda: datetime.now(UTC))
        rows = house.readings.footprint().rows
        house.close()
    acknowledged = counted.pop("acknowledged", 0) * ROWS
    print(
        f"{given.clients} clients for {given.seconds:.0f} s, {ROWS} readings a body: acknowledged {acknowledged}, "
        f"{'all there' if rows >= acknowledged else f'{acknowledged - rows} LOST'}; refused {dict(counted)}; memory at "
        f"most {peak_mb} MiB; {len(waits)} bad readings of another gateway, refused {dict(refused)}, judged after "
        f"p50 {np.median(waits):.1f}, at most {max(waits):.1f} s; newest value told in p50 "
        f"{np.median(answers) * 1e3:.0f}, p95 {np.percentile(answers, 95) * 1e3:.0f} ms; load average "
        f"{os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
