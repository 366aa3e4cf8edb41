"""Commands by MQTT: a value is published on the command topic of its point, and acknowledged by the broker."""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

import aiomqtt

from yuanli.campus import CampusId
from yuanli.devices.brokers import Broker, MqttVersion, Session, make_client
from yuanli.errors import InvalidInputError, Text, UnavailableError
from yuanli.operations import Answer, FieldValue, FoundPoint, NoAnswerError
from yuanli.telemetry import Quality

NAMES = ("campus", "point")
WILDCARDS = frozenset("+#\0")


class CommandTopicError(InvalidInputError):
    """A template of command topics, or a point's id, makes no topic."""


@dataclass(frozen=True, slots=True)
class CommandTopic:
    """Where commands are published, such as `{campus}/{point}/set`.

    >>> CommandTopic("{campus}/{point}/set").of(CampusId("park"), "lamp-1")
    'park/lamp-1/set'
    """

    template: str

    def __post_init__(self) -> None:
        try:
            self.template.format(campus="c", point="p")
            good = "{point}" in self.template and not WILDCARDS & set(self.template)
        except (KeyError, ValueError, IndexError, AttributeError):
            good = False
        if not good:
            raise CommandTopicError(
                Text(f"指令主题模板无效：{self.template}", f"{self.template!r} is no template of command topics."),
                field="command_topic",
                hint=Text("例如 {campus}/{point}/set。", "Write such as {campus}/{point}/set."),
            )  # fmt: skip

    def of(self, campus_id: CampusId, point: str) -> str:
        """Return the topic of a point."""
        if WILDCARDS & set(point + campus_id) or not point:
            raise CommandTopicError(
                Text(f"点位 {point} 不能作主题。", f"The point {point!r} makes no topic."),
                field="point",
                hint=Text("编号中不能有 + 和 #。", "Ids must not have + or #."),
            )
        return self.template.format(campus=campus_id, point=point)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttWriterParams:
    """How long a broker may take to connect and to acknowledge."""

    timeout_s: float = 5.0


class MqttWriter:
    """Fills `DeviceGateway`: `{"value": 1, "ts": …}` with QoS 1 on the command topic; the broker acknowledges.

    What the device makes of it comes as a reading. A connection is made for each command: they are rare.
    """

    def __init__(
        self,
        broker: Broker,
        topic: CommandTopic,
        *,
        campus_id: CampusId,
        version: MqttVersion = MqttVersion.V5,
        params: MqttWriterParams = MqttWriterParams(),
    ) -> None:
        self._broker, self._topic, self._campus_id = broker, topic, campus_id
        self._version, self._params = version, params

    def write(self, address: str, value: float | None) -> Answer:
        """Publish a value; None gives the point back to its own control."""
        topic = self._topic.of(self._campus_id, address)
        body = json.dumps({"value": value, "ts": time.time_ns() // 1_000_000})
        with ThreadPoolExecutor(max_workers=1) as apart:  # a loop may run in this thread
            return apart.submit(asyncio.run, self._publish(topic, body)).result()

    def read(self, address: str) -> FieldValue:
        """Say that nothing is known: readings come by their own topics."""
        del address
        return FieldValue(value=None, quality=Quality.MISSING)

    def discover(self) -> tuple[FoundPoint, ...]:
        """Return nothing: a broker does not tell what listens."""
        return ()

    async def _publish(self, topic: str, body: str) -> Answer:
        client_id = f"yuanli-command-{SystemRandom().getrandbits(48):x}"
        session = Session(client_id=client_id, version=self._version, expiry_s=0)
        connected = False
        try:
            async with asyncio.timeout(self._params.timeout_s):
                async with make_client(self._broker, session) as client:
                    connected = True
                    await client.publish(topic, body, qos=1, timeout=self._params.timeout_s)
        except (aiomqtt.MqttError, OSError, TimeoutError) as error:
            raise _failed(self._broker, error, connected=connected) from error
        return Answer(acknowledged=True)


def _failed(broker: Broker, error: Any, *, connected: bool) -> UnavailableError:
    why = str(error) or type(error).__name__
    kind = NoAnswerError if connected else UnavailableError
    return kind(
        Text(f"MQTT 服务器 {broker} 没有确认：{why}", f"The broker {broker} did not acknowledge: {why}"),
        hint=Text("检查服务器和网络。", "Check the broker and the network."),
    )
