"""The simulated devices as a gateway to devices: what they are told, they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from yuanli.campus import DataPoint, FeatureId, PointId
from yuanli.demo.simulation.commands import CommandRefusedError
from yuanli.demo.simulator import NoSuchPointError, Simulator
from yuanli.operations import Answer, FieldValue, FoundPoint
from yuanli.telemetry import Quality

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
TELLS = ("_Command", "_Setpoint")


class SimulatedField:
    """Fills `DeviceGateway` with the simulator; addresses are the ids of points. Safe for threads."""

    def __init__(self, simulator: Simulator, *, clock: Callable[[], datetime]) -> None:
        self._simulator, self._clock = simulator, clock

    def write(self, address: str, value: float | None) -> Answer:
        """Tell a point a value; with None it goes by itself again."""
        try:
            self._simulator.command(address, value, self._now())
        except (CommandRefusedError, NoSuchPointError) as error:
            return Answer(acknowledged=False, message=error.message)
        return Answer(acknowledged=True)

    def read(self, address: str) -> FieldValue:
        """Read what a point is now."""
        point, now = PointId(FeatureId(address)), self._now()
        for telling in self._simulator.tell(np.array([now], np.int64), points=[point]):
            if point in telling.points:
                value = float(telling.value[telling.points.index(point), 0])
                if not np.isnan(value):
                    return FieldValue(value=value, quality=Quality.GOOD, at=EPOCH + now * MICROSECOND)
        return FieldValue(value=None, quality=Quality.MISSING)

    def discover(self) -> tuple[FoundPoint, ...]:
        """Return all points of the park."""
        return tuple(
            FoundPoint(
                address=point.id, name=point.id, device=point.device_id or "", unit=point.unit,
                brick_class=point.brick_class, writable=point.brick_class.endswith(TELLS),
                low=point.low, high=point.high,
            )
            for point in self._simulator.campus.of(DataPoint)
            if point.id in self._simulator.points
        )  # fmt: skip

    def _now(self) -> int:
        return (self._clock() - EPOCH) // MICROSECOND
