"""A small made-up park: points with a week's habits, noise and holes."""

from datetime import UTC, datetime

import numpy as np

from yuanli.forecast import HOUR, ForecastParams, History, TreeParams

MONDAY = round(datetime(2026, 3, 2, tzinfo=UTC).timestamp() * 1e6)
QUICK = ForecastParams(trees=TreeParams(trees=25, leaves=8, rows=6000, threads=1))
PLAIN = ForecastParams(methods=("last_week", "weekday_mean", "ridge"))


def park(
    *, n_points: int = 4, weeks: int = 12, noise: float = 4.0, seed: int = 0, zone: str = "UTC"
) -> History:
    """Return offices of different sizes: busy on workdays, with a level that wanders from day to day."""
    rng = np.random.default_rng(seed)
    hours = np.arange(weeks * 7 * 24)
    clock, weekday = hours % 24, hours // 24 % 7
    busy = np.where(weekday < 5, np.exp(-(((clock - 13) / 4.0) ** 2)), 0.1)
    size = 50 * 2.0 ** np.arange(n_points)[:, None]
    level = np.repeat(np.cumsum(rng.normal(0, 0.3, (n_points, weeks * 7)), axis=1), 24, axis=1)
    values = size * (1 + busy + noise / 100 * (level + rng.normal(0, 1, (n_points, len(hours)))))
    return History(values=values, start=MONDAY, step=HOUR, zone=zone)
