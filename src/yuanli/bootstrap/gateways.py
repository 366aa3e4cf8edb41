"""The gateways that the settings name, and the thread in which they read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from yuanli.bootstrap.secrets import revealed
from yuanli.campus import CampusId
from yuanli.devices import (
    BacnetLine,
    Broker,
    CommandTopic,
    FieldGateway,
    FieldParams,
    KeptGateway,
    KeptIntake,
    Line,
    Link,
    MessageFormat,
    ModbusLine,
    MqttGateway,
    MqttParams,
    MqttVersion,
    MqttWriter,
    OpcUaLine,
    PullFormat,
    PullGateway,
    PullParams,
    PullSource,
    SparkplugWriter,
    SpoolParams,
    Subscription,
    Tls,
    load_addresses,
    load_periods,
    load_registers,
    parse_broker,
)
from yuanli.devices import Session as MqttSession
from yuanli.errors import Text, YuanliError
from yuanli.operations import Connection, DeviceGateways, ReadingIntake
from yuanli.settings import (
    FieldGatewaySettings,
    GatewaySettings,
    HttpGatewaySettings,
    MqttGatewaySettings,
    Settings,
    SubscriptionSettings,
)
from yuanli.telemetry import Columns, DecodeParams, Precision, TopicTemplate

STOP_S = 10.0
CAMPUS_WAIT_S = 5.0
FAILED_WAIT_S = 30.0
log = logging.getLogger(__name__)


class Gateway(Protocol):
    """What reads from the field until it is cancelled."""

    @property
    def link(self) -> Link:
        """Its line."""

    def connection(self) -> Connection:
        """Return how it is doing."""

    async def run(self) -> None:
        """Read until cancelled."""


class FaultyGateway:
    """A gateway of the settings that can't be made, and why."""

    def __init__(self, told: GatewaySettings, error: YuanliError) -> None:
        kind = told.protocol if isinstance(told, FieldGatewaySettings) else told.kind
        self.link = Link(name=told.name, kind=kind, campus_id=CampusId(told.campus))
        hint = error.hint or Text("", "")
        self.link.lost(
            Text(
                f"{error.message.zh}{hint.zh}改正后重新启动 yuanli。",
                f"{error.message.en} {hint.en} Then start yuanli again.".replace("  ", " "),
            )
        )

    def connection(self) -> Connection:
        """Return what is wrong with it."""
        return self.link.connection(messages=0, readings=0, duplicates=0, conflicts=0, refused=0)


def make_gateways(
    settings: Settings, intake: ReadingIntake, *, spooled: bool = True
) -> tuple[Gateway | FaultyGateway, ...]:
    """Make the gateways of the settings; nothing is connected yet, and one that can't be made stops no other.

    Parameters
    ----------
    spooled
        Keep what is polled in spools under the data folder until it is stored; not where the intake is a spool itself.
    """
    return tuple(_made(one, intake, settings.data_dir, spooled) for one in settings.gateways)


def _made(
    told: GatewaySettings, intake: ReadingIntake, folder: Path, spooled: bool
) -> Gateway | FaultyGateway:
    try:
        if isinstance(told, MqttGatewaySettings):
            return _mqtt(told, intake, folder)
        if not spooled:
            return _polling(told, intake)
        kept = KeptIntake(
            folder / "spools" / f"{told.name}.db",
            intake,
            spool=SpoolParams(most_bytes=1_000_000 * told.spool_mb),
        )
        return KeptGateway(_polling(told, kept), kept)
    except YuanliError as error:
        return FaultyGateway(told, error)


def add_writers(
    settings: Settings, gateways: Sequence[Gateway | FaultyGateway], writers: DeviceGateways
) -> None:
    """Let those gateways be written through that can be."""
    for told, gateway in zip(settings.gateways, gateways, strict=True):
        campus_id = CampusId(told.campus)
        own = gateway.inner if isinstance(gateway, KeptGateway) else gateway
        if isinstance(told, FieldGatewaySettings) and isinstance(own, FieldGateway):
            addresses = load_addresses(told.points, gateway=told.name)
            writers.add(told.name, own, campus_id=campus_id, addresses=addresses)
        elif (
            isinstance(told, MqttGatewaySettings) and told.sparkplug_commands and isinstance(own, MqttGateway)
        ):
            node_writer = SparkplugWriter(_broker(told), own.births_of, version=MqttVersion(told.version))
            writers.add(told.name, node_writer, campus_id=campus_id, addresses={})
        elif isinstance(told, MqttGatewaySettings) and told.command_topic is not None:
            writer = MqttWriter(
                _broker(told), CommandTopic(told.command_topic), campus_id=campus_id, version=MqttVersion(told.version)
            )  # fmt: skip
            writers.add(told.name, writer, campus_id=campus_id)


def _polling(
    told: HttpGatewaySettings | FieldGatewaySettings, intake: ReadingIntake
) -> PullGateway | FieldGateway:
    return _pull(told, intake) if isinstance(told, HttpGatewaySettings) else _field(told, intake)


