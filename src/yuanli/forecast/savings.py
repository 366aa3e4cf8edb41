"""How much a change saved: what would have been used without it, less what was; and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.errors import InfeasibleError, InvalidInputError, Text
from yuanli.forecast.baselines import Baseline, Rows, fit_baseline, kinds_for, ridge_of, rows_of
from yuanli.forecast.calendar import Calendar
from yuanli.forecast.history import DAY, Floats, History, clock_offsets
from yuanli.forecast.signals import Bools

Span = tuple[int, int]
"""Half-open, µs."""


class InvalidSavingsError(InvalidInputError):
    """Periods or parameters that nothing can be measured with."""


class NoBaselineError(InfeasibleError):
    """The baseline is too short, full of holes, or no regression fits it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsParams:
    """What a baseline must be like.

    Parameters
    ----------
    least_days
        Days with measurements in the baseline.
    least_share
        Share of either period that is measured.
    year_days
        A shorter baseline is told of: it does not know all seasons.
    hourly_cv_rmse, daily_cv_rmse, nmbe
        Limits of fit: of hours by ASHRAE Guideline 14-2014; of days between its limits for hours and for months.
    level
        Of the interval.
    draws, seed
        Of the bootstrap.
    """

    least_days: int = 90
    least_share: float = 0.75
    year_days: int = 330
    hourly_cv_rmse: float = 0.30
    daily_cv_rmse: float = 0.25
    nmbe: float = 0.05
    level: float = 0.9
    draws: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        if not (
            0 < self.level < 1 and self.draws >= 50 and self.least_days >= 14 and self.hourly_cv_rmse > 0
        ):
            raise InvalidSavingsError(
                Text("节能核算参数无效。", "The parameters of savings can't be."),
                field="params",
                hint=Text(
                    "置信水平在 0 到 1 之间，抽样至少 50 次。", "The level is in 0–1, with 50 draws at least."
                ),
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Savings:
    """What was saved in a period, in the unit of the meter.

    Parameters
    ----------
    expected
        What would have been used without the change, in the measured rows of the period.
    saved, low, high
        Expected less used, and the interval at `level`; below nought more was used.
    share
        Saved over expected.
    sure
        Whether the whole interval lies on one side of nought.
    warnings
        What the figure does not cover.
    """

    baseline: Baseline
    before: Bools
    after: Bools
    used: float
    expected: float
    saved: float
    low: float
    high: float
    level: float
    share: float
    sure: bool
    warnings: tuple[Text, ...]


def measure_savings(
    load: History,
    before: Span,
    after: Span,
    *,
    temp: Floats | None = None,
    people: Floats | None = None,
    calendar: Calendar | None = None,
    params: SavingsParams = SavingsParams(),
) -> Savings:
    """Return what one meter saved after a change, against a baseline adjusted for weather, calendar and people.

    The interval comes from a bootstrap of blocks of weeks (Künsch 1989, doi:10.1214/aos/1176347265): blocks of the
    baseline are drawn anew for the regression, and the errors of blocks that it had not seen for the period itself.

    Parameters
    ----------
    load
        One point; the energy of each step, hourly or daily. Daily steps of the zone `UTC` are days of any clock, and
        the periods are then told by that clock as well.
    temp, people
        Outdoor °C, and how many people are there, on the same steps; shape `(n_times,)`.

    Raises
    ------
    InvalidSavingsError
        Periods overlap, are empty or hold no measurements.
    NoBaselineError
        The baseline is too short or no regression fits.
    """
    _check(load, before, after)
    calendar = calendar or Calendar()
    tried: list[Baseline] = []
    for by_day in (True, False):
        if not by_day and load.step >= DAY:
            continue
        rows = rows_of(load, temp=temp, people=people, calendar=calendar, by_day=by_day)
        within = _within(rows, before, load.zone)
        if by_day:
            _check_baseline(rows, within, params)
            _check_measured(rows, _within(rows, after, load.zone))
        tried += [fit_baseline(rows, within, kind) for kind in kinds_for(rows)]
    best = _best(tried, params)
    return _measured(best, before, after, params, load.zone)


def _check(load: History, before: Span, after: Span) -> None:
    if load.n_points != 1:
        raise InvalidSavingsError(
            Text(f"一次核算一块表，给了 {load.n_points} 块。", f"One meter at a time; {load.n_points} came."),
            field="load",
            hint=Text("先把几块表相加。", "Add the meters up first."),
        )
    if before[0] >= before[1] or after[0] >= after[1] or before[1] > after[0]:
        raise InvalidSavingsError(
            Text(
                "基准期须在核算期之前，且两者都不为空。",
                "The baseline must end before the period, neither empty.",
            ),
            field="before",
            hint=Text(
                "例如 --before 2025-01-01/2026-01-01 --after 2026-02-01/2026-05-01。",
                "Write such as --before 2025-01-01/2026-01-01 --after 2026-02-01/2026-05-01.",
            ),
        )


def _check_baseline(rows: Rows, before: Bools, params: SavingsParams) -> None:
    days = int((before & rows.whole()).sum())
    if days < params.least_days or days < params.least_share * before.sum():
        raise NoBaselineError(
            Text(
                f"基准期只有 {days} 个完整的日子，至少需要 {params.least_days} 天并覆盖 {params.least_share:.0%}。",
                f"The baseline has {days} whole days; {params.least_days} and {params.least_share:.0%} are needed.",
            ),
            field="before",
            hint=Text("延长基准期，最好一整年。", "Take a longer baseline, a whole year at best."),
        )


def _check_measured(rows: Rows, after: Bools) -> None:
    if not (after & rows.whole()).any():
        raise InvalidSavingsError(
            Text("核算期内没有完整的一天。", "There is no whole day in the period after."),
            field="after",
            hint=Text(
                "检查该时段的读数、气温和人数。", "Check the readings, weather and counts of the period."
            ),
        )


def _best(tried: list[Baseline], params: SavingsParams) -> Baseline:
    """Return the regression that fits best by its own limit; a simpler one where it is nearly as good."""
    limits = {True: params.daily_cv_rmse, False: params.hourly_cv_rmse}

    def strain(one: Baseline) -> float:
        return max(one.cv_rmse / limits[one.rows.step >= DAY], one.nmbe / params.nmbe)

    fit = [one for one in tried if strain(one) <= 1]
    if not fit:
        closest = min(tried, key=strain)
        raise NoBaselineError(
            Text(
                f"没有合格的基准模型：最好的误差 CV-RMSE 为 {closest.cv_rmse:.1%}，偏差 {closest.nmbe:.1%}。",
                f"No regression fits: the best has a CV-RMSE of {closest.cv_rmse:.1%}, a bias of {closest.nmbe:.1%}.",
            ),
            field="before",
            hint=Text(
                f"限值 {params.daily_cv_rmse:.0%}（日）、{params.hourly_cv_rmse:.0%}（时），偏差 {params.nmbe:.0%}；"
                "给出气温与人数，或换一段没有变化的基准期。",
                f"Limits are {params.daily_cv_rmse:.0%} by day, {params.hourly_cv_rmse:.0%} by hour, bias "
                f"{params.nmbe:.0%}: give weather and people, or a baseline without changes.",
            ),
        )
    least = min(one.cv_rmse / limits[one.rows.step >= DAY] for one in fit)
    return next(one for one in fit if one.cv_rmse / limits[one.rows.step >= DAY] <= 1.02 * least)


def _measured(baseline: Baseline, before: Span, after: Span, params: SavingsParams, zone: str) -> Savings:
    rows = baseline.rows
    within, later = _within(rows, before, zone), _within(rows, after, zone)
    told = later & rows.whole()
    if not told.any():
        _check_measured(rows, later)
    used, expected = float(rows.used[told].sum()), float(baseline.expected[told].sum())
    errors = _errors(baseline, within & rows.whole(), told, params)
    saved = expected - used
    tail = (1 - params.level) / 2
    low, high = (float(saved + edge) for edge in np.quantile(errors, [tail, 1 - tail]))
    return Savings(
        baseline=baseline, before=within, after=later, used=used, expected=expected, saved=saved, low=low,
        high=high, level=params.level, share=saved / expected if expected else 0.0,
        sure=low > 0 or high < 0, warnings=_warnings(baseline, within, later, params),
    )  # fmt: skip


def _errors(baseline: Baseline, held: Bools, told: Bools, params: SavingsParams) -> Floats:
    """Return how far the expected total may be off, drawn by blocks."""
    rng = np.random.default_rng(params.seed)
    rows, design = baseline.rows, baseline.design
    length = (28 if held.sum() * rows.step >= 182 * DAY else 7) * DAY
    _, block = np.unique(rows.at[held] // length, return_inverse=True)
    n_blocks, terms = int(block.max()) + 1, design.shape[1]
    square, cross = np.zeros((n_blocks, terms, terms)), np.zeros((n_blocks, terms))
    own, used = design[held], rows.used[held]
    for one in range(n_blocks):
        part = own[block == one]
        square[one], cross[one] = part.T @ part, part.T @ used[block == one]
    ridge = ridge_of(square.sum(0), 1e-4)
    total = design[told].sum(axis=0)
    errors = np.empty(params.draws)
    residual = np.nan_to_num(baseline.residuals[held])
    sums, counts = np.bincount(block, residual), np.bincount(block)
    per_row = sums / counts
    _, sizes = np.unique(rows.at[told] // length, return_counts=True)
    for draw in range(params.draws):
        times = np.bincount(rng.integers(0, n_blocks, n_blocks), minlength=n_blocks)
        again = np.linalg.solve(
            np.tensordot(times, square, 1) + ridge,
            np.tensordot(times, cross, 1) + ridge @ baseline.weights,
        )
        noise = float((per_row[rng.integers(0, n_blocks, len(sizes))] * sizes).sum())
        errors[draw] = total @ (again - baseline.weights) + noise
    return errors - np.median(errors)


def _warnings(baseline: Baseline, before: Bools, after: Bools, params: SavingsParams) -> tuple[Text, ...]:
    rows, found = baseline.rows, []
    held = before & rows.whole()
    if held.sum() * rows.step < params.year_days * DAY:
        found.append(
            Text("基准期不足一年，未覆盖所有季节。", "The baseline is shorter than a year: not all seasons.")
        )
    if rows.temp is None:
        found.append(Text("没有气温，未按天气调整。", "No temperatures: not adjusted for weather."))
    else:
        beyond = _beyond(rows.temp[held], rows.temp[after & rows.whole()])
        if beyond > 0.02:
            found.append(
                Text(
                    f"核算期有 {beyond:.0%} 的时间气温超出基准期范围。",
                    f"{beyond:.0%} of the period lies outside the temperatures of the baseline.",
                )
            )
    if rows.people is None:
        found.append(Text("没有人数，未按使用情况调整。", "No counts of people: not adjusted for occupancy."))
    else:
        beyond = _beyond(rows.people[held], rows.people[after & rows.whole()])
        if beyond > 0.02:
            found.append(
                Text(
                    f"核算期有 {beyond:.0%} 的时间人数超出基准期范围。",
                    f"{beyond:.0%} of the period lies outside the occupancy of the baseline.",
                )
            )
    missing = 1 - float(rows.whole()[after].mean())
    if missing > 0.02:
        found.append(
            Text(
                f"核算期缺 {missing:.0%} 的数据，未计入。",
                f"{missing:.0%} of the period is missing and not counted.",
            )
        )
    return tuple(found)


def _beyond(known: Floats, later: Floats) -> float:
    """Return the share of later values that lie outside of those that are known."""
    return float(((later < known.min()) | (later > known.max())).mean())


def _within(rows: Rows, span: Span, zone: str) -> Bools:
    """Return which rows begin in a span; those of days are told by the zone's clock, as `daily` has it."""
    if rows.step >= DAY:
        first, last = (np.array(span) + clock_offsets(np.array(span), zone)).tolist()
        span = first, last
    return np.asarray((rows.at >= span[0]) & (rows.at < span[1]))
