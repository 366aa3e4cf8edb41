"""Day ahead from midnight, by the split that each data set's README gives: ours beside last week and four weeks' mean.

python benchmarks/forecasting.py ../shared/data/telemetry [--sets cambridge ucsd melbourne gym] [--window validation]
    [--points 10000] [--seed 0] [--forecaster FOLDER]

`--points` measures one night of so many hourly points instead, made of Cambridge's by scale, shift and noise;
`--forecaster` tries a foundation model too, as the setting does;
`benchmarks.nights` the nights of the product, from stored readings to kept forecasts.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yuanli.bootstrap import open_forecasters
from yuanli.forecast import (
    DAY,
    HOUR,
    Calendar,
    Forecast,
    Forecaster,
    ForecastParams,
    History,
    TreeParams,
    daily,
    forecast,
    rolling_forecasts,
    without_zeros,
)

Floats = NDArray[np.floating]
QUARTER = HOUR // 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One data set, and the origins that are tried: the README's test window, and one before it to develop on."""

    load: Callable[[Path], History]
    calendar: Calendar
    test: tuple[date, int]
    validation: tuple[date, int]
    scored: Callable[[History], NDArray[np.bool_]] = lambda history: np.ones(history.n_points, dtype=bool)


def columns_of(query: str, *, step: int, zone: str) -> History:
    """Return points (p), times (t) and values (v) of a query on an even grid; what shares a step is averaged."""
    import duckdb

    found = duckdb.connect().execute(query).fetchnumpy()
    names, row = np.unique(np.asarray(found["p"]).astype(str), return_inverse=True)
    at = np.asarray(found["t"]).astype("datetime64[us]").astype(np.int64)
    value = np.ma.filled(np.ma.asarray(found["v"]).astype(np.float64), np.nan)
    return gridded(row, at, value, len(names), step=step, zone=zone)


