"""States of rooms and devices on the shared sets, by the splits of their READMEs; all is chosen on training days.

python benchmarks/states.py ../shared/data/telemetry [--sets occupancy dark fcu30 fcu10 count robod climate]
    [--seeds 0 1 2] [--candidate network:own] [--curve]

`--curve` leaves the tests alone: it prints, of days left out of what is learnt, how right each candidate can be while
it foresees so many changes. `fcu30seen`, for it alone, is fcu30 with people and the unit's command 30 minutes later
known: a bound.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yuanli.forecast import (
    Place,
    StateLearning,
    StateModel,
    StateParams,
    StateScores,
    evaluate_states,
    fit_states,
    place_of,
)
from yuanli.forecast.states.choosing import choose
from yuanli.forecast.states.features import known_of, look_of
from yuanli.forecast.states.fitting import AHEAD, learnable
from yuanli.forecast.states.views import parse_candidate
from yuanli.learning import WindowParams

MINUTE = 60_000_000
ROOMS = (1, 2, 4, 5)
RECALLS = (0.2, 0.3, 0.4, 0.5, 0.6)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Places to learn from, and to try on by name; each pair is one split. What is before `since` is not tried."""

    classes: tuple[str, ...]
    ahead: int
    splits: tuple[tuple[tuple[Place, ...], Mapping[str, tuple[Place, ...]]], ...]
    since: int | None = None


def table(path: Path) -> dict[str, list[str]]:
    """Return the columns of a gzipped table; one whose header lacks the name of its index is borne."""
    with gzip.open(path, "rt") as file:
        head, *body = csv.reader(file)
    if len(body[0]) == len(head) + 1:
        head = ["", *head]
    return {name: [row[i] for row in body] for i, name in enumerate(head)}


def numbers(column: Sequence[str]) -> Floats:
    """Return numbers; what is none, such as `P_sup error`, is missing."""
    found = np.full(len(column), np.nan)
    for place, text in enumerate(column):
        try:
            found[place] = float(text)
        except ValueError:
            continue
    return found


