"""What a message on a topic says: which subscription it fits, decoded as that says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from yuanli.campus import CampusId
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import Delivery, sender_of
from yuanli.telemetry import (
    Decoded,
    DecodeParams,
    Precision,
    RowFault,
    SparkplugNodes,
    SparkplugTopic,
    TopicTemplate,
    decode_json,
    decode_json_lines,
    decode_line_protocol,
)

MOST_TOPICS = 100_000


class MessageFormat(StrEnum):
    """How readings are written in messages."""

    JSON = "json"
    JSON_LINES = "jsonl"
    LINE = "line"
    SPARKPLUG = "sparkplug"


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Topics whose messages are readings of one campus.

    The template's names `site`, `device`, `point` and `gateway` are used; others are for the reader only. Sparkplug has
    its own topics: write `spBv1.0/{group}/#`.
    """

    campus_id: CampusId
    template: TopicTemplate
    format: MessageFormat = MessageFormat.JSON
    precision: Precision = Precision.NS
    params: DecodeParams = field(default_factory=DecodeParams)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came; `number` and `qos` are what its acknowledgement needs."""

    topic: str
    payload: bytes
    received: int
    number: int
    qos: int


SAYS_NOTHING = re.compile(r"spBv1\.0/(?:STATE/|[^/]+/(?:NCMD|DCMD)/)")


@dataclass(frozen=True, slots=True)
class _Place:
    """What a topic says."""

    index: int
    gateway: str = ""
    site: str | None = None
    device: str | None = None
    point: str = ""


class MessageReader:
    """Turns messages into deliveries. One thread at a time: births of Sparkplug nodes are learnt in order.

    Parameters
    ----------
    name
        Of the gateway; what sends by it is called by it and by its own name.
    """

    def __init__(self, subscriptions: Sequence[Subscription], name: str = "") -> None:
        self._subscriptions, self._name = tuple(subscriptions), name
        self._nodes = [SparkplugNodes(subscription.params) for subscription in subscriptions]
        self._places: dict[str, _Place | None] = {}
        self.births_changed = False
        self.reborn: list[SparkplugTopic] = []

    def read(self, message: Message) -> Delivery | None:
        """Return what a message brought, faults included, or None where no subscription fits its topic.

        Commands and the state of hosts, which Sparkplug sends under the same topics, are no readings: None.
        """
        place = self._place(message.topic)
        if place is None:
            return None
        subscription = self._subscriptions[place.index]
        if subscription.format is MessageFormat.SPARKPLUG and SAYS_NOTHING.match(message.topic):
            return None
        try:
            if subscription.format is MessageFormat.SPARKPLUG:
                return self._sparkplug(message, subscription, place)
            decoded = _decode(message.payload, subscription)
        except InvalidInputError as error:
            decoded = Decoded(rows=(), faults=(_whole(error),))
        return Delivery(
            campus_id=subscription.campus_id,
            decoded=decoded,
            gateway=place.gateway,
            received=message.received,
            site=place.site,
            device=place.device,
            point=place.point,
            size=len(message.payload),
        )

    def births(self) -> list[str]:
        """Return what Sparkplug nodes told at their births, a document a subscription."""
        self.births_changed = False
        return [nodes.document() for nodes in self._nodes]

    def births_of(self, group: str, node: str) -> SparkplugNodes:
        """Return a copy of what a Sparkplug node told at its births."""
        copies = [nodes.copy_of(group, node) for nodes in self._nodes]
        return next((copy for copy in copies if copy.document() != "[]"), SparkplugNodes())

    def restore_births(self, documents: Sequence[str]) -> None:
        """Learn again what `births` returned."""
        for nodes, document in zip(self._nodes, documents, strict=False):
            nodes.restore(document)

    def _place(self, topic: str) -> _Place | None:
        if topic not in self._places:
            if len(self._places) >= MOST_TOPICS:
                self._places.clear()
            self._places[topic] = self._find_place(topic)
        return self._places[topic]

    def _find_place(self, topic: str) -> _Place | None:
        for index, subscription in enumerate(self._subscriptions):
            said = subscription.template.find(topic)
            if said is not None:
                sender = said.get("gateway") or said.get("device") or said.get("site") or topic
                return _Place(
                    index,
                    sender_of(self._name or "mqtt", sender),
                    said.get("site"),
                    said.get("device"),
                    said.get("point") or "",
                )
        return None

    def _sparkplug(self, message: Message, subscription: Subscription, place: _Place) -> Delivery:
        decoded = self._nodes[place.index].decode(message.topic, message.payload)
        self.births_changed |= decoded.topic.kind.value.endswith("BIRTH")
        if decoded.rebirth:
            self.reborn.append(decoded.topic)
        return Delivery(
            campus_id=subscription.campus_id,
            decoded=Decoded(rows=decoded.rows, faults=decoded.faults),
            gateway=sender_of(self._name or "sparkplug", f"{decoded.topic.group}/{decoded.topic.node}"),
            received=message.received,
            site=decoded.topic.group,
            device=decoded.topic.device or decoded.topic.node,
            size=len(message.payload),
        )


def _decode(payload: bytes, subscription: Subscription) -> Decoded:
    match subscription.format:
        case MessageFormat.LINE:
            return decode_line_protocol(payload, subscription.params, precision=subscription.precision)
        case MessageFormat.JSON_LINES:
            return decode_json_lines(payload, subscription.params)
    return decode_json(payload, subscription.params)


def _whole(error: InvalidInputError) -> RowFault:
    return RowFault(
        row=0, field=error.field or "body", value="", message=Text(error.message.zh, error.message.en)
    )
