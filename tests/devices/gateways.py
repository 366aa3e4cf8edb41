"""Gateways under test: one campus, a store in memory, and messages published as a device would."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from threading import Event
from uuid import uuid4

import aiomqtt
from tests.telemetry.memory import MemoryReadingStore

from yuanli.campus import CampusId, DataPoint, FeatureId, PointId
from yuanli.devices import Broker, MessageFormat, MqttGateway, MqttParams, MqttVersion, Session, Subscription
from yuanli.errors import Text
from yuanli.operations import Intake, IntakeParams, StoreUnavailableError, Written
from yuanli.telemetry import Readings, TopicTemplate, make_book

CAMPUS = CampusId("park")
POINTS = ("d1/t", "d1/h", "d2/t", "edge1/temp")


class GatedStore(MemoryReadingStore):
    """Writes only while its gate is open; while `broken` it says that it can't."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Event()
        self.gate.set()
        self.broken = False

    def write(self, readings: Readings) -> Written:
        assert self.gate.wait(20)
        if self.broken:
            raise StoreUnavailableError(Text("磁盘已满", "the disk is full"))
        return super().write(readings)


def intake_on(store: MemoryReadingStore, params: IntakeParams = IntakeParams()) -> Intake:
    points = [DataPoint(id=PointId(FeatureId(name)), brick_class="Point") for name in POINTS]
    book = make_book(points)
    return Intake(
        store, lambda _: book, clock=lambda: datetime.now(UTC), convert=lambda value, *_: value, params=params
    )


class Site:
    """Topics and client ids that nobody else uses."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.prefix = f"yuanli-test/{uuid4().hex}"
        self.client_id = f"yuanli-test-{uuid4().hex}"

    def gateway(
        self,
        store: MemoryReadingStore,
        params: MqttParams = MqttParams(),
        *,
        version: MqttVersion = MqttVersion.V5,
        format: MessageFormat = MessageFormat.JSON,
        template: str | None = None,
        client: str = "",
        in_flight: int = 5_000,
        intake: Intake | None = None,
    ) -> MqttGateway:
        subscription = Subscription(
            campus_id=CAMPUS, template=TopicTemplate(template or f"{self.prefix}/{{device}}"), format=format
        )
        session = Session(client_id=self.client_id + client, version=version, in_flight=in_flight)
        return MqttGateway(self.broker, session, [subscription], intake or intake_on(store), params)

    @asynccontextmanager
    async def device(self) -> AsyncIterator[aiomqtt.Client]:
        async with aiomqtt.Client(
            self.broker.host, self.broker.port, identifier=f"dev-{uuid4().hex}"
        ) as client:
            client.pending_calls_threshold = 1_000
            yield client

    async def send(self, client: aiomqtt.Client, device: str, ts: int, **values: float) -> None:
        await client.publish(f"{self.prefix}/{device}", json.dumps({"ts": ts, "values": values}), qos=1)

    async def forget(self, *clients: str) -> None:
        """End the sessions that the broker keeps."""
        for client in clients or ("",):
            async with aiomqtt.Client(
                self.broker.host, self.broker.port, identifier=self.client_id + client, clean_session=True
            ):
                pass


@asynccontextmanager
async def running(gateway: MqttGateway) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(gateway.run())
    try:
        await until(lambda: gateway.state().connected or task.done())
        yield task
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it does not happen"
        await asyncio.sleep(0.01)
