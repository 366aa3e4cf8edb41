"""Sparkplug B both ways through the house: a device is born, read, commanded under interlocks, and confirms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import aiomqtt
import pytest
from tests.api.house import CAMPUS, Clock, small_campus, small_house
from tests.devices.fields import asked, until
from tests.loops import run_apart
from tests.telemetry.test_sparkplug import payload

from yuanli.campus import DataPoint, Imported
from yuanli.devices import (
    Broker,
    SparkplugAddressError,
    SparkplugWriter,
    SparkplugWriterParams,
)
from yuanli.errors import UnavailableError
from yuanli.operations import Answer, CommandAction, CommandRequest, NoAnswerError, WriteState
from yuanli.telemetry import SparkplugNodes
from yuanli.telemetry.parsing.sparkplug_wire import payload_class

HIGHEST = 30.0
FLOAT = 9


class Device:
    """A node with one device and one set point, which goes no higher than 30 and holds on to what it has."""

    def __init__(self, broker: Broker, *, deaf: bool = False) -> None:
        self.broker, self.group, self.deaf = broker, f"yuanli-{uuid4().hex}", deaf
        self.value, self.sequence = 21.5, 0

    async def say(self, client: aiomqtt.Client, kind: str, *metrics: dict[str, object]) -> None:
        own = "" if kind[0] == "N" else "/ahu1"
        body = payload(*metrics, seq=self.sequence)
        self.sequence = (self.sequence + 1) % 256
        await client.publish(f"spBv1.0/{self.group}/{kind}/edge1{own}", body, qos=1)

    async def be_born(self, client: aiomqtt.Client) -> None:
        self.sequence = 0
        await self.say(client, "NBIRTH")
        told = {"name": "Set/Temp", "alias": 7, "datatype": FLOAT, "float_value": self.value}
        await self.say(client, "DBIRTH", told)

    async def obey(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            command = payload_class()()
            command.ParseFromString(message.payload)
            if "/NCMD/" in str(message.topic):
                await self.be_born(client)
            elif not self.deaf:
                (metric,) = command.metrics
                assert (metric.name, metric.datatype) == ("Set/Temp", FLOAT)
                self.value = metric.float_value if metric.float_value <= HIGHEST else self.value
                await self.say(client, "DDATA", {"alias": 7, "float_value": self.value})

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        async with aiomqtt.Client(self.broker.host, self.broker.port) as client:
            await client.subscribe(f"spBv1.0/{self.group}/NCMD/edge1", qos=1)
            await client.subscribe(f"spBv1.0/{self.group}/DCMD/edge1/ahu1", qos=1)
            task = asyncio.create_task(self.obey(client))
            await self.be_born(client)
            yield
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def test_a_device_is_read_commanded_and_confirms_under_interlocks(
    tmp_path: Path, named_broker: Broker
) -> None:
    device = Device(named_broker)
    gateway = {
        "name": "nodes", "campus": CAMPUS, "url": f"mqtt://{named_broker.host}:{named_broker.port}",
        "client_id": uuid4().hex, "sparkplug_commands": True,
        "subscriptions": [{"topic": f"spBv1.0/{device.group}/#", "format": "sparkplug"}],
    }  # fmt: skip
    house = small_house(tmp_path, Clock(), gateways=[gateway])
    campus = small_campus()
    extra = {"gateway": "nodes", "address": f"{device.group}/DCMD/edge1/ahu1/Set/Temp"}
    point = replace(
        campus.get("meter", DataPoint), brick_class="Zone_Air_Temperature_Setpoint", unit="°C", extra=extra, low=10.0
    )  # fmt: skip
    house.places.add(
        Imported(campus=replace(campus, features={**campus.features, point.id: point})), who="t", why="t", replace=True
    )  # fmt: skip

    def set_to(value: float) -> CommandRequest:
        return CommandRequest(action=CommandAction.SET, point_id=point.id, value=value)

    async def tried() -> None:
        await asyncio.to_thread(house.keep_connected)
        (mqtt,) = house.gateways
        await until(lambda: mqtt.connection().connected)
        async with device.working():
            await until(lambda: mqtt.connection().messages >= 2)
            done = await asked(lambda: house.commands.execute(CAMPUS, set_to(23.0), who="li"))
            assert [write.state for write in done.writes] == [WriteState.ACKNOWLEDGED]
            assert device.value == 23.0
            shown = await asked(lambda: house.commands.preview(CAMPUS, set_to(5.0), who="li"))
            assert not shown.allowed

    try:
        run_apart(tried())
    finally:
        house.close()
    assert device.value == 23.0


def test_what_a_device_does_not_do_is_told(named_broker: Broker) -> None:
    quick = SparkplugWriterParams(birth_s=3.0, confirm_s=2.0)
    device, deaf = Device(named_broker), Device(named_broker, deaf=True)
    writer = SparkplugWriter(named_broker, lambda group, node: SparkplugNodes(), params=quick)

    def write(own: Device, value: float | None, metric: str = "Set/Temp") -> Answer:
        return writer.write(f"{own.group}/DCMD/edge1/ahu1/{metric}", value)

    async def tried() -> None:
        async with device.working(), deaf.working():
            assert (await asked(lambda: write(device, 24.0))).acknowledged  # the node is born again first
            refused = await asked(lambda: write(device, 35.0))
            assert refused.message is not None
            assert refused.message.en.startswith("The device still tells 24")
            assert not (await asked(lambda: write(device, None))).acknowledged
            assert not (await asked(lambda: write(device, 1e39))).acknowledged
            with pytest.raises(NoAnswerError, match="tells no new value"):
                await asked(lambda: write(deaf, 22.0))
            with pytest.raises(UnavailableError, match="does not tell of a metric"):
                await asked(lambda: write(device, 1.0, "Other"))

    run_apart(tried())
    assert (device.value, deaf.value) == (24.0, 21.5)


@pytest.mark.parametrize("address", ["", "g/DCMD/n/m", "g/NDATA/n/m", "g/DCMD/n//m", "g/NCMD/+/m", "meter"])
def test_what_names_no_metric_is_refused(named_broker: Broker, address: str) -> None:
    with pytest.raises(SparkplugAddressError):
        SparkplugWriter(named_broker, lambda group, node: SparkplugNodes()).write(address, 1.0)
