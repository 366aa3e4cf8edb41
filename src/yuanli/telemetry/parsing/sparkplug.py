"""Readings from Sparkplug B: births tell the names of aliases, data carry values, deaths end a node.

Topics are `spBv1.0/{group}/{kind}/{node}[/{device}]`. Metrics that are no numbers, and those that command a node, are
no readings and are counted only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any

from yuanli.errors import InvalidInputError, Text
from yuanli.telemetry.parsing.rows import (
    DecodeParams,
    FaultyValueError,
    Row,
    RowFault,
    check_rows,
    check_size,
    shorten,
    unreadable,
)
from yuanli.telemetry.parsing.sparkplug_wire import SIGNED_BITS, Datatype, payload_class
from yuanli.telemetry.parsing.values import LATEST, NO_VALUE, parse_name, parse_value
from yuanli.telemetry.quality import Quality

NAMESPACE = "spBv1.0"
OWN_METRICS = ("Node Control/", "Device Control/", "Node Info/", "Properties/")
BIRTH_AND_DEATH = "bdSeq"
REBIRTH = "Node Control/Rebirth"
NUMERIC = frozenset(set(Datatype) - {Datatype.STRING, Datatype.DATE_TIME, Datatype.TEXT})
QUALITIES: Mapping[int, Quality] = {0: Quality.BAD, 192: Quality.GOOD, 500: Quality.SUSPECT}
"""Values of the property `Quality`; 500 is stale."""
BOUNDS: Mapping[int, tuple[int, int]] = {
    Datatype.INT8: (-(1 << 7), (1 << 7) - 1), Datatype.INT16: (-(1 << 15), (1 << 15) - 1),
    Datatype.INT32: (-(1 << 31), (1 << 31) - 1), Datatype.INT64: (-(1 << 63), (1 << 63) - 1),
    Datatype.UINT8: (0, (1 << 8) - 1), Datatype.UINT16: (0, (1 << 16) - 1), Datatype.UINT32: (0, (1 << 32) - 1),
    Datatype.UINT64: (0, (1 << 64) - 1),
}  # fmt: skip
"""What kinds of whole numbers hold."""
LARGEST_FLOAT = 3.4028235e38
SEQUENCE = 256
MOST_NODES, MOST_ALIASES = 1_000, 200_000


class SparkplugKind(StrEnum):
    """Kinds of message that say something of readings."""

    NODE_BIRTH = "NBIRTH"
    NODE_DATA = "NDATA"
    NODE_DEATH = "NDEATH"
    DEVICE_BIRTH = "DBIRTH"
    DEVICE_DATA = "DDATA"
    DEVICE_DEATH = "DDEATH"


class SparkplugValueError(InvalidInputError):
    """A metric can't hold a value."""


