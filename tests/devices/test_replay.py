"""Recorded days played again."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.devices.conftest import OwnBroker
from tests.devices.gateways import CAMPUS, Site, intake_on, running, until
from tests.devices.test_forwarding import Server
from tests.loops import run_apart
from tests.telemetry.memory import MemoryReadingStore

from yuanli.devices import (
    HttpSender,
    MqttSender,
    ReplayParams,
    SendFailedError,
    Session,
    replay,
    to_intake,
    to_sender,
)
from yuanli.telemetry import Row

MINUTE = 60_000_000
ROWS = [Row("d1/t", n * MINUTE, float(n)) for n in (0, 0, 1, 5)]


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.played: list[tuple[float, list[float]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def deliver(self, rows: Sequence[Row]) -> int:
        self.played.append((self.now, [row.value for row in rows]))
        return 0


@pytest.mark.parametrize(
    ("speed", "seconds"), [(1.0, [0, 60, 300]), (60.0, [0, 1, 5]), (math.inf, [0, 0, 0])]
)
def test_rows_are_handed_on_when_they_are_due(speed: float, seconds: list[float]) -> None:
    time = Time()
    done = run_apart(
        replay(ROWS, time.deliver, ReplayParams(speed=speed), clock=time.clock, sleep=time.sleep)
    )
    assert time.played == list(zip(map(float, seconds), [[0, 0], [1], [5]], strict=True))
    assert (done.rows, done.deliveries) == (4, 3)


def test_the_order_of_a_recording_holds_where_times_go_back() -> None:
    time = Time()
    rows = [Row("a", 2 * MINUTE, 1.0), Row("a", MINUTE, 2.0), Row("a", None, 3.0), Row("a", 3 * MINUTE, 4.0)]
    run_apart(replay(rows, time.deliver, clock=time.clock, sleep=time.sleep))
    assert time.played == [(0.0, [1.0, 2.0, 3.0]), (60.0, [4.0])]


def test_times_move_to_another_beginning() -> None:
    store, time = MemoryReadingStore(), Time()
    deliver = to_intake(intake_on(store), CAMPUS)
    params = ReplayParams(speed=math.inf, begin_at=1_000 * MINUTE, most_rows=1)
    run_apart(replay(ROWS, deliver, params, clock=time.clock, sleep=time.sleep))
    assert sorted(at // MINUTE for _, at in store.kept) == [1_000, 1_001, 1_005]


def test_a_recording_keeps_when_its_readings_came() -> None:
    store, time = MemoryReadingStore(), Time()
    rows = [replace(row, received=(row.at or 0) + 7) for row in ROWS]
    deliver = to_intake(intake_on(store), CAMPUS, recorded=True)
    run_apart(replay(rows, deliver, ReplayParams(speed=math.inf), clock=time.clock, sleep=time.sleep))
    assert {received - at for (_, at), (_, received, _) in store.kept.items()} == {7}


def test_a_replay_comes_in_by_the_broker_like_live_readings(own_broker: OwnBroker) -> None:
    async def tried() -> None:
        site, store = Site(own_broker.address), MemoryReadingStore()
        gateway = site.gateway(store)
        session = Session(client_id=f"{site.client_id}-replay")
        async with running(gateway), MqttSender(own_broker.address, session) as send:
            rows = [replace(row, point="t") for row in ROWS]
            loop = asyncio.get_running_loop()
            await replay(
                rows, to_sender(send, f"{site.prefix}/d1"), ReplayParams(speed=math.inf), clock=loop.time
            )
            await until(lambda: gateway.state().readings == 4)
        assert len(store.kept) == 3

    run_apart(tried())


@pytest.mark.parametrize(
    ("statuses", "waits", "taken"), [([503, 429], [0.5, 1.0], 1), ([503] * 3, [0.5, 1.0], 0), ([401], [], 0)]
)
def test_a_busy_server_is_tried_again_and_a_wrong_token_is_not(
    statuses: list[int], waits: list[float], taken: int
) -> None:
    server, waited = Server(), list[float]()
    server.statuses = list(statuses)

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def tried() -> None:
        async with HttpSender(server.url, "secret") as send:
            deliver = to_sender(send, "", tries=3, sleep=sleep)
            if taken:
                await deliver(ROWS[:1])
                return
            with pytest.raises(SendFailedError, match=str(statuses[-1])):
                await deliver(ROWS[:1])

    run_apart(tried())
    server.close()
    assert (waited, len(server.bodies)) == (waits, taken)


def test_a_speed_is_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        ReplayParams(speed=0)
