"""Readings as columns: what came, and what it is judged to be."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]
"""Microseconds since 1970-01-01 UTC."""
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readings:
    """What came, a row a reading, in the order in which it came; columns of one length `n`.

    Parameters
    ----------
    point
        Numbers of points, as the store gave them; shape `(n,)`.
    at
        When it was measured, by the device's clock.
    value
        In the unit of the point; not a number where the device said "no value".
    received
        When it came.
    told
        What the device itself said of it, as `Quality`; None where no device said anything.
    """

    point: NDArray[np.int32]
    at: Times
    value: Values
    received: Times
    told: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        lengths = {name: column.shape for name, column in columns.items() if column is not None}
        if len(set(lengths.values())) != 1 or self.at.ndim != 1:
            raise ValueError(f"columns differ in shape: {lengths}")

    def __len__(self) -> int:
        return len(self.at)

    def rows(self, which: NDArray[np.bool_]) -> Readings:
        """Return some of them; `which` has the shape `(n,)`."""
        return Readings(
            point=self.point[which],
            at=self.at[which],
            value=self.value[which],
            received=self.received[which],
            told=None if self.told is None else self.told[which],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """One point's readings as they are judged, one a time, ascending; columns of one length `n`.

    Parameters
    ----------
    raw
        What came; not a number where a gap was filled.
    value
        What holds: `raw`, or what it was corrected to; not a number where nothing holds.
    quality, reason
        `Quality` and `Reason` of each reading.
    """

    point: int
    at: Times
    raw: Values
    value: Values
    quality: NDArray[np.uint8]
    reason: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.at)
