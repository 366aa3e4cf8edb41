"""Real campuses: registers through clock changes, and cost and carbon as their operators would have counted them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.api.house import CAMPUS
from tests.operations.metered import BUILDING, meter, metered_campus, metered_house, send

from yuanli.operations import Medium, Period

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "telemetry"
PACIFIC = "America/Los_Angeles"
US = 1_000_000


def asked(folder: str, query: str) -> dict[str, NDArray[Any]]:
    """Return the columns of a query on the files of a set; skip where it is not here."""
    path = DATA / folder
    if not path.is_dir():
        pytest.skip(f"../shared/data/telemetry/{folder} is not here")
    with duckdb.connect() as connection:
        found: dict[str, NDArray[Any]] = connection.execute(query.format(path=path)).fetchnumpy()
    return found


def local_stamps(times: NDArray[Any], zone: ZoneInfo) -> NDArray[np.int64]:
    """Return UTC µs of naive local times; of a night that has an hour twice, the second when it comes again."""
    naive = [datetime.fromisoformat(str(t)[:19]) for t in times.astype("datetime64[s]")]
    seen: set[datetime] = set()
    stamps = []
    for time in naive:
        stamps.append(round(time.replace(tzinfo=zone, fold=int(time in seen)).timestamp()) * US)
        seen.add(time)
    return np.array(stamps, np.int64)


@pytest.mark.parametrize(("month", "hours"), [(3, 31 * 24 - 1), (11, 30 * 24 + 1)])
def test_a_register_made_of_a_years_power_gives_each_local_day_back(
    tmp_path: Path, month: int, hours: int
) -> None:
    rows = asked(
        "ucsd_campus",
        "SELECT ts, kw FROM '{path}/power_15min_to_2019_06.parquet' WHERE meter = 'GeiselLibrary' AND "
        f"ts >= '2018-{month - 1:02}-25' AND ts < '2018-{month + 1:02}-03' ORDER BY ts",
    )
    zone = ZoneInfo(PACIFIC)
    at, kw = local_stamps(rows["ts"], zone), rows["kw"].astype(float)
    at, first = np.unique(at, return_index=True)
    kw = kw[first]
    house = metered_house(
        tmp_path, metered_campus(*meter("main", BUILDING), zone=PACIFIC),
        lambda: datetime(2019, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    register = (500_000 + np.concatenate(([0], np.cumsum(kw[:-1] * np.diff(at) / 3.6e9)))) % 1_000_000
    send(house, "main-e", at, register)
    start = datetime(2018, month, 1, tzinfo=zone)
    end = datetime(2018, month + 1, 1, tzinfo=zone)
    assert round((end.timestamp() - start.timestamp()) / 3600) == hours
    curve = house.energy.curve(CAMPUS, start, end, every=Period.DAY)
    total = np.concatenate(([0], np.cumsum(kw[:-1] * np.diff(at) / 3.6e9)))
    for bucket in curve.buckets:
        a, b = (round(time.timestamp()) * US for time in (bucket.start, bucket.end))
        truth = float(np.interp(b, at, total) - np.interp(a, at, total))
        assert bucket.amount == pytest.approx(truth, rel=1e-3)


def test_cost_and_carbon_of_a_real_building_are_those_counted_by_hand(tmp_path: Path) -> None:
    rows = asked(
        "cambridge_campus",
        "SELECT epoch_us(ts) AS at, kwh FROM '{path}/electricity_2018_2021.parquet' WHERE building = 'b0' AND "
        "ts >= '2021-05-30' AND ts < '2021-07-03' ORDER BY ts",
    )
    zone = ZoneInfo("Europe/London")
    house = metered_house(
        tmp_path,
        metered_campus(*meter("main", BUILDING), zone="Europe/London"),
        lambda: datetime(2022, 1, 1, tzinfo=UTC),
    )
    at, kwh = rows["at"].astype(np.int64), rows["kwh"].astype(float)
    send(house, "main-e", at, np.concatenate(([0], np.cumsum(kwh[:-1]))))
    document = {
        "currency": "GBP",
        "tariffs": {
            "electricity": [
                {
                    "valid_from": "2021-01-01", "prices": {"peak": 0.3, "flat": 0.12},
                    "schedule": [{"weekdays": [1, 2, 3, 4, 5], "hours": {"peak": ["16:00-19:00"]}}],
                }
            ]
        },
        "carbon": {"electricity": {"kg": 0.212, "year": 2021, "source": "UK conversion factors"}},
    }  # fmt: skip
    house.energy.replace_tariffs(CAMPUS, document, "test")
    start, end = datetime(2021, 6, 1, tzinfo=zone), datetime(2021, 7, 1, tzinfo=zone)
    local = [datetime.fromtimestamp(t / US, zone) for t in at.tolist()]
    inside = [start <= t < end for t in local]
    peak = [t.isoweekday() <= 5 and 16 <= t.hour < 19 for t in local]
    truth = sum(float(e) * (0.3 if p else 0.12) for e, p, i in zip(kwh, peak, inside, strict=True) if i)
    used = float(kwh[np.array(inside)].sum())
    cost = house.energy.cost(CAMPUS, start, end, media=[Medium.ELECTRICITY])
    assert float(cost.total) == pytest.approx(truth, abs=0.02)
    assert float(cost.carbon_kg) == pytest.approx(used * 0.212, rel=1e-6)
