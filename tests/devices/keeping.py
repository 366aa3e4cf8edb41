"""A gateway that reads until it is killed, on a store that now takes and now refuses.

python -m tests.devices.keeping FOLDER KILLS SEED prints all numbers that were in the spool; what the store took is in
FOLDER/stored.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from tests.devices.fields import Field, FieldStore
from tests.devices.test_keeping import Counting
from tests.storage.killing import started

from yuanli.devices import FieldParams, KeepParams, KeptGateway, KeptIntake
from yuanli.errors import Text
from yuanli.operations import Delivery, Receipt, StoreUnavailableError, Written
from yuanli.telemetry import Readings


class Moody(FieldStore):
    """Takes half of what it gets, on disk."""

    def __init__(self, path: Path, rng: random.Random) -> None:
        super().__init__()
        self._file, self._rng = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT), rng

    def write(self, readings: Readings) -> Written:
        if self._rng.random() < 0.5:
            raise StoreUnavailableError(Text("磁盘已满", "the disk is full"))
        os.write(self._file, "".join(f"{value}\n" for value in readings.value).encode())
        return super().write(readings)


class Telling(KeptIntake):
    """Tells what is kept."""

    tell: Connection

    def take(self, deliveries: Sequence[Delivery], *, partial: bool = False) -> Receipt:
        receipt = super().take(deliveries, partial=partial)
        for delivery in deliveries:
            for row in delivery.decoded.rows:
                self.tell.send(int(row.value))
        return receipt


def read(folder: Path, first: int, seed: float, tell: Connection) -> None:
    """Read until killed."""
    quick = FieldParams(every_s=0.002, gather_s=0.004)
    field = Field(Counting(first), ["t"], quick)
    field.use(Moody(folder / "stored", random.Random(seed)))
    kept = Telling(
        folder / "spools" / "t.db", field.intake, KeepParams(first_wait_s=0.01, longest_wait_s=0.02)
    )
    kept.tell = tell
    asyncio.run(KeptGateway(field.with_intake(kept), kept).run())


def kill_readers(folder: Path, kills: int, rng: random.Random) -> list[int]:
    """Kill as many readers of one spool at random moments; return all numbers that they had told to be kept."""
    told: list[int] = []
    for _ in range(kills):
        mine, reader = started(read, folder, max(told, default=0) + 1_000, rng.random())
        told.append(mine.recv())
        time.sleep(rng.uniform(0, 0.15))
        os.kill(reader, signal.SIGKILL)
        try:
            while True:
                told.append(mine.recv())
        except EOFError:
            mine.close()
        os.waitpid(reader, 0)
    return told


if __name__ == "__main__":
    print(json.dumps(kill_readers(Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3])))))