def gridded(
    row: NDArray[np.int64], at: NDArray[np.int64], value: Floats, n_points: int, *, step: int, zone: str
) -> History:
    """Return readings on a grid of whole days."""
    start = int(at.min()) // DAY * DAY
    n_times = -(-(int(at.max()) + step - start) // DAY) * (DAY // step)
    held = np.isfinite(value)
    cell = (row * n_times + (at - start) // step)[held]
    count = np.bincount(cell, minlength=n_points * n_times)
    sums = np.bincount(cell, weights=value[held], minlength=n_points * n_times)
    values = np.full(len(count), np.nan)
    np.divide(sums, count, out=values, where=count > 0)
    return History(values=values.reshape(n_points, n_times), start=start, step=step, zone=zone)


def cambridge(folder: Path) -> History:
    """Return kWh an hour of 42 buildings; times are UTC, and an electric zero is missing."""
    files = folder / "cambridge_campus" / "electricity_*.parquet"
    return without_zeros(
        columns_of(f"select building p, ts t, kwh v from '{files}'", step=HOUR, zone="Europe/London")
    )


def ucsd(folder: Path) -> History:
    """Return kW of meters every 15 minutes; times are local, so the grid is the wall clock's."""
    files = folder / "ucsd_campus" / "power_15min*.parquet"
    return columns_of(f"select meter p, ts t, kw v from '{files}'", step=QUARTER, zone="UTC")


def melbourne(folder: Path) -> History:
    """Return walkers an hour; times are local."""
    files = folder / "melbourne_pedestrian" / "hourly_counts*.parquet"
    return columns_of(
        f"select cast(sensor as varchar) p, ts t, count v from '{files}'", step=HOUR, zone="UTC"
    )


def gym(folder: Path) -> History:
    """Return hourly means of people in the gym; local times."""
    with gzip.open(next((folder / "campus_gym").glob("gym*.csv.gz")), "rt") as file:
        rows = [(r["date"][:19], float(r["number_people"])) for r in csv.DictReader(file)]
    at = np.array([np.datetime64(when, "us") for when, _ in rows]).astype(np.int64)
    people = np.array([value for _, value in rows])
    return gridded(np.zeros(len(rows), dtype=np.int64), at, people, 1, step=HOUR, zone="UTC")


def mostly_there(history: History) -> NDArray[np.bool_]:
    """Return the sensors with more than 90 % of 2014-03 to 2014-08."""
    first, last = (history.index(datetime(2014, month, 1, tzinfo=UTC)) for month in (3, 9))
    return np.asarray(np.isfinite(history.values[:, first:last]).mean(axis=1) > 0.9)


TASKS = {
    "cambridge": Task(load=cambridge, calendar=Calendar(country="GB", region="ENG"),
                      test=(date(2021, 10, 1), 92), validation=(date(2021, 7, 1), 92)),
    "ucsd": Task(load=ucsd, calendar=Calendar(country="US", region="CA"),
                 test=(date(2019, 4, 1), 91), validation=(date(2019, 1, 1), 90)),
    "melbourne": Task(load=melbourne, calendar=Calendar(country="AU", region="VIC"), scored=mostly_there,
                      test=(date(2014, 6, 1), 92), validation=(date(2014, 3, 1), 92)),
    "gym": Task(load=gym, calendar=Calendar(country="US", region="CA"),
                test=(date(2016, 10, 1), 61), validation=(date(2016, 8, 1), 61)),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What is reported of one data set; shares run 0–1."""

    mae: float
    median_cvrmse: float
    last_week_mae: float
    last_week_cvrmse: float
    four_weeks_mae: float
    worse_than_four_weeks: float
    coverage_80: float
    coverage_95: float


def scores_of(truth: Floats, made: tuple[Forecast, ...], weeks: list[Floats]) -> Scores:
    """Return scores of forecasts against the truth, shape `(n_origins, n_points, horizon)`."""
    said = np.stack([f.mean for f in made])
    four = np.nanmean(np.stack(weeks), axis=0)
    own, plain = absolute_error(said, truth), absolute_error(four, truth)
    cover = [
        float(np.nanmean(share_inside(truth, np.stack([f.intervals[i].low for f in made]),
                                      np.stack([f.intervals[i].high for f in made]))))
        for i in range(2)
    ]  # fmt: skip
    return Scores(
        mae=float(np.nanmean(own)),
        median_cvrmse=float(np.nanmedian(cvrmse(said, truth))),
        last_week_mae=float(np.nanmean(absolute_error(weeks[0], truth))),
        last_week_cvrmse=float(np.nanmedian(cvrmse(weeks[0], truth))),
        four_weeks_mae=float(np.nanmean(plain)),
        worse_than_four_weeks=float((own > plain)[np.isfinite(own)].mean()),
        coverage_80=cover[0],
        coverage_95=cover[1],
    )


def absolute_error(said: Floats, truth: Floats) -> Floats:
    """Return the mean absolute error of each point."""
    return np.asarray(np.nanmean(np.abs(said - truth), axis=(0, 2)))


def cvrmse(said: Floats, truth: Floats) -> Floats:
    """Return the root mean squared error of each point over its mean."""
    return np.asarray(
        np.sqrt(np.nanmean((said - truth) ** 2, axis=(0, 2))) / np.abs(np.nanmean(truth, axis=(0, 2)))
    )


def share_inside(truth: Floats, low: Floats, high: Floats) -> Floats:
    """Return how often each point's truth lies in its interval."""
    held = np.where(np.isfinite(truth), (truth >= low) & (truth <= high), np.nan)
    return np.asarray(np.nanmean(held, axis=(0, 2)))


def run(
    task: Task, folder: Path, window: str, params: ForecastParams, plugins: Mapping[str, Forecaster]
) -> tuple[Scores, dict[str, int]]:
    """Return the scores of a data set, and how often each method was chosen."""
    history = task.load(folder)
    first, days = task.test if window == "test" else task.validation
    steps = history.steps_per_day
    begin = history.index(datetime(first.year, first.month, first.day, tzinfo=UTC))
    origins = [begin + k * steps for k in range(days)]
    made = rolling_forecasts(history, origins, steps, calendar=task.calendar, params=params, plugins=plugins)
    tried = task.scored(history)
    tried &= np.isfinite(history.values[:, begin : begin + days * steps]).any(axis=1)
    made = tuple(only(f, tried) for f in made)
    values = history.values[tried]
    truth = np.stack([values[:, o : o + steps] for o in origins])
    weeks = [
        np.stack([values[:, o - 7 * k * steps : o - 7 * k * steps + steps] for o in origins])
        for k in (1, 2, 3, 4)
    ]
    counts = np.bincount(np.concatenate([f.chosen for f in made]), minlength=len(made[0].methods))
    return scores_of(truth, made, weeks), dict(zip(made[0].methods, counts.tolist(), strict=True))


def only(made: Forecast, tried: NDArray[np.bool_]) -> Forecast:
    """Return a forecast of some of its points."""
    parts = tuple(replace(i, low=i.low[tried], high=i.high[tried]) for i in made.intervals)
    return replace(
        made, mean=made.mean[tried], intervals=parts, chosen=made.chosen[tried], errors=made.errors[:, tried]
    )


def night(folder: Path, n_points: int, seed: int) -> None:
    """Measure one night: the next 24 hours and the next 14 days of many points with 150 days behind them."""
    rng = np.random.default_rng(seed)
    real = cambridge(folder)
    recent = real.values[:, -150 * 24 :]
    which = rng.integers(0, len(recent), n_points)
    shift = rng.integers(-7, 1, n_points) * 7 * 24
    values = np.stack([np.roll(recent[w], s) for w, s in zip(which, shift, strict=True)])
    values *= rng.uniform(0.1, 10, (n_points, 1)) * rng.normal(1, 0.05, values.shape)
    history = History(values=values, start=real.start, step=HOUR, zone="Europe/London")
    began, used = time.perf_counter(), time.process_time()
    hourly = forecast(history, 24, calendar=Calendar(country="GB", region="ENG"))
    middle = time.perf_counter()
    days = forecast(daily(history, total=True), 14, calendar=Calendar(country="GB", region="ENG"))
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{n_points} points: hourly {middle - began:.0f} s, daily {end - middle:.0f} s; "
          f"CPU {time.process_time() - used:.0f} s, {peak:.1f} GiB; "
          f"finite: {np.isfinite(hourly.mean).all() and np.isfinite(days.mean).all()}")  # fmt: skip


def main() -> None:
    """Print a row a data set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/telemetry"))
    parser.add_argument("--sets", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--window", choices=["test", "validation"], default="test")
    parser.add_argument("--points", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--forecaster", type=Path)
    args = parser.parse_args()
    plugins = open_forecasters(args.forecaster)
    if args.points:
        night(args.folder, args.points, args.seed)
        return
    params = ForecastParams(trees=TreeParams(seed=args.seed))
    for name in args.sets:
        began = time.perf_counter()
        found, chosen = run(TASKS[name], args.folder, args.window, params, plugins)
        print(f"{name} ({args.window}): MAE {found.mae:.3f} (last week {found.last_week_mae:.2f}, four weeks' mean "
              f"{found.four_weeks_mae:.2f}), median CV-RMSE {found.median_cvrmse:.4f} (last week "
              f"{found.last_week_cvrmse:.4f}), worse than four weeks {found.worse_than_four_weeks:.1%}, intervals hold "
              f"{found.coverage_80:.1%} / {found.coverage_95:.1%}; chosen {chosen}; "
              f"{time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