class SparkplugTopicError(InvalidInputError):
    """A topic is not one of a Sparkplug node or device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkplugTopic:
    """Who sends what: the group, the kind of message, the node, and the device where there is one."""

    group: str
    kind: SparkplugKind
    node: str
    device: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkplugMetric:
    """A metric of a node, or of one of its devices, that can be written."""

    group: str
    node: str
    device: str | None
    name: str

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics on which its node and it are born, and on which it tells its values."""
        ends = [f"NBIRTH/{self.node}"]
        if self.device is None:
            ends += [f"NDATA/{self.node}"]
        else:
            ends += [f"DBIRTH/{self.node}/{self.device}", f"DDATA/{self.node}/{self.device}"]
        return tuple(f"{NAMESPACE}/{self.group}/{end}" for end in ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkplugDecoded:
    """What a message says; `skipped` metrics are no numbers, `rebirth` asks the node to be born again."""

    topic: SparkplugTopic
    rows: tuple[Row, ...] = ()
    faults: tuple[RowFault, ...] = ()
    skipped: int = 0
    rebirth: bool = False


@dataclass(frozen=True, slots=True)
class _Metric:
    name: str
    datatype: int
    device: str | None
    unit: str | None


@dataclass(slots=True)
class _Node:
    aliases: dict[int, _Metric]
    kinds: dict[tuple[str | None, str], int] = field(default_factory=dict)
    sequence: int | None = None
    dead: bool = False


def parse_sparkplug_topic(topic: str) -> SparkplugTopic:
    """Return what a topic says.

    Raises
    ------
    SparkplugTopicError
        It is none of a node or device, or its kind carries no readings.
    """
    parts = topic.split("/")
    if len(parts) in (4, 5) and parts[0] == NAMESPACE and all(parts) and parts[2] in list(SparkplugKind):
        kind = SparkplugKind(parts[2])
        if kind.name.startswith("DEVICE") == (len(parts) == 5):
            return SparkplugTopic(
                group=parts[1], kind=kind, node=parts[3], device=parts[4] if len(parts) == 5 else None
            )
    raise SparkplugTopicError(
        Text(f"不是 Sparkplug 主题：{shorten(topic)}", f"No Sparkplug topic: {shorten(topic)}"),
        field="topic",
        hint=Text("应为 spBv1.0/组/NDATA/节点[/设备]。", "It is spBv1.0/group/NDATA/node[/device]."),
    )


def rebirth_command(topic: SparkplugTopic | SparkplugMetric) -> tuple[str, bytes]:
    """Return the topic and payload of the command that asks a node to send its births again."""
    payload = payload_class()()
    payload.metrics.add(name=REBIRTH, datatype=int(Datatype.BOOLEAN), boolean_value=True)
    return f"{NAMESPACE}/{topic.group}/NCMD/{topic.node}", payload.SerializeToString()


def metric_command(metric: SparkplugMetric, value: float, datatype: int, *, at_ms: int) -> tuple[str, bytes]:
    """Return the topic and payload of the command that writes a metric, as the kind that its birth told.

    Raises
    ------
    SparkplugValueError
        The kind can't hold the value, or is no number.
    """
    payload = payload_class()(timestamp=at_ms)
    told = payload.metrics.add(name=metric.name, timestamp=at_ms, datatype=datatype)
    bounds = BOUNDS.get(datatype)
    if datatype == Datatype.BOOLEAN and value in (0, 1):
        told.boolean_value = bool(value)
    elif datatype == Datatype.DOUBLE and isfinite(value):
        told.double_value = value
    elif datatype == Datatype.FLOAT and abs(value) <= LARGEST_FLOAT:
        told.float_value = value
    elif bounds is not None and value == round(value) and bounds[0] <= value <= bounds[1]:
        wide = bounds[1] >= 1 << 32
        setattr(told, "long_value" if wide else "int_value", int(value) & ((1 << (64 if wide else 32)) - 1))
    else:
        name = Datatype(datatype).name if datatype in list(Datatype) else str(datatype)
        raise SparkplugValueError(
            Text(f"{value:g} 不是 {name} 型的值。", f"{value:g} is no value of the kind {name}."),
            field="value",
            hint=Text("给出该类型能表示的数。", "Give a number that this kind can hold."),
        )
    kind, end = ("NCMD", "") if metric.device is None else ("DCMD", f"/{metric.device}")
    return f"{NAMESPACE}/{metric.group}/{kind}/{metric.node}{end}", payload.SerializeToString()


class SparkplugNodes:
    """The aliases that nodes told at their births, of at most `MOST_NODES` nodes; the oldest goes first.

    `document` and `restore` let them outlive a restart: a broker does not send births again.
    """

    def __init__(self, params: DecodeParams = DecodeParams()) -> None:
        self._params = params
        self._nodes: dict[tuple[str, str], _Node] = {}

    def decode(self, topic: str, content: bytes) -> SparkplugDecoded:
        """Return the rows of a message, and learn from it what later ones mean.

        Raises
        ------
        SparkplugTopicError, UnreadableMessageError, MessageTooLargeError
            The topic or the payload is not in its format, or too large.
        """
        where = parse_sparkplug_topic(topic)
        check_size(len(content), self._params)
        payload = _parse(content)
        check_rows(len(payload.metrics), self._params)
        if where.kind in (SparkplugKind.NODE_DEATH, SparkplugKind.DEVICE_DEATH):
            self._forget(where)
            return SparkplugDecoded(topic=where)
        born = where.kind in (SparkplugKind.NODE_BIRTH, SparkplugKind.DEVICE_BIRTH)
        if where.kind is SparkplugKind.NODE_BIRTH:
            self._begin(where)
        node = self._nodes.get((where.group, where.node))
        missed = node is None or node.dead or _misses(node, payload)
        rows: list[Row] = []
        faults: list[RowFault] = []
        skipped = 0
        for number, metric in enumerate(payload.metrics, start=1):
            try:
                known = self._known(metric, where, node, born)
                row = self._row(metric, known, payload, number)
            except FaultyValueError as error:
                faults.append(error.at(number))
            else:
                if row is None:
                    skipped += 1
                else:
                    rows.append(row)
        return SparkplugDecoded(
            topic=where, rows=tuple(rows), faults=tuple(faults), skipped=skipped, rebirth=missed
        )

    def find_datatype(self, metric: SparkplugMetric) -> int | None:
        """Return the kind that a metric's birth told, or None where it is not known."""
        node = self._nodes.get((metric.group, metric.node))
        return None if node is None else node.kinds.get((metric.device, metric.name))

    def copy_of(self, group: str, node: str) -> SparkplugNodes:
        """Return what is known of one node, to go on with in another thread."""
        copy, known = SparkplugNodes(self._params), self._nodes.get((group, node))
        if known is not None:
            copy._nodes[group, node] = _Node(dict(known.aliases), dict(known.kinds))
        return copy

    def document(self) -> str:
        """Return what is known, as JSON."""
        return json.dumps(
            [
                [
                    group,
                    name,
                    [[alias, m.name, m.datatype, m.device, m.unit] for alias, m in node.aliases.items()],
                    [[device, metric, kind] for (device, metric), kind in node.kinds.items()],
                ]
                for (group, name), node in self._nodes.items()
            ],
            ensure_ascii=False,
        )

    def restore(self, document: str) -> None:
        """Learn again what `document` returned.

        Raises
        ------
        UnreadableMessageError
            It is something else.
        """
        try:
            for group, name, aliases, *rest in json.loads(document):
                self._nodes[str(group), str(name)] = _Node(
                    {int(a): _Metric(str(n), int(k), device, unit) for a, n, k, device, unit in aliases},
                    {(device, str(metric)): int(kind) for device, metric, kind in (rest[0] if rest else ())},
                )
        except (ValueError, TypeError) as error:
            raise unreadable(
                "Sparkplug births", str(error), hint=Text("请删除该文件。", "Remove that file.")
            ) from error

    def _begin(self, where: SparkplugTopic) -> None:
        key = (where.group, where.node)
        self._nodes.pop(key, None)
        while len(self._nodes) >= MOST_NODES:
            self._nodes.pop(next(iter(self._nodes)))
        self._nodes[key] = _Node({})

    def _forget(self, where: SparkplugTopic) -> None:
        """Let the next data ask for a birth; the aliases stay, for data that are still under way."""
        node = self._nodes.get((where.group, where.node))
        if node is not None:
            node.dead, node.sequence = True, None

    def _known(self, metric: Any, where: SparkplugTopic, node: _Node | None, born: bool) -> _Metric:
        if metric.HasField("name") and metric.name:
            name = parse_name(metric.name, self._params.longest_name)
            found = _Metric(name, metric.datatype, where.device, _unit_of(metric, self._params.longest_name))
            if born and node is not None and metric.HasField("alias") and len(node.aliases) < MOST_ALIASES:
                node.aliases[metric.alias] = found
            if born and node is not None and len(node.kinds) < MOST_ALIASES:
                node.kinds[found.device, name] = found.datatype
            return found
        known = node.aliases.get(metric.alias) if node is not None and metric.HasField("alias") else None
        if known is None:
            raise FaultyValueError(
                "alias",
                metric.alias,
                Text("别名未知：没有收到出生消息", "the alias is unknown: its birth was not seen"),
            )
        return known

    def _row(self, metric: Any, known: _Metric, payload: Any, number: int) -> Row | None:
        if known.name.startswith(OWN_METRICS) or known.name == BIRTH_AND_DEATH:
            return None
        datatype = metric.datatype or known.datatype
        if datatype and datatype not in NUMERIC:
            return None
        value = _value_of(metric, datatype)
        if value is None:
            return None
        at = _time_of(metric if metric.HasField("timestamp") else payload)
        quality = _quality_of(metric)
        return Row(known.name, at, value, known.unit, quality, known.device, number)


def _parse(content: bytes) -> Any:
    from google.protobuf.message import DecodeError

    payload = payload_class()()
    try:
        payload.ParseFromString(content)
    except (DecodeError, ValueError, RecursionError) as error:
        raise unreadable(
            "Sparkplug B",
            str(error) or "broken",
            hint=Text(
                "负载应为 Sparkplug B 的 protobuf。", "The payload is Sparkplug B in protocol buffers."
            ),
        ) from error
    return payload


def _misses(node: _Node, payload: Any) -> bool:
    """Return whether a message went missing before this one, by its number (0–255)."""
    if not payload.HasField("seq"):
        return False
    number = int(payload.seq) % SEQUENCE
    before, node.sequence = node.sequence, number
    return before is not None and number not in (before, (before + 1) % SEQUENCE)


def _value_of(metric: Any, datatype: int) -> float | None:
    if metric.is_null:
        return NO_VALUE
    for name in ("double_value", "float_value", "boolean_value", "long_value", "int_value"):
        if metric.HasField(name):
            given = getattr(metric, name)
            bits = SIGNED_BITS.get(datatype)
            if bits is not None and name in ("long_value", "int_value"):
                given &= (1 << bits) - 1
                given -= (given >> (bits - 1)) << bits
            return parse_value(given)
    return parse_value(metric.string_value) if metric.HasField("string_value") and datatype else None


def _time_of(said: Any) -> int | None:
    if not said.HasField("timestamp"):
        return None
    micros = int(said.timestamp) * 1_000
    if micros >= LATEST:
        raise FaultyValueError(
            "timestamp",
            said.timestamp,
            Text("不在 1970 年到 2200 年之间", "it is not between 1970 and 2200"),
        )
    return micros


def _property(metric: Any, name: str) -> Any:
    if metric.HasField("properties"):
        for key, value in zip(metric.properties.keys, metric.properties.values, strict=False):
            if key.lower() == name and not value.is_null:
                return value
    return None


def _unit_of(metric: Any, longest: int) -> str | None:
    said = _property(metric, "engunit")
    return (
        None
        if said is None or not said.string_value
        else parse_name(said.string_value, longest, field="unit")
    )


def _quality_of(metric: Any) -> Quality | None:
    said = _property(metric, "quality")
    if said is None:
        return None
    code = int(said.long_value if said.HasField("long_value") else said.int_value)
    quality = QUALITIES.get(code)
    if quality is None:
        raise FaultyValueError("quality", code, Text("质量应为 0、192 或 500", "a quality is 0, 192 or 500"))
    return quality
