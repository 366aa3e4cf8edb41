"""Commands by MQTT: published on the command topic, acknowledged by the broker."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import aiomqtt
import pytest
from tests.devices.conftest import OwnBroker
from tests.devices.fields import asked
from tests.loops import run_apart

from yuanli.campus import CampusId
from yuanli.devices import Broker, CommandTopic, CommandTopicError, MqttVersion, MqttWriter, MqttWriterParams
from yuanli.errors import UnavailableError
from yuanli.operations import Answer


@pytest.mark.parametrize("version", MqttVersion)
def test_a_simulated_device_hears_its_commands(named_broker: Broker, version: MqttVersion) -> None:
    park = CampusId(f"yuanli-test-{uuid4().hex}")
    writer = MqttWriter(named_broker, CommandTopic("{campus}/{point}/set"), campus_id=park, version=version)

    async def tried() -> None:
        async with aiomqtt.Client(named_broker.host, named_broker.port) as device:
            await device.subscribe(f"{park}/+/set", qos=1)
            assert await asked(lambda: writer.write("lamp-1", 1.0)) == Answer(acknowledged=True)
            await asked(lambda: writer.write("lamp-1", None))
            async with asyncio.timeout(10):
                heard = [await anext(aiter(device.messages)) for _ in range(2)]
        assert [str(message.topic) for message in heard] == [f"{park}/lamp-1/set"] * 2
        bodies = [json.loads(message.payload) for message in heard]
        assert [body["value"] for body in bodies] == [1.0, None]
        assert all(isinstance(body["ts"], int) for body in bodies)

    run_apart(tried())


def test_a_broker_that_is_gone_means_that_nothing_was_changed(own_broker: OwnBroker) -> None:
    address = own_broker.address
    own_broker.stop()
    writer = MqttWriter(
        address, CommandTopic("{campus}/{point}/set"), campus_id=CampusId("park"),
        params=MqttWriterParams(timeout_s=1.0),
    )  # fmt: skip
    with pytest.raises(UnavailableError):
        writer.write("lamp-1", 1.0)


@pytest.mark.parametrize(
    "template", ["", "{campus}/set", "{campus}/{point}/{other}", "{point}/#", "{point", "{0}{point}"]
)
def test_what_makes_no_topic_is_refused(template: str) -> None:
    with pytest.raises(CommandTopicError):
        CommandTopic(template)


def test_a_point_with_a_wildcard_makes_no_topic() -> None:
    with pytest.raises(CommandTopicError):
        CommandTopic("{campus}/{point}/set").of(CampusId("park"), "a/#")
