"""The real server, in a process of its own: it starts, answers, streams, and stops when told."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from tests.api.house import PASSWORD

from yuanli.bootstrap import open_house, serve
from yuanli.bootstrap.serving import PortTakenError
from yuanli.settings import load_settings

SERVER = """
import sys
from pathlib import Path
from tests.api.house import Clock, small_house
from yuanli.bootstrap import open_house, serve
from yuanli.settings import load_settings
folder = Path(sys.argv[1])
small_house(folder, Clock()).close()
serve(open_house(load_settings(data_dir=folder, port=0, compile_ahead=False)), lambda url: print(url, flush=True))
"""
ROOT = Path(__file__).parents[2]
LISTENERS = 300
TWIN = "/v1/campuses/small/twin/live"
ROUTE = "/v1/campuses/small/route/live?from=room0-0&to=room3-1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:"), url
    yield process, url
    process.kill()
    process.wait()
    process.stdout.close()


def test_it_answers_streams_and_stops_when_told(server: tuple[subprocess.Popen[str], str]) -> None:
    process, url = server
    with urllib.request.urlopen(f"{url}/v1/health", timeout=10) as reply:
        assert json.load(reply)["status"] == "ok"
    with urllib.request.urlopen(f"{url}{ROUTE}", timeout=20) as stream:
        assert stream.readline() == b"event: route\n"
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
        assert time.monotonic() - started < 8


def test_many_listeners_do_not_keep_others_waiting(server: tuple[subprocess.Popen[str], str]) -> None:
    _, url = server
    address = urlsplit(url)
    listeners = [socket.create_connection((address.hostname, address.port)) for _ in range(300)]
    for listener in listeners:
        listener.sendall(f"GET {ROUTE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    for listener in listeners:
        listener.settimeout(30)
        assert listener.recv(100).startswith(b"HTTP/1.1 200")
    started = time.monotonic()
    with urllib.request.urlopen(f"{url}/v1/campuses", timeout=10) as reply:
        assert len(json.load(reply)) == 1
    assert time.monotonic() - started < 2
    for listener in listeners:
        listener.close()


def test_hundreds_follow_the_twin_and_all_hear_of_a_reading(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    _, url = server
    address = urlsplit(url)
    client = httpx.Client(base_url=url, headers={"Origin": url}, timeout=30)
    client.post("/v1/session", json={"username": "operator", "password": PASSWORD}).raise_for_status()
    token = client.post("/v1/tokens", json={"label": "test"}).json()["token"]
    listeners = [socket.create_connection((address.hostname, address.port)) for _ in range(LISTENERS)]
    request = f"GET {TWIN} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    for listener in listeners:
        listener.settimeout(60)
        listener.sendall(request)
    for listener in listeners:
        _read_until(listener, b"event: snapshot")
    reading = {"point": "meter", "ts": datetime.now(UTC).isoformat(), "value": 12.5}
    client.post("/v1/campuses/small/readings", json=reading).raise_for_status()
    for listener in listeners:
        _read_until(listener, b'"power":{"value":12.5')
        listener.close()
    client.close()


def _read_until(listener: socket.socket, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        more = listener.recv(65_536)
        assert more, seen[-400:]
        seen += more


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError) as refused:
            serve(open_house(load_settings(data_dir=tmp_path, port=port)), lambda url: None)
    assert str(port) in refused.value.message.zh
    assert refused.value.hint is not None
