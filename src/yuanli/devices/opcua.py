"""OPC UA: browsed, subscribed to, written; status codes become our quality."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from yuanli.devices.field import Hear, LineLostError, Sample, missing_extra
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import Answer, FieldValue, FoundPoint, NoAnswerError
from yuanli.telemetry import Quality, from_opc_ua

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOST_NODES = 20_000
DEEPEST = 12
WRITE_BIT = 2


class OpcUaAddressError(InvalidInputError):
    """The address of an OPC UA server, or of a node, can't be read."""


class OpcUaLine:
    """Fills `Line`.

    Parameters
    ----------
    url
        `opc.tcp://user:password@host:4840/path`.
    nodes
        What is subscribed to: point → node id, such as `ns=2;s=Room.Temperature`.
    every_ms
        How often the server looks for changes.
    periods_s
        The same in seconds for single points: those of one period are one subscription.
    """

    def __init__(
        self, url: str, nodes: Mapping[str, str] | None = None, *, every_ms: float = 1_000.0, timeout_s: float = 4.0,
        periods_s: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        try:
            import asyncua
        except ImportError as error:
            raise missing_extra(error) from error
        self._ua: Any = asyncua
        self._gone = (OSError, TimeoutError, RuntimeError, EOFError, asyncua.ua.UaError)
        self._url, self._user, self._password = _address(url)
        self._nodes = dict(nodes or {})
        for text in self._nodes.values():
            self._node_id(text)
        self._every_ms, self._timeout_s, self._periods_s = every_ms, timeout_s, dict(periods_s or {})
        self._client: Any = None

    @property
    def name(self) -> str:
        """What it is called in the log."""
        return f"OPC UA {self._url.removeprefix('opc.tcp://')}"

    @property
    def addresses(self) -> dict[str, str]:
        """The node of each point."""
        return dict(self._nodes)

    async def connect(self) -> None:
        """Connect."""
        client = self._ua.Client(self._url, timeout=self._timeout_s)
        if self._user is not None:
            client.set_user(self._user)
            client.set_password(self._password or "")
        try:
            await client.connect()
        except self._gone as error:
            raise self._lost(error) from error
        self._client = client

    async def close(self) -> None:
        """Close."""
        client, self._client = self._client, None
        if client is not None:
            try:
                await asyncio.wait_for(client.disconnect(), self._timeout_s)
            except self._gone:
                return

    async def watch(self, hear: Hear) -> None:
        """Subscribe to all nodes; the server tells their values now, and each change."""
        paces: dict[float, dict[Any, str]] = defaultdict(dict)
        for point, text in self._nodes.items():
            own = self._periods_s.get(point)
            paces[self._every_ms if own is None else 1_000 * own][self._node_id(text)] = point
        for every_ms, points in paces.items():
            await self._subscribe(hear, every_ms, points)

    async def _subscribe(self, hear: Hear, every_ms: float, points: Mapping[Any, str]) -> None:
        client = self._connected()
        try:
            handler = _Changes(hear, points)
            subscription = await client.create_subscription(every_ms, handler)
            nodes = [client.get_node(node_id) for node_id in points]
            answers = await subscription.subscribe_data_change(nodes, queuesize=100)
        except self._gone as error:
            raise self._lost(error) from error
        for node_id, answer in zip(points, answers if isinstance(answers, list) else [answers], strict=True):
            if not isinstance(answer, int):  # the server refuses this node: it has no value
                hear(Sample(points[node_id], None, Quality.MISSING))

    async def poll(self, points: frozenset[str] | None = None) -> Sequence[Sample]:  # noqa: ARG002
        """Check that the server is there; values come by themselves."""
        try:
            client = self._connected()
            await client.check_connection()
            await client.get_node(self._ua.ua.ObjectIds.Server_ServerStatus_State).read_value()
        except LineLostError:
            raise
        except self._gone as error:
            raise self._lost(error) from error
        return ()

    async def read(self, address: str) -> FieldValue:
        """Read one node."""
        node = self._connected().get_node(self._node_id(address))
        try:
            value = await node.read_data_value(raise_on_bad_status=False)
        except self._ua.ua.UaStatusCodeError:
            return FieldValue(value=None, quality=Quality.MISSING)
        except self._gone as error:
            raise self._lost(error) from error
        number, quality, at = _told(value)
        return FieldValue(value=number, quality=quality, at=at)

    async def write(self, address: str, value: float | None) -> Answer:
        """Write one node, as the type that it has; OPC UA has nothing to give back to, so None is refused."""
        if value is None:
            return Answer(
                acknowledged=False, message=Text("OPC UA 不能交还控制。", "OPC UA can't give control back.")
            )
        ua = self._ua.ua
        node = self._connected().get_node(self._node_id(address))
        try:
            kind = await node.read_data_type_as_variant_type()
            await node.write_value(ua.DataValue(ua.Variant(_as_kind(value, kind.name), kind)))
        except ua.UaStatusCodeError as error:
            name = type(error).__name__
            return Answer(
                acknowledged=False, message=Text(f"服务器拒绝：{name}", f"The server refuses: {name}")
            )
        except (TypeError, ValueError, OverflowError) as error:
            return Answer(
                acknowledged=False, message=Text(f"值不合适：{error}", f"The value does not fit: {error}")
            )
        except self._gone as error:
            why = str(error) or type(error).__name__
            raise NoAnswerError(
                Text(f"{self.name} 没有回音：{why}", f"{self.name} does not answer: {why}")
            ) from error
        return Answer(acknowledged=True)

    async def discover(self) -> tuple[FoundPoint, ...]:
        """Browse everything under Objects, and return the variables that hold a number or a state."""
        client, found = self._connected(), list[FoundPoint]()
        try:
            await self._browse(client.nodes.objects, "", 0, found, set())
        except self._gone as error:
            raise self._lost(error) from error
        return tuple(found)

    async def _browse(
        self, node: Any, path: str, depth: int, found: list[FoundPoint], seen: set[Any]
    ) -> None:
        if depth > DEEPEST or node.nodeid in seen or len(found) >= MOST_NODES:
            return
        seen.add(node.nodeid)
        for child in await node.get_children_descriptions():
            if child.NodeId.NamespaceIndex == 0:  # the server's own
                continue
            own = self._connected().get_node(child.NodeId)
            name = child.DisplayName.Text or child.BrowseName.Name or str(child.NodeId)
            if child.NodeClass is self._ua.ua.NodeClass.Variable:
                point = await self._point(own, name, path)
                if point is not None:
                    found.append(point)
            await self._browse(own, f"{path}/{name}" if path else name, depth + 1, found, seen)

    async def _point(self, node: Any, name: str, path: str) -> FoundPoint | None:
        ua = self._ua.ua
        value = await node.read_data_value(raise_on_bad_status=False)
        number, _, _ = _told(value)
        kind = value.Value.VariantType.name if value.Value is not None else ""
        if number is None and kind not in NUMBERS:
            return None
        access = await node.read_attribute(ua.AttributeIds.UserAccessLevel, raise_on_bad_status=False)
        low = high = unit = None
        for one in await node.get_properties():
            title = (await one.read_browse_name()).Name
            if title == "EURange":
                span = await one.read_value()
                low, high = float(span.Low), float(span.High)
            elif title == "EngineeringUnits":
                unit = (await one.read_value()).DisplayName.Text
        return FoundPoint(
            address=node.nodeid.to_string(), name=name, device=path, unit=unit, low=low, high=high,
            writable=bool(int(access.Value.Value or 0) & WRITE_BIT) if access.Value is not None else False,
            value=number,
        )  # fmt: skip

    def _node_id(self, text: str) -> Any:
        try:
            return self._ua.ua.NodeId.from_string(text)
        except (ValueError, self._ua.ua.UaError) as error:
            raise OpcUaAddressError(
                Text(f"节点编号无效：{text[:80]!r}", f"{text[:80]!r} is no node id."),
                field="address",
                hint=Text("例如 ns=2;s=Room.Temperature。", "Write such as ns=2;s=Room.Temperature."),
            ) from error

    def _connected(self) -> Any:
        if self._client is None:
            raise self._lost(ConnectionError("not connected"))
        return self._client

    def _lost(self, error: Exception) -> LineLostError:
        why = str(error) or type(error).__name__
        return LineLostError(
            Text(f"{self.name} 失联：{why}", f"{self.name} is lost: {why}"),
            hint=Text("检查服务器、用户和网络。", "Check the server, the user and the network."),
        )


NUMBERS = frozenset(
    {"Boolean", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Float", "Double"}
)


class _Changes:
    """Hears what a subscription tells."""

    def __init__(self, hear: Hear, points: Mapping[Any, str]) -> None:
        self._hear, self._points = hear, points

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
        """Hand a change on."""
        del value
        number, quality, at = _told(data.monitored_item.Value)
        told = None if at is None else (at - EPOCH) // MICROSECOND
        self._hear(Sample(self._points[node.nodeid], number, quality, told))

    def status_change_notification(self, status: Any) -> None:
        """Do nothing: a poll finds a server that is gone."""


def _told(value: Any) -> tuple[float | None, Quality, datetime | None]:
    """Return the number of a value with its quality, and when it was measured."""
    status = value.StatusCode.value if value.StatusCode is not None else 0
    at = value.SourceTimestamp or value.ServerTimestamp
    at = at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
    raw = value.Value.Value if value.Value is not None else None
    quality = from_opc_ua(status)
    if not isinstance(raw, bool | int | float):
        return None, quality if quality >= Quality.BAD else Quality.MISSING, at
    number = float(raw)
    return (number, quality, at) if math.isfinite(number) else (None, max(quality, Quality.BAD), at)


def _as_kind(value: float, kind: str) -> bool | int | float:
    if kind == "Boolean":
        return value != 0
    if kind in ("Float", "Double"):
        return value
    if kind not in NUMBERS:
        raise ValueError(kind)
    return round(value)


def _address(url: str) -> tuple[str, str | None, str | None]:
    """Return the address without its user, the user and the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme != "opc.tcp" or not parts.hostname:
        raise OpcUaAddressError(
            Text("OPC UA 地址无效。", "The address of the OPC UA server is not valid."),
            field="url",
            hint=Text("例如 opc.tcp://主机:4840。", "Write such as opc.tcp://host:4840."),
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return f"opc.tcp://{host}:{port or 4840}{parts.path}", user, password
