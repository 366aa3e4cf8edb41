"""Nights of a park whose readings are stored: CPU, memory and disk; what waits beside them; and nights that are killed.

python -m benchmarks.nights [../shared/data/telemetry] [--points 10000] [--home FOLDER] [--kills 12] [--latency]

A park of rooms with ten points each (powers, a meter's among them, air, light and people), told 150 days by the hour:
real courses of buildings, weather and walkers, each by its own scale, shift of whole weeks and noise. `--home` keeps
the park, made once, for more runs: the night that is there is made anew. `--kills` kills a night so often by SIGKILL
and lets it go on; `--latency` asks a server for its health each 50 ms without a night, and while it makes one.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx2 as httpx
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from benchmarks.forecasting import cambridge, columns_of, gridded, melbourne, ucsd
from yuanli.bootstrap import House, build_house, serve
from yuanli.campus import (
    Building,
    BuildingId,
    Campus,
    CampusId,
    DataPoint,
    Device,
    DeviceId,
    Feature,
    FeatureId,
    Imported,
    Level,
    LevelId,
    PointId,
    Unit,
    UnitId,
    by_id,
)
from yuanli.forecast import HOUR, History
from yuanli.operations import Night, NightlyForecasts, NightParams
from yuanli.settings import load_settings
from yuanli.storage import SqlForecastStore
from yuanli.telemetry import Readings

Floats = NDArray[np.floating]
CAMPUS = CampusId("many")
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
"""Two at night in Hangzhou, an hour after its nights begin."""
PAST_D = 150
LEVELS, ROOMS = 5, 10
"""Levels of a building, and rooms of a level."""
POINTS = (
    ("meter", "Electrical_Power_Sensor", "kW", "power"),
    ("lights", "Electrical_Power_Sensor", "kW", "power"),
    ("sockets", "Electrical_Power_Sensor", "kW", "power"),
    ("fan-coil", "Electrical_Power_Sensor", "kW", "power"),
    ("air", "Zone_Air_Temperature_Sensor", "°C", "temp"),
    ("supply", "Supply_Air_Temperature_Sensor", "°C", "temp"),
    ("humidity", "Zone_Air_Humidity_Sensor", "%", "humidity"),
    ("co2", "CO2_Level_Sensor", "ppm", "walkers"),
    ("light", "Illuminance_Sensor", "lx", "sun"),
    ("people", "Occupancy_Count_Sensor", None, "walkers"),
)
"""Points of a room: name, class, unit, and which courses they follow."""
RANGES = {"co2": (420, 900), "light": (0, 800), "people": (0, 12), "air": (19, 26), "supply": (13, 22),
          "humidity": (25, 75)}  # fmt: skip
"""What the middle 98 of 100 of the values of those points lie in; powers have scales of their own."""


def park(n_points: int) -> tuple[Campus, tuple[tuple[PointId, str, str], ...]]:
    """Return a campus of so many points, and of each its id, name in the room and courses."""
    features: list[Feature] = []
    points: list[tuple[PointId, str, str]] = []
    for number in range(-(-n_points // len(POINTS))):
        floor, room = divmod(number, ROOMS)
        block, ordinal = divmod(floor, LEVELS)
        building, level = BuildingId(FeatureId(f"b{block}")), LevelId(FeatureId(f"b{block}-l{ordinal}"))
        outline = _box(block, 0, ROOMS)
        if floor % LEVELS == 0 and room == 0:
            features.append(
                Building(id=building, name={"zh": f"{block}号楼"}, geometry=outline, category="office")
            )
        if room == 0:
            features.append(
                Level(id=level, ordinal=float(ordinal), geometry=outline, building_ids=(building,))
            )
        unit = UnitId(FeatureId(f"{level}-r{room}"))
        features.append(
            Unit(id=unit, level_id=level, category="office", geometry=_box(block, room, room + 1))
        )
        meter = DeviceId(FeatureId(f"{unit}-meter"))
        features.append(Device(id=meter, brick_class="Electrical_Meter", space_id=unit))
        for name, brick_class, unit_of, course in POINTS[: n_points - len(points)]:
            own = PointId(FeatureId(f"{unit}-{name}-value"))
            device = meter if name == "meter" else None
            features.append(
                DataPoint(id=own, brick_class=brick_class, unit=unit_of, device_id=device, space_id=unit)
            )
            points.append((own, name, course))
    campus = Campus(id=CAMPUS, features=by_id(features), country="CN", time_zone="Asia/Shanghai")
    return campus, tuple(points)


def _box(block: int, first: int, last: int) -> BaseGeometry:
    west = 120 + block * 0.002
    return shapely.box(west + first * 1e-4, 30, west + last * 1e-4, 30.0002)


def courses(folder: Path) -> dict[str, Floats]:
    """Return real hours by kind, the last 150 whole days of each set; shape `(n_courses, n_hours)`."""
    weather = folder / "cambridge_campus" / "weather_*.parquet"

    def sky(column: str) -> History:
        query = f"select 'w' p, cast(datetime as timestamp) t, \"{column}\" v from '{weather}'"
        return columns_of(query, step=HOUR, zone="UTC")

    quarters = ucsd(folder)
    row, column = np.nonzero(np.isfinite(quarters.values))
    hours = gridded(row, quarters.start + column * quarters.step, quarters.values[row, column],
                    quarters.n_points, step=HOUR, zone="UTC")  # fmt: skip
    kinds = {
        "power": [cambridge(folder), hours],
        "temp": [sky("air_temperature [degC]")],
        "humidity": [sky("rltv_hum [%]")],
        "sun": [sky("glbl_irad_amt [W/m2]")],
        "walkers": [melbourne(folder)],
    }
    return {kind: np.concatenate([_last(one) for one in sets]) for kind, sets in kinds.items()}


def _last(history: History) -> Floats:
    """Return the last 150 days of the rows that are mostly there."""
    recent = history.values[:, -PAST_D * 24 :]
    return np.asarray(recent[np.isfinite(recent).mean(axis=1) > 0.8])


def told_hours(points: tuple[tuple[PointId, str, str], ...], real: dict[str, Floats], seed: int) -> Floats:
    """Return 150 days of hours of points; shape `(n_points, n_hours)`, not a number where nothing was measured."""
    rng = np.random.default_rng(seed)
    values = np.empty((len(points), PAST_D * 24), np.float32)
    for place, (_, name, course) in enumerate(points):
        chosen = real[course][rng.integers(len(real[course]))]
        own = np.roll(chosen, 7 * 24 * int(rng.integers(0, 8)))
        if name in RANGES:
            low, high = np.nanquantile(own, [0.01, 0.99])
            least, most = RANGES[name]
            own = least + (own - low) / max(high - low, 1e-9) * (most - least) * rng.uniform(0.7, 1.0)
            own = np.maximum(own + rng.normal(0, 0.02 * (most - least), len(own)), 0.0)
        else:
            own = own * rng.uniform(0.1, 10) * rng.normal(1, 0.05, len(own))
        values[place] = np.round(own) if name == "people" else np.round(own, 2)
    return values


def make_park(home: Path, folder: Path, n_points: int, seed: int) -> None:
    """Store a park and its readings, five days at a time, packed as the product packs them."""
    began, used = time.perf_counter(), time.process_time()
    campus, points = park(n_points)
    values = told_hours(points, courses(folder), seed)
    with closing(opened(home)) as house:
        house.places.add(Imported(campus=campus), who="benchmark", why="benchmark")
        numbers = house.readings.number_points(campus.id, [point for point, _, _ in points])
        at = (int(NOW.timestamp()) // 3600 - np.arange(values.shape[1], 0, -1)) * HOUR
        for first in range(0, len(at), 24 * 5):
            column, row = np.nonzero(np.isfinite(values[:, first : first + 24 * 5]).T)
            times = at[first + column]
            house.readings.write(
                Readings(
                    point=numbers[row], at=times,
                    value=values[row, first + column].astype(np.float64), received=times,
                )
            )  # fmt: skip
            house.readings.compact(int(times[-1]))
        held = house.readings.footprint()
    print(f"{n_points} points: {held.rows} readings stored, {(held.hot_bytes + held.cold_bytes) / 2**20:.0f} MiB; "
          f"CPU {time.process_time() - used:.0f} s, wall {time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip


def opened(home: Path, now: Callable[[], datetime] = lambda: NOW) -> House:
    """Open the installation of a folder."""
    return build_house(load_settings(data_dir=home), now=now)


def measure_night(home: Path) -> None:
    """Make the whole night anew, and say what it took."""
    size = database_mib(home)
    with closing(opened(home)) as house:
        began, used = time.perf_counter(), time.process_time()

        def told(night: Night) -> None:
            print(
                f"  {night.share:.0%}, {night.kept} kept, CPU {time.process_time() - used:.0f} s", flush=True
            )

        night = house.nightly.renew(CAMPUS, told=told, again=True)
        cpu, wall = time.process_time() - used, time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"night: {night.kept} kept, {night.too_little} with too little past, {night.failed} failed; "
          f"CPU {cpu:.0f} s, wall {wall:.0f} s, peak {peak:.2f} GiB, "
          f"database {database_mib(home) - size:.1f} MiB more")  # fmt: skip


def database_mib(home: Path) -> float:
    """Return the size of the database, with what was written ahead brought into it."""
    with closing(sqlite3.connect(home / "yuanli.db")) as database:
        database.execute("pragma wal_checkpoint(truncate)")
    return (home / "yuanli.db").stat().st_size / 2**20


def measure_kills(home: Path, kills: int, seed: int) -> None:
    """Kill nights at random moments until they have been killed so often, and see that nothing is lost or doubled."""
    rng = random.Random(seed)
    began = time.perf_counter()
    with nights(home) as whole:
        whole.wait()
    length = time.perf_counter() - began
    lost = killed = whole_nights = 0
    forget(home)
    while killed < kills:
        before = kept(home)
        with nights(home) as process:
            try:
                process.wait(rng.uniform(0, length))
            except subprocess.TimeoutExpired:
                process.kill()
        after = kept(home)
        lost += len(before.items() - after.items())
        if process.returncode == 0:
            whole_nights += 1
            forget(home)
        elif process.returncode == -signal.SIGKILL:
            killed += 1
        else:
            raise SystemExit(f"a night ended with {process.returncode}")
    with nights(home) as process:
        process.wait()
    with closing(opened(home)) as house, closing(sqlite3.connect(home / "yuanli.db")) as database:
        (night,) = house.nightly.nights(CAMPUS)
        (check,) = database.execute("pragma integrity_check").fetchone()
        due = house.nightly.is_due(CAMPUS)
    print(f"{killed} kills within nights of {length:.1f} s, {whole_nights + 1} nights complete; kept forecasts lost or "
          f"changed: {lost}; the last: {night.kept} kept, {len(kept(home))} rows, {night.failed} failed, due: {due}; "
          f"database: {check}")  # fmt: skip


def nights(home: Path) -> subprocess.Popen[bytes]:
    """Begin or go on with a night in a process of its own: in small batches and with few trees."""
    return subprocess.Popen([sys.executable, "-m", "benchmarks.nights", "--night-of", str(home)])


def small_batches(home: Path) -> None:
    """Make the rest of a night by 25 points at a time."""
    with closing(opened(home)) as house:
        nightly = NightlyForecasts(
            house.readings, house.places, SqlForecastStore(house.database), energy=house.energy, twin=house.twin,
        outlooks=house.outlooks,
            clock=house.now, params=NightParams(batch=25, tree_rows=10_000, trees=20),
        )  # fmt: skip
        nightly.renew(CAMPUS)


def kept(home: Path) -> dict[tuple[str, str, str], bytes]:
    """Return what is kept of nights, by night, quantity and subject."""
    with closing(sqlite3.connect(home / "yuanli.db")) as database:
        rows = database.execute("select night, quantity, subject, hourly from forecast").fetchall()
    return {(night, quantity, subject): hourly for night, quantity, subject, hourly in rows}


def forget(home: Path) -> None:
    """Forget all nights."""
    with closing(sqlite3.connect(home / "yuanli.db")) as database, database:
        database.execute("delete from forecast")
        database.execute("delete from forecast_night")


def measure_latency(home: Path, at_most_s: float) -> None:
    """Ask a server for its health each 50 ms, first while it rests, then while it makes a night."""
    forget(home)
    log = home / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen([sys.executable, "-m", "benchmarks.nights", "--serve", str(home)], stdout=out,
                                  stderr=subprocess.STDOUT, env=os.environ | {"PYTHONUNBUFFERED": "1"})  # fmt: skip
    try:
        while not (found := re.search(r"http://[\d.:]+", log.read_text("utf-8"))):
            if server.poll() is not None:
                raise SystemExit(log.read_text("utf-8"))
            time.sleep(0.1)
        with httpx.Client(base_url=found[0]) as client:
            rest = list(answers(client, lambda: "begun" not in log.read_text("utf-8"), at_most_s))
            while "begun" not in log.read_text("utf-8"):
                time.sleep(0.1)
            used = cpu_s(server.pid)
            busy = list(answers(client, lambda: "100 %" not in log.read_text("utf-8"), at_most_s))
            used = cpu_s(server.pid) - used
    finally:
        server.terminate()
        server.wait(30)
    print("| while | answers | p50 ms | p95 ms | max ms |\n|---|---|---|---|---|")
    for name, spent in (("it rests", rest), (f"a night is made ({used:.0f} CPU s)", busy)):
        p50, p95 = np.percentile(spent, [50, 95])
        print(f"| {name} | {len(spent)} | {p50:.1f} | {p95:.1f} | {max(spent):.1f} |")


def answers(client: httpx.Client, going: Callable[[], bool], at_most_s: float) -> Iterator[float]:
    """Ask each 50 ms as long as told, and yield the milliseconds of each answer."""
    began = time.perf_counter()
    while time.perf_counter() - began < at_most_s and going():
        asked = time.perf_counter()
        client.get("/v1/health").raise_for_status()
        spent = time.perf_counter() - asked
        yield spent * 1e3
        time.sleep(max(0.0, 0.05 - spent))


def cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve_park(home: Path) -> None:
    """Serve a park as `yuanli up` does, by a clock that begins at the night's hour."""
    began = datetime.now(UTC)
    settings = load_settings(data_dir=home, port=0, compile_ahead=False)
    house = build_house(settings, now=lambda: NOW + (datetime.now(UTC) - began))
    serve(house, lambda url: print(url, flush=True))


def main() -> None:
    """Make a park where there is none, and measure what is asked for."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/telemetry"))
    options.add_argument("--points", type=int, default=1000)
    options.add_argument("--home", type=Path)
    options.add_argument("--kills", type=int, default=0)
    options.add_argument("--latency", action="store_true")
    options.add_argument("--at-most-s", type=float, default=240.0)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--night-of", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    args = options.parse_args()
    if args.serve:
        serve_park(args.serve)
        return
    if args.night_of:
        small_batches(args.night_of)
        return
    with tempfile.TemporaryDirectory() as passing:
        home = args.home or Path(passing)
        if not (home / "yuanli.db").exists():
            make_park(home, args.folder, args.points, args.seed)
        if args.kills:
            measure_kills(home, args.kills, args.seed)
        elif args.latency:
            measure_latency(home, args.at_most_s)
        else:
            measure_night(home)


if __name__ == "__main__":
    main()
