"""A running installation with the demo park: seconds to be ready, milliseconds an answer, memory.

python -m benchmarks.serving [--requests 300]
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx
import numpy as np

ROOMS = ("A座301", "B座205", "报告厅", "食堂", "云谷诊所", "健身房", "国际会议厅", "北门", "南门", "D座510")


def start(folder: Path, log: Path) -> tuple[subprocess.Popen[bytes], str, float]:
    began = time.perf_counter()
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-c", "from yuanli.cli import main; main()",
             "up", "--demo", "--still", "--port", "0", "--data-dir", str(folder)],
            stdout=out, stderr=subprocess.STDOUT, env=os.environ | {"COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    while not (found := re.search(r"http://[\d.:]+", log.read_text("utf-8"))):
        if server.poll() is not None:
            raise SystemExit(log.read_text("utf-8"))
        time.sleep(0.05)
    return server, found[0], time.perf_counter() - began


def rss_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(match[1]) / 1024 if match else float("nan")


def trip(rng: random.Random) -> dict[str, str]:
    """Return two places, at a time when all gates are open."""
    start, end = rng.sample(ROOMS, 2)
    return {"from": start, "to": end, "at": "2026-11-25T12:00+08:00"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=300)
    count = options.parse_args().requests
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        server, url, cold_s = start(Path(folder) / "data", Path(folder) / "log")
        print(f"ready after {cold_s:.1f} s (first start), ", end="")
        server.terminate()
        server.wait(20)
        server, url, warm_s = start(Path(folder) / "data", Path(folder) / "log2")
        print(
            f"{warm_s:.1f} s (second), {rss_mib(server.pid):.0f} MiB\n\n| request | p50 ms | p95 ms |\n|---|---|---|"
        )
        try:
            with httpx.Client(base_url=f"{url}/v1/campuses/demo") as client:
                asked: dict[str, Callable[[], httpx.Response]] = {
                    "health": lambda: client.get(f"{url}/v1/health"),
                    "find": lambda: client.get("/find", params={"q": rng.choice(ROOMS)}),
                    "route": lambda: client.get("/route", params=trip(rng)),
                    "route, wheelchair, 2 alternatives": lambda: client.get(
                        "/route", params=trip(rng) | {"profile": "wheelchair", "alternatives": "2"}
                    ),
                }
                for name, ask in asked.items():
                    spent = []
                    for _ in range(count):
                        began = time.perf_counter()
                        ask().raise_for_status()
                        spent.append((time.perf_counter() - began) * 1e3)
                    p50, p95 = np.percentile(spent[count // 10 :], [50, 95])
                    print(f"| {name} | {p50:.1f} | {p95:.1f} |", flush=True)
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()
