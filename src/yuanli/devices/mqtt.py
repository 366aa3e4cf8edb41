"""Readings by MQTT: many messages to one write, each acknowledged only when its readings are on disk."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import Any, TypeVar

import aiomqtt
from paho.mqtt.client import MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode

from yuanli.campus import CampusId
from yuanli.devices.brokers import Broker, Session, acknowledge, make_client, paho_of
from yuanli.devices.links import Link
from yuanli.devices.messages import Message, MessageReader, Subscription
from yuanli.errors import NotFoundError, Text, UnavailableError
from yuanli.operations import Connection, Delivery, ReadingIntake, RefusedRow
from yuanli.telemetry import SparkplugNodes, SparkplugTopic, UnreadableMessageError, rebirth_command

log = logging.getLogger(__name__)
TOLD_ROWS = 20
REBIRTH_WAIT_S = 60.0
REFUSED_CODE = 128
A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttParams:
    """How messages are gathered, bounded and asked for again.

    Parameters
    ----------
    share_group
        Several gateways with this name share the messages among them (`$share/…`). Not for Sparkplug, whose data
        mean nothing to a gateway that missed the births.
    most_messages, most_bytes
        What may wait here; beyond it nothing is read from the broker until half of it is written.
    batch_messages
        The most messages of one write.
    gather_s
        How long a write waits for more messages.
    refusals_topic
        Where refused rows are told, as JSON under the topic of their message; nowhere where it is None.
    births
        A file that keeps what Sparkplug nodes told at birth over a restart.
    """

    share_group: str | None = None
    most_messages: int = 20_000
    most_bytes: int = 32_000_000
    batch_messages: int = 2_000
    gather_s: float = 0.02
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    refusals_topic: str | None = None
    births: Path | None = None

    def __post_init__(self) -> None:
        if min(self.most_messages, self.most_bytes, self.batch_messages) < 1:
            raise ValueError("at least one message and one byte may wait")
        if self.gather_s < 0 or not 0 < self.first_wait_s <= self.longest_wait_s:
            raise ValueError("waits are positive, the first no longer than the longest")


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttState:
    """How a gateway is doing; `paused` counts how often it stopped reading because too much waited."""

    connected: bool
    messages: int
    readings: int
    duplicates: int
    conflicts: int
    refused: int
    acknowledged: int
    waiting: int
    waiting_bytes: int
    paused: int
    last_refused: tuple[RefusedRow, ...]


@dataclass(slots=True)
class _Counts:
    messages: int = 0
    readings: int = 0
    duplicates: int = 0
    conflicts: int = 0
    refused: int = 0
    acknowledged: int = 0
    paused: int = 0


@dataclass(slots=True)
class _Outcome:
    """What a written batch leads to: rows that were refused, by topic, and nodes to be born again."""

    readings: int = 0
    duplicates: int = 0
    conflicts: int = 0
    refused: dict[str, list[RefusedRow]] = field(default_factory=lambda: defaultdict(list))
    reborn: list[SparkplugTopic] = field(default_factory=list)


_ByCampus = defaultdict[CampusId, list[tuple[str, Delivery]]]
"""Deliveries and their topics."""


class SubscriptionRefusedError(UnavailableError):
    """The broker does not let us read a topic."""


class MqttGateway:
    """Reads topics of a broker into the intake until it is cancelled."""

    def __init__(
        self,
        broker: Broker,
        session: Session,
        subscriptions: Sequence[Subscription],
        intake: ReadingIntake,
        params: MqttParams = MqttParams(),
        *,
        name: str = "",
    ) -> None:
        self.link = Link(name=name, kind="mqtt", campus_id=subscriptions[0].campus_id)
        self._broker, self._session, self._intake, self._params = broker, session, intake, params
        self._subscriptions = tuple(subscriptions)
        self._reader = MessageReader(subscriptions, name)
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._client: aiomqtt.Client | None = None
        self._subscribed = False
        self._paused_socket: int | None = None
        self._counts = _Counts()
        self._refused: deque[RefusedRow] = deque(maxlen=100)
        self._asked: dict[tuple[str, str], float] = {}
        self._working: asyncio.Future[Any] | None = None
        self._rng = SystemRandom()

    def state(self) -> MqttState:
        """Return how it is doing."""
        counts = self._counts
        return MqttState(
            connected=self._subscribed,
            waiting=len(self._waiting),
            waiting_bytes=self._bytes,
            last_refused=tuple(self._refused),
            **asdict(counts),
        )

    def births_of(self, group: str, node: str) -> SparkplugNodes:
        """Return what a Sparkplug node told at its births, for who writes to it."""
        return self._reader.births_of(group, node)

    def connection(self) -> Connection:
        """Return how it is doing, as people want to know it."""
        counts = self._counts
        return self.link.connection(
            messages=counts.messages, readings=counts.readings, duplicates=counts.duplicates,
            conflicts=counts.conflicts, refused=counts.refused,
        )  # fmt: skip

    async def run(self) -> None:
        """Read until cancelled; a lost broker is asked again, and told in the log once when lost and once when back."""
        await asyncio.to_thread(self._restore_births)
        lost, wait_s = False, self._params.first_wait_s
        while True:
            began = time.monotonic()
            try:
                await self._connected(lost)
            except (aiomqtt.MqttError, OSError, UnavailableError) as error:
                if self._subscribed or not lost:
                    log.warning("MQTT broker %s is lost: %s", self._broker, error)
                lost = True
                self.link.lost(_why(error, self._broker))
            finally:
                self._client, self._subscribed = None, False
                self._forget_waiting()
            if time.monotonic() - began > self._params.longest_wait_s:
                wait_s = self._params.first_wait_s
            await asyncio.sleep(wait_s * (0.5 + self._rng.random()))
            wait_s = min(2 * wait_s, self._params.longest_wait_s)

    async def _connected(self, lost: bool) -> None:
        """Read over one connection until it breaks."""
        if self._working is not None:
            await asyncio.wait([self._working])
        client = make_client(self._broker, self._session, on_message=self._receive)
        async with client:
            self._client = client
            await self._subscribe(client)
            self._subscribed = True
            self.link.back()
            if lost:
                log.info("MQTT broker %s is back", self._broker)
            watching = asyncio.create_task(_watch(client))
            writing = asyncio.create_task(self._write_all(client))
            try:
                done, _ = await asyncio.wait((watching, writing), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (watching, writing):
                    task.cancel()
                await asyncio.gather(watching, writing, return_exceptions=True)
            for task in done:
                task.result()

    async def _subscribe(self, client: aiomqtt.Client) -> None:
        share = f"$share/{self._params.share_group}/" if self._params.share_group else ""
        for subscription in self._subscriptions:
            topic = share + subscription.template.filter
            answers = await client.subscribe(topic, qos=1)
            if any(_code_of(answer) >= REFUSED_CODE for answer in answers):
                raise SubscriptionRefusedError(
                    Text(
                        f"MQTT 服务器不允许订阅 {topic}。",
                        f"The broker does not let us subscribe to {topic}.",
                    ),
                    field="topic",
                    hint=Text("检查该用户的权限。", "Check what this user may read."),
                )

    def _receive(self, message: MQTTMessage) -> None:
        """Take a message from the socket, in the event loop."""
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        told_by = self._params.refusals_topic
        if told_by is not None and topic.startswith(f"{told_by}/") and self._client is not None:
            # what was refused is no reading, though it may come back by a topic as wide as `#`
            acknowledge(self._client, [(message.mid, message.qos)])
            return
        self._waiting.append(
            Message(topic, bytes(message.payload), time.time_ns() // 1_000, message.mid, message.qos)
        )
        self._bytes += len(message.payload)
        self._counts.messages += 1
        self.link.heard()
        self._arrived.set()
        if len(self._waiting) >= self._params.most_messages or self._bytes >= self._params.most_bytes:
            self._pause()

    def _pause(self) -> None:
        """Read nothing more, so that the broker has to keep it."""
        if self._client is not None and self._paused_socket is None:
            socket = paho_of(self._client).socket()
            if socket is not None:
                self._paused_socket = socket.fileno()
                asyncio.get_running_loop().remove_reader(self._paused_socket)
                self._counts.paused += 1

    def _resume(self, client: aiomqtt.Client) -> None:
        """Read again, when half of what may wait is written."""
        half = (
            2 * len(self._waiting) < self._params.most_messages and 2 * self._bytes < self._params.most_bytes
        )
        if self._paused_socket is not None and half:
            paho = paho_of(client)
            socket = paho.socket()
            if socket is not None and socket.fileno() == self._paused_socket:
                asyncio.get_running_loop().add_reader(self._paused_socket, paho.loop_read)
            self._paused_socket = None

    def _forget_waiting(self) -> None:
        """Forget what was not acknowledged: the broker sends it again, under new numbers."""
        self._waiting.clear()
        self._bytes, self._paused_socket = 0, None
        self._arrived.clear()

    async def _write_all(self, client: aiomqtt.Client) -> None:
        while True:
            await self._arrived.wait()
            if len(self._waiting) < self._params.batch_messages and self._params.gather_s:
                await asyncio.sleep(self._params.gather_s)
            batch = [
                self._waiting.popleft() for _ in range(min(len(self._waiting), self._params.batch_messages))
            ]
            if not self._waiting:
                self._arrived.clear()
            outcome = await self._write(batch)
            acknowledge(client, [(message.number, message.qos) for message in batch])
            self._bytes -= sum(len(message.payload) for message in batch)
            self._counts.acknowledged += len(batch)
            self._counts.readings += outcome.readings
            self._counts.duplicates += outcome.duplicates
            self._counts.conflicts += outcome.conflicts
            self._resume(client)
            await self._tell(client, outcome)

    async def _write(self, batch: list[Message]) -> _Outcome:
        """Write a batch, again and again while the store or the intake takes nothing; told once in the log."""
        outcome = _Outcome()
        deliveries = await self._in_thread(self._read, batch, outcome)
        wait_s, told = self._params.first_wait_s, False
        while True:
            try:
                await self._in_thread(self._take, deliveries, outcome)
            except UnavailableError as error:
                if not told:
                    log.warning("Readings from MQTT can't be written and wait at the broker: %s", error)
                    self.link.failed(error.message)
                told = True
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, self._params.longest_wait_s)
            else:
                if told:
                    log.info("Readings from MQTT are written again")
                return outcome

    async def _in_thread(self, work: Callable[[A, _Outcome], R], given: A, outcome: _Outcome) -> R:
        """Work in a thread that is waited for before the next, even where this connection breaks."""
        task = asyncio.ensure_future(asyncio.to_thread(work, given, outcome))
        self._working = task
        return await asyncio.shield(task)

    def _read(self, batch: list[Message], outcome: _Outcome) -> _ByCampus:
        by_campus: _ByCampus = defaultdict(list)
        for message in batch:
            delivery = self._reader.read(message)
            if delivery is not None:
                by_campus[delivery.campus_id].append((message.topic, delivery))
        if self._reader.births_changed:
            self._keep_births()
        outcome.reborn, self._reader.reborn = self._reader.reborn, []
        return by_campus

    def _take(self, by_campus: _ByCampus, outcome: _Outcome) -> None:
        """Hand what was read to the intake, each campus once."""
        for campus_id in list(by_campus):
            deliveries = by_campus[campus_id]
            try:
                receipt = self._intake.take([delivery for _, delivery in deliveries], partial=True)
            except NotFoundError as error:
                log.warning("Readings for campus %s are refused: %s", campus_id, error)
                outcome.refused[deliveries[0][0]].append(
                    RefusedRow(delivery=0, row=0, field="campus", value=campus_id, message=error.message)
                )
            else:
                outcome.readings += receipt.kept + receipt.duplicates + receipt.conflicts
                outcome.duplicates += receipt.duplicates
                outcome.conflicts += receipt.conflicts
                for row in receipt.refused:
                    outcome.refused[deliveries[row.delivery][0]].append(row)
            del by_campus[campus_id]

    async def _tell(self, client: aiomqtt.Client, outcome: _Outcome) -> None:
        """Say which rows were refused, and ask nodes to be born again."""
        for topic, rows in outcome.refused.items():
            if not self._counts.refused:
                first = rows[0]
                log.warning(
                    "Readings are refused; the first on %s, %s: %s", topic, first.field, first.message
                )
            self._counts.refused += len(rows)
            self.link.failed(_refusal(topic, rows[0]))
            self._refused.extend(rows[:TOLD_ROWS])
            if self._params.refusals_topic is not None:
                told = {
                    "topic": topic,
                    "count": len(rows),
                    "refused": [asdict(row) for row in rows[:TOLD_ROWS]],
                }
                await client.publish(
                    f"{self._params.refusals_topic}/{topic}", json.dumps(told, ensure_ascii=False), qos=0
                )
        for reborn in outcome.reborn:
            node = (reborn.group, reborn.node)
            now = time.monotonic()
            if now - self._asked.get(node, -REBIRTH_WAIT_S) >= REBIRTH_WAIT_S:
                self._asked[node] = now
                command, payload = rebirth_command(reborn)
                await client.publish(command, payload, qos=0)

    def _keep_births(self) -> None:
        """Keep births on disk before they are acknowledged: the broker won't send them again."""
        if self._params.births is not None:
            self._params.births.parent.mkdir(parents=True, exist_ok=True)
            part = self._params.births.with_suffix(".part")
            with part.open("w", encoding="utf-8") as file:
                json.dump(self._reader.births(), file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._params.births)
            folder = os.open(self._params.births.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _restore_births(self) -> None:
        if self._params.births is not None and self._params.births.is_file():
            try:
                self._reader.restore_births(json.loads(self._params.births.read_text("utf-8")))
            except (OSError, ValueError, UnreadableMessageError) as error:
                log.warning(
                    "Births in %s can't be read; nodes are asked again: %s", self._params.births, error
                )


def _why(error: Exception, broker: Broker) -> Text:
    if isinstance(error, UnavailableError):
        return error.message
    return Text(f"连不上 MQTT 服务器 {broker}：{error}", f"MQTT broker {broker} can't be reached: {error}")


def _refusal(topic: str, row: RefusedRow) -> Text:
    return Text(
        f"主题 {topic} 的读数被拒收：{row.message.zh}", f"Readings on {topic} are refused: {row.message.en}"
    )


def _code_of(answer: int | ReasonCode) -> int:
    return answer if isinstance(answer, int) else answer.value


async def _watch(client: aiomqtt.Client) -> None:
    """Wait until the connection breaks, which the iterator of messages tells by its error."""
    async for _ in client.messages:
        pass
