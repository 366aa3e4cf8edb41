"""Real brokers: the one that YUANLI_TEST_MQTT_URL names, and mosquittos of our own that can be stopped."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path

import pytest

from yuanli.devices import Broker, parse_broker

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


class OwnBroker:
    """A mosquitto on a port of its own that keeps its sessions over a restart."""

    def __init__(self, folder: Path, program: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._program, self._config = program, folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\n"
            f"persistence true\npersistence_location {folder}/\nuser {getuser()}\n"
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> Broker:
        return Broker(host="127.0.0.1", port=self.port)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise TimeoutError("mosquitto does not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[OwnBroker]:
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker = OwnBroker(tmp_path, MOSQUITTO)
    yield broker
    broker.stop()


@pytest.fixture
def named_broker() -> Broker:
    url = os.environ.get("YUANLI_TEST_MQTT_URL")
    if url is None:
        pytest.skip("YUANLI_TEST_MQTT_URL names no broker")
    return parse_broker(url)