def _field(told: FieldGatewaySettings, intake: ReadingIntake) -> FieldGateway:
    url = told.url.get_secret_value()
    periods = load_periods(told.points, told.polling, every_s=told.every_s, gateway=told.name)
    line: Line
    if told.protocol == "modbus":
        line = ModbusLine(url, load_registers(told.points, gateway=told.name), timeout_s=told.timeout_s)
    else:
        points = load_addresses(told.points, gateway=told.name)
        line = (
            BacnetLine(url, points, priority=told.priority, timeout_s=told.timeout_s)
            if told.protocol == "bacnet"
            else OpcUaLine(
                url, points, every_ms=1_000 * told.every_s, timeout_s=told.timeout_s, periods_s=periods
            )
        )
    return FieldGateway(
        line, intake, campus_id=CampusId(told.campus), name=told.name, kind=told.protocol,
        params=FieldParams(every_s=told.every_s), periods=periods,
    )  # fmt: skip


class GatewayThread:
    """Runs gateways on an event loop of their own, so that neither they nor requests wait for each other.

    Parameters
    ----------
    find_campus
        Raises where there is no such campus: its gateway waits until there is, and what is sent meanwhile stays
        where it is.
    """

    def __init__(
        self, gateways: Sequence[Gateway | FaultyGateway], find_campus: Callable[[CampusId], object]
    ) -> None:
        self._faulty = tuple(one for one in gateways if isinstance(one, FaultyGateway))
        self._gateways = tuple(one for one in gateways if not isinstance(one, FaultyGateway))
        self._find_campus = find_campus
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._begun = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._run()), name="gateways", daemon=True)

    def start(self) -> None:
        """Begin to read; tell which can't."""
        for gateway in self._faulty:
            log.error("Gateway %s can't start: %s", gateway.link.name, gateway.link.last_error)
        if self._gateways:
            self._thread.start()
            self._begun.wait(STOP_S)

    def stop(self) -> None:
        """Stop reading; what was not written yet stays at the brokers and in the spools."""
        if self._loop is not None and self._stopping is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(STOP_S)

    async def _run(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._begun.set()
        tasks = [asyncio.create_task(self._keep(gateway)) for gateway in self._gateways]
        await self._stopping.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, gateway: Gateway) -> None:
        """Run one gateway, whatever happens to it, until cancelled."""
        while True:
            await self._wait_for_campus(gateway)
            try:
                await gateway.run()
            except YuanliError as error:
                log.error("Gateway %s can't run, and tries again: %s", gateway.link.name, error)
                gateway.link.lost(error.message)
                await asyncio.sleep(FAILED_WAIT_S)
            except Exception as error:  # the gateway's outermost loop: others go on, and so will it
                log.exception("Gateway %s failed, and begins anew", gateway.link.name)
                gateway.link.lost(
                    Text(f"内部错误：{type(error).__name__}", f"It failed: {type(error).__name__}")
                )
                await asyncio.sleep(FAILED_WAIT_S)

    async def _wait_for_campus(self, gateway: Gateway) -> None:
        told = False
        while True:
            try:
                await asyncio.to_thread(self._find_campus, gateway.link.campus_id)
            except YuanliError as error:
                gateway.link.lost(error.message)
                if not told:
                    log.warning("Gateway %s waits: %s", gateway.link.name, error)
                told = True
                await asyncio.sleep(CAMPUS_WAIT_S)
            else:
                return


def _mqtt(told: MqttGatewaySettings, intake: ReadingIntake, folder: Path) -> MqttGateway:
    broker = _broker(told)
    births = None
    if any(one.format == "sparkplug" for one in told.subscriptions):
        births = folder / "births" / f"{told.name}.json"
    return MqttGateway(
        broker,
        MqttSession(client_id=told.client_id or f"yuanli-{told.name}", version=MqttVersion(told.version)),
        [_subscription(one, CampusId(told.campus)) for one in told.subscriptions],
        intake,
        MqttParams(share_group=told.share_group, refusals_topic=told.refusals_topic, births=births),
        name=told.name,
    )


def _broker(told: MqttGatewaySettings) -> Broker:
    tls = Tls(ca=told.ca_file, certificate=told.cert_file, key=told.key_file)
    return parse_broker(told.url.get_secret_value(), tls=tls)


def _subscription(told: SubscriptionSettings, campus_id: CampusId) -> Subscription:
    return Subscription(
        campus_id=campus_id,
        template=TopicTemplate(told.topic),
        format=MessageFormat(told.format),
        precision=Precision(told.precision),
        params=_decoding(told.zone),
    )


def _pull(told: HttpGatewaySettings, intake: ReadingIntake) -> PullGateway:
    headers = {name: value.get_secret_value() for name, value in told.headers.items()}
    token = revealed(told.token)
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    source = PullSource(
        campus_id=CampusId(told.campus),
        url=told.url.get_secret_value(),
        format=PullFormat(told.format),
        headers=headers,
        precision=Precision(told.precision),
        columns=_columns(told.columns),
        decoding=_decoding(told.zone),
    )
    params = PullParams(every_s=told.every_s, timeout_s=told.timeout_s)
    return PullGateway(source, intake, params, name=told.name)


def _columns(told: Mapping[str, str] | None) -> Columns | None:
    if told is None:
        return None
    others: dict[str, Any] = {name: header for name, header in told.items() if name != "time"}
    return replace(Columns(time=told["time"]), **others)


def _decoding(zone: str | None) -> DecodeParams:
    return DecodeParams(zone=None if zone is None else ZoneInfo(zone))
