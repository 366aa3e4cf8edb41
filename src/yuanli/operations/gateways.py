"""What is known of each gateway: how far its readings have come, and how its clock runs."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from statistics import median
from threading import Lock

import numpy as np

from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations.moments import time_of

SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayParams:
    """How a gateway's clock is estimated.

    Parameters
    ----------
    deliveries
        The newest deliveries that count.
    fewest
        Fewer say nothing.
    quantile
        Of received − measured over deliveries: delays are never negative and often small, so that a low quantile is the
        clock's offset and the smallest delay. It holds while this share of the deliveries is live, not caught up.
    ahead_s
        A time that lies further ahead, by the corrected clock, does not move the watermark.
    """

    deliveries: int = 256
    fewest: int = 8
    quantile: float = 0.1
    ahead_s: float = 300.0
    most_gateways: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayState:
    """A gateway as it is now.

    Parameters
    ----------
    watermark
        The newest time that it has told (µs); late readings do not move it back, nor do times that are still to come
        move it. Where the clock turns out to have been ahead when it told, it falls back.
    skew_s
        How far its clock is behind ours; ahead where negative. None while too little is known.
    """

    gateway: str
    readings: int
    refused: int
    last_received: int
    watermark: int | None
    skew_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """Points that a gateway asks for at one pace.

    Parameters
    ----------
    missed
        Times that were left out, since the poll before took longer.
    """

    every_s: float
    points: int
    polls: int
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How a gateway of the settings is doing, as it knows itself.

    Parameters
    ----------
    kind
        `mqtt`, `http`, or another protocol.
    since
        When it was connected, or lost; None before it first was.
    last_message
        When the newest message came.
    readings
        That were taken: kept, there already (`duplicates`), or contradicting others (`conflicts`).
    refused
        Rows that were not taken.
    last_error
        Why it is not connected, or what was last refused.
    waiting_bytes, most_waiting_bytes
        Of readings that are on disk and not yet in the store, and what may wait there; None where a gateway keeps none.
    dropped
        Readings that found no room while neither disk nor store took any.
    polling
        What it asks for, by pace.
    """

    name: str
    kind: str
    campus_id: CampusId
    connected: bool
    since: datetime | None
    last_message: datetime | None
    messages: int
    readings: int
    duplicates: int
    conflicts: int
    refused: int
    last_error: Text | None
    waiting_bytes: int | None = None
    most_waiting_bytes: int | None = None
    dropped: int = 0
    polling: tuple[Polled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayReport:
    """A gateway of the settings, and what is known of the clocks of those that send by it.

    Parameters
    ----------
    watermark
        The newest time that one of them has told.
    clock_skew_s
        How far their clocks are behind ours, the median; ahead where negative. None while too little is known.
    senders
        How many have sent by it.
    """

    name: str
    kind: str
    campus_id: CampusId
    connected: bool
    since: datetime | None
    last_message: datetime | None
    messages: int
    readings: int
    duplicates: int
    conflicts: int
    refused: int
    last_error: Text | None
    waiting_bytes: int | None
    most_waiting_bytes: int | None
    dropped: int
    polling: tuple[Polled, ...]
    watermark: datetime | None
    clock_skew_s: float | None
    senders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderReport:
    """Who has sent something since the start: a device by a gateway, a program over HTTP, a file.

    Parameters
    ----------
    name
        The gateway, or the way it came (`http`, `mqtt`, `sparkplug`), a colon, and its own name.
    """

    name: str
    readings: int
    refused: int
    last_message: datetime
    watermark: datetime | None
    clock_skew_s: float | None


def sender_of(gateway: str, sender: str) -> str:
    """Return how a sender is called that sends by a gateway."""
    return f"{gateway}:{sender}"


def report_gateways(
    connections: Iterable[Connection], states: Iterable[GatewayState]
) -> tuple[GatewayReport, ...]:
    """Put together what gateways know of themselves, and what the intake knows of those that send by them."""
    states = tuple(states)
    reports: list[GatewayReport] = []
    for connection in connections:
        prefix = sender_of(connection.name, "")
        own = [one for one in states if one.gateway == connection.name or one.gateway.startswith(prefix)]
        marks = [state.watermark for state in own if state.watermark is not None]
        skews = [state.skew_s for state in own if state.skew_s is not None]
        reports.append(
            GatewayReport(
                **{one.name: getattr(connection, one.name) for one in fields(connection)},
                watermark=time_of(max(marks)) if marks else None,
                clock_skew_s=median(skews) if skews else None,
                senders=len(own),
            )
        )
    return tuple(reports)


def report_senders(states: Iterable[GatewayState]) -> tuple[SenderReport, ...]:
    """Tell of all that have sent something, by name."""
    return tuple(
        SenderReport(
            name=state.gateway,
            readings=state.readings,
            refused=state.refused,
            last_message=time_of(state.last_received),
            watermark=None if state.watermark is None else time_of(state.watermark),
            clock_skew_s=state.skew_s,
        )
        for state in states
    )


@dataclass(slots=True)
class _Gateway:
    delays: deque[int]
    readings: int = 0
    refused: int = 0
    last_received: int = 0
    watermark: int | None = None
    skew_us: float | None = None
    waits: int = 0


@dataclass(slots=True)
class Gateways:
    """The gateways that have sent something; of too many the longest silent is forgotten."""

    params: GatewayParams = field(default_factory=GatewayParams)
    _known: OrderedDict[str, _Gateway] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def saw(
        self, name: str, *, received: int, times: Sequence[int] = (), readings: int = 0, refused: int = 0
    ) -> None:
        """Take note of a delivery; `times` are those in it, by the gateway's clock."""
        with self._lock:
            gateway = self._known.pop(name, None) or _Gateway(deque(maxlen=self.params.deliveries))
            self._known[name] = gateway
            while len(self._known) > self.params.most_gateways:
                self._known.popitem(last=False)
            gateway.readings += readings
            gateway.refused += refused
            gateway.last_received = max(gateway.last_received, received)
            if times:
                self._note_times(gateway, received, times)

    def states(self) -> tuple[GatewayState, ...]:
        """Return all gateways, by name."""
        with self._lock:
            return tuple(
                GatewayState(
                    gateway=name,
                    readings=gateway.readings,
                    refused=gateway.refused,
                    last_received=gateway.last_received,
                    watermark=gateway.watermark,
                    skew_s=None if (skew := self._skew_us(gateway)) is None else skew / SECOND_US,
                )
                for name, gateway in sorted(self._known.items())
            )

    def _note_times(self, gateway: _Gateway, received: int, times: Sequence[int]) -> None:
        to_come = received + self.params.ahead_s * SECOND_US - (gateway.skew_us or 0.0)
        newest = max((at for at in times if at <= to_come), default=max(times))
        gateway.delays.append(received - newest)
        gateway.waits -= 1
        if gateway.waits < 0:  # the estimate moves slowly: once in a while is enough
            gateway.skew_us, gateway.waits = self._skew_us(gateway), min(len(gateway.delays), 32)
            to_come = received + self.params.ahead_s * SECOND_US - (gateway.skew_us or 0.0)
        if newest > to_come:
            return
        held = gateway.watermark
        gateway.watermark = newest if held is None or held > to_come else max(held, newest)

    def _skew_us(self, gateway: _Gateway) -> float | None:
        """Return the quantile, from above: a single delivery of a jumping clock says nothing."""
        if len(gateway.delays) < self.params.fewest:
            return None
        delays = np.fromiter(gateway.delays, dtype=np.int64)
        return float(np.quantile(delays, self.params.quantile, method="higher"))
