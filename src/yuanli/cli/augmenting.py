"""`yuanli telemetry augment`: readings changed as chance would have it, to learn from and to try rules on."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.random import Generator
from numpy.typing import NDArray

from yuanli.cli.printing import OUT, said
from yuanli.cli.reading_tables import ColumnNames, columns_of, rows_of, zone_of
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import time_of
from yuanli.telemetry import (
    DecodeParams,
    Quantity,
    Row,
    conversion,
    find_quantity,
    inject_faults,
    jitter,
    scaled,
    time_warped,
    window_slices,
)

Cells = Sequence[object]


class Change(StrEnum):
    """How readings are changed."""

    JITTER = "jitter"
    SCALE = "scale"
    WARP = "warp"
    SLICE = "slice"
    FAULTS = "faults"


PLAIN = {Change.JITTER: jitter, Change.SCALE: scaled, Change.WARP: time_warped}


class AugmentError(InvalidInputError):
    """Readings can't be changed like that, or what came out can't be written."""


@dataclass(frozen=True, slots=True)
class _Asked:
    rng: Generator
    length: int
    count: int
    quantity: Quantity | None


def augment(
    file: Annotated[Path, typer.Argument(help="CSV, CSV.gz, xlsx or Parquet. 读数文件。")],
    change: Annotated[Change, typer.Argument(help="What to do. 变换方式。")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A CSV file to write. 输出文件。")],
    labels: Annotated[
        Path | None, typer.Option("--labels", help="With faults: where, which and how large. 故障标注。")
    ] = None,
    brick_class: Annotated[
        str | None, typer.Option("--class", help="With faults: what is measured. Brick 类。")
    ] = None,
    length: Annotated[int, typer.Option("--length", min=1, help="Of a slice, in readings. 片段长度。")] = 96,
    count: Annotated[int, typer.Option("--count", min=1, help="Slices of a point. 片段数。")] = 10,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed, the same result. 种子。")] = 0,
    zone: Annotated[str | None, typer.Option("--zone", help="Zone of times without one. 时区。")] = None,
    column: ColumnNames = None,
) -> None:
    """Change a table of readings at random: noise, swing, speed, slices, or labelled faults. 数据增强。

    Example: yuanli telemetry augment rooms.csv faults -o faulty.csv --labels truth.csv
    """
    quantity = None if brick_class is None else find_quantity(brick_class)
    if brick_class is not None and quantity is None:
        raise AugmentError(
            Text(f"不知道 {brick_class} 量的是什么。", f"What a {brick_class} measures is not known."),
            field="class",
            hint=Text("例如 Zone_Air_Temperature_Sensor。", "Write such as Zone_Air_Temperature_Sensor."),
        )  # fmt: skip
    rows = rows_of(file, columns_of(column or ()), DecodeParams(zone=None if zone is None else zone_of(zone)))
    asked = _Asked(np.random.default_rng(seed), length, count, quantity)
    told: list[Cells] = []
    made = [
        one for point, own in _by_point(rows).items() for one in _changed(change, point, own, asked, told)
    ]
    head = ["time", "point", "value", *([change] if change is Change.SLICE else ())]
    _write(output, [*head, *(["received"] if change is Change.FAULTS else ())], made)
    if labels is not None:
        _write(labels, ["point", "reason", "start", "end", "size"], told)
    OUT.print(
        said(Text(f"已写入 {len(made)} 行到 {output}。", f"{len(made)} rows were written to {output}."))
    )


def _changed(
    change: Change, point: str, rows: Sequence[Row], asked: _Asked, told: list[Cells]
) -> Iterator[Cells]:
    """Yield the rows of a point after a change; `told` gathers the faults that were put in."""
    at = np.array([row.at for row in rows], np.int64)
    value = np.array([row.value for row in rows], np.float64)
    if change is Change.SLICE:
        if asked.length > len(value):
            raise AugmentError(
                Text(f"点位 {point} 只有 {len(value)} 条读数，不够 {asked.length} 条一段。",
                     f"{point} has {len(value)} readings, too few for slices of {asked.length}."),
                field="length", hint=Text("缩短片段。", "Ask for shorter slices."),
            )  # fmt: skip
        places = np.arange(len(value), dtype=np.float64)
        for number, slice_ in enumerate(
            window_slices(places, asked.rng, length=asked.length, count=asked.count)
        ):
            own = slice_.astype(np.intp)
            yield from ((*cells, number) for cells in _cells(point, at[own], value[own]))
    elif change is Change.FAULTS:
        found = asked.quantity
        mixup = conversion(found.unit, found.mixups[0]) if found and found.unit and found.mixups else None
        injected = inject_faults(
            at, value, asked.rng, codes=sorted(found.codes) if found else (), mixup=mixup
        )
        told += [
            (point, (fault.reason.name or "").lower(), _iso(fault.start), _iso(fault.end), fault.size)
            for fault in injected.faults
        ]
        came = injected.readings
        for cells, received in zip(_cells(point, came.at, came.value), came.received.tolist(), strict=True):
            yield (*cells, _iso(received))
    else:
        yield from _cells(point, at, PLAIN[change](value, asked.rng))


def _by_point(rows: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    """Return the readings of each point, one a time, ascending; those of a device are called after it."""
    found: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        if row.at is not None:
            found[row.point if row.device is None else f"{row.device}/{row.point}"].setdefault(row.at, row)
    return {point: [own[at] for at in sorted(own)] for point, own in found.items()}


def _cells(point: str, at: NDArray[np.int64], value: NDArray[np.float64]) -> Iterator[tuple[object, ...]]:
    for when, one in zip(at.tolist(), value.tolist(), strict=True):
        yield _iso(when), point, "" if one != one else f"{one:.10g}"


def _iso(at: int) -> str:
    return time_of(at).astimezone(UTC).isoformat()


def _write(path: Path, head: Cells, rows: Sequence[Cells]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *rows])
    except OSError as error:
        raise AugmentError(
            Text(f"无法写入 {path}：{error}", f"{path} can't be written: {error}"),
            field="output", hint=Text("换一个能写的位置。", "Choose a place that can be written."),
        ) from error  # fmt: skip