def times(texts: Sequence[str], form: str, step: int) -> NDArray[np.int64]:
    """Return times in µs, to the nearest step: clocks of a minute that read 59 seconds are borne."""
    at = [round(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()) for text in texts]
    return (np.array(at, np.int64) * 1_000_000 + step // 2) // step * step


def occupancy(folder: Path, *, light: bool) -> Task:
    """Return UCI 357: one week to learn from, two test sets with the door closed and open."""
    signals = ["Temperature", "Humidity", "CO2", "HumidityRatio", *(["Light"] if light else [])]

    def room(name: str) -> tuple[Place, ...]:
        found = table(folder / "uci_occupancy" / f"{name}.csv.gz")
        at = times(found["date"], "%Y-%m-%d %H:%M:%S", MINUTE)
        readings = {s: (at, numbers(found[s])) for s in signals}
        return (place_of(name, readings, (at, numbers(found["Occupancy"])), step=MINUTE),)

    tests = {"door closed": room("datatest"), "door open": room("datatest2")}
    return Task(classes=("empty", "used"), ahead=0, splits=((room("datatraining"), tests),))


def room_count(folder: Path) -> Task:
    """Return UCI 864, each day left out once."""
    found = table(folder / "uci_room_count" / "Occupancy_Estimation.csv.gz")
    step = MINUTE // 2
    stamps = [f"{day} {clock}" for day, clock in zip(found["Date"], found["Time"], strict=True)]
    at = np.array(
        [round(datetime.strptime(s, "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC).timestamp()) for s in stamps]
    )
    readings = {s: (at * 1_000_000, numbers(found[s])) for s in found if s.startswith("S")}
    count = (at * 1_000_000, numbers(found["Room_Occupancy_Count"]))
    whole = place_of("room", readings, count, step=step)
    days = np.unique(whole.days()[np.isfinite(whole.truth)])
    return Task(
        classes=("0", "1", "2", "3"), ahead=0,
        splits=tuple(((only(whole, set(days) - {day}),), {"days": (only(whole, {day}),)}) for day in days),
    )  # fmt: skip


def fcu(folder: Path, ahead: int, target: str = "FCU_onoff_feedback", *, seen: tuple[str, ...] = ()) -> Task:
    """Return fan-coil units of four rooms: 9 to 15 August to learn from, 16 to 18 to try on, what was before known.

    Of what is `seen` the later reading is known, which nobody can: it bounds what can be foreseen.
    """
    source = folder / "office_fcu_cn"
    plant = dict[str, tuple[NDArray[np.int64], Floats]]()
    for name in ("pump_1", "heatpump_1"):
        plant |= {f"{name} {s}": column for s, column in _columns(source / f"{name}_to_0818.csv.gz").items()}
    places = []
    for room in ROOMS:
        readings = _columns(source / f"room_{room}_to_0818.csv.gz")
        truth = readings.pop(target)
        for name in seen:
            at, values = readings[name]
            readings[f"{name} then"] = (at - ahead * MINUTE, values)
        places.append(place_of(f"room {room}", readings | plant, truth, step=MINUTE))
    day = {
        d: (datetime(2021, 8, d, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days for d in range(9, 19)
    }
    past = {day[d] for d in range(9, 16)}
    learn = tuple(only(p, past) for p in places)
    tests = {"all": tuple(only(p, past | {day[16], day[17], day[18]}) for p in places)}
    tests["without the copied day"] = tuple(
        only(p, past | {day[17], day[18]} | (set() if p.name == "room 2" else {day[16]})) for p in places
    )
    since = day[16] * 24 * 60 * MINUTE
    return Task(classes=("off", "on"), ahead=ahead, splits=((learn, tests),), since=since)


def robod(folder: Path) -> Task:
    """Return presence in three rooms, each with its model: 16 days to learn from, the rest to try on."""
    splits = []
    for path in sorted((folder / "robod").glob("room*.csv.gz")):
        found = table(path)
        at = np.array(
            [
                round(datetime.strptime(s, "%Y-%m-%d %H:%M %z").timestamp()) * 1_000_000
                for s in found["timestamp"]
            ]
        )
        readings = {
            s: (at, numbers(c)) for s, c in found.items() if not s.startswith(("occupant", "timestamp"))
        }
        truth = (at, numbers(found["occupant_presence"]))
        place = place_of(path.name[:5], readings, truth, step=5 * MINUTE, zone="Asia/Singapore")
        days = np.unique(place.days()[np.isfinite(place.truth)]).tolist()
        splits.append(((only(place, set(days[:16])),), {place.name: (only(place, set(days[16:])),)}))
    return Task(classes=("empty", "used"), ahead=0, splits=tuple(splits))


def room_climate(folder: Path) -> Task:
    """Return two rooms, each with its model: presence by temperature and humidity alone, even runs to learn from."""
    splits = []
    for path in sorted((folder / "room_climate").glob("location_*.csv.gz")):
        found = table(path)
        at = times(found["ts"], "%Y-%m-%d %H:%M:%S", MINUTE)
        run, node = numbers(found["run"]), numbers(found["node"])
        signals = {"temperature": numbers(found["temp_c"]), "humidity": numbers(found["rh"])}
        used = np.minimum(numbers(found["occupants"]), 1)
        places: dict[int, Place] = {}
        for number in np.unique(run).astype(int).tolist():
            here = run == number
            readings = {
                f"{name} {one:g}": (at[here & (node == one)], column[here & (node == one)])
                for one in np.unique(node) for name, column in signals.items()
            }  # fmt: skip
            places[number] = place_of(f"run {number}", readings, (at[here], used[here]), step=MINUTE)
        learn, tried = (tuple(p for n, p in places.items() if n % 2 == odd) for odd in (0, 1))
        splits.append((learn, {path.name.removesuffix("_1min.csv.gz"): tried}))
    return Task(classes=("empty", "used"), ahead=0, splits=tuple(splits))


def _columns(path: Path) -> dict[str, tuple[NDArray[np.int64], Floats]]:
    found = table(path)
    stamps = [f"{day} {clock}" for day, clock in zip(found["date"], found["time"], strict=True)]
    at = times(stamps, "%Y/%m/%d %H:%M", MINUTE)
    return {name: (at, numbers(column)) for name, column in found.items() if name not in ("date", "time")}


def only(place: Place, days: set[int]) -> Place:
    """Return a place of which nothing is known on other days."""
    out = ~np.isin(place.days(), sorted(days))
    values = place.history.values.copy()
    values[:, out] = np.nan
    truth = np.where(out, np.nan, place.truth)
    return replace(place, history=replace(place.history, values=values), truth=truth)


TASKS = {
    "occupancy": lambda folder: occupancy(folder, light=True),
    "dark": lambda folder: occupancy(folder, light=False),
    "fcu30": lambda folder: fcu(folder, 30),
    "fcu30seen": lambda folder: fcu(folder, 30, seen=("occupant_num", "FCU_onoff_setpoint")),
    "fcu10": lambda folder: fcu(folder, 10),
    "presence30": lambda folder: fcu(folder, 30, "occupant_transform"),
    "count": room_count,
    "robod": robod,
    "climate": room_climate,
}


def together(found: Sequence[StateScores]) -> tuple[float, float, float, int]:
    """Return accuracy over all moments, mean change recall and false changes, and the count."""
    count = sum(one.count for one in found)
    accuracy = sum(one.accuracy * one.count for one in found) / count
    return accuracy, _mean([o.change_recall for o in found]), _mean([o.false_changes for o in found]), count


def _mean(values: Sequence[float]) -> float:
    held = [value for value in values if np.isfinite(value)]
    return float(np.mean(held)) if held else float("nan")


def run(task: Task, params: StateParams) -> tuple[list[StateModel], dict[str, dict[str, list[StateScores]]]]:
    """Return the models of the splits, and scores by test and by what answered."""
    models, found = [], dict[str, dict[str, list[StateScores]]]()
    for learn, tests in task.splits:
        models.append(fit_states(learn, task.classes, ahead=task.ahead, params=params))
        for name, places in tests.items():
            for what, scores in evaluate_states(models[-1], places, since=task.since).items():
                found.setdefault(name, {}).setdefault(what, []).append(scores)
    return models, found


def curves(task: Task, params: StateParams) -> dict[str, list[float]]:
    """Return the best accuracy of each candidate that foresees the share `RECALLS` of changes, on days left out.

    The lean is taken with these days in sight, so that this is more than a model can be sure to reach.
    """
    learn = task.splits[0][0]
    look = look_of(learn, ahead=task.ahead, own=True)
    known = learnable(known_of(learn, look))
    candidates = [parse_candidate(one) for one in params.candidates or AHEAD]
    chosen = choose(candidates, known, learn, look, classes=len(task.classes), params=params.learning)
    truth, now = known.truth.astype(np.int64), known.now.astype(np.int64)
    return {name: _curve(np.asarray(said, np.float64), truth, now) for name, said in chosen.each.items()}


def _curve(said: Floats, truth: NDArray[np.int64], now: NDArray[np.int64]) -> list[float]:
    odds = said.copy()
    odds[np.arange(len(now)), now] = 0
    other, likely = odds.argmax(axis=1), odds.max(axis=1)
    order = np.argsort(-likely, kind="stable")
    gained = ((other == truth) & (now != truth))[order].cumsum()
    lost = (now == truth)[order].cumsum()
    accuracy = ((now == truth).sum() + gained - lost) / len(truth)
    recall = gained / max(int((now != truth).sum()), 1)
    last = np.append(np.diff(likely[order]) < 0, True)
    return [float(accuracy[last & (recall >= least)].max(initial=0)) for least in RECALLS]


def main() -> None:
    """Print what each set gives, seed by seed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/telemetry"))
    parser.add_argument(
        "--sets", nargs="+", choices=list(TASKS), default=[t for t in TASKS if t not in ("presence30", "fcu30seen")]
    )  # fmt: skip
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--candidate", action="append", default=[])
    parser.add_argument("--curve", action="store_true")
    args = parser.parse_args()
    if "fcu30seen" in args.sets and not args.curve:
        parser.error("fcu30seen knows what comes: it is for --curve.")
    for name in args.sets:
        task = TASKS[name](args.folder)
        if args.curve and not task.ahead:
            parser.error(f"{name} asks for no later state: it has no --curve.")
        for seed in args.seeds:
            began = time.process_time()
            learning = StateLearning(seed=seed, network=WindowParams(seed=seed))
            params = StateParams(candidates=tuple(args.candidate), learning=learning)
            if args.curve:
                print(f"{name}, seed {seed}: accuracy on days left out at changes foreseen of {RECALLS}")
                for what, row in curves(task, params).items():
                    print(f"  {what:24s} {' '.join(f'{one:.4f}' for one in row)}", flush=True)
                continue
            models, found = run(task, params)
            print(f"{name}, seed {seed}: {'; '.join(sorted({m.method for m in models}))}; lean {models[0].lean:.2f}; "
                  f"{time.process_time() - began:.0f} CPU s; {models[0].verdict().en}", flush=True)  # fmt: skip
            for test, answers in found.items():
                for what, scores in answers.items():
                    accuracy, recall, false, count = together(scores)
                    print(f"  {test:24s} {what:12s} n {count} accuracy {accuracy:.4f} "
                          f"[{scores[0].accuracy_low:.3f}–{scores[0].accuracy_high:.3f}] "
                          f"macro F1 {scores[0].macro_f1:.3f} "
                          f"changes foreseen {recall:.3f}, false {false:.4f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
