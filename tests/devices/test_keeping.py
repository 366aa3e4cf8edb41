"""What a gateway has read is on disk before it is stored: nothing is lost by a kill, and all comes in order."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.devices.fields import Field, FieldStore, until
from tests.loops import run_apart

from yuanli.devices import KeepParams, KeptGateway, KeptIntake, Line, Sample, SpoolParams
from yuanli.operations import Answer, FieldValue, FoundPoint
from yuanli.telemetry import Quality

SOON = KeepParams(first_wait_s=0.05, longest_wait_s=0.1)
FULL = SpoolParams(most_bytes=2_000)


class Counting:
    """A line that tells one more number each time it is polled, at a time that the number tells too."""

    name = "counting"

    def __init__(self, first: int = 0) -> None:
        self.number = first

    async def connect(self) -> None: ...
    async def close(self) -> None: ...
    async def watch(self, hear: object) -> None: ...

    async def poll(self, points: frozenset[str] | None = None) -> list[Sample]:
        self.number += 1
        told = [Sample("t", float(self.number), at=self.number * 1_000_000)]
        return [one for one in told if points is None or one.point in points]

    async def read(self, address: str) -> FieldValue:  # noqa: ARG002
        return FieldValue(value=None, quality=Quality.MISSING)

    async def write(self, address: str, value: float | None) -> Answer:  # noqa: ARG002
        return Answer(acknowledged=True)

    async def discover(self) -> tuple[FoundPoint, ...]:
        return ()


class Deaf(Counting):
    """A line whose library misses the first time that it is cancelled."""

    cancelled, polling = 0, False

    async def poll(self, points: frozenset[str] | None = None) -> list[Sample]:
        self.polling = True
        try:
            await asyncio.sleep(0.5)
        except asyncio.CancelledError:
            self.cancelled += 1
            if self.cancelled > 1:
                raise
        finally:
            self.polling = False
        return await super().poll(points)


def kept_field(folder: Path, line: Line, spool: SpoolParams = SpoolParams()) -> tuple[Field, KeptGateway]:
    """Return a gateway whose intake is a spool before the store of `Field`."""
    field = Field(line, ["t"])
    kept = KeptIntake(folder / "spools" / "t.db", field.intake, SOON, spool=spool)
    return field, KeptGateway(field.with_intake(kept), kept)


async def running_until(gateway: KeptGateway, holds: Callable[[], bool]) -> None:
    task = asyncio.create_task(gateway.run())
    try:
        await until(holds)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def stored(store: FieldStore) -> list[float]:
    """Return the numbers in the store, in the order in which they were written."""
    return [float(row[0]) for row in store.kept.values()]


def test_a_store_that_is_away_holds_nothing_up_and_gets_all_after_a_restart(tmp_path: Path) -> None:
    async def tried() -> None:
        field, gateway = kept_field(tmp_path, Counting())
        field.store.broken.set()
        await running_until(gateway, lambda: gateway.connection().messages >= 5)
        first = gateway.connection()
        assert (first.readings, first.dropped) == (0, 0)
        assert first.last_error is not None
        again, gateway = kept_field(tmp_path, Counting(1_000))
        await running_until(gateway, lambda: 1_001.0 in stored(again.store))
        numbers = stored(again.store)
        assert numbers[: first.messages] == [float(n) for n in range(1, first.messages + 1)]
        assert numbers == sorted(numbers)
        told = gateway.connection()
        assert (told.readings - told.duplicates, told.most_waiting_bytes) == (len(numbers), 1_000_000_000)

    run_apart(tried())


def test_a_line_that_misses_a_cancel_is_ended_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuanli.devices.ending.AGAIN_S", 0.1)
    line = Deaf()

    async def tried() -> None:
        field = Field(line, ["t"])
        async with field.running():
            await until(lambda: line.polling)

    run_apart(tried())
    assert line.cancelled == 2


def test_a_full_spool_refuses_says_so_and_takes_again_when_there_is_room(tmp_path: Path) -> None:
    async def tried() -> None:
        field, gateway = kept_field(tmp_path, Counting(), FULL)
        field.store.broken.set()

        def is_full() -> bool:
            error = gateway.connection().last_error
            return error is not None and error.en.startswith("The spool is full")

        async def filled() -> None:
            await until(is_full)
            waiting = gateway.connection().waiting_bytes
            assert waiting is not None
            assert 1_500 < waiting <= 2_000
            field.store.broken.clear()
            await until(lambda: gateway.connection().waiting_bytes == 0)
            await until(lambda: gateway.connection().last_error is None)

        task = asyncio.create_task(gateway.run())
        await filled()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        numbers = stored(field.store)
        assert numbers == [float(n) for n in range(1, len(numbers) + 1)]

    run_apart(tried())


def test_a_spool_that_is_no_spool_is_told_and_left_alone(tmp_path: Path) -> None:
    async def tried() -> None:
        (tmp_path / "spools").mkdir()
        (tmp_path / "spools" / "t.db").write_bytes(b"no database " * 100)
        _, gateway = kept_field(tmp_path, Counting())
        with pytest.raises(Exception, match="can't be used"):
            await gateway.run()

    run_apart(tried())
    assert (tmp_path / "spools" / "t.db").read_bytes().startswith(b"no database")


def test_kill_9_loses_nothing_that_was_in_the_spool(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.devices.keeping", str(tmp_path), "6", "4"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    first = max(told) + 1_000

    async def tried() -> None:
        field, gateway = kept_field(tmp_path, Counting(first))
        await running_until(gateway, lambda: float(first + 1) in stored(field.store))
        rest = stored(field.store)
        before = [float(line) for line in (tmp_path / "stored").read_text().split()]
        assert set(told) <= {int(one) for one in [*before, *rest]}
        assert rest == sorted(rest)
        assert len(before) > 50

    run_apart(tried())
