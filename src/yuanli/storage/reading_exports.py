"""A folder that a store of readings is exported to, and restored from: Parquet files and the numbers of points.

points.csv         number, campus, id
conflicts.parquet  readings that another held against
rows-….parquet     readings; of one point and time the one of the later file holds
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yuanli.errors import NotFoundError, Text
from yuanli.operations import StoreNotEmptyError
from yuanli.storage.reading_files import ReadingFiles, unavailable
from yuanli.storage.reading_rows import ROW, Rows

POINTS = "points.csv"
CONFLICTS = "conflicts.parquet"
CHUNK = 500_000


class NoExportError(NotFoundError):
    """A folder holds no exported readings."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What a folder of exported readings holds."""

    points: Sequence[tuple[int, str, str]]
    conflicts: Rows
    files: ReadingFiles
    parts: Sequence[str]

    def rows(self, told: Callable[[float], None]) -> Iterator[Rows]:
        """Yield the readings, so that a later row takes the place of an earlier one; `told` hears the share."""
        for done, part in enumerate(self.parts, start=1):
            yield from self.files.chunks(part, CHUNK)
            told(done / len(self.parts))


def export(
    folder: Path,
    *,
    points: Iterable[tuple[int, str, str]],
    rows: Iterable[Rows],
    conflicts: Rows,
    packed: Sequence[Path] = (),
    count: int = 0,
    told: Callable[[float], None],
) -> None:
    """Write a folder that is there whole, or not at all; `rows`, so many, hold against those of `packed` files."""
    steps = len(packed) + -(-count // CHUNK) + 1
    draft = folder.with_name(folder.name + ".draft")
    try:
        if folder.exists():
            raise FileExistsError(f"{folder} exists")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        with (draft / POINTS).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(points)
            file.flush()
            os.fsync(file.fileno())
        files = ReadingFiles(draft)
        for number, path in enumerate(packed):
            shutil.copyfile(path, draft / f"rows-{number:06}.parquet")
            told((number + 1) / steps)
        for number, chunk in enumerate(rows, start=len(packed)):
            files.write_named(chunk, f"rows-{number:06}.parquet")
            told(min((number + 1) / steps, 1.0))
        files.write_named(conflicts, CONFLICTS)
        files.close()
        draft.rename(folder)
    except OSError as error:
        raise unavailable(error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def exported(folder: Path) -> Exported:
    """Open a folder that `export` wrote.

    Raises
    ------
    NoExportError
        The folder holds no such files.
    """
    if not (folder / POINTS).is_file():
        raise NoExportError(
            Text(f"{folder} 中没有导出的读数", f"No exported readings in {folder}"),
            hint=Text("给出导出时写成的文件夹。", "Name the folder that an export wrote."),
        )
    with (folder / POINTS).open(encoding="utf-8", newline="") as file:
        points = [(int(number), campus, point) for number, campus, point in csv.reader(file)]
    files = ReadingFiles(folder)
    parts = sorted(path.name for path in folder.glob("rows-*.parquet"))
    conflicts = list(files.chunks(CONFLICTS, CHUNK))
    return Exported(points, np.concatenate([np.empty(0, ROW), *conflicts]), files, parts)


def not_empty() -> StoreNotEmptyError:
    """Say that a store has readings already."""
    return StoreNotEmptyError(
        Text("读数库中已有数据，不能恢复。", "The store has readings already; nothing was restored."),
        hint=Text("恢复到一个新的数据目录。", "Restore into a new data folder."),
    )
