"""Commands in Sparkplug B: a metric is written by NCMD or DCMD, and the device's next data confirm it."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import SystemRandom

import aiomqtt

from yuanli.devices.brokers import Broker, MqttVersion, Session, make_client
from yuanli.errors import InvalidInputError, Text, UnavailableError
from yuanli.operations import Answer, FieldValue, FoundPoint, NoAnswerError
from yuanli.telemetry import (
    Quality,
    SparkplugMetric,
    SparkplugNodes,
    metric_command,
    rebirth_command,
)

WILDCARDS = frozenset("+#\0")


class SparkplugAddressError(InvalidInputError):
    """An address names no metric of a Sparkplug node or device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkplugWriterParams:
    """How long a broker may take, a node to be born again, and a device to say what became of a command."""

    broker_s: float = 5.0
    birth_s: float = 5.0
    confirm_s: float = 10.0


def parse_metric(address: str) -> SparkplugMetric:
    """Read an address: `group/NCMD/node/metric` or `group/DCMD/node/device/metric`; metrics may have slashes.

    >>> parse_metric("park/DCMD/edge1/ahu1/Set/Temp")
    SparkplugMetric(group='park', node='edge1', device='ahu1', name='Set/Temp')

    Raises
    ------
    SparkplugAddressError
        It is none.
    """
    parts = address.split("/", 4 if "/DCMD/" in address else 3)
    good = len(parts) == {"DCMD": 5, "NCMD": 4}.get(parts[1] if len(parts) > 1 else "")
    if not good or not all(parts) or any(WILDCARDS & set(part) for part in parts[:-1]):
        raise SparkplugAddressError(
            Text(f"不是 Sparkplug 指标地址：{address[:80]}", f"{address[:80]!r} is no address of a Sparkplug metric."),
            field="address",
            hint=Text(
                "应为 组/DCMD/节点/设备/指标，或 组/NCMD/节点/指标。",
                "Write group/DCMD/node/device/metric, or group/NCMD/node/metric.",
            ),
        )  # fmt: skip
    return SparkplugMetric(
        group=parts[0], node=parts[2], device=parts[3] if parts[1] == "DCMD" else None, name=parts[-1]
    )


class SparkplugWriter:
    """Fills `DeviceGateway`: a command is acknowledged when the device's data tell the value that was written.

    A connection is made for each command: they are rare.

    Parameters
    ----------
    births
        Returns what is known of a node (group and name); where it is too little, the node is asked to be born again.
    """

    def __init__(
        self,
        broker: Broker,
        births: Callable[[str, str], SparkplugNodes],
        *,
        version: MqttVersion = MqttVersion.V5,
        params: SparkplugWriterParams = SparkplugWriterParams(),
    ) -> None:
        self._broker, self._births, self._version, self._params = broker, births, version, params

    def write(self, address: str, value: float | None) -> Answer:
        """Write a metric, and wait for what the device says; Sparkplug can't give back, so None is refused."""
        metric = parse_metric(address)
        if value is None:
            return Answer(
                acknowledged=False,
                message=Text("Sparkplug 不能交还控制。", "Sparkplug can't give control back."),
            )
        with ThreadPoolExecutor(max_workers=1) as apart:  # a loop may run in this thread
            return apart.submit(asyncio.run, self._write(metric, value)).result()

    def read(self, address: str) -> FieldValue:
        """Say that nothing is known: readings come by their own topics."""
        del address
        return FieldValue(value=None, quality=Quality.MISSING)

    def discover(self) -> tuple[FoundPoint, ...]:
        """Return nothing: what a node has comes with its birth."""
        return ()

    async def _write(self, metric: SparkplugMetric, value: float) -> Answer:
        session = Session(
            client_id=f"yuanli-command-{SystemRandom().getrandbits(48):x}", version=self._version, expiry_s=0
        )
        nodes, sent = self._births(metric.group, metric.node), False
        try:
            async with make_client(self._broker, session) as client:
                async with asyncio.timeout(self._params.broker_s):
                    for topic in metric.topics:
                        await client.subscribe(topic, qos=1)
                kind = nodes.find_datatype(metric)
                if kind is None:
                    kind = await self._born_again(client, nodes, metric)
                try:
                    topic, body = metric_command(metric, value, kind, at_ms=time.time_ns() // 1_000_000)
                except InvalidInputError as error:
                    return Answer(acknowledged=False, message=error.message)
                sent = True
                await client.publish(topic, body, qos=1, timeout=self._params.broker_s)
                return await self._confirmed(client, nodes, metric, value)
        except (aiomqtt.MqttError, OSError, TimeoutError) as error:
            why = str(error) or type(error).__name__
            known = self._broker
            raise (NoAnswerError if sent else UnavailableError)(
                Text(f"MQTT 服务器 {known} 没有确认：{why}", f"The broker {known} did not acknowledge: {why}"),
                hint=Text("检查服务器和网络。", "Check the broker and the network."),
            ) from error  # fmt: skip

    async def _born_again(
        self, client: aiomqtt.Client, nodes: SparkplugNodes, metric: SparkplugMetric
    ) -> int:
        """Ask a node for its births, and return the kind of the metric that they tell."""
        topic, body = rebirth_command(metric)
        await client.publish(topic, body, qos=1, timeout=self._params.broker_s)
        try:
            async with asyncio.timeout(self._params.birth_s):
                async for message in client.messages:
                    _learn(nodes, message)
                    kind = nodes.find_datatype(metric)
                    if kind is not None:
                        return kind
        except TimeoutError:
            pass
        raise UnavailableError(
            Text(f"节点 {metric.node} 没有报出指标 {metric.name}。",
                f"The node {metric.node} does not tell of a metric {metric.name}.",),
            hint=Text("检查地址，以及节点是否在线。", "Check the address, and whether the node is there."),
        )  # fmt: skip

    async def _confirmed(
        self, client: aiomqtt.Client, nodes: SparkplugNodes, metric: SparkplugMetric, value: float
    ) -> Answer:
        """Wait until the device's data tell the value; another one that they tell meanwhile may be from before."""
        told: float | None = None
        try:
            async with asyncio.timeout(self._params.confirm_s):
                async for message in client.messages:
                    now = _learn(nodes, message).get((metric.device, metric.name))
                    if now is None:
                        continue
                    if math.isclose(now, value, rel_tol=1e-6, abs_tol=1e-9):
                        return Answer(acknowledged=True)
                    told = now
        except TimeoutError:
            pass
        if told is None:
            raise NoAnswerError(
                Text(
                    f"设备没有报出 {metric.name} 的新值。", f"The device tells no new value of {metric.name}."
                ),
                hint=Text("在设备上核对。", "Look at the device."),
            )
        return Answer(
            acknowledged=False,
            message=Text(
                f"设备仍报 {told:g}，未执行。", f"The device still tells {told:g}: it did not do it."
            ),
        )


def _learn(nodes: SparkplugNodes, message: aiomqtt.Message) -> dict[tuple[str | None, str], float]:
    """Return the values that a message tells, by device and metric; what can't be read tells none."""
    try:
        decoded = nodes.decode(str(message.topic), bytes(message.payload))
    except InvalidInputError:
        return {}
    return {(decoded.topic.device, row.point): row.value for row in decoded.rows}
