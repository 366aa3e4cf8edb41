"""The port that field protocols fill: points of devices are written, read and found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Protocol

from yuanli.campus import Alias, Campus, CampusId, DataPoint, PointId
from yuanli.errors import Text, UnavailableError
from yuanli.telemetry import Quality

GATEWAY, ADDRESS = "gateway", "address"
"""What a point says in `extra` of where it is: the gateway's name, and the address that it knows it by."""


class NoAnswerError(UnavailableError):
    """Something was sent, and no answer came in time: nobody knows whether it was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a device said to a write; `message` is its reason where it refused."""

    acknowledged: bool
    message: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """What a device says that a point is now; `value` is None where it says nothing."""

    value: float | None
    quality: Quality
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPoint:
    """A point that a device or server told of itself; what it didn't tell is None."""

    address: str
    name: str
    device: str = ""
    unit: str | None = None
    brick_class: str = "Point"
    writable: bool = False
    low: float | None = None
    high: float | None = None
    value: float | None = None


class DeviceGateway(Protocol):
    """A way to devices. Calls wait for the answer, and may come from any thread."""

    def write(self, address: str, value: float | None) -> Answer:
        """Write a point; None gives it back to the device's own control where the protocol can.

        Raises
        ------
        NoAnswerError
            It was sent, and nobody knows whether it was done.
        UnavailableError
            It could not be sent: nothing was changed.
        """

    def read(self, address: str) -> FieldValue:
        """Read a point; `UnavailableError` where nobody answers."""

    def discover(self) -> tuple[FoundPoint, ...]:
        """Return the points that are there; `UnavailableError` where nobody answers."""


@dataclass(frozen=True, slots=True)
class PointRoute:
    """How a point is reached."""

    gateway: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    campus_id: CampusId
    gateway: DeviceGateway
    addresses: Mapping[str, str] | None


@dataclass(slots=True)
class DeviceGateways:
    """The gateways that run, by name, and which points of which campus each reaches. Safe for threads."""

    _served: dict[str, _Served] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(
        self,
        name: str,
        gateway: DeviceGateway,
        *,
        campus_id: CampusId,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        """Let a gateway be written through.

        Parameters
        ----------
        addresses
            Of its points by their id or alias; where it is None it reaches all points of the campus that no other
            gateway does, by their ids.
        """
        with self._lock:
            self._served[name] = _Served(campus_id=campus_id, gateway=gateway, addresses=addresses)

    def remove(self, name: str) -> None:
        """Forget a gateway."""
        with self._lock:
            self._served.pop(name, None)

    def find(self, name: str) -> DeviceGateway | None:
        """Return a gateway, or None."""
        with self._lock:
            served = self._served.get(name)
        return None if served is None else served.gateway

    def names(self) -> tuple[str, ...]:
        """Return the names of the gateways."""
        with self._lock:
            return tuple(sorted(self._served))

    def find_route(self, campus: Campus, point: DataPoint) -> PointRoute | None:
        """Return how a point is reached: as it says itself, by a gateway's table, or by one that reaches all."""
        with self._lock:
            served = {name: own for name, own in self._served.items() if own.campus_id == campus.id}
        named, address = point.extra.get(GATEWAY), point.extra.get(ADDRESS)
        if named is not None:
            return PointRoute(str(named), str(address or point.id)) if named in served else None
        names = (point.id, *_aliases(campus, point.id))
        for gateway, own in served.items():
            for name in names:
                if own.addresses is not None and name in own.addresses:
                    return PointRoute(gateway, own.addresses[name])
        for gateway, own in served.items():
            if own.addresses is None:
                return PointRoute(gateway, point.id)
        return None


def _aliases(campus: Campus, point_id: PointId) -> tuple[str, ...]:
    aliases: tuple[Alias, ...] = campus.aliases_by_feature.get(point_id, ())
    return tuple(alias.text for alias in aliases)
