"""What is known of a point before anything is measured, in the unit in which it sends."""

from __future__ import annotations

from dataclasses import dataclass, fields

from yuanli.telemetry.quantities import Affine, Form, Quantity, conversion, in_unit, mixups


@dataclass(frozen=True, slots=True, kw_only=True)
class PointFacts:
    """What a point measures, and what it stands beside.

    Parameters
    ----------
    unit
        In which it sends; the quantity's own where None.
    low, high
        Its own limits, outside of which a reading is unusual; in `unit`.
    cadence_s
        How often it sends; estimated from its readings where None.
    register_size
        Where its counter begins again; taken from the usual sizes where None.
    twin
        The counter that counts what this point has as a rate: the energy register of a power meter.
    related
        Points of the same quantity that usually move with it: the next rooms on the same floor.
    tuned
        Thresholds of its own, where those were learnt from what people said of points of its kind.
    """

    point: int
    quantity: Quantity
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    cadence_s: float | None = None
    register_size: float | None = None
    twin: int | None = None
    related: tuple[int, ...] = ()
    tuned: CleaningParams | None = None

    @property
    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The hard range, and the soft one narrowed to the point's own limits."""
        hard, (low, high) = in_unit(self.quantity, self.unit)
        return hard, (
            low if self.low is None else max(low, self.low),
            high if self.high is None else min(high, self.high),
        )

    @property
    def factor(self) -> float:
        """How many of the point's units make one of the quantity's."""
        if self.unit is None or self.quantity.unit is None:
            return 1.0
        return abs(conversion(self.quantity.unit, self.unit)[0])

    @property
    def resolution(self) -> float:
        """The finest step that says anything."""
        return self.quantity.resolution * self.factor

    @property
    def mixups(self) -> tuple[tuple[str, Affine], ...]:
        """Units that may have been sent by mistake, with what puts each right."""
        return mixups(self.quantity, self.unit or self.quantity.unit)

    @property
    def counts(self) -> bool:
        """Whether it is a register that only grows."""
        return self.quantity.form is Form.COUNTER

    @property
    def measures(self) -> bool:
        """Whether it is a physical quantity that moves by itself."""
        return self.quantity.form is Form.ANALOG


@dataclass(frozen=True, slots=True, kw_only=True)
class CleaningParams:
    """How much is too much; chosen on faults that we put ourselves into other periods and points.

    Parameters
    ----------
    late_s, future_s
        How much later than usual a reading is late; how far ahead of its arrival it is of the future.
    clock_step_s, clock_tolerance_s
        Clocks go wrong by whole steps; how near to one a run of readings must lie.
    clock_run
        How many readings in a row a shifted clock needs.
    spike
        Hampel's threshold, in robust standard deviations.
    spike_tail
        How many times the change that only three in a hundred readings exceed.
    stuck_odds
        How rarely a run may happen by chance, per series.
    noise
        How many times rougher than at that hour of other days.
    noise_run
        How many readings a burst needs.
    jump
        How many robust standard deviations of change an edge of a drift or an offset needs.
    shift_level
        How large a drift or offset is at least, in robust standard deviations of the values.
    apart
        How many times their usual difference a rate and its counter may differ.
    neighbours_apart
        How many times as far as it and its neighbours usually move from day to day a point leaves them.
    neighbours_least
        How far at least, as a share of the difference that matters to people.
    offset_min_h, offset_max_h, drift_min_h, drift_max_h
        How long an offset or a drift may last.
    offset_likelihood, drift_likelihood
        How likely an offset or a drift must be that is marked.
    """

    late_s: float = 900.0
    future_s: float = 120.0
    clock_step_s: float = 1800.0
    clock_tolerance_s: float = 120.0
    clock_run: int = 4
    spike: float = 6.0
    spike_tail: float = 2.5
    stuck_odds: float = 1e-3
    noise: float = 4.5
    noise_run: int = 13
    jump: float = 6.0
    shift_level: float = 0.6
    apart: float = 3.0
    neighbours_apart: float = 3.3
    neighbours_least: float = 0.67
    offset_min_h: float = 3.0
    offset_max_h: float = 48.0
    drift_min_h: float = 16.0
    drift_max_h: float = 96.0
    offset_likelihood: float = 0.65
    drift_likelihood: float = 0.9

    def __post_init__(self) -> None:
        wrong = [field.name for field in fields(self) if not getattr(self, field.name) > 0]
        if wrong:
            raise ValueError(f"must be positive: {', '.join(wrong)}")
