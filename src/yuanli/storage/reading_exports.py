"""A folder that a store of readings is exported to, and restored from: Parquet files and the numbers of points.

points.csv         number, campus, id
conflicts.parquet  readings that another held against
rows-….parquet     readings; of one point and time the one of the later file holds
files.csv          name and SHA-256 of each of these, so that a damaged copy is never restored
"""

from __future__ import annotations

import csv
import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yuanli.errors import InvalidInputError, NotFoundError, Text
from yuanli.operations import StoreNotEmptyError
from yuanli.storage.reading_files import ReadingFiles, unavailable
from yuanli.storage.reading_rows import ROW, Rows

log = logging.getLogger(__name__)
POINTS = "points.csv"
CONFLICTS = "conflicts.parquet"
FILES = "files.csv"
CHUNK = 500_000


class NoExportError(NotFoundError):
    """A folder holds no exported readings."""


class FaultyExportError(InvalidInputError):
    """A folder can't take an export, or an exported file is missing or is not what was written."""


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
    """Write a folder that is there whole, or not at all; `rows`, so many, hold against those of `packed` files.

    Raises
    ------
    FaultyExportError
        The folder is there already.
    """
    if folder.exists():
        raise FaultyExportError(
            Text(f"{folder} 已存在，没有导出。", f"{folder} exists; nothing was exported."),
            field="folder",
            hint=Text("给出一个新文件夹的名称。", "Name a new folder."),
        )
    steps = len(packed) + -(-count // CHUNK) + 1
    draft = folder.with_name(folder.name + ".draft")
    try:
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
        names = sorted(path.name for path in draft.iterdir())
        with (draft / FILES).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((name, _digest(draft / name)) for name in names)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(folder)
    except OSError as error:
        raise unavailable(error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def exported(folder: Path) -> Exported:
    """Open a folder that `export` wrote; one of before checksums were listed is taken with a warning.

    Raises
    ------
    NoExportError
        The folder holds no such files.
    FaultyExportError
        A file is missing, or is not what was written.
    """
    if not (folder / POINTS).is_file() and not (folder / FILES).is_file():
        raise NoExportError(
            Text(f"{folder} 中没有导出的读数", f"No exported readings in {folder}"),
            hint=Text("给出导出时写成的文件夹。", "Name the folder that an export wrote."),
        )
    if (folder / FILES).is_file():
        _check_files(folder)
    else:
        log.warning("%s has no %s: whether its files are whole can't be checked", folder, FILES)
    with (folder / POINTS).open(encoding="utf-8", newline="") as file:
        points = [(int(number), campus, point) for number, campus, point in csv.reader(file)]
    files = ReadingFiles(folder)
    parts = sorted(path.name for path in folder.glob("rows-*.parquet"))
    conflicts = list(files.chunks(CONFLICTS, CHUNK))
    return Exported(points, np.concatenate([np.empty(0, ROW), *conflicts]), files, parts)


def _check_files(folder: Path) -> None:
    """Compare the files with what was written."""
    with (folder / FILES).open(encoding="utf-8", newline="") as file:
        written = list(csv.reader(file))
    for name, digest in written:
        path = folder / name
        there = path.is_file()
        if not there or _digest(path) != digest:
            zh, en = ("已损坏", "damaged") if there else ("缺失", "missing")
            raise FaultyExportError(
                Text(
                    f"{folder} 不完整：{name} {zh}，没有恢复任何读数。",
                    f"{folder} is not whole: {name} is {en}; nothing was restored.",
                ),
                field=name,
                hint=Text(
                    "重新复制这个文件，或用另一份备份。", "Copy that file again, or take another backup."
                ),
            )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def not_empty() -> StoreNotEmptyError:
    """Say that a store has readings already."""
    return StoreNotEmptyError(
        Text("读数库中已有数据，不能恢复。", "The store has readings already; nothing was restored."),
        hint=Text("恢复到一个新的数据目录。", "Restore into a new data folder."),
    )
