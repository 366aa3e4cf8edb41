"""More examples out of few: changed series, and series with faults whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from yuanli.telemetry.quality import Reason
from yuanli.telemetry.quantities import Affine
from yuanli.telemetry.readings import Readings, Times, Values

HOUR = 3_600_000_000
SECOND = 1_000_000


def jitter(values: Values, rng: Generator, *, share: float = 0.03) -> Values:
    """Return values with noise of a share of their spread (Um et al. 2017, doi:10.1145/3136755.3136817)."""
    return np.asarray(values + rng.normal(0, share * float(np.nanstd(values)), values.shape))


def scaled(values: Values, rng: Generator, *, share: float = 0.1) -> Values:
    """Return values that swing more or less widely around their mean, by a factor drawn around one."""
    middle = float(np.nanmean(values))
    return np.asarray(middle + (values - middle) * rng.normal(1, share), np.float64)


def time_warped(values: Values, rng: Generator, *, knots: int = 4, share: float = 0.2) -> Values:
    """Return values whose time runs faster and slower by turns, with the same beginning and end.

    The speed at `knots` places is drawn around one and joined by lines; values are interpolated.
    """
    if len(values) < 3:
        return values.copy()
    places = np.linspace(0, len(values) - 1, knots + 2)
    speed = np.interp(np.arange(len(values)), places, np.maximum(rng.normal(1, share, knots + 2), 0.1))
    time = np.cumsum(speed) - speed[0]
    return np.asarray(np.interp(time * (len(values) - 1) / time[-1], np.arange(len(values)), values))


def window_slices(values: Values, rng: Generator, *, length: int, count: int) -> Values:
    """Return `count` stretches of `length` values from random places; shape `(count, length)`.

    Raises
    ------
    ValueError
        The series is shorter than a stretch.
    """
    if length > len(values):
        raise ValueError(f"a stretch of {length} does not fit into {len(values)} values")
    starts = rng.integers(0, len(values) - length + 1, count)
    return np.asarray(values[starts[:, None] + np.arange(length)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What was put into a series, and where in true time (µs, both included)."""

    reason: Reason
    start: int
    end: int
    size: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultParams:
    """How many faults of each kind are put in, how long they last in hours, and how large they are.

    Sizes of spikes, noise, drift and offset are in standard deviations of the series.
    """

    spikes: int = 20
    sentinels: int = 10
    duplicates: int = 12
    conflicts: int = 12
    gaps: int = 3
    late: int = 1
    clock: int = 1
    stuck: int = 1
    noise: int = 1
    drift: int = 1
    offset: int = 1
    unit: int = 1
    gap_h: tuple[float, float] = (1, 12)
    late_h: tuple[float, float] = (2, 10)
    clock_h: tuple[float, float] = (10, 30)
    stuck_h: tuple[float, float] = (6, 30)
    noise_h: tuple[float, float] = (5, 12)
    drift_h: tuple[float, float] = (24, 60)
    offset_h: tuple[float, float] = (8, 24)
    unit_h: tuple[float, float] = (6, 24)
    spike_size: tuple[float, float] = (3, 10)
    noise_size: tuple[float, float] = (0.35, 1.5)
    drift_size: tuple[float, float] = (0.9, 2)
    offset_size: tuple[float, float] = (1.2, 2.2)

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            low, high = (value, value) if isinstance(value, int) else value
            if not 0 <= low <= high:
                raise ValueError(f"{field.name} must be a range of numbers from nought up, not {value}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Injected:
    """A series as it would have come with faults, and the truth: its faults by true time."""

    readings: Readings
    faults: tuple[Fault, ...]


def inject_faults(
    at: Times,
    value: Values,
    rng: Generator,
    *,
    point: int = 0,
    params: FaultParams = FaultParams(),
    codes: Sequence[float] = (),
    mixup: Affine | None = None,
) -> Injected:
    """Put faults into a clean series, no two at one place.

    Parameters
    ----------
    at, value
        The series, ascending in time; µs.
    codes
        What the device sends for "no value".
    mixup
        From the point's unit to the one that is sent by mistake.
    """
    work = _Work(at, value, rng)
    spread = float(np.nanstd(value)) if np.isfinite(value).any() else 0.0
    changes: tuple[tuple[int, tuple[float, float], Callable[[], None]], ...] = (
        (params.drift, params.drift_h, lambda: work.drift(spread, params.drift_size)),
        (params.clock, params.clock_h, work.clock),
        (params.stuck, params.stuck_h, work.stick),
        (params.offset, params.offset_h, lambda: work.offset(spread, params.offset_size)),
        (params.unit if mixup else 0, params.unit_h, lambda: work.mix(mixup or (1.0, 0.0))),
        (params.noise, params.noise_h, lambda: work.noise(spread, params.noise_size)),
        (params.late, params.late_h, work.delay),
        (params.gaps, params.gap_h, work.drop),
    )
    for count, hours, change in changes:
        for _ in range(count):
            if work.choose_span(hours):
                change()
    for _ in range(params.spikes):
        if work.choose_one():
            work.spike(spread, params.spike_size)
    for _ in range(params.sentinels if len(codes) else 0):
        if work.choose_one():
            work.set_code(codes)
    for other, count in ((False, params.duplicates), (True, params.conflicts)):
        for _ in range(count):
            if work.choose_one():
                work.repeat(spread if other else 0.0)
    return Injected(readings=work.readings(point), faults=tuple(sorted(work.faults, key=lambda f: f.start)))


class _Work:
    """A series while faults are put into it; keeps what is taken, so that no two meet."""

    def __init__(self, at: Times, value: Values, rng: Generator) -> None:
        self._at, self._value, self._rng = at, value.copy(), rng
        self._device_at = at.copy()
        self._received = at + rng.integers(1 * SECOND, 20 * SECOND, len(at))
        self._kept = np.isfinite(value)
        self._free = np.isfinite(value)
        self._repeats: list[tuple[int, float]] = []
        self._span = slice(0, 0)
        self.faults: list[Fault] = []

    def choose_span(self, hours: tuple[float, float]) -> bool:
        """Take a free stretch without gaps; returns whether one was found."""
        for _ in range(200 if len(self._at) else 0):
            start = int(self._rng.integers(0, len(self._at)))
            length = int(self._rng.uniform(*hours) * HOUR)
            end = int(np.searchsorted(self._at, self._at[start] + length, side="right"))
            margin = slice(max(start - 6, 0), end + 6)
            whole = (
                end < len(self._at) - 6 and start > 6 and self._at[end - 1] - self._at[start] > 0.9 * length
            )
            if whole and self._free[margin].all():
                self._free[margin] = False
                self._span = slice(start, end)
                return True
        return False

    def choose_one(self) -> bool:
        """Take one free reading."""
        free = np.flatnonzero(self._free[2:-2]) + 2
        if not len(free):
            return False
        place = int(self._rng.choice(free))
        self._free[place] = False
        self._span = slice(place, place + 1)
        return True

    def spike(self, spread: float, sizes: tuple[float, float]) -> None:
        self._value[self._span] += self._note(Reason.SPIKE, self._signed(sizes) * spread)

    def set_code(self, codes: Sequence[float]) -> None:
        self._value[self._span] = self._note(Reason.SENTINEL, float(self._rng.choice(np.asarray(codes))))

    def noise(self, spread: float, sizes: tuple[float, float]) -> None:
        scale = self._note(Reason.NOISE, self._rng.uniform(*sizes) * spread)
        self._value[self._span] += self._rng.normal(0, scale, self._length)

    def drift(self, spread: float, sizes: tuple[float, float]) -> None:
        size = self._note(Reason.DRIFT, self._signed(sizes) * spread)
        self._value[self._span] += np.linspace(0, size, self._length)

    def offset(self, spread: float, sizes: tuple[float, float]) -> None:
        self._value[self._span] += self._note(Reason.OFFSET, self._signed(sizes) * spread)

    def mix(self, mixup: Affine) -> None:
        self._note(Reason.UNIT, mixup[0])
        self._value[self._span] = self._value[self._span] * mixup[0] + mixup[1]

    def stick(self) -> None:
        self._note(Reason.STUCK, 0.0)
        self._value[self._span] = self._value[self._span.start]

    def clock(self) -> None:
        ahead = self._note(Reason.CLOCK, float(self._rng.choice([-1, 1])))
        self._device_at[self._span] += int(ahead) * HOUR

    def delay(self) -> None:
        self._note(Reason.LATE, 0.0)
        came = self._at[self._span.stop - 1] + int(self._rng.uniform(1, 12) * HOUR)
        self._received[self._span] = came + np.arange(self._length) * SECOND // 5

    def drop(self) -> None:
        self._note(Reason.GAP, 0.0)
        self._kept[self._span] = False

    def repeat(self, spread: float) -> None:
        self._note(Reason.CONFLICT if spread else Reason.DUPLICATE, 0.0)
        away = self._signed((0.2, 2)) * spread if spread else 0.0
        self._repeats.append((self._span.start, float(self._value[self._span.start]) + away))

    def readings(self, point: int) -> Readings:
        """Return what came, in order of arrival."""
        places = np.array([place for place, _ in self._repeats], np.int64)
        at = np.concatenate((self._device_at[self._kept], self._device_at[places]))
        value = np.concatenate((self._value[self._kept], [value for _, value in self._repeats]))
        again = self._received[places] + self._rng.integers(1 * SECOND, 20 * SECOND, len(places))
        received = np.concatenate((self._received[self._kept], again))
        order = np.argsort(received, kind="stable")
        return Readings(
            point=np.full(len(at), point, np.int32),
            at=at[order],
            value=value[order].astype(np.float64),
            received=received[order],
        )

    @property
    def _length(self) -> int:
        return self._span.stop - self._span.start

    def _signed(self, sizes: tuple[float, float]) -> float:
        return float(self._rng.uniform(*sizes) * self._rng.choice([-1, 1]))

    def _note(self, reason: Reason, size: float) -> float:
        start, end = (int(self._at[place]) for place in (self._span.start, self._span.stop - 1))
        self.faults.append(Fault(reason=reason, start=start, end=end, size=size))
        return size


def truth(at: Times, faults: Sequence[Fault]) -> NDArray[np.uint32]:
    """Return the reasons that are true of readings by true time."""
    reasons = np.zeros(len(at), np.uint32)
    for fault in faults:
        reasons[(at >= fault.start) & (at <= fault.end)] |= np.uint32(fault.reason)
    return reasons
