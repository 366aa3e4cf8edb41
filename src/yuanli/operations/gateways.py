"""What is known of each gateway: how far its readings have come, and how its clock runs."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

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
        The newest time that it has told (µs); late readings do not move it back, nor do times that are still to come.
    skew_s
        How far its clock is behind ours; ahead where negative. None while too little is known.
    """

    gateway: str
    readings: int
    refused: int
    last_received: int
    watermark: int | None
    skew_s: float | None


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
        self, name: str, *, received: int, newest: int | None, readings: int = 0, refused: int = 0
    ) -> None:
        """Take note of a delivery; `newest` is the latest time in it by the gateway's clock."""
        with self._lock:
            gateway = self._known.pop(name, None) or _Gateway(deque(maxlen=self.params.deliveries))
            self._known[name] = gateway
            while len(self._known) > self.params.most_gateways:
                self._known.popitem(last=False)
            gateway.readings += readings
            gateway.refused += refused
            gateway.last_received = max(gateway.last_received, received)
            if newest is not None:
                self._note_time(gateway, received, newest)

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

    def _note_time(self, gateway: _Gateway, received: int, newest: int) -> None:
        gateway.delays.append(received - newest)
        gateway.waits -= 1
        if gateway.waits < 0:  # the estimate moves slowly: once in a while is enough
            gateway.skew_us, gateway.waits = self._skew_us(gateway), min(len(gateway.delays), 32)
        told = newest + (gateway.skew_us or 0.0)
        if told <= received + self.params.ahead_s * SECOND_US:
            gateway.watermark = max(gateway.watermark or newest, newest)

    def _skew_us(self, gateway: _Gateway) -> float | None:
        if len(gateway.delays) < self.params.fewest:
            return None
        return float(np.quantile(np.fromiter(gateway.delays, dtype=np.int64), self.params.quantile))
